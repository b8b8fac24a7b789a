"""On a phone, a file whose line is cut half-way goes on where it stood, and the acuse has its very SHA-256."""

import hashlib
import io
import random
import re
from collections.abc import Callable

import pikepdf
import pytest
from playwright.sync_api import CDPSession, expect

from tests.journeys.conftest import Visitor
from tests.journeys.test_applicant import (
    PURPOSE,
    choose,
    go_on,
    open_the_draft,
    plan_the_journey,
    say_who,
    tell_the_project,
)

PHONE = {"width": 360, "height": 740}
SLOW = 600_000  # bytes a second


def a_scan(size: int = 6_000_000) -> bytes:
    """A PDF as large as a scanned letter."""
    with pikepdf.new() as document:
        document.add_blank_page()
        document.Root.Scan = pikepdf.Stream(document, random.Random(11).randbytes(size))
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def line(session: CDPSession, *, cut: bool = False) -> None:
    """Make the phone's line slow, or none."""
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": cut, "latency": 40, "downloadThroughput": -1, "uploadThroughput": SLOW},
    )


@pytest.mark.browser
def test_a_file_cut_half_way_goes_on_and_is_the_one_on_the_acuse(arrive: Callable[..., Visitor]) -> None:
    visitor = arrive(viewport=PHONE)
    open_the_draft(visitor, 0)
    page, scan = visitor.page, a_scan()
    say_who(page)
    tell_the_project(page)
    page.get_by_label("Qué harás y por qué ahora").fill(PURPOSE)
    go_on(page)
    plan_the_journey(page)
    choose(page, "¿El viaje principal es por tierra o mar, sin avión?", "No")
    go_on(page)
    address = page.url
    session = visitor.context.new_cdp_session(page)
    session.send("Network.enable")
    line(session)
    page.get_by_label("Carta de invitación").set_input_files(
        {"name": "carta escaneada.pdf", "mimeType": "application/pdf", "buffer": scan}
    )
    box = page.get_by_role("group", name="carta escaneada.pdf")
    expect(box).to_contain_text(re.compile(r"[1-5]\.\d MB de 6\.0 MB"))
    visitor.offline = True
    line(session, cut=True)
    expect(box).to_contain_text("Sin conexión.")
    page.close(run_before_unload=False)

    visitor.page = page = visitor.context.new_page()
    visitor.watch(page)
    page.goto(address)
    visitor.offline = False
    box = page.get_by_role("group", name="carta escaneada.pdf")
    expect(box.or_(page.get_by_text("Listo: recibimos")).first).to_be_visible()  # it may have arrived meanwhile
    go_on(page)  # at once: the page waits for the file by itself
    expect(page.get_by_role("heading", level=1, name="Revisar y enviar")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Enviar solicitud").click()
    expect(page.get_by_text("Recibimos tu solicitud completa y a tiempo.")).to_be_visible()
    expect(page.get_by_text(hashlib.sha256(scan).hexdigest())).to_be_visible()
