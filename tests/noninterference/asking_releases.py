"""What a session asks of releases: to prepare them, and to approve and withdraw those there are, seen and hidden."""

from collections.abc import Iterator

from tests.noninterference.asking import MISSING, Request, Subjects


def releases_over_the_api(subjects: Subjects) -> Iterator[Request]:
    """Give what prepares a release for each audience, and acts on every one there is; then all readings again."""
    wanted = {"heading": "visited", "quarter": "2025-10-01"}
    for audience in ("public", "commissioner"):
        yield Request("POST", "/api/releases", wanted | {"audience": audience})
        yield Request(
            "POST", "/api/releases", wanted | {"audience": audience, "heading": "concern", "kind": "hotspots"}
        )
    for agreement in (*subjects.ids["agreements"][:6], MISSING):
        yield Request("POST", "/api/releases", wanted | {"audience": "agreement", "agreement": str(agreement)})
    for id in subjects.of("releases")[::3]:
        for act in ("approve", "withdraw"):
            yield Request("POST", f"/api/releases/{id}/{act}")
        yield Request("GET", f"/api/releases/{id}")
    yield Request("GET", "/api/releases")
    yield Request("GET", "/api/collections")


def a_release(subjects: Subjects) -> Iterator[dict[str, object]]:
    """Give what is typed to prepare a release: for everybody, and under agreements."""
    for audience in ("public", *subjects.ids["agreements"][:3], MISSING):
        yield {"heading": "concern", "quarter": "2025-10-01", "audience": audience}
        yield {"heading": "concern", "quarter": "2025-10-01", "audience": audience, "kind": "hotspots"}
