"""Write, publish and answer privacy notices. A published version never changes; answers are only ever added."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from accounts import queries
from accounts.errors import NoticeEditedMeanwhile, NoticeIncomplete, NoticeUnchanged
from accounts.models import NoticePlace, PrivacyAnswer, PrivacyNotice, User
from accounts.rules import privacy as rules
from core.audit import record
from core.clock import now
from core.context import actor
from core.database import session


def save_notice(content: Mapping[str, Any], *, edition: int) -> PrivacyNotice:
    """Keep a draft of the next version; `edition` is the one the writer had open, 0 when there was none.

    Raises:
        NoticeEditedMeanwhile: somebody else saved it since. Nothing has changed.
    """
    draft = queries.draft_notice(hold=True)
    if (draft.edition if draft is not None else 0) != edition:
        raise NoticeEditedMeanwhile()
    written = {**content, "purposes": rules.with_ids(content["purposes"])}
    if draft is None:
        draft = PrivacyNotice(content=written, edition=1, created_at=now())
        try:
            with session().begin_nested():
                session().add(draft)
        except IntegrityError:
            raise NoticeEditedMeanwhile() from None
    else:
        draft.content, draft.edition = written, draft.edition + 1
        session().flush()
    record("privacy_notice.saved", "privacy_notice", draft.id, None, {"edition": draft.edition})
    return draft


def publish_notice(*, edition: int) -> PrivacyNotice:
    """Put the draft in force: numbered, dated, hashed, and from now on as it is.

    Raises:
        NoticeEditedMeanwhile: it is not what was read, or it was published already. NoticeIncomplete. NoticeUnchanged.
    """
    draft = queries.draft_notice(hold=True)
    if draft is None or draft.edition != edition:
        raise NoticeEditedMeanwhile()
    lacking = rules.what_lacks(draft.content)
    if lacking:
        raise NoticeIncomplete(lacking=", ".join(lacking))
    current = queries.notice_in_force()
    digest = rules.fingerprint(draft.content)
    if current is not None and current.sha256 == digest:
        raise NoticeUnchanged()
    draft.number = (current.number or 0) + 1 if current is not None else 1
    draft.is_draft, draft.sha256 = False, digest
    draft.published_at, draft.published_by_id = now(), actor().user_id
    session().flush()
    record("privacy_notice.published", "privacy_notice", draft.id, None, {"number": draft.number, "sha256": digest})
    return draft


def answer_notice(person: User, notice: PrivacyNotice, chosen: Collection[str], place: NoticePlace) -> None:
    """Keep what a person says to every voluntary purpose of a notice: yes to those chosen, no to the others.

    The same answer to the same version again adds nothing.
    """
    voluntary = [one["id"] for one in rules.purposes(notice.content, voluntary=True)]
    said = {number: number in chosen for number in voluntary}
    before = [answer for answer in queries.answers_of(person) if answer.place.asks]
    if before and before[-1].notice_id == notice.id and before[-1].purposes == said:
        return
    _add(notice, place, user_id=person.id, purposes=said)
    record("privacy_notice.answered", "user_account", person.id, None, {"notice": notice.number, "purposes": said})


def note_shown(place: NoticePlace, subject: str, subject_id: int, *, user_id: int | None = None) -> None:
    """Keep which version was shown where something was sent; nothing when no notice is in force.

    Whoever has an account and saw this version at this place before is not noted twice, but for each gift.
    """
    notice = queries.notice_in_force()
    if notice is None:
        return
    once = user_id is not None and place is not NoticePlace.GIVING
    if once and queries.was_shown(user_id or 0, notice, place):
        return
    _add(notice, place, user_id=user_id, subject=subject, subject_id=subject_id, purposes={})


def destroy_answers(closed_before: datetime) -> int:
    """Delete what the people of accounts closed before a moment had answered; return of how many accounts."""
    numbers = queries.closed_before(closed_before)
    for number in numbers:
        session().execute(delete(PrivacyAnswer).where(PrivacyAnswer.user_id == number))
        record("privacy_notice.answers_destroyed", "user_account", number)
    session().flush()
    return len(numbers)


def _add(
    notice: PrivacyNotice,
    place: NoticePlace,
    *,
    user_id: int | None,
    purposes: dict[str, bool],
    subject: str | None = None,
    subject_id: int | None = None,
) -> None:
    session().add(
        PrivacyAnswer(
            notice_id=notice.id,
            user_id=user_id,
            place=place,
            purposes=purposes,
            subject=subject,
            subject_id=subject_id,
            at=now(),
        )
    )
    session().flush()
