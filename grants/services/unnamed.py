"""What reviewers wrote, told to the other reviewers without what tells who applied.

It is covered where it is read; what was written stays as it is on record.
"""

from collections.abc import Sequence

from grants.queries.determinations import application_of_code
from grants.queries.screening import behind
from grants.rules.detector import Detector, Identity, Piece, redact
from grants.services.dossiers import identity_of
from scoring.models import Dossier
from scoring.services import covers_names


@covers_names
def without_applicant(dossier: Dossier, texts: Sequence[str]) -> list[str]:
    """Return texts about a dossier without any trace of who presents it, by the search that blinds dossiers."""
    application = application_of_code(dossier.code)
    if application is None:
        return list(texts)
    return _covered(identity_of(application, behind([application])[application.id]), texts)


def _covered(identity: Identity, texts: Sequence[str]) -> list[str]:
    covered = list(texts)
    found = Detector(identity).find(Piece(str(number), text) for number, text in enumerate(texts))
    for one in reversed(found):  # from the end, so that the places of the others stay
        number = int(one.where)
        covered[number] = redact(covered[number], one.start, one.end)
    return covered
