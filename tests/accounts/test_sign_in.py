from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts import services
from accounts.errors import TooManyAttempts
from accounts.models import RecoveryCode, SignInAttempt
from accounts.queries import session_facts
from accounts.services import hashing, sign_in
from core.audit import AuditEvent
from core.clock import FrozenClock
from core.context import Actor, acting_as
from core.database import db
from core.errors import Forbidden
from core.roles import Role
from core.settings import install_settings
from tests.accounts.attempts import ADDRESS, attempt, resolve_session
from tests.factories.accounts import PASSWORD, TOTP_SECRET, make_organisation, make_user


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_right_password_opens_a_session(session: Session, clock: FrozenClock) -> None:
    user = make_user(email="ana@example.org", name="Ana", language="en")
    organisation = make_organisation(user)
    accepted = attempt("  ANA@Example.org", PASSWORD)
    assert accepted.pending is False
    assert resolve_session(accepted.token) == Actor(
        user.id, frozenset({Role.APPLICANT}), "Ana", frozenset({organisation.id}), "en"
    )
    assert accepted.token not in {accepted.opened.token_hash}


def test_resolving_a_session_costs_one_query(session: Session, clock: FrozenClock, count_queries: Any) -> None:
    user = make_user(Role.TREASURER, Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER)
    organisations = [make_organisation(user).id for _ in range(3)]
    _opened, token = services.open_session(user, second_factor_passed=True)
    session.commit()
    session.expunge_all()
    with count_queries() as sent:
        actor = resolve_session(token)
    assert len(sent) == 1
    assert actor is not None
    assert actor.organisation_ids == frozenset(organisations)
    assert actor.roles == {Role.TREASURER, Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.APPLICANT}


@pytest.mark.parametrize("email", ["ana@example.org", "nadie@example.org", "no es un correo", "\x00", "a" * 400])
def test_wrong_password_and_unknown_account_leave_the_same_trace(
    session: Session, clock: FrozenClock, email: str
) -> None:
    make_user(email="ana@example.org")
    before = len(actions(session))
    assert attempt(email) is None
    row = session.scalars(select(SignInAttempt)).one()
    assert (row.at, row.address, row.forgiven_at) == (clock.now(), ADDRESS, None)
    assert email not in row.account_key
    assert len(actions(session)) == before


@pytest.mark.parametrize("email", ["ana@example.org", "nadie@example.org"])
def test_failures_slow_down_to_the_second(session: Session, clock: FrozenClock, email: str) -> None:
    make_user(email="ana@example.org")
    for _ in range(3):
        assert attempt(email) is None
    for wait in (1, 2, 4, 8, 16, 32, 64):
        with pytest.raises(TooManyAttempts) as refused:
            attempt(email, PASSWORD)
        assert refused.value.seconds == wait
        clock.advance(seconds=wait - 1)
        with pytest.raises(TooManyAttempts):
            attempt(email, PASSWORD)
        clock.advance(seconds=1)
        assert attempt(email) is None
    assert actions(session)[-1] == "account.locked"


def lock(session: Session, clock: FrozenClock, email: str, failures: int = 10) -> None:
    for _ in range(failures):
        assert attempt(email) is None
        clock.advance(seconds=70)


def test_lock_lasts_to_the_second(session: Session, clock: FrozenClock, letters: Callable[[str], list[str]]) -> None:
    make_user(email="ana@example.org")
    lock(session, clock, "ana@example.org")
    clock.advance(seconds=900 - 70 - 1)
    with pytest.raises(TooManyAttempts) as refused:
        attempt("ana@example.org", PASSWORD)
    assert refused.value.seconds == 1
    clock.advance(seconds=1)
    assert attempt("ana@example.org", PASSWORD) is not None
    assert letters("ana@example.org") == ["accounts.account_locked"]


def test_lock_says_how_long_in_minutes(session: Session, clock: FrozenClock) -> None:
    lock(session, clock, "nadie@example.org")
    with pytest.raises(TooManyAttempts) as refused:
        attempt("nadie@example.org")
    assert refused.value.message() == "Hubo demasiados intentos. Espera 14 minutos y vuelve a intentarlo."
    assert refused.value.status == 429


def test_lock_of_one_account_leaves_the_others_alone(session: Session, clock: FrozenClock) -> None:
    make_user(email="eva@example.org")
    lock(session, clock, "ana@example.org")
    assert attempt("eva@example.org", PASSWORD) is not None


