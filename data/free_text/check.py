"""The check of a free text: identifiers first, then names, then wording."""

from data.free_text.found import Finding, without_overlaps
from data.free_text.identifiers import identifiers
from data.free_text.names import names
from data.free_text.wording import wordings

_LONGEST = 10_000


def look_over(text: str, *, own_address: str = "", own_name: str = "") -> tuple[Finding, ...]:
    """Return what in a text asks for one more look, in the order of the text; nothing is ever refused for it.

    `own_address` and `own_name` are of the place that the text is about, which it may repeat. Of longer texts the
    first 10,000 characters are read, which is the most that a note has.
    """
    read = text[:_LONGEST]
    found = (*identifiers(read, own_address), *names(read, f"{own_name} {own_address}"), *wordings(read))
    return without_overlaps(found)
