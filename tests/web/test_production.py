"""Production refuses what is unsafe, by name, and answers those who only ask whether it lives."""

import os
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import config
from core.database import db
from core.settings import install_settings
from tests.architecture.places import ROOT

pytestmark = pytest.mark.only_on("sqlite")  # the same settings and processes on either database

SAFE = {
    "PUENTE_MODE": "production",
    "PUENTE_SECRET_KEY": "s" * 32,
    "PUENTE_SECURE_COOKIES": "on",
    "PUENTE_PUBLIC_URL": "https://puente.example.org",
    "PUENTE_TRUSTED_HOSTS": "puente.example.org",
    "PUENTE_TRUSTED_PROXIES": "0",
    "PUENTE_SIMULATOR": "on",
}
STRIPE = {"STRIPE_SECRET_KEY": "sk_live_x", "STRIPE_WEBHOOK_SECRET": "whsec_x"}


def refusal(environment: dict[str, str]) -> str:
    with pytest.raises(config.BadSetting) as refused:
        config.load(environment)
    return str(refused.value)


@pytest.mark.parametrize("stripe", [{}, {**STRIPE, "PUENTE_SIMULATOR": "off"}])
def test_safe_settings_are_taken(stripe: dict[str, str]) -> None:
    values, _sources = config.load({**SAFE, **stripe})
    assert values["TRUSTED_PROXIES"] == 0


@pytest.mark.parametrize("name", sorted(set(SAFE) - {"PUENTE_MODE", "PUENTE_SIMULATOR"}))
def test_every_missing_setting_is_named(name: str) -> None:
    said = refusal({variable: value for variable, value in SAFE.items() if variable != name})
    assert said.startswith(f"production mode refuses to start: {name} ")
    assert ";" not in said


@pytest.mark.parametrize("simulator", [{}, {"PUENTE_SIMULATOR": "off"}])
def test_invented_money_has_to_be_wanted(simulator: dict[str, str]) -> None:
    environment = {variable: value for variable, value in SAFE.items() if variable != "PUENTE_SIMULATOR"}
    assert "STRIPE_SECRET_KEY is empty" in refusal({**environment, **simulator})


@pytest.fixture
def production(tmp_path: Path, application: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of a safe production with a folder and a database of its own; tables not yet made."""
    environment = {**SAFE, "PUENTE_DATA_FOLDER": str(tmp_path)}
    for variable in list(os.environ):
        if variable.startswith(("PUENTE_", "DATABASE_", "STRIPE_")):
            monkeypatch.delenv(variable)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    yield environment
    install_settings(application.config)


def wsgi() -> Any:
    return runpy.run_path(str(ROOT / "wsgi.py"))["app"]


def register_a_demo_account(app: Flask) -> None:
    from accounts import services
    from web.demo.people import ACCOUNTS, PASSWORD
    from web.factory import create_schema

    with app.app_context():
        create_schema()
        services.open_account(email=ACCOUNTS[-1].email, name="Silvia", password=PASSWORD)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def test_published_passwords_are_not_served(production: dict[str, str]) -> None:
    app = wsgi()  # an empty database is served
    register_a_demo_account(app)
    with pytest.raises(
        config.BadSetting, match=r"production mode refuses to start: demo accounts \(…@puente\.example\)"
    ):
        wsgi()
    served = subprocess.run(
        [sys.executable, "-m", "web.commands", "serve"],
        cwd=ROOT,
        env={**os.environ, **production, "PORT": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert served.returncode == 1
    assert served.stderr.startswith("Error: production mode refuses to start: demo accounts")


def test_health_answers_by_number_and_without_tls(production: dict[str, str]) -> None:
    client = wsgi().test_client()
    assert client.get("/salud", base_url="http://10.0.0.7:8000").json["status"] == "ok"
    assert client.get("/es/", base_url="http://10.0.0.7:8000").status_code == 400
    led = client.get("/es/", base_url="http://puente.example.org")
    assert (led.status_code, led.location) == (302, "https://puente.example.org/es/")
