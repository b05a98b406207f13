"""What a session of the charity cannot see changes no byte of what it is answered."""

import pytest

from tests.noninterference.apart import Harness
from tests.noninterference.proving import Recorder, kinds_of, prove

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("kind", kinds_of("charity"))
def test_hidden_changes_change_no_byte(
    harness: Harness, record_property: Recorder, pytestconfig: pytest.Config, kind: str
) -> None:
    record_property("proof", prove(harness, kind, whole=pytestconfig.getoption("whole")))
