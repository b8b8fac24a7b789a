"""Whatever arrives, the answer is a page with a sentence, never a fault of ours."""

import io
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from accounts.models import SessionEnd, User, UserSession
from core.audit import AuditEvent
from core.clock import now
from core.database import db
from core.roles import Role
from tests.web.conftest import World
from tests.web.dom import parse, text_of

SIGN_IN = "/es/cuenta/entrar"


@pytest.fixture
def visitor(world: World) -> Iterator[FlaskClient]:
    """Somebody nobody knows. The form's guard is up."""
    with world.app.test_client() as client:
        yield client


def token(client: FlaskClient, path: str = SIGN_IN) -> str:
    """The token the page's form carries."""
    return str(parse(client.get(path).get_data()).xpath("//main//input[@name='csrf_token']/@value")[0])


def assert_page(answer: TestResponse, status: int, language: str = "es") -> str:
    """Check that an answer is a whole page in the right language which says what happened; return what it says."""
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    tree = parse(answer.get_data())
    assert tree.get("lang")[:2] == language
    said = text_of(tree.xpath("//main")[0])
    assert len(said.split()) > 8, said
    assert said.count(".") >= 1, said
    assert "Traceback" not in said
    assert "Werkzeug" not in said
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert len(answer.headers["X-Request-Id"]) >= 8
    return said


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/es/no-existe", 404),
        ("/es/no/existe/de/verdad?q=1", 404),
        ("/no-existe", 404),
        ("/fr/", 404),
        ("/es/trabajos/99999999999999999999", 404),
        ("/es/personas/-1", 404),
        ("/es/../../etc/passwd", 404),
        ("/es/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/es/%00", 400),
        ("/es/ayuda%00", 400),
        ("/es/?q=%00", 400),
        ("/es/%ff%fe", 404),
        ("/es/%C3%28", 404),
        ("/es/" + "a" * 9000, 404),
        ("/es/wp-login.php", 404),
        ("/es/.env", 404),
        ("/static/../config.py", 404),
    ],
)
def test_an_unknown_address_is_a_page(visitor: FlaskClient, path: str, status: int) -> None:
    assert_page(visitor.get(path), status)


def test_an_unknown_address_answers_in_its_language(visitor: FlaskClient) -> None:
    spanish = assert_page(visitor.get("/es/no-existe"), 404)
    english = assert_page(visitor.get("/en/no-existe"), 404, "en")
    assert spanish != english
    assert_page(visitor.get("/no-existe", headers={"Accept-Language": "en-GB,en;q=0.9,es;q=0.2"}), 404, "en")


@pytest.mark.parametrize(
    "query", ["?q=%ff%fe", "?q=" + "a" * 20_000, "?pagina=%C3%28", "?a[]=1&a[b]=2", "?" + "&" * 500, "?=&=&="]
)
def test_an_odd_query_is_no_fault_of_ours(visitor: FlaskClient, query: str) -> None:
    assert visitor.get(f"/es/{query}").status_code == 200
    assert visitor.get(f"/es/fondos{query}").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"])
@pytest.mark.parametrize("path", ["/es/", SIGN_IN, "/salud"])
def test_a_wrong_method_is_a_page(visitor: FlaskClient, method: str, path: str) -> None:
    assert_page(visitor.open(path, method=method), 405)


def test_reading_where_only_writing_is_meant_is_a_page(visitor: FlaskClient) -> None:
    assert_page(visitor.get("/es/cuenta/salir"), 405)
    assert visitor.options(SIGN_IN).status_code == 200


@pytest.mark.parametrize("forged", ["", "x", "a" * 5000, "IjEyMyI.aaaa.bbbb", "\u2603", "null\x00byte"])
def test_a_forged_token_is_refused_and_what_was_typed_is_not_lost(visitor: FlaskClient, forged: str) -> None:
    visitor.get(SIGN_IN)
    answer = visitor.post(SIGN_IN, data={"csrf_token": forged, "email": "ana@example.org", "password": "secreta"})
    assert "«Atrás»" in assert_page(answer, 400)
    assert b"secreta" not in answer.get_data()