def test_success_starts_the_count_again(session: Session, clock: FrozenClock) -> None:
    make_user(email="ana@example.org")
    for _ in range(2):
        attempt("ana@example.org")
    assert attempt("ana@example.org", PASSWORD) is not None
    for _ in range(2):
        attempt("ana@example.org")
    assert attempt("ana@example.org", PASSWORD) is not None


def test_network_is_locked_whatever_the_account(session: Session, clock: FrozenClock, app: Flask) -> None:
    install_settings({**app.config, "SIGN_IN_ADDRESS_FAILURES": 5})
    make_user(email="ana@example.org")
    for number in range(5):
        assert attempt(f"persona{number}@ensayo.test", address="2001:db8::1") is None
    with pytest.raises(TooManyAttempts) as refused:
        attempt("ana@example.org", PASSWORD, address="2001:db8::ffff")
    assert refused.value.seconds == 900
    assert attempt("ana@example.org", PASSWORD, address="2001:db8:0:1::1") is not None
    assert actions(session).count("address.locked") == 1
    clock.advance(seconds=900)
    assert attempt("ana@example.org", PASSWORD, address="2001:db8::1") is not None


@pytest.mark.parametrize("state", ["unverified", "suspended", "closed", "no password"])
def test_account_that_cannot_enter_answers_like_a_wrong_password(
    session: Session, clock: FrozenClock, state: str, letters: Callable[[str], list[str]]
) -> None:
    if state == "unverified":
        services.register_user(email="ana@example.org", name="Ana", password=PASSWORD)
    else:
        user = make_user(email="ana@example.org")
        if state == "suspended":
            services.suspend_account(user)
        elif state == "closed":
            services.close_account(user)
        else:
            user.password_hash = None
    assert attempt("ana@example.org", PASSWORD) is None
    assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 1
    expected = ["accounts.verification"] * 2 if state == "unverified" else []
    assert letters("ana@example.org") == expected


def test_hash_is_renewed_when_the_parameters_grow(session: Session, clock: FrozenClock, app: Flask) -> None:
    user = make_user(email="ana@example.org")
    former = user.password_hash
    install_settings({**app.config, "ARGON2_TIME_COST": 2})
    assert attempt("ana@example.org", PASSWORD) is not None
    assert user.password_hash != former
    assert "t=2" in (user.password_hash or "")
    assert attempt("ana@example.org", PASSWORD) is not None


def test_staff_get_nothing_before_the_second_factor(
    session: Session, clock: FrozenClock, code_now: Callable[..., str]
) -> None:
    make_user(Role.TREASURER, email="tesoreria@example.org")
    accepted = attempt("tesoreria@example.org", PASSWORD)
    assert accepted.pending is True
    assert resolve_session(accepted.token) is None
    facts = session_facts(accepted.token)
    assert facts is not None
    assert (facts.actor.user_id, facts.actor.roles, facts.actor.kind) == (None, frozenset(), "pending")
    token = services.pass_second_factor(accepted.opened, code_now(), address=ADDRESS)
    assert token is not None
    assert session_facts(accepted.token) is None
    actor = resolve_session(token)
    assert actor is not None
    assert Role.TREASURER in actor.roles


def test_pending_session_dies_after_a_quarter_of_an_hour(session: Session, clock: FrozenClock) -> None:
    make_user(Role.TREASURER, email="tesoreria@example.org")
    accepted = attempt("tesoreria@example.org", PASSWORD)
    clock.advance(minutes=15, seconds=-1)
    assert session_facts(accepted.token) is not None
    clock.advance(seconds=1)
    assert session_facts(accepted.token) is None


def test_role_granted_in_mid_session_asks_for_the_second_factor(session: Session, clock: FrozenClock) -> None:
    user = make_user()
    _opened, token = services.open_session(user)
    assert resolve_session(token) is not None
    services.grant_role(user, Role.REVIEWER)
    assert resolve_session(token) is None
    services.revoke_role(user, Role.REVIEWER)
    assert resolve_session(token) is not None


