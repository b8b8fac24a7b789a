"""Applications that share a person, a journey or a file with others, by the marks that were kept of each."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, SelectBase, exists, func, literal, or_, select, union
from sqlalchemy.orm import joinedload

from accounts.models import User
from core.clock import city_moment, local
from core.database import is_sqlite, session
from grants.models.application import Application, CoApplicant
from grants.models.call import Call
from grants.models.mark import ApplicationAlike, ApplicationMark, SharedMark
from grants.rules.likeness import LikenessKind, Mark, Trait, bits_of, mark_of, people_marks
from grants.states.application import ApplicantKind, ApplicationState
from grants.states.call import CallState
from grants.states.companion import CompanionState

Key = tuple[LikenessKind, str]
Others = dict[Key, dict[int, tuple[int, int]]]  # who else has a mark: by call, how many and one of them


def calls_beside(call: Call) -> list[int]:
    """Return the numbers of a call and of the others of its year in the city, open or over, but not cancelled.

    Who screens does so when calls are closed, and what is limited is limited to a person and a year.
    """
    if call.opens_at is None:
        return [call.id]
    year = local(call.opens_at).year
    beside = select(Call.id).where(
        Call.id != call.id,
        Call.state.not_in((CallState.DRAFT, CallState.CONSULTATION, CallState.CANCELLED)),
        Call.opens_at >= city_moment(date(year, 1, 1)),
        Call.opens_at < city_moment(date(year + 1, 1, 1)),
    )
    return [call.id, *session().scalars(beside.order_by(Call.id))]


@dataclass(frozen=True, slots=True)
class Sharing:
    """How to find applications that share something: asked of each in a list, of a few, or as all their numbers."""

    condition: ColumnElement[bool]
    of_few: ColumnElement[bool]
    numbers: SelectBase


def sharing(calls: Sequence[int], wanted: Iterable[LikenessKind]) -> Sharing:
    """Return how to find the applications of a call that share something of the `wanted` kinds with another one.

    `calls` are its number and those of the calls beside it.
    """
    told, shared, kinds = ApplicationAlike, SharedMark, sorted(wanted)
    own, *beside = calls
    inside = told.call_id == own, told.alike.bitwise_and(bits_of(kinds)) != 0
    # One at a time, and not as a list: a page looks at few, and PostgreSQL does make a list where all are counted.
    condition: ColumnElement[bool] = exists().where(told.application_id == Application.id, *inside)
    numbers: SelectBase = select(told.application_id).where(*inside)
    if not beside:
        return Sharing(condition, condition, numbers)
    elsewhere = shared.call_id == own, shared.other_call_id.in_(beside), shared.kind.in_(kinds)
    those = select(shared.application_id).where(*elsewhere)
    each = exists().where(shared.application_id == Application.id, *elsewhere)
    return Sharing(condition | Application.id.in_(those), condition | each, union(numbers, those))


def bits_inside(call_id: int, numbers: Collection[int]) -> dict[int, int]:
    """Return what each of these applications of a call shares with another of the same call, as one number.

    What is told of them is held until the transaction ends: who adds to it meanwhile does so before or after.
    """
    told = select(ApplicationAlike.application_id).where(ApplicationAlike.application_id.in_(sorted(numbers)))
    session().execute(told.order_by(ApplicationAlike.application_id).with_for_update())
    query = select(SharedMark.application_id, SharedMark.kind).where(
        SharedMark.application_id.in_(sorted(numbers)), SharedMark.other_call_id == call_id
    )
    kinds: dict[int, set[LikenessKind]] = {number: set() for number in numbers}
    for number, kind in session().execute(query.order_by(SharedMark.application_id, SharedMark.kind)):
        kinds[number].add(kind)
    return {number: bits_of(found) for number, found in sorted(kinds.items())}


def likeness_of(application: Application) -> tuple[list[Trait], list[Trait]]:
    """Return what one application could share, and the same of the others that do."""
    kept = marks_of(application)
    told = {(one.kind, one.key): one.said for one in present_marks(application)} if kept else {}
    mine = [Trait(application.id, one.kind, one.key, one.said or told.get((one.kind, one.key), "")) for one in kept]
    query = select(ApplicationMark.application_id, ApplicationMark.kind, ApplicationMark.key, ApplicationMark.said)
    query = query.where(
        ApplicationMark.key.in_(sorted({one.key for one in kept})),
        ApplicationMark.call_id.in_(calls_beside(application.call)),
        ApplicationMark.application_id != application.id,
    )
    rows = session().execute(query.order_by(ApplicationMark.application_id, ApplicationMark.key))
    return mine, [Trait(*row) for row in rows]


def marks_of(application: Application) -> list[Mark]:
    """Return the marks kept of an application: none of one that was not sent, was withdrawn or destroyed."""
    query = select(ApplicationMark.kind, ApplicationMark.key, ApplicationMark.said)
    query = query.where(ApplicationMark.application_id == application.id)
    return [Mark(*row) for row in session().execute(query.order_by(ApplicationMark.kind, ApplicationMark.key))]


def present_marks(application: Application) -> list[Mark]:
    """Return whose an application is, its journey and its files, as they are now: all that no answer says."""
    journey = [Mark(LikenessKind.ITINERARY, application.itinerary_key, "")] if application.itinerary_key else []
    return [
        *who_marks(application),
        *journey,
        *(
            Mark(LikenessKind.FILE, one.stored_file.sha256, one.stored_file.original_name)
            for one in application.submitted_attachments
        ),
    ]


def who_marks(application: Application) -> list[Mark]:
    """Return the marks of the applicant, of whoever travels along and of the organisation."""
    person, body = application.applicant, application.organisation
    if person.is_nobody:
        return []
    found = people_marks(person.email, person.name_folded, person.name)
    for email, known_as, called in _travelling(application) if application.kind is not ApplicantKind.PERSON else ():
        found += people_marks(email, known_as, called)
    number = "".join((body.tax_id or "").split()).replace("-", "").upper() if body is not None else ""
    return [*found, mark_of(LikenessKind.TAX_ID, number, body.name)] if body is not None and number else found


def _travelling(application: Application) -> list[tuple[str | None, str | None, str]]:
    """Return by address, folded name and name who travels along: who accepted may have changed theirs since."""
    query = (
        select(
            func.coalesce(User.email, CoApplicant.email),
            User.name_folded,
            func.coalesce(User.name, CoApplicant.name),
        )
        .select_from(CoApplicant)
        .outerjoin(User, User.id == CoApplicant.user_id)
        .where(CoApplicant.application_id == application.id, CoApplicant.state != CompanionState.DECLINED)
    )
    return [(row[0], row[1], row[2]) for row in session().execute(query.order_by(CoApplicant.id))]


def hold_keys(keys: Iterable[str]) -> None:
    """Let what shares one of these keys pass one at a time until the transaction ends: two sent at once are alike too.

    SQLite's writing transactions already queue; PostgreSQL takes a lock named after each key, always in one order.
    """
    if not is_sqlite():
        numbers = func.unnest(sorted({int(key[:15], 16) for key in keys})).column_valued("number")
        session().execute(select(func.pg_advisory_xact_lock(numbers)))


def others_with(application: Application, keys: Collection[str]) -> Others:
    """Return by mark, of those with these keys, in which calls how many other applications have it, and one of them."""
    mark = ApplicationMark
    query = (
        select(mark.kind, mark.key, mark.call_id, func.count(), func.min(mark.application_id))
        .where(mark.key.in_(sorted(keys)), mark.application_id != application.id)
        .group_by(mark.key, mark.kind, mark.call_id)
        .order_by(mark.key, mark.kind, mark.call_id)
    )
    found: Others = {}
    for kind, key, call_id, count, first in session().execute(query):
        found.setdefault((kind, key), {})[call_id] = count, first
    return found


def told_of(call_id: int, marks: Collection[Key]) -> Select[int, LikenessKind, str, int, int]:
    """Return the SELECT of what every holder of these marks is told: that an application of a call has it too."""
    known = ApplicationMark
    columns = (known.application_id, known.kind, known.key, literal(call_id), known.call_id)
    return select(*columns).where(one_of(known, marks)).order_by(known.application_id, known.key)


def one_of(table: type[ApplicationMark] | type[SharedMark], marks: Collection[Key]) -> ColumnElement[bool]:
    """Return the condition that a row is of one of these marks."""
    return or_(*((table.key == key) & (table.kind == kind) for kind, key in marks))


def sent_with(person: User) -> list[Application]:
    """Return the applications that stand and are a person's own, or in which they travel by account."""
    return _standing((Application.applicant_user_id == person.id) | Application.id.in_(_along(person)))


def _along(person: User) -> Select[int]:
    return select(CoApplicant.application_id).where(CoApplicant.user_id == person.id)


def sent_by(organisation_id: int) -> list[Application]:
    """Return the applications of an organisation that stand."""
    return _standing(Application.organisation_id == organisation_id)


def _standing(whose: ColumnElement[bool]) -> list[Application]:
    query = (
        select(Application)
        .options(joinedload(Application.applicant, innerjoin=True), joinedload(Application.organisation))
        .where(whose, Application.submitted_at.is_not(None), Application.state != ApplicationState.WITHDRAWN)
    )
    return list(session().scalars(query.order_by(Application.id)))


def applications_by_id(numbers: Collection[int]) -> dict[int, Application]:
    """Return applications with their calls, applicants and organisations."""
    query = select(Application).options(
        joinedload(Application.call, innerjoin=True),
        joinedload(Application.applicant, innerjoin=True),
        joinedload(Application.organisation),
    )
    found = session().scalars(query.where(Application.id.in_(numbers)).order_by(Application.id))
    return {one.id: one for one in found}
