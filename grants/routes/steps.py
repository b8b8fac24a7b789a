"""The steps of an application: one theme a page, saved as it is written, never lost, never silently overwritten."""

import secrets
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import signed_in
from core.database import session
from core.errors import InvalidInput, NotFound, Refusal
from core.files import store_upload
from core.language import _, localised
from core.money import Money
from core.settings import setting
from grants import services
from grants.errors.calls import EditConflict
from grants.forms.applications import (
    ItineraryForm,
    StepForm,
    answers_in,
    itinerary_form,
    legs_in,
    question_form,
    upload_of,
)
from grants.models import Application
from grants.queries import calls as call_queries
from grants.routes.applications import own_application, past_writing
from grants.routes.last_edits import files_of, told_of_edits
from grants.routes.room import blueprint, show, spoken_country
from grants.routes.uploads import upload_data
from grants.rules import form as rules
from grants.rules.answers import spoken_answer, spoken_condition
from grants.rules.earlier_awards import FACT
from grants.rules.itinerary import read_legs
from grants.rules.moments import spoken_day
from grants.rules.problems import Problem
from grants.rules.tariff_lines import labels_of, spoken_rate
from grants.services import applications as drafts
from grants.states.call import Direction

SAVE, NEXT, MORE = "borrador", "seguir", "agregar"
Step = Mapping[str, Any]


@blueprint.route("/solicitudes/<int:application_id>/<step_id>", methods=["GET", "POST"])
@signed_in
def application_step(application_id: int, step_id: str) -> Response | BaseResponse:
    """One step of the form."""
    application = own_application(application_id, editing=True)
    step = rules.step(application.call.form, step_id)
    if step is None:
        raise NotFound()
    if request.method == "GET":
        return past_writing(application) or _page(application, step, step_form(application, step, fresh=True))
    drafts.ensure_editable(application)
    form = step_form(application, step, fresh=False)
    valid = form.validate_on_submit()
    try:
        _save(application, step, form)
    except (EditConflict, InvalidInput) as refusal:
        session().rollback()
        application = own_application(application_id, editing=True)
        _take_files(application, step, form)  # a file is no part of the quarrel: nobody uploads it twice
        session().commit()
        if isinstance(refusal, EditConflict):
            return _conflict(application, step, form, refusal)
        return _page(application, step, form, 422, extra=[refusal.message()])
    valid = _take_files(application, step, form) and valid
    session().commit()
    return _answer(application, step, form, valid)


def _answer(application: Application, step: Step, form: StepForm, valid: bool) -> Response | BaseResponse:
    wanted = request.form.get("accion", NEXT)
    if request.headers.get("X-Autosave"):
        response = Response(status=204 if valid else 422)
        response.headers["X-Draft-Version"] = str(application.version)
        return response
    here = url_for("grants.application_step", application_id=application.id, step_id=step["id"])
    problems = _problems(application, step) if wanted == NEXT else []
    if not valid or problems:
        _point_out(form, problems)
        form.version.data = str(application.version)
        return _page(application, step, form, 422)
    if wanted == MORE:
        return redirect(f"{here}?tramo=1#legs-{len(drafts.working_content(application).legs)}-city", 303)
    if wanted.startswith("quitar-") or wanted == SAVE:
        flash(_("Guardamos tu borrador."), "success")
        return redirect(here, 303)
    return redirect(_after(application, step), 303)


def _after(application: Application, step: Step) -> str:
    ids = [section["id"] for section in rules.steps(application.call.form)]
    place = ids.index(step["id"]) + 1
    if place < len(ids):
        return url_for("grants.application_step", application_id=application.id, step_id=ids[place])
    return url_for("grants.application_review", application_id=application.id)


def _asked(application: Application, step: Step) -> list[rules.Question]:
    """Return what the page asks, with what another answer on the same page would ask too."""
    answers, kind = drafts.working_content(application).answers, application.kind.value
    return [item for item in step["questions"] if rules.may_apply(item, step["questions"], answers, kind)]