def test_code_works_once(session: Session, clock: FrozenClock, code_now: Callable[..., str]) -> None:
    make_user(Role.REVIEWER, email="eva@example.org")
    code = code_now()
    first = attempt("eva@example.org", PASSWORD)
    assert services.pass_second_factor(first.opened, code, address=ADDRESS) is not None
    second = attempt("eva@example.org", PASSWORD)
    assert services.pass_second_factor(second.opened, code, address=ADDRESS) is None
    assert services.pass_second_factor(second.opened, code_now(-1), address=ADDRESS) is None
    assert actions(session).count("second_factor.replayed") == 2
    assert services.pass_second_factor(second.opened, code_now(1), address=ADDRESS) is not None


def test_codes_slow_down_and_lock_too(session: Session, clock: FrozenClock, code_now: Callable[..., str]) -> None:
    make_user(Role.REVIEWER, email="eva@example.org")
    opened = attempt("eva@example.org", PASSWORD).opened
    for _ in range(3):
        assert services.pass_second_factor(opened, "000000", address=ADDRESS) is None
    for wait in (1, 2, 4, 8, 16, 32, 64):
        with pytest.raises(TooManyAttempts) as refused:
            services.pass_with_recovery_code(opened, "ABCD", address=ADDRESS)
        assert refused.value.seconds == wait
        clock.advance(seconds=wait)
        assert services.pass_second_factor(opened, "000000", address=ADDRESS) is None
    with pytest.raises(TooManyAttempts) as refused:
        services.pass_second_factor(opened, code_now(), address=ADDRESS)
    assert refused.value.seconds == 900


def test_recovery_code_works_once_and_the_owner_hears_of_it(
    session: Session, clock: FrozenClock, letters: Callable[[str], list[str]]
) -> None:
    user = make_user(email="eva@example.org")
    codes = services.enrol_second_factor(user, TOTP_SECRET)
    assert len(set(codes)) == 10
    stored = set(session.scalars(select(RecoveryCode.code_hash)))
    assert not stored & {code.replace("-", "") for code in codes}
    first = attempt("eva@example.org", PASSWORD)
    assert services.pass_with_recovery_code(first.opened, codes[0].lower(), address=ADDRESS) is not None
    second = attempt("eva@example.org", PASSWORD)
    assert services.pass_with_recovery_code(second.opened, codes[0], address=ADDRESS) is None
    assert services.pass_with_recovery_code(second.opened, codes[1].replace("-", " "), address=ADDRESS) is not None
    assert letters("eva@example.org") == ["accounts.recovery_code_used"] * 2
    assert "second_factor.recovery_code_used" in actions(session)


def test_somebody_elses_recovery_code_opens_nothing(session: Session, clock: FrozenClock) -> None:
    (code, *_rest) = services.enrol_second_factor(make_user(), TOTP_SECRET)
    make_user(Role.REVIEWER, email="eva@example.org")
    opened = attempt("eva@example.org", PASSWORD).opened
    assert services.pass_with_recovery_code(opened, code, address=ADDRESS) is None


def test_stolen_password_cannot_enrol_another_phone(session: Session, clock: FrozenClock) -> None:
    make_user(Role.REVIEWER, email="eva@example.org")
    opened = attempt("eva@example.org", PASSWORD).opened
    with pytest.raises(Forbidden):
        services.begin_enrolment(opened)
    opened.pending_totp_secret = TOTP_SECRET
    with pytest.raises(Forbidden):
        services.confirm_enrolment(opened, "000000")


def test_enrolling_completes_the_session_and_ends_the_others(
    session: Session, clock: FrozenClock, code_now: Callable[..., str], letters: Callable[[str], list[str]]
) -> None:
    user = make_user(email="eva@example.org")
    _elsewhere, former = services.open_session(user)
    services.grant_role(user, Role.REVIEWER)
    accepted = attempt("eva@example.org", PASSWORD)
    secret = services.begin_enrolment(accepted.opened)
    assert services.begin_enrolment(accepted.opened) == secret
    assert services.confirm_enrolment(accepted.opened, code_now(5, secret)) is None
    enrolment = services.confirm_enrolment(accepted.opened, code_now(0, secret))
    assert enrolment is not None
    actor = resolve_session(enrolment.token)
    assert actor is not None
    assert Role.REVIEWER in actor.roles
    assert session_facts(former) is None
    assert letters("eva@example.org") == ["accounts.second_factor_enrolled"]
    again = attempt("eva@example.org", PASSWORD)
    assert services.pass_second_factor(again.opened, code_now(0, secret), address=ADDRESS) is None


