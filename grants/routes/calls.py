"""What everybody sees of a call: the list, its page, whether one may take part, and what was said of its draft."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import public, signed_in
from core.clock import now
from core.comparison import compared
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import _, localised
from core.listing import chosen, page_number, paginate
from core.money import Money
from core.settings import setting
from core.web_files import send_bytes
from grants import services
from grants.errors.calls import CallNotFound
from grants.forms.calls import CommentForm
from grants.forms.quiz import quiz_form
from grants.models import Call
from grants.queries import applications as application_queries
from grants.queries import calls as queries
from grants.queries import roster as roster_queries
from grants.routes.room import WRITERS, blueprint, show, this_person, visible_call
from grants.rules import content, deadlines, eligibility, process
from grants.rules.comparison import TEXTS
from grants.rules.sketch import sketch_step
from grants.rules.tariff_lines import published, spoken_rate
from grants.services.publication import frozen_content
from grants.states.call import (
    AUDIENCE_LABELS,
    CALL_STATES,
    COURSE,
    DIRECTION_LABELS,
    VERDICT_LABELS,
    VERDICT_TONES,
    Audience,
    CallState,
)
from scoring import queries as scoring_queries

FILTERS = ("eje", "region", "publico", "estado")
PUBLIC_STATES = [state for state in CallState if state is not CallState.DRAFT]


@blueprint.get("/convocatorias")
@public
def call_list() -> Response:
    """The calls, those that close soonest first; the filters live in the address."""
    order = chosen(request.args, "orden", queries.ORDERS)
    listing = paginate(queries.public_calls(**call_filters(), order=order), page=page_number(request.args), per_page=20)
    return show(
        "grants/call_list.html",
        moment=now(),
        listing=listing,
        states=CALL_STATES,
        state_now=queries.state_now,
        budget_of=budget_of,
        feed_query={name: value for name, value in request.args.items() if name in FILTERS},
        axes=[(str(axis["id"]), localised(axis["name"])) for axis in setting("AXES")],
        regions=[(region["id"], localised(region["name"])) for region in setting("REGIONS")],
        audiences=[(audience.value, _(label)) for audience, label in AUDIENCE_LABELS.items()],
        state_choices=[(state.value, CALL_STATES.label(state)) for state in PUBLIC_STATES],
    )


def call_filters() -> dict[str, Any]:
    """Return what the address asks for, as `public_calls` takes it."""
    axis = chosen(request.args, "eje", [str(axis["id"]) for axis in setting("AXES")])
    state = chosen(request.args, "estado", [state.value for state in PUBLIC_STATES])
    return {
        "axis": int(axis) if axis else None,
        "region": chosen(request.args, "region", [region["id"] for region in setting("REGIONS")]),
        "audience": chosen(request.args, "publico", [audience.value for audience in Audience]),
        "state": CallState(state) if state else None,
    }


def budget_of(call: Call) -> Money | None:
    """Return the allocated budget as money, or None before there is one."""
    return None if call.budget_cents is None else Money(call.budget_cents, call.currency)


@blueprint.get("/convocatorias/<slug>")
@public
def call_show(slug: str) -> Response:
    """A call: what, for whom, how much, until when, and what to do now."""
    call = visible_call(slug)
    state = queries.state_now(call)
    who = actor().user_id
    mine = application_queries.standing_application(call, who) if who is not None else None
    return show(
        "grants/call_show.html",
        call=call,
        state=state,
        states=CALL_STATES,
        mine=mine,
        consulting=deadlines.consultation_is_open(call.state, call.consultation_closes_at, now()),
        budget=budget_of(call),
        cap=Money(call.cap_per_award_cents, call.currency),
        received=queries.received([call]).get(call.id, 0),
        axes=_named(call.axes, setting("AXES"), _("Todos los ejes")),
        regions=_named(call.regions, setting("REGIONS"), _("Todas las regiones")),
        audience=[_(AUDIENCE_LABELS[Audience(value)]) for value in call.audience],
        direction=_(DIRECTION_LABELS[call.direction]),
        tariff=tariff_rows(call),
        rate=spoken_rate(call.tariff),
        rulebook=call.rulebook,
        process=_process(call, state),
        may_write=actor().has(*WRITERS),
        texts=TEXTS,
        compared=compared,
        anonymous=who is None,
        can_sketch=sketch_step(call.form) is not None,
        drawn=bool(roster_queries.draws_of(call)),
    )


def _named(chosen: Sequence[Any], catalogue: Sequence[dict[str, Any]], everything: str) -> list[str]:
    names = [localised(entry["name"]) for entry in catalogue if entry["id"] in chosen]
    return [everything] if len(names) == len(catalogue) else names


def tariff_rows(call: Call) -> list[tuple[str, Money, Money | None]]:
    """Return the call's tariff as label, amount and the same at the frozen rate, in the order it is applied."""
    rows, rate = published(call.tariff, call.form), call.tariff.get("rate") or {}
    if not rate.get("value") or rate["quote"] == call.tariff["currency"]:
        return [(row.label, row.amount, None) for row in rows]
    at = Fraction(rate["value"])
    return [(row.label, row.amount, row.amount.converted(at, rate["quote"])) for row in rows]


