"""A person's own filters of the queue: rename, open with, delete."""

from flask import Response, flash, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import ensure, roles
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import _
from grants.errors.queue import FilterNotFound
from grants.forms.applications import ConfirmForm
from grants.forms.queue import FilterNameForm
from grants.models import SavedFilter
from grants.queries import bulk as queries
from grants.routes.room import READERS, WRITERS, blueprint, show
from grants.routes.screening import staff_call
from grants.services import saved_filters as services


@blueprint.get("/programa/<slug>/filtros")
@roles(*READERS)
def filter_list(slug: str) -> Response:
    """The filters this person keeps."""
    call = staff_call(slug)
    return show("grants/filter_list.html", call=call, filters=queries.saved_filters(actor().user_id or 0))


@blueprint.route("/programa/<slug>/filtros/<int:number>", methods=["GET", "POST"])
@roles(*WRITERS, auditor=False)
def filter_rename(slug: str, number: int) -> Response | BaseResponse:
    """Give a filter another name."""
    call, kept = staff_call(slug), _mine(number)
    form = FilterNameForm(name=kept.name)
    if form.validate_on_submit():
        try:
            services.rename_filter(kept, form.name.data or "")
        except Refusal as refusal:
            session().rollback()
            form.name.errors = [refusal.message()]
            return show("grants/filter_rename.html", 422, call=staff_call(slug), kept=_mine(number), form=form)
        session().commit()
        flash(_("Nombre guardado."), "success")
        return redirect(url_for("grants.filter_list", slug=slug), 303)
    return show("grants/filter_rename.html", 422 if form.is_submitted() else 200, call=call, kept=kept, form=form)


@blueprint.post("/programa/<slug>/filtros/<int:number>/abrir")
@roles(*WRITERS, auditor=False)
def filter_default(slug: str, number: int) -> BaseResponse:
    """Let the queue open with this filter, or no longer when it does already."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    kept = _mine(number)
    services.make_default(kept, wanted=not kept.is_default)
    session().commit()
    return redirect(url_for("grants.filter_list", slug=slug), 303)


@blueprint.post("/programa/<slug>/filtros/<int:number>/borrar")
@roles(*WRITERS, auditor=False)
def filter_delete(slug: str, number: int) -> BaseResponse:
    """Forget a filter."""
    ensure(ConfirmForm().validate_on_submit(), NotFound())
    services.delete_filter(_mine(number))
    session().commit()
    flash(_("Filtro borrado."), "success")
    return redirect(url_for("grants.filter_list", slug=slug), 303)


def _mine(number: int) -> SavedFilter:
    kept = queries.saved_filter(actor().user_id or 0, number)
    if kept is None:
        raise FilterNotFound()
    return kept