def test_lost_phone_is_reset_by_somebody_else(session: Session, clock: FrozenClock) -> None:
    user = make_user(Role.REVIEWER, email="eva@example.org")
    _opened, token = services.open_session(user, second_factor_passed=True)
    services.reset_second_factor(user)
    assert (user.totp_secret, user.totp_last_step, session_facts(token)) == (None, None, None)
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    accepted = attempt("eva@example.org", PASSWORD)
    assert (accepted.pending, accepted.person.has_second_factor) == (True, False)
    with acting_as(Actor(user.id)), pytest.raises(Forbidden):
        services.reset_second_factor(user)


def test_password_weighed_before_counts_for_that_password_and_that_hash_only(
    session: Session, clock: FrozenClock
) -> None:
    user = make_user(email="ana@example.org")

    def enter(password: str, weighed: services.Weighed) -> Any:
        return sign_in(email="ana@example.org", password=password, address=ADDRESS, device="", weighed=weighed)

    right = services.weigh_password(services.look_up_hash("ana@example.org", ADDRESS), PASSWORD)
    assert right.right
    assert enter("una contraseña equivocada", right) is None
    assert enter(PASSWORD, right) is not None
    services.set_password(user, "otra contraseña muy larga")
    assert enter(PASSWORD, right) is None
    clock.advance(hours=1)
    wrong = services.weigh_password(None, "otra contraseña muy larga")
    assert not wrong.right
    assert enter("otra contraseña muy larga", wrong) is not None


def test_who_has_to_wait_is_told_before_anything_is_weighed(session: Session, clock: FrozenClock) -> None:
    make_user(email="ana@example.org")
    for _time in range(3):
        assert attempt("ana@example.org") is None
    with pytest.raises(TooManyAttempts):
        services.look_up_hash("ana@example.org", ADDRESS)
    clock.advance(seconds=1)
    assert services.look_up_hash("ana@example.org", ADDRESS) is not None
    assert services.look_up_hash("nadie@example.org", ADDRESS) is None


def test_no_transaction_waits_for_the_hash(
    app: Flask, client: FlaskClient, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user(email="ana@example.org")
    db.session.commit()
    open_then: list[bool] = []
    weigh = services.weigh_password

    def weighing(known: str | None, typed: str) -> services.Weighed:
        open_then.append(db.session().in_transaction())
        return weigh(known, typed)

    monkeypatch.setattr("accounts.services.weigh_password", weighing)
    monkeypatch.setattr("accounts.services.hashing.weigh_password", weighing)
    for password in ("una contraseña equivocada", PASSWORD):
        client.post("/es/cuenta/entrar", data={"email": "ana@example.org", "password": password})
    client.post("/es/cuenta/entrar", data={"email": "nadie@example.org", "password": PASSWORD})
    assert open_then == [False, False, False]


def test_no_transaction_waits_while_a_new_password_is_hashed(
    app: Flask, client: FlaskClient, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, link: Callable[[str], str]
) -> None:
    open_then: list[bool] = []
    reckon, weigh = hashing.hash_password, hashing.weigh_password

    def reckoning(password: str) -> str:
        open_then.append(db.session().in_transaction())
        return reckon(password)

    def weighing(known: str | None, typed: str) -> services.Weighed:
        open_then.append(db.session().in_transaction())
        return weigh(known, typed)

    monkeypatch.setattr(hashing, "hash_password", reckoning)
    for module in ("accounts.services", "accounts.services.hashing"):
        monkeypatch.setattr(f"{module}.weigh_password", weighing)
    facts = {"name": "Ana", "email": "ana@example.org", "password": PASSWORD}
    assert client.post("/es/cuenta/registro", data=facts).status_code == 303
    assert client.post(link("ana@example.org"), data={"password": PASSWORD}).status_code == 303
    changed = {"current": PASSWORD, "password": "otra contraseña muy larga"}
    assert client.post("/es/cuenta/cambiar-contrasena", data=changed).status_code == 303
    client.post("/es/cuenta/salir")
    services.request_password_reset("ana@example.org")
    db.session.commit()
    again = {"password": "una tercera, también muy larga"}
    assert client.post(link("ana@example.org"), data=again).status_code == 303
    assert open_then == [False] * 5
