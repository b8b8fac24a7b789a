"""Results: prepared by staff, released at once, read by the applicant in full and by the public in part."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, public, roles, signed_in
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _, ngettext
from core.listing import chosen, page_number, paginate
from core.money import Money
from core.web_files import drawing, send_stored
from grants import services
from grants.documents.standing import standing_chart, standing_of
from grants.emails.letters import readmission_text, reason_text
from grants.errors.calls import ApplicationNotFound, CallNotFound
from grants.forms.applications import ConfirmForm
from grants.models import Call, Letter, Readmission
from grants.queries import appeals as appeal_queries
from grants.queries import determinations as queries
from grants.queries import readmissions as readmission_queries
from grants.queries import roster as roster_queries
from grants.queries.feedback import count_feedback_awaiting, has_public_reasons
from grants.queries.figures import process_figures
from grants.routes.applications import own_application, readable_application
from grants.routes.room import MONEY_READERS, READERS, WRITERS, blueprint, show, visible_call
from grants.routes.screening import staff_call
from grants.services.impartiality import own_cases_in
from grants.states.application import ApplicationState
from grants.states.determination import APPEAL, DETERMINATION, OUTCOME_LABELS, OUTCOME_TONES, Outcome
from grants.states.readmission import READMISSION, ReadmissionState
from grants.states.screening import ClearingState
from rendering.charts import NARROW, WIDE, chart_table, render_svg
from scoring import queries as scoring_queries
from scoring.rules.provisions import plain
from scoring.states import PanelState

ORDERED = (PanelState.RANKED, PanelState.RELEASED)
SCORES = 50  # of them on a page of the public results
WITH_MONEY = [Outcome.AWARDED, Outcome.WAITLISTED]  # whom the treasury pays, or may have to; nobody else's name


@blueprint.get("/programa/<slug>/resultados")
@roles(*MONEY_READERS)
def determination_queue(slug: str) -> Response:
    """What was decided in a call, released or not, and what keeps it from being released."""
    return _queue(slug)


def _queue(slug: str, problem: Refusal | None = None) -> Response:
    call = staff_call(slug)
    own = actor().has(*WRITERS) and bool(own_cases_in(call))
    shown = list(Outcome) if actor().has(*READERS) else WITH_MONEY
    outcome = chosen(request.args, "resultado", [item.value for item in shown])
    listing = paginate(
        queries.determination_listing(call, [Outcome(outcome)] if outcome else shown), page=page_number(request.args)
    )
    return show(
        "grants/determination_queue.html",
        problem.status if problem is not None else 200,
        call=call,
        listing=listing,
        states=DETERMINATION,
        outcomes=OUTCOME_LABELS,
        shown=shown,
        tones=OUTCOME_TONES,
        counts=queries.outcome_counts(call),
        uncommitted=queries.count_uncommitted(call),
        released=queries.count_released(call),
        waiting=queries.waiting_list(call) if queries.count_released(call) else [],
        order_is_final=scoring_queries.released_ranking(call.slug) is not None,
        problem=problem.message() if problem is not None else None,
        may_write=actor().has(*WRITERS) and not own,
        own=own,
        readmissions=[
            (one, next_step(one) if actor().has(*READERS) else None)
            for one in readmission_queries.readmissions_of(call)
        ],
        readmission_states=READMISSION,
        may_release=any(panel.state in ORDERED for panel in readmission_queries.supplementary_panels(call))
        and readmission_queries.count_under_way(call) > 0,
    )


def next_step(readmission: Readmission) -> tuple[str, str] | None:
    """Return what staff does next with an application admitted on appeal, and where; None when it is done."""
    if readmission.state is ReadmissionState.RELEASED or readmission.application.state is ApplicationState.WITHDRAWN:
        return None
    slug = readmission.call.slug
    clearing = readmission_queries.clearings_of(readmission.call).get(readmission.application_id)
    panel = readmission_queries.receiving_panel(readmission.call)
    if clearing is None:
        step = _("Preparar su expediente"), url_for("grants.dossier_queue", slug=slug)
    elif clearing.state is ClearingState.AWAITING:
        step = _("Revisar su expediente"), url_for("grants.dossier_clear", clearing_id=clearing.id)
    elif panel is None:
        step = _("Integrar el comité complementario"), url_for("grants.committee", slug=slug)
    elif clearing.state is ClearingState.CLEARED:
        step = _("Entregarlo al comité"), url_for("grants.dossier_queue", slug=slug)
    elif panel.state in ORDERED:
        step = _("Publicar su resultado"), url_for("grants.determination_queue", slug=slug) + "#readmitted"
    else:
        step = _("Ver cómo va su evaluación"), url_for("scoring.panel_show", panel_id=panel.id)
    return step


@blueprint.post("/programa/<slug>/resultados/adenda")
@roles(*WRITERS, auditor=False)
def readmissions_release(slug: str) -> Response | BaseResponse:
    """Publish the results of what an appeal brought back, as an addendum."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    try:
        released = services.release_readmissions(staff_call(slug))
    except Refusal as refusal:
        session().rollback()
        return _queue(slug, refusal)
    session().commit()
    flash(
        ngettext(
            "Se publicó %(num)s resultado como adenda; la carta va en camino.",
            "Se publicaron %(num)s resultados como adenda; las cartas van en camino.",
            len(released),
        ),
        "success",
    )
    return redirect(url_for("grants.determination_queue", slug=slug), 303)


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
        unread=count_feedback_awaiting(call),
    )