def _process(call: Call, state: CallState) -> list[tuple[process.Step, str]]:
    # What comes before the present state is done; a cancelled call stands nowhere on the way.
    panel = scoring_queries.panel_of_call(call.slug)
    calendar = process.Calendar(
        call.consultation_closes_at,
        call.opens_at,
        call.closes_at,
        call.results_on,
        call.appeal_days,
        None if panel is None else (panel.review_opens_at, panel.review_closes_at),
    )
    document = call.rulebook.document if call.rulebook is not None else None
    here = COURSE.index(state) if state in COURSE else -1
    found = []
    for step in process.steps(calendar, document, len(call.eligibility["rules"])):
        places = [COURSE.index(one) for one in step.states]
        when = "current" if here in places else "done" if here > max(places) else "ahead"
        if when == "current" and state is CallState.PUBLISHED:
            when = "ahead"  # published, and nobody can apply yet
        found.append((step, when))
    return found


@blueprint.get("/convocatorias/<slug>/reglas.json")
@public
def call_content(slug: str) -> Response:
    """The canonical bytes that a published call's fingerprint is of."""
    call = visible_call(slug)
    if call.frozen_sha256 is None:
        raise CallNotFound()
    name = f"convocatoria-{call.slug}-v{call.version}.json"
    return send_bytes(content.canonical(frozen_content(call)), name, "application/json")


@blueprint.get("/convocatorias/<slug>/puedo-participar")
@public
def call_quiz(slug: str) -> Response:
    """A few questions and an answer with its reasons. Nothing is kept and no account is needed."""
    call = visible_call(slug)
    asked = bool(request.args)
    form = quiz_form(call.eligibility, call.form, request.args if asked else None)
    verdict = None
    if asked and form.validate():
        verdict = eligibility.evaluate(call.eligibility, form.facts())
    status = 422 if asked and verdict is None else 200
    return show(
        "grants/call_quiz.html",
        status,
        call=call,
        form=form,
        verdict=verdict,
        accepts=queries.accepts_now(call),
        trying=call.frozen_sha256 is None and actor().has(*WRITERS),
    )


@blueprint.route("/convocatorias/<slug>/consulta", methods=["GET"])
@public
def consultation(slug: str) -> Response:
    """What people said of a draft, and what was answered."""
    return consultation_page(visible_call(slug), CommentForm())


@blueprint.post("/convocatorias/<slug>/consulta")
@signed_in
def consultation_comment(slug: str) -> Response | BaseResponse:
    """Say something about a draft, in public."""
    call = visible_call(slug)
    form = CommentForm()
    if not form.validate_on_submit():
        return consultation_page(call, form, 422)
    try:
        services.comment_on_draft(call, this_person(), form.text.data or "")
    except Refusal as refusal:
        session().rollback()
        return consultation_page(visible_call(slug), form, refusal.status, [refusal.message()])
    session().commit()
    flash(_("Publicamos tu comentario. La respuesta también será pública."), "success")
    return redirect(url_for("grants.consultation", slug=slug), 303)


def consultation_page(call: Call, form: CommentForm, status: int = 200, extra: list[str] | None = None) -> Response:
    """Show the consultation, with the form while it is open."""
    if call.consultation_closes_at is None:
        raise CallNotFound()
    return show(
        "grants/consultation_show.html",
        status,
        call=call,
        form=form,
        extra=extra or [],
        comments=queries.comments_of(call),
        is_open=deadlines.consultation_is_open(call.state, call.consultation_closes_at, now()),
        signed_in=not actor().is_anonymous,
        verdicts=VERDICT_LABELS,
        tones=VERDICT_TONES,
        may_answer=actor().has(*WRITERS),
    )
