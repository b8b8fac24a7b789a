"""Every address the site has, with everything there is to ask for in its gaps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Organisation, User
from core.clock import now
from scoring import queries
from tests.architecture.generated import GUARDS
from tests.blindness.conftest import Blind
from tests.blindness.watch import secrets_of, secrets_of_person

NOT_OURS = {"static", "web.gallery"}  # the gallery of components invents its files' names
GAP = re.compile(r"<(?:any\(([^)]*)\)|int|path)?:?(\w+)>")
LOW = ("1", "2")  # of what is numbered from one: committees, meetings, files, letters, jobs


@dataclass(frozen=True, slots=True)
class Door:
    """An address of the site as it is committed: with its gaps, its methods, its endpoint and who may pass."""

    address: str
    methods: tuple[str, ...]
    endpoint: str
    who: frozenset[str]

    def opens_to(self, role: str) -> bool:
        """Whether its guard lets in somebody signed in who holds `role`."""
        return bool(self.who & {"anyone", "signed in", role})


def doors(language: str = "es") -> Iterator[Door]:
    """Yield every address the site has."""
    for line in GUARDS.read_text(encoding="utf-8").splitlines()[1:]:
        address, methods, endpoint, who = re.split(r"\s{2,}", line.strip(), maxsplit=3)
        spoken = address.replace("<any(es, en):lang>", language)
        yield Door(spoken, tuple(methods.split()), endpoint, frozenset(who.split(", ")))


def things(blind: Blind, session: Session) -> dict[str, list[str]]:
    """Return by the name an address gives it what there is to ask for: all that is an applicant's, and low numbers."""
    bodies = session.scalars(select(Organisation.id).order_by(Organisation.id)).all()
    return {
        "application_id": [str(one.id) for one in blind.applications],
        "attachment_id": [str(one.id) for application in blind.applications for one in application.attachments],
        "user_id": [str(one.applicant.id) for one in blind.applications],
        "organisation_id": [str(body) for body in bodies],
        "panel_id": [str(blind.panel.id)],
        "slug": [blind.call.slug],
        "code": [row.assignment.dossier.code for row in queries.desk_rows(blind.reviewer.id, now())],
        "folio": [str(one.folio) for one in blind.applications],
        "sha256": [str(blind.panel.rulebook.sha256), *(str(one.content_sha256) for one in blind.applications)],
        "criterion_id": [criterion.id for criterion in blind.panel.rulebook.rules.criteria],
        "year": ["2026"],
    }


def addresses(address: str, known: dict[str, list[str]]) -> Iterator[str]:
    """Yield an address with everything there is in its gaps."""
    gaps = list(GAP.finditer(address))
    choices = []
    for gap in gaps:
        offered = [word.strip(" '") for word in gap[1].split(",")] if gap[1] else None
        choices.append(offered or known.get(gap[2], list(LOW) if "<int:" in gap[0] else ["x"]))
    for chosen in product(*choices):
        path = address
        for gap, value in zip(gaps, chosen, strict=True):
            path = path.replace(gap[0], value, 1)
        yield path


def names_of_applicants(blind: Blind) -> set[str]:
    """Return all that would say whose an application is."""
    return set().union(*(secrets_of(application) for application in blind.applications))


def names_of_reviewers(blind: Blind, session: Session, but: User | None = None) -> set[str]:
    """Return all that would say who sits in the committee; `but` knows their own name."""
    people = [session.get_one(User, seat.reviewer_id) for seat in queries.seats_of_panel(blind.panel)]
    return set().union(*(secrets_of_person(one) for one in people if one is not but)) - {"persona"}
