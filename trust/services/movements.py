"""Money that moves inside the trust: exchanged between currencies, or set aside for a purpose."""

from datetime import date

from core.language import N_
from core.money import Money, format_money
from core.settings import setting
from trust import queries
from trust.errors import AmountNotPositive, ExchangeNotAtRate, TransferNotAllowed, TransferTooLarge
from trust.models import EntryKind, Fund, FundKind
from trust.rules import Rate
from trust.services.contributions import check_money
from trust.services.ledger import Line, post_entry
from trust.services.posting import Posted


def exchange_currency(*, fund: Fund, sold: Money, bought: Money, rate: Rate, on: date, idempotency_key: str) -> Posted:
    """Change money of one currency into another through the trading account, as two linked legs of one entry.

    `rate` is the one the bank gave: units bought for one unit sold. Each leg balances in its own currency; what the
    books carried for the money sold and what came back differ in account 9.1.1 until it is revalued.

    Raises:
        AmountNotPositive, ExchangeNotAtRate: the amounts and the rate do not go together.
    """
    if sold.amount_cents <= 0 or bought.amount_cents <= 0 or sold.currency == bought.currency:
        raise AmountNotPositive()
    expected = sold.converted(rate.fraction, bought.currency)
    if abs(expected.amount_cents - bought.amount_cents) > 1:
        raise ExchangeNotAtRate(
            rate=rate.value, sold=format_money(sold), expected=format_money(expected), bought=format_money(bought)
        )
    return post_entry(
        kind=EntryKind.EXCHANGE,
        entry_date=on,
        memo=N_("Cambio de moneda"),
        source=f"trust.exchange:{idempotency_key}",
        lines=[
            Line("9.1.1", fund, sold, _for(sold, bought, rate)),
            Line(_bank(sold), fund, -sold, _for(sold, bought, rate)),
            Line(_bank(bought), fund, bought, _for(bought, sold, rate)),
            Line("9.1.1", fund, -bought, _for(bought, sold, rate)),
        ],
        idempotency_key=f"exchange:{idempotency_key}",
    )


def _bank(money: Money) -> str:
    return "1.1.1" if money.currency == setting("BASE_CURRENCY") else "1.1.3"


def _for(money: Money, other: Money, rate: Rate) -> Rate | None:
    # The bank's own rate values the foreign leg when the other leg is the base currency; else the published one does.
    base = setting("BASE_CURRENCY")
    if money.currency == base or other.currency != base or rate.base != money.currency:
        return None
    return rate


def transfer_between_funds(
    *, source: Fund, target: Fund, money: Money, on: date, memo: str, idempotency_key: str
) -> Posted:
    """Set money of free use aside for a designated purpose. No other direction exists: a giver's rules travel nowhere.

    Raises:
        TransferNotAllowed, TransferTooLarge, AmountNotPositive: nothing moved.
    """
    if source.kind != FundKind.UNRESTRICTED or target.kind != FundKind.DESIGNATED:
        raise TransferNotAllowed()
    check_money(target, money, on)
    free = queries.available(source, money.currency)
    if money > free:
        raise TransferTooLarge(fund=source.code, available=format_money(free))
    bank = _bank(money)
    return post_entry(
        kind=EntryKind.TRANSFER,
        entry_date=on,
        memo=memo,
        source=f"trust.transfer:{idempotency_key}",
        lines=[
            Line("4.8.1", source, money),
            Line(bank, source, -money),
            Line(bank, target, money),
            Line("4.8.1", target, -money),
        ],
        idempotency_key=f"transfer:{idempotency_key}",
    )
