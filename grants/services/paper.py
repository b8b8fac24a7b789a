"""Take in applications that came on paper, row by row, each in a transaction of its own that the caller commits."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from accounts.models import User
from accounts.services import open_paper_account
from core.audit import record
from core.clock import city_moment, local, now, today
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.settings import setting
from grants.errors.calls import CallNotOpen
from grants.errors.paper import DraftStands, NotReceivedYet, PersonTwice, ReceivedTooLate, RowWithoutName
from grants.models import Call, PaperApplication, PaperImport
from grants.queries import paper as queries
from grants.rules import form as forms
from grants.rules import paper
from grants.rules.itinerary import read_legs
from grants.rules.likeness import LikenessKind, mark
from grants.rules.places import fold_place
from grants.services.applications import blank_application
from grants.services.course import bring_up_to_date
from grants.services.marks import mark_submission
from grants.services.submission import seal
from grants.states.application import ApplicantKind
from grants.states.call import CallState

TAKES = (CallState.OPEN, CallState.CLOSED)


class RowOutcome(StrEnum):
    """What became of a row."""

    IMPORTED = "imported"
    KNOWN = "known"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A row, what became of it, and why.

    `left_empty` names columns whose words fit no answer, `guessed` says what was taken for another spelling.
    """

    number: int
    outcome: RowOutcome
    name: str = ""
    folio: str = ""
    reason: str = ""
    left_empty: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()


@dataclass
class Register:
    """A register that is being read into a call: its rows below the headings, and whom the call already has."""

    call: Call
    source: PaperImport
    columns: dict[str, int]
    headings: dict[str, str]
    rows: list[tuple[int, list[str]]]
    folios: dict[str, str] = field(default_factory=dict)  # a person's folded name → folio
    curps: dict[str, dict[str, str]] = field(default_factory=dict)  # the same → CURP → folio, of whoever was read
    titles: frozenset[tuple[str, ...]] = frozenset()  # the rows down to the headings, which pages repeat
    sheets_left: Sequence[str] = ()  # of a spreadsheet, that nobody reads here
    genders: Mapping[str, str] = field(default_factory=dict)  # what its column means by a letter


