from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import (
    CountryRefused,
    EmailRefused,
    NameRefused,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    TaxIdRefused,
)
from accounts.rules.duties import conflicting_role
from accounts.rules.identity import (
    account_key,
    address_key,
    device_name,
    normal_country,
    normal_email,
    normal_name,
    normal_tax_id,
)
from accounts.rules.passwords import COMMON, SHORTEST, check_password
from accounts.rules.places import same_site_path
from accounts.rules.second_factor import (
    matching_step,
    needs_second_factor,
    normal_recovery_code,
    shown_recovery_code,
    step_at,
)
from accounts.rules.throttle import Limits, account_wait, address_wait, whole_seconds
from core.roles import Role

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
LIMITS = Limits(free_failures=3, account_failures=10, address_failures=50, lock=timedelta(minutes=15))
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def ago(*seconds: float) -> list[datetime]:
    return [NOON - timedelta(seconds=second) for second in seconds]


@pytest.mark.parametrize(
    ("failures", "wait"),
    [
        ([], 0),
        (ago(0, 0), 0),
        (ago(0, 0, 0), 1),
        (ago(0, 0, 0, 0), 2),
        (ago(5, 4, 3, 0.5), 1.5),
        (ago(9, 9, 9, 9, 9, 9, 9, 0), 32),
        (ago(*[1] * 9), 63),
        (ago(*[1] * 10), 899),
        (ago(*[899] * 10), 1),
        (ago(*[900] * 10), 0),
        (ago(*[900] * 10, 0, 0), 0),
        (ago(*range(1, 1700, 80)), 899),
    ],
)
def test_account_wait_doubles_and_then_locks(failures: list[datetime], wait: float) -> None:
    assert account_wait(failures, NOON, LIMITS) == timedelta(seconds=wait)


def test_address_wait_is_nothing_or_the_whole_lock() -> None:
    assert address_wait(ago(*[1] * 49), NOON, LIMITS) == timedelta()
    assert address_wait(ago(*[1] * 50), NOON, LIMITS) == timedelta(seconds=899)


def test_wait_is_rounded_up() -> None:
    assert whole_seconds(timedelta(seconds=1, microseconds=1)) == 2
    assert whole_seconds(timedelta(seconds=1)) == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana.Ruiz@Example.ORG ", "ana.ruiz@example.org"),
        ("ana@españa.mx", "ana@xn--espaa-rta.mx"),
        ("ana@ensayo.test", "ana@ensayo.test"),
    ],
)
def test_email_has_one_spelling(typed: str, kept: str) -> None:
    assert normal_email(typed) == kept
    assert account_key(typed) == account_key(kept)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "ana", "ana@", "@x.mx", "ana@localhost", "a b@x.mx", "ana@x.mx\nBcc: b@x.mx", "ana\x00@x.mx", "ñ@x.mx"),
        *("a@x.mx,b@x.mx", "a" * 300 + "@x.mx", "\udcff@x.mx"),
    ],
)
def test_email_that_reaches_nobody_is_refused(typed: str) -> None:
    with pytest.raises(EmailRefused):
        normal_email(typed)
    assert len(account_key(typed)) == 64


@given(st.text(max_size=300))
def test_email_rule_answers_whatever_is_typed(typed: str) -> None:
    try:
        kept = normal_email(typed)
    except EmailRefused:
        return
    assert kept.isascii()
    assert kept == normal_email(kept) == kept.casefold()


def test_name_is_one_printable_line() -> None:
    assert normal_name("  María \n José\x00\u202e ", 120) == "María José"
    with pytest.raises(NameRefused):
        normal_name(" \x00 ", 120)
    with pytest.raises(NameRefused):
        normal_name("x" * 121, 120)


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("abc-010203-ab1", "MX", "ABC010203AB1"),
        ("RUGA800101 AB1", "MX", "RUGA800101AB1"),
        ("B-123", "ES", "B123"),
        ("", "MX", None),
        (None, "MX", None),
    ],
)
def test_tax_id_has_one_spelling(typed: str | None, country: str, kept: str | None) -> None:
    assert normal_tax_id(typed, country) == kept


@pytest.mark.parametrize(("typed", "country"), [("ABC", "MX"), ("ABC991399AB1", "MX"), ("X" * 21, "ES")])
def test_tax_id_of_another_form_is_refused(typed: str, country: str) -> None:
    with pytest.raises(TaxIdRefused):
        normal_tax_id(typed, country)


def test_country_must_exist() -> None:
    assert normal_country(" mx ") == "MX"
    for typed in ("ZZ", "MEX", "", "ß"):
        with pytest.raises(CountryRefused):
            normal_country(typed)


