"""A person looks at a blinded dossier: blacks out, explains, leaves out, and lets it go. Never their own (OwnCase)."""

from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session
from core.errors import Forbidden
from grants import blinding
from grants.errors.awards import (
    DossierChanged,
    DossierLocked,
    FindingNotText,
    FindingsOpen,
    FindingUnknown,
    PassageNotFound,
    ReasonMissing,
)
from grants.models.blinding import BlindClearing
from grants.models.call import Call
from grants.queries import dossiers as queries
from grants.queries.screening import behind as people_behind
from grants.rules.content import digest
from grants.rules.detector import REDACTED, redact
from grants.services.dossiers import identity_of, move_clearing
from grants.services.impartiality import ensure_impartial, own_cases_in
from grants.states.screening import ClearingState


def dossier_edition(clearing: BlindClearing) -> str:
    """Return the fingerprint of what a person sees of a dossier: its text, its findings and which files stay out."""
    seen = {"content": clearing.content, "findings": clearing.findings}
    return digest({**seen, "out": [file.get("excluded") for file in clearing.files]})


def ensure_seen(clearing: BlindClearing, edition: str) -> None:
    """Refuse to go on unless a dossier is still as it was seen. It stays locked until the commit.

    A finding is told by its place among them: after another window's answer the same place is another finding.

    Raises:
        DossierChanged, OwnCase.
    """
    ensure_impartial(clearing.application)
    session().flush()
    queries.hold_clearing(clearing)
    if dossier_edition(clearing) != edition:
        raise DossierChanged()


def redact_finding(clearing: BlindClearing, index: int) -> BlindClearing:
    """Black out one finding in the text, and search again.

    Raises:
        FindingNotText: it is inside a file. FindingUnknown, DossierLocked.
    """
    trace = _open_trace(clearing, index)
    if trace["where"].startswith("files."):
        raise FindingNotText()
    old = blinding.text_at(clearing.content, trace["where"])
    new = redact(old, trace["start"], trace["end"])
    english = f"{trace['where']}{blinding.ENGLISH}"
    clearing.content = blinding.replace_text(clearing.content, trace["where"], new)
    clearing.content = blinding.map_texts(
        clearing.content, lambda where, text: text.replace(trace["matched"], REDACTED) if where == english else text
    )
    _search_again(clearing)
    record("dossier.redacted", "blind_clearing", clearing.id, None, {"where": trace["where"], "kind": trace["kind"]})
    return clearing


def redact_passage(clearing: BlindClearing, passage: str) -> int:
    """Black out every occurrence of what a person noticed and the search did not; return how many there were.

    Raises:
        PassageNotFound: there is none. ReasonMissing, DossierLocked.
    """
    _require_open(clearing)
    wanted = passage.strip()
    if len(wanted) < 2:
        raise ReasonMissing()
    count = sum(piece.text.count(wanted) for piece in blinding.pieces_of(clearing.content))
    if not count:
        raise PassageNotFound()
    clearing.content = blinding.map_texts(clearing.content, lambda _where, text: text.replace(wanted, REDACTED))
    _search_again(clearing)
    record("dossier.redacted", "blind_clearing", clearing.id, None, {"where": "passage", "count": count})
    return count


def dismiss_finding(clearing: BlindClearing, index: int, *, reason: str) -> BlindClearing:
    """Say why a finding gives nobody away. The reason is kept.

    Raises:
        ReasonMissing, FindingUnknown, DossierLocked.
    """
    trace = _open_trace(clearing, index)
    if not reason.strip():
        raise ReasonMissing()
    clearing.findings = [
        item | {"dismissed": reason.strip()} if place == index else item for place, item in enumerate(clearing.findings)
    ]
    _recount(clearing)
    record("dossier.finding_dismissed", "blind_clearing", clearing.id, None, {"where": trace["where"]})
    return clearing


def exclude_file(clearing: BlindClearing, position: int, *, reason: str) -> BlindClearing:
    """Leave a file out of the dossier, with its reason; its findings go with it.

    Raises:
        ReasonMissing, FindingUnknown, DossierLocked.
    """
    _require_open(clearing)
    if not 0 <= position < len(clearing.files):
        raise FindingUnknown()
    if not reason.strip():
        raise ReasonMissing()
    clearing.files = [
        item | {"excluded": reason.strip()} if place == position else item for place, item in enumerate(clearing.files)
    ]
    _search_again(clearing)
    record("dossier.file_excluded", "blind_clearing", clearing.id, None, {"position": position})
    return clearing


def clear_dossier(clearing: BlindClearing) -> BlindClearing:
    """Let a dossier go to the committee: a person has read it and nothing found is left open.

    Raises:
        FindingsOpen: something found was neither blacked out nor explained. Forbidden: nobody is acting.
    """
    _require_open(clearing)
    if clearing.open_findings:
        raise FindingsOpen(count=clearing.open_findings)
    _clear(clearing)
    session().flush()
    return clearing


def clear_clean_dossiers(call: Call) -> int:
    """Clear, in one person's name, every dossier in which nothing was found; the others stay, and their own."""
    mine = own_cases_in(call)
    cleared = [clearing for clearing in queries.clean_awaiting(call) if clearing.application_id not in mine]
    for clearing in cleared:
        _clear(clearing)
    session().flush()
    return len(cleared)


def _search_again(clearing: BlindClearing) -> None:
    application = clearing.application
    people = people_behind([application])[application.id]
    clearing.findings = blinding.find_traces(
        clearing.content, clearing.files, identity_of(application, people), clearing.findings
    )
    _recount(clearing)


def _recount(clearing: BlindClearing) -> None:
    clearing.open_findings = sum(1 for trace in clearing.findings if not trace["dismissed"])
    session().flush()


def _open_trace(clearing: BlindClearing, index: int) -> blinding.FoundTrace:
    _require_open(clearing)
    if not 0 <= index < len(clearing.findings) or clearing.findings[index]["dismissed"]:
        raise FindingUnknown()
    return clearing.findings[index]


def _require_open(clearing: BlindClearing) -> None:
    session().flush()
    queries.hold_clearing(clearing)
    if clearing.state is not ClearingState.AWAITING:
        raise DossierLocked()
    ensure_impartial(clearing.application)


def _clear(clearing: BlindClearing) -> None:
    if actor().user_id is None:
        raise Forbidden()  # a program does not clear a dossier
    move_clearing(clearing, ClearingState.CLEARED)
    clearing.cleared_by_id, clearing.cleared_at = actor().user_id, now()
