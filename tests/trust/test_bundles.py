"""Many receipts in one file: whose they are, what is inside, how it is made and how long it stays."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from core.clock import FrozenClock
from core.files import StoredFile, read, read_parts, store_stream
from core.jobs import Job, JobState, run_due
from core.roles import Role
from tests.factories.accounts import make_organisation, make_user
from tests.factories.trust import give, give_in_kind, make_books, make_fund, pesos
from trust import queries
from trust.errors import ReceiptTampered
from trust.models import Receipt, ReceiptBundle
from trust.services import bundles, cancel_receipt, receipt_bytes

pytestmark = pytest.mark.usefixtures("clock")
Login = Callable[..., User]


def opened(data: bytes) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """The files of a ZIP and the lines of its index."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
        files = {name: archive.read(name) for name in archive.namelist()}
    text = files.pop("indice.csv").decode("utf-8-sig")
    return files, list(csv.DictReader(io.StringIO(text)))


def ask(client: FlaskClient, address: str) -> str:
    answer = client.post(address)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location).removeprefix("http://localhost")


def test_a_file_too_large_to_hold_is_kept_and_read_in_parts(session: Session) -> None:
    whole = bytes(range(256)) * 9_000
    stored = store_stream(io.BytesIO(whole), "grande.zip", "application/zip", "receipts")
    assert (stored.size_bytes, read(stored)) == (len(whole), whole)
    parts = list(read_parts(stored))
    assert b"".join(parts) == whole
    session.rollback()
    assert session.scalars(select(StoredFile)).all() == []


