"""Calls in feed readers and calendars: well-formed whatever a title says, filtered as the list is."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from core.clock import FrozenClock
from core.database import session
from grants import services
from tests.factories.grants import make_draft_call, make_open_call, make_published_call

pytestmark = pytest.mark.usefixtures("session")
ATOM = "{http://www.w3.org/2005/Atom}"
ODD = {"es": "Música, danza; <teatro> & \\ más\nallá " + "ñ" * 80, "en": "Music"}


def entries(client: FlaskClient, url: str) -> list[tuple[str, str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.data)
    return [
        (entry.findtext(f"{ATOM}id", ""), entry.findtext(f"{ATOM}title", ""), entry.findtext(f"{ATOM}updated", ""))
        for entry in feed.findall(f"{ATOM}entry")
    ]


def unfolded(client: FlaskClient, url: str) -> list[str]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    lines = answer.data.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 for line in lines)
    whole: bytes = answer.data.replace(b"\r\n ", b"")
    return whole.decode().splitlines()


def test_feed_tells_of_calls_and_notices_latest_first(client: FlaskClient, clock: FrozenClock) -> None:
    assert entries(client, "/es/convocatorias.atom") == []
    older = make_open_call()
    clock.advance(hours=1)
    newer = make_published_call(title=ODD, axes=[2])
    make_draft_call()
    clock.advance(hours=1)
    assert older.closes_at is not None
    services.extend_deadline(older, older.closes_at + timedelta(days=1), "Hubo un corte.")
    session().commit()
    base = "http://localhost/es/convocatorias"
    found = entries(client, "/es/convocatorias.atom")
    assert found[0] == (
        f"{base}/{older.slug}#aviso-1", "Aviso 1: Movilidad de prueba", "2026-03-02T20:00:00Z"
    )  # fmt: skip
    assert [identity for identity, *_rest in found[1:]] == [f"{base}/{newer.slug}", f"{base}/{older.slug}"]
    assert found[1][1] == ODD["es"]
    assert [identity for identity, *_rest in entries(client, "/es/convocatorias.atom?eje=2")] == [
        f"{base}/{newer.slug}"
    ]


def test_feed_speaks_the_language_of_its_address(client: FlaskClient, clock: FrozenClock) -> None:
    make_published_call(title=ODD)
    session().commit()
    assert [title for _id, title, _when in entries(client, "/en/convocatorias.atom")] == ["Music"]


def test_feed_is_not_sent_twice(client: FlaskClient, clock: FrozenClock) -> None:
    make_open_call()
    session().commit()
    first = client.get("/es/convocatorias.atom")
    assert client.get("/es/convocatorias.atom", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    page = client.get("/es/convocatorias?eje=1").text
    assert "/es/convocatorias.atom?eje=1" in page
    assert "/es/convocatorias.ics?eje=1" in page


def test_calendar_has_the_moments_of_each_call_to_the_second(client: FlaskClient, clock: FrozenClock) -> None:
    call = make_open_call(title=ODD)
    assert call.closes_at is not None
    services.extend_deadline(call, call.closes_at + timedelta(days=1), "Hubo un corte.")
    session().commit()
    for url in ("/es/convocatorias.ics", f"/es/convocatorias/{call.slug}/fechas.ics"):
        lines = unfolded(client, url)
        assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
        assert lines.count("BEGIN:VEVENT") == 4
        assert f"DTSTART:{call.closes_at.strftime('%Y%m%dT%H%M%SZ')}" in lines
        assert "SEQUENCE:1" in lines
        assert "SUMMARY:Cierra: Música\\, danza\\; <teatro> & \\\\ más\\nallá " + "ñ" * 80 in lines


def test_cancelled_call_is_cancelled_in_the_calendar_and_a_draft_is_in_none(
    client: FlaskClient, clock: FrozenClock
) -> None:
    call = make_published_call()
    services.cancel_call(call, "Sin presupuesto.")
    draft = make_draft_call()
    session().commit()
    lines = unfolded(client, "/es/convocatorias.ics")
    assert lines.count("STATUS:CANCELLED") == lines.count("BEGIN:VEVENT") == 4
    assert not any(draft.slug in line for line in lines)
    assert client.get(f"/es/convocatorias/{draft.slug}/fechas.ics").status_code == 404
