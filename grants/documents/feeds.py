"""Calls for a feed reader (Atom, RFC 4287) and for a calendar (iCalendar, RFC 5545)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

from core.clock import end_of_day
from core.language import _, in_language, localised
from core.moments import spoken_deadline
from grants.models import Call
from grants.states.call import CallState
from scoring.models import Meeting
from scoring.states import MeetingState

ATOM = "http://www.w3.org/2005/Atom"
LONGEST_LINE = 75  # octets, RFC 5545 section 3.1


def atom_feed(calls: Sequence[Call], *, title: str, home: str, address: str, language: str) -> bytes:
    """Write an Atom feed: each call, and each notice on it, the latest first. `home` is the language's root address."""
    ElementTree.register_namespace("", ATOM)
    entries = sorted(_entries(calls, home), key=lambda entry: entry[0], reverse=True)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _add(feed, "id", address)
    _add(feed, "title", title)
    _add(feed, "updated", _stamp(entries[0][0] if entries else datetime(2000, 1, 1, tzinfo=UTC)))
    _add(feed, "author").append(_named("name", title))
    _add(feed, "link", rel="self", href=address, type="application/atom+xml")
    _add(feed, "link", rel="alternate", href=f"{home}/convocatorias", type="text/html")
    for updated, identity, heading, url, text in entries:
        entry = _add(feed, "entry")
        _add(entry, "id", identity)
        _add(entry, "title", heading)
        _add(entry, "updated", _stamp(updated))
        _add(entry, "link", rel="alternate", href=url, type="text/html")
        _add(entry, "summary", text)
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entries(calls: Sequence[Call], home: str) -> Iterator[tuple[datetime, str, str, str, str]]:
    for call in calls:
        url, title = f"{home}/convocatorias/{call.slug}", localised(call.title)
        text = localised(call.summary)
        if call.closes_at is not None:
            text = " ".join([text, _("Cierra el %(moment)s.", moment=spoken_deadline(call.closes_at))])
        yield call.published_at or call.created_at, url, title, url, text
        for notice in call.addenda:
            heading = _("Aviso %(number)s: %(title)s", number=notice.number, title=title)
            yield notice.at, f"{url}#aviso-{notice.number}", heading, url, notice.reason


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = _plain(text) if text is not None else None
    return child


def _named(name: str, text: str) -> ElementTree.Element:
    child = ElementTree.Element(f"{{{ATOM}}}{name}")
    child.text = _plain(text)
    return child


def _plain(text: str) -> str:
    # Neither format takes control characters; no-break spaces are no such thing.
    return "".join(c for c in text if c.isprintable() or c in "\t\n\u00a0\u202f")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def calendar(calls: Iterable[Call], *, title: str, home: str, host: str) -> bytes:
    """Write a calendar of the moments of calls: opening, closing, end of consultation, results."""
    lines = _begun(host, "PUBLISH")
    lines.append(f"X-WR-CALNAME:{_escaped(title)}")
    for call in calls:
        for kind, moment, heading in _moments(call):
            lines += [
                "BEGIN:VEVENT",
                f"UID:{call.slug}-{kind}@{host}",
                f"DTSTAMP:{_utc(max([call.published_at or call.created_at, *(notice.at for notice in call.addenda)]))}",
                f"SEQUENCE:{len(call.addenda)}",
                f"DTSTART:{_utc(moment)}",
                f"SUMMARY:{_escaped(heading)}",
                f"URL:{home}/convocatorias/{call.slug}",
                f"STATUS:{'CANCELLED' if call.state is CallState.CANCELLED else 'CONFIRMED'}",
                "END:VEVENT",
            ]
    return _written(lines)


def invitation(meeting: Meeting, *, language: str, host: str) -> bytes:
    """Write a calendar entry for one session of a committee, or the one that takes it away. It names nobody."""
    off = meeting.state is MeetingState.CANCELLED
    with in_language(language):
        told = {"number": meeting.number, "call": localised(meeting.panel.title)}
        heading = _("Sesión %(number)s del comité: %(call)s", **told)
    lines = _begun(host, "CANCEL" if off else "PUBLISH")
    lines += [
        "BEGIN:VEVENT",
        f"UID:sesion-{meeting.panel_id}-{meeting.number}@{host}",
        f"DTSTAMP:{_utc(meeting.convened_at)}",
        f"SEQUENCE:{int(off)}",
        f"DTSTART:{_utc(meeting.starts_at)}",
        f"SUMMARY:{_escaped(heading)}",
        f"LOCATION:{_escaped(meeting.place)}",
        f"STATUS:{'CANCELLED' if off else 'CONFIRMED'}",
        "END:VEVENT",
    ]
    return _written(lines)


def _begun(host: str, method: str) -> list[str]:
    return ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{_escaped(host)}//Puente//ES", f"METHOD:{method}"]


def _written(lines: list[str]) -> bytes:
    whole = [*lines, "END:VCALENDAR"]
    return "".join(f"{folded}\r\n" for line in whole for folded in _folded(line)).encode()


def _moments(call: Call) -> Iterator[tuple[str, datetime, str]]:
    title = localised(call.title)
    if call.consultation_closes_at is not None:
        yield "consulta", call.consultation_closes_at, _("Cierra la consulta: %(title)s", title=title)
    if call.published_at is None:
        return  # a draft's calendar may still change
    if call.opens_at is not None:
        yield "abre", call.opens_at, _("Abre: %(title)s", title=title)
    if call.closes_at is not None:
        yield "cierra", call.closes_at, _("Cierra: %(title)s", title=title)
    if call.results_on is not None:
        yield "resultados", end_of_day(call.results_on), _("Resultados: %(title)s", title=title)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    plain = _plain(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\n", "\\n").replace("\t", " ")


def _folded(line: str) -> Iterator[str]:
    """Cut a line at 75 octets, never inside a character; what follows begins with a space."""
    piece = ""
    for character in line:
        if len((piece + character).encode()) > LONGEST_LINE:
            yield piece
            piece = " "
        piece += character
    yield piece
