"""What the bank, the payment company, the tax office and the givers said stays, whoever asks the database to change it."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

# The text of every trigger as it stood at this release; a test compares the schema with the models' own.
TRIGGERS = {
    "sqlite": (
        """
CREATE TRIGGER stored_file_keeps_update BEFORE UPDATE ON stored_file WHEN NEW.key IS NOT OLD.key OR NEW.sha256 IS NOT OLD.sha256 OR NEW.size_bytes IS NOT OLD.size_bytes OR NEW.content_type IS NOT OLD.content_type OR NEW.purpose IS NOT OLD.purpose OR NEW.created_at IS NOT OLD.created_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of stored_file says stays'); END
""",
        """
CREATE TRIGGER stored_file_keeps_delete BEFORE DELETE ON stored_file BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of stored_file says stays'); END
""",
        """
CREATE TRIGGER stored_file_keeps_insert BEFORE INSERT ON stored_file WHEN EXISTS (SELECT 1 FROM stored_file WHERE id = NEW.id OR key = NEW.key) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of stored_file says stays'); END
""",
        """
CREATE TRIGGER bank_statement_keeps_update BEFORE UPDATE ON bank_statement WHEN NEW.account_code IS NOT OLD.account_code OR NEW.currency IS NOT OLD.currency OR NEW.file_name IS NOT OLD.file_name OR NEW.sha256 IS NOT OLD.sha256 OR NEW.format IS NOT OLD.format OR NEW.starts_on IS NOT OLD.starts_on OR NEW.ends_on IS NOT OLD.ends_on OR NEW.opening_cents IS NOT OLD.opening_cents OR NEW.closing_cents IS NOT OLD.closing_cents OR NEW.imported_at IS NOT OLD.imported_at OR (OLD.imported_by_id IS NOT NULL AND NEW.imported_by_id IS NOT OLD.imported_by_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of bank_statement says stays'); END
""",
        """
CREATE TRIGGER bank_statement_keeps_delete BEFORE DELETE ON bank_statement BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of bank_statement says stays'); END
""",
        """
CREATE TRIGGER bank_statement_keeps_insert BEFORE INSERT ON bank_statement WHEN EXISTS (SELECT 1 FROM bank_statement WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of bank_statement says stays'); END
""",
        """
CREATE TRIGGER bank_line_keeps_update BEFORE UPDATE ON bank_line WHEN NEW.statement_id IS NOT OLD.statement_id OR NEW.account_code IS NOT OLD.account_code OR NEW.booked_on IS NOT OLD.booked_on OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.reference IS NOT OLD.reference OR NEW.description IS NOT OLD.description OR NEW.fingerprint IS NOT OLD.fingerprint BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of bank_line says stays'); END
""",
        """
CREATE TRIGGER bank_line_keeps_delete BEFORE DELETE ON bank_line BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of bank_line says stays'); END
""",
        """
CREATE TRIGGER bank_line_keeps_insert BEFORE INSERT ON bank_line WHEN EXISTS (SELECT 1 FROM bank_line WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of bank_line says stays'); END
""",
        """
CREATE TRIGGER bank_match_keeps_update BEFORE UPDATE ON bank_match WHEN NEW.line_id IS NOT OLD.line_id OR NEW.entry_id IS NOT OLD.entry_id OR NEW.account_code IS NOT OLD.account_code OR NEW.currency IS NOT OLD.currency OR NEW.reason IS NOT OLD.reason OR NEW.matched_at IS NOT OLD.matched_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of bank_match says stays'); END
""",
        """
CREATE TRIGGER checkout_order_keeps_update BEFORE UPDATE ON checkout_order WHEN NEW.token IS NOT OLD.token OR NEW.method IS NOT OLD.method OR NEW.kind IS NOT OLD.kind OR NEW.fund_id IS NOT OLD.fund_id OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.created_at IS NOT OLD.created_at OR (OLD.contribution_id IS NOT NULL AND NEW.contribution_id IS NOT OLD.contribution_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of checkout_order says stays'); END
""",
        """
CREATE TRIGGER checkout_order_keeps_delete BEFORE DELETE ON checkout_order BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of checkout_order says stays'); END
""",
        """
CREATE TRIGGER checkout_order_keeps_insert BEFORE INSERT ON checkout_order WHEN EXISTS (SELECT 1 FROM checkout_order WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of checkout_order says stays'); END
""",
        """
CREATE TRIGGER online_movement_keeps_update BEFORE UPDATE ON online_movement WHEN NEW.transaction_id IS NOT OLD.transaction_id OR NEW.kind IS NOT OLD.kind OR NEW.order_id IS NOT OLD.order_id OR NEW.fund_id IS NOT OLD.fund_id OR NEW.entry_id IS NOT OLD.entry_id OR NEW.net_cents IS NOT OLD.net_cents OR NEW.currency IS NOT OLD.currency OR NEW.created_at IS NOT OLD.created_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of online_movement says stays'); END
""",
        """
CREATE TRIGGER online_movement_keeps_delete BEFORE DELETE ON online_movement BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of online_movement says stays'); END
""",
        """
CREATE TRIGGER online_movement_keeps_insert BEFORE INSERT ON online_movement WHEN EXISTS (SELECT 1 FROM online_movement WHERE id = NEW.id OR transaction_id = NEW.transaction_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of online_movement says stays'); END
""",
        """
CREATE TRIGGER payout_keeps_update BEFORE UPDATE ON payout WHEN NEW.company_id IS NOT OLD.company_id OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.created_at IS NOT OLD.created_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of payout says stays'); END
""",
        """
CREATE TRIGGER payout_keeps_delete BEFORE DELETE ON payout BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of payout says stays'); END
""",
        """
CREATE TRIGGER payout_keeps_insert BEFORE INSERT ON payout WHEN EXISTS (SELECT 1 FROM payout WHERE id = NEW.id OR company_id = NEW.company_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of payout says stays'); END
""",
        """
CREATE TRIGGER company_charge_keeps_update BEFORE UPDATE ON company_charge WHEN NEW.transaction_id IS NOT OLD.transaction_id OR NEW.told_in_id IS NOT OLD.told_in_id OR NEW.kind IS NOT OLD.kind OR NEW.description IS NOT OLD.description OR NEW.net_cents IS NOT OLD.net_cents OR NEW.currency IS NOT OLD.currency OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS NOT OLD.entry_id) OR (OLD.fund_id IS NOT NULL AND NEW.fund_id IS NOT OLD.fund_id) OR (OLD.posted_by_id IS NOT NULL AND NEW.posted_by_id IS NOT OLD.posted_by_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of company_charge says stays'); END
""",
        """
CREATE TRIGGER company_charge_keeps_delete BEFORE DELETE ON company_charge BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of company_charge says stays'); END
""",
        """
CREATE TRIGGER company_charge_keeps_insert BEFORE INSERT ON company_charge WHEN EXISTS (SELECT 1 FROM company_charge WHERE id = NEW.id OR transaction_id = NEW.transaction_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of company_charge says stays'); END
""",
        """
CREATE TRIGGER online_dispute_keeps_update BEFORE UPDATE ON online_dispute WHEN NEW.company_id IS NOT OLD.company_id OR NEW.order_id IS NOT OLD.order_id OR NEW.fund_id IS NOT OLD.fund_id OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.opened_at IS NOT OLD.opened_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of online_dispute says stays'); END
""",
        """
CREATE TRIGGER online_dispute_keeps_delete BEFORE DELETE ON online_dispute BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of online_dispute says stays'); END
""",
        """
CREATE TRIGGER online_dispute_keeps_insert BEFORE INSERT ON online_dispute WHEN EXISTS (SELECT 1 FROM online_dispute WHERE id = NEW.id OR company_id = NEW.company_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of online_dispute says stays'); END
""",
        """
CREATE TRIGGER refund_request_keeps_update BEFORE UPDATE ON refund_request WHEN NEW.order_id IS NOT OLD.order_id OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.reason IS NOT OLD.reason OR NEW.key IS NOT OLD.key OR NEW.requested_at IS NOT OLD.requested_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of refund_request says stays'); END
""",
        """
CREATE TRIGGER refund_request_keeps_delete BEFORE DELETE ON refund_request BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of refund_request says stays'); END
""",
        """
CREATE TRIGGER refund_request_keeps_insert BEFORE INSERT ON refund_request WHEN EXISTS (SELECT 1 FROM refund_request WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of refund_request says stays'); END
""",
        """
CREATE TRIGGER fiscal_receipt_keeps_update BEFORE UPDATE ON fiscal_receipt WHEN NEW.receipt_id IS NOT OLD.receipt_id OR NEW.created_at IS NOT OLD.created_at OR NEW.credits_id IS NOT OLD.credits_id OR NEW.credit_cents IS NOT OLD.credit_cents OR NEW.note_number IS NOT OLD.note_number OR (OLD.uuid IS NOT NULL AND NEW.uuid IS NOT OLD.uuid) OR (OLD.stamped_at IS NOT NULL AND NEW.stamped_at IS NOT OLD.stamped_at) OR (OLD.cancel_code IS NOT NULL AND NEW.cancel_code IS NOT OLD.cancel_code) OR (OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS NOT OLD.cancelled_at) OR (OLD.uuid IS NOT NULL AND (NEW.xml_file_id IS NOT OLD.xml_file_id OR NEW.dated IS NOT OLD.dated OR NEW.is_generic IS NOT OLD.is_generic OR NEW.livemode IS NOT OLD.livemode)) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of fiscal_receipt says stays'); END
""",
        """
CREATE TRIGGER fiscal_receipt_keeps_delete BEFORE DELETE ON fiscal_receipt BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of fiscal_receipt says stays'); END
""",
        """
CREATE TRIGGER fiscal_receipt_keeps_insert BEFORE INSERT ON fiscal_receipt WHEN EXISTS (SELECT 1 FROM fiscal_receipt WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of fiscal_receipt says stays'); END
""",
        """
CREATE TRIGGER in_kind_item_keeps_update BEFORE UPDATE ON in_kind_item WHEN NEW.contribution_id IS NOT OLD.contribution_id OR NEW.description IS NOT OLD.description OR NEW.quantity IS NOT OLD.quantity OR NEW.unit IS NOT OLD.unit OR NEW.valuation IS NOT OLD.valuation OR NEW.valuation_note IS NOT OLD.valuation_note OR NEW.evidence_file_id IS NOT OLD.evidence_file_id OR (OLD.delivered_to IS NOT NULL AND NEW.delivered_to IS NOT OLD.delivered_to) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of in_kind_item says stays'); END
""",
        """
CREATE TRIGGER in_kind_item_keeps_delete BEFORE DELETE ON in_kind_item BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of in_kind_item says stays'); END
""",
        """
CREATE TRIGGER in_kind_item_keeps_insert BEFORE INSERT ON in_kind_item WHEN EXISTS (SELECT 1 FROM in_kind_item WHERE id = NEW.id OR contribution_id = NEW.contribution_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of in_kind_item says stays'); END
""",
        """
CREATE TRIGGER pledge_keeps_update BEFORE UPDATE ON pledge WHEN NEW.fund_id IS NOT OLD.fund_id OR NEW.giver_organisation_id IS NOT OLD.giver_organisation_id OR NEW.giver_user_id IS NOT OLD.giver_user_id OR NEW.amount_cents IS NOT OLD.amount_cents OR NEW.currency IS NOT OLD.currency OR NEW.promised_on IS NOT OLD.promised_on OR (OLD.cancel_reason IS NOT NULL AND NEW.cancel_reason IS NOT OLD.cancel_reason) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of pledge says stays'); END
""",
        """
CREATE TRIGGER pledge_keeps_delete BEFORE DELETE ON pledge BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of pledge says stays'); END
""",
        """
CREATE TRIGGER pledge_keeps_insert BEFORE INSERT ON pledge WHEN EXISTS (SELECT 1 FROM pledge WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of pledge says stays'); END
""",
        """
CREATE TRIGGER pledge_instalment_keeps_update BEFORE UPDATE ON pledge_instalment WHEN NEW.pledge_id IS NOT OLD.pledge_id OR NEW.due_on IS NOT OLD.due_on OR NEW.amount_cents IS NOT OLD.amount_cents BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of pledge_instalment says stays'); END
""",
        """
CREATE TRIGGER pledge_instalment_keeps_delete BEFORE DELETE ON pledge_instalment BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of pledge_instalment says stays'); END
""",
        """
CREATE TRIGGER pledge_instalment_keeps_insert BEFORE INSERT ON pledge_instalment WHEN EXISTS (SELECT 1 FROM pledge_instalment WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of pledge_instalment says stays'); END
""",
        """
CREATE TRIGGER pledge_payment_keeps_update BEFORE UPDATE ON pledge_payment WHEN NEW.pledge_id IS NOT OLD.pledge_id OR NEW.contribution_id IS NOT OLD.contribution_id OR NEW.applied_at IS NOT OLD.applied_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of pledge_payment says stays'); END
""",
        """
CREATE TRIGGER pledge_payment_keeps_delete BEFORE DELETE ON pledge_payment BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of pledge_payment says stays'); END
""",
        """
CREATE TRIGGER pledge_payment_keeps_insert BEFORE INSERT ON pledge_payment WHEN EXISTS (SELECT 1 FROM pledge_payment WHERE id = NEW.id OR contribution_id = NEW.contribution_id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of pledge_payment says stays'); END
""",
        """
CREATE TRIGGER promised_benefit_keeps_update BEFORE UPDATE ON promised_benefit WHEN NEW.contribution_id IS NOT OLD.contribution_id OR NEW.package_id IS NOT OLD.package_id OR CAST(NEW.what AS TEXT) IS NOT CAST(OLD.what AS TEXT) OR NEW.quantity IS NOT OLD.quantity OR NEW.due_on IS NOT OLD.due_on OR NEW.fair_value_cents IS NOT OLD.fair_value_cents OR NEW.currency IS NOT OLD.currency BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of promised_benefit says stays'); END
""",
        """
CREATE TRIGGER promised_benefit_keeps_delete BEFORE DELETE ON promised_benefit BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of promised_benefit says stays'); END
""",
        """
CREATE TRIGGER promised_benefit_keeps_insert BEFORE INSERT ON promised_benefit WHEN EXISTS (SELECT 1 FROM promised_benefit WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of promised_benefit says stays'); END
""",
        """
CREATE TRIGGER entry_counter_keeps_update BEFORE UPDATE ON entry_counter WHEN NEW.fiscal_year IS NOT OLD.fiscal_year BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of entry_counter says stays'); END
""",
        """
CREATE TRIGGER entry_counter_keeps_delete BEFORE DELETE ON entry_counter BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of entry_counter says stays'); END
""",
        """
CREATE TRIGGER receipt_counter_keeps_update BEFORE UPDATE ON receipt_counter WHEN NEW.series IS NOT OLD.series OR NEW.year IS NOT OLD.year BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of receipt_counter says stays'); END
""",
        """
CREATE TRIGGER receipt_counter_keeps_delete BEFORE DELETE ON receipt_counter BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of receipt_counter says stays'); END
""",
        """
CREATE TRIGGER receipt_keeps_update BEFORE UPDATE ON receipt WHEN NEW.token IS NOT OLD.token OR NEW.issued_at IS NOT OLD.issued_at BEGIN SELECT RAISE(ABORT, 'ledger: immutable what a row of receipt says stays'); END
""",
    ),
    "postgresql": (
        """
CREATE FUNCTION stored_file_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of stored_file says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER stored_file_keeps_update BEFORE UPDATE ON stored_file FOR EACH ROW WHEN (NEW.key IS DISTINCT FROM OLD.key OR NEW.sha256 IS DISTINCT FROM OLD.sha256 OR NEW.size_bytes IS DISTINCT FROM OLD.size_bytes OR NEW.content_type IS DISTINCT FROM OLD.content_type OR NEW.purpose IS DISTINCT FROM OLD.purpose OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION stored_file_keeps_update()
""",
        """
CREATE FUNCTION stored_file_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of stored_file says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER stored_file_keeps_delete BEFORE DELETE ON stored_file FOR EACH ROW EXECUTE FUNCTION stored_file_keeps_delete()
""",
        """
CREATE FUNCTION bank_statement_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of bank_statement says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER bank_statement_keeps_update BEFORE UPDATE ON bank_statement FOR EACH ROW WHEN (NEW.account_code IS DISTINCT FROM OLD.account_code OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.file_name IS DISTINCT FROM OLD.file_name OR NEW.sha256 IS DISTINCT FROM OLD.sha256 OR NEW.format IS DISTINCT FROM OLD.format OR NEW.starts_on IS DISTINCT FROM OLD.starts_on OR NEW.ends_on IS DISTINCT FROM OLD.ends_on OR NEW.opening_cents IS DISTINCT FROM OLD.opening_cents OR NEW.closing_cents IS DISTINCT FROM OLD.closing_cents OR NEW.imported_at IS DISTINCT FROM OLD.imported_at OR (OLD.imported_by_id IS NOT NULL AND NEW.imported_by_id IS DISTINCT FROM OLD.imported_by_id)) EXECUTE FUNCTION bank_statement_keeps_update()
""",
        """
CREATE FUNCTION bank_statement_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of bank_statement says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER bank_statement_keeps_delete BEFORE DELETE ON bank_statement FOR EACH ROW EXECUTE FUNCTION bank_statement_keeps_delete()
""",
        """
CREATE FUNCTION bank_line_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of bank_line says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER bank_line_keeps_update BEFORE UPDATE ON bank_line FOR EACH ROW WHEN (NEW.statement_id IS DISTINCT FROM OLD.statement_id OR NEW.account_code IS DISTINCT FROM OLD.account_code OR NEW.booked_on IS DISTINCT FROM OLD.booked_on OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.reference IS DISTINCT FROM OLD.reference OR NEW.description IS DISTINCT FROM OLD.description OR NEW.fingerprint IS DISTINCT FROM OLD.fingerprint) EXECUTE FUNCTION bank_line_keeps_update()
""",
        """
CREATE FUNCTION bank_line_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of bank_line says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER bank_line_keeps_delete BEFORE DELETE ON bank_line FOR EACH ROW EXECUTE FUNCTION bank_line_keeps_delete()
""",
        """
CREATE FUNCTION bank_match_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of bank_match says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER bank_match_keeps_update BEFORE UPDATE ON bank_match FOR EACH ROW WHEN (NEW.line_id IS DISTINCT FROM OLD.line_id OR NEW.entry_id IS DISTINCT FROM OLD.entry_id OR NEW.account_code IS DISTINCT FROM OLD.account_code OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.reason IS DISTINCT FROM OLD.reason OR NEW.matched_at IS DISTINCT FROM OLD.matched_at) EXECUTE FUNCTION bank_match_keeps_update()
""",
        """
CREATE FUNCTION checkout_order_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of checkout_order says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER checkout_order_keeps_update BEFORE UPDATE ON checkout_order FOR EACH ROW WHEN (NEW.token IS DISTINCT FROM OLD.token OR NEW.method IS DISTINCT FROM OLD.method OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.created_at IS DISTINCT FROM OLD.created_at OR (OLD.contribution_id IS NOT NULL AND NEW.contribution_id IS DISTINCT FROM OLD.contribution_id)) EXECUTE FUNCTION checkout_order_keeps_update()
""",
        """
CREATE FUNCTION checkout_order_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of checkout_order says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER checkout_order_keeps_delete BEFORE DELETE ON checkout_order FOR EACH ROW EXECUTE FUNCTION checkout_order_keeps_delete()
""",
        """
CREATE FUNCTION online_movement_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of online_movement says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER online_movement_keeps_update BEFORE UPDATE ON online_movement FOR EACH ROW WHEN (NEW.transaction_id IS DISTINCT FROM OLD.transaction_id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.order_id IS DISTINCT FROM OLD.order_id OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.entry_id IS DISTINCT FROM OLD.entry_id OR NEW.net_cents IS DISTINCT FROM OLD.net_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION online_movement_keeps_update()
""",
        """
CREATE FUNCTION online_movement_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of online_movement says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER online_movement_keeps_delete BEFORE DELETE ON online_movement FOR EACH ROW EXECUTE FUNCTION online_movement_keeps_delete()
""",
        """
CREATE FUNCTION payout_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of payout says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER payout_keeps_update BEFORE UPDATE ON payout FOR EACH ROW WHEN (NEW.company_id IS DISTINCT FROM OLD.company_id OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.created_at IS DISTINCT FROM OLD.created_at) EXECUTE FUNCTION payout_keeps_update()
""",
        """
CREATE FUNCTION payout_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of payout says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER payout_keeps_delete BEFORE DELETE ON payout FOR EACH ROW EXECUTE FUNCTION payout_keeps_delete()
""",
        """
CREATE FUNCTION company_charge_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of company_charge says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER company_charge_keeps_update BEFORE UPDATE ON company_charge FOR EACH ROW WHEN (NEW.transaction_id IS DISTINCT FROM OLD.transaction_id OR NEW.told_in_id IS DISTINCT FROM OLD.told_in_id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.description IS DISTINCT FROM OLD.description OR NEW.net_cents IS DISTINCT FROM OLD.net_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR (OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id) OR (OLD.fund_id IS NOT NULL AND NEW.fund_id IS DISTINCT FROM OLD.fund_id) OR (OLD.posted_by_id IS NOT NULL AND NEW.posted_by_id IS DISTINCT FROM OLD.posted_by_id)) EXECUTE FUNCTION company_charge_keeps_update()
""",
        """
CREATE FUNCTION company_charge_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of company_charge says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER company_charge_keeps_delete BEFORE DELETE ON company_charge FOR EACH ROW EXECUTE FUNCTION company_charge_keeps_delete()
""",
        """
CREATE FUNCTION online_dispute_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of online_dispute says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER online_dispute_keeps_update BEFORE UPDATE ON online_dispute FOR EACH ROW WHEN (NEW.company_id IS DISTINCT FROM OLD.company_id OR NEW.order_id IS DISTINCT FROM OLD.order_id OR NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.opened_at IS DISTINCT FROM OLD.opened_at) EXECUTE FUNCTION online_dispute_keeps_update()
""",
        """
CREATE FUNCTION online_dispute_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of online_dispute says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER online_dispute_keeps_delete BEFORE DELETE ON online_dispute FOR EACH ROW EXECUTE FUNCTION online_dispute_keeps_delete()
""",
        """
CREATE FUNCTION refund_request_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of refund_request says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER refund_request_keeps_update BEFORE UPDATE ON refund_request FOR EACH ROW WHEN (NEW.order_id IS DISTINCT FROM OLD.order_id OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.reason IS DISTINCT FROM OLD.reason OR NEW.key IS DISTINCT FROM OLD.key OR NEW.requested_at IS DISTINCT FROM OLD.requested_at) EXECUTE FUNCTION refund_request_keeps_update()
""",
        """
CREATE FUNCTION refund_request_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of refund_request says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER refund_request_keeps_delete BEFORE DELETE ON refund_request FOR EACH ROW EXECUTE FUNCTION refund_request_keeps_delete()
""",
        """
CREATE FUNCTION fiscal_receipt_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of fiscal_receipt says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER fiscal_receipt_keeps_update BEFORE UPDATE ON fiscal_receipt FOR EACH ROW WHEN (NEW.receipt_id IS DISTINCT FROM OLD.receipt_id OR NEW.created_at IS DISTINCT FROM OLD.created_at OR NEW.credits_id IS DISTINCT FROM OLD.credits_id OR NEW.credit_cents IS DISTINCT FROM OLD.credit_cents OR NEW.note_number IS DISTINCT FROM OLD.note_number OR (OLD.uuid IS NOT NULL AND NEW.uuid IS DISTINCT FROM OLD.uuid) OR (OLD.stamped_at IS NOT NULL AND NEW.stamped_at IS DISTINCT FROM OLD.stamped_at) OR (OLD.cancel_code IS NOT NULL AND NEW.cancel_code IS DISTINCT FROM OLD.cancel_code) OR (OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at) OR (OLD.uuid IS NOT NULL AND (NEW.xml_file_id IS DISTINCT FROM OLD.xml_file_id OR NEW.dated IS DISTINCT FROM OLD.dated OR NEW.is_generic IS DISTINCT FROM OLD.is_generic OR NEW.livemode IS DISTINCT FROM OLD.livemode))) EXECUTE FUNCTION fiscal_receipt_keeps_update()
""",
        """
CREATE FUNCTION fiscal_receipt_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of fiscal_receipt says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER fiscal_receipt_keeps_delete BEFORE DELETE ON fiscal_receipt FOR EACH ROW EXECUTE FUNCTION fiscal_receipt_keeps_delete()
""",
        """
CREATE FUNCTION in_kind_item_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of in_kind_item says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER in_kind_item_keeps_update BEFORE UPDATE ON in_kind_item FOR EACH ROW WHEN (NEW.contribution_id IS DISTINCT FROM OLD.contribution_id OR NEW.description IS DISTINCT FROM OLD.description OR NEW.quantity IS DISTINCT FROM OLD.quantity OR NEW.unit IS DISTINCT FROM OLD.unit OR NEW.valuation IS DISTINCT FROM OLD.valuation OR NEW.valuation_note IS DISTINCT FROM OLD.valuation_note OR NEW.evidence_file_id IS DISTINCT FROM OLD.evidence_file_id OR (OLD.delivered_to IS NOT NULL AND NEW.delivered_to IS DISTINCT FROM OLD.delivered_to)) EXECUTE FUNCTION in_kind_item_keeps_update()
""",
        """
CREATE FUNCTION in_kind_item_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of in_kind_item says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER in_kind_item_keeps_delete BEFORE DELETE ON in_kind_item FOR EACH ROW EXECUTE FUNCTION in_kind_item_keeps_delete()
""",
        """
CREATE FUNCTION pledge_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of pledge says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER pledge_keeps_update BEFORE UPDATE ON pledge FOR EACH ROW WHEN (NEW.fund_id IS DISTINCT FROM OLD.fund_id OR NEW.giver_organisation_id IS DISTINCT FROM OLD.giver_organisation_id OR NEW.giver_user_id IS DISTINCT FROM OLD.giver_user_id OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.promised_on IS DISTINCT FROM OLD.promised_on OR (OLD.cancel_reason IS NOT NULL AND NEW.cancel_reason IS DISTINCT FROM OLD.cancel_reason)) EXECUTE FUNCTION pledge_keeps_update()
""",
        """
CREATE FUNCTION pledge_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of pledge says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER pledge_keeps_delete BEFORE DELETE ON pledge FOR EACH ROW EXECUTE FUNCTION pledge_keeps_delete()
""",
        """
CREATE FUNCTION pledge_instalment_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of pledge_instalment says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER pledge_instalment_keeps_update BEFORE UPDATE ON pledge_instalment FOR EACH ROW WHEN (NEW.pledge_id IS DISTINCT FROM OLD.pledge_id OR NEW.due_on IS DISTINCT FROM OLD.due_on OR NEW.amount_cents IS DISTINCT FROM OLD.amount_cents) EXECUTE FUNCTION pledge_instalment_keeps_update()
""",
        """
CREATE FUNCTION pledge_instalment_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of pledge_instalment says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER pledge_instalment_keeps_delete BEFORE DELETE ON pledge_instalment FOR EACH ROW EXECUTE FUNCTION pledge_instalment_keeps_delete()
""",
        """
CREATE FUNCTION pledge_payment_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of pledge_payment says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER pledge_payment_keeps_update BEFORE UPDATE ON pledge_payment FOR EACH ROW WHEN (NEW.pledge_id IS DISTINCT FROM OLD.pledge_id OR NEW.contribution_id IS DISTINCT FROM OLD.contribution_id OR NEW.applied_at IS DISTINCT FROM OLD.applied_at) EXECUTE FUNCTION pledge_payment_keeps_update()
""",
        """
CREATE FUNCTION pledge_payment_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of pledge_payment says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER pledge_payment_keeps_delete BEFORE DELETE ON pledge_payment FOR EACH ROW EXECUTE FUNCTION pledge_payment_keeps_delete()
""",
        """
CREATE FUNCTION promised_benefit_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of promised_benefit says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER promised_benefit_keeps_update BEFORE UPDATE ON promised_benefit FOR EACH ROW WHEN (NEW.contribution_id IS DISTINCT FROM OLD.contribution_id OR NEW.package_id IS DISTINCT FROM OLD.package_id OR CAST(NEW.what AS TEXT) IS DISTINCT FROM CAST(OLD.what AS TEXT) OR NEW.quantity IS DISTINCT FROM OLD.quantity OR NEW.due_on IS DISTINCT FROM OLD.due_on OR NEW.fair_value_cents IS DISTINCT FROM OLD.fair_value_cents OR NEW.currency IS DISTINCT FROM OLD.currency) EXECUTE FUNCTION promised_benefit_keeps_update()
""",
        """
CREATE FUNCTION promised_benefit_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of promised_benefit says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER promised_benefit_keeps_delete BEFORE DELETE ON promised_benefit FOR EACH ROW EXECUTE FUNCTION promised_benefit_keeps_delete()
""",
        """
CREATE FUNCTION entry_counter_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of entry_counter says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER entry_counter_keeps_update BEFORE UPDATE ON entry_counter FOR EACH ROW WHEN (NEW.fiscal_year IS DISTINCT FROM OLD.fiscal_year) EXECUTE FUNCTION entry_counter_keeps_update()
""",
        """
CREATE FUNCTION entry_counter_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of entry_counter says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER entry_counter_keeps_delete BEFORE DELETE ON entry_counter FOR EACH ROW EXECUTE FUNCTION entry_counter_keeps_delete()
""",
        """
CREATE FUNCTION receipt_counter_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of receipt_counter says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER receipt_counter_keeps_update BEFORE UPDATE ON receipt_counter FOR EACH ROW WHEN (NEW.series IS DISTINCT FROM OLD.series OR NEW.year IS DISTINCT FROM OLD.year) EXECUTE FUNCTION receipt_counter_keeps_update()
""",
        """
CREATE FUNCTION receipt_counter_keeps_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of receipt_counter says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER receipt_counter_keeps_delete BEFORE DELETE ON receipt_counter FOR EACH ROW EXECUTE FUNCTION receipt_counter_keeps_delete()
""",
        """
CREATE FUNCTION receipt_keeps_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable what a row of receipt says stays' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER receipt_keeps_update BEFORE UPDATE ON receipt FOR EACH ROW WHEN (NEW.token IS DISTINCT FROM OLD.token OR NEW.issued_at IS DISTINCT FROM OLD.issued_at) EXECUTE FUNCTION receipt_keeps_update()
""",
        """
CREATE FUNCTION stored_file_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable stored_file cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER stored_file_no_truncate BEFORE TRUNCATE ON stored_file FOR EACH STATEMENT EXECUTE FUNCTION stored_file_no_truncate()
""",
        """
CREATE FUNCTION bank_statement_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable bank_statement cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER bank_statement_no_truncate BEFORE TRUNCATE ON bank_statement FOR EACH STATEMENT EXECUTE FUNCTION bank_statement_no_truncate()
""",
        """
CREATE FUNCTION bank_line_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable bank_line cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER bank_line_no_truncate BEFORE TRUNCATE ON bank_line FOR EACH STATEMENT EXECUTE FUNCTION bank_line_no_truncate()
""",
        """
CREATE FUNCTION checkout_order_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable checkout_order cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER checkout_order_no_truncate BEFORE TRUNCATE ON checkout_order FOR EACH STATEMENT EXECUTE FUNCTION checkout_order_no_truncate()
""",
        """
CREATE FUNCTION online_movement_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable online_movement cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER online_movement_no_truncate BEFORE TRUNCATE ON online_movement FOR EACH STATEMENT EXECUTE FUNCTION online_movement_no_truncate()
""",
        """
CREATE FUNCTION payout_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable payout cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER payout_no_truncate BEFORE TRUNCATE ON payout FOR EACH STATEMENT EXECUTE FUNCTION payout_no_truncate()
""",
        """
CREATE FUNCTION company_charge_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable company_charge cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER company_charge_no_truncate BEFORE TRUNCATE ON company_charge FOR EACH STATEMENT EXECUTE FUNCTION company_charge_no_truncate()
""",
        """
CREATE FUNCTION online_dispute_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable online_dispute cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER online_dispute_no_truncate BEFORE TRUNCATE ON online_dispute FOR EACH STATEMENT EXECUTE FUNCTION online_dispute_no_truncate()
""",
        """
CREATE FUNCTION refund_request_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable refund_request cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER refund_request_no_truncate BEFORE TRUNCATE ON refund_request FOR EACH STATEMENT EXECUTE FUNCTION refund_request_no_truncate()
""",
        """
CREATE FUNCTION fiscal_receipt_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable fiscal_receipt cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER fiscal_receipt_no_truncate BEFORE TRUNCATE ON fiscal_receipt FOR EACH STATEMENT EXECUTE FUNCTION fiscal_receipt_no_truncate()
""",
        """
CREATE FUNCTION in_kind_item_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable in_kind_item cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER in_kind_item_no_truncate BEFORE TRUNCATE ON in_kind_item FOR EACH STATEMENT EXECUTE FUNCTION in_kind_item_no_truncate()
""",
        """
CREATE FUNCTION pledge_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable pledge cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER pledge_no_truncate BEFORE TRUNCATE ON pledge FOR EACH STATEMENT EXECUTE FUNCTION pledge_no_truncate()
""",
        """
CREATE FUNCTION pledge_instalment_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable pledge_instalment cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER pledge_instalment_no_truncate BEFORE TRUNCATE ON pledge_instalment FOR EACH STATEMENT EXECUTE FUNCTION pledge_instalment_no_truncate()
""",
        """
CREATE FUNCTION pledge_payment_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable pledge_payment cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER pledge_payment_no_truncate BEFORE TRUNCATE ON pledge_payment FOR EACH STATEMENT EXECUTE FUNCTION pledge_payment_no_truncate()
""",
        """
CREATE FUNCTION promised_benefit_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable promised_benefit cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER promised_benefit_no_truncate BEFORE TRUNCATE ON promised_benefit FOR EACH STATEMENT EXECUTE FUNCTION promised_benefit_no_truncate()
""",
        """
CREATE FUNCTION entry_counter_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable entry_counter cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER entry_counter_no_truncate BEFORE TRUNCATE ON entry_counter FOR EACH STATEMENT EXECUTE FUNCTION entry_counter_no_truncate()
""",
        """
CREATE FUNCTION receipt_counter_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable receipt_counter cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER receipt_counter_no_truncate BEFORE TRUNCATE ON receipt_counter FOR EACH STATEMENT EXECUTE FUNCTION receipt_counter_no_truncate()
""",
        """
CREATE FUNCTION contribution_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable contribution cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER contribution_no_truncate BEFORE TRUNCATE ON contribution FOR EACH STATEMENT EXECUTE FUNCTION contribution_no_truncate()
""",
        """
CREATE FUNCTION period_closing_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable period_closing cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER period_closing_no_truncate BEFORE TRUNCATE ON period_closing FOR EACH STATEMENT EXECUTE FUNCTION period_closing_no_truncate()
""",
        """
CREATE FUNCTION period_reopening_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable period_reopening cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER period_reopening_no_truncate BEFORE TRUNCATE ON period_reopening FOR EACH STATEMENT EXECUTE FUNCTION period_reopening_no_truncate()
""",
        """
CREATE FUNCTION fund_closing_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable fund_closing cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER fund_closing_no_truncate BEFORE TRUNCATE ON fund_closing FOR EACH STATEMENT EXECUTE FUNCTION fund_closing_no_truncate()
""",
        """
CREATE FUNCTION processed_event_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable processed_event cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER processed_event_no_truncate BEFORE TRUNCATE ON processed_event FOR EACH STATEMENT EXECUTE FUNCTION processed_event_no_truncate()
""",
        """
CREATE FUNCTION bank_match_no_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger: immutable bank_match cannot be emptied' USING ERRCODE = 'check_violation'; END $$
""",
        """
CREATE TRIGGER bank_match_no_truncate BEFORE TRUNCATE ON bank_match FOR EACH STATEMENT EXECUTE FUNCTION bank_match_no_truncate()
""",
    ),
}
# Each trigger and its table; SQLite has no TRUNCATE, and PostgreSQL nothing that replaces a row.
NAMES = {
    "stored_file_keeps_update": "stored_file",
    "stored_file_keeps_delete": "stored_file",
    "stored_file_keeps_insert": "stored_file",
    "bank_statement_keeps_update": "bank_statement",
    "bank_statement_keeps_delete": "bank_statement",
    "bank_statement_keeps_insert": "bank_statement",
    "bank_line_keeps_update": "bank_line",
    "bank_line_keeps_delete": "bank_line",
    "bank_line_keeps_insert": "bank_line",
    "bank_match_keeps_update": "bank_match",
    "checkout_order_keeps_update": "checkout_order",
    "checkout_order_keeps_delete": "checkout_order",
    "checkout_order_keeps_insert": "checkout_order",
    "online_movement_keeps_update": "online_movement",
    "online_movement_keeps_delete": "online_movement",
    "online_movement_keeps_insert": "online_movement",
    "payout_keeps_update": "payout",
    "payout_keeps_delete": "payout",
    "payout_keeps_insert": "payout",
    "company_charge_keeps_update": "company_charge",
    "company_charge_keeps_delete": "company_charge",
    "company_charge_keeps_insert": "company_charge",
    "online_dispute_keeps_update": "online_dispute",
    "online_dispute_keeps_delete": "online_dispute",
    "online_dispute_keeps_insert": "online_dispute",
    "refund_request_keeps_update": "refund_request",
    "refund_request_keeps_delete": "refund_request",
    "refund_request_keeps_insert": "refund_request",
    "fiscal_receipt_keeps_update": "fiscal_receipt",
    "fiscal_receipt_keeps_delete": "fiscal_receipt",
    "fiscal_receipt_keeps_insert": "fiscal_receipt",
    "in_kind_item_keeps_update": "in_kind_item",
    "in_kind_item_keeps_delete": "in_kind_item",
    "in_kind_item_keeps_insert": "in_kind_item",
    "pledge_keeps_update": "pledge",
    "pledge_keeps_delete": "pledge",
    "pledge_keeps_insert": "pledge",
    "pledge_instalment_keeps_update": "pledge_instalment",
    "pledge_instalment_keeps_delete": "pledge_instalment",
    "pledge_instalment_keeps_insert": "pledge_instalment",
    "pledge_payment_keeps_update": "pledge_payment",
    "pledge_payment_keeps_delete": "pledge_payment",
    "pledge_payment_keeps_insert": "pledge_payment",
    "promised_benefit_keeps_update": "promised_benefit",
    "promised_benefit_keeps_delete": "promised_benefit",
    "promised_benefit_keeps_insert": "promised_benefit",
    "entry_counter_keeps_update": "entry_counter",
    "entry_counter_keeps_delete": "entry_counter",
    "receipt_counter_keeps_update": "receipt_counter",
    "receipt_counter_keeps_delete": "receipt_counter",
    "receipt_keeps_update": "receipt",
    "stored_file_no_truncate": "stored_file",
    "bank_statement_no_truncate": "bank_statement",
    "bank_line_no_truncate": "bank_line",
    "checkout_order_no_truncate": "checkout_order",
    "online_movement_no_truncate": "online_movement",
    "payout_no_truncate": "payout",
    "company_charge_no_truncate": "company_charge",
    "online_dispute_no_truncate": "online_dispute",
    "refund_request_no_truncate": "refund_request",
    "fiscal_receipt_no_truncate": "fiscal_receipt",
    "in_kind_item_no_truncate": "in_kind_item",
    "pledge_no_truncate": "pledge",
    "pledge_instalment_no_truncate": "pledge_instalment",
    "pledge_payment_no_truncate": "pledge_payment",
    "promised_benefit_no_truncate": "promised_benefit",
    "entry_counter_no_truncate": "entry_counter",
    "receipt_counter_no_truncate": "receipt_counter",
    "contribution_no_truncate": "contribution",
    "period_closing_no_truncate": "period_closing",
    "period_reopening_no_truncate": "period_reopening",
    "fund_closing_no_truncate": "fund_closing",
    "processed_event_no_truncate": "processed_event",
    "bank_match_no_truncate": "bank_match",
}


def upgrade() -> None:
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in NAMES:
            if not name.endswith("_no_truncate"):
                op.execute(f"DROP TRIGGER {name}")
        return
    for name, table in NAMES.items():
        if not name.endswith("_keeps_insert"):
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
