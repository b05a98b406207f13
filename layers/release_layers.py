"""Each approved release as a layer of its audience: squares with what is published of them."""

from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from data import releases
from data.database import Pool, entered
from data.releases import NoSuchRelease, Release
from layers.catalogue import EVERYBODY, Layer, NoSuchLayer, Part
from layers.release_tables import HEADINGS


def release_named(pool: Pool, token: str | None, id: UUID) -> tuple[Release, Mapping[int, int | None]]:
    """Return a release that the session may read, and by square what it publishes; its reading is in the audit.

    Raises NoSuchRelease.
    """
    with entered(pool, token) as (conn, _):
        found = next((release for release in releases.my_releases(conn) if release.id == id), None)
        squares = releases.release_document(conn, id)
    if found is None:
        raise NoSuchRelease("There is no such release.")
    return found, squares


def release_layers(pool: Pool, token: str | None) -> Iterator[Layer]:
    """Give the layers of the approved releases that the session may read, the latest quarter first."""
    with entered(pool, token) as (conn, _):
        found = releases.my_releases(conn)
    return (release_layer(release) for release in found if release.state == "approved")


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
    return Layer(
        name=f"release-{release.id}",
        title=f"{HEADINGS[release.heading]}, {quarter_words(release.quarter)}",
        description=(
            f"Released by {release.organisation}, version {release.version}: places in 5 km squares, fewer than 5"
            " as one band, others with noise and rounded to 5."
        ),
        kind=None,
        purposes=EVERYBODY,
        tile_query="release_tile",
        parts=(Part(query="release_squares", shape="cell", columns=("size", "places", "number")),),
        origin=f"released by {release.organisation}",
    )


def quarter_words(quarter: date) -> str:
    """Return a quarter as people say it: "October to December 2025"."""
    months = ("January to March", "April to June", "July to September", "October to December")
    return f"{months[(quarter.month - 1) // 3]} {quarter.year}"
