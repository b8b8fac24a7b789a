"""Applications that an appeal brought back, and the committee that reviews them."""

import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core.database import session
from grants.models.application import Application
from grants.models.blinding import BlindClearing
from grants.models.call import Call
from grants.models.determination import Appeal, Determination
from grants.models.readmission import Readmission
from grants.rules.readmission import turn_key
from grants.states.application import ApplicationState
from grants.states.readmission import ReadmissionState
from scoring import queries as scoring_queries
from scoring.models import Panel
from scoring.states import PanelState


def readmissions_of(call: Call, *, hold: bool = False) -> Sequence[Readmission]:
    """Return a call's readmitted applications, in the order in which they were admitted.

    With `hold` nobody else writes them until this transaction is over.
    """
    query = (
        select(Readmission)
        .where(Readmission.call_id == call.id)
        .options(joinedload(Readmission.application), joinedload(Readmission.appeal).joinedload(Appeal.determination))
    )
    if hold:
        query = query.with_for_update(of=Readmission).execution_options(populate_existing=True)
    return session().scalars(query.order_by(Readmission.id)).all()


def released_readmissions(call: Call) -> list[Readmission]:
    """Return a call's readmitted applications whose result is out, in the order in which they may take money."""
    return sorted(
        (one for one in readmissions_of(call) if one.state is ReadmissionState.RELEASED),
        key=turn_of,
    )


def readmission_of(application: Application) -> Readmission | None:
    """Return an application's readmission."""
    return session().scalar(select(Readmission).where(Readmission.application_id == application.id))


def turn_of(readmission: Readmission) -> tuple[int, bool, Fraction, int]:
    """Return what orders released readmissions of a call that may take the same money: the smaller first."""
    rulebook = readmission.call.rulebook
    assert rulebook is not None  # who was released was ranked by it
    return turn_key(
        place=readmission.position or sys.maxsize,
        by_merit=readmission.by_merit,
        score=readmission.score_text or "0",
        turn=readmission.turn,
        lower_is_better=rulebook.rules.lower_is_better,
    )


def first_in_turn(readmissions: Iterable[Readmission]) -> list[Readmission]:
    """Return whose turn it is among those that may take the same money, one of each call."""
    by_call: dict[int, list[Readmission]] = {}
    for one in readmissions:
        by_call.setdefault(one.call_id, []).append(one)
    return [several[0] if len(several) == 1 else min(several, key=turn_of) for several in by_call.values()]


def count_under_way(call: Call) -> int:
    """Count the readmitted applications whose result is not out and that were not withdrawn."""
    query = (
        select(func.count(Readmission.id))
        .join(Readmission.application)
        .where(
            Readmission.call_id == call.id,
            Readmission.state == ReadmissionState.ADMITTED,
            Application.state != ApplicationState.WITHDRAWN,
        )
    )
    return session().scalar(query) or 0


def clearings_of(call: Call) -> dict[int, BlindClearing]:
    """Return the dossiers of a call's readmitted applications, by application."""
    query = (
        select(BlindClearing)
        .join(Readmission, Readmission.application_id == BlindClearing.application_id)
        .where(Readmission.call_id == call.id)
        .order_by(BlindClearing.id)
    )
    return {clearing.application_id: clearing for clearing in session().scalars(query)}


def first_readers(call: Call) -> dict[int, frozenset[int]]:
    """Return who reviewed, before its appeal was upheld, each application that is reviewed again."""
    query = (
        select(Readmission.application_id, Determination.dossier_code)
        .join(Determination, Determination.application_id == Readmission.application_id)
        .where(Readmission.call_id == call.id, Determination.dossier_code.is_not(None))
        .order_by(Readmission.id)
    )
    codes = {number: str(code) for number, code in session().execute(query)}
    readers = scoring_queries.readers_of(codes.values())
    return {number: readers.get(code, frozenset()) for number, code in codes.items()}


def supplementary_panels(call: Call) -> list[Panel]:
    """Return the committees that reviewed what came back on appeal, in the order in which they were opened."""
    panels: list[Panel] = []
    while panel := scoring_queries.panel_of_call(_key(call, len(panels) + 2)):
        panels.append(panel)
    return panels


def panel_key(call: Call) -> str:
    """Return under which name the committee stands, or is to be opened, that receives a call's dossiers now.

    That is the call's own, until an appeal brings an application back: then a supplementary one that still takes
    dossiers, a new one where the last is at work already.
    """
    waiting = (
        select(Readmission.id)
        .join(Readmission.application)
        .where(Readmission.call_id == call.id, Application.state == ApplicationState.ELIGIBLE)
        .limit(1)
    )
    panels = supplementary_panels(call)
    if session().scalar(waiting) is None:
        under_way = panels and count_under_way(call)
        return panels[-1].call_key if under_way else call.slug
    if panels and panels[-1].state is PanelState.SETUP:
        return panels[-1].call_key
    return _key(call, len(panels) + 2)


def receiving_panel(call: Call) -> Panel | None:
    """Return the committee that receives a call's dossiers now, if it is open."""
    return scoring_queries.panel_of_call(panel_key(call))


def _key(call: Call, number: int) -> str:
    return f"{call.slug}/{number}"
