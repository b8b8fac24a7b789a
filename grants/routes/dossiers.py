"""Clearing blinded dossiers, seating the committee, and handing over."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from accounts import queries as people
from core.access import ensure, roles
from core.clock import end_of_day, now, today
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.files import StoredFile
from core.language import _
from core.listing import chosen, page_number, paginate
from core.roles import Role
from core.web_files import send_stored
from grants import services
from grants.blinding import pieces_of
from grants.forms.applications import ConfirmForm
from grants.forms.staff import CommitteeForm, FileForm, FindingForm, PassageForm
from grants.models import BlindClearing, Call
from grants.queries import dossiers as queries
from grants.queries.readmissions import count_under_way, receiving_panel
from grants.routes.findings import posted_number, stretches
from grants.routes.room import READERS, WRITERS, blueprint, may_decide, show
from grants.routes.screening import staff_call
from grants.rules.detector import FINDING_LABELS, FindingKind
from grants.services.impartiality import is_mine
from grants.states.screening import CLEARING, ClearingState
from scoring import queries as scoring_queries
from scoring.models import Panel


@blueprint.get("/programa/<slug>/expedientes")
@roles(*READERS)
def dossier_queue(slug: str) -> Response:
    """The blinded dossiers of a call, those with findings first."""
    call = staff_call(slug)
    state = chosen(request.args, "estado", [item.value for item in ClearingState])
    listing = paginate(
        queries.clearings(call, state=ClearingState(state) if state else None), page=page_number(request.args)
    )
    return show(
        "grants/dossier_queue.html",
        call=call,
        listing=listing,
        states=CLEARING,
        counts=queries.clearing_counts(call),
        clean=queries.count_clean_awaiting(call),
        unprepared=queries.count_without_dossier(call),
        job=queries.preparing_job(call),
        panel=receiving_panel(call),
        may_write=actor().has(*WRITERS),
    )


@blueprint.get("/programa/expedientes/<int:clearing_id>")
@roles(*READERS)
def dossier_clear(clearing_id: int) -> Response:
    """One dossier as the committee would read it, each finding marked."""
    return _page(_clearing(clearing_id))


@blueprint.post("/programa/expedientes/<int:clearing_id>/tachar")
@roles(*WRITERS, auditor=False)
def finding_redact(clearing_id: int) -> BaseResponse | Response:
    """Black out one finding."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    return _act(clearing_id, lambda clearing: services.redact_finding(clearing, posted_number()), _("Tachado."))


@blueprint.post("/programa/expedientes/<int:clearing_id>/descartar")
@roles(*WRITERS, auditor=False)
def finding_dismiss(clearing_id: int) -> BaseResponse | Response:
    """Say why a finding gives nobody away."""
    form = FindingForm()
    reason = form.reason.data or ""
    return _act(
        clearing_id,
        lambda clearing: services.dismiss_finding(clearing, posted_number(), reason=reason),
        _("Descartado."),
    )


@blueprint.post("/programa/expedientes/<int:clearing_id>/dejar-fuera")
@roles(*WRITERS, auditor=False)
def dossier_file_exclude(clearing_id: int) -> BaseResponse | Response:
    """Leave a file out."""
    form = FileForm()
    reason = form.reason.data or ""
    return _act(
        clearing_id,
        lambda clearing: services.exclude_file(clearing, posted_number(), reason=reason),
        _("El archivo queda fuera del expediente."),
    )


@blueprint.post("/programa/expedientes/<int:clearing_id>/tachar-texto")
@roles(*WRITERS, auditor=False)
def passage_redact(clearing_id: int) -> BaseResponse | Response:
    """Black out a passage that the search missed."""
    form = PassageForm()
    if not form.validate_on_submit():
        return _page(_clearing(clearing_id), status=422, passage=form)
    passage = form.passage.data or ""
    return _act(clearing_id, lambda clearing: services.redact_passage(clearing, passage), _("Tachado."), by_place=False)


@blueprint.post("/programa/expedientes/<int:clearing_id>/liberar")
@roles(*WRITERS, auditor=False)
def dossier_release(clearing_id: int) -> BaseResponse | Response:
    """Let a dossier go to the committee."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    return _act(clearing_id, services.clear_dossier, _("Expediente liberado."), onwards=True)


@blueprint.get("/programa/expedientes/<int:clearing_id>/archivos/<int:position>")
@roles(*READERS)
def dossier_file(clearing_id: int, position: int) -> Response:
    """A regenerated file, as the committee would get it."""
    clearing = _clearing(clearing_id)
    ensure(position < len(clearing.files) and clearing.files[position]["stored_file_id"])
    stored = session().get(StoredFile, clearing.files[position]["stored_file_id"])
    if stored is None:
        raise NotFound()
    return send_stored(stored)


@blueprint.post("/programa/<slug>/expedientes/liberar-limpios")
@roles(*WRITERS, auditor=False)
def dossiers_clear_clean(slug: str) -> BaseResponse:
    """Clear, in my name, every dossier in which nothing was found."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    count = services.clear_clean_dossiers(staff_call(slug))
    session().commit()
    flash(_("%(count)s expedientes liberados.", count=count), "success")
    return redirect(url_for("grants.dossier_queue", slug=slug), 303)


