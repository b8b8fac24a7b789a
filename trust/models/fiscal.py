"""Fiscal receipts (CFDI), and what a giver tells us so that one can be made out in their name."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base, UtcDateTime, enum_column
from core.files import StoredFile
from core.money import Money
from trust.models.contributions import Receipt
from trust.rules.cfdi_words import CancelCode
from trust.states.fiscal import FiscalState


class InvoiceDetails(Base):
    """A giver's tax data, private, for one gift. Deleted when they ask, or when the gift never came."""

    __tablename__ = "invoice_details"
    __table_args__ = (
        CheckConstraint("(order_id IS NULL) <> (contribution_id IS NULL)", name="of_one_gift"),
        Index("ix_invoice_details_given_at", "given_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("checkout_order.id"), unique=True)
    contribution_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), unique=True)
    rfc: Mapped[str] = mapped_column(String(13))
    name: Mapped[str] = mapped_column(String(254))
    regime: Mapped[str] = mapped_column(String(3))
    postal_code: Mapped[str] = mapped_column(String(5))
    use: Mapped[str] = mapped_column(String(4))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FiscalReceipt(Base):
    """What a receipt is before the tax office, or the credit note of what went back of it. No receipt waits for it.

    `attempts` counts how often a provider was asked: it is written down before the question, so that a lost answer is
    never taken for none.
    """

    __tablename__ = "fiscal_receipt"
    __table_args__ = (
        CheckConstraint("state <> 'draft' OR uuid IS NULL", name="draft_has_no_uuid"),
        CheckConstraint("state <> 'stamped' OR uuid IS NOT NULL", name="stamped_has_uuid"),
        CheckConstraint("(uuid IS NULL) = (stamped_at IS NULL)", name="stamp_has_moment"),
        CheckConstraint("uuid IS NULL OR xml_file_id IS NOT NULL", name="stamped_has_file"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_has_moment"),
        CheckConstraint("cancelled_at IS NULL OR cancel_code IS NOT NULL", name="cancelled_has_code"),
        CheckConstraint("(xml_file_id IS NULL) = (dated IS NULL)", name="file_is_dated"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint(
            "(credits_id IS NULL) = (credit_cents IS NULL) AND (credits_id IS NULL) = (note_number IS NULL)",
            name="note_is_whole",
        ),
        CheckConstraint("credit_cents IS NULL OR credit_cents > 0", name="credit_positive"),
        UniqueConstraint("credits_id", "note_number"),
        Index(
            "uq_fiscal_receipt_of_receipt",
            "receipt_id",
            unique=True,
            sqlite_where=text("credits_id IS NULL"),
            postgresql_where=text("credits_id IS NULL"),
        ),
        Index("ix_fiscal_receipt_receipt", "receipt_id", "id"),
        Index("ix_fiscal_receipt_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    state: Mapped[FiscalState] = mapped_column(enum_column(FiscalState), default=FiscalState.DRAFT)
    xml_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    dated: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the moment its XML says
    is_generic: Mapped[bool] = mapped_column(default=True)  # made out to the public at large
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    uuid: Mapped[str | None] = mapped_column(String(36), unique=True)
    stamped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    livemode: Mapped[bool] = mapped_column(default=False)  # a simulated stamp counts for nobody
    cancel_code: Mapped[CancelCode | None] = mapped_column(enum_column(CancelCode))
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    credits_id: Mapped[int | None] = mapped_column(ForeignKey("fiscal_receipt.id"))
    credit_cents: Mapped[int | None] = mapped_column(BigInteger)
    note_number: Mapped[int | None]

    receipt: Mapped[Receipt] = relationship()
    xml_file: Mapped[StoredFile | None] = relationship()
    credits: Mapped["FiscalReceipt | None"] = relationship(remote_side=[id])

    @property
    def money(self) -> Money:
        """What it is of: the gift, or what went back of it."""
        content = self.receipt.content
        return Money(content["amount_cents"] if self.credit_cents is None else self.credit_cents, content["currency"])

    @property
    def reference(self) -> str:
        """What people call it by: the receipt's code, and the number of the note."""
        return self.receipt.code if self.note_number is None else f"{self.receipt.code}-NC{self.note_number}"

    @property
    def counts(self) -> bool:
        """Whether it is worth anything before the tax office."""
        return self.state == FiscalState.STAMPED and self.livemode

    @property
    def waits_to_be_cancelled(self) -> bool:
        """Whether it must be cancelled and is not yet."""
        return self.cancel_code is not None and self.state != FiscalState.CANCELLED