def test_another_visitors_token_is_refused(world: World, visitor: FlaskClient) -> None:
    stolen = token(world.app.test_client())
    visitor.get(SIGN_IN)
    assert_page(visitor.post(SIGN_IN, data={"csrf_token": stolen, "email": "a@example.org", "password": "b"}), 400)


@pytest.mark.parametrize(
    "header",
    [
        {"Cookie": "puente=" + "x" * 4000},
        {"Cookie": "puente=.eJw.forged.signature"},
        {"Cookie": "\xff\xfe=\x01"},
        {"Accept-Language": ";;q=x,,*;q=9," + "es-" * 500},
        {"X-Request-Id": "<script>" + "a" * 500},
        {"If-None-Match": '"' * 99},
        {"If-Modified-Since": "yesterday"},
        {"Range": "bytes=9-1,-,x"},
        {"User-Agent": "\x7f" * 300},
        {"Content-Length": "-5"},
        {"Content-Length": "many"},
        {"X-Forwarded-For": "not an address, ' OR 1=1"},
    ],
    ids=lambda header: f"{next(iter(header))} {next(iter(header.values()))[:12]!r}",
)
def test_an_odd_header_is_no_fault_of_ours(visitor: FlaskClient, header: dict[str, str]) -> None:
    answer = visitor.get("/es/", headers=header)
    assert answer.status_code in (200, 304, 400)
    assert "<script>" not in answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"email": "ana@example.org"}'),
        ("application/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
        ("text/plain", b"email=ana"),
        ("", b"\x00\xff\xfe"),
        ("application/x-www-form-urlencoded; charset=utf-16", "email=añ".encode("utf-16")),
        ("application/x-www-form-urlencoded", b"email=%ff%fe&password=%00&csrf_token=%C3%28"),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00" * 500),
        ("multipart/form-data", b"no boundary named"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nhalf'),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\n--b--\r\n" * 40),
        ("multipart/form-data; boundary=" + "b" * 500, b"--b"),
    ],
)
def test_an_odd_body_is_a_page(visitor: FlaskClient, content_type: str, body: bytes) -> None:
    answer = visitor.post(SIGN_IN, data=body, content_type=content_type)
    assert_page(answer, answer.status_code)
    assert answer.status_code in (400, 413, 415, 422)


def test_a_giant_form_is_refused_by_its_size(world: World, visitor: FlaskClient) -> None:
    limit = world.app.config["MAX_FORM_MEMORY_SIZE"]
    answer = visitor.post(SIGN_IN, data={"csrf_token": token(visitor), "email": "a" * (limit + 1)})
    assert_page(answer, 413)


def test_a_form_of_too_many_parts_is_refused(world: World, visitor: FlaskClient) -> None:
    parts = {f"field{number}": "x" for number in range(world.app.config["MAX_FORM_PARTS"] + 5)}
    answer = visitor.post(SIGN_IN, data={"csrf_token": token(visitor), **parts}, content_type="multipart/form-data")
    assert_page(answer, 413)


def test_a_giant_upload_is_refused_by_its_size(world: World, visitor: FlaskClient) -> None:
    limit = world.app.config["MAX_CONTENT_LENGTH"]
    data = {"csrf_token": token(visitor), "file": (io.BytesIO(b"\0" * (limit + 1)), "a.pdf")}
    assert_page(visitor.post(SIGN_IN, data=data, content_type="multipart/form-data"), 413)


@pytest.mark.parametrize(
    "typed",
    [
        "a" * 100_000,
        "a\x00b@example.org",
        "\ud83d",
        "👩‍👩‍👧" * 500,
        "'; DROP TABLE user_account; --",
        "{{ 7 * 7 }}",
        "%(x)s",
        "\u202eorg",
        " " * 5000,
    ],
    ids=["long", "null", "half a pair", "emoji", "sql", "template", "percent", "reversed", "spaces"],
)
def test_an_overlong_or_odd_field_is_answered_and_kept(visitor: FlaskClient, typed: str) -> None:
    data = {"csrf_token": token(visitor), "email": typed.encode("utf-8", "replace").decode(), "password": "x"}
    answer = visitor.post(SIGN_IN, data=data)
    said = assert_page(answer, 422)
    assert "49" not in said or typed != "{{ 7 * 7 }}"
    shown = parse(answer.get_data()).xpath("//main//input[@name='email']/@value")[0]
    if typed in ("'; DROP TABLE user_account; --", "{{ 7 * 7 }}", "%(x)s"):
        assert shown == typed


