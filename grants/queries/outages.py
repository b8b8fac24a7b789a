"""The record of the site's failures, and the calls they took time from."""

from datetime import datetime

from sqlalchemy import Select, select

from core.database import session
from grants.models import Call, ServiceOutage
from grants.rules.outages import WINDOW
from grants.states.call import CallState


def outages() -> Select[ServiceOutage]:
    """Return the SELECT of every recorded failure, latest first."""
    return select(ServiceOutage).order_by(ServiceOutage.began_at.desc(), ServiceOutage.id.desc())


def is_recorded(began: datetime, ended: datetime) -> bool:
    """Return whether a recorded failure touches these moments."""
    touching = select(ServiceOutage.id).where(ServiceOutage.began_at < ended, ServiceOutage.ended_at > began)
    return session().scalar(touching.limit(1)) is not None


def calls_touched(began: datetime, ended: datetime) -> list[Call]:
    """Return the calls that took applications while the site failed and whose last day it touches, soonest first."""
    touched = (
        Call.state.in_((CallState.PUBLISHED, CallState.OPEN, CallState.CLOSED)),
        Call.opens_at < ended,
        Call.closes_at > began,
        Call.closes_at < ended + WINDOW,
    )
    return list(session().scalars(select(Call).where(*touched).order_by(Call.closes_at, Call.id)))
