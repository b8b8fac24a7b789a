"""A call taken by its own services as far as a test needs: screened, blinded, scored, determined, awarded."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from reportlab.pdfgen import canvas

from accounts.models import User
from core.clock import FrozenClock, local, now
from core.context import Actor, acting_as
from core.database import session
from core.files import store_upload
from core.money import Money
from core.roles import Role
from grants import services
from grants.models import Application, Award, Call
from grants.queries import determinations as queries
from grants.services import awards
from grants.states.call import CallState
from scoring import queries as scoring_queries
from scoring import services as scoring
from scoring.states import PanelState
from tests.factories.accounts import make_user
from tests.factories.grants import make_draft_application, make_open_call
from tests.factories.scoring import JUSTIFICATION, review
from tests.stories import told_once

NAMES = ("Juana Inés Núñez Arriaga", "Óscar Tzompantzi Ruelas", "Ximena Quetzalli Baños", "Itzel Macuil Xochihua")


def officer_actor(user: User) -> Actor:
    """The actor a programme officer's request has."""
    return Actor(user.id, frozenset({Role.PROGRAMME_OFFICER}), user.name)


def written_pdf(*lines: str, author: str = "") -> bytes:
    """A one-page PDF that says `lines`."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer)
    page.setAuthor(author)
    for number, line in enumerate(lines or ("Registro de obra reciente.",)):
        page.drawString(60, 750 - 20 * number, line)
    page.showPage()
    page.save()
    return buffer.getvalue()


def apply(
    call: Call,
    *,
    name: str = NAMES[0],
    answers: Mapping[str, Any] | None = None,
    portfolio: bytes | None = None,
    **more: Any,
) -> Application:
    """A submitted application of a new person called `name`, whose public name is the account's."""
    user = make_user(name=name)
    application = make_draft_application(call, user, answers={"public_name": name, **(answers or {})}, **more)
    if portfolio is not None:
        stored = store_upload(portfolio, f"{name}.pdf", purpose="application")
        services.attach_file(application, "portfolio", stored)
    services.submit_application(application)
    return application


def closed_call(clock: FrozenClock, *, applications: int = 3, **changes: Any) -> tuple[Call, list[Application]]:
    """A call past its deadline with applications of different people."""
    call = make_open_call(**changes)
    found = [apply(call, name=f"{NAMES[number % len(NAMES)]} {_roman(number)}") for number in range(applications)]
    close(call, clock)
    return call, found


def close(call: Call, clock: FrozenClock) -> None:
    """Let the deadline pass."""
    assert call.closes_at is not None
    clock.set(call.closes_at + timedelta(days=1))
    services.bring_up_to_date(call)
    assert call.state is CallState.CLOSED


@told_once
def under_review(
    clock: FrozenClock, officer: User, *, applications: int = 3, reviewers: int = 3, **changes: Any
) -> tuple[Call, list[Application]]:
    """A call whose every application was screened, blinded, cleared and handed to a seated committee."""
    call, found = closed_call(clock, applications=applications, **changes)
    with acting_as(officer_actor(officer)):
        hand_over(call, reviewers=reviewers)
    return call, found


def hand_over(call: Call, *, reviewers: int = 3) -> None:
    """Screen, blind, clear and hand over, as the officer who is acting."""
    services.screen_applications(call)
    services.prepare_dossiers(call)
    services.clear_clean_dossiers(call)
    services.open_review(call, review_opens_at=now(), review_closes_at=now() + timedelta(days=20))
    for _number in range(reviewers):
        services.seat_reviewer_on(call, make_user(Role.REVIEWER), keywords=["eje-1"])
    services.hand_over_dossiers(call)


