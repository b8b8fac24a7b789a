"""What the committee wrote, looked at by a person before those who applied read it."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, roles
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import N_, _, ngettext
from core.listing import chosen, page_number, paginate
from core.navigation import DeskItem
from core.roles import Role
from grants import services
from grants.forms.applications import ConfirmForm
from grants.forms.feedback import RewordForm, TakeBackForm
from grants.forms.staff import FindingForm, PassageForm
from grants.models import Call, FeedbackText
from grants.queries import feedback as queries
from grants.queries.calls import CallWaits
from grants.queries.determinations import count_released
from grants.routes.findings import posted_number, stretches
from grants.routes.room import READERS, WRITERS, blueprint, may_decide, show
from grants.routes.screening import staff_call
from grants.rules.detector import FINDING_LABELS
from grants.services.impartiality import is_mine, own_cases_in
from grants.states.feedback import FEEDBACK, FeedbackState
from scoring.rules.provisions import plain


@blueprint.get("/programa/<slug>/comentarios-del-comite")
@roles(*READERS)
def feedback_queue(slug: str) -> Response:
    """What a call's committee wrote, those with findings first."""
    call = staff_call(slug)
    state = chosen(request.args, "estado", [item.value for item in FeedbackState])
    listing = paginate(
        queries.feedback_texts(call, state=FeedbackState(state) if state else None), page=page_number(request.args)
    )
    return show(
        "grants/feedback_queue.html",
        call=call,
        listing=listing,
        marked={one.id: _marked(one) for one in listing.rows},
        criteria=_criteria(call),
        plain=plain,
        states=FEEDBACK,
        counts=queries.feedback_counts(call),
        clean=queries.count_clean_feedback(call, sorted(own_cases_in(call))),
        unprepared=queries.count_unprepared(call),
        job=queries.feedback_job(call),
        released=count_released(call) > 0,
        may_write=actor().has(*WRITERS),
    )


@blueprint.post("/programa/<slug>/comentarios-del-comite/preparar")
@roles(*WRITERS, auditor=False)
def feedback_prepare(slug: str) -> BaseResponse:
    """Have what nobody prepared yet searched in the background."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    services.ask_for_feedback(staff_call(slug))
    session().commit()
    flash(_("Los comentarios se están preparando."), "success")
    return redirect(url_for("grants.feedback_queue", slug=slug), 303)


@blueprint.post("/programa/<slug>/comentarios-del-comite/liberar-limpios")
@roles(*WRITERS, auditor=False)
def feedback_release_clean(slug: str) -> BaseResponse:
    """Release, in my name, every comment in which nothing was found."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    count = services.release_clean_feedback(staff_call(slug))
    session().commit()
    flash(ngettext("Se liberó %(num)s comentario.", "Se liberaron %(num)s comentarios.", count), "success")
    return redirect(url_for("grants.feedback_queue", slug=slug), 303)


@blueprint.get("/programa/comentarios-del-comite/<int:number>")
@roles(*READERS)
def feedback_clear(number: int) -> Response:
    """One comment as its applicant would read it, each finding marked, beside what was written."""
    return _page(_text(number))


@blueprint.post("/programa/comentarios-del-comite/<int:number>/tachar")
@roles(*WRITERS, auditor=False)
def feedback_redact(number: int) -> BaseResponse | Response:
    """Cover one finding."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    index, version = posted_number(), posted_number("version")
    return _act(number, lambda text: services.redact_in_feedback(text, index, version), _("Tachado."))


@blueprint.post("/programa/comentarios-del-comite/<int:number>/descartar")
@roles(*WRITERS, auditor=False)
def feedback_dismiss(number: int) -> BaseResponse | Response:
    """Say why a finding identifies nobody."""
    reason = FindingForm().reason.data or ""
    index, version = posted_number(), posted_number("version")
    return _act(
        number, lambda text: services.dismiss_in_feedback(text, index, version, reason=reason), _("Descartado.")
    )


@blueprint.post("/programa/comentarios-del-comite/<int:number>/tachar-texto")
@roles(*WRITERS, auditor=False)
def feedback_passage(number: int) -> BaseResponse | Response:
    """Cover a passage that the search missed."""
    form = PassageForm()
    if not form.validate_on_submit():
        return _page(_text(number), status=422, passage=form)
    passage = form.passage.data or ""
    return _act(number, lambda text: services.redact_feedback_passage(text, passage), _("Tachado."), passage=form)


@blueprint.post("/programa/comentarios-del-comite/<int:number>/cambiar")
@roles(*WRITERS, auditor=False)
def feedback_reword(number: int) -> BaseResponse | Response:
    """Put other words for some of the reviewer's."""
    form = RewordForm()
    if not form.validate_on_submit():
        return _page(_text(number), status=422, reword=form)
    was, words, reason = form.was.data or "", form.words.data or "", form.reason.data or ""
    return _act(
        number,
        lambda text: services.reword_feedback(text, was, words, reason=reason),
        _("Cambiado. Lo nuevo queda entre corchetes."),
        reword=form,
    )


