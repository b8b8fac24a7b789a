"""Every letter as it travels, head and enclosures included: reviewers and who applied learn nothing of each other."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.emails import reviewers
from grants.services.reminders import remind_reviewers
from mail.models import OutboxMessage
from tests.architecture.findings import assert_nothing
from tests.blindness.conftest import Blind
from tests.blindness.doors import names_of_applicants, names_of_reviewers
from tests.blindness.rounds import met, published
from tests.blindness.watch import leaks_in_letters

pytestmark = pytest.mark.only_on("sqlite")  # what a letter says does not hang on the database


@pytest.mark.parametrize("language", ["es", "en"])
def test_no_letter_to_a_reviewer_names_an_applicant_or_another_reviewer(
    session: Session, blind: Blind, language: str
) -> None:
    blind.reviewer.language = language
    remind_reviewers(blind.panel, "begins")
    met(blind, session)
    written = set(session.scalars(select(OutboxMessage.about).where(OutboxMessage.to == blind.reviewer.email)))
    with open(reviewers.__file__, encoding="utf-8") as source:  # what may be written to them
        assert written >= set(re.findall(r'about="([\w.]+)"', source.read()))
    names = names_of_applicants(blind) | names_of_reviewers(blind, session, but=blind.reviewer)
    assert_nothing(leaks_in_letters(blind.reviewer, names))


def test_no_letter_to_an_applicant_names_a_reviewer(session: Session, blind: Blind) -> None:
    published(blind, session)
    names = names_of_reviewers(blind, session)
    for application in blind.applications:
        written = select(OutboxMessage.about).where(OutboxMessage.to == application.applicant.email)
        assert "grants.determination" in set(session.scalars(written))
        assert_nothing(leaks_in_letters(application.applicant, names))
