"""Results: prepared by staff, released at once, read by the applicant in full and by the public in part."""

from collections import Counter

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, public, roles, signed_in
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _
from core.listing import chosen, page_number, paginate
from core.money import Money
from core.web_files import send_stored
from grants import services
from grants.emails.letters import reason_text
from grants.errors.calls import ApplicationNotFound, CallNotFound
from grants.forms.applications import ConfirmForm
from grants.models import Letter
from grants.queries import appeals as appeal_queries
from grants.queries import determinations as queries
from grants.queries.figures import process_figures
from grants.routes.applications import own_application, readable_application
from grants.routes.room import READERS, WRITERS, blueprint, show, visible_call
from grants.routes.screening import staff_call
from grants.services.impartiality import own_cases_in
from grants.states.determination import APPEAL, DETERMINATION, OUTCOME_LABELS, OUTCOME_TONES, Outcome
from scoring import queries as scoring_queries


@blueprint.get("/programa/<slug>/resultados")
@roles(*READERS)
def determination_queue(slug: str) -> Response:
    """What was decided in a call, released or not, and what keeps it from being released."""
    return _queue(slug)


def _queue(slug: str, problem: Refusal | None = None) -> Response:
    call = staff_call(slug)
    own = actor().has(*WRITERS) and bool(own_cases_in(call))
    outcome = chosen(request.args, "resultado", [item.value for item in Outcome])
    listing = paginate(
        queries.determination_listing(call, outcome=Outcome(outcome) if outcome else None),
        page=page_number(request.args),
    )
    return show(
        "grants/determination_queue.html",
        problem.status if problem is not None else 200,
        call=call,
        listing=listing,
        states=DETERMINATION,
        outcomes=OUTCOME_LABELS,
        tones=OUTCOME_TONES,
        counts=queries.outcome_counts(call),
        uncommitted=queries.count_uncommitted(call),
        released=queries.count_released(call),
        waiting=queries.waiting_list(call) if queries.count_released(call) else [],
        order_is_final=scoring_queries.released_ranking(call.slug) is not None,
        problem=problem.message() if problem is not None else None,
        may_write=actor().has(*WRITERS) and not own,
        own=own,
    )


@blueprint.post("/programa/<slug>/resultados/preparar")
@roles(*WRITERS, auditor=False)
def determinations_prepare(slug: str) -> Response | BaseResponse:
    """Write down what the committee's order decides, for us alone."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    try:
        prepared = services.prepare_determinations(staff_call(slug))
    except Refusal as refusal:
        session().rollback()
        return _queue(slug, refusal)
    session().commit()
    flash(_("%(count)s resultados preparados. Nadie los conoce todavía.", count=len(prepared)), "success")
    return redirect(url_for("grants.determination_queue", slug=slug), 303)


@blueprint.route("/programa/<slug>/resultados/publicar", methods=["GET", "POST"])
@roles(*WRITERS, auditor=False)
def determinations_release(slug: str) -> Response | BaseResponse:
    """Release every result at once; asks first."""
    call = staff_call(slug)
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            outcome = services.release_determinations(call)
        except Refusal as refusal:
            session().rollback()
            return _queue(slug, refusal)
        session().commit()
        flash(_("%(count)s resultados publicados; las cartas van en camino.", count=outcome.released), "success")
        return redirect(url_for("grants.determination_queue", slug=slug), 303)
    counts = queries.outcome_counts(call)
    return show(
        "grants/determinations_release.html",
        422 if form.errors else 200,
        call=call,
        form=form,
        counts=counts,
        outcomes=OUTCOME_LABELS,
        uncommitted=queries.count_uncommitted(call),
    )


@blueprint.get("/convocatorias/<slug>/resultados")
@public
def results_show(slug: str) -> Response:
    """The public results: who received what, how many did not, pseudonymous scores, decided appeals."""
    call = visible_call(slug)
    if not queries.count_released(call):
        raise CallNotFound()
    awards = queries.public_awards(call)
    determinations = scoring_queries.determinations(call.slug)
    total = Money(sum(line.amount_cents for line in awards), call.currency)
    return show(
        "grants/results_show.html",
        call=call,
        awards=[(line, Money(line.amount_cents, line.currency)) for line in awards],
        total=total,
        counts=queries.outcome_counts(call, released_only=True),
        outcomes=OUTCOME_LABELS,
        scores=[(row.dossier_code, row.score_text, row.position) for row in determinations],
        appeals=[appeal for appeal in appeal_queries.appeals_of(call) if appeal.public_summary],
        appeal_counts=Counter(appeal.state for appeal in appeal_queries.appeals_of(call)),
        appeal_states=APPEAL,
        figures=process_figures(call),
    )


@blueprint.get("/solicitudes/<int:application_id>/resultado")
@signed_in
def determination_show(application_id: int) -> Response:
    """What was decided about my application, why, what reviewers wrote, and what I can do."""
    application = readable_application(application_id)
    found = queries.released_determination_of(application)
    if found is None:
        raise ApplicationNotFound()
    rulebook = found.call.rulebook
    criteria = {entry["id"]: entry["name"] for entry in rulebook.document["criteria"]} if rulebook is not None else {}
    return show(
        "grants/determination_show.html",
        application=application,
        found=found,
        reason=reason_text(found),
        outcomes=OUTCOME_LABELS,
        tones=OUTCOME_TONES,
        criteria=criteria,
        feedback=scoring_queries.feedback_for(found.dossier_code) if found.dossier_code else [],
        letters=queries.letters_of(application),
        window=appeal_queries.appeal_window(application),
        appeal=appeal_queries.appeal_of(application),
        appeal_states=APPEAL,
        award=queries.award_of(application),
    )


@blueprint.get("/cartas/<int:letter_id>")
@signed_in
def letter_show(letter_id: int) -> Response:
    """A letter that was sent to me, on a page."""
    letter = _letter(letter_id)
    return show("grants/letter_show.html", letter=letter, application=letter.application)


@blueprint.get("/cartas/<int:letter_id>.pdf")
@signed_in
def letter_pdf(letter_id: int) -> Response:
    """The same letter as a PDF."""
    letter = _letter(letter_id)
    if letter.stored_file is None:
        raise NotFound()
    return send_stored(letter.stored_file, inline=True)


def _letter(letter_id: int) -> Letter:
    letter = queries.letter_by_id(letter_id)
    if letter is None:
        raise NotFound()
    if not actor().has(*READERS):
        own_application(letter.application_id)
    return letter
