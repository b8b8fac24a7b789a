"""When the site failed: the public record, and the page that writes it."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import public, roles
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import ngettext
from core.listing import page_number, paginate
from grants import services
from grants.errors.calls import ReasonMissing
from grants.errors.outages import OutageBackwards, OutageKnown, OutageNotOver, OutageTooLong
from grants.forms.editor import OutageForm
from grants.queries import outages as queries
from grants.routes.editor import ADMINISTRATOR, OFFICER
from grants.routes.room import blueprint, show

BLAMED: dict[type[Refusal], str] = {
    OutageBackwards: "ended_at",
    OutageKnown: "began_at",
    OutageNotOver: "ended_at",
    OutageTooLong: "began_at",
    ReasonMissing: "reason",
}


@blueprint.get("/fallas")
@public
def outage_list() -> Response:
    """Every recorded failure of the site, and the rule by which time is given back."""
    listing = paginate(queries.outages(), page=page_number(request.args))
    return show("grants/outage_list.html", listing=listing, may_record=actor().has(OFFICER, ADMINISTRATOR))


@blueprint.route("/fallas/registrar", methods=["GET", "POST"])
@roles(OFFICER, ADMINISTRATOR, auditor=False)
def outage_record() -> Response | BaseResponse:
    """Record a failure: first what it would change, then, confirmed, the change."""
    form = OutageForm()
    if not form.validate_on_submit():
        return show("grants/outage_record.html", 422 if form.errors else 200, form=form, problems=[], extensions=None)
    began, ended, reason = form.began_at.data, form.ended_at.data, form.reason.data or ""
    assert began is not None
    assert ended is not None
    try:
        seen = f"{began.isoformat()}/{ended.isoformat()}"  # what was confirmed is what was looked at
        if request.form.get("confirmed") != seen:
            extensions = services.extensions_for(began, ended)
            return show("grants/outage_record.html", form=form, problems=[], extensions=extensions, seen=seen)
        extensions = services.record_outage(began, ended, reason)
        session().commit()
    except Refusal as refusal:
        session().rollback()
        problems = form.blame(refusal, BLAMED)
        return show("grants/outage_record.html", refusal.status, form=form, problems=problems, extensions=None)
    text = ngettext(
        "Registramos la falla y %(num)s convocatoria cierra más tarde.",
        "Registramos la falla y %(num)s convocatorias cierran más tarde.",
        len(extensions),
    )
    flash(text, "success")
    return redirect(url_for("grants.outage_list"), 303)
