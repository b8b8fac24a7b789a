"""Bring back what an upheld appeal was about: reviewed like the others, ranked among them, told as an addendum."""

from collections.abc import Mapping

from core.audit import record
from core.clock import now
from core.database import session
from core.language import in_language
from grants.emails import letters
from grants.errors.awards import NothingToRelease, RankingNotReleased
from grants.models.application import Application
from grants.models.call import Call
from grants.models.determination import Appeal, Determination
from grants.models.readmission import Readmission
from grants.queries import readmissions as queries
from grants.queries.dossiers import clearing_of
from grants.rules.readmission import Among, Standing, Turn, Turns, never_worse, place_among, worth
from grants.services.dossiers import move_clearing, prepare_dossiers
from grants.services.impartiality import ensure_impartial
from grants.services.letters import send_letter
from grants.states.application import APPLICATION_STATES, ApplicationState
from grants.states.determination import Outcome
from grants.states.readmission import READMISSION, ReadmissionState
from grants.states.screening import ClearingState
from scoring import queries as scoring_queries
from scoring.models import Panel, RankingLine
from scoring.services import release_ranking, select
from scoring.states import Determination as Decided
from scoring.states import PanelState, RankingState


def readmit(appeal: Appeal) -> Readmission:
    """Make an application eligible again because its appeal was upheld, and ready its dossier for a committee.

    One that was reviewed goes to another committee as it was cleared for the first, under a code of its own.

    Raises:
        IllegalTransition: it has support, or was withdrawn.
    """
    application = appeal.determination.application
    _move(application, ApplicationState.ELIGIBLE)
    readmission = Readmission(
        call_id=application.call_id,
        application_id=application.id,
        appeal_id=appeal.id,
        state=ReadmissionState.ADMITTED,
        admitted_at=now(),
    )
    session().add(readmission)
    session().flush()
    record("application.readmitted", "application", application.id, None, {"readmission": readmission.id})
    clearing = clearing_of(application)
    if clearing is not None and clearing.state is ClearingState.HANDED_OVER:
        move_clearing(clearing, ClearingState.CLEARED)
    prepare_dossiers(application.call)
    session().flush()
    return readmission


def release_readmissions(call: Call) -> list[Readmission]:
    """Give each application that a supplementary committee has ranked its place among all, and tell everybody.

    Whoever has support keeps it and nobody moves down. Who would have had support with the others waits first in line
    for money of the call that is free or becomes free. Those who share place and score take turns by the call's rules.

    Raises:
        NothingToRelease: no supplementary committee has an order. RankingNotReleased: the call's own is not out.
        LotNeeded: only a lot can separate some. OwnCase: whoever releases has a stake in one of them.
    """
    first = scoring_queries.released_ranking(call.slug)
    if first is None:
        raise RankingNotReleased()
    by_code = {
        clearing.dossier_code: number
        for number, clearing in queries.clearings_of(call).items()
        if clearing.dossier_code is not None
    }
    known = queries.readmissions_of(call, hold=True)
    turns = Turns((one.position, one.score_text) for one in known if one.position is not None)
    waiting = {
        one.application_id: one
        for one in known
        if one.state is ReadmissionState.ADMITTED and one.application.state is ApplicationState.IN_REVIEW
    }
    others = {line.dossier.code: _standing(first.panel, line) for line in scoring_queries.ranking_lines(first)}
    released = []
    for panel in queries.supplementary_panels(call):
        for line in _order_of(panel):
            readmission = waiting.get(by_code.get(line.dossier.code, 0))
            if readmission is not None:
                among, turn = _among(readmission.appeal.determination, _standing(panel, line), others), None
                if among.position is not None:
                    rule = str(line.trace[-1]["rule"])
                    turn = turns.take(among.position, line.score_text, committee=panel.call_key, last_rule=rule)
                _release(readmission, line, among, turn)
                released.append(readmission)
    if not released:
        raise NothingToRelease()
    session().flush()
    for readmission in released:
        with in_language(readmission.application.applicant.language):
            text = letters.readmission_result(readmission)
        send_letter(readmission.application, text, about=f"readmission:{readmission.id}")
    record("readmissions.released", "call", call.id, None, {"count": len(released)})
    return released


def _order_of(panel: Panel) -> list[RankingLine]:
    """Return a supplementary committee's order, made final; nothing while it has none. It gives no money of its own."""
    if panel.state not in (PanelState.RANKED, PanelState.RELEASED):
        return []
    ranking = scoring_queries.latest_ranking(panel)
    if ranking is None:
        return []
    if ranking.state is not RankingState.RELEASED:
        select(ranking, budget_cents=0, currency=ranking.currency)
        release_ranking(ranking)
    return scoring_queries.ranking_lines(ranking)


def _standing(panel: Panel, line: RankingLine) -> Standing:
    rules = panel.rulebook.rules
    envelopes = rules.envelopes
    group = None if envelopes is None else line.dossier.axis if envelopes.by == "axis" else line.dossier.region
    return Standing(
        score=worth(line.score_text, lower_is_better=rules.lower_is_better),
        passed=line.determination is not Decided.BELOW_THRESHOLD,
        awarded=line.determination is Decided.AWARDED,
        group=group,
        payable=envelopes is None or group in {part.id for part in envelopes.parts},
    )


def _among(told: Determination, own: Standing, others: Mapping[str, Standing]) -> Among:
    rivals = [other for code, other in others.items() if code != told.dossier_code]
    among = place_among(own, rivals, earlier=others.get(told.dossier_code or ""))
    return never_worse(among, Among(told.position, by_merit=False, may_wait=told.outcome is Outcome.WAITLISTED))


def _release(readmission: Readmission, line: RankingLine, among: Among, turn: Turn | None) -> None:
    ensure_impartial(readmission.application)
    READMISSION.check(readmission.state, ReadmissionState.RELEASED)
    readmission.state, readmission.released_at = ReadmissionState.RELEASED, now()
    readmission.outcome = Outcome.WAITLISTED if among.may_wait else Outcome.NOT_SELECTED
    readmission.by_merit, readmission.position = among.by_merit, among.position
    readmission.dossier_code, readmission.score_text = line.dossier.code, line.score_text
    readmission.turn, readmission.turn_rule = (turn.number, turn.rule) if turn is not None else (None, None)
    target = ApplicationState.WAITLISTED if among.may_wait else ApplicationState.NOT_SELECTED
    _move(readmission.application, target)


def _move(application: Application, target: ApplicationState) -> None:
    APPLICATION_STATES.check(application.state, target)
    before, application.state = application.state, target
    record("application.moved", "application", application.id, {"state": before.value}, {"state": target.value})
