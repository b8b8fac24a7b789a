"""What a committee does beside scoring: learn the scale on samples, discuss a difference, hold a session and sign it."""

from core.context import acting_as
from core.database import session
from scoring import queries, services
from scoring.models import Dossier, Meeting, Panel
from scoring.rules.discrepancy import examine
from scoring.services import ScoreEntry
from scoring.states import AssignmentState, PanelState
from web.demo.calendar import office_hours
from web.demo.committee import reviewers
from web.demo.opinions import CRITERIA
from web.demo.story import Chapter, Story, actor_of

# How two members read the samples: near what was agreed, and further from it where the sample is weak.
READINGS = (((4, 4, 4, 5), (2, 2, 1, 1)), ((4, 5, 3, 4), (4, 2, 3, 2)))
WHY = "Lo que está escrito corresponde a este descriptor, y los anexos lo confirman en parte."
PLACE = "Sala de juntas de la ventanilla, y por videollamada"
SAID = (
    "Le puse menos en viabilidad porque el itinerario deja un solo día entre sedes. ¿Alguien lo leyó de otra forma?",
    "Sí: la carta de quien invita dice que el montaje corre por su cuenta, y por eso me pareció posible.",
)
MOTIONS = (
    "Dar por discutida la diferencia entre las evaluaciones de este expediente; cada quien decide si cambia la suya.",
    "Pedir al programa que la próxima convocatoria diga cuántos días de margen espera entre sedes.",
)


def calibrate(story: Story, panel: Panel) -> None:
    """Let two members who are not the demo's own reviewer score both samples."""
    seats = {seat.reviewer_id: seat for seat in queries.seats_of_panel(panel)}
    for user, marks in zip(reviewers(story)[1:], READINGS, strict=False):
        with acting_as(actor_of(user)):
            for sample, values in zip(queries.samples_of(panel), marks, strict=True):
                given = {name: ScoreEntry(str(value), WHY) for name, value in zip(CRITERIA, values, strict=True)}
                services.read_sample(sample, seats[user.id], given)
    session().commit()


def deliberate(story: Story, panel: Panel, day: int) -> Chapter:
    """Discuss the dossier of the demo's reviewer that is furthest apart, vote on it in a session, sign its minutes."""
    yield office_hours(story.year.day(day))
    people = {user.id: user for user in reviewers(story)}
    dossier = _furthest_apart(panel, queries.seats_of_panel(panel)[0].letter)
    with story.acting("programa"):
        services.advance_panel(panel, PanelState.DISCUSSION)
        meeting = services.convene_meeting(
            panel,
            starts_at=office_hours(story.year.day(day + 4), 17),
            place=PLACE,
            chair=queries.seats_of_panel(panel)[0],
        )
        services.add_point(meeting, MOTIONS[0], dossier)
        services.add_point(meeting, MOTIONS[1])
    readers = [one for one in queries.assignments_of_dossier(dossier) if one.state is AssignmentState.SUBMITTED]
    for assignment, said in zip(readers, SAID, strict=False):
        with acting_as(actor_of(people[assignment.seat.reviewer_id])):
            services.write_note(assignment, said)
    yield office_hours(story.year.day(day + 4), 17)
    _hold(story, meeting)
    yield office_hours(story.year.day(day + 5), 9)
    for member in meeting.attended:
        with acting_as(actor_of(people[member.seat.reviewer_id])):
            services.sign_minutes(meeting, member.seat, meeting.minutes_sha256 or "")
    session().commit()


def _furthest_apart(panel: Panel, letter: str) -> Dossier:
    """Return the dossier that this letter read and on which its readers differ most."""
    rules, sheets = panel.rulebook.rules, queries.submitted_sheets(panel)
    read = [(examine(rules, list(by.values())).spread, code) for code, by in sheets.items() if letter in by]
    code = max(read)[1]
    return next(one for one in queries.open_dossiers(panel) if one.code == code)


def _hold(story: Story, meeting: Meeting) -> None:
    people = {user.id: user for user in reviewers(story)}
    members = meeting.members[:-1] if len(meeting.members) > 2 else meeting.members  # somebody could not come
    with story.acting("programa"):
        services.open_meeting(meeting)
    for member in members:
        with acting_as(actor_of(people[member.seat.reviewer_id])):
            services.register_attendance(meeting, member.seat)
    for position in (1, 2):
        with story.acting("programa"):
            point = services.open_point(meeting, position)
        for number, member in enumerate(members):
            if point.dossier is not None and queries.is_in_conflict(member.seat, point.dossier):
                continue
            choice = "against" if number == 3 else "abstained" if number == 5 and position == 2 else "in_favour"
            with acting_as(actor_of(people[member.seat.reviewer_id])):
                services.cast_vote(meeting, position, member.seat, choice)
        with story.acting("programa"):
            services.close_point(meeting, position)
    with story.acting("programa"):
        services.close_meeting(meeting)
    session().commit()
