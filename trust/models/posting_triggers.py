"""The flip from draft to posted, where the database proves an entry: it balances, its month is open, no number is
missing before it, a reversal mirrors what it undoes, no closed fund takes it, no restricted fund falls below zero, and
the initial capital binds and pays nothing.

SQLite asks all this of each entry. PostgreSQL asks it once of all the entries of a statement, in the order of their
numbers: a thousand at a time cost a thirtieth of a thousand times one. Both refuse the same.
"""

from core.database import register_trigger
from trust.models.ledger_triggers import PG_ABORT

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
# The initial capital may be changed into another currency or handed on; no award is bound to it or paid from it.
_SPENDS_CAPITAL = (
    "EXISTS (SELECT 1 FROM {entries} JOIN posting p ON p.entry_id = {entry}.id JOIN fund f ON f.id = p.fund_id "
    "WHERE {entry}.reverses_id IS NULL AND f.kind = 'endowment' "
    "AND (p.account_code = '5.1.1' OR substr(p.account_code, 1, 3) = '8.2'))"
)
_ADD_TO_BALANCES = (
    "INSERT INTO account_balance (fund_id, account_code, currency, balance_cents, base_cents, posting_count, "
    "entry_id) SELECT fund_id, account_code, currency, SUM(amount_cents), SUM(base_cents), COUNT(*), MAX(entry_id) "
    "FROM posting "
    "WHERE {mine} GROUP BY fund_id, account_code, currency ORDER BY fund_id, account_code, currency "
    "ON CONFLICT (fund_id, account_code, currency) DO UPDATE SET "
    "balance_cents = account_balance.balance_cents + excluded.balance_cents, "
    "base_cents = account_balance.base_cents + excluded.base_cents, "
    "posting_count = account_balance.posting_count + excluded.posting_count, "
    "entry_id = CASE WHEN excluded.entry_id > account_balance.entry_id THEN excluded.entry_id "
    "ELSE account_balance.entry_id END"
)
_IS_FLIP = "OLD.state = 'draft' AND NEW.state = 'posted'"
UNBALANCED = "unbalanced the entry does not balance by fund and currency"
CLOSED_PERIOD = "closed_period the period is not open"
GAP = "gap the number before this one is missing"
REVERSAL = "reversal it does not mirror the entry it reverses"
OVERDRAWN = "overdrawn a restricted fund would fall below zero"
CLOSED_FUND = "closed_fund the fund is closed"
CAPITAL = "capital the initial capital is not spent"
STALE = "stale entries are posted at READ COMMITTED, where what others wrote meanwhile is seen"
LATE = "late_posting the entry is not a draft"
BALANCE = "immutable a running balance moves with its entries alone"

# --- SQLite: each entry by itself ---


def _raise_if(condition: str, message: str) -> str:
    return f"SELECT RAISE(ABORT, 'ledger: {message}') WHERE {condition};"


_SQLITE_PERIOD = (
    "NOT EXISTS (SELECT 1 FROM fiscal_period WHERE state = 'open' "
    "AND year = CAST(strftime('%Y', NEW.entry_date) AS INTEGER) "
    "AND month = CAST(strftime('%m', NEW.entry_date) AS INTEGER) AND year = NEW.fiscal_year)"
)
_SQLITE_FLIP = (
    f"CREATE TRIGGER journal_entry_post AFTER UPDATE ON journal_entry WHEN {_IS_FLIP} BEGIN "
    + _raise_if(_UNBALANCED, UNBALANCED)
    + _raise_if(_SQLITE_PERIOD, CLOSED_PERIOD)
    + _raise_if(_GAP, GAP)
    + _raise_if(_NOT_MIRROR, REVERSAL)
    # "ON CONFLICT" after a SELECT needs the WHERE of the statement to be parsed; it has one.
    + f" {_ADD_TO_BALANCES.format(mine='entry_id = NEW.id')};"
    + _raise_if(_OVERDRAWN, OVERDRAWN)
    + _raise_if(_SPENDS_CAPITAL.format(entries="(SELECT 1)", entry="NEW"), CAPITAL)
    + " END"
)
_SQLITE_LATE = (
    "CREATE TRIGGER posting_guard_insert BEFORE INSERT ON posting WHEN NOT EXISTS (SELECT 1 FROM journal_entry "  # noqa: S608
    f"WHERE id = NEW.entry_id AND state = 'draft') BEGIN SELECT RAISE(ABORT, 'ledger: {LATE}'); END"
)

# --- PostgreSQL: all entries of a statement at once ---