def open_register(
    call: Call,
    data: bytes,
    file_name: str,
    *,
    columns: Mapping[str, str] | None = None,
    received_on: date | None = None,
    sheet: str = "",
) -> Register:
    """Read a register's headings and note the import. Columns not named are those of the call's last import, or found.

    Of a spreadsheet one `sheet` is read; the register says which others there are.

    Raises:
        CallNotOpen: the call takes no applications, or their screening began.
        FieldUnknown, ColumnMissing, HeadingsNotFound, SheetMissing, RegisterUnreadable, RegisterTooLarge.
    """
    bring_up_to_date(call)
    if call.state not in TAKES:
        raise CallNotOpen()
    rows = list(paper.read_rows(data, sheet))
    wanted = _wanted(call, columns or {}, {paper.fold_heading(cell) for _number, row in rows[:60] for cell in row})
    number, places, headings = paper.find_headings(rows, wanted)
    source = PaperImport(
        call_id=call.id,
        file_name=file_name[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        columns=headings,
        received_on=received_on,
        imported_at=now(),
        imported_by_id=actor().user_id,
    )
    session().add(source)
    session().flush()
    record("paper.import_started", "call", call.id, None, {"import": source.id, "sha256": source.sha256})
    below, gender = rows[number:], places.get("gender")
    letters = [row[gender] for _number, row in below if gender < len(row)] if gender is not None else []
    return Register(
        call,
        source,
        places,
        headings,
        below,
        queries.folios_by_name(call),
        titles=frozenset(_said(row) for _number, row in rows[:number]),
        genders=paper.gender_words(letters),
        sheets_left=paper.sheets_left(data, sheet),
    )


def _wanted(call: Call, columns: Mapping[str, str], present: set[str]) -> dict[str, str]:
    for name in columns:
        if name not in paper.FIELDS and forms.question(call.form, name) is None:
            raise paper.FieldUnknown(field=name)
    kept = {name: text for name, text in queries.last_columns(call).items() if paper.fold_heading(text) in present}
    return {**kept, **columns}


def take_rows(register: Register) -> Iterator[TakenRow]:
    """Yield what becomes of each row. The caller commits after each; nothing of a refused one is left to commit.

    The same row is never taken twice, in this import or a later one.
    """
    for number, row in register.rows:
        cells = {name: row[place] if place < len(row) else "" for name, place in register.columns.items()}
        if not any(cells.values()) or paper.is_no_person(row, _name(cells)) or _is_heading(register, row, cells):
            if any(row):
                yield TakenRow(number, RowOutcome.SKIPPED, next(cell for cell in row if cell)[:120])
            continue
        try:
            with session().begin_nested():
                taken = _take(register, number, cells)
            yield taken
        except Refusal as refusal:
            yield TakenRow(number, RowOutcome.REFUSED, _name(cells), reason=refusal.message())


def _said(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(paper.fold_heading(cell) for cell in row if cell)


def _is_heading(register: Register, row: Sequence[str], cells: Mapping[str, str]) -> bool:
    if _said(row) in register.titles:
        return True
    headings = register.headings
    same = [name for name, text in cells.items() if paper.fold_heading(text) == paper.fold_heading(headings[name])]
    return len(same) > 1


def _take(register: Register, number: int, cells: Mapping[str, str]) -> TakenRow:
    name = _name(cells)
    if not name:
        raise RowWithoutName()
    fingerprint = _fingerprint(cells)
    email, curp = paper.read_email(paper.cell(cells, "email")), paper.read_curp(cells.get(paper.CURP, ""))
    if queries.is_known(register.call, fingerprint):
        known_as = _known_as(name, email)
        register.curps.setdefault(known_as, {}).setdefault(curp, register.folios.get(known_as, ""))
        return TakenRow(number, RowOutcome.KNOWN, name)
    moment = _received_at(register, cells)
    gender = register.genders.get(fold_place(cells.get("gender", "")).strip(" ."))
    said = {**cells, "gender": gender} if gender is not None else cells
    answers, left_empty = paper.answers_of(register.call.form, said, register.headings, name)
    home = (str(register.call.form.get("home_country", "")), str(setting("CITY_NAME")["es"]))
    journey, guessed = paper.journey_of(cells, register.headings, home=home)
    legs = [leg.as_json() for leg in read_legs(journey)]
    person = _person(register, name, email, curp)
    application = blank_application(register.call, person, ApplicantKind.PERSON)
    application.answers, application.itinerary = answers, legs
    session().add(application)
    session().flush()
    seal(application, moment)
    session().add(
        PaperApplication(
            application_id=application.id,
            import_id=register.source.id,
            call_id=register.call.id,
            row_number=number,
            fingerprint=fingerprint,
        )
    )
    session().flush()
    mark_submission(application, [mark(LikenessKind.CURP, curp)] if curp else [])
    folio = application.folio or ""
    register.folios[_known_as(name, email)] = folio
    register.curps.setdefault(_known_as(name, email), {})[curp] = folio
    return TakenRow(number, RowOutcome.IMPORTED, name, folio, left_empty=left_empty, guessed=guessed)


def _name(cells: Mapping[str, str]) -> str:
    parts = [paper.cell(cells, part) for part in (paper.NAME, paper.SURNAME, paper.SECOND_SURNAME)]
    name = paper.read_person(" ".join(part for part in parts if part))[:120]
    return name if any(sign.isalpha() for sign in name) else ""


def _known_as(name: str, email: str) -> str:
    return email.casefold() or fold_place(name)


def _person(register: Register, name: str, email: str, curp: str) -> User:
    known_as = _known_as(name, email)
    curps = register.curps.get(known_as, {})
    folio = curps.get(curp) or register.folios.get(known_as)
    is_namesake = curp and curps and curp not in curps and "" not in curps and not email
    if folio is not None and not is_namesake:
        raise PersonTwice(name=name, folio=folio)
    person = open_paper_account(name=name, email=email or None)
    standing = queries.application_of(register.call, person)
    if standing is not None and standing.folio is None:
        raise DraftStands(name=name)
    if standing is not None:
        raise PersonTwice(name=name, folio=standing.folio)
    return person


def _fingerprint(cells: Mapping[str, str]) -> str:
    said = {"reference": cells["reference"]} if cells.get("reference") else dict(cells)
    said[paper.NAME] = fold_place(_name(cells))
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _received_at(register: Register, cells: Mapping[str, str]) -> datetime:
    """Return when the paper came in: a day alone is its noon, and in time until the end of the last day."""
    call, day = register.call, paper.day_of("received_on", cells, register.headings) or register.source.received_on
    assert call.closes_at is not None
    assert call.opens_at is not None
    if day is None:
        day = today()
    if day > today():
        raise NotReceivedYet(day=day.isoformat())
    if not local(call.opens_at).date() <= day <= local(call.closes_at).date():
        raise ReceivedTooLate(day=day.isoformat())
    return min(max(city_moment(day, time(12)), call.opens_at), call.closes_at, now().replace(microsecond=0))