@blueprint.post("/programa/<slug>/expedientes/entregar")
@roles(*WRITERS, auditor=False)
def dossiers_hand_over(slug: str) -> BaseResponse:
    """Hand the cleared dossiers to the committee, and the conflicts known of."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    call = staff_call(slug)
    count = services.hand_over_dossiers(call)
    pairs = services.hand_over_conflicts(call)
    session().commit()
    flash(
        _("%(count)s expedientes entregados al comité; %(pairs)s conflictos marcados.", count=count, pairs=pairs),
        "success",
    )
    return redirect(url_for("grants.dossier_queue", slug=slug), 303)


@blueprint.route("/programa/<slug>/comite", methods=["GET", "POST"])
@roles(*READERS)
def committee(slug: str) -> Response | BaseResponse:
    """Who sits on a call's committee."""
    call = staff_call(slug)
    panel, under_way = receiving_panel(call), count_under_way(call)
    candidates = people.users_with_role(Role.REVIEWER)
    form = CommitteeForm()
    form.reviewers.choices = [(person.id, person.name) for person in candidates]
    if request.method == "GET":
        opens, closes = _window_of(call, panel, is_supplementary=under_way > 0)
        form.review_opens_at.data, form.review_closes_at.data = opens, closes
    problem = None
    if request.method == "POST":
        ensure(actor().has(*WRITERS))
        if form.validate_on_submit():
            try:
                count = _seat(call, form, {person.id: person for person in candidates})
                session().commit()
                flash(_("%(count)s personas en el comité.", count=count), "success")
                return redirect(url_for("grants.committee", slug=slug), 303)
            except Refusal as refusal:
                session().rollback()
                problem = refusal
    seated = {seat.reviewer_id for seat in scoring_queries.seats_of_panel(panel)} if panel else set()
    return show(
        "grants/committee.html",
        problem.status if problem is not None else (422 if form.errors else 200),
        call=call,
        panel=panel,
        under_way=under_way,
        form=form,
        seated=[person for person in candidates if person.id in seated],
        problem=problem.message() if problem is not None else None,
        may_write=actor().has(*WRITERS),
    )


def _window_of(call: Call, panel: Panel | None, *, is_supplementary: bool) -> tuple[datetime, datetime]:
    """Return when the committee reviews: what it said, what the rules fix, or from now for three weeks."""
    if panel is not None:
        return panel.review_opens_at, panel.review_closes_at
    rules = call.rulebook.rules if call.rulebook is not None and not is_supplementary else None
    opens, closes = (rules.review_opens, rules.review_closes) if rules is not None else (None, None)
    return opens or now(), closes or end_of_day(today() + timedelta(days=21))


def _seat(call: Call, form: CommitteeForm, candidates: dict[int, Any]) -> int:
    opens, closes = form.review_opens_at.data, form.review_closes_at.data
    assert opens is not None
    assert closes is not None
    services.open_review(call, review_opens_at=opens, review_closes_at=closes)
    chosen_people = [candidates[number] for number in form.reviewers.data or [] if number in candidates]
    for person in chosen_people:
        services.seat_reviewer_on(call, person, keywords=[f"eje-{axis}" for axis in call.axes])
    services.hand_over_conflicts(call)  # whoever joins after the dossiers went out has conflicts too
    return len(chosen_people)


def _act(
    clearing_id: int, act: Any, done: str, *, onwards: bool = False, by_place: bool = True
) -> BaseResponse | Response:
    """Do something with a dossier as it was seen; `by_place` is false where what is done says itself to what."""
    clearing = _clearing(clearing_id)
    try:
        if by_place:
            services.ensure_seen(clearing, request.form.get("edicion", ""))
        act(clearing)
    except Refusal as refusal:
        session().rollback()
        return _page(_clearing(clearing_id), status=refusal.status, problem=refusal.message())
    session().commit()
    flash(done, "success")
    following = queries.next_awaiting(clearing) if onwards else None
    return redirect(url_for("grants.dossier_clear", clearing_id=following or clearing_id), 303)


def _page(
    clearing: BlindClearing, *, status: int = 200, problem: str | None = None, passage: PassageForm | None = None
) -> Response:
    labels = {kind.value: _(label) for kind, label in FINDING_LABELS.items()}
    return show(
        "grants/dossier_clear.html",
        status,
        clearing=clearing,
        call=clearing.call,
        states=CLEARING,
        edition=services.dossier_edition(clearing),
        marked=_marked(clearing),
        labels=labels,
        unreadable=FindingKind.UNREADABLE.value,
        problem=problem,
        passage=passage or PassageForm(formdata=None),
        finding_form=FindingForm(formdata=None),
        file_form=FileForm(formdata=None),
        may_write=may_decide(clearing.application) and clearing.state is ClearingState.AWAITING,
        own=is_mine(clearing.application),
        next_id=queries.next_awaiting(clearing),
    )


def _marked(clearing: BlindClearing) -> dict[str, list[tuple[str, int | None]]]:
    """Cut every text of the dossier into stretches: plain ones, and those of a finding with its index."""
    texts = {piece.where: piece.text for piece in pieces_of(clearing.content)}
    for index, record in enumerate(clearing.files):
        texts |= {f"files.{index}.pages.{number}": text for number, text in enumerate(record["pages"], start=1)}
    found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for place, trace in enumerate(clearing.findings):
        found.setdefault(trace["where"], []).append((place, trace))
    return {where: list(stretches(text, found.get(where, []))) for where, text in texts.items()}


def _clearing(clearing_id: int) -> BlindClearing:
    clearing = queries.clearing_by_id(clearing_id)
    if clearing is None:
        raise NotFound()
    return clearing
