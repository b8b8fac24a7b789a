"""What the desk of letters asks: an application by its folio, and how many letters of each kind were sent."""

from collections import Counter

from sqlalchemy import and_, func, select

from core.database import session
from grants.models import Appeal, Application, Call, Determination, Letter


def application_of_folio(call: Call, folio: str) -> Application | None:
    """Return the application of a call with this folio, as people type it."""
    return session().scalar(
        select(Application).where(Application.call_id == call.id, Application.folio == folio.strip().upper())
    )


def letters_sent(call: Call) -> Counter[str]:
    """Count the letters about applications of a call by the kind of their text. The acuse is not among them."""
    query = (
        select(Letter.kind, Determination.outcome, Appeal.state, func.count())
        .select_from(Letter)
        .join(Application, Letter.application_id == Application.id)
        .outerjoin(
            Determination,
            and_(Letter.kind.in_(["determination", "appeal"]), Determination.application_id == Application.id),
        )
        .outerjoin(Appeal, and_(Letter.kind == "appeal", Appeal.determination_id == Determination.id))
        .where(Application.call_id == call.id)
        .group_by(Letter.kind, Determination.outcome, Appeal.state)
        .order_by(Letter.kind)
    )
    sent: Counter[str] = Counter()
    for sort, outcome, state, count in session().execute(query):
        kind = {
            "determination": outcome and outcome.value,
            "appeal": state and f"appeal_{state.value}",
        }.get(sort, sort)
        sent[str(kind)] += count
    return sent
