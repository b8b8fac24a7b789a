"""The room's blueprint, and what its views share."""

from flask import Blueprint, Response, make_response, render_template

from accounts import queries as people
from accounts.models import User
from core.access import ensure
from core.context import actor
from core.errors import MissingCredentials
from core.language import current_language
from core.roles import Role
from grants.errors.calls import CallNotFound
from grants.models import Application, Call
from grants.queries import calls as queries
from grants.rules.places import country_name, spoken_detail
from grants.services.impartiality import is_mine

blueprint = Blueprint("grants", __name__)
machine_blueprint = Blueprint("grants_machine", __name__)

WRITERS = frozenset({Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR})
READERS = WRITERS | {Role.AUDITOR}  # what people sent: applications, files, dossiers, notes, letters
MONEY_READERS = READERS | {Role.TREASURER}  # what paying needs: calls, results with money, awards, proof of expenses


def show(template: str, status: int = 200, **values: object) -> Response:
    """Answer with a page."""
    shared = {"country": spoken_country, "place": spoken_place, "reads_applications": actor().has(*READERS)}
    return make_response(render_template(template, **shared, **values), status)


def spoken_country(code: str) -> str:
    """Return a country's name in the reader's language."""
    return country_name(code, current_language())


def spoken_place(detail: str) -> str:
    """Return the detail of a budget line with its country's name."""
    return spoken_detail(detail, current_language())


def this_person() -> User:
    """Return the account of whoever is signed in."""
    user_id = actor().user_id
    person = people.user(user_id) if user_id is not None else None
    if person is None:
        raise MissingCredentials()
    return person


def may_decide(application: Application) -> bool:
    """Return whether whoever is signed in may decide about an application: staff, and not their own case."""
    return actor().has(*WRITERS) and not is_mine(application)


def visible_call(slug: str) -> Call:
    """Return a call that this reader may see; what never went to consultation does not exist for the public."""
    call = queries.with_addenda(slug)
    if call is None:
        raise CallNotFound()
    ensure(call.is_public or actor().has(*MONEY_READERS), CallNotFound())
    return call
