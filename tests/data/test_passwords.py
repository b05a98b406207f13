import pyotp
import pytest
from argon2 import extract_parameters

from data.passwords import (
    LONGEST,
    STRONG,
    PasswordCost,
    WeakPassword,
    check_password,
    hash_password,
    is_password,
    new_password,
    new_totp_secret,
    totp_address,
    totp_step,
)

CHEAP = PasswordCost(memory_kibibytes=64, passes=1)
NOON = 1_800_000_000.0


def test_a_password_is_known_again_and_another_is_not() -> None:
    kept = hash_password("kettle violin harbour", CHEAP)
    assert is_password("kettle violin harbour", kept, CHEAP)
    assert not is_password("kettle violin harbor", kept, CHEAP)
    assert hash_password("kettle violin harbour", CHEAP) != kept


def test_a_real_password_costs_64_mebibytes_and_three_passes() -> None:
    found = extract_parameters(hash_password("kettle violin harbour"))
    assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 65536, 3, 1)


@pytest.mark.parametrize("cost", [CHEAP, STRONG])
def test_an_unknown_address_costs_what_a_known_one_costs(cost: PasswordCost, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def note_and_refuse(_self: object, kept: str, _password: str) -> bool:
        tried.append(extract_parameters(kept))
        return True

    monkeypatch.setattr("data.passwords.PasswordHasher.verify", note_and_refuse)
    assert not is_password("anything at all", None, cost)
    assert tried == [extract_parameters(hash_password("kettle violin harbour", cost))]


def test_the_hash_for_unknown_addresses_can_be_tried_and_matches_nothing() -> None:
    assert not is_password("", None, CHEAP)
    assert not is_password("kettle violin harbour", None, CHEAP)


def test_a_spoilt_hash_and_an_endless_password_match_nothing() -> None:
    assert not is_password("x" * 1_000_000, hash_password("x" * 1_000, CHEAP), CHEAP)
    assert not is_password("kettle violin harbour", "not a hash", CHEAP)


def test_one_way_of_typing_a_sign_is_as_good_as_another() -> None:
    assert is_password("cafe\u0301 violin harbour", hash_password("caf\u00e9 violin harbour", CHEAP), CHEAP)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "thirteen char",
        "Password123456789!",
        "waymark-2026-2026",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "abcdefghijklmnopqrst",
        "98765432109876543210",
        "kim.lee@example.org 1",
        "kim lee 1987 1987",
        "x1" * LONGEST,
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword, match="The password"):
        check_password(password, about=["kim.lee@example.org", "Harbour Aid"])


@pytest.mark.parametrize("password", ["kettle violin harbour", "ยกเลิกเสียงกาต้มน้ำ", "alllowercaseletters"])
def test_length_counts_and_not_a_mixture_of_signs(password: str) -> None:
    check_password(password, about=["kim.lee@example.org"])


def test_new_passwords_are_good_and_differ() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        check_password(password)


@pytest.mark.parametrize(("seconds", "is_good"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_code_is_good_one_step_early_or_late(seconds: int, *, is_good: bool) -> None:
    secret = new_totp_secret()
    code = pyotp.TOTP(secret).at(int(NOON))
    assert (totp_step(secret, code, at=NOON + seconds) is not None) is is_good


def test_a_code_names_its_own_step_and_is_used_up_with_it() -> None:
    secret = new_totp_secret()
    code = pyotp.TOTP(secret).at(int(NOON))
    step = totp_step(secret, f" {code[:3]} {code[3:]} ", at=NOON + 29)
    assert step == int(NOON) // 30
    assert totp_step(secret, code, at=NOON, last_step=step) is None


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "1234567", "١٢٣٤٥٦", "12 34 5x"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert totp_step(new_totp_secret(), code, at=NOON) is None


def test_an_authenticator_gets_the_name_of_the_product_and_the_account() -> None:
    address = totp_address("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", email="kim@example.org")
    assert address.startswith("otpauth://totp/Waymark:kim%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
