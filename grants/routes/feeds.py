"""Calls for feed readers and calendars, with the filters of the list."""

from flask import Response, request
from sqlalchemy.orm import selectinload

from core.access import public
from core.database import session
from core.language import _, current_language, localised
from core.settings import setting
from grants.documents.feeds import atom_feed, calendar
from grants.models import Call
from grants.queries import calls as queries
from grants.routes.calls import call_filters
from grants.routes.room import blueprint, visible_call

MOST = 100


def home() -> str:
    """Return the address of the site in the reader's language."""
    return f"{setting('PUBLIC_URL').rstrip('/')}/{current_language()}"


@blueprint.get("/convocatorias.atom")
@public
def call_feed() -> Response:
    """The calls as an Atom feed."""
    query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
    body = atom_feed(
        _filtered(),
        title=_("Convocatorias"),
        home=home(),
        address=f"{home()}/convocatorias.atom{query}",
        language=current_language(),
    )
    return _answer(body, "application/atom+xml")


@blueprint.get("/convocatorias.ics")
@public
def call_calendar() -> Response:
    """The dates of the calls as a calendar."""
    return _answer(calendar(_filtered(), title=_("Convocatorias"), home=home(), host=_host()), "text/calendar")


@blueprint.get("/convocatorias/<slug>/fechas.ics")
@public
def call_dates(slug: str) -> Response:
    """The dates of one call as a calendar."""
    call = visible_call(slug)
    response = _answer(
        calendar([call], title=localised(call.title) or call.slug, home=home(), host=_host()), "text/calendar"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{call.slug}.ics"'
    return response


def _filtered() -> list[Call]:
    found = queries.public_calls(**call_filters()).options(selectinload(Call.addenda)).limit(MOST)
    return list(session().scalars(found))


def _host() -> str:
    return str(setting("PUBLIC_URL")).split("://")[-1].split("/")[0]


def _answer(body: bytes, content_type: str) -> Response:
    response = Response(body, content_type=f"{content_type}; charset=utf-8")
    response.add_etag()
    response.make_conditional(request)
    return response
