"""Entries are posted where what others wrote is seen, and the initial capital binds and pays nothing."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

# The text of the trigger as it stood at this release; a test compares the schema with the models' own.
POST = {
    "sqlite": """
CREATE TRIGGER journal_entry_post AFTER UPDATE ON journal_entry WHEN OLD.state = 'draft' AND NEW.state = 'posted' BEGIN SELECT RAISE(ABORT, 'ledger: unbalanced the entry does not balance by fund and currency') WHERE EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.id GROUP BY fund_id, currency HAVING SUM(amount_cents) <> 0 OR SUM(base_cents) <> 0) OR (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) < 2;SELECT RAISE(ABORT, 'ledger: closed_period the period is not open') WHERE NOT EXISTS (SELECT 1 FROM fiscal_period WHERE state = 'open' AND year = CAST(strftime('%Y', NEW.entry_date) AS INTEGER) AND month = CAST(strftime('%m', NEW.entry_date) AS INTEGER) AND year = NEW.fiscal_year);SELECT RAISE(ABORT, 'ledger: gap the number before this one is missing') WHERE NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM journal_entry WHERE fiscal_year = NEW.fiscal_year AND number = NEW.number - 1 AND state = 'posted');SELECT RAISE(ABORT, 'ledger: reversal it does not mirror the entry it reverses') WHERE NEW.reverses_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.reverses_id AND state = 'posted') OR (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) <> (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.reverses_id) OR EXISTS (SELECT 1 FROM posting r LEFT JOIN posting o ON o.entry_id = NEW.reverses_id AND o.line = r.line AND o.account_code = r.account_code AND o.fund_id = r.fund_id AND o.currency = r.currency AND o.amount_cents = -r.amount_cents AND o.base_cents = -r.base_cents WHERE r.entry_id = NEW.id AND o.id IS NULL)); INSERT INTO account_balance (fund_id, account_code, currency, balance_cents, base_cents, posting_count, entry_id) SELECT fund_id, account_code, currency, SUM(amount_cents), SUM(base_cents), COUNT(*), MAX(entry_id) FROM posting WHERE entry_id = NEW.id GROUP BY fund_id, account_code, currency ORDER BY fund_id, account_code, currency ON CONFLICT (fund_id, account_code, currency) DO UPDATE SET balance_cents = account_balance.balance_cents + excluded.balance_cents, base_cents = account_balance.base_cents + excluded.base_cents, posting_count = account_balance.posting_count + excluded.posting_count, entry_id = CASE WHEN excluded.entry_id > account_balance.entry_id THEN excluded.entry_id ELSE account_balance.entry_id END;SELECT RAISE(ABORT, 'ledger: overdrawn a restricted fund would fall below zero') WHERE EXISTS (SELECT 1 FROM account_balance b JOIN account a ON a.code = b.account_code JOIN fund f ON f.id = b.fund_id WHERE f.kind IN ('restricted', 'endowment') AND a.available_sign <> 0 AND b.fund_id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id) GROUP BY b.fund_id, b.currency HAVING SUM(a.available_sign * b.balance_cents) < 0);SELECT RAISE(ABORT, 'ledger: capital the initial capital is not spent') WHERE EXISTS (SELECT 1 FROM (SELECT 1) JOIN posting p ON p.entry_id = NEW.id JOIN fund f ON f.id = p.fund_id WHERE NEW.reverses_id IS NULL AND f.kind = 'endowment' AND (p.account_code = '5.1.1' OR substr(p.account_code, 1, 3) = '8.2')); END
""",
    "postgresql": """
CREATE OR REPLACE FUNCTION journal_entry_post() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
  ids integer[]; has_reversal boolean; is_off boolean; with_lines bigint; purses integer[]; held integer[];
  has_closed boolean; has_capital boolean; part record;
BEGIN
  SELECT array_agg(id), bool_or(reverses_id IS NOT NULL) INTO ids, has_reversal FROM new_rows;
  IF ids IS NULL THEN RETURN NULL; END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN RAISE EXCEPTION 'ledger: stale entries are posted at READ COMMITTED, where what others wrote meanwhile is seen' USING ERRCODE = 'check_violation'; END IF;
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
  SELECT bool_or(state = 'closed'), bool_or(kind = 'endowment'),
    array_agg(id) FILTER (WHERE kind IN ('restricted', 'endowment'))
    INTO has_closed, has_capital, held FROM fund WHERE id = ANY(purses);
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
  IF has_capital THEN
    IF EXISTS (SELECT 1 FROM new_rows n JOIN posting p ON p.entry_id = n.id JOIN fund f ON f.id = p.fund_id WHERE n.reverses_id IS NULL AND f.kind = 'endowment' AND (p.account_code = '5.1.1' OR substr(p.account_code, 1, 3) = '8.2')) THEN RAISE EXCEPTION 'ledger: capital the initial capital is not spent' USING ERRCODE = 'check_violation'; END IF;
  END IF;
  INSERT INTO account_balance (fund_id, account_code, currency, balance_cents, base_cents, posting_count, entry_id) SELECT fund_id, account_code, currency, SUM(amount_cents), SUM(base_cents), COUNT(*), MAX(entry_id) FROM posting WHERE entry_id = ANY(ids) GROUP BY fund_id, account_code, currency ORDER BY fund_id, account_code, currency ON CONFLICT (fund_id, account_code, currency) DO UPDATE SET balance_cents = account_balance.balance_cents + excluded.balance_cents, base_cents = account_balance.base_cents + excluded.base_cents, posting_count = account_balance.posting_count + excluded.posting_count, entry_id = CASE WHEN excluded.entry_id > account_balance.entry_id THEN excluded.entry_id ELSE account_balance.entry_id END;
  RETURN NULL;
