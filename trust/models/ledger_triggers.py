"""The refusals the database itself makes, on SQLite and PostgreSQL alike.

Every message begins with `ledger:` and a word that `trust.services.ledger` turns into a named refusal.
SQLite's guards before INSERT do not count on `recursive_triggers`: an INSERT OR REPLACE from a bare connection is
refused as well.
"""

from core.database import refuse_truncate, register_trigger

_PG_ABORT = "USING ERRCODE = 'check_violation'"


def _sqlite(name: str, event: str, when: str, message: str) -> str:
    condition = f" WHEN {when}" if when else ""
    return f"CREATE TRIGGER {name} {event}{condition} BEGIN SELECT RAISE(ABORT, 'ledger: {message}'); END"


def _postgresql(name: str, event: str, when: str, message: str) -> str:
    body = f"RAISE EXCEPTION 'ledger: {message}' {_PG_ABORT};"
    if when:
        body = f"IF {when} THEN {body} END IF;"
    returned = "OLD" if "DELETE" in event else "NEW"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {returned}; END $$"
        f"\n--\nCREATE TRIGGER {name} {event} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def refuse(table: str, verb: str, message: str, *, when: str = "", replaced_when: str = "", about: str = "") -> None:
    """Register the refusal of `verb` (insert, update, delete) on `table`, always or under a condition.

    A second refusal of the same verb says what it is `about`.

    `replaced_when` adds, on SQLite, the refusal of an INSERT that would replace a row: an INSERT OR REPLACE deletes
    without saying DELETE. PostgreSQL has no such statement, and its keys suffice.
    """
    name = f"{table}_guard_{about or verb}"
    event = f"BEFORE {verb.upper()} ON {table}"
    sqlite = [_sqlite(name, event, when, message)]
    if replaced_when:
        sqlite.append(_sqlite(f"{table}_no_replace", f"BEFORE INSERT ON {table}", replaced_when, message))
    register_trigger(table, name, sqlite="\n--\n".join(sqlite), postgresql=_postgresql(name, event, when, message))


# --- accounts and funds: what they are may not change once money counts on it ---

refuse(
    "account",
    "delete",
    "an account cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM account WHERE code = NEW.code)",
)
refuse(
    "account",
    "update",
    "an account keeps its code, kind and sign",
    when="NEW.code <> OLD.code OR NEW.kind <> OLD.kind OR NEW.available_sign <> OLD.available_sign",
)
refuse(
    "fund",
    "delete",
    "a fund cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM fund WHERE id = NEW.id OR code = NEW.code)",
)
refuse(
    "fund",
    "update",
    "a fund keeps its code, kind and currency",
    when="NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.kind <> OLD.kind OR NEW.currency <> OLD.currency",
)

# --- periods ---

refuse(
    "fiscal_period",
    "delete",
    "a period cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM fiscal_period WHERE id = NEW.id OR (year = NEW.year AND month = NEW.month))",
)
# One way back: the last closed month, once its history says that two people reopened it (trust.models.periods).
refuse(
    "fiscal_period",
    "update",
    "closed_period a closed period stays closed",
    when="OLD.state = 'closed' AND NOT (NEW.state = 'open' AND NEW.id = OLD.id AND NEW.year = OLD.year "
    "AND NEW.month = OLD.month AND COALESCE((SELECT action FROM period_closing WHERE period_id = OLD.id "
    "ORDER BY id DESC LIMIT 1), '') = 'reopened' AND NOT EXISTS (SELECT 1 FROM fiscal_period "
    "WHERE state = 'closed' AND (year > OLD.year OR (year = OLD.year AND month > OLD.month))))",
)

# --- entries ---

