"""The peer: django-hordak, a double-entry ledger on Django's ORM, used as its own documentation does."""

import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.books import BATCH, CENTS, fresh_address
from benchmarks.harness import Work


def is_installed() -> bool:
    """Return whether the peer can take part: it comes with the extra `bench` only."""
    return all(importlib.util.find_spec(name) for name in ("django", "hordak"))


def _database(address: str) -> dict[str, Any]:
    place = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": place.path.lstrip("/"),
        "USER": place.username,
        "HOST": parse_qs(place.query)["host"][0],
    }


@lru_cache(maxsize=1)
def _template() -> str:
    """Set Django up, migrate one database, and return its name, to be copied for every round."""
    import django  # type: ignore[import-not-found, import-untyped, unused-ignore]  # local: an extra of its own
    from django.conf import settings  # type: ignore[import-not-found, import-untyped, unused-ignore]

    database = _database(fresh_address("postgresql", Path()))
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DEFAULT_CURRENCY="MXN",
        CURRENCIES=("MXN",),
        USE_TZ=True,
        SECRET_KEY="benchmark",
    )
    django.setup()
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
    importlib.import_module("django.db").connections["default"].close()
    return str(database["NAME"])


@contextmanager
def peer(batches: bool, folder: Path) -> Iterator[Work]:
    """Two legs and a transaction each, in an atomic block of one entry or of a thousand."""
    template = _template()
    connections = importlib.import_module("django.db").connections
    connections.databases["default"]["NAME"] = _database(fresh_address("postgresql", folder, template))["NAME"]
    connections["default"].settings_dict["NAME"] = connections.databases["default"]["NAME"]
    atomic = importlib.import_module("django.db.transaction").atomic
    models = importlib.import_module("hordak.models")
    kind, money = models.AccountType, importlib.import_module("moneyed").Money(CENTS / 100, "MXN")
    bank = models.Account.objects.create(name="Bank", code="1", type=kind.asset, currencies=["MXN"])
    income = models.Account.objects.create(name="Gifts", code="4", type=kind.income, currencies=["MXN"])

    def post() -> None:
        entry = models.Transaction.objects.create(description="gift")
        models.Leg.objects.create(transaction=entry, account=bank, debit=money)
        models.Leg.objects.create(transaction=entry, account=income, credit=money)

    def work(times: int) -> None:
        size = BATCH if batches else 1
        for done in range(0, times, size):
            with atomic():
                for _number in range(min(size, times - done)):
                    post()

    yield work
    connections["default"].close()
