"""What a contribution keeps for good: what was given, by whom, into which fund. Its state and its refunds go on.

What is offered in kind is worth what the giver says until somebody of the trust has said what it is worth; and that
person does not confirm that it came.
"""

from core.database import register_trigger
from trust.models.ledger_triggers import PG_ABORT

FIXED = (
    "kind",
    "form",
    "method",
    "fund_id",
    "giver_user_id",
    "giver_organisation_id",
    "currency",
    "idempotency_key",
    "inputs_hash",
    "created_at",
    "recorded_by",
)
CHANGED = "ledger: immutable contribution: what was given, by whom and into which fund stays"
_ACCEPTED = "EXISTS (SELECT 1 FROM offer_acceptance a WHERE a.contribution_id = OLD.id{more})"
_VALUE_MOVED = (
    "(NEW.amount_cents {differs} OLD.amount_cents AND (OLD.form <> 'in_kind' OR OLD.state <> 'offered' "
    f"OR NEW.state <> 'offered' OR {_ACCEPTED.format(more='')}))"
)
_ACCEPTER_CONFIRMS = (
    "(NEW.confirmed_by IS NOT NULL AND NEW.confirmed_by {differs} OLD.confirmed_by "
    f"AND {_ACCEPTED.format(more=' AND a.accepted_by_id = NEW.confirmed_by')})"
)
_ENTRY_MOVED = "(OLD.entry_id IS NOT NULL AND NEW.entry_id {differs} OLD.entry_id)"


def _moved(differs: str) -> str:
    fixed = [f"NEW.{name} {differs} OLD.{name}" for name in FIXED]
    others = (_ENTRY_MOVED, _VALUE_MOVED, _ACCEPTER_CONFIRMS)
    return " OR ".join([*fixed, *(one.format(differs=differs) for one in others)])


register_trigger(
    "contribution",
    "contribution_guard_update",
    sqlite=f"CREATE TRIGGER contribution_guard_update BEFORE UPDATE ON contribution WHEN {_moved('IS NOT')} "
    f"BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END",
    postgresql="CREATE FUNCTION contribution_guard_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {_moved('IS DISTINCT FROM')} THEN RAISE EXCEPTION '{CHANGED}' {PG_ABORT}; END IF; RETURN NEW; END $$\n--\n"
    "CREATE TRIGGER contribution_guard_update BEFORE UPDATE ON contribution FOR EACH ROW "
    "EXECUTE FUNCTION contribution_guard_update()",
)
register_trigger(
    "contribution",
    "contribution_guard_delete",
    sqlite="CREATE TRIGGER contribution_guard_delete BEFORE DELETE ON contribution "
    f"BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END",
    postgresql="CREATE FUNCTION contribution_guard_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"RAISE EXCEPTION '{CHANGED}' {PG_ABORT}; END $$\n--\n"
    "CREATE TRIGGER contribution_guard_delete BEFORE DELETE ON contribution FOR EACH ROW "
    "EXECUTE FUNCTION contribution_guard_delete()",
)
# A connection without recursive triggers replaces a row without deleting it first, as far as the trigger above can see.
register_trigger(
    "contribution",
    "contribution_guard_replace",
    sqlite="CREATE TRIGGER contribution_guard_replace BEFORE INSERT ON contribution WHEN EXISTS (SELECT 1 "  # noqa: S608
    "FROM contribution WHERE id = NEW.id OR idempotency_key = NEW.idempotency_key "
    f"OR entry_id = NEW.entry_id) BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END",
    postgresql="",
)
