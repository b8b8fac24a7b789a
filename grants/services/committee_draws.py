"""Draw the people of a committee from the roster: promised, drawn and repeated as the lots that break ties."""

import secrets

from core.audit import record
from core.clock import now
from core.database import session
from core.language import in_language
from grants.emails import roster as letters
from grants.errors.awards import NoPanel, NoRulebook
from grants.errors.roster import (
    CommitteeFixed,
    DrawDone,
    DrawNotDone,
    DrawWaiting,
    NobodyLeft,
    RandomnessMissing,
    SeatsFull,
    TooFewOnRoster,
)
from grants.models import Call, CommitteeDraw, ReviewerProfile
from grants.queries import roster as queries
from grants.services.conflicts import hand_over_conflicts, seat_reviewer_on
from grants.states.roster import RosterState
from scoring import queries as scoring_queries
from scoring.models import Panel
from scoring.rules.lots import Commitment, Reveal, commit, draw
from scoring.services.lots import SECRET_BYTES
from scoring.services.phases import BEFORE_RANKING

LONGEST_RANDOMNESS = 400
OFF_ROSTER, BARRED = "off_roster", "barred"


def commit_committee_draw(call: Call, *, seats: int, source: str) -> CommitteeDraw:
    """Promise a lot of `seats` places among everybody on the roster who may judge a call.

    `source` names, in the words shown to the public, the randomness that does not exist yet.

    Raises:
        NoRulebook: it says how often the secret is hashed. NoPanel, CommitteeFixed: nobody can be seated.
        DrawWaiting: one is promised already. TooFewOnRoster: fewer people than seats.
    """
    session().refresh(call, with_for_update=True)
    _panel(call)
    if call.rulebook is None:
        raise NoRulebook()
    earlier = queries.draws_of(call)
    if any(not one.is_drawn for one in earlier):
        raise DrawWaiting()
    labels = [profile.code for profile in queries.pool_of(call)]
    if len(labels) < seats:
        raise TooFewOnRoster(found=len(labels), seats=seats)
    iterations = call.rulebook.rules.lot_iterations
    secret = secrets.token_hex(SECRET_BYTES)
    promise = commit(labels, source, secret.encode(), iterations)
    found = CommitteeDraw(
        call_id=call.id,
        number=len(earlier) + 1,
        seats=seats,
        labels=list(promise.labels),
        randomness_source={"es": source, "en": source},
        iterations=iterations,
        commitment=promise.digest,
        secret=secret,
        committed_at=now(),
        places={},
        called=[],
        passed_over={},
    )
    session().add(found)
    session().flush()
    record("committee_draw.committed", "call", call.id, None, {"commitment": promise.digest, "labels": len(labels)})
    return found


def draw_committee(found: CommitteeDraw, randomness: str) -> list[ReviewerProfile]:
    """Draw with the public randomness and seat the first who still may; return them in the order of the lot.

    Raises:
        DrawDone, RandomnessMissing, NoPanel, CommitteeFixed.
    """
    session().refresh(found, with_for_update={"of": CommitteeDraw})
    if found.is_drawn:
        raise DrawDone()
    randomness = randomness.strip()
    if not randomness or len(randomness) > LONGEST_RANDOMNESS:
        raise RandomnessMissing()
    _panel(found.call)
    promise = Commitment(tuple(found.labels), found.randomness_source["es"], found.iterations, found.commitment)
    order = draw(promise, Reveal(found.secret.encode(), randomness))
    found.randomness, found.drawn_at = randomness, now()
    found.places = {label: place for place, label in enumerate(order, start=1)}
    session().flush()
    record("committee_draw.drawn", "call", found.call_id, None, {"draw": found.id, "randomness": randomness})
    return _call_next(found, found.seats)


def call_next(found: CommitteeDraw) -> ReviewerProfile:
    """Seat the next of the lot in the place of somebody who left.

    Raises:
        DrawNotDone, SeatsFull: nobody left. NobodyLeft: the lot is used up. NoPanel, CommitteeFixed.
    """
    session().refresh(found, with_for_update={"of": CommitteeDraw})
    if not found.is_drawn:
        raise DrawNotDone()
    if free_seats(found) == 0:
        raise SeatsFull()
    seated = _call_next(found, 1)
    if not seated:
        raise NobodyLeft()
    return seated[0]


def free_seats(found: CommitteeDraw) -> int:
    """Return how many seats of a drawn lot nobody sits on now."""
    panel = scoring_queries.panel_of_call(found.call.slug)
    if panel is None:
        return found.seats
    sitting = {seat.reviewer_id for seat in scoring_queries.seats_of_panel(panel)}
    drawn = queries.people_by_code(found.called).values()
    return max(0, found.seats - sum(profile.user_id in sitting for profile in drawn))


def _call_next(found: CommitteeDraw, wanted: int) -> list[ReviewerProfile]:
    _panel(found.call)
    order = sorted(found.places, key=lambda label: found.places[label])
    waiting = [label for label in order if label not in found.called and label not in found.passed_over]
    people = queries.people_by_code(waiting)
    barred = queries.people_barred(found.call, [one.user_id for one in people.values()])
    seated: list[ReviewerProfile] = []
    called, passed_over = list(found.called), dict(found.passed_over)
    for label in waiting:
        if len(seated) == wanted:
            break
        profile = people.get(label)
        if profile is None or profile.state is not RosterState.ADMITTED:
            passed_over[label] = OFF_ROSTER
        elif profile.user_id in barred:
            passed_over[label] = BARRED
        else:
            keywords = [f"eje-{axis}" for axis in profile.axes or found.call.axes] + profile.keywords
            seat_reviewer_on(found.call, profile.person, keywords=keywords)
            called.append(label)
            seated.append(profile)
    found.called, found.passed_over = called, passed_over
    session().flush()
    record("committee_draw.called", "call", found.call_id, None, {"draw": found.id, "called": called})
    for profile in seated:
        with in_language(profile.person.language):
            letters.write_drawn(profile, found.call)
    hand_over_conflicts(found.call)
    return seated


def _panel(call: Call) -> Panel:
    panel = scoring_queries.panel_of_call(call.slug)
    if panel is None:
        raise NoPanel()
    if panel.state not in BEFORE_RANKING:
        raise CommitteeFixed()
    return panel
