"""PostgreSQL proves the entries of a statement all at once, and calls nothing for a row that may pass."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release, and as it stood before; a test compares the schema with the
# models' own. SQLite's stay as they are.
GUARDED = {
    "journal_entry_guard_insert": "journal_entry",
    "journal_entry_guard_update": "journal_entry",
    "posting_guard_insert": "posting",
    "journal_entry_post": "journal_entry",
    "journal_entry_guard_closed_fund": "journal_entry",
}
AT_ONCE = (
    """
CREATE FUNCTION journal_entry_guard_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable an entry starts as a draft' USING ERRCODE = 'check_violation'; RETURN NEW; END $$
""",
    """
CREATE TRIGGER journal_entry_guard_insert BEFORE INSERT ON journal_entry FOR EACH ROW WHEN (NEW.state <> 'draft') EXECUTE FUNCTION journal_entry_guard_insert()
""",
    """
CREATE FUNCTION journal_entry_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable an entry cannot be changed' USING ERRCODE = 'check_violation'; RETURN NEW; END $$
""",
    """
CREATE TRIGGER journal_entry_guard_update BEFORE UPDATE ON journal_entry FOR EACH ROW WHEN (NOT (OLD.state = 'draft' AND NEW.state = 'posted' AND NEW.id = OLD.id AND NEW.fiscal_year = OLD.fiscal_year AND NEW.number = OLD.number AND NEW.entry_date = OLD.entry_date AND NEW.kind = OLD.kind AND NEW.memo = OLD.memo AND NEW.source = OLD.source AND NEW.idempotency_key = OLD.idempotency_key AND NEW.inputs_hash = OLD.inputs_hash AND COALESCE(NEW.reverses_id, 0) = COALESCE(OLD.reverses_id, 0) AND COALESCE(NEW.recorded_by, 0) = COALESCE(OLD.recorded_by, 0))) EXECUTE FUNCTION journal_entry_guard_update()
""",
    """
CREATE FUNCTION posting_guard_insert() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE ids integer[];
BEGIN
  SELECT array_agg(DISTINCT entry_id) INTO ids FROM new_rows;
  IF EXISTS (SELECT 1 FROM journal_entry WHERE id = ANY(ids)
    AND (state <> 'draft' OR xmin <> pg_current_xact_id()::xid)) THEN
    PERFORM 1 FROM journal_entry WHERE id = ANY(ids) ORDER BY id FOR SHARE;
    IF EXISTS (SELECT 1 FROM journal_entry WHERE id = ANY(ids) AND state <> 'draft') THEN RAISE EXCEPTION 'ledger: late_posting the entry is not a draft' USING ERRCODE = 'check_violation'; END IF;
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER posting_guard_insert AFTER INSERT ON posting REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION posting_guard_insert()
""",
    """
CREATE FUNCTION journal_entry_post() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  ids integer[]; has_reversal boolean; is_off boolean; with_lines bigint; purses integer[]; held integer[];
  has_closed boolean; part record;
