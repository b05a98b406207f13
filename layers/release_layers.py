"""Each approved release as a layer of its audience: squares with what is published of them."""

from collections.abc import Iterator
from uuid import UUID

from data import releases
from data.database import Pool, entered
from data.releases import NoSuchRelease, Release
from geo.quarters import later, quarter_in_words
from layers.catalogue import EVERYBODY, Layer, NoSuchLayer, Part
from layers.release_tables import CATEGORIES, HEADINGS

_COUNTS = Part(query="release_squares", shape="cell", columns=("size", "places", "number"))
_HOTSPOTS = Part(query="hotspot_release_squares", shape="cell", columns=("size", "state", "visited", "noted"))
_TOLD = {
    "counts": "places in 5 km squares, fewer than 5 as one band, others with noise and rounded to 5.",
    "hotspots": "5 km squares in which more was noted than the visits there explain, told from released counts alone.",
}


def release_named(pool: Pool, token: str | None, id: UUID) -> tuple[Release, str]:
    """Return a release that the session may read, and its document; its reading is in the audit.

    Raises NoSuchRelease.
    """
    with entered(pool, token) as (conn, _):
        found = next((release for release in releases.my_releases(conn) if release.id == id), None)
        document = releases.release_document(conn, id)
    if found is None:
        raise NoSuchRelease("There is no such release.")
    return found, document


def release_layers(pool: Pool, token: str | None) -> Iterator[Layer]:
    """Give the layers of the approved releases that the session may read, the latest quarter first."""
    with entered(pool, token) as (conn, _):
        found = releases.my_releases(conn)
    return (release_layer(release) for release in found if release.state == "approved")


def drawing_of(layer: Layer) -> str | None:
    """Return how a map draws the layer of a release; None for a layer that is drawn by its own name."""
    drawings = {_COUNTS: "released_counts", _HOTSPOTS: "released_hotspots"}
    return drawings.get(layer.parts[0])


def is_of_release(name: str) -> bool:
    """Return whether a layer's name is such as releases have."""
    return name.startswith("release-")


def release_layer_named(pool: Pool, token: str | None, name: str) -> Layer:
    """Return the layer of a release. Raises NoSuchLayer for one that the session may not read."""
    for layer in release_layers(pool, token):
        if layer.name == name:
            return layer
    raise NoSuchLayer("There is no such layer.")


def release_layer(release: Release) -> Layer:
    """Return the declaration of a release's layer."""
    is_map = release.kind == "hotspots"
    return Layer(
        name=f"release-{release.id}",
        title=title_of(release),
        description=f"Released by {release.organisation}, version {release.version}: {_TOLD[release.kind]}",
        kind=None,
        purposes=EVERYBODY,
        tile_query="hotspot_release_tile" if is_map else "release_tile",
        parts=(_HOTSPOTS if is_map else _COUNTS,),
        origin=f"released by {release.organisation}",
    )


def title_of(release: Release) -> str:
    """Return what a release is called: what it tells, and of when."""
    quarters = quarters_in_words(release)
    if release.kind == "counts":
        return f"{HEADINGS[release.heading]}, {quarters}"
    return f"{hotspot_heading(release.heading)}, {quarters}"


def hotspot_heading(heading: str) -> str:
    """Return what a hotspot map of a heading is called."""
    of = f" of {CATEGORIES[heading].lower()}" if heading in CATEGORIES else ""
    of = " of a kind not known yet" if heading == "not_known" else of
    return f"Where more risk{of} was noted than visits explain"


def quarters_in_words(release: Release) -> str:
    """Return which quarters a release looks at: "October to December 2025", or "April 2025 to March 2026"."""
    if release.quarters == 1:
        return quarter_in_words(release.quarter)
    first = later(release.quarter, 1 - release.quarters)
    last = quarter_in_words(release.quarter).rpartition(" to ")[2]
    return f"{first:%B} to {last}" if last.endswith(f"{first:%Y}") else f"{first:%B %Y} to {last}"