@blueprint.get("/convocatorias/<slug>/resultados")
@public
def results_show(slug: str) -> Response:
    """The public results: who received what, how many did not, pseudonymous scores, decided appeals."""
    call = visible_call(slug)
    if not queries.count_released(call):
        raise CallNotFound()
    awards = queries.public_awards(call)
    ranking = scoring_queries.released_ranking(call.slug)
    code = request.args.get("codigo", "").strip()
    scores = None
    if ranking is not None:
        scores = scoring_queries.ranking_page(ranking, page=page_number(request.args), per_page=SCORES, code=code)
    total = Money(sum(line.amount_cents for line in awards), call.currency)
    return show(
        "grants/results_show.html",
        call=call,
        awards=[(line, Money(line.amount_cents, line.currency)) for line in awards],
        total=total,
        counts=queries.outcome_counts(call, released_only=True),
        outcomes=OUTCOME_LABELS,
        scores_open=call.rulebook is not None and call.rulebook.rules.scores_public,
        reasons_open=has_public_reasons(call),
        scores=scores,
        scores_in_all=scoring_queries.ranking_sums(ranking).lines if ranking is not None else 0,
        looked_for=bool(code or "pagina" in request.args),
        appeals=[appeal for appeal in appeal_queries.appeals_of(call) if appeal.public_summary],
        appeal_counts=Counter(appeal.state for appeal in appeal_queries.appeals_of(call)),
        appeal_states=APPEAL,
        readmissions=[(one, readmission_text(one)) for one in readmission_queries.released_readmissions(call)],
        figures=process_figures(call),
        account=scoring_queries.committee_account(call.slug),
        plain=plain,
        lots=scoring_queries.lots_of_call(call.slug),
        drawn=bool(roster_queries.draws_of(call)),
    )


@blueprint.get("/solicitudes/<int:application_id>/resultado")
@signed_in
def determination_show(application_id: int) -> Response:
    """What was decided about my application, why, what reviewers wrote, and what I can do."""
    application = readable_application(application_id)
    found = queries.released_determination_of(application)
    if found is None:
        raise ApplicationNotFound()
    readmission = readmission_queries.readmission_of(application)
    again = readmission.dossier_code if readmission is not None else None
    rulebook = found.call.rulebook
    place = standing_of(found)
    criteria = {entry["id"]: entry["name"] for entry in rulebook.document["criteria"]} if rulebook is not None else {}
    return show(
        "grants/determination_show.html",
        application=application,
        found=found,
        reason=reason_text(found),
        outcomes=OUTCOME_LABELS,
        tones=OUTCOME_TONES,
        criteria=criteria,
        feedback=[(code, services.feedback_of(application, code)) for code in (again, found.dossier_code) if code],
        again=again,
        anchors=_anchors(found.call),
        plain=plain,
        ranked=queries.count_ranked(found.call),
        standing=standing_chart(place) if place is not None else None,
        chart_table=chart_table,
        wide=WIDE,
        letters=queries.letters_of(application),
        window=appeal_queries.appeal_window(application),
        appeal=appeal_queries.appeal_of(application),
        appeal_states=APPEAL,
        readmission=readmission,
        readmission_states=READMISSION,
        readmission_said=readmission_text(readmission) if readmission and readmission.outcome else None,
        award=queries.award_of(application),
    )


@blueprint.get("/solicitudes/<int:application_id>/resultado/lugar.svg")
@signed_in
def determination_standing(application_id: int) -> Response:
    """Where my score stands among the others, as a drawing."""
    found = queries.released_determination_of(readable_application(application_id))
    place = standing_of(found) if found is not None else None
    if place is None:
        raise NotFound()
    return drawing(render_svg(standing_chart(place), WIDE if request.args.get("ancho") == str(WIDE) else NARROW))


def _anchors(call: Call) -> dict[tuple[str, Fraction], Mapping[str, str]]:
    """Return what each value of each criterion means, in the words of the call's rules."""
    criteria = call.rulebook.rules.criteria if call.rulebook is not None else ()
    return {(criterion.id, value): text for criterion in criteria for value, text in criterion.anchors}


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
