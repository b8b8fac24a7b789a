"""Who was found ineligible by mistake is reviewed and ranked like the others; nobody loses a thing for it."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock, now
from core.context import acting_as
from core.database import session as current
from core.money import Money
from core.roles import Role
from grants import services
from grants.emails.letters import readmission_text
from grants.errors.awards import AppealsOpen, NotAwarded, NothingToRelease
from grants.models import Application, Call, Readmission
from grants.queries import appeals as appeal_queries
from grants.queries import determinations as determination_queries
from grants.queries import dossiers as dossier_queries
from grants.queries import readmissions as queries
from grants.queries import retention as retention_queries
from grants.queries.appeals import appeal_window
from grants.rules.readmission import PUBLISHED, Among, Standing, Turn, Turns, never_worse, place_among, turn_key, worth
from grants.states.application import ApplicationState
from grants.states.call import CallState
from grants.states.determination import Outcome
from grants.states.readmission import ReadmissionState
from grants.states.screening import ScreeningVerdict
from scoring import queries as scoring_queries
from scoring import services as scoring
from scoring.errors import LotNeeded
from scoring.models import Panel, RulebookVersion
from scoring.rules.official_score import Arithmetic
from scoring.rules.rulebook import read
from scoring.states import PanelState
from tests.factories import awards as make
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.scoring import review
from tests.web.dom import parse, text_of
from treasury.queries import may_move_up, next_in_line, upheld_waiting

MARKS = [(5, 5, 5, 5), (4, 4, 4, 4), (3, 3, 3, 3)]
ONE_AWARD = Money(4_500_000, "MXN")
WORDS = {"reason": "El documento sí estaba.", "public_summary": "Un requisito se revisó mal."}


@pytest.fixture
def officer(session: Session, clock: FrozenClock) -> User:
    return make_user(Role.PROGRAMME_OFFICER)


def told(clock: FrozenClock, officer: User) -> tuple[Call, list[Application], Application]:
    """A call whose results are out: one with support, one waiting, one not; and one that was found ineligible."""
    call, found, (refused,) = told_with(clock, officer, 1)
    return call, found, refused


def told_with(clock: FrozenClock, officer: User, refused: int) -> tuple[Call, list[Application], list[Application]]:
    """The same with any number that were found ineligible."""
    call, found = make.closed_call(clock, applications=3 + refused)
    found, late = found[:3], found[3:]
    with acting_as(make.officer_actor(officer)):
        for one in late:
            services.screen_application(one, verdict=ScreeningVerdict.INELIGIBLE, note="Falta un documento.")
        make.hand_over(call)
    make.score(call, found, budget=ONE_AWARD, marks=MARKS)
    with acting_as(make.officer_actor(officer)):
        services.prepare_determinations(call)
        for determination in determination_queries.awaiting_award(call):
            assert determination.money is not None
            services.record_award(determination.application, determination.money)
        services.release_determinations(call)
    return call, found, late


def uphold(application: Application) -> User:
    appeal = services.file_appeal(application, text="El documento está en la página 2.")
    admits, other = make_user(Role.PROGRAMME_OFFICER), make_user(Role.PROGRAMME_OFFICER)
    with acting_as(make.officer_actor(admits)):
        services.admit_appeal(appeal)
    with acting_as(make.officer_actor(other)):
        services.resolve_appeal(appeal, upheld=True, **WORDS)
    return other


def reviewed(call: Call, person: User, marks: Sequence[int], *, count: int = 1) -> Panel:
    """The supplementary committee has scored what came back, and has an order."""
    with acting_as(make.officer_actor(person)):
        services.clear_clean_dossiers(call)
        services.open_review(call, review_opens_at=now(), review_closes_at=now() + timedelta(days=10))
        for _number in range(3):
            services.seat_reviewer_on(call, make_user(Role.REVIEWER), keywords=["eje-1"])
        assert services.hand_over_dossiers(call) == count
        services.hand_over_conflicts(call)
        panel = queries.supplementary_panels(call)[-1]
        scoring.assign_reviewers(panel)
        scoring.advance_panel(panel, PanelState.DECLARATIONS)
        for assignment in scoring_queries.assignments_of_panel(panel):
            scoring.declare_no_conflict(assignment.seat, assignment.dossier)
        scoring.advance_panel(panel, PanelState.REVIEW)
        for assignment in scoring_queries.assignments_of_panel(panel):
            review(assignment, *marks)
        scoring.compute_ranking(panel)
    return panel


# --- the rule --------------------------------------------------------------------------------------------------------


def line(score: int, *, awarded: bool = False, passed: bool = True, group: str | None = None) -> Standing:
    return Standing(Fraction(score), passed=passed, awarded=awarded, group=group)


OTHERS = [line(9, awarded=True), line(7, awarded=True), line(6), line(2, passed=False)]


@pytest.mark.parametrize(
    ("own", "among"),
    [
        (line(10), Among(1, by_merit=True, may_wait=True)),
        (line(7), Among(3, by_merit=True, may_wait=True)),  # after its equal, who has support: nobody else is before it
        (line(6), Among(4, by_merit=False, may_wait=True)),  # whoever was told first stands first
        (line(5), Among(4, by_merit=False, may_wait=True)),
        (line(9, passed=False), Among(None, by_merit=False, may_wait=False)),
        # the rules keep no money for its part of the budget
        (replace(line(10), group="otro", payable=False), Among(1, by_merit=False, may_wait=False)),
    ],
)
def test_a_late_line_stands_after_its_equals(own: Standing, among: Among) -> None:
    assert place_among(own, OTHERS) == among


def test_scores_are_compared_as_they_were_published_and_less_may_be_better() -> None:
    others = [
        Standing(worth(score, lower_is_better=True), passed=True, awarded=awarded)
        for score, awarded in (("1.50", True), ("2.00", False))
    ]
    own = Standing(worth("1.75", lower_is_better=True), passed=True, awarded=False)
    assert place_among(own, others) == Among(2, by_merit=True, may_wait=True)
    best = Standing(worth("1.20", lower_is_better=True), passed=True, awarded=False)
    assert place_among(best, others).position == 1
    assert worth("1.50", lower_is_better=False) > worth("1.25", lower_is_better=False)


def test_where_the_budget_is_divided_only_its_own_part_counts() -> None:
    others = [line(9, awarded=True, group="1"), line(8, group="2")]
    assert place_among(line(7, group="1"), others) == Among(3, by_merit=True, may_wait=True)
    assert place_among(line(7, group="2"), others) == Among(3, by_merit=False, may_wait=True)


def test_those_who_share_place_and_score_take_turns() -> None:
    turns = Turns([(2, "8.00")])  # one was published before, with another score or place nothing is shared
    assert turns.take(2, "7.00", committee="a/2", last_rule="score") == Turn(1, None)
    assert turns.take(2, "8.00", committee="a/3", last_rule="score") == Turn(2, PUBLISHED)
    assert turns.take(4, "6.00", committee="a/2", last_rule="criterion:merit") == Turn(1, "criterion:merit")
    assert turns.take(4, "6.00", committee="a/2", last_rule="lot") == Turn(2, "lot")
    assert turns.take(4, "6.00", committee="a/3", last_rule="lot") == Turn(3, PUBLISHED)


def test_the_money_goes_by_place_then_support_then_score_then_turn() -> None:
    def key(place: int, *, by_merit: bool, score: str, turn: int | None) -> tuple[object, ...]:
        return turn_key(place=place, by_merit=by_merit, score=score, turn=turn, lower_is_better=False)

    order = [
        key(1, by_merit=False, score="8.00", turn=1),
        key(2, by_merit=True, score="7.00", turn=1),
        key(2, by_merit=False, score="7.50", turn=1),
        key(2, by_merit=False, score="7.00", turn=None),  # published before turns were kept
        key(2, by_merit=False, score="7.00", turn=2),
    ]
    assert all(one < other for one, other in pairwise(order))
    better = turn_key(place=2, by_merit=True, score="1.50", turn=2, lower_is_better=True)
    assert better < turn_key(place=2, by_merit=True, score="1.75", turn=1, lower_is_better=True)


def test_who_was_reviewed_before_does_not_lose_by_it_nor_gain_with_the_same_score() -> None:
    others, before = [line(9, awarded=True), line(7, awarded=True)], line(6)
    assert place_among(line(6), others, earlier=before) == Among(3, by_merit=False, may_wait=True)
    assert place_among(line(8), others, earlier=before) == Among(2, by_merit=True, may_wait=True)
    told = Among(3, by_merit=False, may_wait=True)
    worse, better = Among(5, by_merit=False, may_wait=True), Among(2, by_merit=True, may_wait=True)
    below = Among(None, by_merit=False, may_wait=False)
    assert [never_worse(one, told) for one in (worse, below, better)] == [told, told, better]
    assert never_worse(worse, below) == worse


# --- the way back ----------------------------------------------------------------------------------------------------


def test_an_upheld_appeal_puts_the_application_before_a_committee(clock: FrozenClock, officer: User) -> None:
    call, found, refused = told(clock, officer)
    uphold(refused)
    assert refused.state is ApplicationState.ELIGIBLE
    clearing = dossier_queries.clearing_of(refused)
    assert clearing is not None
    assert clearing.dossier_code is None  # a person has to clear it: nothing reached anybody
    assert "comité complementario" in determination_queries.letters_of(refused)[-1].paragraphs[3]
    assert upheld_waiting() == []
    with pytest.raises(NotAwarded):
        services.record_award(refused, refused.requested)
    with pytest.raises(NothingToRelease):
        services.release_readmissions(call)
    assert [one.state for one in found] == [
        ApplicationState.AWARDED,
        ApplicationState.WAITLISTED,
        ApplicationState.WAITLISTED,
    ]


def test_the_best_of_all_is_first_in_line_and_nobody_loses_support(clock: FrozenClock, officer: User) -> None:
    call, found, refused = told(clock, officer)
    before = [(one.application_id, one.outcome, one.position) for one in determination_queries.determinations_of(call)]
    other = uphold(refused)
    panel = reviewed(call, other, (5, 5, 5, 5))
    assert panel.rulebook_id == call.rulebook_id
    with acting_as(make.officer_actor(other)):
        (released,) = services.release_readmissions(call)
        with pytest.raises(NothingToRelease):
            services.release_readmissions(call)
    assert (released.outcome, released.by_merit, released.position) == (Outcome.WAITLISTED, True, 2)
    assert refused.state is ApplicationState.WAITLISTED
    assert upheld_waiting() == [refused]
    assert may_move_up(refused)
    assert not may_move_up(found[1])
    assert "habría tenido apoyo" in determination_queries.letters_of(refused)[-1].paragraphs[2]
    after = [(one.application_id, one.outcome, one.position) for one in determination_queries.determinations_of(call)]
    assert (before, found[0].state) == (after, ApplicationState.AWARDED)
    services.record_award(refused, refused.requested)
    assert upheld_waiting() == []
    assert determination_queries.award_of(refused) is not None


def test_two_with_the_same_place_are_separated_by_the_lot_and_told_so(clock: FrozenClock, officer: User) -> None:
    call, found, late = told_with(clock, officer, 2)
    other = [uphold(one) for one in late][-1]
    panel = reviewed(call, other, (5, 5, 5, 5), count=2)
    with acting_as(make.officer_actor(other)):
        with pytest.raises(LotNeeded):
            services.release_readmissions(call)
        scoring.commit_lot(panel)
        places = scoring.draw_lots(panel, "04.11.23.31.40.52.07").places
        scoring.compute_ranking(panel)
        released = services.release_readmissions(call)
    assert [(one.position, one.by_merit, one.turn, one.turn_rule) for one in released] == [
        (2, True, 1, "lot"),
        (2, True, 2, "lot"),
    ]
    assert [places[one.dossier_code or ""] for one in released] == [1, 2]
    first, second = (one.application for one in released)
    assert upheld_waiting() == [first]
    assert [may_move_up(one) for one in (first, second, found[1])] == [True, False, False]
    assert "el sorteo que cualquiera puede repetir: le toca el turno 2" in readmission_text(released[1])
    assert queries.released_readmissions(call) == released
    assert [queries.first_in_turn(one) for one in (released, released[::-1])] == [[released[0]]] * 2
    services.record_award(first, first.requested)
    assert upheld_waiting() == [second]
    assert may_move_up(second)


def test_one_in_the_middle_waits_in_its_place(clock: FrozenClock, officer: User) -> None:
    call, found, refused = told(clock, officer)
    other = uphold(refused)
    reviewed(call, other, (4, 4, 4, 3))
    with acting_as(make.officer_actor(other)):
        (released,) = services.release_readmissions(call)
    assert (released.outcome, released.by_merit, released.position) == (Outcome.WAITLISTED, False, 3)
    assert upheld_waiting() == []
    assert [one.application for one in next_in_line()] == [found[1]]
    assert [may_move_up(one) for one in (found[1], refused, found[2])] == [True, False, False]
    services.record_award(found[1], found[1].requested)
    assert [one.application for one in next_in_line()] == [refused]


@pytest.mark.parametrize(
    ("marks", "place", "said"),
    [(5, (2, True), "habría tenido apoyo"), (2, (3, False), "Conserva el lugar 3 que ya tenía")],
)
def test_who_was_reviewed_is_reviewed_again_by_others_and_keeps_at_least_its_place(
    clock: FrozenClock, officer: User, marks: int, place: tuple[int, bool], said: str
) -> None:
    call, found, _refused = told(clock, officer)
    last, first_code = found[2], retention_queries.dossier_codes_of(found[2])
    (panel,) = filter(None, [scoring_queries.panel_of_call(call.slug)])
    judges = {seat.reviewer_id for seat in scoring_queries.seats_of_panel(panel)}
    other = uphold(last)
    assert "sin quienes ya la calificaron" in determination_queries.letters_of(last)[-1].paragraphs[3]
    with acting_as(make.officer_actor(other)):
        services.open_review(call, review_opens_at=now(), review_closes_at=now() + timedelta(days=10))
        for judge in judges:
            services.seat_reviewer_on(call, current().get_one(User, judge), keywords=["eje-1"])
    again = reviewed(call, other, [marks] * 4)
    refused = {seat for _dossier, seat in scoring_queries.conflicted_pairs(again)}
    seats = scoring_queries.seats_of_panel(again)
    assert {seat.reviewer_id for seat in seats if seat.id in refused} == judges
    read_by = {one.seat.reviewer_id for one in scoring_queries.assignments_of_panel(again)}
    assert (len(read_by), read_by & judges) == (3, set())
    with acting_as(make.officer_actor(other)):
        (released,) = services.release_readmissions(call)
    assert (released.position, released.by_merit) == place
    assert released.outcome is Outcome.WAITLISTED
    by_merit = released.by_merit
    assert said in readmission_text(released)
    assert upheld_waiting() == ([last] if by_merit else [])
    assert [may_move_up(one) for one in (found[1], last)] == [not by_merit, by_merit]
    assert retention_queries.dossier_codes_of(last) == first_code | {released.dossier_code}
    assert len(retention_queries.dossier_codes_of(last)) == 2
    assert judges < appeal_queries.first_reviewers(last)


def test_below_the_thresholds_there_is_no_place(clock: FrozenClock, officer: User) -> None:
    call, _found, refused = told(clock, officer)
    other = uphold(refused)
    reviewed(call, other, (1, 1, 1, 1))
    with acting_as(make.officer_actor(other)):
        (released,) = services.release_readmissions(call)
    assert (released.outcome, released.position) == (Outcome.NOT_SELECTED, None)
    assert refused.state is ApplicationState.NOT_SELECTED
    with pytest.raises(NotAwarded):
        services.record_award(refused, refused.requested)


def test_the_call_ends_only_when_its_result_is_out(clock: FrozenClock, officer: User) -> None:
    call, _found, refused = told(clock, officer)
    other = uphold(refused)
    window = appeal_window(refused)
    assert window is not None
    clock.set(window.closes_at + timedelta(seconds=1))
    with pytest.raises(AppealsOpen):
        services.conclude_call(call)
    services.withdraw_application(refused, reason="Ya no viajo.")
    with acting_as(make.officer_actor(other)):
        assert services.conclude_call(call).state is CallState.FINAL


def test_a_second_one_gets_a_committee_of_its_own_when_the_first_is_at_work(clock: FrozenClock, officer: User) -> None:
    call, found = make.closed_call(clock, applications=4)
    late = found[2:]
    with acting_as(make.officer_actor(officer)):
        for one in late:
            services.screen_application(one, verdict=ScreeningVerdict.INELIGIBLE, note="Falta un documento.")
        make.hand_over(call)
    make.score(call, found[:2], budget=ONE_AWARD, marks=MARKS[:2])
    with acting_as(make.officer_actor(officer)):
        services.prepare_determinations(call)
        for determination in determination_queries.awaiting_award(call):
            assert determination.money is not None
            services.record_award(determination.application, determination.money)
        services.release_determinations(call)
    other = uphold(late[0])
    reviewed(call, other, (5, 5, 5, 5))
    uphold(late[1])
    reviewed(call, other, (4, 4, 4, 4))
    with acting_as(make.officer_actor(other)):
        assert len(services.release_readmissions(call)) == 2
    assert [one.call_key for one in queries.supplementary_panels(call)] == [f"{call.slug}/2", f"{call.slug}/3"]
    assert queries.panel_key(call) == call.slug


def test_the_database_keeps_what_was_released(session: Session, clock: FrozenClock, officer: User) -> None:
    call, _found, refused = told(clock, officer)
    other = uphold(refused)
    reviewed(call, other, (5, 5, 5, 5))
    with acting_as(make.officer_actor(other)):
        services.release_readmissions(call)
    session.commit()
    for statement in ("UPDATE readmission SET position = 1", "DELETE FROM readmission"):
        with pytest.raises(DBAPIError, match="what was released stands"):
            session.execute(text(statement))
        session.rollback()


# --- its pages -------------------------------------------------------------------------------------------------------


def press(client: FlaskClient, page: str, address: str) -> int:
    token = parse(client.get(page).get_data()).xpath("//main//input[@name='csrf_token']/@value")[0]
    return client.post(address, data={"csrf_token": token}).status_code


def test_everybody_reads_the_next_step_and_the_addendum(
    session: Session, client: FlaskClient, clock: FrozenClock, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call, _found, refused = told(clock, officer)
    other = uphold(refused)
    session.commit()
    mine = client.application.test_client()
    sign_in_as(mine, refused.applicant)
    sign_in_as(client, other)
    results = f"/es/programa/{call.slug}/resultados"
    assert "Revisar su expediente" in text_of(parse(client.get(results).get_data()))
    scores = f"/es/transparencia/convocatorias/{call.slug}/calificaciones.csv"
    with monkeypatch.context() as rules:
        rules.setattr(RulebookVersion, "rules", property(lambda one: replace(read(one.document), scores_public=False)))
        assert client.get(scores).status_code == 404
        assert scores not in client.get(f"/es/convocatorias/{call.slug}/resultados").text
    assert scores in client.get(f"/es/convocatorias/{call.slug}/resultados").text
    assert {row["committee"] for row in read_csv(client, scores)} == {"1"}
    page = f"/es/solicitudes/{refused.id}/resultado"
    assert "Admitida por inconformidad" in text_of(parse(mine.get(page).get_data()))
    public = f"/es/convocatorias/{call.slug}/resultados"
    assert "Adenda a los resultados" not in text_of(parse(client.get(public).get_data()))
    redone = f"--scores calificaciones-{call.slug}.csv"  # by the names under which the files are saved
    assert client.get(public).text.count(redone) == 2
    assert f"calificaciones-{call.slug}.csv" in client.get(scores).headers["Content-Disposition"]
    reviewed(call, other, (5, 5, 5, 5))
    session.commit()
    assert "Publicar como adenda" in text_of(parse(client.get(results).get_data()))
    assert press(client, results, f"{results}/adenda") == 303
    assert press(client, results, f"{results}/adenda") == 409
    released = session.query(Readmission).one()
    assert released.state is ReadmissionState.RELEASED
    addendum = text_of(parse(client.get(public).get_data()))
    assert "Adenda a los resultados" in addendum
    assert redone not in addendum  # two committees are not one order
    assert (released.dossier_code or "?") in addendum
    assert refused.applicant.name not in addendum
    assert "habría tenido apoyo" in text_of(parse(mine.get(page).get_data()))
    rows = read_csv(client, scores)
    assert {row["committee"] for row in rows} == {"1", "2"}
    assert {row["application"] for row in rows if row["committee"] == "2"} == {released.dossier_code}
    told_scores = {one.dossier_code: one.score_text for one in scoring_queries.determinations(call.slug)}
    assert ranked_again(call, rows) == told_scores | {released.dossier_code: released.score_text}


def read_csv(client: FlaskClient, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(client.get(path).get_data().decode("utf-8-sig").splitlines()))


def ranked_again(call: Call, rows: list[dict[str, str]]) -> dict[str, str]:
    """What anybody works out with the published rules from the published scores: each code's official score."""
    assert call.rulebook is not None
    sheets: dict[str, dict[str, dict[str, Fraction]]] = {}
    for row in rows:
        sheet = sheets.setdefault(row["application"], {}).setdefault(row["reviewer"], {})
        sheet[row["criterion"]] = Fraction(row["score"])
    arithmetic = Arithmetic(call.rulebook.rules)
    return {code: str(arithmetic.score(list(readers.values()), ()).rounded) for code, readers in sheets.items()}
