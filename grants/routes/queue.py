"""The officer's queue: a list whose filter is its address, filters kept by name, and acts on many at once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, roles
from core.clock import local
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _
from core.listing import chosen, page_number, paginate, searched
from core.money import Money
from grants.forms.applications import ConfirmForm
from grants.forms.queue import ALL, MANY, BulkForm, SaveFilterForm
from grants.forms.staff import BulkScreeningForm
from grants.models import Application, BulkAction, Call
from grants.queries import bulk as bulk_queries
from grants.queries import calls as call_queries
from grants.queries import queue as queries
from grants.queries import screening as screening_queries
from grants.routes.room import READERS, WRITERS, blueprint, show
from grants.routes.screening import staff_call
from grants.rules.likeness import ACCOUNTS, PEOPLE, LikenessKind
from grants.services import bulk, bulk_undo
from grants.services.saved_filters import save_filter
from grants.states.application import APPLICATION_STATES, KIND_LABELS, ApplicantKind, ApplicationState
from grants.states.bulk import BULK, BULK_LABELS, BULK_ROW, BulkKind, BulkRowState, BulkState
from rendering.spreadsheets import CellKind, SheetColumn, render_csv

ORDERS = [name for key in queries.ORDERS for name in (key, f"-{key}")]
WHOLE = {"vista": "todas"}  # the list without any filter, for those whose list opens with one
MINE, NOBODY = "mias", "nadie"
ALIKE = {
    "si": tuple(LikenessKind),
    "personas": PEOPLE,
    "cuentas": ACCOUNTS,
    "viajes": (LikenessKind.ITINERARY,),
    "archivos": (LikenessKind.FILE,),
}


@blueprint.get("/programa/<slug>/solicitudes")
@roles(*READERS)
def staff_queue(slug: str) -> Response | BaseResponse:
    """The submitted applications of a call, filtered, ordered, a page at a time."""
    call = staff_call(slug)
    user_id = actor().user_id
    if not request.args and user_id is not None and (kept := bulk_queries.default_filter(user_id)) is not None:
        return redirect(_queue_url(slug, kept.query))
    return _page(call, BulkForm(), SaveFilterForm())


@blueprint.post("/programa/<slug>/solicitudes/lotes")
@roles(*WRITERS, auditor=False)
def bulk_prepare(slug: str) -> Response | BaseResponse:
    """Write down what would be done to the applications chosen, and show it; nothing is done yet."""
    call = staff_call(slug)
    form = BulkForm()
    if form.validate_on_submit() and form.complete() and form.wanted is not None:
        try:
            action = bulk.prepare_bulk(call, form.wanted, _chosen(call, form), form.terms)
        except Refusal as refusal:
            session().rollback()
            return _page(staff_call(slug), form, SaveFilterForm(formdata=None), refusal, refusal.status)
        session().commit()
        return redirect(url_for("grants.bulk_show", number=action.id), 303)
    return _page(call, form, SaveFilterForm(formdata=None), status=422)


def _chosen(call: Call, form: BulkForm) -> Sequence[int]:
    if form.scope.data != ALL:
        return form.marked
    query = queries.queue(call, queue_filters(request.args)).with_only_columns(Application.id).limit(MANY)
    return sorted(session().scalars(query))


@blueprint.post("/programa/<slug>/solicitudes/filtros")
@roles(*WRITERS, auditor=False)
def filter_save(slug: str) -> Response | BaseResponse:
    """Keep the filter in the address under a name."""
    form = SaveFilterForm()
    if form.validate_on_submit():
        try:
            save_filter(
                actor().user_id or 0,
                name=form.name.data or "",
                query=spoken_filters(request.args),
                default=bool(form.default.data),
            )
        except Refusal as refusal:
            session().rollback()
            form.name.errors = [refusal.message()]
        else:
            session().commit()
            flash(_("Filtro guardado."), "success")
            return redirect(_queue_url(slug, spoken_filters(request.args)), 303)
    return _page(staff_call(slug), BulkForm(formdata=None), form, status=422)


def _queue_url(slug: str, query: Mapping[str, Any]) -> str:
    return url_for("grants.staff_queue", slug=slug, **dict[str, Any](query))


def _page(
    call: Call, form: BulkForm, filter_form: SaveFilterForm, refusal: Refusal | None = None, status: int = 200
) -> Response:
    listing = queries.queue_page(call, queue_filters(request.args), page=page_number(request.args))
    staff = [(str(person.id), person.name) for person in bulk_queries.officers()]
    form.offer(staff, listing.total)
    return show(
        "grants/staff_queue.html",
        status,
        call=call,
        listing=listing,
        staff=staff,
        states=APPLICATION_STATES,
        kinds=KIND_LABELS,
        waiting=screening_queries.count_in_state(call, ApplicationState.SUBMITTED),
        state=call_queries.state_now(call).value,
        form=BulkScreeningForm(),
        bulk_form=form,
        filter_form=filter_form,
        refusal=refusal.message() if refusal is not None else None,
        filters=bulk_queries.saved_filters(actor().user_id or 0),
        query=spoken_filters(request.args),
        whole=WHOLE,
        actions=bulk_queries.recent_actions(call),
        bulk_states=BULK,
        bulk_labels=BULK_LABELS,
        may_write=actor().has(*WRITERS),
    )


@blueprint.get("/programa/<slug>/solicitudes.csv")
@roles(*READERS)
def staff_queue_csv(slug: str) -> Response:
    """The same list, whole, as a table to download."""
    call = staff_call(slug)
    columns = (
        SheetColumn(_("Folio")),
        SheetColumn(_("Solicitante")),
        SheetColumn(_("Quién solicita")),
        SheetColumn(_("Proyecto")),
        SheetColumn(_("Eje"), CellKind.INTEGER),
        SheetColumn(_("Cantidad solicitada"), CellKind.MONEY),
        SheetColumn(_("Moneda")),
        SheetColumn(_("Estado")),
        SheetColumn(_("Recibida"), CellKind.DATETIME),
    )
    found = session().scalars(queries.queue(call, queue_filters(request.args))).all()
    response = Response(b"".join(render_csv(columns, _rows(found))), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="solicitudes-{call.slug}.csv"'
    return response


def _rows(found: Sequence[Application]) -> Iterator[tuple[Any, ...]]:
    for application in found:
        name = application.organisation.name if application.organisation else application.applicant.name
        yield (
            application.folio,
            name,
            _(KIND_LABELS[application.kind]),
            application.sent_title,
            application.axis,
            Money(application.requested_cents, application.currency),
            application.currency,
            APPLICATION_STATES.label(application.state),
            local(application.submitted_at).replace(tzinfo=None) if application.submitted_at else None,
        )


# --- one act on many applications ------------------------------------------------------------------------------------


@blueprint.get("/programa/lotes/<int:number>")
@roles(*READERS)
def bulk_show(number: int) -> Response:
    """What an act will do, or did, to each application; what it leaves alone, and why."""
    return _bulk_page(_found(number))


@blueprint.post("/programa/lotes/<int:number>/hacer")
@roles(*WRITERS, auditor=False)
def bulk_start(number: int) -> BaseResponse:
    """Do what the preview says. A second click finds it begun."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    action = bulk_undo.held_action(number)
    if action.state is BulkState.PREPARED:
        bulk.start_bulk(action)
        session().commit()
    return redirect(url_for("grants.bulk_show", number=number), 303)


