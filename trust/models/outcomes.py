"""What became of a thing given in kind: used in a programme, or sold and turned into money."""

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.database import Base
from core.keeping import keep
from core.money import Money
from trust.models.contributions import Contribution
from trust.models.ledger import JournalEntry

SALES = "4.3.1"


class InKindOutcome(Base):
    """What one entry tells about a thing: in which programme it was used, or that it was sold (monetised) for it.

    The programme is written down by its name, in both languages: the plan it stood in may change.
    """

    __tablename__ = "in_kind_outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id"), index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    monetised: Mapped[bool] = mapped_column(Boolean)
    programme_es: Mapped[str] = mapped_column(String(200))
    programme_en: Mapped[str] = mapped_column(String(200))

    contribution: Mapped[Contribution] = relationship()
    entry: Mapped[JournalEntry] = relationship()

    @property
    def programme(self) -> dict[str, str]:
        """The programme's name, by language."""
        return {"es": self.programme_es, "en": self.programme_en}

    @property
    def price(self) -> Money | None:
        """What was paid for it, as its entry says; None where it was used."""
        paid = [Money(-line.amount_cents, line.currency) for line in self.entry.postings if line.account_code == SALES]
        return paid[0] if paid else None


keep(
    "in_kind_outcome",
    ("contribution_id", "entry_id", "monetised", "programme_es", "programme_en"),
    unique=("id", "entry_id"),
)
