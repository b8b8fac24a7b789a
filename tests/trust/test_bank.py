"""The bank's files: read whole or refused by row and reason; matched by rules that give theirs, the rest by hand."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import FrozenClock
from core.errors import IllegalTransition
from core.money import Money
from core.roles import Role
from tests.factories.trust import give, make_fund, pesos, post
from trust import queries
from trust.errors import MatchDiffers, NothingToMatch, ReasonRequired, StatementKnown
from trust.models import BankLine, BankStatement, Fund, FundKind, MatchReason
from trust.rules.bank import CsvMapping, StatementUnreadable, fingerprints, propose_mapping, read_statement
from trust.services import (
    import_statement,
    match_by_hand,
    open_line_again,
    reverse_entry,
    set_line_aside,
    transfer_between_funds,
)
from trust.states import BankLineState

PLAIN = CsvMapping("Fecha", amount="Importe", reference="Referencia", description="Concepto")
TWO = CsvMapping("Fecha", money_in="Abono", money_out="Cargo", dates="dmy", decimal_comma=True, encoding="cp1252")
MT940 = """:20:PUENTE
:25:012180001234567890
:28C:1/1
:60F:C260227MXN1000,00
:61:2603020302C25000,00NTRFFUND-7//BANCO-1
:86:DONATIVO FUNDACION
SEGUNDA LINEA
:61:2603020302D1500,5NMSCNONREF
:86:COMISION
:62F:C260302MXN24499,50
-
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="MXN">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="MXN">24499.50</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="MXN">25000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-03-02</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>FUND-7</EndToEndId></Refs>
<RmtInf><Ustrd>DONATIVO FUNDACION SEGUNDA LINEA</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="MXN">1500.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-03-02</Dt></BookgDt><AddtlNtryInf>COMISION</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="MXN">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts><BookgDt><Dt>2026-03-03</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""
HEADS = [b"", b"<", b":20:", b"{1:", b"Fecha,Importe,Referencia,Concepto\n"]
EXPECTED = [
    (date(2026, 3, 2), 25_000_00, "FUND-7", "DONATIVO FUNDACION SEGUNDA LINEA"),
    (date(2026, 3, 2), -1_500_50, "", "COMISION"),
]


def read(text: str | bytes, mapping: CsvMapping | None = None) -> list[tuple[Any, ...]]:
    data = text.encode() if isinstance(text, str) else text
    found = read_statement(data, "MXN", mapping)
    return [(one.booked_on, one.money.amount_cents, one.reference, one.description) for one in found.lines]