# A snapshot older than the posting would prove what stood then, without a line added meanwhile or money spent from
# another account of the fund. A lock does not tell it so, for only a row that was changed makes it fail; so it may not
# post at all.
# The plans are made once and go by the keys: remade for each posting, or made while the books were small, they would
# cost more than the posting.
_PLANS = "SET plan_cache_mode = force_generic_plan SET enable_seqscan = off"
_OF_MINE = "entry_id = ANY(ids)"


def _refusal(message: str) -> str:
    return f"RAISE EXCEPTION 'ledger: {message}' {PG_ABORT};"


# What a held fund has free after each entry, counted up by their numbers from what it had free before the first.
_DIPS_BELOW_ZERO = """EXISTS (
      SELECT 1 FROM (
        SELECT p.fund_id, p.currency, SUM(SUM(a.available_sign * p.amount_cents)) OVER (
          PARTITION BY p.fund_id, p.currency ORDER BY n.fiscal_year, n.number) AS moved
        FROM new_rows n JOIN posting p ON p.entry_id = n.id JOIN account a ON a.code = p.account_code
        WHERE p.fund_id = ANY(held) AND a.available_sign <> 0
        GROUP BY p.fund_id, p.currency, n.fiscal_year, n.number) AS step
      GROUP BY step.fund_id, step.currency
      HAVING MIN(step.moved) + COALESCE((
        SELECT SUM(a.available_sign * b.balance_cents) FROM account_balance b JOIN account a ON a.code = b.account_code
        WHERE b.fund_id = step.fund_id AND b.currency = step.currency), 0) < 0)"""
_POSTGRESQL_FLIP = f"""
CREATE FUNCTION journal_entry_post() RETURNS trigger LANGUAGE plpgsql {_PLANS} AS $$
DECLARE
  ids integer[]; has_reversal boolean; is_off boolean; with_lines bigint; purses integer[]; held integer[];
  has_closed boolean; has_capital boolean; part record;
BEGIN
  SELECT array_agg(id), bool_or(reverses_id IS NOT NULL) INTO ids, has_reversal FROM new_rows;
  IF ids IS NULL THEN RETURN NULL; END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN {_refusal(STALE)} END IF;
  SELECT bool_or(off), COUNT(DISTINCT entry_id), array_agg(DISTINCT fund_id) INTO is_off, with_lines, purses
    FROM (SELECT entry_id, fund_id, SUM(amount_cents) <> 0 OR SUM(base_cents) <> 0 AS off FROM posting
      WHERE {_OF_MINE} GROUP BY entry_id, fund_id, currency) AS parts;
  IF is_off OR with_lines < cardinality(ids) THEN {_refusal(UNBALANCED)} END IF;
  FOR part IN SELECT fiscal_year, EXTRACT(YEAR FROM entry_date)::integer AS year,
    EXTRACT(MONTH FROM entry_date)::integer AS month FROM new_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LOOP
    PERFORM 1 FROM fiscal_period WHERE state = 'open' AND year = part.year AND month = part.month
      AND year = part.fiscal_year FOR SHARE;
    IF NOT FOUND THEN {_refusal(CLOSED_PERIOD)} END IF;
  END LOOP;
  FOR part IN SELECT fiscal_year, MIN(number) AS low, MAX(number) - MIN(number) + 1 > COUNT(*) AS has_hole
    FROM new_rows GROUP BY fiscal_year ORDER BY fiscal_year LOOP
    IF part.has_hole OR part.low > 1 AND NOT EXISTS (SELECT 1 FROM journal_entry
      WHERE fiscal_year = part.fiscal_year AND number = part.low - 1 AND state = 'posted')
      THEN {_refusal(GAP)} END IF;
  END LOOP;
  IF has_reversal THEN
    IF EXISTS (SELECT 1 FROM new_rows n WHERE {_NOT_MIRROR.replace("NEW.", "n.")}) THEN {_refusal(REVERSAL)} END IF;
  END IF;
  SELECT bool_or(state = 'closed'), bool_or(kind = 'endowment'),
    array_agg(id) FILTER (WHERE kind IN ('restricted', 'endowment'))
    INTO has_closed, has_capital, held FROM fund WHERE id = ANY(purses);
  IF has_closed THEN {_refusal(CLOSED_FUND)} END IF;
  IF held IS NOT NULL THEN
    PERFORM 1 FROM fund WHERE id = ANY(held) ORDER BY id FOR NO KEY UPDATE;
    IF {_DIPS_BELOW_ZERO} THEN {_refusal(OVERDRAWN)} END IF;
  END IF;
  IF has_capital THEN
    IF {_SPENDS_CAPITAL.format(entries="new_rows n", entry="n")} THEN {_refusal(CAPITAL)} END IF;
  END IF;
  {_ADD_TO_BALANCES.format(mine=_OF_MINE)};
  RETURN NULL;
END $$
--
CREATE TRIGGER journal_entry_post AFTER UPDATE ON journal_entry REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_post()
"""  # noqa: S608 (built of constants above)
# A draft of this very transaction is nobody else's to post meanwhile. Any other is held first: whoever posts it now is
# waited for, whoever would post it waits until these lines stand.
_POSTGRESQL_LATE = f"""
CREATE FUNCTION posting_guard_insert() RETURNS trigger LANGUAGE plpgsql {_PLANS} AS $$
DECLARE ids integer[];
BEGIN
  SELECT array_agg(DISTINCT entry_id) INTO ids FROM new_rows;
  IF EXISTS (SELECT 1 FROM journal_entry WHERE id = ANY(ids)
    AND (state <> 'draft' OR xmin <> pg_current_xact_id()::xid)) THEN
    PERFORM 1 FROM journal_entry WHERE id = ANY(ids) ORDER BY id FOR SHARE;
    IF EXISTS (SELECT 1 FROM journal_entry WHERE id = ANY(ids) AND state <> 'draft') THEN {_refusal(LATE)} END IF;
  END IF;
  RETURN NULL;
END $$
--
CREATE TRIGGER posting_guard_insert AFTER INSERT ON posting REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION posting_guard_insert()
"""  # noqa: S608 (built of constants above)

