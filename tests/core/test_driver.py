"""Statements said straight to the driver: their rows, their order and their refusals are those of one by one."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.audit import AuditEvent, recording
from core.driver import Driver


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_statements_said_together_answer_in_their_order(session: Session) -> None:
    driver = Driver()
    count = ("SELECT COUNT(*) FROM audit_event", ())
    event = recording(driver, "test.happened", "thing", 1, {"number": "uno"})
    assert driver.together([count, event, count, ("SELECT ? WHERE 1 = 0", ("nada",))]) == [(0,), None, (1,), None]


def test_the_first_that_is_refused_ends_the_rest_and_is_named_as_ever(session: Session) -> None:
    driver = Driver()
    event = recording(driver, "test.happened", "thing", 1, {})
    nobody = (event[0].replace("(?, ", "(NULL, ", 1), event[1][1:])
    with pytest.raises(IntegrityError, match="audit_event"):
        driver.together([event, nobody, event])
    session.rollback()
    assert events(session) == 0
    assert Driver().one("SELECT 1") == (1,)
