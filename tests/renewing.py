"""One fault does not cascade: what a test that failed shared with the others of its file is made anew for the next one.

A world is made once for a file of tests, and some tests change it and put it back. One that failed halfway put nothing
back.
"""

from collections.abc import Generator

import pytest

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed."""
    report = yield
    item.stash[FAILED] = report.failed or item.stash.get(FAILED, False)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Throw away the database and the world in which a test failed."""
    try:
        yield
    except BaseException:
        item.stash[FAILED] = True
        raise
    finally:
        if item.stash.get(FAILED, False) and isinstance(item, pytest.Function):
            throw_away(item)


def throw_away(item: pytest.Function) -> None:
    """End what is made once for a file of tests: whoever asks for it next makes it. What could not be made stays so."""
    for definitions in item._fixtureinfo.name2fixturedefs.values():
        for made in definitions:
            if made.scope == "module" and made.cached_result and made.cached_result[2] is None:
                made.finish(item._request)  # type: ignore[arg-type]  # It asks whose fixture it is, no more.