def test_a_host_that_is_not_ours_is_refused_where_hosts_are_named(world: World, visitor: FlaskClient) -> None:
    world.app.config["TRUSTED_HOSTS"] = ["localhost"]
    try:
        assert visitor.get("/es/", headers={"Host": "evil.example"}).status_code == 400
        assert visitor.get("/es/").status_code == 200
    finally:
        world.app.config["TRUSTED_HOSTS"] = None


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX: y"]
)
def test_the_way_back_after_signing_in_stays_on_the_site(world: World, elsewhere: str) -> None:
    client = world.client(Role.APPLICANT.value)
    answer = client.get(SIGN_IN, query_string={"next": elsewhere})  # who is in already is led straight on
    assert (answer.status_code, answer.headers["Location"]) == (303, "/es/mi-espacio")
    answer = client.get(SIGN_IN, query_string={"next": "/es/solicitudes"})
    assert answer.headers["Location"] == "/es/solicitudes"


def trail(world: World, action: str) -> list[AuditEvent]:
    """What the audit trail holds of one kind."""
    with world.app.app_context():
        return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def test_people_who_are_turned_away_leave_a_line_and_strangers_none(world: World, visitor: FlaskClient) -> None:
    visitor.post(SIGN_IN, data={"csrf_token": "forged"})
    assert trail(world, "request.forged") == []
    client = world.client(Role.APPLICANT.value)
    assert_page(client.get("/es/bitacora"), 403)
    assert_page(client.post("/es/cuenta/salir", data={"csrf_token": "forged"}), 400)
    (refused,), (forged,) = trail(world, "access.refused"), trail(world, "request.forged")
    assert (refused.subject_id, forged.subject_id) == ("web.audit_list", "accounts.sign_out")
    assert refused.actor_id == forged.actor_id is not None


def test_an_auditor_reads_the_whole_trail_by_thing_person_and_reference(world: World) -> None:
    client = world.client(Role.AUDITOR.value)
    whole = parse(client.get("/es/bitacora").get_data())
    assert len(whole.xpath("//main//tbody/tr")) == 50
    with world.app.app_context():
        event = db.session.scalars(
            select(AuditEvent).where(AuditEvent.actor_id.is_not(None)).order_by(AuditEvent.id)
        ).first()
        assert event is not None
        person = db.session.get_one(User, event.actor_id).email
    query = {"persona": person, "asunto": event.subject, "numero": event.subject_id, "referencia": event.request_id}
    found = parse(client.get("/es/bitacora", query_string=query).get_data())
    assert event.action in text_of(found.xpath("//main//tbody")[0])
    nobody = parse(client.get("/es/bitacora?persona=nadie@example.org").get_data())
    assert nobody.xpath("//main//tbody") == []


def test_what_was_written_is_shown_again_when_the_session_had_ended(world: World) -> None:
    client = world.client(Role.APPLICANT.value)
    text = "La obra viaja a tres ciudades. " * 4
    form = {"csrf_token": token(client, "/es/cuenta/datos"), "name": text, "password": "no se enseña nunca, jamás"}
    with world.app.app_context():
        db.session.execute(update(UserSession).values(ended_at=now(), end_reason=SessionEnd.REVOKED))
        db.session.commit()
    answer = client.post("/es/cuenta/datos", data=form, headers={"Referer": "http://localhost/es/cuenta/datos"})
    assert answer.status_code in (400, 401)
    tree = parse(answer.get_data())
    assert [node.text.strip() for node in tree.xpath("//main//textarea")] == [text.strip()]
    assert "sesión terminó" in text_of(tree.xpath("//main")[0])
    (way,) = tree.xpath("//main//a[contains(@class, 'btn-primary')]/@href")
    assert way == "/es/cuenta/entrar?next=/es/cuenta/datos"
