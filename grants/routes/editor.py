"""The clerk's pages: write a call in sections, consult on it, check it, publish it, extend it, cancel it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import roles
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _, current_language
from core.listing import chosen, page_number, paginate
from core.roles import Role
from grants import services
from grants.errors.calls import CallChanged, CallIncomplete, CallNotFound
from grants.forms import editor as forms
from grants.forms.applications import ConfirmForm
from grants.forms.calls import AnswerForm
from grants.forms.comparison import stored_instead
from grants.forms.questions import QuestionsForm, RequirementsForm, asks_number
from grants.forms.support import SupportForm
from grants.models import Call
from grants.queries import calls as queries
from grants.routes.room import blueprint, show
from grants.rules import form as form_rules
from grants.rules import requirements
from grants.rules.standard import standard_eligibility
from grants.services.calls import EDITABLE
from grants.services.editions import edition_of, ensure_edition
from grants.states.call import CALL_STATES, CallState

OFFICER = Role.PROGRAMME_OFFICER
ADMINISTRATOR = Role.ADMINISTRATOR
EDITION = "edicion"


def any_call(slug: str) -> Call:
    """Return a call, drafts included: for those who write them."""
    call = queries.with_addenda(slug)
    if call is None:
        raise CallNotFound()
    return call


@blueprint.get("/programa/convocatorias")
@roles(OFFICER, ADMINISTRATOR)
def call_desk() -> Response:
    """Every call, newest first, with what it lacks."""
    state = chosen(request.args, "estado", [state.value for state in CallState])
    waits = chosen(request.args, "espera", [waits.value for waits in queries.CallWaits])
    found = queries.staff_calls(
        state=CallState(state) if state else None, waits=queries.CallWaits(waits) if waits else None
    )
    listing = paginate(found, page=page_number(request.args), per_page=25)
    return show(
        "grants/call_desk.html",
        listing=listing,
        states=CALL_STATES,
        waits=waits,
        state_now=queries.state_now,
        received=queries.received(listing.rows),
        state_choices=[(state.value, CALL_STATES.label(state)) for state in CallState],
    )


@blueprint.route("/programa/convocatorias/<slug>/editar/<section>", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def call_edit(slug: str, section: str) -> Response | BaseResponse:
    """One section of the editor."""
    call = any_call(slug)
    if section not in forms.SECTIONS:
        raise NotFound()
    form = _section_form(call, section)
    if request.method == "GET":
        return _section_page(call, section, form)
    if not form.validate_on_submit():
        return _section_page(call, section, form, 422)
    try:
        ensure_edition(call, forms.SECTION_FIELDS[section], request.form.get(EDITION, ""))
        _apply(call, section, form)
    except CallChanged as refusal:
        session().rollback()
        call = any_call(slug)
        form = _section_form(call, section)
        said = [refusal.message(), refusal.advice()]
        return _section_page(call, section, form, refusal.status, said, stored=list(stored_instead(form)))
    except Refusal as refusal:
        session().rollback()
        return _section_page(any_call(slug), section, form, refusal.status, [refusal.message()])
    session().commit()
    flash(_("Guardamos los cambios."), "success")
    names = list(forms.SECTIONS)
    place = names.index(section) + 1
    if request.form.get("accion") == "borrador" or place == len(names):
        return redirect(url_for("grants.call_checklist", slug=slug), 303)
    return redirect(url_for("grants.call_edit", slug=slug, section=names[place]), 303)


def stepper_of(call: Call) -> list[tuple[str, str, bool]]:
    """Return the parts of a call's editor: name, address, and whether anything is missing there. Letters come last."""
    lacking = {item.section for item in services.checklist(call) if not item.done}
    sections = [
        (_(label), url_for("grants.call_edit", slug=call.slug, section=name), name not in lacking)
        for name, label in forms.SECTIONS.items()
    ]
    return [*sections, (_("Cartas"), url_for("grants.letter_list", slug=call.slug), True)]


def _offered_rules(call: Call) -> list[dict[str, Any]]:
    kept = list(call.eligibility.get("rules", ()))
    ids = {rule["id"] for rule in kept}
    return kept + [rule for rule in standard_eligibility()["rules"] if rule["id"] not in ids]


def _section_form(call: Call, section: str) -> Any:
    if section == "elegibilidad":
        return RequirementsForm.of(_offered_rules(call), {rule["id"] for rule in call.eligibility["rules"]})
    return _FORMS[section](call)


_FORMS: dict[str, Callable[[Call], Any]] = {
    "textos": forms.TextsForm.of,
    "alcance": forms.ScopeForm.of,
    "calendario": forms.CalendarForm.of,
    "apoyo": SupportForm.of,
    "preguntas": QuestionsForm.of,
    "reglas": lambda _call: ConfirmForm(),
}


def _apply(call: Call, section: str, form: Any) -> None:
    match section:
        case "textos" | "alcance" | "calendario":
            services.edit_call(call, **form.changes())
        case "apoyo":
            tariff = form.tariff_changes(call.tariff, call.currency)
            services.edit_call(call, cap_per_award=form.cap.data, tariff=tariff)
        case "preguntas":
            number = sum(1 for _item in form_rules.questions(call.form)) + 1
            services.edit_call(call, form=form.changed(call.form, f"question_{number}"))
        case "elegibilidad":
            services.edit_call(call, eligibility={**call.eligibility, "rules": form.chosen()})
        case _:
            services.set_rulebook(call, services.starting_rules(call))