END $$
""",
}
POST_BEFORE = {
    "sqlite": """
CREATE TRIGGER journal_entry_post AFTER UPDATE ON journal_entry WHEN OLD.state = 'draft' AND NEW.state = 'posted' BEGIN SELECT RAISE(ABORT, 'ledger: unbalanced the entry does not balance by fund and currency') WHERE EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.id GROUP BY fund_id, currency HAVING SUM(amount_cents) <> 0 OR SUM(base_cents) <> 0) OR (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) < 2;SELECT RAISE(ABORT, 'ledger: closed_period the period is not open') WHERE NOT EXISTS (SELECT 1 FROM fiscal_period WHERE state = 'open' AND year = CAST(strftime('%Y', NEW.entry_date) AS INTEGER) AND month = CAST(strftime('%m', NEW.entry_date) AS INTEGER) AND year = NEW.fiscal_year);SELECT RAISE(ABORT, 'ledger: gap the number before this one is missing') WHERE NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM journal_entry WHERE fiscal_year = NEW.fiscal_year AND number = NEW.number - 1 AND state = 'posted');SELECT RAISE(ABORT, 'ledger: reversal it does not mirror the entry it reverses') WHERE NEW.reverses_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.reverses_id AND state = 'posted') OR (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) <> (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.reverses_id) OR EXISTS (SELECT 1 FROM posting r LEFT JOIN posting o ON o.entry_id = NEW.reverses_id AND o.line = r.line AND o.account_code = r.account_code AND o.fund_id = r.fund_id AND o.currency = r.currency AND o.amount_cents = -r.amount_cents AND o.base_cents = -r.base_cents WHERE r.entry_id = NEW.id AND o.id IS NULL)); INSERT INTO account_balance (fund_id, account_code, currency, balance_cents, base_cents, posting_count, entry_id) SELECT fund_id, account_code, currency, SUM(amount_cents), SUM(base_cents), COUNT(*), MAX(entry_id) FROM posting WHERE entry_id = NEW.id GROUP BY fund_id, account_code, currency ORDER BY fund_id, account_code, currency ON CONFLICT (fund_id, account_code, currency) DO UPDATE SET balance_cents = account_balance.balance_cents + excluded.balance_cents, base_cents = account_balance.base_cents + excluded.base_cents, posting_count = account_balance.posting_count + excluded.posting_count, entry_id = CASE WHEN excluded.entry_id > account_balance.entry_id THEN excluded.entry_id ELSE account_balance.entry_id END;SELECT RAISE(ABORT, 'ledger: overdrawn a restricted fund would fall below zero') WHERE EXISTS (SELECT 1 FROM account_balance b JOIN account a ON a.code = b.account_code JOIN fund f ON f.id = b.fund_id WHERE f.kind IN ('restricted', 'endowment') AND a.available_sign <> 0 AND b.fund_id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id) GROUP BY b.fund_id, b.currency HAVING SUM(a.available_sign * b.balance_cents) < 0); END
""",
    "postgresql": """
CREATE OR REPLACE FUNCTION journal_entry_post() RETURNS trigger LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
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
  INSERT INTO account_balance (fund_id, account_code, currency, balance_cents, base_cents, posting_count, entry_id) SELECT fund_id, account_code, currency, SUM(amount_cents), SUM(base_cents), COUNT(*), MAX(entry_id) FROM posting WHERE entry_id = ANY(ids) GROUP BY fund_id, account_code, currency ORDER BY fund_id, account_code, currency ON CONFLICT (fund_id, account_code, currency) DO UPDATE SET balance_cents = account_balance.balance_cents + excluded.balance_cents, base_cents = account_balance.base_cents + excluded.base_cents, posting_count = account_balance.posting_count + excluded.posting_count, entry_id = CASE WHEN excluded.entry_id > account_balance.entry_id THEN excluded.entry_id ELSE account_balance.entry_id END;
  RETURN NULL;
END $$
""",
}


def upgrade() -> None:
    replace_posting(POST)


def downgrade() -> None:
    replace_posting(POST_BEFORE)


def replace_posting(texts: dict[str, str]) -> None:
    """Put one text of the flip in the place of the other."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        op.execute("DROP TRIGGER journal_entry_post")
    op.get_bind().exec_driver_sql(texts[dialect].strip())
