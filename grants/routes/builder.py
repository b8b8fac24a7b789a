"""The form builder: questions in their order, moved, written, taken out, and seen as others will see them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, roles
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _
from core.listing import chosen
from grants import services
from grants.errors.building import QuestionUnknown
from grants.forms.applications import ConfirmForm
from grants.forms.builder import TYPE_LABELS, BuilderForm
from grants.models import Call
from grants.routes.editor import ADMINISTRATOR, OFFICER, any_call
from grants.routes.room import blueprint, show
from grants.rules import form as rules
from grants.rules import form_building as building
from grants.services.calls import EDITABLE
from grants.services.editions import edition_of, ensure_edition

FORM = ("form",)
Move = Callable[[Any, str, int], dict[str, Any]]
MOVES = {"subir": -1, "bajar": 1}
LONGEST_MOVE = 99


@blueprint.get("/programa/convocatorias/<slug>/formulario")
@roles(OFFICER, ADMINISTRATOR)
def form_build(slug: str) -> Response:
    """The questions of a call in their order."""
    return _page(any_call(slug))


@dataclass(frozen=True, slots=True)
class Undo:
    """What takes back what was just moved: where it is sent, and with what."""

    url: str
    values: dict[str, str | int]
    inside: str = ""  # the question whose choices were put in order


def _moved_back(slug: str) -> Undo | None:
    """Return what takes back the move that the address names."""
    match request.args.get("deshacer", "").split(":"):
        case ["paso", name, places] if _places(places):
            url = url_for("grants.step_act", slug=slug, section_id=name, act="mover")
            return Undo(url, {"lugares": _places(places)})
        case ["pregunta", name, places] if _places(places):
            url = url_for("grants.question_act", slug=slug, question_id=name, act="mover")
            return Undo(url, {"lugares": _places(places)})
        case ["opcion", name, value, places] if value and _places(places):
            url = url_for("grants.option_act", slug=slug, question_id=name, value=value, act="mover")
            return Undo(url, {"lugares": _places(places)}, name)
        case ["traslado", name, section, at] if name:
            url = url_for("grants.question_act", slug=slug, question_id=name, act="trasladar")
            return Undo(url, {"destino": section, "lugar": _places(at)})
    return None


def _places(typed: str) -> int:
    digits = typed.removeprefix("-")
    known = digits.isascii() and digits.isdigit() and len(digits) < 4
    return max(-LONGEST_MOVE, min(int(typed), LONGEST_MOVE)) if known else 0


def _page(call: Call, status: int = 200, problem: str | None = None) -> Response:
    return show(
        "grants/form_build.html",
        status,
        call=call,
        types=TYPE_LABELS,
        needed=building.NEEDED,
        edition=edition_of(call, FORM),
        editable=call.state in EDITABLE,
        problem=problem,
        undo=_moved_back(call.slug) if call.state in EDITABLE else None,
    )


@blueprint.post("/programa/convocatorias/<slug>/formulario/<question_id>/<act>")
@roles(OFFICER, ADMINISTRATOR)
def question_act(slug: str, question_id: str, act: str) -> Response | BaseResponse:
    """Move a question, by one place or, dragged, by several; or to another step; or take it out."""
    if act == "trasladar":
        target, at = request.form.get("destino", "")[:60], request.form.get("lugar", "")
        return _change(
            slug,
            lambda form: building.move_to_step(form, question_id, target, _places(at) if at else None),
            _where_it_was(any_call(slug).form, slug, question_id),
        )
    if act != "quitar":
        return _move(slug, "pregunta", question_id, act, building.move_question)
    return _change(
        slug, lambda form: building.remove_question(form, question_id), url_for("grants.form_build", slug=slug)
    )


@blueprint.post("/programa/convocatorias/<slug>/formulario/pasos/<section_id>/<act>")
@roles(OFFICER, ADMINISTRATOR)
def step_act(slug: str, section_id: str, act: str) -> Response | BaseResponse:
    """Move a step with all its questions."""
    return _move(slug, "paso", section_id, act, building.move_step)


@blueprint.post("/programa/convocatorias/<slug>/formulario/<question_id>/opciones/<value>/<act>")
@roles(OFFICER, ADMINISTRATOR)
def option_act(slug: str, question_id: str, value: str, act: str) -> Response | BaseResponse:
    """Move a choice of a question."""

    def move(form: Any, name: str, places: int) -> dict[str, Any]:
        return building.move_option(form, question_id, name.partition(":")[2], places)

    return _move(slug, "opcion", f"{question_id}:{value}", act, move)


def _where_it_was(form: Any, slug: str, question_id: str) -> str:
    """Return the address of the builder at a question that goes to another step, with the way back."""
    section, at = building.place_of(form, question_id)
    back = url_for("grants.form_build", slug=slug, deshacer=f"traslado:{question_id}:{section}:{at}")
    return f"{back}#pregunta-{question_id}"


def _move(slug: str, kind: str, name: str, act: str, move: Move) -> Response | BaseResponse:
    """Move a step or a question: by buttons and arrows one place, by dragging as many as it was dragged."""
    places = MOVES.get(act) or (_places(request.form.get("lugares", "")) if act == "mover" else 0)
    ensure(places, NotFound())
    back = url_for("grants.form_build", slug=slug, deshacer=f"{kind}:{name}:{-places}")
    return _change(slug, lambda form: move(form, name, places), f"{back}#{kind}-{name.replace(':', '-')}")


def _change(slug: str, change: Callable[[Any], dict[str, Any]], onwards: str) -> Response | BaseResponse:
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    call = any_call(slug)
    try:
        ensure_edition(call, FORM, request.form.get("edicion", ""))
        services.edit_call(call, form=change(call.form))
    except Refusal as refusal:
        session().rollback()
        return _page(any_call(slug), refusal.status, refusal.message())
    session().commit()
    return redirect(onwards, 303)


@blueprint.route("/programa/convocatorias/<slug>/formulario/<question_id>", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def question_edit(slug: str, question_id: str) -> Response | BaseResponse:
    """Write one question, or with `nueva` another one at the end of a step."""
    call = any_call(slug)
    before = rules.question(call.form, question_id)
    section = request.args.get("paso", "")
    if before is None and question_id != "nueva":
        raise QuestionUnknown()
    form = BuilderForm.of(call.form, before, section)
    problem = None
    if form.validate_on_submit():
        try:
            ensure_edition(call, FORM, request.form.get("edicion", ""))
            number = question_id if before is not None else building.new_id(call.form, form.label_es.data or "")
            step, onwards = form.section.data or "", url_for("grants.form_build", slug=slug) + f"#pregunta-{number}"
            changed = building.put_question(call.form, step, form.question(number, before))
            if building.place_of(changed, number)[0] != step:
                onwards = _where_it_was(call.form, slug, number)
                changed = building.move_to_step(changed, number, step)
            services.edit_call(call, form=changed)
            session().commit()
            flash(_("Guardamos la pregunta."), "success")
            return redirect(onwards, 303)
        except Refusal as refusal:
            session().rollback()
            problem = refusal
            call = any_call(slug)
    return show(
        "grants/form_question.html",
        problem.status if problem is not None else 422 if form.errors else 200,
        call=call,
        form=form,
        before=before,
        fixed=before is not None and before["id"] in building.NEEDED,
        edition=edition_of(call, FORM) if request.method == "GET" else request.form.get("edicion", "")[:64],
        editable=call.state in EDITABLE,
        problem=problem.message() if problem is not None else None,
    )


@blueprint.get("/programa/convocatorias/<slug>/formulario/vista")
@roles(OFFICER, ADMINISTRATOR)
def form_preview(slug: str) -> Response:
    """The form as whoever applies reads it, or as reviewers do."""
    call = any_call(slug)
    reader = chosen(request.args, "como", ["solicitante", "evaluadora"]) or "solicitante"
    sections = [
        (section, [item for item in section["questions"] if reader == "solicitante" or item.get("blind") is True])
        for section in rules.steps(call.form)
    ]
    return show("grants/form_preview.html", call=call, reader=reader, sections=sections, types=TYPE_LABELS)