BEGIN
  SELECT array_agg(id), bool_or(reverses_id IS NOT NULL) INTO ids, has_reversal FROM new_rows;
  IF ids IS NULL THEN RETURN NULL; END IF;
  SELECT bool_or(off), COUNT(DISTINCT entry_id), array_agg(DISTINCT fund_id) INTO is_off, with_lines, purses
    FROM (SELECT entry_id, fund_id, SUM(amount_cents) <> 0 OR SUM(base_cents) <> 0 AS off FROM posting
      WHERE entry_id = ANY(ids) GROUP BY entry_id, fund_id, currency) AS parts;
  IF is_off OR with_lines < cardinality(ids) THEN RAISE EXCEPTION 'ledger: unbalanced the entry does not balance by fund and currency' USING ERRCODE = 'check_violation'; END IF;
  FOR part IN SELECT fiscal_year, EXTRACT(YEAR FROM entry_date)::integer AS year,
    EXTRACT(MONTH FROM entry_date)::integer AS month FROM new_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LOOP
    PERFORM 1 FROM fiscal_period WHERE state = 'open' AND year = part.year AND month = part.month
      AND year = part.fiscal_year FOR SHARE;
    IF NOT FOUND THEN RAISE EXCEPTION 'ledger: closed_period the period is not open' USING ERRCODE = 'check_violation'; END IF;
  END LOOP;
  FOR part IN SELECT fiscal_year, MIN(number) AS low, MAX(number) - MIN(number) + 1 > COUNT(*) AS has_hole
    FROM new_rows GROUP BY fiscal_year ORDER BY fiscal_year LOOP
    IF part.has_hole OR part.low > 1 AND NOT EXISTS (SELECT 1 FROM journal_entry
      WHERE fiscal_year = part.fiscal_year AND number = part.low - 1 AND state = 'posted')
      THEN RAISE EXCEPTION 'ledger: gap the number before this one is missing' USING ERRCODE = 'check_violation'; END IF;
  END LOOP;
  IF has_reversal THEN
    IF EXISTS (SELECT 1 FROM new_rows n WHERE n.reverses_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM journal_entry WHERE id = n.reverses_id AND state = 'posted') OR (SELECT COUNT(*) FROM posting WHERE entry_id = n.id) <> (SELECT COUNT(*) FROM posting WHERE entry_id = n.reverses_id) OR EXISTS (SELECT 1 FROM posting r LEFT JOIN posting o ON o.entry_id = n.reverses_id AND o.line = r.line AND o.account_code = r.account_code AND o.fund_id = r.fund_id AND o.currency = r.currency AND o.amount_cents = -r.amount_cents AND o.base_cents = -r.base_cents WHERE r.entry_id = n.id AND o.id IS NULL))) THEN RAISE EXCEPTION 'ledger: reversal it does not mirror the entry it reverses' USING ERRCODE = 'check_violation'; END IF;
  END IF;
  SELECT bool_or(state = 'closed'), array_agg(id) FILTER (WHERE kind IN ('restricted', 'endowment'))
    INTO has_closed, held FROM fund WHERE id = ANY(purses);
  IF has_closed THEN RAISE EXCEPTION 'ledger: closed_fund the fund is closed' USING ERRCODE = 'check_violation'; END IF;
  IF held IS NOT NULL THEN
    PERFORM 1 FROM fund WHERE id = ANY(held) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
      SELECT 1 FROM (
        SELECT p.fund_id, p.currency, SUM(SUM(a.available_sign * p.amount_cents)) OVER (
          PARTITION BY p.fund_id, p.currency ORDER BY n.fiscal_year, n.number) AS moved
        FROM new_rows n JOIN posting p ON p.entry_id = n.id JOIN account a ON a.code = p.account_code
        WHERE p.fund_id = ANY(held) AND a.available_sign <> 0
        GROUP BY p.fund_id, p.currency, n.fiscal_year, n.number) AS step
      GROUP BY step.fund_id, step.currency
      HAVING MIN(step.moved) + COALESCE((
        SELECT SUM(a.available_sign * b.balance_cents) FROM account_balance b JOIN account a ON a.code = b.account_code
        WHERE b.fund_id = step.fund_id AND b.currency = step.currency), 0) < 0) THEN RAISE EXCEPTION 'ledger: overdrawn a restricted fund would fall below zero' USING ERRCODE = 'check_violation'; END IF;
  END IF;
  INSERT INTO account_balance (fund_id, account_code, currency, balance_cents, base_cents, posting_count) SELECT fund_id, account_code, currency, SUM(amount_cents), SUM(base_cents), COUNT(*) FROM posting WHERE entry_id = ANY(ids) GROUP BY fund_id, account_code, currency ORDER BY fund_id, account_code, currency ON CONFLICT (fund_id, account_code, currency) DO UPDATE SET balance_cents = account_balance.balance_cents + excluded.balance_cents, base_cents = account_balance.base_cents + excluded.base_cents, posting_count = account_balance.posting_count + excluded.posting_count;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER journal_entry_post AFTER UPDATE ON journal_entry REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_post()
""",
)
ONE_BY_ONE = (
    """
CREATE FUNCTION journal_entry_guard_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.state <> 'draft' THEN RAISE EXCEPTION 'ledger: immutable an entry starts as a draft' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
    """
CREATE TRIGGER journal_entry_guard_insert BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_guard_insert()
""",
    """
CREATE FUNCTION journal_entry_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (OLD.state = 'draft' AND NEW.state = 'posted' AND NEW.id = OLD.id AND NEW.fiscal_year = OLD.fiscal_year AND NEW.number = OLD.number AND NEW.entry_date = OLD.entry_date AND NEW.kind = OLD.kind AND NEW.memo = OLD.memo AND NEW.source = OLD.source AND NEW.idempotency_key = OLD.idempotency_key AND NEW.inputs_hash = OLD.inputs_hash AND COALESCE(NEW.reverses_id, 0) = COALESCE(OLD.reverses_id, 0) AND COALESCE(NEW.recorded_by, 0) = COALESCE(OLD.recorded_by, 0)) THEN RAISE EXCEPTION 'ledger: immutable an entry cannot be changed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
    """
