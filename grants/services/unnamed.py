"""What reviewers wrote, told to others without what tells who somebody is: of the applicant to the committee, of the
committee to the applicant. It is covered where it is read; what was written stays as it is on record."""

from collections.abc import Sequence
from dataclasses import replace

from accounts import queries as people
from grants.queries.determinations import application_of_code
from grants.queries.screening import behind
from grants.rules.detector import Detector, Identity, Piece, redact
from grants.services.dossiers import identity_of
from scoring import queries as scoring_queries
from scoring.models import Dossier
from scoring.queries import Feedback
from scoring.services import covers_names


@covers_names
def without_applicant(dossier: Dossier, texts: Sequence[str]) -> list[str]:
    """Return texts about a dossier without any trace of who presents it, by the search that blinds dossiers."""
    application = application_of_code(dossier.code)
    if application is None:
        return list(texts)
    return _covered(identity_of(application, behind([application])[application.id]), texts)


def feedback_of(code: str) -> list[Feedback]:
    """Return what a dossier's reviewers wrote, for its applicant, without any trace of who they are."""
    given = scoring_queries.feedback_for(code)
    ids = sorted(scoring_queries.readers_of([code]).get(code, ()))
    readers = [person for one in ids if (person := people.user(one)) is not None]
    identity = Identity(names=tuple(one.name for one in readers), emails=tuple(one.email for one in readers))
    texts = _covered(identity, [one.justification for one in given])
    return [replace(one, justification=text) for one, text in zip(given, texts, strict=True)]


def _covered(identity: Identity, texts: Sequence[str]) -> list[str]:
    covered = list(texts)
    found = Detector(identity).find(Piece(str(number), text) for number, text in enumerate(texts))
    for one in reversed(found):  # from the end, so that the places of the others stay
        number = int(one.where)
        covered[number] = redact(covered[number], one.start, one.end)
    return covered