register_trigger("posting", "posting_guard_insert", sqlite=_SQLITE_LATE, postgresql=_POSTGRESQL_LATE)
register_trigger("journal_entry", "journal_entry_post", sqlite=_SQLITE_FLIP, postgresql=_POSTGRESQL_FLIP)
# Before the flip on SQLite, where a trigger for each entry would otherwise have moved the balance already.
register_trigger(
    "journal_entry",
    "journal_entry_guard_closed_fund",
    sqlite=f"CREATE TRIGGER journal_entry_guard_closed_fund BEFORE UPDATE ON journal_entry WHEN {_IS_FLIP} "  # noqa: S608
    "AND EXISTS (SELECT 1 FROM posting p JOIN fund f ON f.id = p.fund_id WHERE p.entry_id = NEW.id "
    f"AND f.state = 'closed') BEGIN SELECT RAISE(ABORT, 'ledger: {CLOSED_FUND}'); END",
    postgresql="",
)

# --- running balances: nobody's hand but the flip's ---

# Every posted entry has been counted, the newest last; so what is posted, has a line in this row and is newer than
# all that it counts can only be the entry being posted now. An upsert fires the first trigger, then the second.
_SQLITE_NOT_BEING_POSTED = (
    "NOT EXISTS (SELECT 1 FROM journal_entry e JOIN posting p ON p.entry_id = e.id WHERE e.id = NEW.entry_id "
    "AND e.state = 'posted' AND p.fund_id = NEW.fund_id AND p.account_code = NEW.account_code "
    "AND p.currency = NEW.currency)"
)
_SAME_ROW = "{table}fund_id = NEW.fund_id AND {table}account_code = NEW.account_code AND {table}currency = NEW.currency"
_SQLITE_BALANCE_INSERT = (
    f"CREATE TRIGGER account_balance_guard_insert BEFORE INSERT ON account_balance WHEN {_SQLITE_NOT_BEING_POSTED} "  # noqa: S608
    f"OR EXISTS (SELECT 1 FROM account_balance b WHERE {_SAME_ROW.format(table='b.')} AND b.entry_id >= NEW.entry_id) "
    f"BEGIN SELECT RAISE(ABORT, 'ledger: {BALANCE}'); END"
)
_SQLITE_BALANCE_UPDATE = (
    "CREATE TRIGGER account_balance_guard_update BEFORE UPDATE ON account_balance "
    f"WHEN NOT ({_SAME_ROW.format(table='OLD.')}) OR NEW.entry_id <= OLD.entry_id OR {_SQLITE_NOT_BEING_POSTED} "
    f"BEGIN SELECT RAISE(ABORT, 'ledger: {BALANCE}'); END"
)
# PostgreSQL says itself whether a trigger is at work.
_POSTGRESQL_BALANCE = f"""
CREATE FUNCTION account_balance_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_refusal(BALANCE)} END $$
--
CREATE TRIGGER account_balance_guard BEFORE INSERT OR UPDATE ON account_balance
FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION account_balance_guard()
"""
register_trigger("account_balance", "account_balance_guard_insert", sqlite=_SQLITE_BALANCE_INSERT, postgresql="")
register_trigger("account_balance", "account_balance_guard_update", sqlite=_SQLITE_BALANCE_UPDATE, postgresql="")
register_trigger("account_balance", "account_balance_guard", sqlite="", postgresql=_POSTGRESQL_BALANCE)
