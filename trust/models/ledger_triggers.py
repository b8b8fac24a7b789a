"""The refusals the database itself makes, on SQLite and PostgreSQL alike.

Every message begins with `ledger:` and a word that `trust.services.ledger` turns into a named refusal.
SQLite's guards before INSERT do not count on `recursive_triggers`: an INSERT OR REPLACE from a bare connection is
refused as well.
"""

from core.database import refuse_truncate, register_trigger

PG_ABORT = "USING ERRCODE = 'check_violation'"


def _sqlite(name: str, event: str, when: str, message: str) -> str:
    condition = f" WHEN {when}" if when else ""
    return f"CREATE TRIGGER {name} {event}{condition} BEGIN SELECT RAISE(ABORT, 'ledger: {message}'); END"


def _postgresql(name: str, event: str, when: str, message: str, asks_no_table: bool) -> str:
    body = f"RAISE EXCEPTION 'ledger: {message}' {PG_ABORT};"
    called = f" WHEN ({when})" if asks_no_table else ""
    if when and not asks_no_table:
        body = f"IF {when} THEN {body} END IF;"
    returned = "OLD" if "DELETE" in event else "NEW"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {returned}; END $$"
        f"\n--\nCREATE TRIGGER {name} {event} FOR EACH ROW{called} EXECUTE FUNCTION {name}()"
    )


def refuse(
    table: str,
    verb: str,
    message: str,
    *,
    when: str = "",
    replaced_when: str = "",
    about: str = "",
    asks_no_table: bool = False,
) -> None:
    """Register the refusal of `verb` (insert, update, delete) on `table`, always or under a condition.

    A second refusal of the same verb says what it is `about`.

    `replaced_when` adds, on SQLite, the refusal of an INSERT that would replace a row: an INSERT OR REPLACE deletes
    without saying DELETE. PostgreSQL has no such statement, and its keys suffice.

    `asks_no_table` says that the condition looks at the row alone: PostgreSQL then calls nothing for a row that may
    pass, which is what a thousand entries at once are made of.
    """
    name = f"{table}_guard_{about or verb}"
    event = f"BEFORE {verb.upper()} ON {table}"
    sqlite = [_sqlite(name, event, when, message)]
    if replaced_when:
        sqlite.append(_sqlite(f"{table}_no_replace", f"BEFORE INSERT ON {table}", replaced_when, message))
    postgresql = _postgresql(name, event, when, message, asks_no_table)
    register_trigger(table, name, sqlite="\n--\n".join(sqlite), postgresql=postgresql)


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
refuse(
    "journal_entry", "insert", "immutable an entry starts as a draft", when="NEW.state <> 'draft'", asks_no_table=True
)
refuse("journal_entry", "update", "immutable an entry cannot be changed", when=_OTHER_THAN_POSTING, asks_no_table=True)
refuse(
    "journal_entry",
    "delete",
    "immutable an entry cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.id OR idempotency_key = NEW.idempotency_key "
    "OR reverses_id = NEW.reverses_id) "
    "OR EXISTS (SELECT 1 FROM journal_entry WHERE fiscal_year = NEW.fiscal_year AND number = NEW.number)",
)

# --- postings ---

refuse("posting", "update", "immutable a posting cannot be changed")
refuse(
    "posting",
    "delete",
    "immutable a posting cannot be deleted",
    replaced_when="EXISTS (SELECT 1 FROM posting WHERE id = NEW.id) "
    "OR EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.entry_id AND line = NEW.line)",
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
