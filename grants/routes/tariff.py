"""The clerk's tariff part by part: the lines of the budget in their order, what days and distances pay."""

from collections.abc import Callable
from typing import Any

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, roles
from core.errors import NotFound
from core.language import N_
from core.money import Money
from grants import services
from grants.errors.building import LineUnknown
from grants.forms.tariff import BandsForm, DaysForm, LineForm
from grants.models import Call
from grants.routes.editor import ADMINISTRATOR, OFFICER, any_call
from grants.routes.part_editing import Change, Part
from grants.routes.room import blueprint, show
from grants.rules import tariff_building as building
from grants.rules.tariff_lines import Tariff, line_of, lines_of, published
from grants.services.calls import EDITABLE
from grants.services.editions import edition_of

NEW = "nuevo"
ACTS: dict[str, Callable[[Tariff, str], dict[str, Any]]] = {
    "subir": lambda tariff, line_id: building.move_line(tariff, line_id, -1),
    "bajar": lambda tariff, line_id: building.move_line(tariff, line_id, 1),
    "quitar": building.remove_line,
}


@blueprint.get("/programa/convocatorias/<slug>/tarifa")
@roles(OFFICER, ADMINISTRATOR)
def tariff_build(slug: str) -> Response:
    """The parts of a call's tariff, and how the public reads it."""
    return _page(any_call(slug))


@blueprint.route("/programa/convocatorias/<slug>/tarifa/renglon/<line_id>", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def line_edit(slug: str, line_id: str) -> Response | BaseResponse:
    """Write one line of the budget, or with `nuevo` another one at the end."""
    call = any_call(slug)
    before = line_of(call.tariff, line_id)
    if before is None and line_id != NEW:
        raise LineUnknown()
    form = LineForm.of(call.tariff, call.form, before)

    def change(tariff: Tariff) -> dict[str, Any]:
        number = line_id if before is not None else building.new_id(tariff, form.name_es.data or "")
        return building.put_line(tariff, form.line(number))

    return TARIFF.edited(call, form, "grants/tariff_line.html", change, before=before)


@blueprint.route("/programa/convocatorias/<slug>/tarifa/paises", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def days_edit(slug: str) -> Response | BaseResponse:
    """Write what a day pays, by country."""
    call = any_call(slug)
    form = DaysForm.of(call.tariff)
    return TARIFF.edited(
        call,
        form,
        "grants/tariff_days.html",
        lambda tariff: building.set_days(tariff, form.cents.data.amount_cents, form.rows()),
    )


@blueprint.route("/programa/convocatorias/<slug>/tarifa/distancias", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR)
def bands_edit(slug: str) -> Response | BaseResponse:
    """Write what distances pay."""
    call = any_call(slug)
    form = BandsForm.of(call.tariff)
    return TARIFF.edited(
        call,
        form,
        "grants/tariff_bands.html",
        lambda tariff: building.set_bands(tariff, form.rows(), form.beyond.data.amount_cents),
    )


@blueprint.post("/programa/convocatorias/<slug>/tarifa/renglon/<line_id>/<act>")
@roles(OFFICER, ADMINISTRATOR)
def line_act(slug: str, line_id: str, act: str) -> Response | BaseResponse:
    """Move a line up or down, or take it out."""
    ensure(act in ACTS, NotFound())
    return TARIFF.acted(slug, lambda tariff: ACTS[act](tariff, line_id))


def _page(call: Call, status: int = 200, problem: str | None = None) -> Response:
    currency = call.tariff["currency"]
    return show(
        "grants/tariff_build.html",
        status,
        call=call,
        lines=lines_of(call.tariff),
        rows=published(call.tariff, call.form),
        amount=lambda cents: Money(cents, currency),
        edition=edition_of(call, TARIFF.fields),
        editable=call.state in EDITABLE,
        problem=problem,
    )


def _keep(call: Call, change: Change) -> None:
    services.edit_call(call, tariff=change(call.tariff))


TARIFF = Part(("tariff",), _keep, _page, "grants.tariff_build", N_("Guardamos la tarifa."))
