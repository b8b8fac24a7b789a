"""What every door of accounts shares: the blueprint, the person and session at hand, and how a refusal meets a form."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for

from accounts import queries
from accounts.errors import TooManyAttempts
from accounts.login import current_facts
from accounts.models import User, UserSession
from accounts.rules.places import same_site_path
from core.context import actor
from core.database import session
from core.errors import MissingCredentials, Refusal
from core.forms import PuenteForm

blueprint = Blueprint("accounts", __name__)


def this_person() -> User:
    """Return the person signed in."""
    person = queries.user(actor().user_id or 0)
    if person is None:
        raise MissingCredentials()
    return person


def this_session() -> UserSession:
    """Return the session of this request, complete or still waiting for the second factor."""
    facts = current_facts()
    opened = queries.user_session(facts.session_id) if facts is not None else None
    if opened is None:
        raise MissingCredentials()
    return opened


def address() -> str:
    """Return where the request comes from; the roof has already believed or disbelieved the proxies."""
    return request.remote_addr or ""


def wanted_place() -> str:
    """Return where the person was going, when that is a page of this site; otherwise their desk."""
    return same_site_path(request.args.get("next")) or url_for("web.desk")


def kept_place() -> dict[str, Any]:
    """Return the query that carries a safe `next` to the following step."""
    place = same_site_path(request.args.get("next"))
    return {"next": place} if place else {}


def show(template: str, status: int = 200, **values: Any) -> Response:
    """Render a page that belongs to one person: nobody keeps a copy."""
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def refuse(
    template: str, form: PuenteForm, refusal: Refusal, fields: Mapping[type[Refusal], str], **values: Any
) -> Response:
    """Show a form again with a service's refusal: beside the field it is about, or above all fields.

    `fields` names the field for each refusal. Nothing the service did is kept.
    """
    session().rollback()
    extra = form.blame(refusal, fields)
    response = show(template, refusal.status, form=form, extra=extra, **values)
    if isinstance(refusal, TooManyAttempts):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response