def _still_asked(application: Application, questions: list[rules.Question], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was sent without what the answers beside it no longer ask; what is stored of that stays."""
    answers = {**drafts.working_content(application).answers, **sent}
    kept = {item["id"] for item in questions if rules.applies(item, answers, application.kind.value)}
    return {name: value for name, value in sent.items() if name in kept}


def step_form(application: Application, step: Step, *, fresh: bool) -> StepForm:
    """Return the form of a step as it is stored or was just sent; `fresh` adds the blank leg of a journey."""
    content = drafts.working_content(application)
    edition = secrets.token_hex(8)
    if step["kind"] != "itinerary":
        return question_form(
            _asked(application, step),
            content.answers,
            application.currency,
            version=application.version,
            edition=edition,
        )
    one_more = fresh and (not content.legs or "tramo" in request.args)
    home = (str(application.call.form.get("home_country", "")), setting("CITY_NAME")["es"])
    origin = home if content.direction.value == "outbound" else ("", "")
    return itinerary_form(
        content.legs,
        version=application.version,
        edition=edition,
        one_more=one_more,
        origin=origin,
        direction=content.direction.value,
    )


def _save(application: Application, step: Step, form: StepForm) -> None:
    common: dict[str, Any] = {
        "expected_version": form.expected_version,
        "edition": form.edition.data or "",
        "step": step["id"],
    }
    if isinstance(form, ItineraryForm):
        legs = legs_in(form)
        dropped = request.form.get("accion", "").removeprefix("quitar-")
        if request.form.get("accion", "").startswith("quitar-") and dropped.isascii() and dropped.isdigit():
            legs = [leg for number, leg in enumerate(legs) if number != int(dropped[:3])]
        ways = (Direction.OUTBOUND.value, Direction.INBOUND.value)
        direction = form.direction.data if form.direction.data in ways else None
        services.save_draft(application, itinerary=legs, direction=direction, **common)
        return
    questions = [item for item in _asked(application, step) if item["type"] != "file"]
    sent = _still_asked(application, questions, answers_in(form, questions))
    services.save_draft(application, answers=sent, **common)


def _take_files(application: Application, step: Step, form: StepForm) -> bool:
    taken = True
    for item in _asked(application, step):
        sent = upload_of(form, item) if item["type"] == "file" else None
        field: Any = form[rules.control(item)] if item["type"] == "file" else None
        if sent is None or field.errors:
            continue
        try:
            stored = store_upload(sent.stream.read(), sent.filename or "", purpose="application")
            services.attach_file(application, item["id"], stored)
        except Refusal as refusal:
            field.errors = [refusal.message()]
            taken = False
    return taken


def _problems(application: Application, step: Step) -> list[Problem]:
    return [problem for problem in drafts.problems_of(application) if problem.step == step["id"]]


def _point_out(form: StepForm, problems: list[Problem]) -> None:
    for problem in problems:
        field: Any = _control(form, problem.field)
        if field is not None and not field.errors:
            field.errors = [problem.text()]


def _control(form: StepForm, name: str) -> Any:
    if name in form:
        return form[name]
    if not isinstance(form, ItineraryForm):
        return None
    _legs, number, part = name.split("-", 2)
    entries = list(form.legs)
    return entries[int(number)].form[part] if int(number) < len(entries) else None


def _page(
    application: Application,
    step: Step,
    form: StepForm,
    status: int = 200,
    *,
    extra: list[str] | None = None,
    conflicts: list[tuple[str, str, str]] | None = None,
) -> Response:
    steps = rules.steps(application.call.form)
    incomplete = {problem.step for problem in drafts.problems_of(application)}
    asked, accepts = _asked(application, step), call_queries.accepts_now(application.call)
    rows = [
        (
            localised(section["title"]),
            url_for("grants.application_step", application_id=application.id, step_id=section["id"]),
            section["id"] not in incomplete,
        )
        for section in steps
    ]
    rows.append((_("Revisar y enviar"), url_for("grants.application_review", application_id=application.id), False))
    return show(
        "grants/application_step.html",
        status,
        application=application,
        call=application.call,
        step=step,
        form=form,
        questions=[(item, form[rules.control(item)]) for item in asked],
        conditions={item["id"]: spoken_condition(item, asked) for item in asked},
        legs=drafts.working_content(application).legs,
        files={attachment.question_id: attachment for attachment in application.current_attachments},
        derived=drafts.derived_of(application) if step["id"] == "presupuesto" else None,
        rule_labels=labels_of(application.call.tariff),
        cents=Money,
        rate=spoken_rate(application.call.tariff),
        stepper=rows,
        current=[section["id"] for section in steps].index(step["id"]) + 1,
        accepts=accepts,
        extra=extra or [],
        conflicts=conflicts or [],
        shared=application.organisation_id is not None,
        takes_files=accepts and any(item["type"] == "file" for item in asked),
        uploads=upload_data(application),
        largest_mb=int(setting("MAX_UPLOAD_BYTES")) // 1_000_000,
        most_pages=int(setting("MAX_UPLOAD_PAGES")),
        told=told_of_edits(application, step),
        files_mark=files_of(application),
        earlier=drafts.known_awards([application]).get(application.id, []) if _asks_of_awards(asked) else [],
    )


def _asks_of_awards(asked: list[rules.Question]) -> bool:
    return any(item["id"] == FACT for item in asked)


def _conflict(application: Application, step: Step, form: StepForm, conflict: EditConflict) -> Response:
    """Show what stands beside what was typed. Sending again from this page is a decision, and replaces it."""
    rows: list[tuple[str, str, str]] = []
    if isinstance(form, ItineraryForm):
        rows.append((_("Itinerario"), _journey(conflict.theirs["itinerary"]), _journey(legs_in(form))))
    else:
        sent = answers_in(form, [item for item in _asked(application, step) if item["type"] != "file"])
        for item in _asked(application, step):
            theirs = conflict.theirs["answers"].get(item["id"])
            if item["id"] in sent and sent[item["id"]] != theirs:
                said = partial(spoken_answer, item, currency=application.currency)
                rows.append((rules.label(item), said(theirs), said(sent[item["id"]])))
    form.version.data = str(application.version)
    return _page(
        application, step, form, conflict.status, extra=[conflict.message(), conflict.advice()], conflicts=rows
    )


def _day(day: date | None) -> str:
    return spoken_day(day) if day is not None else "…"


def _journey(legs: list[dict[str, Any]]) -> str:
    return "; ".join(
        f"{leg.origin_city} → {leg.city}, {spoken_country(leg.country)}: {_day(leg.starts_on)} – {_day(leg.ends_on)}"
        for leg in read_legs(legs)
    )
