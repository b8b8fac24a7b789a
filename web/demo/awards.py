"""From the released ranking to money paid: results, commitments, agreements, the first payment, a report of expenses."""

from datetime import timedelta

from core.clock import today
from core.context import acting_as
from core.database import session
from core.files import store_upload
from core.money import Money
from grants import queries as grants_queries
from grants import services as grants
from grants.models import Award, Call
from grants.queries import feedback as queries
from grants.services import ExpenseEntry
from grants.states.award import AwardState
from grants.states.feedback import FeedbackState
from treasury import services as treasury
from web.demo.applicants import paper
from web.demo.calendar import office_hours
from web.demo.story import Chapter, Story, actor_of

WAITING = 3  # awards whose agreement nobody has accepted yet: there is always something to do


def publish_results(story: Story, call: Call, day: int) -> Chapter:
    """Prepare the determinations, commit the money fund by fund, and release everything at once."""
    yield office_hours(story.year.day(day))
    with story.acting("programa"):
        grants.prepare_determinations(call)
        read_comments(call)
    with story.acting("tesoreria"):
        treasury.award_pending(call, progress=lambda done, total: story.advance("Commitments", done, total))
    with story.acting("programa"):
        grants.release_determinations(call)
    session().commit()


def read_comments(call: Call) -> None:
    """Do what the officer does at the desk: cover each finding, let go what the committee wrote; a few still wait."""
    grants.prepare_feedback(call)
    marked = session().scalars(queries.feedback_texts(call, state=FeedbackState.AWAITING, with_findings=True)).all()
    for text in marked[WAITING:]:
        while text.open_findings:
            index = next(place for place, one in enumerate(text.findings) if not one["dismissed"])
            grants.redact_in_feedback(text, index, text.version)
        grants.release_feedback(text, text.version)
    grants.release_clean_feedback(call)


def sign_and_pay(story: Story, call: Call, day: int) -> Chapter:
    """Offer agreements, let most people accept, and pay the first tranche: prepared by one, authorised by another."""
    yield office_hours(story.year.day(day))
    awards = grants_queries.awards_of(call)
    with story.acting("programa"):
        for award in awards:
            grants.offer_agreement(award)
    yield office_hours(story.year.day(day + 5))
    for number, award in enumerate(awards[: -WAITING or None]):
        user = award.application.applicant
        with acting_as(actor_of(user)):
            agreement = award.agreement
            if agreement is not None:
                grants.accept_agreement(award, user=user, signed_name=user.name, sha256=agreement.sha256)
        story.advance("Agreements", number + 1, len(awards) - WAITING)
    yield office_hours(story.year.day(day + 10))
    due = grants_queries.tranches_due()
    for number, tranche in enumerate(due):
        with story.acting("tesoreria"):
            order = treasury.prepare_payment_order(tranche)
        if number == len(due) - 1:
            break  # one waits for the authoriser
        with story.acting("pagos"):
            treasury.authorise_payment(order)
        with story.acting("tesoreria"):
            treasury.record_payment(order, paid_on=today(), bank_reference=f"TRF-{order.id:06d}")
        story.advance("Payments", number + 1, len(due))
    session().commit()


def report_expenses(story: Story, call: Call, day: int) -> Chapter:
    """Two people report what they spent; one report is accepted, the demo account's waits for the officer."""
    paid = [award for award in grants_queries.awards_of(call) if award.state is AwardState.IN_PROGRESS]
    mine = [award for award in paid if award.application.applicant_user_id == story.users["becaria"].id]
    for number, award in enumerate([*mine, *[one for one in paid if one not in mine]][:2]):
        yield office_hours(story.year.day(day + 3 * number))
        with acting_as(actor_of(award.application.applicant)):
            report = grants.file_expense_report(
                award, lines=_lines(story, award), narrative="El viaje se hizo en las fechas del convenio."
            )
        if number == 1:
            with story.acting("programa"):
                grants.accept_expense_report(report)
    session().commit()


def _lines(story: Story, award: Award) -> list[ExpenseEntry]:
    advance = Money(award.amount_cents, award.currency).split([80, 20])[0]
    plane, lodging, food = advance.split([5, 3, 2])
    day = today() - timedelta(days=4)
    concepts = (("Boleto de avión", plane), ("Hospedaje", lodging), ("Comidas y traslados", food))
    return [
        ExpenseEntry(
            concept=concept,
            spent_on=day,
            money=money,
            receipt=store_upload(
                paper("invitation", concept, story.chance.randint(1, 999)), f"{concept}.pdf", purpose="receipt"
            ),
        )
        for concept, money in concepts
    ]