def score(
    call: Call,
    found: Sequence[Application],
    *,
    budget: Money | None = None,
    marks: Sequence[Sequence[int]] = (),
    says: str = JUSTIFICATION,
) -> None:
    """Let the committee review and release its order; `marks[n]` are what the n-th application gets."""
    panel = scoring_queries.panel_of_call(call.slug)
    assert panel is not None
    codes = {code: found.index(application) for code, application in queries.applications_by_code(call).items()}
    scoring.assign_reviewers(panel)
    scoring.advance_panel(panel, PanelState.DECLARATIONS)
    for assignment in scoring_queries.assignments_of_panel(panel):
        scoring.declare_no_conflict(assignment.seat, assignment.dossier)
    scoring.advance_panel(panel, PanelState.REVIEW)
    for assignment in scoring_queries.assignments_of_panel(panel):
        number = codes[assignment.dossier.code]
        review(assignment, *(marks[number] if marks else (max(3, 5 - number), 4, 4, 4)), says=says)
    scoring.commit_lot(panel)
    scoring.compute_ranking(panel)
    scoring.draw_lots(panel, "04.11.23.31.40.52.07")
    ranking = scoring.compute_ranking(panel)
    money = budget or Money(call.budget_cents or 0, call.currency)
    scoring.select(ranking, budget_cents=money.amount_cents, currency=money.currency)
    scoring.release_ranking(ranking)


@told_once
def ranked(
    clock: FrozenClock,
    officer: User,
    *,
    applications: int = 3,
    budget: Money | None = None,
    marks: Sequence[Sequence[int]] = (),
    says: str = JUSTIFICATION,
    **changes: Any,
) -> tuple[Call, list[Application]]:
    """A call whose committee has released its order."""
    call, found = under_review(clock, officer, applications=applications, **changes)
    score(call, found, budget=budget, marks=marks, says=says)
    return call, found


@told_once
def determined(clock: FrozenClock, officer: User, **changes: Any) -> tuple[Call, list[Application]]:
    """A call whose determinations are prepared and whose every selected application has its committed award."""
    call, found = ranked(clock, officer, **changes)
    services.prepare_determinations(call)
    for determination in queries.awaiting_award(call):
        assert determination.money is not None
        services.record_award(determination.application, determination.money)
    return call, found


@told_once
def released(clock: FrozenClock, officer: User, **changes: Any) -> tuple[Call, list[Application]]:
    """A call whose results are out and whose letters are in the outbox."""
    call, found = determined(clock, officer, **changes)
    with acting_as(officer_actor(officer)):
        services.release_determinations(call)
    services.send_letters(call)
    session().flush()
    return call, found


@contextmanager
def nobody_listens() -> Iterator[None]:
    """Keep the treasury out: these awards have no commitment in its books."""
    lists: tuple[list[Any], ...] = (awards._after_acceptance, awards._after_decline)
    kept = [list(listeners) for listeners in lists]
    for listeners in lists:
        listeners.clear()
    try:
        yield
    finally:
        for listeners, before in zip(lists, kept, strict=True):
            listeners[:] = before


@told_once
def make_award(clock: FrozenClock, officer: User, **changes: Any) -> Award:
    """An award with its agreement offered."""
    _call, found = released(clock, officer, applications=1, **changes)
    award = queries.award_of(found[0])
    assert award is not None
    services.offer_agreement(award)
    return award


@told_once
def accepted_award(clock: FrozenClock, officer: User, **changes: Any) -> Award:
    """An award whose agreement its applicant accepted."""
    award = make_award(clock, officer, **changes)
    assert award.agreement is not None
    person = award.application.applicant
    with nobody_listens():
        services.accept_agreement(award, user=person, signed_name=person.name, sha256=award.agreement.sha256)
    return award


@told_once
def paid_award(clock: FrozenClock, officer: User, **changes: Any) -> Award:
    """An award whose first payment was made."""
    award = accepted_award(clock, officer, **changes)
    services.mark_tranche_ordered(award.tranches[0])
    services.mark_tranche_paid(award.tranches[0], paid_on=local(now()).date())
    return award


def a_receipt(name: str = "boleto.pdf") -> Any:
    """A stored receipt."""
    return store_upload(written_pdf("Boleto de avión"), name, purpose="receipt")


def _roman(number: int) -> str:
    # A word of its own for each, so that no two applicants share both surnames.
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:03d}").capitalize() + "ez"