class TestReading:
    def test_the_same_story_in_each_format(self) -> None:
        assert read(MT940) == read(CAMT) == EXPECTED
        table = "Fecha,Importe,Referencia,Concepto\n2026-03-02,25000.00,FUND-7,DONATIVO FUNDACION SEGUNDA LINEA\n"
        assert read(table + '2026-03-02,"-1,500.50",,COMISION\n\n', PLAIN) == EXPECTED

    def test_two_columns_another_delimiter_decimal_commas_and_another_encoding(self) -> None:
        table = "Fecha;Concepto;Cargo;Abono\n02/03/2026;Comisión;1.500,50;\n03/03/2026;Donativo;;25.000,00\n"
        mapping = CsvMapping(**{**_fields(TWO), "description": "Concepto"})
        assert [(one[0].day, one[1], one[3]) for one in read(table.encode("cp1252"), mapping)] == [
            (2, -1_500_50, "Comisión"), (3, 25_000_00, "Donativo"),
        ]  # fmt: skip

    @pytest.mark.parametrize("day", ["02/03/2026", "02-03-2026", "02.03.2026", "02/MAR/2026", "2-mar-2026"])
    def test_a_bank_that_tells_of_the_account_first_and_writes_days_and_signs_its_own_way(self, day: str) -> None:
        told = "Cuenta;0121 8000\n;;;\nFecha;Concepto, o más;Importe;Ref\n"
        mapping = CsvMapping("Fecha", amount="Importe", reference="Ref", dates="dmy", decimal_comma=True)
        assert read(f"{told}{day};a, b, c;1.500,50-;7\n", mapping) == [(date(2026, 3, 2), -1_500_50, "7", "")]
        with pytest.raises(StatementUnreadable) as refused:
            read(f"{told}{day};a;1500.50;7\n", mapping)  # a point that does not group by thousands
        assert refused.value.parameters["row"] == 4

    def test_the_other_encoding_is_refused_rather_than_read_as_gibberish(self) -> None:
        mapping = CsvMapping(**{**_fields(TWO), "description": "Concepto"})
        with pytest.raises(StatementUnreadable) as refused:
            read("Fecha;Concepto;Cargo;Abono\n02/03/2026;Comisión;1,00;\n", mapping)
        assert refused.value.parameters["row"] == 2

    def test_pending_entries_are_left_out_and_a_reference_not_provided_is_looked_for_elsewhere(self) -> None:
        coded = CAMT.replace("<Sts>PDNG</Sts>", "<Sts><Cd>PDNG</Cd></Sts>")
        other = coded.replace("FUND-7</EndToEndId>", "NOTPROVIDED</EndToEndId><AcctSvcrRef>FUND-7</AcctSvcrRef>")
        assert read(coded) == read(other) == EXPECTED

    def test_other_balances_say_nothing_and_who_paid_is_told_where_nothing_else_is(self) -> None:
        more = '<Bal>\n<Tp><CdOrPrtry><Cd>{}</Cd></CdOrPrtry></Tp><Amt Ccy="{}">7</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        more += "</Bal><Bal>"
        other = CAMT.replace("<Bal>", more.format("CLAV", "JPY"), 1).replace("<Bal>", more.format("PRCD", "MXN"), 1)
        assert read(other) == EXPECTED
        named = other.replace(
            "<AddtlNtryInf>COMISION</AddtlNtryInf>", "<NtryDtls><Cdtr><Nm>Banco</Nm></Cdtr></NtryDtls>"
        )
        assert read(named)[1] == (date(2026, 3, 2), -1_500_50, "", "Banco")

    def test_accents_in_swift_are_read_in_the_banks_own_code_page(self) -> None:
        assert read(MT940.replace("COMISION", "COMISIÓN").encode("cp1252"))[1][3] == "COMISIÓN"

    def test_statements_of_one_account_in_a_row_are_one_and_others_are_refused(self) -> None:
        head, rest = CAMT.split("<Stmt>")
        day = "<Stmt>" + rest.split("</BkToCstmrStmt>")[0].replace(
            "<Bal>", "<Acct><Id><IBAN>A</IBAN></Id></Acct><Bal>", 1
        )
        after = day.replace("24499.50", "47999.00").replace(">1000.00", ">24499.50")
        tail = "</BkToCstmrStmt></Document>"
        found = read_statement(f"{head}{day}{after}{tail}".encode(), "MXN", None)
        assert len(found.lines) == 4
        assert (found.opening, found.closing) == (Money(1_000_00, "MXN"), Money(47_999_00, "MXN"))
        swift = MT940.replace("24499,50", "47999,00").replace("MXN1000,00", "MXN24499,50")
        assert read(MT940 + swift) == EXPECTED * 2
        for broken, reason in [
            (f"{head}{day}{after.replace('IBAN>A', 'IBAN>B')}{tail}", "varias cuentas"),
            (f"{head}{day}{day}{tail}", "no es con el que terminó"),
            (MT940 + swift.replace(":25:01", ":25:02"), "varias cuentas"),
            (MT940 + MT940, "no es con el que terminó"),
        ]:
            with pytest.raises(StatementUnreadable, match=reason):
                read(broken)

    def test_lines_of_swift_as_banks_write_them(self) -> None:
        lines = [
            (":61:260302C500NTRFNONREF", 500_00, ""),
            (":61:260302    CF500,S   XY", 500_00, "XY"),
            (":61:2603020302RC10,5N527\nVuelta de un abono", -10_50, ""),
            (":61:2603020302RD10,5NOV NONREF//B-7", 10_50, "B-7"),
            (":61:2603020302DR0,50NTRFREF DE 16 LETRAS//X\n:NS:0102", -50, "REF DE 16 LETRAS"),
        ]
        for line, cents, reference in lines:
            closing = f"{(1000_00 + cents) / 100:.2f}".replace(".", ",")
            head, foot = "BANCO\n940\n:20:A\n:25:1\n\n:60F:C260301MXN1000,", ":86:de todo\n-XXX\n"
            text = f"{head}\n{line}\n:62F:C260302MXN{closing}\n{foot}"
            says = "Vuelta de un abono" if "Vuelta" in line else ""
            assert read(text) == [(date(2026, 3, 2), cents, reference, says)]

    @pytest.mark.parametrize(
        ("words", "signs"),
        [("AC", "+-"), ("DC", "-+"), ("HD", "+-"), ("+-", "+-"), (["Abono", "CARGO"], "+-"), (["Débito", "cr"], "-+")],
    )
    def test_a_column_may_say_which_way_it_went(self, words: str | list[str], signs: str) -> None:
        mapping = CsvMapping("Fecha", amount="IMPORTE ", direction="tipo")
        rows = "".join(f"2026-03-0{day},{word},5.00\n" for day, word in enumerate(words, start=1))
        assert [one[1] for one in read(f"fecha,Tipo,Importe\n{rows}", mapping)] == [
            500 if sign == "+" else -500 for sign in signs
        ]
        for row in ("2026-03-03,C,5\n", "2026-03-03,x,5\n", "2026-03-03,abono,-5\n"):
            with pytest.raises(StatementUnreadable) as refused:
                read(f"Fecha,Tipo,Importe\n{row}", mapping)
            assert refused.value.parameters["row"] == 2

    def test_totals_and_balances_are_no_movements_and_must_add_up(self) -> None:
        table = "Fecha;Concepto;Cargo;Abono\n;Saldo anterior;;9,00\n02/03/2026;Uno;1,00;\n02/03/2026;Dos;;3,00\n"
        mapping = CsvMapping(**{**_fields(TWO), "description": "Concepto", "encoding": "utf-8"})
        for tail in ("Total;;1,00;3,00\nSaldo final;11,00\n", ";Totales;-1,00;3,00\n", "Saldo;11\n\n"):
            assert [one[1] for one in read(table + tail, mapping)] == [-100, 300]
        for tail, row in [("Total;;1,00;4,00\n", 5), ("Total;;1,00;3,00\n03/03/2026;Tres;;1,00\n", 6), ("x;y;;1\n", 5)]:
            with pytest.raises(StatementUnreadable) as refused:
                read(table + tail, mapping)
            assert refused.value.parameters["row"] == row

    @pytest.mark.parametrize("data", [b"", b"\n \n", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"PK\x03\x04x"])
    def test_what_is_no_statement_is_said_to_be_none(self, data: bytes) -> None:
        with pytest.raises(StatementUnreadable, match=r"vacío|no es un archivo CSV"):
            read(data, PLAIN)
        with pytest.raises(StatementUnreadable, match=r"vacío|no es un archivo CSV"):
            read(data)

    @pytest.mark.parametrize(
        ("text", "row"),
        [
            ("Fecha,Importe\n2026-03-02,10\n", 1),
            ("Fecha,Importe,Referencia,Concepto\n2026-03-02,10,,x\n2026-13-02,10,,x\n", 3),
            ("Fecha,Importe,Referencia,Concepto\n2026-03-02,diez,,x\n", 2),
            ("Fecha,Importe,Referencia,Concepto\n2026-03-02,0,,x\n", 2),
            ("Fecha,Importe,Referencia,Concepto\n2026-03-02,1.005,,x\n", 2),
            ("Fecha,Importe,Referencia,Concepto\n2026-03-02,=1+1,,x\n", 2),
            ("Fecha,Importe,Referencia,Concepto\n2026-03-02,99999999999999999,,x\n", 2),
            ("Fecha,Importe,Referencia,Concepto\n1026-03-02,10,,x\n", 2),
            ("Fecha,Importe,Referencia,Concepto\n2026-03-02,10\n", 2),
            ("Fecha,Importe,Referencia,Concepto\n", 1),
            ("Fecha,Importe,Importe,Referencia,Concepto\n2026-03-02,1,1,,x\n", 1),
            (b"Fecha,Importe,Referencia,Concepto\n2026-03-02,10,,Comisi\xf3n\n", 2),
            ("Fecha,Importe,Referencia,Concepto\n2026-03-02,10,,a\x00b\n", 2),
            (MT940.replace("24499,50", "24499,51"), 10),
            (MT940.replace("MXN1000", "EUR1000"), 4),
            (MT940.replace("C25000,00", "X25000,00"), 5),
            (MT940.replace(":62F:", ":99X:"), 10),
            (CAMT.replace("24499.50", "24499.51"), 2),
            (CAMT.replace('Ccy="MXN">25000', 'Ccy="EUR">25000'), 5),
            (CAMT.replace("</Stmt>", ""), 14 - 3),
            (CAMT.replace("<Document", '<!DOCTYPE a [<!ENTITY b "c">]><Document'), 1),
            ("no es nada", 1),
            ("", 1),
        ],
    )
    def test_what_cannot_be_taken_whole_is_refused_by_row(self, text: str | bytes, row: int) -> None:
        with pytest.raises(StatementUnreadable) as refused:
            read(text, PLAIN)
        assert refused.value.parameters["row"] == row

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            (
                "Banco;\nFecha operación;Concepto;Cargo;Abono;Saldo\n02/03/2026;Comisión;1.500,50;;7,00\n",
                CsvMapping("Fecha operación", money_in="Abono", money_out="Cargo", description="Concepto", dates="dmy",
                           decimal_comma=True),
            ),
            (
                "Booking Date,Amount,Credit/Debit,Details\n2026-03-02,1500.50,DBIT,Fee\n",
                CsvMapping("Booking Date", amount="Amount", direction="Credit/Debit", description="Details"),
            ),
            (
                "FECHA|REFERENCIA|IMPORTE\n02/03/26|a|-1500.50\n",
                CsvMapping("FECHA", amount="IMPORTE", reference="REFERENCIA", dates="dmy-short"),
            ),
            ("Fecha,Importe\nayer,10\n", None),
            ("Nombre,Importe\nAna,10\n", None),
        ],
    )  # fmt: skip
    def test_columns_are_proposed_from_their_titles_only_where_the_file_then_reads(
        self, text: str, wanted: CsvMapping | None
    ) -> None:
        assert propose_mapping(text.encode(), "MXN") == wanted
        if wanted is not None:
            assert [one[1] for one in read(text, wanted)] == [-1_500_50]
            assert propose_mapping(text.encode("cp1252"), "MXN") == replace(
                wanted, encoding="utf-8" if text.isascii() else "cp1252"
            )

    @given(st.binary(max_size=300), st.sampled_from(HEADS))
    def test_no_bytes_break_it(self, data: bytes, head: bytes) -> None:
        with suppress(StatementUnreadable):
            assert read_statement(head + data, "MXN", PLAIN).lines
        propose_mapping(head + data, "MXN")

    def test_equal_lines_of_one_day_are_two_lines(self) -> None:
        table = "Fecha,Importe,Referencia,Concepto\n" + "2026-03-02,10,,Comisión\n" * 2
        marks = fingerprints(read_statement(table.encode(), "MXN", PLAIN).lines)
        assert len(set(marks)) == 2


