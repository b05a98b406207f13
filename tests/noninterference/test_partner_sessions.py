"""What a session of its partners and of strangers cannot see changes no byte of what it is answered."""

import pytest

from tests.noninterference.apart import Harness
from tests.noninterference.proving import Recorder, kinds_of, prove

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("kind", kinds_of("police", "council", "nhs", "commissioner", "other"))
def test_hidden_changes_change_no_byte(
    harness: Harness, record_property: Recorder, pytestconfig: pytest.Config, kind: str
) -> None:
    record_property("proof", prove(harness, kind, whole=pytestconfig.getoption("whole")))