def test_the_treasurer_takes_away_what_the_filters_in_the_address_name(
    client: FlaskClient, login: Login, session: Session
) -> None:
    make_books(2026)
    fund, other = make_fund(), make_fund()
    inside = give(fund, pesos(1), received_on=date(2026, 2, 1), public_name="=HYPERLINK(1)")
    give(fund, pesos(2), received_on=date(2026, 1, 31))
    give(other, pesos(3), received_on=date(2026, 2, 1))
    give_in_kind(fund, pesos(4))
    session.commit()
    login(Role.TREASURER)
    query = f"?desde=2026-02-01&hasta=2026-03-02&serie=A&bolsa={fund.code}"
    page = client.get(f"/es/tesoreria/recibos{query}").get_data(as_text=True)
    assert inside.receipt is not None
    assert "1 resultado" in page
    assert inside.receipt.code in page
    assert f'action="/es/tesoreria/recibos/zip{query.replace("&", "&amp;")}"' in page
    address = ask(client, f"/es/tesoreria/recibos/zip{query}")
    waiting = client.get(address).get_data(as_text=True)
    assert 'data-job="waiting"' in waiting
    assert client.get(f"{address}/archivo").status_code == 404
    run_due()
    done = client.get(address).get_data(as_text=True)
    assert 'data-job="finished"' in done
    assert '<progress max="1" value="1"' in done
    answer = client.get(f"{address}/archivo")
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/zip", "nosniff")
    assert "recibos-2026-03-02" in answer.headers["Content-Disposition"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    files, lines = opened(answer.data)
    assert files == {f"recibo-{inside.receipt.code}.pdf": receipt_bytes(inside.receipt)}
    (line,) = lines
    assert (line["Recibo"], line["A nombre de"], line["Cantidad"], line["Moneda"]) == (
        inside.receipt.code, "'=HYPERLINK(1)", "1.00", "MXN",
    )  # fmt: skip


def test_a_giver_takes_away_their_own_and_their_organisations_year_and_nobody_elses(
    client: FlaskClient, login: Login, session: Session
) -> None:
    fund = make_fund()
    first, second = make_user(Role.SPONSOR_CONTACT), make_user(Role.SPONSOR_CONTACT)
    ours = [
        give(fund, pesos(1), giver_user=first),
        give(fund, pesos(2), giver_organisation=make_organisation(first)),
    ]
    give(fund, pesos(3), giver_organisation=make_organisation(second))
    give(fund, pesos(4))
    session.commit()
    assert client.post("/es/mis-aportaciones/recibos/zip").status_code in (302, 303, 401)
    login(first)
    address = ask(client, "/es/mis-aportaciones/recibos/zip?anio=2026")
    run_due()
    files, _lines = opened(client.get(f"{address}/archivo").data)
    assert set(files) == {f"recibo-{one.receipt.code}.pdf" for one in ours if one.receipt}
    assert address in client.get("/es/mis-aportaciones/recibos").get_data(as_text=True)
    nothing = client.post("/es/mis-aportaciones/recibos/zip?anio=2025")
    assert nothing.location.endswith("/es/mis-aportaciones/recibos?anio=2025")
    assert "No hay recibos con esos filtros" in client.get(nothing.location).get_data(as_text=True)
    for stranger in (second, make_user(Role.TREASURER)):
        login(stranger)
        assert (client.get(address).status_code, client.get(f"{address}/archivo").status_code) == (404, 404)


def test_the_treasurys_list_is_closed_to_others_and_the_auditor_only_reads(
    client: FlaskClient, login: Login, session: Session
) -> None:
    give(make_fund(), pesos(1))
    session.commit()
    login(Role.SPONSOR_CONTACT)
    assert client.get("/es/tesoreria/recibos").status_code == 403
    assert client.post("/es/tesoreria/recibos/zip").status_code == 403
    login(Role.AUDITOR)
    assert client.get("/es/tesoreria/recibos").status_code == 200
    assert client.post("/es/tesoreria/recibos/zip").status_code == 403


@pytest.fixture
def asked(client: FlaskClient, login: Login, session: Session) -> tuple[str, list[Receipt]]:
    fund = make_fund()
    for _ in range(5):
        give(fund, pesos(1))
    session.commit()
    login(Role.TREASURER)
    address = ask(client, "/es/tesoreria/recibos/zip")
    return address, list(session.scalars(select(Receipt).order_by(Receipt.id)))


def test_it_is_made_in_parts_whose_progress_is_seen_and_begun_again_when_the_worker_dies(
    client: FlaskClient, session: Session, asked: tuple[str, list[Receipt]], monkeypatch: pytest.MonkeyPatch,
    clock: FrozenClock,
) -> None:  # fmt: skip
    address, receipts = asked
    monkeypatch.setattr("trust.queries.bundles.PART", 2)
    seen: list[tuple[int, int]] = []
    whole = receipt_bytes

    def dies_at_the_fourth(receipt: Receipt) -> bytes:
        job = session.scalars(select(Job).where(Job.kind == "trust.bundle_receipts")).one()
        seen.append((job.progress_done, job.progress_total))
        if receipt.code == receipts[3].code and job.attempts == 1:
            raise OSError("the machine died")
        return whole(receipt)

    monkeypatch.setattr(bundles, "receipt_bytes", dies_at_the_fourth)
    run_due()
    assert seen == [(0, 0), (0, 0), (2, 5), (2, 5)]
    assert client.get(f"{address}/archivo").status_code == 404
    clock.advance(minutes=1)
    run_due()
    files, _lines = opened(client.get(f"{address}/archivo").data)
    assert len(files) == 5
    session.expire_all()
    assert session.scalars(select(Job).where(Job.kind == "trust.bundle_receipts")).one().state == JobState.DONE


def test_what_is_issued_afterwards_is_left_out_and_a_cancelled_one_says_so(
    client: FlaskClient, session: Session, asked: tuple[str, list[Receipt]]
) -> None:
    address, receipts = asked
    cancel_receipt(receipts[0], reason="Se repitió")
    give(make_fund(), pesos(9))
    session.commit()
    run_due()
    files, lines = opened(client.get(f"{address}/archivo").data)
    assert len(files) == 5
    assert [line["Estado"] for line in lines] == ["Cancelado", *["Válido"] * 4]


def test_a_receipt_that_is_not_as_it_was_issued_is_left_out_and_named(
    client: FlaskClient, asked: tuple[str, list[Receipt]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, receipts = asked
    whole = receipt_bytes

    def one_is_another(receipt: Receipt) -> bytes:
        if receipt.code == receipts[1].code:
            raise ReceiptTampered(code=receipt.code)
        return whole(receipt)

    monkeypatch.setattr(bundles, "receipt_bytes", one_is_another)
    run_due()
    files, lines = opened(client.get(f"{address}/archivo").data)
    assert f"recibo-{receipts[1].code}.pdf" not in files
    assert len(files) == 4
    assert "no coincide con el que se emitió" in lines[1]["Archivo"]


def test_it_stays_a_week_and_the_night_clears_it(
    client: FlaskClient, login: Login, session: Session, asked: tuple[str, list[Receipt]], clock: FrozenClock
) -> None:
    address, _receipts = asked
    run_due()
    bundle = session.scalars(select(ReceiptBundle)).one()
    person = session.get_one(User, bundle.requested_by_id)
    assert client.get(f"{address}/archivo").status_code == 200
    clock.set(clock.now() + timedelta(days=7) - timedelta(seconds=1))
    login(person)
    assert client.get(f"{address}/archivo").status_code == 200
    clock.advance(seconds=1)
    assert client.get(f"{address}/archivo").status_code == 410
    page = client.get(address)
    assert (page.status_code, "ya se borró" in page.get_data(as_text=True)) == (200, True)
    clock.advance(days=1)
    run_due()
    session.expire_all()
    assert bundle.cleared_at is not None
    stored = session.get_one(StoredFile, bundle.stored_file_id)
    with pytest.raises(FileNotFoundError):
        read(stored)
    assert queries.bundles_expired(clock.now()) == []