CREATE TRIGGER journal_entry_guard_update BEFORE UPDATE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_guard_update()
""",
    """
CREATE FUNCTION posting_guard_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id AND state = 'draft') THEN RAISE EXCEPTION 'ledger: late_posting the entry is not a draft' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
    """
CREATE TRIGGER posting_guard_insert BEFORE INSERT ON posting FOR EACH ROW EXECUTE FUNCTION posting_guard_insert()
""",
    """
CREATE FUNCTION journal_entry_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.id GROUP BY fund_id, currency HAVING SUM(amount_cents) <> 0 OR SUM(base_cents) <> 0) OR (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) < 2 THEN
    RAISE EXCEPTION 'ledger: unbalanced the entry does not balance by fund and currency' USING ERRCODE = 'check_violation'; END IF;
  PERFORM 1 FROM fiscal_period WHERE state = 'open' AND year = EXTRACT(YEAR FROM NEW.entry_date)
    AND month = EXTRACT(MONTH FROM NEW.entry_date) AND year = NEW.fiscal_year FOR SHARE;
  IF NOT FOUND THEN RAISE EXCEPTION 'ledger: closed_period the period is not open' USING ERRCODE = 'check_violation'; END IF;
  IF NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM journal_entry WHERE fiscal_year = NEW.fiscal_year AND number = NEW.number - 1 AND state = 'posted') THEN RAISE EXCEPTION 'ledger: gap the number before this one is missing' USING ERRCODE = 'check_violation'; END IF;
  IF NEW.reverses_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.reverses_id AND state = 'posted') OR (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) <> (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.reverses_id) OR EXISTS (SELECT 1 FROM posting r LEFT JOIN posting o ON o.entry_id = NEW.reverses_id AND o.line = r.line AND o.account_code = r.account_code AND o.fund_id = r.fund_id AND o.currency = r.currency AND o.amount_cents = -r.amount_cents AND o.base_cents = -r.base_cents WHERE r.entry_id = NEW.id AND o.id IS NULL)) THEN
    RAISE EXCEPTION 'ledger: reversal it does not mirror the entry it reverses' USING ERRCODE = 'check_violation'; END IF;
  PERFORM 1 FROM fund WHERE kind IN ('restricted', 'endowment')
    AND id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id) ORDER BY id FOR NO KEY UPDATE;
  INSERT INTO account_balance (fund_id, account_code, currency, balance_cents, base_cents, posting_count) SELECT fund_id, account_code, currency, SUM(amount_cents), SUM(base_cents), COUNT(*) FROM posting WHERE entry_id = NEW.id GROUP BY fund_id, account_code, currency ORDER BY fund_id, account_code, currency ON CONFLICT (fund_id, account_code, currency) DO UPDATE SET balance_cents = account_balance.balance_cents + excluded.balance_cents, base_cents = account_balance.base_cents + excluded.base_cents, posting_count = account_balance.posting_count + excluded.posting_count;
  IF EXISTS (SELECT 1 FROM account_balance b JOIN account a ON a.code = b.account_code JOIN fund f ON f.id = b.fund_id WHERE f.kind IN ('restricted', 'endowment') AND a.available_sign <> 0 AND b.fund_id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id) GROUP BY b.fund_id, b.currency HAVING SUM(a.available_sign * b.balance_cents) < 0) THEN
    RAISE EXCEPTION 'ledger: overdrawn a restricted fund would fall below zero' USING ERRCODE = 'check_violation'; END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER journal_entry_post AFTER UPDATE ON journal_entry FOR EACH ROW
WHEN (OLD.state = 'draft' AND NEW.state = 'posted') EXECUTE FUNCTION journal_entry_post()
""",
    """
CREATE FUNCTION journal_entry_guard_closed_fund() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'draft' AND NEW.state = 'posted' AND EXISTS (SELECT 1 FROM posting p JOIN fund f ON f.id = p.fund_id WHERE p.entry_id = NEW.id AND f.state = 'closed') THEN RAISE EXCEPTION 'ledger: closed_fund the fund is closed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
""",
    """
CREATE TRIGGER journal_entry_guard_closed_fund BEFORE UPDATE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_guard_closed_fund()
""",
)


def upgrade() -> None:
    _replace(GUARDED, AT_ONCE)


def downgrade() -> None:
    _replace({name: table for name, table in GUARDED.items() if name != "journal_entry_guard_closed_fund"}, ONE_BY_ONE)


def _replace(old: dict[str, str], new: tuple[str, ...]) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for name, table in old.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    for statement in new:
        op.get_bind().exec_driver_sql(statement)
