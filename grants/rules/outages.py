"""What the site's own failures give back: time, by a rule that is published before anybody needs it."""

from datetime import datetime, timedelta

WINDOW = timedelta(hours=24)  # only what fails in a call's last day takes time from anybody
LEAST = timedelta(minutes=15)
STEP = timedelta(hours=1)
AFTERWARDS = timedelta(hours=24)  # what a call that closed meanwhile opens again for, at least


def new_closing(closes_at: datetime, began: datetime, ended: datetime, told_at: datetime) -> datetime | None:
    """Return when a call closes after an outage, or None where it took less than 15 minutes of the last 24 hours.

    Time lost is given back in whole hours. A call that has closed by the moment the outage is told opens again from
    then, for what was lost and at least 24 hours: an hour nobody hears of in time is worth nothing.
    """
    lost = min(ended, closes_at) - max(began, closes_at - WINDOW)
    if lost < LEAST:
        return None
    back = -(-lost // STEP) * STEP
    if told_at <= closes_at:
        return closes_at + back
    return told_at.replace(microsecond=0) + max(back, AFTERWARDS)