@pytest.mark.parametrize(
    ("given_address", "kept"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::2", "2001:db8::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        (None, "unknown"),
        ("<script>", "unknown"),
    ],
)
def test_address_is_counted_by_network(given_address: str | None, kept: str) -> None:
    assert address_key(given_address) == kept


def test_device_is_named_as_people_know_it() -> None:
    assert device_name("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") == "Firefox · Linux"
    assert device_name("curl/8\x00" + "x" * 90) == "curl/8" + "x" * 34


@pytest.mark.parametrize("password", ["jacaranda sobre Reforma", "ñandúes en línea", "x7$kQ2m!pL9z"])
def test_password_needs_length_and_nothing_else(password: str) -> None:
    assert check_password(password, email="ana@example.org", name="Ana Ruiz") == password


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("x7$kQ2m!pL9", PasswordTooShort),
        ("", PasswordTooShort),
        ("x" * 6 + "yzabc" * 40, PasswordTooLong),
        ("aaaaaaaaaaaa", PasswordTooCommon),
        ("Contraseña123", PasswordTooCommon),
        ("anamariaruiz@example.org", PasswordTooCommon),
        ("Ana María Ruiz", PasswordTooCommon),
        ("anamaríaruiz", PasswordTooCommon),
    ],
)
def test_password_refusals(password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_password(password, email="anamariaruiz@example.org", name="Ana María Ruiz")


def test_common_passwords_are_all_long_enough_to_matter() -> None:
    assert min(map(len, COMMON)) >= SHORTEST


def test_code_is_accepted_half_a_minute_either_way() -> None:
    generator, now = pyotp.TOTP(SECRET), step_at(NOON)
    accepted = [offset for offset in range(-3, 4) if matching_step(SECRET, generator.generate_otp(now + offset), NOON)]
    assert accepted == [-1, 0, 1]
    assert matching_step(SECRET, generator.generate_otp(now + 1), NOON) == now + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34 5x", "\x00" * 6, "-12345"])
def test_code_of_another_form_is_never_accepted(code: str) -> None:
    assert matching_step(SECRET, code, NOON) is None


def test_code_may_be_typed_with_spaces() -> None:
    code = pyotp.TOTP(SECRET).generate_otp(step_at(NOON))
    assert matching_step(SECRET, f" {code[:3]} {code[3:]} ", NOON) == step_at(NOON)


def test_recovery_code_survives_being_copied() -> None:
    assert shown_recovery_code("ABCDEFGHJKLMNPQR") == "ABCD-EFGH-JKLM-NPQR"
    assert normal_recovery_code(" abcd efgh-jklm–npqr\n") == "ABCDEFGHJKLMNPQR"


@pytest.mark.parametrize("role", list(Role))
def test_second_factor_is_demanded_of_all_but_applicants_and_sponsors(role: Role) -> None:
    demanded = role not in (Role.APPLICANT, Role.SPONSOR_CONTACT)
    assert needs_second_factor({role}, enrolled=False) is demanded
    assert needs_second_factor({role}, enrolled=True) is True


APART = {
    frozenset({"auditor", "reviewer"}),
    frozenset({"auditor", "programme_officer"}),
    frozenset({"auditor", "treasurer"}),
    frozenset({"auditor", "payment_authoriser"}),
    frozenset({"auditor", "administrator"}),
    frozenset({"treasurer", "payment_authoriser"}),
    frozenset({"reviewer", "programme_officer"}),
    frozenset({"reviewer", "treasurer"}),
    frozenset({"reviewer", "administrator"}),
}


@pytest.mark.parametrize("held", list(Role))
@pytest.mark.parametrize("wanted", list(Role))
def test_role_matrix(held: Role, wanted: Role) -> None:
    expected = held if {held.value, wanted.value} in APART and held is not wanted else None
    assert conflicting_role({Role.APPLICANT, held}, wanted) is expected


@pytest.mark.parametrize(
    ("text", "place"),
    [("/es/mi-espacio?a=1#x", "/es/mi-espacio?a=1#x"), ("/", "/")]
    + [(bad, None) for bad in ("//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "")]
    + [(bad, None) for bad in ("https://evil.example/", "javascript:alert(1)", "evil", "/\t/evil.example", None)]
    + [(bad, None) for bad in ("/a\nb", " /x", "/%0a b", "/x" * 300, "http:/evil", "/[\u202e]")],
)
def test_only_a_path_of_this_site_is_followed(text: str | None, place: str | None) -> None:
    assert same_site_path(text) == place
