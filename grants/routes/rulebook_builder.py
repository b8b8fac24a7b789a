"""The rules of evaluation, written part by part before the call is published. Each change is a whole rulebook."""

from collections.abc import Callable
from typing import Any, cast

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, roles
from core.errors import NotFound, Refusal
from core.language import N_, _, localised
from core.money import Money
from core.settings import setting
from grants import services
from grants.errors.building import PartUnknown
from grants.forms.decisions import DecisionForm
from grants.forms.envelopes import EnvelopesForm
from grants.forms.rulebook import CriterionForm, GroupForm
from grants.models import Call
from grants.routes.editor import ADMINISTRATOR, OFFICER, any_call
from grants.routes.part_editing import Change, Part
from grants.routes.room import blueprint, show
from grants.rules import rulebook_building as building
from grants.services.calls import EDITABLE
from grants.services.editions import edition_of
from scoring.errors import RulebookInvalid
from scoring.rules.rulebook import Problem, plain, read

RULEBOOK = ("rulebook",)
NEW = "nuevo"
KINDS = {"criterio": "criteria", "puntos": "bonus", "lugares": "reserved"}
ACTS: dict[str, Callable[[dict[str, Any], str, str], dict[str, Any]]] = {
    "subir": lambda document, kind, part: building.move_part(document, kind, part, -1),
    "bajar": lambda document, kind, part: building.move_part(document, kind, part, 1),
    "quitar": building.remove_part,
}
TIE_ACTS: dict[str, Callable[[dict[str, Any], str], dict[str, Any]]] = {
    "agregar": building.add_tie,
    "subir": lambda document, tie: building.move_tie(document, tie, -1),
    "bajar": lambda document, tie: building.move_tie(document, tie, 1),
    "quitar": building.remove_tie,
}


@blueprint.get("/programa/convocatorias/<slug>/evaluacion")
@roles(OFFICER, ADMINISTRATOR)
def rulebook_build(slug: str) -> Response:
    """The rules of a call, part by part."""
    return _page(any_call(slug))


