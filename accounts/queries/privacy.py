"""Privacy notices and what people answered to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from accounts.models import PrivacyAnswer, PrivacyNotice, User
from accounts.rules.privacy import asks_again, given
from accounts.states import AccountState
from core.audit import AuditEvent
from core.database import session


def notice_in_force() -> PrivacyNotice | None:
    """Return the notice that is in force: the published one with the highest number."""
    published = select(PrivacyNotice).where(PrivacyNotice.number.is_not(None))
    return session().scalar(published.order_by(PrivacyNotice.number.desc()).limit(1))


def published_notice(number: int) -> PrivacyNotice | None:
    """Return a published version by its number."""
    return session().scalar(select(PrivacyNotice).where(PrivacyNotice.number == number))


def published_notices() -> Sequence[PrivacyNotice]:
    """Return every published version, the latest first."""
    published = select(PrivacyNotice).where(PrivacyNotice.number.is_not(None))
    return session().scalars(published.order_by(PrivacyNotice.number.desc())).all()


def draft_notice(*, hold: bool = False) -> PrivacyNotice | None:
    """Return the version being written; with `hold` nobody else writes it until this transaction is over."""
    query = select(PrivacyNotice).where(PrivacyNotice.number.is_(None))
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session().scalar(query)


def answers_of(person: User) -> Sequence[PrivacyAnswer]:
    """Return everything a person was shown and answered, oldest first."""
    mine = select(PrivacyAnswer).where(PrivacyAnswer.user_id == person.id).options(joinedload(PrivacyAnswer.notice))
    return session().scalars(mine.order_by(PrivacyAnswer.id)).all()


def standing_answers(person: User) -> dict[str, bool]:
    """Return what stands for each voluntary purpose a person was ever asked about."""
    return given([answer.purposes for answer in answers_of(person)])


def notice_to_answer(person: User) -> PrivacyNotice | None:
    """Return the notice in force when a person must be asked about it: never answered, or its purposes are others."""
    current = notice_in_force()
    if current is None:
        return None
    asked = [answer for answer in answers_of(person) if answer.place.asks]
    return current if asks_again(asked[-1].notice.content if asked else None, current.content) else None


def was_shown(person_id: int, notice: PrivacyNotice, place: str) -> bool:
    """Return whether a person was shown this version at this place before."""
    return bool(
        session().scalar(
            select(
                exists().where(
                    PrivacyAnswer.user_id == person_id,
                    PrivacyAnswer.notice_id == notice.id,
                    PrivacyAnswer.place == place,
                )
            )
        )
    )


def closed_before(moment: datetime) -> list[int]:
    """Return the accounts closed before a moment that still have answers, by number."""
    closed = select(AuditEvent.subject_id).where(
        AuditEvent.subject == "user_account",
        AuditEvent.action == "account.moved",
        AuditEvent.at < moment,
        AuditEvent.after["state"].as_string() == AccountState.CLOSED.value,
    )
    numbers = {int(number) for number in session().scalars(closed.order_by(AuditEvent.id))}
    answered = select(User.id).where(
        User.state == AccountState.CLOSED, exists().where(PrivacyAnswer.user_id == User.id)
    )
    return [number for number in session().scalars(answered.order_by(User.id)) if number in numbers]


def count_answers() -> int:
    """Return how many answers are kept."""
    return session().scalar(select(func.count(PrivacyAnswer.id))) or 0
