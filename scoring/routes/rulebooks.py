"""The rulebook everybody may read, print and hash."""

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from core.access import public
from core.language import _
from core.money import Money
from scoring import queries
from scoring.errors import RulebookNotFound
from scoring.models import RulebookVersion
from scoring.routes.room import blueprint
from scoring.rules.examples import worked_examples
from scoring.rules.reasons import names_in
from scoring.rules.rulebook import canonical, exact, plain
from scoring.states import CONFLICT_LABELS, ConflictKind

A_DAY = 86_400


def _rulebook(sha256: str) -> RulebookVersion:
    found = queries.rulebook_by_digest(sha256)
    if found is None:
        raise RulebookNotFound()
    return found


@blueprint.get("/reglas-de-evaluacion/<sha256>")
@public
def rulebook_show(sha256: str) -> BaseResponse:
    """A frozen rulebook as a page."""
    version = _rulebook(sha256)
    rules = version.rules
    page = render_template(
        "scoring/rulebook_show.html",
        version=version,
        rules=rules,
        plain=plain,
        names=names_in(rules),
        conflicts=[_(CONFLICT_LABELS[ConflictKind(one)]) for one in rules.conflicts],
        examples=worked_examples(rules),
        exact=exact,
        budget=None if rules.budget_cents is None else Money(rules.budget_cents, rules.currency),
        cap=None if rules.cap_per_award_cents is None else Money(rules.cap_per_award_cents, rules.currency),
        cacheable=True,
    )
    return _cached(make_response(page))


@blueprint.get("/reglas-de-evaluacion/<sha256>.json")
@public
def rulebook_json(sha256: str) -> BaseResponse:
    """The very bytes that were hashed: `sha256sum` of this file is its name."""
    response = make_response(canonical(_rulebook(sha256).document))
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="reglas-{sha256[:12]}.json"'
    return _cached(response)


def _cached(response: Response) -> BaseResponse:
    response.headers["Cache-Control"] = f"public, max-age={A_DAY}"
    response.add_etag()
    return response.make_conditional(request)
