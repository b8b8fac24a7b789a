"""Sponsors' packages as staff write them, and what is owed to sponsors until it is delivered."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response

from accounts import queries as account_queries
from core.access import ensure, roles
from core.clock import today
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.file_refusals import FILE_REFUSALS
from core.files import StoredFile, store_upload
from core.language import _, localised
from core.listing import chosen, page_number, paginate
from core.money import Money
from core.roles import Role
from core.web_files import send_bytes, send_stored
from rendering.spreadsheets import Cell, CellKind, SheetColumn, render_csv
from trust import queries, services
from trust.errors import BenefitNotFound, InvalidQuantity, PackageEmpty, PackageReturnsTooMuch
from trust.forms import LARGEST_EVIDENCE_BYTES, BenefitDeliveryForm, ConfirmForm, PackageForm, ReasonForm
from trust.models import DUE_RULES, PromisedBenefit, SponsorPackage
from trust.routes import blueprint
from trust.rules.packages import gift_part
from trust.states import ContributionState
from trust.states.packages import BENEFIT_STATES, PACKAGE_STATES, BenefitState, PackageState

KEEPERS = (Role.TREASURER, Role.PROGRAMME_OFFICER)
LATE, LAPSED = "atrasados", "ya-no-se-deben"
EVIDENCE_REFUSALS: dict[type[Refusal], str] = dict.fromkeys(FILE_REFUSALS, "evidence")


@blueprint.get("/tesoreria/paquetes")
@roles(*KEEPERS)
def package_list() -> str:
    """Every package with how many places it has left."""
    state = chosen(request.args, "estado", [one.value for one in PackageState])
    listing = paginate(queries.packages(state=PackageState(state) if state else None), page=page_number(request.args))
    return render_template(
        "trust/package_list.html",
        listing=listing,
        left=queries.places_left(list(listing.rows)),
        states=PACKAGE_STATES,
        state_options=[("", _("Todos")), *((one.value, PACKAGE_STATES.label(one)) for one in PackageState)],
        may_write=actor().has(*KEEPERS),
    )


@blueprint.route("/tesoreria/paquetes/nuevo", methods=["GET", "POST"])
@roles(*KEEPERS, auditor=False)
def package_new() -> Response | tuple[str, int]:
    """Write a package; `accion=revisar` only shows how it reads, `accion=linea` offers one more line."""
    form = PackageForm()
    act = request.form.get("accion", "")
    if act == "linea":
        form.add_line()
        return _package_page(form), 200
    valid = form.validate_on_submit() and form.agrees()
    if valid and act != "revisar":
        try:
            written = _write(form)
            session().commit()
        except Refusal as refusal:
            session().rollback()
            places: dict[type[Refusal], str] = {PackageEmpty: "lines", PackageReturnsTooMuch: "amount"}
            form.blame(refusal, places | {InvalidQuantity: "places"}, otherwise="amount")
        else:
            flash(_("El paquete quedó escrito."), "success")
            return redirect(url_for("trust.package_show", package_id=written.id), 303)
    good = valid and act == "revisar"
    return _package_page(form, preview=good), 422 if form.is_submitted() and not good else 200


def _package_page(form: PackageForm, *, preview: bool = False) -> str:
    return render_template("trust/package_new.html", form=form, shown=_preview(form) if preview else None)


def _preview(form: PackageForm) -> dict[str, Any]:
    """Return a package as it would read, before it is kept."""
    money: Money = form.amount.data
    lines = form.filled()
    returned = sum((line.worth for line in lines if line.worth), Money.zero(money.currency))
    return {
        "name": localised({"es": form.name_es.data or "", "en": form.name_en.data or ""}),
        "money": money,
        "returned": returned,
        "gift": gift_part(money, returned),
        "lines": [
            (line.quantity.data, localised({"es": line.what_es.data or "", "en": line.what_en.data or ""}), *line.due)
            for line in lines
        ],
    }


def _write(form: PackageForm) -> SponsorPackage:
    assert form.opens_on.data is not None
    return services.write_package(
        name={"es": form.name_es.data or "", "en": form.name_en.data or ""},
        money=form.amount.data,
        lines=[
            services.BenefitLine(
                what={"es": line.what_es.data or "", "en": line.what_en.data or ""},
                quantity=line.quantity.data or 0,
                due_days=line.due[0],
                due_on=line.due[1],
                fair_value=line.worth,
            )
            for line in form.filled()
        ],
        is_public=bool(form.is_public.data),
        opens_on=form.opens_on.data,
        closes_on=form.closes_on.data,
        places=form.places.data,
    )


@blueprint.get("/tesoreria/paquetes/<int:package_id>")
@roles(*KEEPERS)
def package_show(package_id: int) -> str:
    """One package: what it promises, and what is owed to those who chose it."""
    found = queries.package(package_id)
    owed = queries.benefits().where(PromisedBenefit.package_id == found.id)
    return render_template(
        "trust/package_show.html",
        package=found,
        left=queries.places_left([found])[found.id],
        gift=gift_part(found.money, found.returned),
        states=PACKAGE_STATES,
        rules=DUE_RULES,
        may_close=found.state == PackageState.OPEN and actor().has(*KEEPERS),
        **_owed(owed),
    )


def _owed(query: Select[PromisedBenefit]) -> dict[str, Any]:
    listing = paginate(query, page=page_number(request.args))
    return {
        "listing": listing,
        "givers": queries.giver_names([one.contribution for one in listing.rows]),
        "standing": queries.standing,
    }


@blueprint.route("/tesoreria/paquetes/<int:package_id>/cerrar", methods=["GET", "POST"])
@roles(*KEEPERS, auditor=False)
def package_close(package_id: int) -> Response | str:
    """Let nobody choose a package any more."""
    found = queries.package(package_id, hold=request.method == "POST")
    PACKAGE_STATES.check(found.state, PackageState.CLOSED)
    form = ConfirmForm()
    if not form.validate_on_submit():
        return render_template("trust/package_close.html", package=found, form=form)
    services.close_package(found)
    session().commit()
    flash(_("El paquete quedó cerrado. Lo prometido a quien lo eligió sigue pendiente."), "success")
    return redirect(url_for("trust.package_show", package_id=found.id), 303)


@blueprint.get("/tesoreria/beneficios")
@roles(*KEEPERS)
def benefit_list() -> str:
    """What sponsors are owed in return, the most urgent first."""
    return render_template(
        "trust/benefit_list.html",
        state_options=[
            ("", _("Todos")),
            (LATE, _("Atrasados")),
            *((one.value, BENEFIT_STATES.label(one)) for one in BenefitState),
            (LAPSED, _("Ya no se deben")),
        ],
        **_owed(_wanted()),
    )


def _wanted() -> Select[PromisedBenefit]:
    """Return the query of the benefits that the address asks for."""
    wanted = chosen(request.args, "estado", [LATE, LAPSED, *(one.value for one in BenefitState)])
    state = BenefitState(wanted) if wanted and wanted not in (LATE, LAPSED) else None
    return queries.benefits(state=state, late=wanted == LATE, lapsed=wanted == LAPSED)


@blueprint.get("/tesoreria/beneficios.csv")
@roles(*KEEPERS)
def benefit_export() -> Response:
    """The filtered list as CSV."""
    columns = [
        SheetColumn(_("Qué se debe")),
        SheetColumn(_("Cuántos"), CellKind.INTEGER),
        SheetColumn(_("A quién")),
        SheetColumn(_("Paquete")),
        SheetColumn(_("Aportación"), CellKind.INTEGER),
        SheetColumn(_("A más tardar"), CellKind.DATE),
        SheetColumn(_("Se entregó"), CellKind.DATE),
        SheetColumn(_("Cómo se entregó")),
        SheetColumn(_("Valor razonable"), CellKind.MONEY),
        SheetColumn(_("Moneda")),
        SheetColumn(_("Estado")),
    ]
    found = session().scalars(_wanted()).all()
    return send_bytes(b"".join(render_csv(columns, _rows(found))), "beneficios.csv", "text/csv")


def _rows(found: Sequence[PromisedBenefit]) -> Iterator[list[Cell]]:
    givers = queries.giver_names([one.contribution for one in found])
    for one in found:
        yield [
            localised(one.what),
            one.quantity,
            givers[one.contribution_id],
            localised(one.package.name),
            one.contribution_id,
            one.due_on,
            one.delivered_on,
            one.note,
            one.value,
            one.currency,
            _(queries.standing(one).label),
        ]


@blueprint.get("/tesoreria/beneficios/<int:benefit_id>")
@roles(*KEEPERS)
def benefit_show(benefit_id: int) -> str:
    """One benefit: to whom, by when, and what shows that it was delivered."""
    return _benefit_page(queries.benefit(benefit_id))


@blueprint.post("/tesoreria/beneficios/<int:benefit_id>/entrega")
@roles(*KEEPERS, auditor=False)
def benefit_deliver(benefit_id: int) -> Response | tuple[str, int]:
    """Say that it was delivered, with its date, a note and what shows it."""
    owed = queries.benefit(benefit_id, hold=True)
    BENEFIT_STATES.check(owed.state, BenefitState.DELIVERED)
    form = BenefitDeliveryForm(prefix="entrega")
    if form.validate_on_submit():
        assert form.on.data is not None
        try:
            services.deliver_benefit(owed, on=form.on.data, note=form.note.data or "", evidence=_evidence(form))
            session().commit()
        except Refusal as refusal:
            session().rollback()
            form.blame(refusal, EVIDENCE_REFUSALS, otherwise="on")
            owed = queries.benefit(benefit_id)
        else:
            flash(_("La entrega quedó anotada: quien patrocina ya la ve."), "success")
            return redirect(url_for("trust.benefit_show", benefit_id=benefit_id), 303)
    return _benefit_page(owed, deliver=form), 422


@blueprint.post("/tesoreria/beneficios/<int:benefit_id>/corregir")
@roles(*KEEPERS, auditor=False)
def benefit_undo(benefit_id: int) -> Response | tuple[str, int]:
    """Take back, on the same day, a delivery that was noted by mistake."""
    owed = queries.benefit(benefit_id, hold=True)
    form = ReasonForm(prefix="corregir")
    if not form.validate_on_submit():
        return _benefit_page(owed, undo=form), 422
    services.undo_delivery(owed, reason=form.reason.data or "")
    session().commit()
    flash(_("La entrega se corrigió: vuelve a estar por entregar."), "success")
    return redirect(url_for("trust.benefit_show", benefit_id=benefit_id), 303)


def _evidence(form: BenefitDeliveryForm) -> StoredFile | None:
    sent = form.evidence.data
    if not sent:
        return None
    return store_upload(sent.stream, sent.filename or "", purpose="benefit", max_bytes=LARGEST_EVIDENCE_BYTES)


def _benefit_page(
    owed: PromisedBenefit, *, deliver: BenefitDeliveryForm | None = None, undo: ReasonForm | None = None
) -> str:
    is_owed = queries.is_owed(owed)
    names = account_queries.user_names([owed.recorded_by_id] if owed.recorded_by_id else [])
    return render_template(
        "trust/benefit_show.html",
        benefit=owed,
        giver=queries.giver_names([owed.contribution])[owed.contribution_id],
        recorded_by=names.get(owed.recorded_by_id or 0),
        evidence=session().get(StoredFile, owed.evidence_file_id) if owed.evidence_file_id else None,
        standing=queries.standing(owed),
        read=_,
        lapsed=owed.state == BenefitState.DUE and not is_owed,
        still_here=owed.contribution.state == ContributionState.RECEIVED,
        may_deliver=owed.state == BenefitState.DUE and is_owed and actor().has(*KEEPERS),
        may_undo=owed.state == BenefitState.DELIVERED and services.may_undo(owed) and actor().has(*KEEPERS),
        deliver=deliver or BenefitDeliveryForm(None, prefix="entrega", data={"on": today()}),
        undo=undo or ReasonForm(None, prefix="corregir"),
    )


@blueprint.get("/tesoreria/beneficios/<int:benefit_id>/evidencia")
@roles(*KEEPERS)
def benefit_evidence(benefit_id: int) -> Response:
    """The file that shows a delivery."""
    return send_evidence(queries.benefit(benefit_id))


def send_evidence(owed: PromisedBenefit) -> Response:
    """Answer with the file that shows a delivery."""
    stored = session().get(StoredFile, owed.evidence_file_id) if owed.evidence_file_id else None
    ensure(stored, BenefitNotFound())
    assert stored is not None
    return send_stored(stored)