@blueprint.post("/programa/comentarios-del-comite/<int:number>/liberar")
@roles(*WRITERS, auditor=False)
def feedback_release(number: int) -> BaseResponse | Response:
    """Let a comment go to its applicant."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    version = posted_number("version")
    return _act(number, lambda text: services.release_feedback(text, version), _("Comentario liberado."), onwards=True)


@blueprint.post("/programa/comentarios-del-comite/<int:number>/retirar")
@roles(*WRITERS, auditor=False)
def feedback_take_back(number: int) -> BaseResponse | Response:
    """Have a released comment looked at again."""
    form = TakeBackForm()
    if not form.validate_on_submit():
        return _page(_text(number), status=422, take_back=form)
    reason = form.reason.data or ""
    return _act(
        number,
        lambda text: services.take_back_feedback(text, reason=reason),
        _("Comentario retirado: no se lee hasta que alguien lo libere."),
        take_back=form,
    )


def _act(
    number: int, act: Callable[[FeedbackText], object], done: str, *, onwards: bool = False, **forms: Any
) -> BaseResponse | Response:
    text = _text(number)
    try:
        act(text)
    except Refusal as refusal:
        session().rollback()
        return _page(_text(number), status=refusal.status, problem=refusal.message(), **forms)
    session().commit()
    flash(done, "success")
    following = _next(text) if onwards else None
    return redirect(url_for("grants.feedback_clear", number=following or number), 303)


def _page(
    text: FeedbackText,
    *,
    status: int = 200,
    problem: str | None = None,
    passage: PassageForm | None = None,
    reword: RewordForm | None = None,
    take_back: TakeBackForm | None = None,
) -> Response:
    may_write = may_decide(text.application)
    return show(
        "grants/feedback_clear.html",
        status,
        text=text,
        call=text.call,
        score=text.score,
        letter=text.score.review.assignment.seat.letter,
        criteria=_criteria(text.call),
        anchor=_anchor(text.call, text.score.criterion, text.score.value),
        plain=plain,
        states=FEEDBACK,
        marked=_marked(text),
        labels={kind.value: _(label) for kind, label in FINDING_LABELS.items()},
        problem=problem,
        passage=passage or PassageForm(formdata=None),
        reword=reword or RewordForm(formdata=None),
        take_back=take_back or TakeBackForm(formdata=None),
        may_write=may_write and text.state is FeedbackState.AWAITING,
        may_take_back=may_write and text.state is FeedbackState.RELEASED,
        own=is_mine(text.application),
        next_id=_next(text),
    )


def _next(text: FeedbackText) -> int | None:
    return queries.next_feedback(text, own_cases_in(text.call))


def _marked(text: FeedbackText) -> list[tuple[str, int | None]]:
    return list(stretches(text.text, list(enumerate(text.findings))))


def _criteria(call: Call) -> dict[str, Any]:
    return {one.id: one.name for one in call.rulebook.rules.criteria} if call.rulebook is not None else {}


def _anchor(call: Call, criterion: str, value: Fraction | None) -> Any:
    criteria = call.rulebook.rules.criteria if call.rulebook is not None else ()
    return next((text for one in criteria if one.id == criterion for mark, text in one.anchors if mark == value), None)


def _text(number: int) -> FeedbackText:
    text = queries.feedback_text(number)
    if text is None:
        raise NotFound()
    return text


DESK = (
    DeskItem(
        N_("Comentarios del comité por revisar"),
        "grants.call_desk",
        frozenset({Role.PROGRAMME_OFFICER}),
        queries.feedback_waiting,
        {"espera": CallWaits.FEEDBACK},
    ),
)