def _fields(mapping: CsvMapping) -> dict[str, Any]:
    return {name: getattr(mapping, name) for name in CsvMapping.__slots__}


def table_of(*rows: tuple[str, str, str, str]) -> bytes:
    return "\n".join(["Fecha,Importe,Referencia,Concepto", *(",".join(row) for row in rows)]).encode()


def take(*rows: tuple[str, str, str, str]) -> Any:
    return import_statement(table_of(*rows), "marzo.csv", account="1.1.1", currency="MXN", mapping=PLAIN)


@pytest.fixture
def fund(session: Session, clock: FrozenClock) -> Fund:
    return make_fund()


class TestImporting:
    def test_the_same_file_changes_nothing_and_overlapping_files_count_a_line_once(
        self, session: Session, fund: Fund
    ) -> None:
        first = take(("2026-03-01", "10", "a", "x"), ("2026-03-02", "20", "b", "y"))
        assert (first.new, first.known) == (2, 0)
        with pytest.raises(StatementKnown):
            take(("2026-03-01", "10", "a", "x"), ("2026-03-02", "20", "b", "y"))
        second = take(("2026-03-02", "20", "b", "y"), ("2026-03-02", "20", "b", "y"), ("2026-03-02", "30", "c", "z"))
        assert (second.new, second.known) == (2, 1)
        assert len(session.scalars(select(BankLine)).all()) == 4

    def test_a_file_with_one_bad_row_leaves_nothing(self, session: Session, fund: Fund) -> None:
        with pytest.raises(StatementUnreadable):
            take(("2026-03-01", "10", "a", "x"), ("2026-03-02", "mucho", "b", "y"))
        assert (session.scalars(select(BankLine)).all(), session.scalars(select(BankStatement)).all()) == ([], [])

    def test_looking_for_known_lines_asks_the_same_however_long_the_file(
        self, session: Session, fund: Fund, count_queries: Callable[[], AbstractContextManager[list[str]]]
    ) -> None:
        asked = []
        for rows in (1, 60):  # a database takes so many values in one question, and a file has more lines
            with count_queries() as sent:
                take(*[("2026-03-02", str(cents), "", "Depósito") for cents in range(1, rows + 1)])
            asked.append([one for one in sent if one.startswith("SELECT bank_line.fingerprint")])
        assert len(asked[0]) == 1
        assert asked[0] == asked[1]