_OTHER_THAN_POSTING = (
    "NOT (OLD.state = 'draft' AND NEW.state = 'posted' AND NEW.id = OLD.id AND NEW.fiscal_year = OLD.fiscal_year "
    "AND NEW.number = OLD.number AND NEW.entry_date = OLD.entry_date AND NEW.kind = OLD.kind "
    "AND NEW.memo = OLD.memo AND NEW.source = OLD.source AND NEW.idempotency_key = OLD.idempotency_key "
    "AND NEW.inputs_hash = OLD.inputs_hash AND COALESCE(NEW.reverses_id, 0) = COALESCE(OLD.reverses_id, 0) "
    "AND COALESCE(NEW.recorded_by, 0) = COALESCE(OLD.recorded_by, 0))"
)
refuse("journal_entry", "insert", "immutable an entry starts as a draft", when="NEW.state <> 'draft'")
refuse("journal_entry", "update", "immutable an entry cannot be changed", when=_OTHER_THAN_POSTING)
refuse(
    "journal_entry",
    "delete",
    "immutable an entry cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.id OR idempotency_key = NEW.idempotency_key "
    "OR reverses_id = NEW.reverses_id) "
    "OR EXISTS (SELECT 1 FROM journal_entry WHERE fiscal_year = NEW.fiscal_year AND number = NEW.number)",
)

# --- postings ---

_ENTRY_NOT_DRAFT = "NOT EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id AND state = 'draft')"
refuse("posting", "insert", "late_posting the entry is not a draft", when=_ENTRY_NOT_DRAFT)
refuse("posting", "update", "immutable a posting cannot be changed")
refuse(
    "posting",
    "delete",
    "immutable a posting cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM posting WHERE id = NEW.id) "
    "OR EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.entry_id AND line = NEW.line)",
)

# --- the flip from draft to posted: everything is proved at once ---

_UNBALANCED = (
    "EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.id GROUP BY fund_id, currency "
    "HAVING SUM(amount_cents) <> 0 OR SUM(base_cents) <> 0) "
    "OR (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) < 2"
)
_GAP = (
    "NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM journal_entry "
    "WHERE fiscal_year = NEW.fiscal_year AND number = NEW.number - 1 AND state = 'posted')"
)
# A reversal undoes the whole of a posted entry, line for line, and nothing else.
_NOT_MIRROR = (
    "NEW.reverses_id IS NOT NULL AND ("
    "NOT EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.reverses_id AND state = 'posted') "
    "OR (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) "
    "<> (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.reverses_id) "
    "OR EXISTS (SELECT 1 FROM posting r LEFT JOIN posting o ON o.entry_id = NEW.reverses_id AND o.line = r.line "
    "AND o.account_code = r.account_code AND o.fund_id = r.fund_id AND o.currency = r.currency "
    "AND o.amount_cents = -r.amount_cents AND o.base_cents = -r.base_cents "
    "WHERE r.entry_id = NEW.id AND o.id IS NULL))"
)
_OVERDRAWN = (
    "EXISTS (SELECT 1 FROM account_balance b JOIN account a ON a.code = b.account_code "
    "JOIN fund f ON f.id = b.fund_id WHERE f.kind IN ('restricted', 'endowment') AND a.available_sign <> 0 "
    "AND b.fund_id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id) "
    "GROUP BY b.fund_id, b.currency HAVING SUM(a.available_sign * b.balance_cents) < 0)"
)
_ADD_TO_BALANCES = (
    "INSERT INTO account_balance (fund_id, account_code, currency, balance_cents, base_cents, posting_count) "
    "SELECT fund_id, account_code, currency, SUM(amount_cents), SUM(base_cents), COUNT(*) FROM posting "
    "WHERE entry_id = NEW.id GROUP BY fund_id, account_code, currency ORDER BY fund_id, account_code, currency "
    "ON CONFLICT (fund_id, account_code, currency) DO UPDATE SET "
    "balance_cents = account_balance.balance_cents + excluded.balance_cents, "
    "base_cents = account_balance.base_cents + excluded.base_cents, "
    "posting_count = account_balance.posting_count + excluded.posting_count"
)
_IS_FLIP = "OLD.state = 'draft' AND NEW.state = 'posted'"


def _raise_if(condition: str, message: str) -> str:
    return f"SELECT RAISE(ABORT, 'ledger: {message}') WHERE {condition};"


