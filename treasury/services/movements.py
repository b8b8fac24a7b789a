"""Money of free use set aside for a purpose, without touching what calls were promised; nor does a fund end before."""

from datetime import date

from core.database import session
from core.language import N_, localised
from core.money import Money, format_money
from treasury import queries
from treasury.errors import SetAsideTooLarge
from trust import queries as trust_queries
from trust.models import Fund
from trust.queries.fund_closings import Obstacle
from trust.services import Posted, transfer_between_funds


def set_aside(*, source: Fund, target: Fund, money: Money, on: date, memo: str, idempotency_key: str) -> Posted:
    """Move money of free use to a designated fund, never what was promised to a call out of it.

    The same key with the same inputs moves it once.

    Raises:
        SetAsideTooLarge, TransferNotAllowed, AmountNotPositive, DateInFuture, PeriodClosed, KeyReused: nothing moved.
    """
    session().refresh(source, with_for_update={"key_share": True})  # as an allocation does: they never overlap
    earlier = trust_queries.entry_by_key(f"transfer:{idempotency_key}")
    free = queries.room_of(source).free
    if earlier is None and money > free:
        raise SetAsideTooLarge(fund=localised(source.name), free=format_money(free))
    return transfer_between_funds(
        source=source, target=target, money=money, on=on, memo=memo, idempotency_key=idempotency_key
    )


def promised_money(fund: Fund) -> list[Obstacle]:
    """Say of a fund that is to end what calls may still spend out of it."""
    money = queries.promised_to_calls(fund)
    return [Obstacle(N_("Presupuesto de convocatorias que no terminan"), money)] if money.amount_cents > 0 else []
