"""Keep what an application may share with others, and on both sides that it does.

Written in the transaction that sends, changes or takes away what is marked, so that the officers' list asks one index.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import delete, insert, text, update

from accounts.models import Organisation, User
from accounts.services import when_organisation_changes, when_person_changes
from core.database import session
from grants.models.application import Application
from grants.models.mark import ApplicationAlike, ApplicationMark, SharedMark
from grants.queries import likeness as queries
from grants.queries.likeness import Key, Others
from grants.rules import form
from grants.rules.likeness import WHO, LikenessKind, Mark, bits_of, marks_in
from grants.states.application import ApplicationState

_TELL = text(
    "INSERT INTO application_alike (application_id, call_id, alike) VALUES (:number, :call_id, :alike) "
    "ON CONFLICT (application_id) DO UPDATE SET alike = application_alike.alike | excluded.alike"
)


def mark_submission(application: Application, more: Iterable[Mark] = ()) -> None:
    """Keep the marks of what was just sent, in the place of those of the submission before, and `more` of them."""
    answered = marks_in(_about_oneself(application))
    shown = ((one.kind, one.key, "") for one in queries.present_marks(application))
    said = ((one.kind, one.key, one.said) for one in (*answered, *more))
    held = _held(application, tuple(LikenessKind)) if application.submissions > 1 else ()
    _keep(application, held, {(kind, key): words for kind, key, words in (*shown, *said)})


def mark_again(application: Application) -> None:
    """Keep again whose an application is, after that changed. One that does not stand has no marks."""
    if application.submitted_at is None or application.state is ApplicationState.WITHDRAWN:
        return
    session().flush()
    _keep(application, _held(application, WHO), {(one.kind, one.key): "" for one in queries.who_marks(application)})


def forget_marks(application: Application) -> None:
    """Drop every mark of an application that was withdrawn or destroyed; what others shared with it falls too."""
    _keep(application, _held(application, tuple(LikenessKind)), {})


@when_person_changes
def mark_applications_of(person: User) -> None:
    """Keep again the marks of every application somebody is part of, after their name or address changed."""
    for application in queries.sent_with(person):
        mark_again(application)


@when_organisation_changes
def mark_applications_by(organisation: Organisation) -> None:
    """Keep again the marks of an organisation's applications, after its tax number changed."""
    for application in queries.sent_by(organisation.id):
        mark_again(application)


def _about_oneself(application: Application) -> Iterator[str]:
    for _step, item in form.questions(application.call.form):
        said = application.answers.get(item["id"])
        if isinstance(said, str) and not item.get("blind"):
            yield said


def _keep(application: Application, held: Collection[Key], wanted: dict[Key, str]) -> None:
    gone, new = sorted(set(held) - wanted.keys()), sorted(wanted.keys() - set(held))
    if not gone and not new:
        return
    queries.hold_keys(key for _kind, key in (*gone, *new))
    others = queries.others_with(application, {key for _kind, key in (*gone, *new)})
    if gone and new:
        _take_rows(application, others)
    if gone:
        _drop(application, gone, others)
    if new:
        _add(application, {mark: wanted[mark] for mark in new}, others)


def _take_rows(application: Application, others: Others) -> None:
    """Hold what is told of whoever either step touches, in one order: two at once then wait, but not for each other."""
    here = (calls.get(application.call_id, (0, 0)) for calls in others.values())
    touched = {application.id, *(only for count, only in here if count == 1)}
    _tell(application.call_id, dict.fromkeys(touched, 0))


def _held(application: Application, kinds: Collection[LikenessKind]) -> list[Key]:
    return [(one.kind, one.key) for one in queries.marks_of(application) if one.kind in kinds]


def _add(application: Application, marks: dict[Key, str], others: Others) -> None:
    mine, call_id = application.id, application.call_id
    rows = [
        {"application_id": mine, "kind": kind, "key": key, "call_id": call_id, "said": said}
        for (kind, key), said in marks.items()
    ]
    shared, first_here = [], []
    alike: dict[int, set[LikenessKind]] = defaultdict(set)
    for kind, key in marks:
        calls = others.get((kind, key), {})
        shared += [_shared(mine, call_id, kind, key, other) for other in calls]
        count, only = calls.get(call_id, (0, 0))
        if count:
            alike[mine].add(kind)
        if count == 1:  # it was the only one of this call: two already told each other, and everybody else
            shared.append(_shared(only, call_id, kind, key, call_id))
            alike[only].add(kind)
        elif calls and count == 0:
            first_here.append((kind, key))
    if first_here:
        names = ("application_id", "kind", "key", "other_call_id", "call_id")
        session().execute(insert(SharedMark).from_select(names, queries.told_of(call_id, first_here)))
    session().execute(insert(ApplicationMark), rows)
    if shared:
        session().execute(insert(SharedMark), shared)
    _tell(call_id, {number: bits_of(kinds) for number, kinds in alike.items()})


def _tell(call_id: int, alike: dict[int, int]) -> None:
    if alike:
        rows = [{"number": number, "call_id": call_id, "alike": bits} for number, bits in sorted(alike.items())]
        session().execute(_TELL, rows)


def _drop(application: Application, marks: list[Key], others: Others) -> None:
    mine, call_id, keys = application.id, application.call_id, [key for _kind, key in marks]
    for table in (SharedMark, ApplicationMark):
        session().execute(delete(table).where(table.application_id == mine, table.key.in_(keys)))
    shared = delete(SharedMark).where(SharedMark.other_call_id == call_id)
    if left_none := [mark for mark in marks if mark in others and call_id not in others[mark]]:
        session().execute(shared.where(queries.one_of(SharedMark, left_none)))
    alone = {mine}
    for mark in marks:
        count, only = others.get(mark, {}).get(call_id, (0, 0))
        if count == 1:  # the one that is left in this call shares it with nobody here
            session().execute(shared.where(queries.one_of(SharedMark, [mark]), SharedMark.application_id == only))
            alone.add(only)
    told = ApplicationAlike
    for number, bits in queries.bits_inside(call_id, alone).items():
        session().execute(update(told).where(told.application_id == number, told.alike != bits).values(alike=bits))
    session().execute(delete(told).where(told.application_id.in_(sorted(alone)), told.alike == 0))


def _shared(number: int, call_id: int, kind: LikenessKind, key: str, other_call_id: int) -> dict[str, Any]:
    row = {"application_id": number, "kind": kind, "key": key}
    return {**row, "other_call_id": other_call_id, "call_id": call_id}
