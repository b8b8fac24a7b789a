"""The file of applications: what each asks for, what it has proved, the envelope it belongs to."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import InvalidInput
from core.language import _
from core.money import Money
from scoring.commands.dialects import Numbers
from scoring.commands.scores import Sheets
from scoring.commands.tables import Row, read_table
from scoring.rules.rulebook import Rulebook

YES, NO = frozenset({"1", "yes", "sí", "si", "true", "x"}), frozenset({"", "0", "no", "false"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What an application asks for, in minor units, and what it has proved."""

    requested_cents: int | None
    entitlements: frozenset[str]
    group: str | None


def read_facts(path: Path, rules: Rulebook, sheets: Sheets) -> dict[str, Facts]:
    """Return what each application asks for and has proved; it may also be unscored, but never unknown twice."""
    found: dict[str, Facts] = {}
    for row in read_table(path, ("application",), numbers=Numbers.under("requested", grouped=True)):
        name = row.text("application")
        if name in found:
            raise row.fault("application", _("«%(name)s» se repite", name=name))
        if name not in sheets:
            raise row.fault("application", _("«%(name)s» no tiene calificaciones", name=name))
        known = rules.entitlements()
        by = rules.envelopes.by if rules.envelopes is not None else None
        strange = set(row.values) - known - {"application", "requested", "axis", "region"}
        if strange:
            raise row.fault(min(strange), _("no es requested, axis ni region, ni un punto adicional o lugar reservado"))
        proved = frozenset(name for name in known if name in row.values and _yes(row, name))
        found[name] = Facts(_requested(row, rules.currency), proved, row.text(by) if by is not None else None)
    return found


def _yes(row: Row, field: str) -> bool:
    value = row.values[field].strip().casefold()
    if value not in YES | NO:
        raise row.fault(field, _("«%(said)s» no es ni sí ni no", said=value))
    return value in YES


def _requested(row: Row, currency: str) -> int | None:
    if not row.values.get("requested", "").strip():
        return None
    try:
        money = Money.parse(row.text("requested"), currency)
    except InvalidInput as refusal:
        raise row.fault("requested", refusal.message()) from None
    if money.amount_cents <= 0:
        raise row.fault("requested", _("no es mayor que cero"))
    return money.amount_cents