@blueprint.post("/programa/lotes/<int:number>/deshacer")
@roles(*WRITERS, auditor=False)
def bulk_undo_all(number: int) -> Response | BaseResponse:
    """Bring every application of an act back to where it was. A second click finds it done."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    action = bulk_undo.held_action(number)
    if action.state not in (BulkState.UNDOING, BulkState.UNDONE):
        try:
            bulk_undo.undo_bulk(action)
        except Refusal as refusal:
            session().rollback()
            return _bulk_page(_found(number), refusal)
        session().commit()
    return redirect(url_for("grants.bulk_show", number=number), 303)


def _found(number: int) -> BulkAction:
    action = bulk_queries.bulk_action(number)
    return action if action is not None else bulk_undo.held_action(number)  # refuses by name


def _bulk_page(action: BulkAction, refusal: Refusal | None = None) -> Response:
    state = chosen(request.args, "estado", [item.value for item in BulkRowState])
    wanted = BulkRowState(state) if state else None
    counts = bulk_queries.count_rows(action)
    people = {int(key): name for key, name in _staff_names(action).items()}
    return show(
        "grants/bulk_show.html",
        refusal.status if refusal is not None else 200,
        action=action,
        call=action.call,
        listing=paginate(bulk_queries.rows_of(action, wanted), page=page_number(request.args)),
        counts=counts,
        total=sum(counts.values()),
        planned=counts.get(BulkRowState.PLANNED, 0),
        officer=people.get(int(action.terms.get("officer_id") or 0)),
        states=BULK,
        row_states=BULK_ROW,
        labels=BULK_LABELS,
        holds_letters=action.kind is BulkKind.CURE,
        sends_letters=action.kind is BulkKind.LETTERS,
        application_states=APPLICATION_STATES,
        may_write=actor().has(*WRITERS),
        refusal=refusal.message() if refusal is not None else None,
    )


def _staff_names(action: BulkAction) -> dict[str, str]:
    return {str(person.id): person.name for person in bulk_queries.officers()} if action.terms.get("officer_id") else {}


# --- the filter, as the address says it ------------------------------------------------------------------------------


def spoken_filters(arguments: Mapping[str, str]) -> dict[str, str]:
    """Return the part of an address that filters and orders, without what means nothing."""
    filters = queue_filters(arguments)
    kept = {"q": filters.text, "estado": filters.state.value if filters.state else ""}
    kept |= {"tipo": filters.kind or "", "eje": str(filters.axis or "")}
    kept |= {"responsable": arguments.get("responsable", "") if filters.officer is not None else ""}
    kept |= {"parecidas": chosen(arguments, "parecidas", [*ALIKE]) or ""}
    kept |= {"orden": chosen(arguments, "orden", ORDERS) or ""}
    return {name: value for name, value in kept.items() if value}


def queue_filters(arguments: Mapping[str, str]) -> queries.QueueFilter:
    """Read the filter from an address; an unknown value is no filter."""
    state = chosen(arguments, "estado", [item.value for item in ApplicationState])
    axis = arguments.get("eje", "")
    return queries.QueueFilter(
        state=ApplicationState(state) if state else None,
        kind=chosen(arguments, "tipo", [item.value for item in ApplicantKind]),
        axis=int(axis) if axis.isascii() and axis.isdigit() and len(axis) < 6 else None,
        officer=_officer(arguments.get("responsable", "")),
        alike=ALIKE.get(arguments.get("parecidas", ""), ()),
        text=searched(arguments),
        order=chosen(arguments, "orden", ORDERS) or "fecha",
    )


def _officer(text: str) -> int | None:
    """Return whose applications are wanted: 0 for those that nobody attends to, None for everybody's."""
    if text == NOBODY:
        return 0
    if text == MINE:
        return actor().user_id
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
