"""Every setting: its name, its default, the environment variable that changes it, and one line on what it does."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
DEMO_SECRET_KEY = "demonstration-only-never-in-production"  # noqa: S105 (refused in production, see production_faults)
MODES = ("production", "demo", "development", "test")
PROVIDERS = ("", "simulator")
# Who issues fiscal receipts is described by all of these or by none.
EMITTER = (
    "CFDI_RFC",
    "CFDI_NAME",
    "CFDI_POSTAL_CODE",
    "CFDI_AUTHORISATION",
    "CFDI_AUTHORISED_ON",
    "CFDI_CERTIFICATE",
    "CFDI_KEY",
    "CFDI_KEY_PASSWORD",
)


class BadSetting(Exception):  # noqa: N818 (named for what is wrong)
    """A setting's value cannot be used; the message names the setting and what it may be."""


def _flag(text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off", ""):
        return False
    raise ValueError("yes or no")


def _mode(text: str) -> str:
    if text not in MODES:
        raise ValueError(f"one of {', '.join(MODES)}")
    return text


def _day(text: str) -> str:
    if text:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError("a date, for example 2026-01-31") from None
    return text


def _provider(text: str) -> str:
    if text not in PROVIDERS:
        raise ValueError(f"one of {', '.join(PROVIDERS[1:])}, or nothing")
    return text


def _scanner(text: str) -> str:
    if text and not re.fullmatch(r"tcp://[^/\s]+:\d{1,5}|unix:///\S+", text):
        raise ValueError("tcp://host:port, unix:///path, or nothing")
    return text


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `variable` is the environment variable; `default` is used as it stands."""

    name: str
    variable: str
    default: Any
    explains: str
    parse: Callable[[str], Any] = str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("MODE", "PUENTE_MODE", "demo", "production, demo, development or test; production refuses unsafe settings", _mode),
    Setting("SECRET_KEY", "PUENTE_SECRET_KEY", DEMO_SECRET_KEY, "signs cookies and form tokens; 32 characters or more", secret=True),
    Setting("DEBUG", "PUENTE_DEBUG", False, "show tracebacks in the browser; never in production", _flag),
    Setting("HOST", "HOST", "127.0.0.1", "address that `puente serve` listens on"),
    Setting("PORT", "PORT", 8000, "port that `puente serve` listens on", int),
    Setting("WORKERS", "PUENTE_WORKERS", 2, "web worker processes, one a core", int),
    Setting("JOB_LEASE_SECONDS", "PUENTE_JOB_LEASE_SECONDS", 120, "a job whose worker is silent for this long goes to another", int),
    Setting("PUBLIC_URL", "PUENTE_PUBLIC_URL", "", "address people use, for links in letters; empty: http://HOST:PORT"),
    Setting("TRUSTED_HOSTS", "PUENTE_TRUSTED_HOSTS", None, "comma-separated host names answered to; empty: any", _words),
    Setting("TRUSTED_PROXIES", "PUENTE_TRUSTED_PROXIES", None, "proxies in front that set X-Forwarded-*; empty: 0, which production must state", int),
    Setting("DATA_FOLDER", "PUENTE_DATA_FOLDER", str(ROOT / "var"), "where the SQLite database, files and outbox lie"),
    Setting("DATABASE_URL", "DATABASE_URL", "", "PostgreSQL address; empty: SQLite in the data folder", secret=True),
    Setting("LOCK_SECONDS", "PUENTE_LOCK_SECONDS", 15.0, "a request that cannot write for this long is told that the service is busy", float),
    Setting("BUILD_FOLDER", "PUENTE_BUILD_FOLDER", "", "where styles, scripts, catalogues and templates are compiled to; empty: the data folder"),
    Setting("FILES_URL", "PUENTE_FILES_URL", "", "object store for files (file://, s3://, memory:///); empty: the data folder"),
    Setting("SESSION_COOKIE_SECURE", "PUENTE_SECURE_COOKIES", False, "send cookies over HTTPS only; must be on in production", _flag),
    Setting("SESSION_IDLE_MINUTES", "PUENTE_SESSION_IDLE_MINUTES", 120, "a session ends after this long without a request", int),
    Setting("SESSION_DAYS", "PUENTE_SESSION_DAYS", 14, "a session ends after this long whatever happens", int),
    Setting("SIGN_IN_FREE_FAILURES", "PUENTE_SIGN_IN_FREE_FAILURES", 3, "failed sign-ins before the answer slows down", int),
    Setting("SIGN_IN_LOCK_FAILURES", "PUENTE_SIGN_IN_LOCK_FAILURES", 10, "failed sign-ins of one account before it locks", int),
    Setting("SIGN_IN_ADDRESS_FAILURES", "PUENTE_SIGN_IN_ADDRESS_FAILURES", 50, "failed sign-ins of one address before it locks", int),
    Setting("SIGN_IN_LOCK_MINUTES", "PUENTE_SIGN_IN_LOCK_MINUTES", 15, "how long a lock lasts, and how far back failures count", int),
    Setting("ARGON2_TIME_COST", "PUENTE_ARGON2_TIME_COST", 3, "argon2 passes over memory", int),
    Setting("ARGON2_MEMORY_KIB", "PUENTE_ARGON2_MEMORY_KIB", 65536, "argon2 memory in KiB", int),
    Setting("MAIL_TRANSPORT", "PUENTE_MAIL_TRANSPORT", "file", "file (one .eml a letter in the data folder) or smtp"),
    Setting("MAIL_FOLDER", "PUENTE_MAIL_FOLDER", "", "where the file transport writes; empty: the data folder"),
    Setting("MAIL_FROM", "PUENTE_MAIL_FROM", "Puente <puente@example.org>", "sender of every letter"),
    Setting("MAIL_RETURN_TO", "PUENTE_MAIL_RETURN_TO", "", "address that mail servers tell when a letter cannot arrive; empty: the sender's"),
    Setting("MAIL_RETURN_FOLDER", "PUENTE_MAIL_RETURN_FOLDER", "", "folder or Maildir where what they tell arrives; empty: only `puente mail bounces` reads"),
    Setting("SMTP_HOST", "PUENTE_SMTP_HOST", "127.0.0.1", "mail server"),
    Setting("SMTP_PORT", "PUENTE_SMTP_PORT", 25, "mail server's port", int),
    Setting("SMTP_STARTTLS", "PUENTE_SMTP_STARTTLS", False, "encrypt the connection to the mail server", _flag),
    Setting("SMTP_USER", "PUENTE_SMTP_USER", "", "account at the mail server; empty: none"),
    Setting("SMTP_PASSWORD", "PUENTE_SMTP_PASSWORD", "", "its password", secret=True),
    Setting("STRIPE_SECRET_KEY", "STRIPE_SECRET_KEY", "", "Stripe's secret key; empty: the built-in simulator, test mode", secret=True),
    Setting("STRIPE_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET", "", "signing secret of Stripe's notices", secret=True),
    Setting("SIMULATOR", "PUENTE_SIMULATOR", False, "let production run without Stripe's key, on invented payments", _flag),
    Setting("SIMULATOR_DATABASE", "PUENTE_SIMULATOR_DATABASE", "", "SQLite file of the payment simulator; empty: the data folder"),
    Setting("CFDI_RFC", "PUENTE_CFDI_RFC", "", "tax number of who issues fiscal receipts (CFDI); empty: none are issued, and the demo invents one"),
    Setting("CFDI_NAME", "PUENTE_CFDI_NAME", "", "its name as the tax office keeps it, without the kind of company"),
    Setting("CFDI_REGIME", "PUENTE_CFDI_REGIME", "603", "its tax regime, by the office's code"),
    Setting("CFDI_POSTAL_CODE", "PUENTE_CFDI_POSTAL_CODE", "", "postal code it issues from"),
    Setting("CFDI_AUTHORISATION", "PUENTE_CFDI_AUTHORISATION", "", "number of the office's leave to receive deductible gifts"),
    Setting("CFDI_AUTHORISED_ON", "PUENTE_CFDI_AUTHORISED_ON", "", "date of that leave, as 2026-01-31", _day),
    Setting("CFDI_LEGEND", "PUENTE_CFDI_LEGEND", "Este comprobante ampara un donativo, el cual será destinado por la donataria a los fines propios de su objeto social.", "what every fiscal receipt of a gift must say"),
    Setting("CFDI_CERTIFICATE", "PUENTE_CFDI_CERTIFICATE", "", "path of its seal's certificate (.cer)"),
    Setting("CFDI_KEY", "PUENTE_CFDI_KEY", "", "path of its seal's key (.key)"),
    Setting("CFDI_KEY_PASSWORD", "PUENTE_CFDI_KEY_PASSWORD", "", "password of that key", secret=True),
    Setting("PAC", "PUENTE_PAC", "", "who stamps fiscal receipts: simulator, or empty, and they stay drafts without validity", _provider),
    Setting("BULK_UNDO_MINUTES", "PUENTE_BULK_UNDO_MINUTES", 30, "how long what was decided of many applications at once can be undone; their letters wait", int),
    Setting("ANTIVIRUS_URL", "PUENTE_ANTIVIRUS_URL", "", "clamd that looks at every upload: tcp://host:3310 or unix:///path; empty: none", _scanner),
    Setting("ANTIVIRUS_SECONDS", "PUENTE_ANTIVIRUS_SECONDS", 5.0, "how long an upload waits for it; then the file is kept back until it answers", float),
    Setting("MAX_UPLOAD_BYTES", "PUENTE_MAX_UPLOAD_BYTES", 10_000_000, "largest file taken in", int),
    Setting("MAX_UPLOAD_PAGES", "PUENTE_MAX_UPLOAD_PAGES", 100, "most pages of a PDF taken in, but where an office sends its own evidence", int),
    Setting("MAX_CONTENT_LENGTH", "PUENTE_MAX_CONTENT_LENGTH", 32_000_000, "largest request", int),
    Setting("MAX_FORM_MEMORY_SIZE", "PUENTE_MAX_FORM_MEMORY_SIZE", 2_000_000, "largest form without its files", int),
    Setting("MAX_FORM_PARTS", "PUENTE_MAX_FORM_PARTS", 1000, "most fields in one form", int),
    Setting("DEPLOYMENT", "PUENTE_DEPLOYMENT", str(ROOT / "deployments" / "mexico_city.json"), "the city's names, axes, regions and money"),
    Setting("SOURCE_URL", "PUENTE_SOURCE_URL", "", "where this version's source can be read (EUPL-1.2); empty: no link"),
)  # fmt: skip


def load(
    environment: Mapping[str, str] = os.environ, overrides: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return every setting's value and where it came from: "default", "environment", "deployment" or "given".

    Raises:
        BadSetting: a value cannot be read, or production is unsafe.
    """
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    given = dict(overrides or {})
    for setting in SETTINGS:
        text = environment.get(setting.variable)
        if setting.name in given:
            values[setting.name], sources[setting.name] = given.pop(setting.name), "given"
        elif text is not None:
            try:
                values[setting.name], sources[setting.name] = setting.parse(text), "environment"
            except ValueError as error:
                raise BadSetting(f"{setting.variable}: expected {error}") from None
        else:
            values[setting.name], sources[setting.name] = setting.default, "default"
    for name, value in _deployment(values["DEPLOYMENT"]).items():
        values[name], sources[name] = given.pop(name, value), "deployment"
    values.update(given)
    sources.update(dict.fromkeys(given, "given"))
    _derive(values)
    if values["MODE"] == "production" and (faults := production_faults(values)):
        raise BadSetting("production mode refuses to start: " + "; ".join(faults))
    return values, sources


def production_faults(values: Mapping[str, Any]) -> list[str]:
    """Return what makes these settings unfit for production, each naming its environment variable."""
    faults = []
    if values["SECRET_KEY"] == DEMO_SECRET_KEY or len(values["SECRET_KEY"]) < 32:
        faults.append("PUENTE_SECRET_KEY is the demo secret or shorter than 32 characters")
    if values["DEBUG"]:
        faults.append("PUENTE_DEBUG is on")
    if not values["SESSION_COOKIE_SECURE"]:
        faults.append("PUENTE_SECURE_COOKIES is off, so cookies would travel over plain HTTP")
    if not values["PUBLIC_URL"].startswith("https://"):
        faults.append("PUENTE_PUBLIC_URL does not start with https://")
    if not values["TRUSTED_HOSTS"]:
        faults.append("PUENTE_TRUSTED_HOSTS is empty, so any Host header would be believed")
    if values["TRUSTED_PROXIES"] is None:
        faults.append(
            "PUENTE_TRUSTED_PROXIES is unset, so nobody's address would be known (0 when no proxy is in front)"
        )
    if not values["STRIPE_SECRET_KEY"] and not values["SIMULATOR"]:
        faults.append(
            "STRIPE_SECRET_KEY is empty, so invented money would be booked (PUENTE_SIMULATOR=on to want that)"
        )
    if bool(values["STRIPE_SECRET_KEY"]) != bool(values["STRIPE_WEBHOOK_SECRET"]):
        faults.append("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET go together")
    return faults + _fiscal_faults(values)


def _fiscal_faults(values: Mapping[str, Any]) -> list[str]:
    """Return what is half done about fiscal receipts: they are issued whole or not at all."""
    given = [name for name in EMITTER if values[name]]
    faults = [f"PUENTE_{name} is empty, and fiscal receipts need it" for name in EMITTER if given and not values[name]]
    faults += [
        f"PUENTE_{name} names no file" for name in ("CFDI_CERTIFICATE", "CFDI_KEY")
        if values[name] and not Path(values[name]).is_file()
    ]  # fmt: skip
    if values["PAC"] and not given:
        faults.append("PUENTE_PAC is set, but nobody who issues fiscal receipts (PUENTE_CFDI_RFC)")
    if values["PAC"] == "simulator" and not values["SIMULATOR"]:
        faults.append("PUENTE_PAC is the simulator, whose stamps count for nobody (PUENTE_SIMULATOR=on to want that)")
    if given and find_spec("satcfdi") is None:
        faults.append("PUENTE_CFDI_RFC is set, but the extra is not installed (make cfdi)")
    return faults


def _deployment(path: str) -> dict[str, Any]:
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSetting(f"PUENTE_DEPLOYMENT: cannot read {path}: {error}") from None
    return {name: value for name, value in content.items() if not name.startswith("_")}


def _derive(values: dict[str, Any]) -> None:
    data = Path(values["DATA_FOLDER"])
    values["PUBLIC_URL"] = (values["PUBLIC_URL"] or f"http://{values['HOST']}:{values['PORT']}").rstrip("/")
    url = values["DATABASE_URL"] or f"sqlite:///{data / 'puente.sqlite3'}"
    values["SQLALCHEMY_DATABASE_URI"] = url.replace("postgres://", "postgresql://", 1).replace(
        "postgresql://", "postgresql+psycopg://", 1
    )
    values["FILES_URL"] = values["FILES_URL"] or f"file://{data / 'files'}"
    values["MAIL_FOLDER"] = values["MAIL_FOLDER"] or str(data / "outbox")
    values["SIMULATOR_DATABASE"] = values["SIMULATOR_DATABASE"] or str(data / "simulator.sqlite3")
    values["BUILD_FOLDER"] = values["BUILD_FOLDER"] or str(data / "build")