class TestMatching:
    def test_a_cited_number_and_a_lone_amount_match_with_their_reason_and_doubt_does_not(
        self, session: Session, fund: Fund
    ) -> None:
        cited, _twin = post(fund, 100_00), post(fund, 100_00)
        lone = post(fund, 777_00)
        post(fund, 50_00)
        done = take(
            ("2026-03-02", "100", cited.label, "Donativo"), ("2026-03-03", "777", "", "Donativo"),
            ("2026-03-02", "50", "", "Uno"), ("2026-03-02", "50", "", "Dos"),
        )  # fmt: skip
        found = {line.description + str(line.money): line for line in session.scalars(queries.bank_lines())}
        assert done.matched == 2
        matched = {key: [(one.entry_id, one.reason) for one in line.matches] for key, line in found.items()}
        assert matched == {
            "Donativo100.00 MXN": [(cited.id, MatchReason.NUMBER)],
            "Donativo777.00 MXN": [(lone.id, MatchReason.AMOUNT)],
            "Uno50.00 MXN": [],
            "Dos50.00 MXN": [],
        }

    def test_an_entry_too_far_in_time_is_not_taken_for_the_line(self, session: Session, fund: Fund) -> None:
        post(fund, 100_00, on=date(2026, 2, 24))
        assert take(("2026-03-02", "100", "", "x")).matched == 0
        assert take(("2026-03-01", "100", "", "y")).matched == 1

    def test_one_line_may_be_several_entries_that_add_up_to_it(self, session: Session, fund: Fund) -> None:
        entries = [post(fund, 40_00), post(fund, 60_00)]
        take(("2026-03-02", "100", "", "Depósito en ventanilla"))
        (line,) = session.scalars(queries.bank_lines()).all()
        with pytest.raises(MatchDiffers):
            match_by_hand(line, [entries[0].id])
        with pytest.raises(NothingToMatch):
            match_by_hand(line, [])
        with pytest.raises(NothingToMatch):
            match_by_hand(line, [entries[0].id, 99_999])
        match_by_hand(line, [one.id for one in entries])
        assert (line.state, queries.unmatched_moves("1.1.1", "MXN")) == (BankLineState.MATCHED, [])
        with pytest.raises(IllegalTransition):
            match_by_hand(line, [entries[0].id])
        open_line_again(line)
        assert [one.entry_id for one in queries.unmatched_moves("1.1.1", "MXN")] == [one.id for one in entries]

    def test_what_cancels_itself_in_the_books_waits_for_no_line(self, session: Session, fund: Fund) -> None:
        reverse_entry(post(fund, 100_00), reason="Duplicado")
        give(fund, pesos(100))
        transfer_between_funds(
            source=fund, target=make_fund(FundKind.DESIGNATED), money=pesos(50), on=date(2026, 3, 2), memo="x",
            idempotency_key="x",
        )  # fmt: skip
        assert [one.money for one in queries.unmatched_moves("1.1.1", "MXN")] == [pesos(100)]

    def test_a_line_set_aside_says_why_and_still_counts_in_the_difference(self, session: Session, fund: Fund) -> None:
        take(("2026-03-02", "-35", "", "Comisión"))
        (line,) = session.scalars(queries.bank_lines()).all()
        with pytest.raises(ReasonRequired):
            set_line_aside(line, reason=" ")
        set_line_aside(line, reason="La devuelve el banco")
        found = queries.reconciliation("1.1.1", "MXN")
        assert found is not None
        assert (found.only_bank, queries.lines_open()) == (Money(-35_00, "MXN"), 0)

    def test_open_items_explain_the_difference_to_the_cent(self, session: Session, fund: Fund) -> None:
        post(fund, 1_000_00, on=date(2026, 2, 27))
        post(fund, 300_00)
        import_statement(MT940.encode(), "m.sta", account="1.1.1", currency="MXN", mapping=None)
        found = queries.reconciliation("1.1.1", "MXN")
        assert found is not None
        assert (found.bank, found.books) == (Money(24_499_50, "MXN"), pesos(1_300))
        assert (found.only_bank, found.only_books) == (Money(23_499_50, "MXN"), pesos(300))
        assert found.unexplained == pesos(0)
        post(fund, 5_00, on=date(2026, 2, 26))  # before the first file: in its opening balance, or missing there
        again = queries.reconciliation("1.1.1", "MXN")
        assert again is not None
        assert again.unexplained == pesos(-5)


