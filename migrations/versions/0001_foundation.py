"""The foundation: every table and trigger of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
    CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event: rows are append-only'); END
    """,
        """
    CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event: rows are append-only'); END
    """,
        """
    CREATE TRIGGER rulebook_version_no_update BEFORE UPDATE ON rulebook_version BEGIN SELECT RAISE(ABORT, 'rulebook_version: rows are append-only'); END
    """,
        """
    CREATE TRIGGER rulebook_version_no_delete BEFORE DELETE ON rulebook_version BEGIN SELECT RAISE(ABORT, 'rulebook_version: rows are append-only'); END
    """,
        """
    CREATE TRIGGER ranking_fixed_once_released_update BEFORE UPDATE ON ranking WHEN OLD.state = 'released' BEGIN SELECT RAISE(ABORT, 'ranking: fixed once released'); END
    """,
        """
    CREATE TRIGGER ranking_line_fixed_once_released_update BEFORE UPDATE ON ranking_line WHEN (SELECT state FROM ranking WHERE id = OLD.ranking_id) = 'released' OR NEW.ranking_id <> OLD.ranking_id BEGIN SELECT RAISE(ABORT, 'ranking_line: fixed once released'); END
    """,
        """
    CREATE TRIGGER ranking_fixed_once_released_delete BEFORE DELETE ON ranking WHEN OLD.state = 'released' BEGIN SELECT RAISE(ABORT, 'ranking: fixed once released'); END
    """,
        """
    CREATE TRIGGER ranking_line_fixed_once_released_delete BEFORE DELETE ON ranking_line WHEN (SELECT state FROM ranking WHERE id = OLD.ranking_id) = 'released' BEGIN SELECT RAISE(ABORT, 'ranking_line: fixed once released'); END
    """,
        """
    CREATE TRIGGER ranking_line_fixed_once_released_insert BEFORE INSERT ON ranking_line WHEN (SELECT state FROM ranking WHERE id = NEW.ranking_id) = 'released' BEGIN SELECT RAISE(ABORT, 'ranking_line: fixed once released'); END
    """,
        """
    CREATE TRIGGER draw_commitment_fixed BEFORE UPDATE ON draw WHEN OLD.drawn_at IS NOT NULL OR NEW.commitment <> OLD.commitment OR NEW.iterations <> OLD.iterations OR NEW.secret_hex <> OLD.secret_hex OR NEW.panel_id <> OLD.panel_id OR CAST(NEW.labels AS TEXT) <> CAST(OLD.labels AS TEXT) OR CAST(NEW.randomness_source AS TEXT) <> CAST(OLD.randomness_source AS TEXT) OR NEW.committed_at <> OLD.committed_at BEGIN SELECT RAISE(ABORT, 'draw: fixed once committed'); END
    """,
        """
    CREATE TRIGGER draw_kept BEFORE DELETE ON draw WHEN OLD.id = OLD.id BEGIN SELECT RAISE(ABORT, 'draw: fixed once committed'); END
    """,
        """
    CREATE TRIGGER conflict_declaration_no_update BEFORE UPDATE ON conflict_declaration BEGIN SELECT RAISE(ABORT, 'conflict_declaration: rows are append-only'); END
    """,
        """
    CREATE TRIGGER conflict_declaration_no_delete BEFORE DELETE ON conflict_declaration BEGIN SELECT RAISE(ABORT, 'conflict_declaration: rows are append-only'); END
    """,
        """
    CREATE TRIGGER score_change_no_update BEFORE UPDATE ON score_change BEGIN SELECT RAISE(ABORT, 'score_change: rows are append-only'); END
    """,
        """
    CREATE TRIGGER score_change_no_delete BEFORE DELETE ON score_change BEGIN SELECT RAISE(ABORT, 'score_change: rows are append-only'); END
    """,
        """
    CREATE TRIGGER review_fixed_once_submitted BEFORE UPDATE ON review WHEN OLD.state <> 'draft' AND (OLD.state = 'set_aside' OR NEW.state <> 'set_aside' OR NEW.assignment_id <> OLD.assignment_id OR NEW.submitted_at <> OLD.submitted_at OR NEW.submitted_at IS NULL OR NEW.id <> OLD.id) BEGIN SELECT RAISE(ABORT, 'review: fixed once submitted'); END
    """,
        """
    CREATE TRIGGER review_kept_once_submitted BEFORE DELETE ON review WHEN OLD.state <> 'draft' BEGIN SELECT RAISE(ABORT, 'review: fixed once submitted'); END
    """,
        """
    CREATE TRIGGER score_added_to_drafts_only BEFORE INSERT ON score WHEN NOT (SELECT state FROM review WHERE id = NEW.review_id) = 'draft' BEGIN SELECT RAISE(ABORT, 'score: the review is fixed'); END
    """,
        """
    CREATE TRIGGER score_kept_once_submitted BEFORE DELETE ON score WHEN NOT (SELECT state FROM review WHERE id = OLD.review_id) = 'draft' BEGIN SELECT RAISE(ABORT, 'score: the review is fixed'); END
    """,
        """
    CREATE TRIGGER score_changed_on_record_only BEFORE UPDATE ON score WHEN NEW.review_id <> OLD.review_id OR NOT (SELECT state FROM review WHERE id = OLD.review_id) = 'draft' AND (NEW.id <> OLD.id OR NEW.criterion <> OLD.criterion OR NEW.version <> OLD.version + 1 OR (SELECT state FROM review WHERE id = OLD.review_id) = 'set_aside' OR NOT EXISTS (SELECT 1 FROM score_change c WHERE c.score_id = OLD.id AND c.version = NEW.version
     AND c.previous_numerator = OLD.numerator AND c.previous_denominator = OLD.denominator
     AND c.previous_justification = OLD.justification
     AND c.numerator = NEW.numerator AND c.denominator = NEW.denominator AND c.justification = NEW.justification)) BEGIN SELECT RAISE(ABORT, 'score: the review is fixed'); END
    """,
        """
    CREATE TRIGGER call_addendum_no_update BEFORE UPDATE ON call_addendum BEGIN SELECT RAISE(ABORT, 'call_addendum: rows are append-only'); END
    """,
        """
    CREATE TRIGGER call_addendum_no_delete BEFORE DELETE ON call_addendum BEGIN SELECT RAISE(ABORT, 'call_addendum: rows are append-only'); END
    """,
        """
    CREATE TRIGGER grant_call_frozen BEFORE UPDATE OF form, tariff, eligibility, rulebook_id, opens_at, results_on, cap_per_award_cents, frozen_sha256, published_at ON grant_call WHEN OLD.frozen_sha256 IS NOT NULL BEGIN SELECT RAISE(ABORT, 'grant_call: published rules do not change'); END
    """,
        """
    CREATE TRIGGER grant_call_only_extends BEFORE UPDATE OF closes_at ON grant_call WHEN OLD.frozen_sha256 IS NOT NULL AND (NEW.closes_at IS NULL OR NEW.closes_at < OLD.closes_at) BEGIN SELECT RAISE(ABORT, 'grant_call: a deadline is only extended'); END
    """,
        """
    CREATE TRIGGER application_version_no_update BEFORE UPDATE ON application_version BEGIN SELECT RAISE(ABORT, 'application_version: rows are append-only'); END
    """,
        """
    CREATE TRIGGER application_version_no_delete BEFORE DELETE ON application_version BEGIN SELECT RAISE(ABORT, 'application_version: rows are append-only'); END
    """,
        """
    CREATE TRIGGER determination_stands BEFORE UPDATE OF outcome, dossier_code, position, score_text, granted_cents, currency, reason, reason_params, released_at, state ON determination WHEN OLD.state = 'released' BEGIN SELECT RAISE(ABORT, 'determination: what was released stands'); END
    """,
        """
    CREATE TRIGGER determination_kept BEFORE DELETE ON determination WHEN OLD.state = 'released' BEGIN SELECT RAISE(ABORT, 'determination: what was released stands'); END
    """,
        """
    CREATE TRIGGER screening_no_update BEFORE UPDATE ON screening BEGIN SELECT RAISE(ABORT, 'screening: rows are append-only'); END
    """,
        """
    CREATE TRIGGER screening_no_delete BEFORE DELETE ON screening BEGIN SELECT RAISE(ABORT, 'screening: rows are append-only'); END
    """,
        """
    CREATE TRIGGER account_guard_delete BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'ledger: an account cannot be deleted'); END
    """,
        """
    CREATE TRIGGER account_no_replace BEFORE INSERT ON account WHEN EXISTS (SELECT 1 FROM account WHERE code = NEW.code) BEGIN SELECT RAISE(ABORT, 'ledger: an account cannot be deleted'); END
    """,
        """
    CREATE TRIGGER account_guard_update BEFORE UPDATE ON account WHEN NEW.code <> OLD.code OR NEW.kind <> OLD.kind OR NEW.available_sign <> OLD.available_sign BEGIN SELECT RAISE(ABORT, 'ledger: an account keeps its code, kind and sign'); END
    """,
        """
    CREATE TRIGGER fund_guard_delete BEFORE DELETE ON fund BEGIN SELECT RAISE(ABORT, 'ledger: a fund cannot be deleted'); END
    """,
        """
    CREATE TRIGGER fund_no_replace BEFORE INSERT ON fund WHEN EXISTS (SELECT 1 FROM fund WHERE id = NEW.id OR code = NEW.code) BEGIN SELECT RAISE(ABORT, 'ledger: a fund cannot be deleted'); END
    """,
        """
    CREATE TRIGGER fund_guard_update BEFORE UPDATE ON fund WHEN NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.kind <> OLD.kind OR NEW.currency <> OLD.currency BEGIN SELECT RAISE(ABORT, 'ledger: a fund keeps its code, kind and currency'); END
    """,
        """
    CREATE TRIGGER fiscal_period_guard_delete BEFORE DELETE ON fiscal_period BEGIN SELECT RAISE(ABORT, 'ledger: a period cannot be deleted'); END
    """,
        """
    CREATE TRIGGER fiscal_period_no_replace BEFORE INSERT ON fiscal_period WHEN EXISTS (SELECT 1 FROM fiscal_period WHERE id = NEW.id OR (year = NEW.year AND month = NEW.month)) BEGIN SELECT RAISE(ABORT, 'ledger: a period cannot be deleted'); END
    """,
        """
    CREATE TRIGGER fiscal_period_guard_update BEFORE UPDATE ON fiscal_period WHEN OLD.state = 'closed' BEGIN SELECT RAISE(ABORT, 'ledger: closed_period a closed period stays closed'); END
    """,
        """
    CREATE TRIGGER journal_entry_guard_insert BEFORE INSERT ON journal_entry WHEN NEW.state <> 'draft' BEGIN SELECT RAISE(ABORT, 'ledger: immutable an entry starts as a draft'); END
    """,
        """
    CREATE TRIGGER journal_entry_guard_update BEFORE UPDATE ON journal_entry WHEN NOT (OLD.state = 'draft' AND NEW.state = 'posted' AND NEW.id = OLD.id AND NEW.fiscal_year = OLD.fiscal_year AND NEW.number = OLD.number AND NEW.entry_date = OLD.entry_date AND NEW.kind = OLD.kind AND NEW.memo = OLD.memo AND NEW.source = OLD.source AND NEW.idempotency_key = OLD.idempotency_key AND NEW.inputs_hash = OLD.inputs_hash AND COALESCE(NEW.reverses_id, 0) = COALESCE(OLD.reverses_id, 0) AND COALESCE(NEW.recorded_by, 0) = COALESCE(OLD.recorded_by, 0)) BEGIN SELECT RAISE(ABORT, 'ledger: immutable an entry cannot be changed'); END
    """,
        """
    CREATE TRIGGER journal_entry_guard_delete BEFORE DELETE ON journal_entry BEGIN SELECT RAISE(ABORT, 'ledger: immutable an entry cannot be deleted'); END
    """,
        """
    CREATE TRIGGER journal_entry_no_replace BEFORE INSERT ON journal_entry WHEN EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.id OR idempotency_key = NEW.idempotency_key OR reverses_id = NEW.reverses_id) OR EXISTS (SELECT 1 FROM journal_entry WHERE fiscal_year = NEW.fiscal_year AND number = NEW.number) BEGIN SELECT RAISE(ABORT, 'ledger: immutable an entry cannot be deleted'); END
    """,
        """
    CREATE TRIGGER posting_guard_insert BEFORE INSERT ON posting WHEN NOT EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id AND state = 'draft') BEGIN SELECT RAISE(ABORT, 'ledger: late_posting the entry is not a draft'); END
    """,
        """
    CREATE TRIGGER posting_guard_update BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'ledger: immutable a posting cannot be changed'); END
    """,
        """
    CREATE TRIGGER posting_guard_delete BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'ledger: immutable a posting cannot be deleted'); END
    """,
        """
    CREATE TRIGGER posting_no_replace BEFORE INSERT ON posting WHEN EXISTS (SELECT 1 FROM posting WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.entry_id AND line = NEW.line) BEGIN SELECT RAISE(ABORT, 'ledger: immutable a posting cannot be deleted'); END
    """,
        """
    CREATE TRIGGER journal_entry_post AFTER UPDATE ON journal_entry WHEN OLD.state = 'draft' AND NEW.state = 'posted' BEGIN SELECT RAISE(ABORT, 'ledger: unbalanced the entry does not balance by fund and currency') WHERE EXISTS (SELECT 1 FROM posting WHERE entry_id = NEW.id GROUP BY fund_id, currency HAVING SUM(amount_cents) <> 0 OR SUM(base_cents) <> 0) OR (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) < 2;SELECT RAISE(ABORT, 'ledger: closed_period the period is not open') WHERE NOT EXISTS (SELECT 1 FROM fiscal_period WHERE state = 'open' AND year = CAST(strftime('%Y', NEW.entry_date) AS INTEGER) AND month = CAST(strftime('%m', NEW.entry_date) AS INTEGER) AND year = NEW.fiscal_year);SELECT RAISE(ABORT, 'ledger: gap the number before this one is missing') WHERE NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM journal_entry WHERE fiscal_year = NEW.fiscal_year AND number = NEW.number - 1 AND state = 'posted');SELECT RAISE(ABORT, 'ledger: reversal it does not mirror the entry it reverses') WHERE NEW.reverses_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.reverses_id AND state = 'posted') OR (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.id) <> (SELECT COUNT(*) FROM posting WHERE entry_id = NEW.reverses_id) OR EXISTS (SELECT 1 FROM posting r LEFT JOIN posting o ON o.entry_id = NEW.reverses_id AND o.line = r.line AND o.account_code = r.account_code AND o.fund_id = r.fund_id AND o.currency = r.currency AND o.amount_cents = -r.amount_cents AND o.base_cents = -r.base_cents WHERE r.entry_id = NEW.id AND o.id IS NULL)); INSERT INTO account_balance (fund_id, account_code, currency, balance_cents, base_cents, posting_count) SELECT fund_id, account_code, currency, SUM(amount_cents), SUM(base_cents), COUNT(*) FROM posting WHERE entry_id = NEW.id GROUP BY fund_id, account_code, currency ORDER BY fund_id, account_code, currency ON CONFLICT (fund_id, account_code, currency) DO UPDATE SET balance_cents = account_balance.balance_cents + excluded.balance_cents, base_cents = account_balance.base_cents + excluded.base_cents, posting_count = account_balance.posting_count + excluded.posting_count;SELECT RAISE(ABORT, 'ledger: overdrawn a restricted fund would fall below zero') WHERE EXISTS (SELECT 1 FROM account_balance b JOIN account a ON a.code = b.account_code JOIN fund f ON f.id = b.fund_id WHERE f.kind IN ('restricted', 'endowment') AND a.available_sign <> 0 AND b.fund_id IN (SELECT fund_id FROM posting WHERE entry_id = NEW.id) GROUP BY b.fund_id, b.currency HAVING SUM(a.available_sign * b.balance_cents) < 0); END
    """,
        """
    CREATE TRIGGER account_balance_guard_delete BEFORE DELETE ON account_balance BEGIN SELECT RAISE(ABORT, 'ledger: immutable a running balance cannot be deleted'); END
    """,
        """
    CREATE TRIGGER receipt_guard_delete BEFORE DELETE ON receipt BEGIN SELECT RAISE(ABORT, 'ledger: immutable a receipt cannot be deleted'); END
    """,
        """
    CREATE TRIGGER receipt_no_replace BEFORE INSERT ON receipt WHEN EXISTS (SELECT 1 FROM receipt WHERE id = NEW.id OR code = NEW.code OR contribution_id = NEW.contribution_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable a receipt cannot be deleted'); END
    """,
        """
    CREATE TRIGGER receipt_guard_update BEFORE UPDATE ON receipt WHEN NOT (OLD.state = 'valid' AND NEW.state = 'cancelled' AND NEW.id = OLD.id AND NEW.code = OLD.code AND NEW.sha256 = OLD.sha256 AND NEW.contribution_id = OLD.contribution_id AND NEW.series = OLD.series AND NEW.year = OLD.year AND NEW.number = OLD.number AND NEW.stored_file_id = OLD.stored_file_id AND CAST(NEW.content AS TEXT) = CAST(OLD.content AS TEXT)) BEGIN SELECT RAISE(ABORT, 'ledger: immutable a receipt can only be cancelled'); END
    """,
        """
    CREATE TRIGGER processed_event_no_update BEFORE UPDATE ON processed_event BEGIN SELECT RAISE(ABORT, 'processed_event: rows are append-only'); END
    """,
        """
    CREATE TRIGGER processed_event_no_delete BEFORE DELETE ON processed_event BEGIN SELECT RAISE(ABORT, 'processed_event: rows are append-only'); END
    """,
    ),
    "postgresql": (
        """
    CREATE FUNCTION audit_event_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_event: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_no_update()
    """,
        """
    CREATE FUNCTION audit_event_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_event: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_event_no_delete()
    """,
        """
    CREATE FUNCTION rulebook_version_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rulebook_version: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER rulebook_version_no_update BEFORE UPDATE ON rulebook_version FOR EACH ROW EXECUTE FUNCTION rulebook_version_no_update()
    """,
        """
    CREATE FUNCTION rulebook_version_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rulebook_version: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER rulebook_version_no_delete BEFORE DELETE ON rulebook_version FOR EACH ROW EXECUTE FUNCTION rulebook_version_no_delete()
    """,
        """
    CREATE FUNCTION ranking_fixed_once_released_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'released' THEN RAISE EXCEPTION 'ranking: fixed once released' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER ranking_fixed_once_released_update BEFORE UPDATE ON ranking FOR EACH ROW EXECUTE FUNCTION ranking_fixed_once_released_update()
    """,
        """
    CREATE FUNCTION ranking_line_fixed_once_released_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM ranking WHERE id = OLD.ranking_id) = 'released' OR NEW.ranking_id <> OLD.ranking_id THEN RAISE EXCEPTION 'ranking_line: fixed once released' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER ranking_line_fixed_once_released_update BEFORE UPDATE ON ranking_line FOR EACH ROW EXECUTE FUNCTION ranking_line_fixed_once_released_update()
    """,
        """
    CREATE FUNCTION ranking_fixed_once_released_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'released' THEN RAISE EXCEPTION 'ranking: fixed once released' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER ranking_fixed_once_released_delete BEFORE DELETE ON ranking FOR EACH ROW EXECUTE FUNCTION ranking_fixed_once_released_delete()
    """,
        """
    CREATE FUNCTION ranking_line_fixed_once_released_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM ranking WHERE id = OLD.ranking_id) = 'released' THEN RAISE EXCEPTION 'ranking_line: fixed once released' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER ranking_line_fixed_once_released_delete BEFORE DELETE ON ranking_line FOR EACH ROW EXECUTE FUNCTION ranking_line_fixed_once_released_delete()
    """,
        """
    CREATE FUNCTION ranking_line_fixed_once_released_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT state FROM ranking WHERE id = NEW.ranking_id) = 'released' THEN RAISE EXCEPTION 'ranking_line: fixed once released' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER ranking_line_fixed_once_released_insert BEFORE INSERT ON ranking_line FOR EACH ROW EXECUTE FUNCTION ranking_line_fixed_once_released_insert()
    """,
        """
    CREATE FUNCTION draw_commitment_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.drawn_at IS NOT NULL OR NEW.commitment <> OLD.commitment OR NEW.iterations <> OLD.iterations OR NEW.secret_hex <> OLD.secret_hex OR NEW.panel_id <> OLD.panel_id OR CAST(NEW.labels AS TEXT) <> CAST(OLD.labels AS TEXT) OR CAST(NEW.randomness_source AS TEXT) <> CAST(OLD.randomness_source AS TEXT) OR NEW.committed_at <> OLD.committed_at THEN RAISE EXCEPTION 'draw: fixed once committed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER draw_commitment_fixed BEFORE UPDATE ON draw FOR EACH ROW EXECUTE FUNCTION draw_commitment_fixed()
    """,
        """
    CREATE FUNCTION draw_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = OLD.id THEN RAISE EXCEPTION 'draw: fixed once committed' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER draw_kept BEFORE DELETE ON draw FOR EACH ROW EXECUTE FUNCTION draw_kept()
    """,
        """
    CREATE FUNCTION conflict_declaration_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'conflict_declaration: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER conflict_declaration_no_update BEFORE UPDATE ON conflict_declaration FOR EACH ROW EXECUTE FUNCTION conflict_declaration_no_update()
    """,
        """
    CREATE FUNCTION conflict_declaration_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'conflict_declaration: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER conflict_declaration_no_delete BEFORE DELETE ON conflict_declaration FOR EACH ROW EXECUTE FUNCTION conflict_declaration_no_delete()
    """,
        """
    CREATE FUNCTION score_change_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'score_change: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER score_change_no_update BEFORE UPDATE ON score_change FOR EACH ROW EXECUTE FUNCTION score_change_no_update()
    """,
        """
    CREATE FUNCTION score_change_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'score_change: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER score_change_no_delete BEFORE DELETE ON score_change FOR EACH ROW EXECUTE FUNCTION score_change_no_delete()
    """,
        """
    CREATE FUNCTION review_fixed_once_submitted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state <> 'draft' AND (OLD.state = 'set_aside' OR NEW.state <> 'set_aside' OR NEW.assignment_id <> OLD.assignment_id OR NEW.submitted_at <> OLD.submitted_at OR NEW.submitted_at IS NULL OR NEW.id <> OLD.id) THEN RAISE EXCEPTION 'review: fixed once submitted' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER review_fixed_once_submitted BEFORE UPDATE ON review FOR EACH ROW EXECUTE FUNCTION review_fixed_once_submitted()
    """,
        """
    CREATE FUNCTION review_kept_once_submitted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state <> 'draft' THEN RAISE EXCEPTION 'review: fixed once submitted' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER review_kept_once_submitted BEFORE DELETE ON review FOR EACH ROW EXECUTE FUNCTION review_kept_once_submitted()
    """,
        """
    CREATE FUNCTION score_added_to_drafts_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (SELECT state FROM review WHERE id = NEW.review_id) = 'draft' THEN RAISE EXCEPTION 'score: the review is fixed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER score_added_to_drafts_only BEFORE INSERT ON score FOR EACH ROW EXECUTE FUNCTION score_added_to_drafts_only()
    """,
        """
    CREATE FUNCTION score_kept_once_submitted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (SELECT state FROM review WHERE id = OLD.review_id) = 'draft' THEN RAISE EXCEPTION 'score: the review is fixed' USING ERRCODE = 'check_violation'; END IF; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER score_kept_once_submitted BEFORE DELETE ON score FOR EACH ROW EXECUTE FUNCTION score_kept_once_submitted()
    """,
        """
    CREATE FUNCTION score_changed_on_record_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.review_id <> OLD.review_id OR NOT (SELECT state FROM review WHERE id = OLD.review_id) = 'draft' AND (NEW.id <> OLD.id OR NEW.criterion <> OLD.criterion OR NEW.version <> OLD.version + 1 OR (SELECT state FROM review WHERE id = OLD.review_id) = 'set_aside' OR NOT EXISTS (SELECT 1 FROM score_change c WHERE c.score_id = OLD.id AND c.version = NEW.version
     AND c.previous_numerator = OLD.numerator AND c.previous_denominator = OLD.denominator
     AND c.previous_justification = OLD.justification
     AND c.numerator = NEW.numerator AND c.denominator = NEW.denominator AND c.justification = NEW.justification)) THEN RAISE EXCEPTION 'score: the review is fixed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER score_changed_on_record_only BEFORE UPDATE ON score FOR EACH ROW EXECUTE FUNCTION score_changed_on_record_only()
    """,
        """
    CREATE FUNCTION call_addendum_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'call_addendum: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER call_addendum_no_update BEFORE UPDATE ON call_addendum FOR EACH ROW EXECUTE FUNCTION call_addendum_no_update()
    """,
        """
    CREATE FUNCTION call_addendum_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'call_addendum: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER call_addendum_no_delete BEFORE DELETE ON call_addendum FOR EACH ROW EXECUTE FUNCTION call_addendum_no_delete()
    """,
        """
    CREATE FUNCTION grant_call_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'grant_call: published rules do not change' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER grant_call_frozen BEFORE UPDATE OF form, tariff, eligibility, rulebook_id, opens_at, results_on, cap_per_award_cents, frozen_sha256, published_at ON grant_call FOR EACH ROW WHEN (OLD.frozen_sha256 IS NOT NULL) EXECUTE FUNCTION grant_call_frozen()
    """,
        """
    CREATE FUNCTION grant_call_only_extends() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'grant_call: a deadline is only extended' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER grant_call_only_extends BEFORE UPDATE OF closes_at ON grant_call FOR EACH ROW WHEN (OLD.frozen_sha256 IS NOT NULL AND (NEW.closes_at IS NULL OR NEW.closes_at < OLD.closes_at)) EXECUTE FUNCTION grant_call_only_extends()
    """,
        """
    CREATE FUNCTION application_version_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'application_version: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER application_version_no_update BEFORE UPDATE ON application_version FOR EACH ROW EXECUTE FUNCTION application_version_no_update()
    """,
        """
    CREATE FUNCTION application_version_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'application_version: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER application_version_no_delete BEFORE DELETE ON application_version FOR EACH ROW EXECUTE FUNCTION application_version_no_delete()
    """,
        """
    CREATE FUNCTION determination_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'determination: what was released stands' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER determination_stands BEFORE UPDATE OF outcome, dossier_code, position, score_text, granted_cents, currency, reason, reason_params, released_at, state ON determination FOR EACH ROW WHEN (OLD.state = 'released') EXECUTE FUNCTION determination_stands()
    """,
        """
    CREATE TRIGGER determination_kept BEFORE DELETE ON determination FOR EACH ROW WHEN (OLD.state = 'released') EXECUTE FUNCTION determination_stands()
    """,
        """
    CREATE FUNCTION screening_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'screening: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER screening_no_update BEFORE UPDATE ON screening FOR EACH ROW EXECUTE FUNCTION screening_no_update()
    """,
        """
    CREATE FUNCTION screening_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'screening: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER screening_no_delete BEFORE DELETE ON screening FOR EACH ROW EXECUTE FUNCTION screening_no_delete()
    """,
        """
    CREATE FUNCTION account_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: an account cannot be deleted' USING ERRCODE = 'check_violation'; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER account_guard_delete BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION account_guard_delete()
    """,
        """
    CREATE FUNCTION account_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.code <> OLD.code OR NEW.kind <> OLD.kind OR NEW.available_sign <> OLD.available_sign THEN RAISE EXCEPTION 'ledger: an account keeps its code, kind and sign' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER account_guard_update BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION account_guard_update()
    """,
        """
    CREATE FUNCTION fund_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: a fund cannot be deleted' USING ERRCODE = 'check_violation'; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER fund_guard_delete BEFORE DELETE ON fund FOR EACH ROW EXECUTE FUNCTION fund_guard_delete()
    """,
        """
    CREATE FUNCTION fund_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> OLD.id OR NEW.code <> OLD.code OR NEW.kind <> OLD.kind OR NEW.currency <> OLD.currency THEN RAISE EXCEPTION 'ledger: a fund keeps its code, kind and currency' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER fund_guard_update BEFORE UPDATE ON fund FOR EACH ROW EXECUTE FUNCTION fund_guard_update()
    """,
        """
    CREATE FUNCTION fiscal_period_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: a period cannot be deleted' USING ERRCODE = 'check_violation'; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER fiscal_period_guard_delete BEFORE DELETE ON fiscal_period FOR EACH ROW EXECUTE FUNCTION fiscal_period_guard_delete()
    """,
        """
    CREATE FUNCTION fiscal_period_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.state = 'closed' THEN RAISE EXCEPTION 'ledger: closed_period a closed period stays closed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER fiscal_period_guard_update BEFORE UPDATE ON fiscal_period FOR EACH ROW EXECUTE FUNCTION fiscal_period_guard_update()
    """,
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
    CREATE FUNCTION journal_entry_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable an entry cannot be deleted' USING ERRCODE = 'check_violation'; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER journal_entry_guard_delete BEFORE DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_guard_delete()
    """,
        """
    CREATE FUNCTION posting_guard_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM journal_entry WHERE id = NEW.entry_id AND state = 'draft') THEN RAISE EXCEPTION 'ledger: late_posting the entry is not a draft' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER posting_guard_insert BEFORE INSERT ON posting FOR EACH ROW EXECUTE FUNCTION posting_guard_insert()
    """,
        """
    CREATE FUNCTION posting_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable a posting cannot be changed' USING ERRCODE = 'check_violation'; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER posting_guard_update BEFORE UPDATE ON posting FOR EACH ROW EXECUTE FUNCTION posting_guard_update()
    """,
        """
    CREATE FUNCTION posting_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable a posting cannot be deleted' USING ERRCODE = 'check_violation'; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER posting_guard_delete BEFORE DELETE ON posting FOR EACH ROW EXECUTE FUNCTION posting_guard_delete()
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
    CREATE FUNCTION account_balance_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable a running balance cannot be deleted' USING ERRCODE = 'check_violation'; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER account_balance_guard_delete BEFORE DELETE ON account_balance FOR EACH ROW EXECUTE FUNCTION account_balance_guard_delete()
    """,
        """
    CREATE FUNCTION receipt_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable a receipt cannot be deleted' USING ERRCODE = 'check_violation'; RETURN OLD; END $$
    """,
        """
    CREATE TRIGGER receipt_guard_delete BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION receipt_guard_delete()
    """,
        """
    CREATE FUNCTION receipt_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT (OLD.state = 'valid' AND NEW.state = 'cancelled' AND NEW.id = OLD.id AND NEW.code = OLD.code AND NEW.sha256 = OLD.sha256 AND NEW.contribution_id = OLD.contribution_id AND NEW.series = OLD.series AND NEW.year = OLD.year AND NEW.number = OLD.number AND NEW.stored_file_id = OLD.stored_file_id AND CAST(NEW.content AS TEXT) = CAST(OLD.content AS TEXT)) THEN RAISE EXCEPTION 'ledger: immutable a receipt can only be cancelled' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
    """,
        """
    CREATE TRIGGER receipt_guard_update BEFORE UPDATE ON receipt FOR EACH ROW EXECUTE FUNCTION receipt_guard_update()
    """,
        """
    CREATE FUNCTION processed_event_no_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'processed_event: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER processed_event_no_update BEFORE UPDATE ON processed_event FOR EACH ROW EXECUTE FUNCTION processed_event_no_update()
    """,
        """
    CREATE FUNCTION processed_event_no_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'processed_event: rows are append-only' USING ERRCODE = 'check_violation'; END $$
    """,
        """
    CREATE TRIGGER processed_event_no_delete BEFORE DELETE ON processed_event FOR EACH ROW EXECUTE FUNCTION processed_event_no_delete()
    """,
    ),
}
FUNCTIONS = (
    "audit_event_no_update",
    "audit_event_no_delete",
    "rulebook_version_no_update",
    "rulebook_version_no_delete",
    "ranking_fixed_once_released_update",
    "ranking_line_fixed_once_released_update",
    "ranking_fixed_once_released_delete",
    "ranking_line_fixed_once_released_delete",
    "ranking_line_fixed_once_released_insert",
    "draw_commitment_fixed",
    "draw_kept",
    "conflict_declaration_no_update",
    "conflict_declaration_no_delete",
    "score_change_no_update",
    "score_change_no_delete",
    "review_fixed_once_submitted",
    "review_kept_once_submitted",
    "score_added_to_drafts_only",
    "score_kept_once_submitted",
    "score_changed_on_record_only",
    "call_addendum_no_update",
    "call_addendum_no_delete",
    "grant_call_frozen",
    "grant_call_only_extends",
    "application_version_no_update",
    "application_version_no_delete",
    "determination_stands",
    "screening_no_update",
    "screening_no_delete",
    "account_guard_delete",
    "account_guard_update",
    "fund_guard_delete",
    "fund_guard_update",
    "fiscal_period_guard_delete",
    "fiscal_period_guard_update",
    "journal_entry_guard_insert",
    "journal_entry_guard_update",
    "journal_entry_guard_delete",
    "posting_guard_insert",
    "posting_guard_update",
    "posting_guard_delete",
    "journal_entry_post",
    "account_balance_guard_delete",
    "receipt_guard_delete",
    "receipt_guard_update",
    "processed_event_no_update",
    "processed_event_no_delete",
)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "asset",
                "liability",
                "net_assets",
                "income",
                "expense",
                "budget",
                "trading",
                name="accountkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("available_sign", sa.Integer(), nullable=False),
        sa.CheckConstraint("available_sign IN (-1, 0, 1)", name=op.f("ck_account_available_sign_known")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_account")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_action"), "audit_event", ["action"], unique=False)
    op.create_index("ix_audit_event_subject", "audit_event", ["subject", "subject_id", "id"], unique=False)
    op.create_table(
        "entry_counter",
        sa.Column("fiscal_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("fiscal_year", name=op.f("pk_entry_counter")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "dead",
                name="jobstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(length=80), nullable=True),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("unique_key", sa.String(length=120), nullable=True),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_job_leased_iff_running")),
        sa.CheckConstraint(
            "(state IN ('done', 'dead')) = (finished_at IS NOT NULL)", name=op.f("ck_job_finished_iff_over")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_due", "job", ["state", "run_after", "id"], unique=False)
    op.create_index(
        "uq_job_unique_key_waiting",
        "job",
        ["unique_key"],
        unique=True,
        sqlite_where=sa.text("state IN ('queued', 'running') AND unique_key IS NOT NULL"),
        postgresql_where=sa.text("state IN ('queued', 'running') AND unique_key IS NOT NULL"),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "company",
                "foundation",
                "public_body",
                "civil_society",
                "collective",
                "university",
                "person",
                name="organisationkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tax_id", sa.String(length=20), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("public_name_allowed", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(country) = 2 AND country = upper(country)", name=op.f("ck_organisation_country_code")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_organisation_name_present")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index(op.f("ix_organisation_name"), "organisation", ["name"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "failed",
                name="messagestate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outbox_message_sent_has_a_time")),
        sa.CheckConstraint("language IN ('es', 'en')", name=op.f("ck_outbox_message_language_known")),
        sa.CheckConstraint(
            "state <> 'failed' OR last_error IS NOT NULL", name=op.f("ck_outbox_message_failed_has_a_reason")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_message_id")),
    )
    op.create_index("ix_outbox_message_recipient", "outbox_message", ["recipient", "about", "created_at"], unique=False)
    op.create_index("ix_outbox_message_state", "outbox_message", ["state", "id"], unique=False)
    op.create_table(
        "processed_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("object_id", sa.String(length=200), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processed_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_processed_event_event_id")),
    )
    op.create_table(
        "receipt_counter",
        sa.Column("series", sa.String(length=4), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_receipt_counter")),
    )
    op.create_table(
        "rulebook_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_key", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_rulebook_version_sha256_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_version")),
        sa.UniqueConstraint("call_key", "sha256", name=op.f("uq_rulebook_version_call_key_sha256")),
        sa.UniqueConstraint("call_key", "version", name=op.f("uq_rulebook_version_call_key_version")),
    )
    op.create_index(op.f("ix_rulebook_version_sha256"), "rulebook_version", ["sha256"], unique=False)
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "password",
                "second_factor",
                "letter",
                name="attemptkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("account_key", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("forgiven_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_account_key", "sign_in_attempt", ["kind", "account_key", "at"], unique=False)
    op.create_index("ix_sign_in_attempt_address", "sign_in_attempt", ["kind", "address", "at"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.String(length=80), nullable=False),
        sa.Column("original_name", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("scanned", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_stored_file_size_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("key", name=op.f("uq_stored_file_key")),
    )
    op.create_index(op.f("ix_stored_file_sha256"), "stored_file", ["sha256"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unverified",
                "active",
                "suspended",
                "closed",
                name="accountstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "email = lower(email) AND email LIKE '%_@_%'", name=op.f("ck_user_account_email_casefolded")
        ),
        sa.CheckConstraint("language IN ('es', 'en')", name=op.f("ck_user_account_language_known")),
        sa.CheckConstraint(
            "state <> 'active' OR email_verified_at IS NOT NULL", name=op.f("ck_user_account_active_is_verified")
        ),
        sa.CheckConstraint(
            "state <> 'unverified' OR email_verified_at IS NULL",
            name=op.f("ck_user_account_unverified_is_not_verified"),
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_user_account_name_present")),
        sa.CheckConstraint(
            "totp_last_step IS NULL OR totp_secret IS NOT NULL", name=op.f("ck_user_account_step_needs_secret")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "email_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "verify_email",
                "reset_password",
                "change_email",
                name="tokenpurpose_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("new_email", sa.String(length=254), nullable=True),
        sa.Column("new_name", sa.String(length=120), nullable=True),
        sa.Column("new_password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(purpose = 'change_email') = (new_email IS NOT NULL)", name=op.f("ck_email_token_new_email_for_a_change")
        ),
        sa.CheckConstraint(
            "purpose = 'verify_email' OR new_name IS NULL", name=op.f("ck_email_token_new_name_for_a_confirmation")
        ),
        sa.CheckConstraint(
            "new_password_hash IS NULL OR new_name IS NOT NULL", name=op.f("ck_email_token_new_password_with_a_name")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_email_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_email_token_token_hash")),
    )
    op.create_index("ix_email_token_user_id_purpose", "email_token", ["user_id", "purpose"], unique=False)
    op.create_table(
        "fiscal_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="periodstate_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("proof", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_fiscal_period_closed_has_moment")
        ),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_fiscal_period_month_real")),
        sa.ForeignKeyConstraint(["closed_by"], ["user_account.id"], name=op.f("fk_fiscal_period_closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_period")),
        sa.UniqueConstraint("year", "month", name=op.f("uq_fiscal_period_year_month")),
    )
    op.create_table(
        "fund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.JSON(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "unrestricted",
                "designated",
                "restricted",
                "endowment",
                name="fundkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("spending_rules", sa.JSON(), nullable=False),
        sa.Column("giver_organisation_id", sa.Integer(), nullable=True),
        sa.Column("accepts_gifts", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="fundstate_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_fund_currency_code")),
        sa.ForeignKeyConstraint(
            ["giver_organisation_id"], ["organisation.id"], name=op.f("fk_fund_giver_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_fund_code")),
    )
    op.create_index("ix_fund_giver", "fund", ["giver_organisation_id"], unique=False)
    op.create_table(
        "grant_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("axes", sa.JSON(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "outbound",
                "inbound",
                "both",
                name="direction_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "consultation",
                "published",
                "open",
                "closed",
                "screening",
                "review",
                "deliberation",
                "resolved",
                "appeals",
                "final",
                "cancelled",
                name="callstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("tariff", sa.JSON(), nullable=False),
        sa.Column("eligibility", sa.JSON(), nullable=False),
        sa.Column("consultation_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("results_on", sa.Date(), nullable=True),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column("budget_cents", sa.BigInteger(), nullable=True),
        sa.Column("cap_per_award_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rulebook_id", sa.Integer(), nullable=True),
        sa.Column("consulted", sa.JSON(), nullable=True),
        sa.Column("frozen_sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'consultation', 'cancelled') OR (frozen_sha256 IS NOT NULL AND rulebook_id IS NOT NULL AND budget_cents IS NOT NULL AND opens_at IS NOT NULL AND closes_at IS NOT NULL)",
            name=op.f("ck_grant_call_published_is_complete"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('draft', 'consultation') OR frozen_sha256 IS NULL",
            name=op.f("ck_grant_call_drafts_are_not_frozen"),
        ),
        sa.CheckConstraint(
            "(frozen_sha256 IS NULL) = (published_at IS NULL)", name=op.f("ck_grant_call_frozen_iff_published")
        ),
        sa.CheckConstraint("appeal_days BETWEEN 0 AND 90", name=op.f("ck_grant_call_appeal_days_sane")),
        sa.CheckConstraint("budget_cents IS NULL OR budget_cents > 0", name=op.f("ck_grant_call_budget_positive")),
        sa.CheckConstraint("cap_per_award_cents > 0", name=op.f("ck_grant_call_cap_positive")),
        sa.CheckConstraint("length(slug) >= 3", name=op.f("ck_grant_call_slug_present")),
        sa.CheckConstraint(
            "opens_at IS NULL OR closes_at IS NULL OR opens_at < closes_at",
            name=op.f("ck_grant_call_opens_before_it_closes"),
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_grant_call_created_by_id")),
        sa.ForeignKeyConstraint(["rulebook_id"], ["rulebook_version.id"], name=op.f("fk_grant_call_rulebook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_call")),
        sa.UniqueConstraint("slug", name=op.f("uq_grant_call_slug")),
    )
    op.create_index("ix_grant_call_state_closes_at", "grant_call", ["state", "closes_at"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "member_role",
            sa.Enum(
                "owner",
                "editor",
                "viewer",
                name="memberrole_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by_id IS NULL)", name=op.f("ck_invitation_accepted_by_somebody")
        ),
        sa.CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_invitation_one_ending")),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["user_account.id"], name=op.f("fk_invitation_accepted_by_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["user_account.id"], name=op.f("fk_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(
        "uq_invitation_open",
        "invitation",
        ["organisation_id", "email"],
        unique=True,
        sqlite_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "contribution",
                "in_kind",
                "exchange",
                "transfer",
                "budget",
                "payment",
                "payout",
                "refund",
                "adjustment",
                "reversal",
                name="entrykind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entry_date", sa.Date(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("idempotency_key", sa.String(length=160), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("draft", "posted", name="entrystate_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_journal_entry_reversal_names_entry")
        ),
        sa.CheckConstraint(
            "(state = 'posted') = (posted_at IS NOT NULL)", name=op.f("ck_journal_entry_posted_has_moment")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_journal_entry_number_positive")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_journal_entry_recorded_by")),
        sa.ForeignKeyConstraint(["reverses_id"], ["journal_entry.id"], name=op.f("fk_journal_entry_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("fiscal_year", "number", name=op.f("uq_journal_entry_fiscal_year_number")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_journal_entry_idempotency_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_journal_entry_reverses_id")),
    )
    op.create_index("ix_journal_entry_date", "journal_entry", ["entry_date", "id"], unique=False)
    op.create_index("ix_journal_entry_source", "journal_entry", ["source"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "member_role",
            sa.Enum(
                "owner",
                "editor",
                "viewer",
                name="memberrole_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("organisation_id", "user_id", name=op.f("uq_membership_organisation_id_user_id")),
    )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_table(
        "operating_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "approved", name="planstate_known", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_at IS NOT NULL)", name=op.f("ck_operating_plan_approved_iff_dated")
        ),
        sa.CheckConstraint("year BETWEEN 2000 AND 2200", name=op.f("ck_operating_plan_year_sane")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user_account.id"], name=op.f("fk_operating_plan_approved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operating_plan")),
        sa.UniqueConstraint("year", name=op.f("uq_operating_plan_year")),
    )
    op.create_table(
        "panel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_key", sa.String(length=120), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("rulebook_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "setup",
                "declarations",
                "review",
                "discussion",
                "ranked",
                "released",
                "cancelled",
                name="panelstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("review_opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL)", name=op.f("ck_panel_released_has_moment")
        ),
        sa.CheckConstraint("review_closes_at > review_opens_at", name=op.f("ck_panel_window_in_order")),
        sa.ForeignKeyConstraint(["rulebook_id"], ["rulebook_version.id"], name=op.f("fk_panel_rulebook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
    )
    op.create_index(op.f("ix_panel_rulebook_id"), "panel", ["rulebook_id"], unique=False)
    op.create_index(
        "uq_panel_live_call_key",
        "panel",
        ["call_key"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("user_id", "code_hash", name=op.f("uq_recovery_code_user_id_code_hash")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "applicant",
                "reviewer",
                "programme_officer",
                "treasurer",
                "payment_authoriser",
                "sponsor_contact",
                "auditor",
                "administrator",
                name="role_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["granted_by_id"], ["user_account.id"], name=op.f("fk_role_grant_granted_by_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_role_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("user_id", "role", name=op.f("uq_role_grant_user_id_role")),
    )
    op.create_index(op.f("ix_role_grant_role"), "role_grant", ["role"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pending_totp_secret", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "signed_out",
                "revoked",
                "password_changed",
                "second_factor_changed",
                "account_stopped",
                name="sessionend_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_user_session_ended_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index("ix_user_session_user_id_ended_at", "user_session", ["user_id", "ended_at"], unique=False)
    op.create_table(
        "account_balance",
        sa.Column("fund_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_code", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("balance_cents", sa.BigInteger(), nullable=False),
        sa.Column("base_cents", sa.BigInteger(), nullable=False),
        sa.Column("posting_count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_code"], ["account.code"], name=op.f("fk_account_balance_account_code")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_account_balance_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", "account_code", "currency", name=op.f("pk_account_balance")),
    )
    op.create_table(
        "allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_allocation_amount_positive")),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_allocation_call_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_allocation_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint("call_id", "fund_id", name=op.f("uq_allocation_call_id_fund_id")),
    )
    op.create_index(op.f("ix_allocation_fund_id"), "allocation", ["fund_id"], unique=False)
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("applicant_user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "collective",
                "organisation",
                name="applicantkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "withdrawn",
                "ineligible",
                "in_cure",
                "eligible",
                "in_review",
                "awarded",
                "waitlisted",
                "not_selected",
                name="applicationstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("folio", sa.String(length=30), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("itinerary", sa.JSON(), nullable=False),
        sa.Column("budget", sa.JSON(), nullable=False),
        sa.Column("working_copy", sa.JSON(), nullable=True),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.Column("requested_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("axis", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(length=60), nullable=True),
        sa.Column(
            "direction",
            sa.Enum(
                "outbound",
                "inbound",
                "both",
                name="direction_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("alcaldia", sa.String(length=80), nullable=True),
        sa.Column("gender", sa.String(length=20), nullable=True),
        sa.Column("first_time", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_sha256", sa.String(length=64), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'organisation') = (organisation_id IS NOT NULL)", name=op.f("ck_application_organisation_iff_kind")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_application_withdrawn_iff_state")
        ),
        sa.CheckConstraint(
            "state <> 'draft' OR submitted_at IS NULL", name=op.f("ck_application_draft_is_not_submitted")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL",
            name=op.f("ck_application_beyond_draft_is_submitted"),
        ),
        sa.CheckConstraint(
            "(submitted_at IS NULL) = (content_sha256 IS NULL)", name=op.f("ck_application_hash_iff_submitted")
        ),
        sa.CheckConstraint("(submitted_at IS NULL) = (folio IS NULL)", name=op.f("ck_application_folio_iff_submitted")),
        sa.CheckConstraint("requested_cents >= 0", name=op.f("ck_application_requested_not_negative")),
        sa.ForeignKeyConstraint(
            ["applicant_user_id"], ["user_account.id"], name=op.f("fk_application_applicant_user_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_application_call_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_application_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("folio", name=op.f("uq_application_folio")),
    )
    op.create_index("ix_application_applicant_user_id", "application", ["applicant_user_id"], unique=False)
    op.create_index("ix_application_call_id_state", "application", ["call_id", "state", "id"], unique=False)
    op.create_index(op.f("ix_application_organisation_id"), "application", ["organisation_id"], unique=False)
    op.create_index(
        "uq_application_one_per_organisation",
        "application",
        ["call_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn' AND organisation_id IS NOT NULL"),
        postgresql_where=sa.text("state <> 'withdrawn' AND organisation_id IS NOT NULL"),
    )
    op.create_index(
        "uq_application_one_per_person",
        "application",
        ["call_id", "applicant_user_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "call_addendum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("old_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("field", sa.String(length=20), nullable=True),
        sa.Column("old_text", sa.JSON(), nullable=True),
        sa.Column("new_text", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'extension') = (old_closes_at IS NOT NULL AND new_closes_at IS NOT NULL)",
            name=op.f("ck_call_addendum_extension_has_dates"),
        ),
        sa.CheckConstraint(
            "kind <> 'extension' OR new_closes_at > old_closes_at", name=op.f("ck_call_addendum_only_extends")
        ),
        sa.CheckConstraint(
            "(kind = 'correction') = (field IS NOT NULL AND field IN ('title', 'summary', 'body'))",
            name=op.f("ck_call_addendum_correction_has_text"),
        ),
        sa.CheckConstraint("kind IN ('extension', 'correction', 'cancellation')", name=op.f("ck_call_addendum_kind_known")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_call_addendum_reason_present")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_call_addendum_by_id")),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_call_addendum_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_addendum")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_call_addendum_call_id_number")),
    )
    op.create_table(
        "consultation_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("signed_as", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted",
                "partly",
                "refused",
                name="commentverdict_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(verdict IS NULL) = (answer IS NULL) AND (verdict IS NULL) = (answered_at IS NULL)",
            name=op.f("ck_consultation_comment_answered_whole"),
        ),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_consultation_comment_text_present")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_consultation_comment_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_consultation_comment_call_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_consultation_comment_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_comment")),
    )
    op.create_index("ix_consultation_comment_call_id", "consultation_comment", ["call_id", "id"], unique=False)
    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "donation",
                "sponsorship",
                "subsidy",
                "endowment",
                name="contributionkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "form",
            sa.Enum(
                "cash", "in_kind", name="contributionform_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "method",
            sa.Enum(
                "transfer",
                "card",
                "oxxo",
                "spei",
                "delivery",
                name="method_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("giver_user_id", sa.Integer(), nullable=True),
        sa.Column("giver_organisation_id", sa.Integer(), nullable=True),
        sa.Column("receipt_name", sa.String(length=200), nullable=True),
        sa.Column("public_name", sa.String(length=200), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "received",
                "declined",
                "cancelled",
                "refunded",
                name="contributionstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("idempotency_key", sa.String(length=160), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(form = 'in_kind') = (method = 'delivery')", name=op.f("ck_contribution_in_kind_is_delivered")
        ),
        sa.CheckConstraint(
            "(state = 'refunded') = (refunded_cents = amount_cents)", name=op.f("ck_contribution_refunded_is_whole")
        ),
        sa.CheckConstraint(
            "(state IN ('received', 'cancelled', 'refunded')) = (entry_id IS NOT NULL)",
            name=op.f("ck_contribution_received_has_entry"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_contribution_amount_positive")),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> recorded_by", name=op.f("ck_contribution_two_people")
        ),
        sa.CheckConstraint(
            "refunded_cents BETWEEN 0 AND amount_cents", name=op.f("ck_contribution_refunded_was_given")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["user_account.id"], name=op.f("fk_contribution_confirmed_by")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_contribution_entry_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_contribution_fund_id")),
        sa.ForeignKeyConstraint(
            ["giver_organisation_id"], ["organisation.id"], name=op.f("fk_contribution_giver_organisation_id")
        ),
        sa.ForeignKeyConstraint(["giver_user_id"], ["user_account.id"], name=op.f("fk_contribution_giver_user_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_contribution_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_contribution_entry_id")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_contribution_idempotency_key")),
    )
    op.create_index("ix_contribution_fund", "contribution", ["fund_id", "received_on"], unique=False)
    op.create_index(
        "ix_contribution_organisation", "contribution", ["giver_organisation_id", "received_on"], unique=False
    )
    op.create_index("ix_contribution_received_on", "contribution", ["received_on", "id"], unique=False)
    op.create_index("ix_contribution_user", "contribution", ["giver_user_id", "received_on"], unique=False)
    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("axis", sa.String(length=40), nullable=True),
        sa.Column("requested_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("entitlements", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name=op.f("ck_dossier_withdrawn_has_reason")
        ),
        sa.CheckConstraint("requested_cents > 0", name=op.f("ck_dossier_requested_positive")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_dossier_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("code", name=op.f("uq_dossier_code")),
    )
    op.create_index(op.f("ix_dossier_panel_id"), "dossier", ["panel_id"], unique=False)
    op.create_table(
        "draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("randomness_source", sa.JSON(), nullable=False),
        sa.Column("iterations", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("secret_hex", sa.String(length=64), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("randomness", sa.String(length=400), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.CheckConstraint("(drawn_at IS NULL) = (randomness IS NULL)", name=op.f("ck_draw_drawn_has_randomness")),
        sa.CheckConstraint("iterations >= 2", name=op.f("ck_draw_iterations_two")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_draw_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw")),
        sa.UniqueConstraint("panel_id", name=op.f("uq_draw_panel_id")),
    )
    op.create_table(
        "panel_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=4), nullable=False),
        sa.Column("institution_key", sa.String(length=120), nullable=True),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("seated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(left_at IS NULL) = (left_reason IS NULL)", name=op.f("ck_panel_seat_left_has_reason")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_seat_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_seat")),
        sa.UniqueConstraint("panel_id", "letter", name=op.f("uq_panel_seat_panel_id_letter")),
        sa.UniqueConstraint("panel_id", "reviewer_id", name=op.f("uq_panel_seat_panel_id_reviewer_id")),
    )
    op.create_index(op.f("ix_panel_seat_reviewer_id"), "panel_seat", ["reviewer_id"], unique=False)
    op.create_table(
        "paying_organisation",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_paying_organisation_call_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_paying_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("call_id", "organisation_id", name=op.f("pk_paying_organisation")),
    )
    op.create_table(
        "pledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("giver_organisation_id", sa.Integer(), nullable=True),
        sa.Column("giver_user_id", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "fulfilled",
                "cancelled",
                name="pledgestate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancel_reason IS NOT NULL)", name=op.f("ck_pledge_cancelled_has_reason")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_pledge_amount_positive")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_pledge_fund_id")),
        sa.ForeignKeyConstraint(
            ["giver_organisation_id"], ["organisation.id"], name=op.f("fk_pledge_giver_organisation_id")
        ),
        sa.ForeignKeyConstraint(["giver_user_id"], ["user_account.id"], name=op.f("fk_pledge_giver_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
    )
    op.create_index("ix_pledge_organisation", "pledge", ["giver_organisation_id"], unique=False)
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("account_code", sa.String(length=12), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("base_cents", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.String(length=40), nullable=True),
        sa.Column("rate_date", sa.Date(), nullable=True),
        sa.Column("rate_source", sa.String(length=80), nullable=True),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_posting_amount_not_zero")),
        sa.ForeignKeyConstraint(["account_code"], ["account.code"], name=op.f("fk_posting_account_code")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_posting_entry_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_posting_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("entry_id", "line", name=op.f("uq_posting_entry_id_line")),
    )
    op.create_index(
        "ix_posting_fund_account", "posting", ["fund_id", "account_code", "currency", "entry_id"], unique=False
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("axis", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("goal", sa.JSON(), nullable=False),
        sa.Column("indicator", sa.JSON(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_programme_amount_positive")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_programme_fund_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["operating_plan.id"], name=op.f("fk_programme_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
    )
    op.create_index(op.f("ix_programme_plan_id"), "programme", ["plan_id"], unique=False)
    op.create_table(
        "ranking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "selected",
                "released",
                name="rankingstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("budget_cents", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("selected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'draft') = (selected_at IS NULL)", name=op.f("ck_ranking_selected_has_moment")),
        sa.CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL)", name=op.f("ck_ranking_released_has_moment")
        ),
        sa.CheckConstraint(
            "(selected_at IS NULL) = (budget_cents IS NULL)", name=op.f("ck_ranking_selected_has_budget")
        ),
        sa.CheckConstraint("budget_cents >= 0", name=op.f("ck_ranking_budget_not_negative")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_ranking_panel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking")),
        sa.UniqueConstraint("panel_id", "version", name=op.f("uq_ranking_panel_id_version")),
    )
    op.create_table(
        "application_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=60), nullable=False),
        sa.Column("blind_safe", sa.Boolean(), nullable=False),
        sa.Column("in_submission", sa.Boolean(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detached_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_attachment_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_application_attachment_stored_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_attachment")),
    )
    op.create_index(
        op.f("ix_application_attachment_application_id"), "application_attachment", ["application_id"], unique=False
    )
    op.create_table(
        "application_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_application_version_sha256_length")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_version_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["user_account.id"], name=op.f("fk_application_version_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_version")),
        sa.UniqueConstraint("application_id", "number", name=op.f("uq_application_version_application_id_number")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "submitted",
                "recused",
                "withdrawn",
                name="assignmentstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "initial",
                "further",
                "replacement",
                name="assignmentorigin_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('recused', 'withdrawn')) = (ended_at IS NOT NULL)", name=op.f("ck_assignment_ended_has_moment")
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR submitted_at IS NOT NULL", name=op.f("ck_assignment_submitted_has_moment")
        ),
        sa.CheckConstraint(
            "submitted_at IS NULL OR state NOT IN ('proposed', 'accepted')",
            name=op.f("ck_assignment_moment_is_submitted"),
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_assignment_dossier_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["panel_seat.id"], name=op.f("fk_assignment_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("dossier_id", "seat_id", name=op.f("uq_assignment_dossier_id_seat_id")),
    )
    op.create_index(op.f("ix_assignment_seat_id"), "assignment", ["seat_id"], unique=False)
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "committed",
                "accepted",
                "declined",
                "in_progress",
                "reported",
                "closed",
                name="awardstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_reason", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_award_closed_iff_state")),
        sa.CheckConstraint(
            "(state = 'declined') = (declined_reason IS NOT NULL)", name=op.f("ck_award_declined_has_reason")
        ),
        sa.CheckConstraint("state = 'pending' OR committed_at IS NOT NULL", name=op.f("ck_award_committed_has_moment")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_award_amount_positive")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_award_application_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("application_id", name=op.f("uq_award_application_id")),
    )
    op.create_index("ix_award_committed_at", "award", ["committed_at"], unique=False)
    op.create_index("ix_award_state", "award", ["state", "id"], unique=False)
    op.create_table(
        "blind_clearing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "awaiting",
                "cleared",
                "handed_over",
                "withdrawn",
                name="clearingstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("open_findings", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_by_id", sa.Integer(), nullable=True),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dossier_code", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "state <> 'awaiting' OR cleared_at IS NULL", name=op.f("ck_blind_clearing_awaiting_is_not_cleared")
        ),
        sa.CheckConstraint(
            "state <> 'handed_over' OR dossier_code IS NOT NULL", name=op.f("ck_blind_clearing_handed_over_has_code")
        ),
        sa.CheckConstraint(
            "state NOT IN ('cleared', 'handed_over') OR cleared_at IS NOT NULL",
            name=op.f("ck_blind_clearing_cleared_has_moment"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('cleared', 'handed_over') OR open_findings = 0",
            name=op.f("ck_blind_clearing_cleared_has_no_findings"),
        ),
        sa.CheckConstraint(
            "(cleared_at IS NULL) = (cleared_by_id IS NULL)", name=op.f("ck_blind_clearing_cleared_by_a_person")
        ),
        sa.CheckConstraint("open_findings >= 0", name=op.f("ck_blind_clearing_open_findings_not_negative")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_blind_clearing_application_id")),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_blind_clearing_call_id")),
        sa.ForeignKeyConstraint(["cleared_by_id"], ["user_account.id"], name=op.f("fk_blind_clearing_cleared_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_clearing")),
        sa.UniqueConstraint("application_id", name=op.f("uq_blind_clearing_application_id")),
        sa.UniqueConstraint("dossier_code", name=op.f("uq_blind_clearing_dossier_code")),
    )
    op.create_index(
        "ix_blind_clearing_call_id_state", "blind_clearing", ["call_id", "state", "open_findings", "id"], unique=False
    )
    op.create_table(
        "checkout_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=200), nullable=True),
        sa.Column("payment_url", sa.String(length=2000), nullable=True),
        sa.Column(
            "method",
            sa.Enum(
                "transfer",
                "card",
                "oxxo",
                "spei",
                "delivery",
                name="method_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "donation",
                "sponsorship",
                "subsidy",
                "endowment",
                name="contributionkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("giver_user_id", sa.Integer(), nullable=True),
        sa.Column("giver_organisation_id", sa.Integer(), nullable=True),
        sa.Column("public_name", sa.String(length=200), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("charge_id", sa.String(length=200), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "processing",
                "paid",
                "failed",
                "expired",
                "held",
                "refund_due",
                "refunded",
                name="checkoutstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("contribution_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'paid') = (contribution_id IS NOT NULL)", name=op.f("ck_checkout_order_paid_has_contribution")
        ),
        sa.CheckConstraint(
            "session_id IS NOT NULL OR state IN ('open', 'expired')", name=op.f("ck_checkout_order_moved_has_page")
        ),
        sa.CheckConstraint(
            "state NOT IN ('refund_due', 'refunded') OR decided_at IS NOT NULL",
            name=op.f("ck_checkout_order_refund_was_decided"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_reason IS NULL)", name=op.f("ck_checkout_order_decision_has_reason")
        ),
        sa.CheckConstraint("(session_id IS NULL) = (payment_url IS NULL)", name=op.f("ck_checkout_order_page_whole")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_checkout_order_amount_positive")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_checkout_order_contribution_id")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_checkout_order_decided_by_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_checkout_order_fund_id")),
        sa.ForeignKeyConstraint(
            ["giver_organisation_id"], ["organisation.id"], name=op.f("fk_checkout_order_giver_organisation_id")
        ),
        sa.ForeignKeyConstraint(["giver_user_id"], ["user_account.id"], name=op.f("fk_checkout_order_giver_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_order")),
        sa.UniqueConstraint("charge_id", name=op.f("uq_checkout_order_charge_id")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_checkout_order_contribution_id")),
        sa.UniqueConstraint("session_id", name=op.f("uq_checkout_order_session_id")),
        sa.UniqueConstraint("token", name=op.f("uq_checkout_order_token")),
    )
    op.create_index("ix_checkout_order_state", "checkout_order", ["state", "id"], unique=False)
    op.create_table(
        "co_applicant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "named",
                "invited",
                "accepted",
                "declined",
                name="companionstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("token_sha256", sa.String(length=64), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_co_applicant_name_present")),
        sa.CheckConstraint(
            "(state = 'accepted') = (user_id IS NOT NULL)", name=op.f("ck_co_applicant_accepted_by_somebody")
        ),
        sa.CheckConstraint(
            "(state = 'invited') = (token_sha256 IS NOT NULL)", name=op.f("ck_co_applicant_invited_has_link")
        ),
        sa.CheckConstraint(
            "state <> 'invited' OR (email IS NOT NULL AND invited_at IS NOT NULL)",
            name=op.f("ck_co_applicant_invited_whole"),
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_co_applicant_application_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_co_applicant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_applicant")),
        sa.UniqueConstraint("application_id", "email", name=op.f("uq_co_applicant_application_id_email")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_co_applicant_token_sha256")),
    )
    op.create_index(op.f("ix_co_applicant_application_id"), "co_applicant", ["application_id"], unique=False)
    op.create_index("ix_co_applicant_user_id", "co_applicant", ["user_id"], unique=False)
    op.create_table(
        "held_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("slot", sa.String(length=60), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(place) > 0", name=op.f("ck_held_upload_place_present")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_held_upload_stored_file_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_held_upload_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_upload")),
    )
    op.create_index("ix_held_upload_place_user_id", "held_upload", ["place", "user_id", "id"], unique=False)
    op.create_table(
        "call_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("axes", sa.JSON(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR confirmed_at IS NOT NULL", name=op.f("ck_call_subscription_ended_was_confirmed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_subscription")),
    )
    op.create_index(op.f("ix_call_subscription_asked_at"), "call_subscription", ["asked_at"], unique=False)
    op.create_index(
        "uq_call_subscription_live_email",
        "call_subscription",
        ["email"],
        unique=True,
        sqlite_where=sa.text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NOT NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "subscription_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_subscription_letter_call_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["call_subscription.id"], name=op.f("fk_subscription_letter_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_letter")),
        sa.UniqueConstraint(
            "subscription_id", "call_id", "kind", name=op.f("uq_subscription_letter_subscription_id_call_id_kind")
        ),
    )
    op.create_index(op.f("ix_subscription_letter_call_id"), "subscription_letter", ["call_id"], unique=False)
    op.create_table(
        "sketch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(token_sha256) = 64", name=op.f("ck_sketch_token_sha256_length")),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_sketch_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sketch")),
        sa.UniqueConstraint("token_sha256", "call_id", name=op.f("uq_sketch_token_sha256_call_id")),
    )
    op.create_index(op.f("ix_sketch_call_id"), "sketch", ["call_id"], unique=False)
    op.create_index(op.f("ix_sketch_created_at"), "sketch", ["created_at"], unique=False)
    op.create_index(op.f("ix_sketch_updated_at"), "sketch", ["updated_at"], unique=False)
    op.create_table(
        "conflict_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("conflicted", sa.Boolean(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "same_organisation",
                "same_household",
                "earlier_collaboration",
                "sponsor_of_fund",
                "recognised",
                "other",
                name="conflictkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "origin",
            sa.Enum(
                "declared",
                "computed",
                name="declarationorigin_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("conflicted = (kind IS NOT NULL)", name=op.f("ck_conflict_declaration_conflict_has_kind")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_conflict_declaration_dossier_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["panel_seat.id"], name=op.f("fk_conflict_declaration_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_declaration")),
    )
    op.create_index(op.f("ix_conflict_declaration_dossier_id"), "conflict_declaration", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_conflict_declaration_seat_id"), "conflict_declaration", ["seat_id"], unique=False)
    op.create_table(
        "cure_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "expired",
                name="curestate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answer_files", sa.JSON(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL)", name=op.f("ck_cure_request_answered_iff_state")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_cure_request_answer_iff_answered")
        ),
        sa.CheckConstraint("due_at > requested_at", name=op.f("ck_cure_request_period_positive")),
        sa.CheckConstraint("length(what) > 0", name=op.f("ck_cure_request_what_present")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_cure_request_application_id")),
        sa.ForeignKeyConstraint(["requested_by_id"], ["user_account.id"], name=op.f("fk_cure_request_requested_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cure_request")),
        sa.UniqueConstraint("application_id", name=op.f("uq_cure_request_application_id")),
    )
    op.create_table(
        "determination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "released",
                name="determinationstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "awarded",
                "waitlisted",
                "not_selected",
                "ineligible",
                name="outcome_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("dossier_code", sa.String(length=20), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("score_text", sa.String(length=40), nullable=True),
        sa.Column("granted_cents", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_params", sa.JSON(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'awarded') = (granted_cents IS NOT NULL)", name=op.f("ck_determination_granted_iff_awarded")
        ),
        sa.CheckConstraint(
            "(outcome = 'ineligible') = (dossier_code IS NULL)", name=op.f("ck_determination_reviewed_iff_eligible")
        ),
        sa.CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL)", name=op.f("ck_determination_released_iff_state")
        ),
        sa.CheckConstraint(
            "granted_cents IS NULL OR granted_cents > 0", name=op.f("ck_determination_granted_positive")
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_determination_application_id")),
        sa.ForeignKeyConstraint(["call_id"], ["grant_call.id"], name=op.f("fk_determination_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_determination")),
        sa.UniqueConstraint("application_id", name=op.f("uq_determination_application_id")),
    )
    op.create_index("ix_determination_call_id", "determination", ["call_id", "outcome", "position"], unique=False)
    op.create_table(
        "dossier_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_file_dossier_id")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_dossier_file_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_file")),
        sa.UniqueConstraint("dossier_id", "position", name=op.f("uq_dossier_file_dossier_id_position")),
    )
    op.create_index(op.f("ix_dossier_file_stored_file_id"), "dossier_file", ["stored_file_id"], unique=False)
    op.create_table(
        "in_kind_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column(
            "valuation",
            sa.Enum(
                "invoice",
                "market_price",
                "appraisal",
                "published_rate",
                name="valuationtechnique_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valuation_note", sa.Text(), nullable=False),
        sa.Column("evidence_file_id", sa.Integer(), nullable=True),
        sa.Column("delivered_to", sa.String(length=200), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_in_kind_item_quantity_positive")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_in_kind_item_contribution_id")),
        sa.ForeignKeyConstraint(
            ["evidence_file_id"], ["stored_file.id"], name=op.f("fk_in_kind_item_evidence_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_in_kind_item")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_in_kind_item_contribution_id")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("paragraphs", sa.JSON(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_letter_application_id")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_letter_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("application_id", "kind", "about", name=op.f("uq_letter_application_id_kind_about")),
    )
    op.create_index("ix_letter_application_id", "letter", ["application_id", "id"], unique=False)
    op.create_table(
        "pledge_instalment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("warned_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_pledge_instalment_amount_positive")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_instalment_pledge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_instalment")),
    )
    op.create_index(op.f("ix_pledge_instalment_pledge_id"), "pledge_instalment", ["pledge_id"], unique=False)
    op.create_table(
        "ranking_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ranking_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("awaits_lot", sa.Boolean(create_constraint=True, name="awaits_lot_known"), nullable=False),
        sa.Column("exact", sa.String(length=120), nullable=False),
        sa.Column("score_text", sa.String(length=30), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("bonus", sa.JSON(), nullable=False),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.Column(
            "determination",
            sa.Enum(
                "awarded",
                "waitlisted",
                "not_selected",
                "below_threshold",
                name="determination_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("granted_cents", sa.BigInteger(), nullable=False),
        sa.Column("waiting_position", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("reason_params", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "granted_cents = 0 OR determination = 'awarded'", name=op.f("ck_ranking_line_granted_is_awarded")
        ),
        sa.CheckConstraint(
            "(determination IS NULL) = (reason IS NULL)", name=op.f("ck_ranking_line_decided_has_reason")
        ),
        sa.CheckConstraint("granted_cents >= 0", name=op.f("ck_ranking_line_granted_not_negative")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_ranking_line_dossier_id")),
        sa.ForeignKeyConstraint(["ranking_id"], ["ranking.id"], name=op.f("fk_ranking_line_ranking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_line")),
        sa.UniqueConstraint("ranking_id", "dossier_id", name=op.f("uq_ranking_line_ranking_id_dossier_id")),
        sa.UniqueConstraint("ranking_id", "place", name=op.f("uq_ranking_line_ranking_id_place")),
    )
    op.create_index(op.f("ix_ranking_line_dossier_id"), "ranking_line", ["dossier_id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=4), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "valid", "cancelled", name="receiptstate_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_at IS NOT NULL)", name=op.f("ck_receipt_cancelled_has_moment")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_receipt_number_positive")),
        sa.ForeignKeyConstraint(["contribution_id"], ["contribution.id"], name=op.f("fk_receipt_contribution_id")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_receipt_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("code", name=op.f("uq_receipt_code")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_receipt_contribution_id")),
        sa.UniqueConstraint("series", "year", "number", name=op.f("uq_receipt_series_year_number")),
        sa.UniqueConstraint("token", name=op.f("uq_receipt_token")),
    )
    op.create_table(
        "screening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "eligible",
                "ineligible",
                "needs_cure",
                name="screeningverdict_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict <> 'ineligible' OR length(note) > 0", name=op.f("ck_screening_refusal_has_reason")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_screening_application_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_screening_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
    )
    op.create_index("ix_screening_application_id", "screening", ["application_id", "id"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_name", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by_id IS NULL) AND (accepted_at IS NULL) = (signed_name IS NULL)",
            name=op.f("ck_agreement_accepted_whole"),
        ),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_agreement_sha256_length")),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["user_account.id"], name=op.f("fk_agreement_accepted_by_id")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_agreement_award_id")),
        sa.ForeignKeyConstraint(["stored_file_id"], ["stored_file.id"], name=op.f("fk_agreement_stored_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("award_id", name=op.f("uq_agreement_award_id")),
        sa.UniqueConstraint("number", name=op.f("uq_agreement_number")),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("determination_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "filed",
                "upheld",
                "dismissed",
                name="appealstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("public_summary", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'filed') = (resolved_at IS NULL)", name=op.f("ck_appeal_resolved_iff_state")),
        sa.CheckConstraint("(resolved_at IS NULL) = (reason IS NULL)", name=op.f("ck_appeal_resolved_has_reason")),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by_id IS NULL)", name=op.f("ck_appeal_resolved_by_a_person")
        ),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_appeal_text_present")),
        sa.ForeignKeyConstraint(["determination_id"], ["determination.id"], name=op.f("fk_appeal_determination_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["user_account.id"], name=op.f("fk_appeal_filed_by_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["user_account.id"], name=op.f("fk_appeal_resolved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("determination_id", name=op.f("uq_appeal_determination_id")),
    )
    op.create_table(
        "commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("allocation_id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("released_cents", sa.BigInteger(), nullable=False),
        sa.Column("returned_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "committed",
                "accrued",
                "paid",
                "released",
                name="commitmentstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("committed_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "state <> 'paid' OR paid_cents + released_cents = amount_cents", name=op.f("ck_commitment_paid_is_whole")
        ),
        sa.CheckConstraint(
            "state <> 'released' OR paid_cents + released_cents = amount_cents",
            name=op.f("ck_commitment_released_is_whole"),
        ),
        sa.CheckConstraint(
            "amount_cents > 0 AND paid_cents >= 0 AND released_cents >= 0", name=op.f("ck_commitment_amounts_sane")
        ),
        sa.CheckConstraint(
            "paid_cents + released_cents <= amount_cents", name=op.f("ck_commitment_never_more_than_bound")
        ),
        sa.CheckConstraint("returned_cents BETWEEN 0 AND paid_cents", name=op.f("ck_commitment_returned_was_paid")),
        sa.ForeignKeyConstraint(["allocation_id"], ["allocation.id"], name=op.f("fk_commitment_allocation_id")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_commitment_award_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_commitment_entry_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_commitment_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("award_id", "allocation_id", name=op.f("uq_commitment_award_id_allocation_id")),
    )
    op.create_index("ix_commitment_allocation_id", "commitment", ["allocation_id"], unique=False)
    op.create_index(op.f("ix_commitment_entry_id"), "commitment", ["entry_id"], unique=False)
    op.create_index(op.f("ix_commitment_fund_id"), "commitment", ["fund_id"], unique=False)
    op.create_table(
        "expense_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "filed",
                "returned",
                "accepted",
                name="reportstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("spent_cents", sa.BigInteger(), nullable=False),
        sa.Column("unspent_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("due_cents", sa.BigInteger(), nullable=False),
        sa.Column("return_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'filed') = (reviewed_at IS NULL)", name=op.f("ck_expense_report_reviewed_iff_state")
        ),
        sa.CheckConstraint(
            "state <> 'returned' OR length(review_note) > 0", name=op.f("ck_expense_report_returned_has_reason")
        ),
        sa.CheckConstraint(
            "state = 'accepted' OR due_cents + return_cents = 0", name=op.f("ck_expense_report_settled_once_accepted")
        ),
        sa.CheckConstraint("due_cents = 0 OR return_cents = 0", name=op.f("ck_expense_report_pays_or_gets_back")),
        sa.CheckConstraint("due_cents >= 0 AND return_cents >= 0", name=op.f("ck_expense_report_settlement_sane")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_expense_report_award_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["user_account.id"], name=op.f("fk_expense_report_filed_by_id")),
        sa.ForeignKeyConstraint(["reviewed_by_id"], ["user_account.id"], name=op.f("fk_expense_report_reviewed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_report")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_expense_report_award_id_number")),
    )
    op.create_index("ix_expense_report_state", "expense_report", ["state", "id"], unique=False)
    op.create_index(
        "uq_expense_report_standing",
        "expense_report",
        ["award_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'returned'"),
        postgresql_where=sa.text("state <> 'returned'"),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "set_aside",
                name="reviewstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_reason", sa.Text(), nullable=True),
        sa.Column("believes_known", sa.Boolean(), nullable=True),
        sa.CheckConstraint("state <> 'draft' OR believes_known IS NULL", name=op.f("ck_review_guess_comes_last")),
        sa.CheckConstraint(
            "(state = 'set_aside') = (set_aside_at IS NOT NULL)", name=op.f("ck_review_set_aside_has_moment")
        ),
        sa.CheckConstraint(
            "state <> 'draft' OR (submitted_at IS NULL AND set_aside_at IS NULL)", name=op.f("ck_review_draft_is_open")
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR (submitted_at IS NOT NULL AND set_aside_at IS NULL)",
            name=op.f("ck_review_submitted_has_moment"),
        ),
        sa.CheckConstraint(
            "(set_aside_at IS NULL) = (set_aside_reason IS NULL)", name=op.f("ck_review_set_aside_has_reason")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_review_version_positive")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_review_assignment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_review_assignment_id")),
    )
    op.create_table(
        "tranche",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "due",
                "ordered",
                "paid",
                "dropped",
                name="tranchestate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "condition",
            sa.Enum(
                "agreement_accepted",
                "report_accepted",
                name="tranchecondition_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name=op.f("ck_tranche_paid_iff_state")),
        sa.CheckConstraint(
            "state IN ('planned', 'dropped') OR due_at IS NOT NULL", name=op.f("ck_tranche_due_has_moment")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_tranche_amount_positive")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_tranche_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tranche")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_tranche_award_id_number")),
    )
    op.create_index("ix_tranche_state", "tranche", ["state", "due_at", "id"], unique=False)
    op.create_table(
        "expense_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("concept", sa.String(length=200), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("receipt_file_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_expense_line_amount_positive")),
        sa.CheckConstraint("length(concept) > 0", name=op.f("ck_expense_line_concept_present")),
        sa.ForeignKeyConstraint(["receipt_file_id"], ["stored_file.id"], name=op.f("fk_expense_line_receipt_file_id")),
        sa.ForeignKeyConstraint(["report_id"], ["expense_report.id"], name=op.f("fk_expense_line_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense_line")),
        sa.UniqueConstraint("report_id", "line", name=op.f("uq_expense_line_report_id_line")),
    )
    op.create_table(
        "payment_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("tranche_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "authorised",
                "paid",
                "cancelled",
                name="orderstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authorised_by_id", sa.Integer(), nullable=True),
        sa.Column("authorised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("bank_reference", sa.String(length=60), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name=op.f("ck_payment_order_paid_iff_dated")),
        sa.CheckConstraint(
            "state NOT IN ('authorised', 'paid') OR authorised_by_id IS NOT NULL",
            name=op.f("ck_payment_order_authorised_first"),
        ),
        sa.CheckConstraint(
            "(paid_on IS NULL) = (bank_reference IS NULL)", name=op.f("ck_payment_order_paid_has_reference")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payment_order_amount_positive")),
        sa.CheckConstraint(
            "authorised_by_id IS NULL OR authorised_by_id <> prepared_by_id", name=op.f("ck_payment_order_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["authorised_by_id"], ["user_account.id"], name=op.f("fk_payment_order_authorised_by_id")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_payment_order_award_id")),
        sa.ForeignKeyConstraint(["prepared_by_id"], ["user_account.id"], name=op.f("fk_payment_order_prepared_by_id")),
        sa.ForeignKeyConstraint(["tranche_id"], ["tranche.id"], name=op.f("fk_payment_order_tranche_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order")),
    )
    op.create_index(op.f("ix_payment_order_award_id"), "payment_order", ["award_id"], unique=False)
    op.create_index("ix_payment_order_state", "payment_order", ["state", "id"], unique=False)
    op.create_index(
        "uq_payment_order_tranche_live",
        "payment_order",
        ["tranche_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(length=40), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(numerator IS NULL) = (denominator IS NULL)", name=op.f("ck_score_fraction_whole")),
        sa.CheckConstraint("denominator > 0", name=op.f("ck_score_denominator_positive")),
        sa.CheckConstraint("version > 0", name=op.f("ck_score_version_positive")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_score_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint("review_id", "criterion", name=op.f("uq_score_review_id_criterion")),
    )
    op.create_table(
        "payment_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("commitment_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payment_share_amount_positive")),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"], name=op.f("fk_payment_share_commitment_id")),
        sa.ForeignKeyConstraint(["order_id"], ["payment_order.id"], name=op.f("fk_payment_share_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_share")),
        sa.UniqueConstraint("order_id", "commitment_id", name=op.f("uq_payment_share_order_id_commitment_id")),
    )
    op.create_index(op.f("ix_payment_share_order_id"), "payment_share", ["order_id"], unique=False)
    op.create_table(
        "score_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("score_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("previous_numerator", sa.BigInteger(), nullable=False),
        sa.Column("previous_denominator", sa.BigInteger(), nullable=False),
        sa.Column("previous_justification", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "denominator > 0 AND previous_denominator > 0", name=op.f("ck_score_change_denominators_positive")
        ),
        sa.ForeignKeyConstraint(["score_id"], ["score.id"], name=op.f("fk_score_change_score_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_change")),
        sa.UniqueConstraint("score_id", "version", name=op.f("uq_score_change_score_id_version")),
    )
    op.create_table(
        "refund_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("company_id", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "accepted",
                "refused",
                name="refundstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (company_id IS NOT NULL)", name=op.f("ck_refund_request_accepted_is_named")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refund_request_amount_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["checkout_order.id"], name=op.f("fk_refund_request_order_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=op.f("fk_refund_request_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_request")),
        sa.UniqueConstraint("company_id", name=op.f("uq_refund_request_company_id")),
        sa.UniqueConstraint("key", name=op.f("uq_refund_request_key")),
    )
    op.create_index(op.f("ix_refund_request_order_id"), "refund_request", ["order_id"], unique=False)
    op.create_index("ix_refund_request_state", "refund_request", ["state", "id"], unique=False)
    op.create_table(
        "online_dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.String(length=200), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "won", "lost", name="disputestate_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_online_dispute_closed_has_moment")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_online_dispute_fund_id")),
        sa.ForeignKeyConstraint(["order_id"], ["checkout_order.id"], name=op.f("fk_online_dispute_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_dispute")),
        sa.UniqueConstraint("company_id", name=op.f("uq_online_dispute_company_id")),
    )
    op.create_index(op.f("ix_online_dispute_order_id"), "online_dispute", ["order_id"], unique=False)
    op.create_index("ix_online_dispute_state", "online_dispute", ["state", "id"], unique=False)
    op.create_table(
        "payout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.String(length=200), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "on_its_way",
                "unmatched",
                "posted",
                "failed",
                name="payoutstate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state <> 'posted' OR entry_id IS NOT NULL", name=op.f("ck_payout_posted_has_entry")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_payout_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("company_id", name=op.f("uq_payout_company_id")),
    )
    op.create_index("ix_payout_state", "payout", ["state", "id"], unique=False)
    op.create_table(
        "online_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "charge",
                "refund",
                "dispute",
                name="movementkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payout_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_online_movement_entry_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_online_movement_fund_id")),
        sa.ForeignKeyConstraint(["order_id"], ["checkout_order.id"], name=op.f("fk_online_movement_order_id")),
        sa.ForeignKeyConstraint(["payout_id"], ["payout.id"], name=op.f("fk_online_movement_payout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_movement")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_online_movement_transaction_id")),
    )
    op.create_index("ix_online_movement_order", "online_movement", ["order_id", "id"], unique=False)
    op.create_index("ix_online_movement_payout", "online_movement", ["payout_id", "id"], unique=False)
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_code", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=10), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("opening_cents", sa.BigInteger(), nullable=True),
        sa.Column("closing_cents", sa.BigInteger(), nullable=True),
        sa.Column("imported_by_id", sa.Integer(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(opening_cents IS NULL) = (closing_cents IS NULL)", name=op.f("ck_bank_statement_balances_whole")
        ),
        sa.ForeignKeyConstraint(["account_code"], ["account.code"], name=op.f("fk_bank_statement_account_code")),
        sa.ForeignKeyConstraint(["imported_by_id"], ["user_account.id"], name=op.f("fk_bank_statement_imported_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("account_code", "sha256", name=op.f("uq_bank_statement_account_code_sha256")),
    )
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("account_code", sa.String(length=12), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "matched",
                "set_aside",
                name="banklinestate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("set_aside_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'set_aside') = (set_aside_reason IS NOT NULL)", name=op.f("ck_bank_line_set_aside_has_reason")
        ),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_bank_line_amount_not_zero")),
        sa.ForeignKeyConstraint(["account_code"], ["account.code"], name=op.f("fk_bank_line_account_code")),
        sa.ForeignKeyConstraint(["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint(
            "account_code", "currency", "fingerprint", name=op.f("uq_bank_line_account_code_currency_fingerprint")
        ),
    )
    op.create_index("ix_bank_line_state", "bank_line", ["state", "booked_on", "id"], unique=False)
    op.create_index(op.f("ix_bank_line_statement_id"), "bank_line", ["statement_id"], unique=False)
    op.create_table(
        "bank_match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("account_code", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "number",
                "amount",
                "hand",
                name="matchreason_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("matched_by_id", sa.Integer(), nullable=True),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_code"], ["account.code"], name=op.f("fk_bank_match_account_code")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_bank_match_entry_id")),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f("fk_bank_match_line_id")),
        sa.ForeignKeyConstraint(["matched_by_id"], ["user_account.id"], name=op.f("fk_bank_match_matched_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_match")),
        sa.UniqueConstraint(
            "entry_id", "account_code", "currency", name=op.f("uq_bank_match_entry_id_account_code_currency")
        ),
    )
    op.create_index(op.f("ix_bank_match_line_id"), "bank_match", ["line_id"], unique=False)
    op.create_table(
        "pledge_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("contribution_id", sa.Integer(), nullable=False),
        sa.Column("applied_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["applied_by_id"], ["user_account.id"], name=op.f("fk_pledge_payment_applied_by_id")),
        sa.ForeignKeyConstraint(
            ["contribution_id"], ["contribution.id"], name=op.f("fk_pledge_payment_contribution_id")
        ),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_payment_pledge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_payment")),
        sa.UniqueConstraint("contribution_id", name=op.f("uq_pledge_payment_contribution_id")),
    )
    op.create_index(op.f("ix_pledge_payment_pledge_id"), "pledge_payment", ["pledge_id"], unique=False)
    bind = op.get_bind()
    for statement in TRIGGERS[bind.dialect.name]:
        bind.exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_index(op.f("ix_pledge_payment_pledge_id"), table_name="pledge_payment")
    op.drop_table("pledge_payment")
    op.drop_index(op.f("ix_bank_match_line_id"), table_name="bank_match")
    op.drop_table("bank_match")
    op.drop_index(op.f("ix_bank_line_statement_id"), table_name="bank_line")
    op.drop_index("ix_bank_line_state", table_name="bank_line")
    op.drop_table("bank_line")
    op.drop_table("bank_statement")
    op.drop_index("ix_online_movement_payout", table_name="online_movement")
    op.drop_index("ix_online_movement_order", table_name="online_movement")
    op.drop_table("online_movement")
    op.drop_index("ix_payout_state", table_name="payout")
    op.drop_table("payout")
    op.drop_index("ix_online_dispute_state", table_name="online_dispute")
    op.drop_index(op.f("ix_online_dispute_order_id"), table_name="online_dispute")
    op.drop_table("online_dispute")
    op.drop_index("ix_refund_request_state", table_name="refund_request")
    op.drop_index(op.f("ix_refund_request_order_id"), table_name="refund_request")
    op.drop_table("refund_request")
    op.drop_table("score_change")
    op.drop_index(op.f("ix_payment_share_order_id"), table_name="payment_share")
    op.drop_table("payment_share")
    op.drop_table("score")
    op.drop_index(
        "uq_payment_order_tranche_live",
        table_name="payment_order",
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_index("ix_payment_order_state", table_name="payment_order")
    op.drop_index(op.f("ix_payment_order_award_id"), table_name="payment_order")
    op.drop_table("payment_order")
    op.drop_table("expense_line")
    op.drop_index("ix_tranche_state", table_name="tranche")
    op.drop_table("tranche")
    op.drop_table("review")
    op.drop_index(
        "uq_expense_report_standing",
        table_name="expense_report",
        sqlite_where=sa.text("state <> 'returned'"),
        postgresql_where=sa.text("state <> 'returned'"),
    )
    op.drop_index("ix_expense_report_state", table_name="expense_report")
    op.drop_table("expense_report")
    op.drop_index(op.f("ix_commitment_fund_id"), table_name="commitment")
    op.drop_index(op.f("ix_commitment_entry_id"), table_name="commitment")
    op.drop_index("ix_commitment_allocation_id", table_name="commitment")
    op.drop_table("commitment")
    op.drop_table("appeal")
    op.drop_table("agreement")
    op.drop_index("ix_screening_application_id", table_name="screening")
    op.drop_table("screening")
    op.drop_table("receipt")
    op.drop_index(op.f("ix_ranking_line_dossier_id"), table_name="ranking_line")
    op.drop_table("ranking_line")
    op.drop_index(op.f("ix_pledge_instalment_pledge_id"), table_name="pledge_instalment")
    op.drop_table("pledge_instalment")
    op.drop_index("ix_letter_application_id", table_name="letter")
    op.drop_table("letter")
    op.drop_table("in_kind_item")
    op.drop_index(op.f("ix_dossier_file_stored_file_id"), table_name="dossier_file")
    op.drop_table("dossier_file")
    op.drop_index("ix_determination_call_id", table_name="determination")
    op.drop_table("determination")
    op.drop_table("cure_request")
    op.drop_index(op.f("ix_conflict_declaration_seat_id"), table_name="conflict_declaration")
    op.drop_index(op.f("ix_conflict_declaration_dossier_id"), table_name="conflict_declaration")
    op.drop_table("conflict_declaration")
    op.drop_index(op.f("ix_sketch_updated_at"), table_name="sketch")
    op.drop_index(op.f("ix_sketch_created_at"), table_name="sketch")
    op.drop_index(op.f("ix_sketch_call_id"), table_name="sketch")
    op.drop_table("sketch")
    op.drop_index(op.f("ix_subscription_letter_call_id"), table_name="subscription_letter")
    op.drop_table("subscription_letter")
    op.drop_index("uq_call_subscription_live_email", table_name="call_subscription")
    op.drop_index(op.f("ix_call_subscription_asked_at"), table_name="call_subscription")
    op.drop_table("call_subscription")
    op.drop_index("ix_held_upload_place_user_id", table_name="held_upload")
    op.drop_table("held_upload")
    op.drop_index("ix_co_applicant_user_id", table_name="co_applicant")
    op.drop_index(op.f("ix_co_applicant_application_id"), table_name="co_applicant")
    op.drop_table("co_applicant")
    op.drop_index("ix_checkout_order_state", table_name="checkout_order")
    op.drop_table("checkout_order")
    op.drop_index("ix_blind_clearing_call_id_state", table_name="blind_clearing")
    op.drop_table("blind_clearing")
    op.drop_index("ix_award_state", table_name="award")
    op.drop_index("ix_award_committed_at", table_name="award")
    op.drop_table("award")
    op.drop_index(op.f("ix_assignment_seat_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_table("application_version")
    op.drop_index(op.f("ix_application_attachment_application_id"), table_name="application_attachment")
    op.drop_table("application_attachment")
    op.drop_table("ranking")
    op.drop_index(op.f("ix_programme_plan_id"), table_name="programme")
    op.drop_table("programme")
    op.drop_index("ix_posting_fund_account", table_name="posting")
    op.drop_table("posting")
    op.drop_index("ix_pledge_organisation", table_name="pledge")
    op.drop_table("pledge")
    op.drop_table("paying_organisation")
    op.drop_index(op.f("ix_panel_seat_reviewer_id"), table_name="panel_seat")
    op.drop_table("panel_seat")
    op.drop_table("draw")
    op.drop_index(op.f("ix_dossier_panel_id"), table_name="dossier")
    op.drop_table("dossier")
    op.drop_index("ix_contribution_user", table_name="contribution")
    op.drop_index("ix_contribution_received_on", table_name="contribution")
    op.drop_index("ix_contribution_organisation", table_name="contribution")
    op.drop_index("ix_contribution_fund", table_name="contribution")
    op.drop_table("contribution")
    op.drop_index("ix_consultation_comment_call_id", table_name="consultation_comment")
    op.drop_table("consultation_comment")
    op.drop_table("call_addendum")
    op.drop_index(
        "uq_application_one_per_person",
        table_name="application",
        sqlite_where=sa.text("state <> 'withdrawn'"),
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.drop_index(
        "uq_application_one_per_organisation",
        table_name="application",
        sqlite_where=sa.text("state <> 'withdrawn' AND organisation_id IS NOT NULL"),
        postgresql_where=sa.text("state <> 'withdrawn' AND organisation_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_application_organisation_id"), table_name="application")
    op.drop_index("ix_application_call_id_state", table_name="application")
    op.drop_index("ix_application_applicant_user_id", table_name="application")
    op.drop_table("application")
    op.drop_index(op.f("ix_allocation_fund_id"), table_name="allocation")
    op.drop_table("allocation")
    op.drop_table("account_balance")
    op.drop_index("ix_user_session_user_id_ended_at", table_name="user_session")
    op.drop_table("user_session")
    op.drop_index(op.f("ix_role_grant_role"), table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_table("recovery_code")
    op.drop_index(
        "uq_panel_live_call_key",
        table_name="panel",
        sqlite_where=sa.text("state <> 'cancelled'"),
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_index(op.f("ix_panel_rulebook_id"), table_name="panel")
    op.drop_table("panel")
    op.drop_table("operating_plan")
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index("ix_journal_entry_source", table_name="journal_entry")
    op.drop_index("ix_journal_entry_date", table_name="journal_entry")
    op.drop_table("journal_entry")
    op.drop_index(
        "uq_invitation_open",
        table_name="invitation",
        sqlite_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.drop_table("invitation")
    op.drop_index("ix_grant_call_state_closes_at", table_name="grant_call")
    op.drop_table("grant_call")
    op.drop_index("ix_fund_giver", table_name="fund")
    op.drop_table("fund")
    op.drop_table("fiscal_period")
    op.drop_index("ix_email_token_user_id_purpose", table_name="email_token")
    op.drop_table("email_token")
    op.drop_table("user_account")
    op.drop_index(op.f("ix_stored_file_sha256"), table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_index("ix_sign_in_attempt_address", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_account_key", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_index(op.f("ix_rulebook_version_sha256"), table_name="rulebook_version")
    op.drop_table("rulebook_version")
    op.drop_table("receipt_counter")
    op.drop_table("processed_event")
    op.drop_index("ix_outbox_message_state", table_name="outbox_message")
    op.drop_index("ix_outbox_message_recipient", table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_organisation_name"), table_name="organisation")
    op.drop_table("organisation")
    op.drop_index(
        "uq_job_unique_key_waiting",
        table_name="job",
        sqlite_where=sa.text("state IN ('queued', 'running') AND unique_key IS NOT NULL"),
        postgresql_where=sa.text("state IN ('queued', 'running') AND unique_key IS NOT NULL"),
    )
    op.drop_index("ix_job_due", table_name="job")
    op.drop_table("job")
    op.drop_table("entry_counter")
    op.drop_index("ix_audit_event_subject", table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_action"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_table("account")
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        for function in FUNCTIONS:
            bind.exec_driver_sql(f"DROP FUNCTION {function}()")
