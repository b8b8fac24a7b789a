"""Applications that share a person, a journey or a file with others: asked for many at once."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from accounts.models import NOBODY, Organisation, User
from core.clock import local
from core.database import session
from core.files import StoredFile
from grants.models.application import Application, Attachment, CoApplicant
from grants.models.call import Call
from grants.models.mark import ApplicationMark
from grants.queries.calls import state_now
from grants.rules.likeness import LikenessKind, Trait
from grants.states.application import ApplicationState
from grants.states.call import CallState
from grants.states.companion import CompanionState

Build = Callable[[Callable[[Any], ColumnElement[bool]]], Any]


def calls_beside(call: Call) -> list[int]:
    """Return the numbers of a call and of the calls of its year that are open now."""
    if call.opens_at is None:
        return [call.id]
    year = local(call.opens_at).year
    dated = select(Call).where(Call.state.in_((CallState.PUBLISHED, CallState.OPEN)), Call.opens_at.is_not(None))
    return [
        call.id,
        *(
            other.id
            for other in session().scalars(dated.order_by(Call.id))
            if other.id != call.id
            and other.opens_at is not None
            and local(other.opens_at).year == year
            and state_now(other) is CallState.OPEN
        ),
    ]


def likeness_of(application: Application) -> tuple[list[Trait], list[Trait]]:
    """Return what one application could share, and the same of the others that do."""
    mine = _traits_of([application.id])
    return mine, _with_keys(mine, calls_beside(application.call))


def sharing(call: Call, wanted: Collection[LikenessKind]) -> ColumnElement[bool]:
    """Return the condition that an application of a call shares something of the `wanted` kinds with another one."""
    scope = Application.call_id.in_(calls_beside(call))
    kinds = []
    for build in dict.fromkeys(_BUILDS[kind] for kind in LikenessKind if kind in wanted):
        every = build(lambda _column: scope)
        first, again = every.subquery(), every.subquery()
        twice = (
            select(first.c.key)
            .where(first.c.kind.in_(sorted(wanted)))
            .group_by(first.c.kind, first.c.key)
            .having(func.min(first.c.application_id) != func.max(first.c.application_id))
        )
        kinds.append(Application.id.in_(select(again.c.application_id).where(again.c.key.in_(twice))))
    return or_(*kinds)


def applications_by_id(numbers: Collection[int]) -> dict[int, Application]:
    """Return applications with their calls."""
    query = select(Application).options(joinedload(Application.call)).where(Application.id.in_(numbers))
    return {one.id: one for one in session().scalars(query.order_by(Application.id))}


def _traits_of(numbers: Sequence[int]) -> list[Trait]:
    if not numbers:
        return []
    here = Application.id.in_(numbers)
    return list(_read(build(lambda _key: here) for build in dict.fromkeys(_BUILDS.values())))


def _with_keys(traits: Iterable[Trait], calls: Collection[int]) -> list[Trait]:
    return list(_read(_holders(traits, calls)))


def _holders(traits: Iterable[Trait], calls: Collection[int]) -> Iterator[Any]:
    """Yield the SELECTs of whatever in these calls has the key of one of `traits`."""
    keys: dict[Build, set[str]] = {}
    for trait in traits:
        keys.setdefault(_BUILDS[trait.kind], set()).add(trait.key)
    inside = Application.call_id.in_(calls)
    for build, wanted in keys.items():
        yield build(_one_of(wanted, inside))


def _one_of(wanted: Collection[str], inside: ColumnElement[bool]) -> Callable[[Any], ColumnElement[bool]]:
    return lambda key: key.in_(sorted(wanted)) & inside


def _read(queries: Iterable[Any]) -> Iterator[Trait]:
    for query in queries:
        for row in session().execute(query):
            yield Trait(row.application_id, LikenessKind(row.kind), row.key, row.said)


def _sent(kind: LikenessKind, key: Any, said: Any) -> Select[Any]:
    columns = (Application.id.label("application_id"), literal(kind.value).label("kind"))
    return select(*columns, key.label("key"), said.label("said")).where(_is_sent())


def _is_sent() -> ColumnElement[bool]:
    return Application.submitted_at.is_not(None) & (Application.state != ApplicationState.WITHDRAWN)


def _people(where: Callable[[Any], ColumnElement[bool]]) -> Any:
    applicants = _sent(LikenessKind.PERSON, User.email, User.name).join(User, User.id == Application.applicant_user_id)
    applicants = applicants.where(User.email.not_like(f"%@{NOBODY}"), where(User.email))
    address = func.coalesce(User.email, CoApplicant.email)  # who accepted may have changed theirs since
    travelling = _sent(LikenessKind.PERSON, address, CoApplicant.name)
    travelling = travelling.join(CoApplicant, CoApplicant.application_id == Application.id)
    travelling = travelling.outerjoin(User, User.id == CoApplicant.user_id)
    travelling = travelling.where(CoApplicant.state != CompanionState.DECLINED, address.is_not(None), where(address))
    return union_all(applicants, travelling)


def _itineraries(where: Callable[[Any], ColumnElement[bool]]) -> Any:
    key = Application.itinerary_key
    return _sent(LikenessKind.ITINERARY, key, literal("")).where(key.is_not(None), where(key))


def _files(where: Callable[[Any], ColumnElement[bool]]) -> Any:
    query = _sent(LikenessKind.FILE, StoredFile.sha256, StoredFile.original_name)
    query = query.join(Attachment, Attachment.application_id == Application.id)
    query = query.join(StoredFile, StoredFile.id == Attachment.stored_file_id)
    return query.where(Attachment.in_submission, where(StoredFile.sha256)).order_by(Attachment.id)


def _marks(where: Callable[[Any], ColumnElement[bool]]) -> Any:
    kind = cast(ApplicationMark.kind, String).label("kind")
    query = select(ApplicationMark.application_id, kind, ApplicationMark.key, ApplicationMark.said)
    query = query.join(Application, Application.id == ApplicationMark.application_id)
    return query.where(_is_sent(), where(ApplicationMark.key)).order_by(ApplicationMark.application_id)


def _tax_ids(where: Callable[[Any], ColumnElement[bool]]) -> Any:
    key = func.upper(func.replace(func.replace(Organisation.tax_id, " ", ""), "-", ""))
    query = _sent(LikenessKind.TAX_ID, key, Organisation.name)
    query = query.join(Organisation, Organisation.id == Application.organisation_id)
    return query.where(Organisation.tax_id.is_not(None), Organisation.tax_id != "", where(key))


def _names(where: Callable[[Any], ColumnElement[bool]]) -> Any:
    """Whole names of people with an account: first name and surname at least."""
    whole = User.name_folded.like("% %") & User.email.not_like(f"%@{NOBODY}")
    applicants = _sent(LikenessKind.NAME, User.name_folded, User.name)
    applicants = applicants.join(User, User.id == Application.applicant_user_id)
    travelling = _sent(LikenessKind.NAME, User.name_folded, User.name)
    travelling = travelling.join(CoApplicant, CoApplicant.application_id == Application.id)
    travelling = travelling.join(User, User.id == CoApplicant.user_id)
    return union_all(applicants.where(whole, where(User.name_folded)), travelling.where(whole, where(User.name_folded)))


_BUILDS: dict[LikenessKind, Build] = {
    LikenessKind.PERSON: _people,
    **dict.fromkeys((LikenessKind.CURP, LikenessKind.RFC, LikenessKind.CLABE, LikenessKind.PHONE), _marks),
    LikenessKind.TAX_ID: _tax_ids,
    LikenessKind.NAME: _names,
    LikenessKind.ITINERARY: _itineraries,
    LikenessKind.FILE: _files,
}