_SQLITE_PERIOD = (
    "NOT EXISTS (SELECT 1 FROM fiscal_period WHERE state = 'open' "
    "AND year = CAST(strftime('%Y', NEW.entry_date) AS INTEGER) "
    "AND month = CAST(strftime('%m', NEW.entry_date) AS INTEGER) AND year = NEW.fiscal_year)"
)
register_trigger(
    "journal_entry",
    "journal_entry_post",
    sqlite=f"CREATE TRIGGER journal_entry_post AFTER UPDATE ON journal_entry WHEN {_IS_FLIP} BEGIN "
    + _raise_if(_UNBALANCED, "unbalanced the entry does not balance by fund and currency")
    + _raise_if(_SQLITE_PERIOD, "closed_period the period is not open")
    + _raise_if(_GAP, "gap the number before this one is missing")
    + _raise_if(_NOT_MIRROR, "reversal it does not mirror the entry it reverses")
    # "ON CONFLICT" after a SELECT needs the WHERE of the statement to be parsed; it has one.
    + f" {_ADD_TO_BALANCES};"
    + _raise_if(_OVERDRAWN, "overdrawn a restricted fund would fall below zero")
    + " END",
    postgresql=f"""
CREATE FUNCTION journal_entry_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {_UNBALANCED} THEN
    RAISE EXCEPTION 'ledger: unbalanced the entry does not balance by fund and currency' {_PG_ABORT}; END IF;
  PERFORM 1 FROM fiscal_period WHERE state = 'open' AND year = EXTRACT(YEAR FROM NEW.entry_date)
    AND month = EXTRACT(MONTH FROM NEW.entry_date) AND year = NEW.fiscal_year FOR SHARE;
  IF NOT FOUND THEN RAISE EXCEPTION 'ledger: closed_period the period is not open' {_PG_ABORT}; END IF;
  IF {_GAP} THEN RAISE EXCEPTION 'ledger: gap the number before this one is missing' {_PG_ABORT}; END IF;
  IF {_NOT_MIRROR} THEN
    RAISE EXCEPTION 'ledger: reversal it does not mirror the entry it reverses' {_PG_ABORT}; END IF;
  PERFORM 1 FROM fund WHERE kind IN ('restricted', 'endowment')
    AND id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id) ORDER BY id FOR NO KEY UPDATE;
  {_ADD_TO_BALANCES};
  IF {_OVERDRAWN} THEN
    RAISE EXCEPTION 'ledger: overdrawn a restricted fund would fall below zero' {_PG_ABORT}; END IF;
  RETURN NULL;
END $$
--
CREATE TRIGGER journal_entry_post AFTER UPDATE ON journal_entry FOR EACH ROW
WHEN ({_IS_FLIP}) EXECUTE FUNCTION journal_entry_post()
""",  # noqa: S608 (built of constants above)
)

# --- running balances and receipts ---

refuse("account_balance", "delete", "immutable a running balance cannot be deleted")
refuse(
    "receipt",
    "delete",
    "immutable a receipt cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM receipt "
    "WHERE id = NEW.id OR code = NEW.code OR contribution_id = NEW.contribution_id)",
)
refuse(
    "receipt",
    "update",
    "immutable a receipt can only be cancelled",
    when="NOT (OLD.state = 'valid' AND NEW.state = 'cancelled' AND NEW.id = OLD.id AND NEW.code = OLD.code "
    "AND NEW.sha256 = OLD.sha256 AND NEW.contribution_id = OLD.contribution_id AND NEW.series = OLD.series "
    "AND NEW.year = OLD.year AND NEW.number = OLD.number AND NEW.stored_file_id = OLD.stored_file_id "
    "AND CAST(NEW.content AS TEXT) = CAST(OLD.content AS TEXT))",
)

# --- and nobody empties a table whole ---

for _table in ("account", "fund", "fiscal_period", "journal_entry", "posting", "account_balance", "receipt"):
    refuse_truncate(_table)