@blueprint.route("/programa/convocatorias/<slug>/evaluacion/criterio/<part_id>", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def criterion_edit(slug: str, part_id: str) -> Response | BaseResponse:
    """Write one criterion, or with `nuevo` another one."""
    call = any_call(slug)
    document = _document(call)
    before = _part(document, "criteria", part_id)
    form = CriterionForm.of(before)

    def change(now: dict[str, Any]) -> dict[str, Any]:
        better = now["criteria"][0]["scale"]["better"]
        number = part_id if before is not None else building.new_id(now, form.name_es.data or "")
        return building.put_part(now, "criteria", form.part(number, better))

    return RULES.edited(call, form, "grants/rulebook_criterion.html", change, before=before)


@blueprint.route("/programa/convocatorias/<slug>/evaluacion/<group>/<part_id>", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def group_edit(slug: str, group: str, part_id: str) -> Response | BaseResponse:
    """Write who gains points or has places kept, or with `nuevo` another group."""
    ensure(group in ("puntos", "lugares"), NotFound())
    call = any_call(slug)
    document = _document(call)
    before = _part(document, KINDS[group], part_id)
    form = GroupForm.of(call.form, KINDS[group], before)

    def change(now: dict[str, Any]) -> dict[str, Any]:
        number = part_id if before is not None else building.new_id(now, form.name_es.data or "")
        kind = KINDS[group] if before is not None else str(form.kind.data)
        form.kind.data = kind
        return building.put_part(now, kind, form.part(number, call.form))

    return RULES.edited(call, form, "grants/rulebook_group.html", change, before=before)


@blueprint.route("/programa/convocatorias/<slug>/evaluacion/decision", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def decision_edit(slug: str) -> Response | BaseResponse:
    """Write who reads, what is enough, and how the money and the lot go."""
    call = any_call(slug)
    form = DecisionForm.of(_document(call))
    return RULES.edited(call, form, "grants/rulebook_decision.html", form.changed)


@blueprint.route("/programa/convocatorias/<slug>/evaluacion/bolsas", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def envelopes_edit(slug: str) -> Response | BaseResponse:
    """Write how the money is parted, and how near the cut the lot decides."""
    call = any_call(slug)
    axes = [(str(one["id"]), one["name"]) for one in setting("AXES") if one["id"] in call.axes]
    regions = [(str(one["id"]), one["name"]) for one in setting("REGIONS") if one["id"] in call.regions]
    form = EnvelopesForm.of(_document(call), axes, regions)
    parts = {"axis": [localised(name) for _key, name in axes], "region": [localised(name) for _key, name in regions]}
    return RULES.edited(call, form, "grants/rulebook_envelopes.html", form.changed, parts=parts)


@blueprint.post("/programa/convocatorias/<slug>/evaluacion/<group>/<part_id>/<act>")
@roles(OFFICER, ADMINISTRATOR)
def part_act(slug: str, group: str, part_id: str, act: str) -> Response | BaseResponse:
    """Move a part up or down, or take it out."""
    ensure(group in KINDS and act in ACTS, NotFound())
    return RULES.acted(slug, lambda document: ACTS[act](document, KINDS[group], part_id))


@blueprint.post("/programa/convocatorias/<slug>/evaluacion/desempate/<act>")
@roles(OFFICER, ADMINISTRATOR)
def tie_act(slug: str, act: str) -> Response | BaseResponse:
    """Add, move or take out what breaks ties."""
    ensure(act in TIE_ACTS, NotFound())
    tie = request.form.get("desempate", "")
    return RULES.acted(slug, lambda document: TIE_ACTS[act](document, tie))


def _why(refusal: Refusal) -> str:
    """Return every contradiction in words, or why nothing was saved."""
    if isinstance(refusal, RulebookInvalid):
        problems = cast("list[Problem]", refusal.parameters["problems"])
        return " ".join(_(problem.message, **problem.params) for problem in problems)
    return refusal.message()


def _page(call: Call, status: int = 200, problem: str | None = None) -> Response:
    document = _document(call)
    rules = read(document)
    names = {f"criterion:{one.id}": localised(one.name) for one in rules.criteria}
    names |= {f"reserved:{one.id}": localised(one.name) for one in rules.reserved}
    names |= {"lower_request": _("Menor cantidad solicitada"), "lot": _("Sorteo que cualquiera puede repetir")}
    return show(
        "grants/rulebook_build.html",
        status,
        call=call,
        rules=rules,
        names=names,
        offered=building.possible_ties(document),
        share=_shares(document),
        plain=plain,
        cap=None if rules.cap_per_award_cents is None else Money(rules.cap_per_award_cents, rules.currency),
        edition=edition_of(call, RULEBOOK),
        editable=call.state in EDITABLE,
        problem=problem,
    )


def _shares(document: dict[str, Any]) -> dict[str, str]:
    rules = read(document)
    most = sum(one.weight * one.maximum for one in rules.criteria)
    return {one.id: f"{float(100 * one.weight * one.maximum / most):.0f} %" if most else "" for one in rules.criteria}


def _document(call: Call) -> dict[str, Any]:
    """Return the rules the call has, or those to start from."""
    if call.rulebook is not None:
        return dict(call.rulebook.document)
    return services.starting_rules(call)


def _part(document: dict[str, Any], kind: str, part_id: str) -> dict[str, Any] | None:
    found = building.part_of(document, kind, part_id)
    if found is None and part_id != NEW:
        raise PartUnknown()
    return found


def _keep(call: Call, change: Change) -> None:
    services.set_rulebook(call, change(_document(call)))


RULES = Part(RULEBOOK, _keep, _page, "grants.rulebook_build", N_("Guardamos las reglas de evaluación."), _why)
