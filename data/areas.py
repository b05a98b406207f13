"""Areas by the names that people use."""

from collections.abc import Sequence

from psycopg import Connection

from data.database import queries


class NoSuchArea(LookupError):
    """A name or code that is no area's."""


def all_areas(conn: Connection) -> list[tuple[int, str]]:
    """Return every area as its number and name: boroughs first, elsewhere last."""
    rows = conn.execute(queries("people")["all_areas"]).fetchall()
    return sorted(((int(id), str(name)) for id, _, name in rows), key=lambda area: (area[0] == 0, area[0]))


def area_ids(conn: Connection, names: Sequence[str]) -> list[int]:
    """Return the numbers of the areas with these names or codes, in order; capitals make no difference.

    "all" stands for every area. Raises NoSuchArea with the first name that is none, and the names there are.
    """
    known = conn.execute(queries("people")["all_areas"]).fetchall()
    if [name.lower() for name in names] == ["all"]:
        return sorted(id for id, _, _ in known)
    by_name = {spelling.lower(): id for id, code, name in known for spelling in (code, name)}
    for name in names:
        if name.strip().lower() not in by_name:
            there_are = ", ".join(sorted(name for _, _, name in known))
            raise NoSuchArea(f"There is no area called {name.strip()!r}; there are: {there_are}.")
    return sorted({by_name[name.strip().lower()] for name in names})