def _section_page(
    call: Call,
    section: str,
    form: Any,
    status: int = 200,
    extra: list[str] | None = None,
    *,
    stored: list[tuple[str, str]] | None = None,
) -> Response:
    names = list(forms.SECTIONS)
    edition = edition_of(call, forms.SECTION_FIELDS[section])
    if stored is None and request.method == "POST":
        edition = request.form.get(EDITION, "")[:64]  # refused for something else: it is still as old as it was
    return show(
        "grants/call_edit.html",
        status,
        call=call,
        form=form,
        section=section,
        section_label=_(forms.SECTIONS[section]),
        extra=extra or [],
        edition=edition,
        stored=stored,
        editable=call.state in EDITABLE,
        stepper=stepper_of(call),
        current=names.index(section) + 1,
        questions=list(form_rules.questions(call.form)),
        offered=_offered_rules(call),
        facts=requirements.facts(call.form) if section == "elegibilidad" else [],
        asks_number=asks_number,
        spoken_rule=partial(requirements.spoken, form=call.form),
        rulebook=call.rulebook,
        language_code=current_language(),
    )


@blueprint.get("/programa/convocatorias/<slug>")
@roles(OFFICER, ADMINISTRATOR, Role.TREASURER)
def call_checklist(slug: str) -> Response:
    """What is missing before a call can be published, in plain words, and what may be done with it now."""
    call = any_call(slug)
    items = services.checklist(call)
    return show(
        "grants/call_checklist.html",
        call=call,
        state=queries.state_now(call),
        states=CALL_STATES,
        items=items,
        missing=[item for item in items if not item.done],
        can_consult=not services.missing_for_consultation(call),
        unanswered=queries.unanswered_comments(call),
        editable=call.state in EDITABLE,
        shows_stages=call.state not in EDITABLE and actor().has(OFFICER, ADMINISTRATOR, Role.AUDITOR),
        can_cancel=CALL_STATES.allows(call.state, CallState.CANCELLED),
    )


@blueprint.route("/programa/convocatorias/<slug>/consulta", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def call_consult(slug: str) -> Response | BaseResponse:
    """Put the draft to public consultation."""
    call = any_call(slug)
    CALL_STATES.check(call.state, CallState.CONSULTATION)
    if services.missing_for_consultation(call):
        flash(_("Todavía no hay qué consultar: escribe lo que falta."), "warning")
        return redirect(url_for("grants.call_checklist", slug=slug), 303)
    page = closing_page("grants/call_consult.html", call, forms.ConsultationForm(), services.open_consultation)
    if page is not None:
        return page
    flash(_("El borrador está en consulta pública."), "success")
    return redirect(url_for("grants.consultation", slug=slug), 303)


def closing_page(template: str, call: Call, form: Any, act: Callable[[Call, datetime], object]) -> Response | None:
    """Commit what a form with a closing moment asks for and return None; or return its page, unsent or refused."""
    slug = call.slug
    if not form.validate_on_submit():
        return show(template, 422 if form.is_submitted() else 200, call=call, form=form)
    try:
        act(call, form.closes_at.data)
    except Refusal as refusal:
        session().rollback()
        form.closes_at.errors = [refusal.message()]
        return show(template, refusal.status, call=any_call(slug), form=form)
    session().commit()
    return None


@blueprint.route("/programa/convocatorias/<slug>/comentarios/<int:comment_id>", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def comment_answer(slug: str, comment_id: int) -> Response | BaseResponse:
    """Answer a comment, in public."""
    call = any_call(slug)
    comment = queries.comment_by_id(call, comment_id)
    if comment is None:
        raise NotFound()
    form = AnswerForm.blank()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("grants/comment_answer.html", status, call=call, comment=comment, form=form)
    services.answer_comment(comment, form.verdict.data or "", form.answer.data or "")
    session().commit()
    flash(_("Publicamos la respuesta."), "success")
    return redirect(f"{url_for('grants.consultation', slug=slug)}#comentario-{comment.id}", 303)


@blueprint.route("/programa/convocatorias/<slug>/publicar", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def call_publish(slug: str) -> Response | BaseResponse:
    """Publish, after saying what that fixes for good."""
    call = any_call(slug)
    CALL_STATES.check(call.state, CallState.PUBLISHED)
    form = ConfirmForm()
    missing = [item for item in services.checklist(call) if not item.done]
    if missing:
        flash(_("Todavía falta algo antes de publicar."), "warning")
        return redirect(url_for("grants.call_checklist", slug=slug), 303)
    if not form.validate_on_submit():
        return show("grants/call_publish.html", call=call, form=form)
    try:
        services.publish_call(call)
    except CallIncomplete as refusal:
        session().rollback()
        flash(refusal.message(), "warning")
        return redirect(url_for("grants.call_checklist", slug=slug), 303)
    session().commit()
    flash(_("La convocatoria está publicada. Sus reglas ya no cambian."), "success")
    return redirect(url_for("grants.call_show", slug=slug), 303)
