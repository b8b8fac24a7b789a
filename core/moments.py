"""Moments as people say them, on the city's clock and naming it."""

from datetime import datetime

from babel.dates import format_date, format_datetime, format_time

from core.clock import local
from core.language import _, current_language, localised
from core.settings import setting

LOCALES = {"es": "es_MX", "en": "en_GB"}


def zone_name() -> str:
    """Return the name of the city's time: `hora de la Ciudad de México`."""
    city = localised(setting("CITY_NAME"))
    # Spanish says «de la Ciudad de…» but «de Guadalajara»; English needs no article.
    if city.startswith("Ciudad "):
        return _("hora de la %(city)s", city=city)
    return _("hora de %(city)s", city=city)


def exact_moment(moment: datetime) -> str:
    """Write a moment to the second, for what is received: `22 nov 2026, 23:59:59 (hora de la Ciudad de México)`."""
    text = format_datetime(local(moment).replace(tzinfo=None), "d MMM y, HH:mm:ss", locale=_locale())
    return f"{text} ({zone_name()})"


def spoken_deadline(moment: datetime) -> str:
    """Write until when: `3 de marzo de 2026, a las 23:59, hora de la Ciudad de México`. Its whole minute counts."""
    shown = local(moment)
    return _(
        "%(day)s, a las %(time)s, %(zone)s",
        day=format_date(shown.date(), "long", locale=_locale()),
        time=format_time(shown, "HH:mm", locale=_locale()),
        zone=zone_name(),
    )


def _locale() -> str:
    return LOCALES[current_language()]
