import multiprocessing
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.vault import NotAMasterKey, NotAReference, NoteSealBroken, SecretSealBroken, Vault, load_master_key

VAULT = Vault(bytes(range(32)))
NOTE, OWNER, LOCK = uuid.uuid4(), uuid.uuid4(), 5 * 32 + 2 * 8 + 5
OWNER_KEY = VAULT.new_organisation_key()


def sealed(text: str = "Curtains drawn at noon.") -> tuple[bytes, bytes]:
    return VAULT.seal_note(text, note_id=NOTE, owner_uid=OWNER, lock_id=LOCK, wrapped_organisation_key=OWNER_KEY)


def opened(ciphertext: bytes, key: bytes, **changed: Any) -> str:
    said: dict[str, Any] = {"note_id": NOTE, "owner_uid": OWNER, "lock_id": LOCK, "wrapped_organisation_key": OWNER_KEY}
    return VAULT.open_note(ciphertext, key, **(said | changed))


@given(st.text())
def test_a_note_opens_to_the_words_that_were_sealed(text: str) -> None:
    assert opened(*sealed(text)) == text


def test_the_words_are_not_in_what_is_stored() -> None:
    ciphertext, key = sealed("Curtains drawn at noon.")
    assert b"Curtains" not in ciphertext + key
    assert sealed("Curtains drawn at noon.") != (ciphertext, key)


@pytest.mark.parametrize(
    "changed",
    [
        {"note_id": uuid.uuid4()},
        {"owner_uid": uuid.uuid4()},
        {"lock_id": LOCK + 32},
        {"wrapped_organisation_key": VAULT.new_organisation_key()},
    ],
)
def test_a_note_moved_to_another_row_owner_or_lock_does_not_open(changed: dict[str, Any]) -> None:
    with pytest.raises(NoteSealBroken, match="does not open"):
        opened(*sealed(), **changed)


def test_swapped_texts_or_keys_of_two_notes_do_not_open() -> None:
    one, other = sealed("one"), sealed("other")
    with pytest.raises(NoteSealBroken):
        opened(one[0], other[1])
    with pytest.raises(NoteSealBroken):
        opened(other[0], one[1])


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7), st.booleans())
def test_one_flipped_bit_anywhere_is_noticed(position: int, bit: int, in_key: bool) -> None:  # noqa: FBT001
    parts = [bytearray(part) for part in sealed()]
    parts[in_key][position % len(parts[in_key])] ^= 1 << bit
    with pytest.raises(NoteSealBroken):
        opened(bytes(parts[0]), bytes(parts[1]))


def test_a_note_cut_short_is_noticed() -> None:
    ciphertext, key = sealed()
    for length in (0, 5, 12, len(ciphertext) - 1):
        with pytest.raises(NoteSealBroken):
            opened(ciphertext[:length], key)


def test_another_master_key_opens_nothing() -> None:
    other = Vault(bytes(32))
    ciphertext, key = sealed()
    with pytest.raises(NoteSealBroken):
        other.open_note(
            ciphertext, key, note_id=NOTE, owner_uid=OWNER, lock_id=LOCK, wrapped_organisation_key=OWNER_KEY
        )
    with pytest.raises(SecretSealBroken):
        other.open_secret(VAULT.seal_secret("ABC", person_id=NOTE), person_id=NOTE)
    assert other.hashed_id("cell", 1) != VAULT.hashed_id("cell", 1)


def test_a_secret_opens_for_its_person_alone() -> None:
    kept = VAULT.seal_secret("JBSWY3DPEHPK3PXP", person_id=NOTE)
    assert VAULT.open_secret(kept, person_id=NOTE) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(SecretSealBroken):
        VAULT.open_secret(kept, person_id=OWNER)


def test_hashes_depend_on_the_kind_and_the_value_and_stay_the_same() -> None:
    seen = {VAULT.hashed_id(kind, value) for kind in ("cell", "place") for value in ("1", "2", "12")}
    assert len(seen) == 6
    assert VAULT.hashed_id("cell", 4_100_290) == Vault(bytes(range(32))).hashed_id("cell", 4_100_290)
    assert len(VAULT.hashed_id("cell", 1)) == 32


def test_capitals_and_spaces_do_not_make_another_caller() -> None:
    assert VAULT.caller_hash("email", " Kim@Example.org ") == VAULT.caller_hash("email", "kim@example.org")
    assert VAULT.caller_hash("email", "192.0.2.0") != VAULT.caller_hash("network", "192.0.2.0")


@given(st.binary(), st.text())
def test_a_reference_comes_back_and_is_the_same_each_time(value: bytes, use: str) -> None:
    reference = VAULT.seal_reference(value, use=use)
    assert VAULT.open_reference(reference, use=use) == value
    assert VAULT.seal_reference(value, use=use) == reference
    assert all(sign.isalnum() or sign in "-_" for sign in reference)


@given(st.binary(), st.integers(min_value=0), st.sampled_from("ABCxyz019-_=. \n é"))
def test_a_reference_with_any_sign_changed_is_refused(value: bytes, position: int, sign: str) -> None:
    reference = VAULT.seal_reference(value, use="cell")
    position %= len(reference)
    changed = reference[:position] + sign + reference[position + 1 :]
    if changed != reference:
        with pytest.raises(NotAReference):
            VAULT.open_reference(changed, use="cell")


@pytest.mark.parametrize("text", ["", "A", "é", "AAAA", "not a reference", "A" * 1000])
def test_what_was_never_given_out_is_refused(text: str) -> None:
    with pytest.raises(NotAReference):
        VAULT.open_reference(text)


def test_a_reference_for_one_use_is_none_for_another() -> None:
    with pytest.raises(NotAReference):
        VAULT.open_reference(VAULT.seal_reference(b"x", use="cell"), use="page")


def test_a_padded_or_longer_reference_is_refused() -> None:
    reference = VAULT.seal_reference(b"1234")
    for changed in (reference + "=", reference + "A", reference + "\n", " " + reference):
        with pytest.raises(NotAReference):
            VAULT.open_reference(changed)


def test_a_vault_does_not_print_its_keys() -> None:
    assert repr(VAULT) == "Vault()"


def test_a_missing_master_key_is_made_for_one_account_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "master.key"
    key = load_master_key(path)
    assert len(key) == 32
    assert load_master_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_missing_master_key_is_not_made_where_that_would_hide_a_loss(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_master_key(tmp_path / "master.key", may_create=False)


def _load(path: str, answers: "multiprocessing.SimpleQueue[bytes]") -> None:
    answers.put(load_master_key(Path(path)))


def test_processes_that_ask_at_once_get_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.SimpleQueue[bytes] = context.SimpleQueue()
    asking = [context.Process(target=_load, args=(str(tmp_path / "master.key"), answers)) for _ in range(3)]
    for process in asking:
        process.start()
    assert len({answers.get() for _ in asking}) == 1
    for process in asking:
        process.join()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    load_master_key(path)
    path.chmod(mode)
    with pytest.raises(NotAMasterKey, match=r"may be read by others .* `chmod 600`"):
        load_master_key(path)


def _cut(path: Path) -> None:
    path.write_text(path.read_text()[:20])


def _binary(path: Path) -> None:
    path.write_bytes(os.urandom(32))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("spoil", [_cut, _binary, _empty])
def test_a_key_file_with_something_else_is_refused(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path = tmp_path / "master.key"
    load_master_key(path)
    spoil(path)
    with pytest.raises(NotAMasterKey, match="64 hexadecimal digits"):
        load_master_key(path)