class TestPages:
    def test_from_the_file_to_the_last_line(
        self, client: FlaskClient, login: Callable[..., Any], session: Session, fund: Fund
    ) -> None:
        entries = [post(fund, 40_00), post(fund, 60_00)]
        session.commit()
        login(Role.TREASURER)
        typed = {"account": "1.1.1", "currency": "MXN", "booked_on": "Fecha", "amount": "Importe", "dates": "iso",
                 "reference": "Referencia", "description": "Concepto", "encoding": "utf-8"}  # fmt: skip
        address = "/es/tesoreria/banco/importar"

        def send(data: bytes, **changes: str) -> Any:
            sent = {**typed, **changes, "statement": (io.BytesIO(data), "marzo.csv")}
            return client.post(address, data=sent, content_type="multipart/form-data")

        bad = send(b"Fecha,Importe,Referencia,Concepto\n2026-03-02,mucho,,x\n")
        assert bad.status_code == 422
        assert "Renglón 2" in bad.get_data(as_text=True)
        assert 'value="Importe"' in bad.get_data(as_text=True)
        assert client.post(address, data=typed).status_code == 422
        good = table_of(("2026-03-02", "100", "", "=HYPERLINK(1)"), ("2026-03-02", "-5", "", "Comisión"))
        asked = send(good, booked_on="", amount="").get_data(as_text=True)
        assert "Las columnas se proponen" in asked
        assert 'value="Importe"' in asked
        assert send(good).status_code == 303
        assert send(good).status_code == 422
        assert 'value="Importe"' in client.get(address).get_data(as_text=True)
        page = client.get("/es/tesoreria/banco").get_data(as_text=True)
        assert "=HYPERLINK(1)" in page
        line, fee = session.scalars(select(BankLine).order_by(BankLine.amount_cents.desc())).all()
        here = f"/es/tesoreria/banco/lineas/{line.id}"
        wrong = client.post(f"{here}/conciliar", data={"conciliar-entries": [str(entries[0].id)]})
        assert wrong.status_code == 422
        chosen = {"conciliar-entries": [str(one.id) for one in entries]}
        assert client.post(f"{here}/conciliar", data=chosen).status_code == 303
        assert "Lo decidió una persona." in client.get(here).get_data(as_text=True)
        there = f"/es/tesoreria/banco/lineas/{fee.id}"
        assert client.post(f"{there}/apartar", data={"apartar-reason": ""}).status_code == 422
        assert client.post(f"{there}/apartar", data={"apartar-reason": "La devuelve"}).status_code == 303
        assert client.post(f"{there}/reabrir").status_code == 303
        assert client.post(f"{there}/reabrir").status_code == 409
        assert client.get("/es/tesoreria/banco/lineas/9999").status_code == 404

    def test_staff_reads_and_only_the_treasurer_writes(
        self, client: FlaskClient, login: Callable[..., Any], session: Session, fund: Fund
    ) -> None:
        take(("2026-03-02", "100", "", "x"))
        session.commit()
        (line,) = session.scalars(queries.bank_lines()).all()
        assert client.get("/es/tesoreria/banco").status_code in (302, 303, 401)
        login(Role.APPLICANT)
        assert client.get("/es/tesoreria/banco").status_code == 403
        login(Role.AUDITOR)
        for page in ("", f"/lineas/{line.id}"):
            assert client.get(f"/es/tesoreria/banco{page}").status_code == 200
        assert client.get("/es/tesoreria/banco?cuenta=1.1.3&moneda=EUR").status_code == 200
        for act in ("conciliar", "apartar", "reabrir"):
            assert client.post(f"/es/tesoreria/banco/lineas/{line.id}/{act}").status_code == 403
