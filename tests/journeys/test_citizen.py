"""A citizen without an account opens the report, reads a chart's table and downloads the data."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visitor


@pytest.mark.browser
def test_a_citizen_reads_the_report_and_takes_the_data_home(arrive: Callable[..., Visitor]) -> None:
    visitor = arrive()
    page = visitor.start()
    visitor.photograph("front-door")
    page.get_by_role("link", name=re.compile("^Ver las cuentas")).first.click()
    visitor.photograph("accounts")
    page.get_by_role("link", name=re.compile(r"^\d{4}$")).first.click()
    chart = page.locator("figure.chart").first
    expect(chart.get_by_role("img")).to_be_visible()
    answer = page.locator("section", has=page.locator("figure.chart")).first
    answer.locator("summary").click()
    rows = answer.get_by_role("row")
    expect(rows.nth(1)).to_be_visible()
    assert re.search(r"\d", rows.nth(1).inner_text())
    visitor.photograph("report")
    with page.expect_download() as caught:
        chart.get_by_role("link", name="CSV").click()
    table = list(csv.reader(io.StringIO(caught.value.path().read_text(encoding="utf-8-sig"))))
    assert len(table) > 1
    assert len({len(row) for row in table}) == 1
    with page.expect_download() as whole:
        page.locator("p", has_text="Descargar este informe").get_by_role("link", name="PDF").click()
    assert whole.value.path().read_bytes().startswith(b"%PDF-")
