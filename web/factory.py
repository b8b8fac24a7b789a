"""Put the house together: configuration, extensions, rooms, doors, errors."""

import importlib
import importlib.util
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_migrate import Migrate
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from sqlalchemy import inspect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter
from whitenoise import WhiteNoise

import config
from accounts import login
from core.connections import engine_options, prepare_engine
from core.database import Base, db
from core.settings import install_settings
from trust import simulator
from web import assets, errors, navigation, presentation, requests
from web.city import check_city

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "mail", "scoring", "grants", "trust", "treasury", "transparency")
LANGUAGE_PREFIX = "/<any(es, en):lang>"

CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # Bootstrap draws its check marks and arrows as data URIs
    "connect-src": "'self'",
    "form-action": "'self' https://checkout.stripe.com",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


class BoundedInteger(IntegerConverter):
    """A row number in an address: anything a database cannot hold is simply not found."""

    regex = r"\d{1,9}"


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the application. `overrides` replace settings by name; the rest comes from the environment.

    Raises:
        config.BadSetting: a setting cannot be used, or production would be unsafe.
    """
    values, sources = config.load(overrides=overrides)
    check_city(values, sources)
    install_settings(values)
    build = assets.ensure_built(Path(values["BUILD_FOLDER"]))
    app = Flask("puente", template_folder=str(ROOT / "templates"), static_folder=str(build / "static"))
    app.config.update(values)
    app.config.update(_flask_settings(values, build))
    app.extensions["setting_sources"] = sources
    app.url_map.converters["int"] = BoundedInteger
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = assets.CompiledTemplates(str(build / "templates"))
    _start_extensions(app)
    requests.install(app)
    # After the request knows its person: a refused form is answered to whoever sent it, not to the reader before.
    CSRFProtect(app)  # type: ignore[no-untyped-call]
    errors.install(app)
    presentation.install(app)
    _open_rooms(app)
    navigation.install(app)
    app.jinja_env.globals["asset"] = assets.asset
    _wrap_server(app, values, build)
    return app


def refuse_published_passwords(app: Flask) -> None:
    """Refuse to serve production with the demo's people in the database: anybody may read their password.

    Raises:
        config.BadSetting: they are there.
    """
    if app.config["MODE"] != "production":
        return
    from web.demo import people, year  # local: only a production that starts asks for the demo

    with app.app_context():
        try:
            loaded = inspect(db.engine).has_table("user_account") and year.is_loaded()
        finally:
            db.session.remove()
    if loaded:
        raise config.BadSetting(
            f"production mode refuses to start: demo accounts (…@{people.DOMAIN}), whose password is published, "
            "are in the database; production begins with an empty one"
        )


def _flask_settings(values: Mapping[str, Any], build: Path) -> dict[str, Any]:
    return {
        "SESSION_COOKIE_NAME": "puente",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_HTTPONLY": True,
        "BABEL_DEFAULT_LOCALE": "es",
        "BABEL_DEFAULT_TIMEZONE": values["TIME_ZONE"],
        "BABEL_TRANSLATION_DIRECTORIES": str(build / "translations"),
        "WTF_CSRF_TIME_LIMIT": None,  # a long proposal must not die of an old token; the session's end ends it
        "WTF_I18N_ENABLED": True,
        "TESTING": values["MODE"] == "test",
        "MAX_COOKIE_SIZE": 4093,
        "VERSION": version("puente"),
    }


def _start_extensions(app: Flask) -> None:
    Path(app.config["DATA_FOLDER"]).mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(app.config["SQLALCHEMY_DATABASE_URI"])
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine, app.config["LOCK_SECONDS"])
    Migrate(app, db, directory=str(ROOT / "migrations"), compare_type=True)
    Babel(app, locale_selector=requests.select_language)
    login.init_app(app)
    production = app.config["MODE"] == "production"
    Talisman(
        app,
        force_https=production,
        strict_transport_security=production,
        session_cookie_secure=app.config["SESSION_COOKIE_SECURE"],
        content_security_policy=CONTENT_SECURITY_POLICY,
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"camera": "()", "microphone": "()", "geolocation": "()", "payment": "()"},
    )


def room_module(room: str, floor: str) -> ModuleType | None:
    """Return a room's floor as a module, or None where the room has no such floor."""
    name = f"{room}.{floor}"
    return importlib.import_module(name) if importlib.util.find_spec(name) is not None else None


def _open_rooms(app: Flask) -> None:
    importlib.import_module("core.scanning")  # the ground's only work in the background
    for room in (*ROOMS, "web"):
        for floor in ("models", "states", "jobs"):
            room_module(room, floor)
        routes = room_module(room, "routes")
        if routes is not None:
            app.register_blueprint(routes.blueprint, url_prefix=LANGUAGE_PREFIX)
            machine = getattr(routes, "machine_blueprint", None)
            if machine is not None:
                app.register_blueprint(machine)
                app.extensions["csrf"].exempt(machine)  # machines carry no form token; each door checks its own proof
        commands = room_module(room, "commands")
        for command in getattr(commands, "COMMANDS", ()):
            app.cli.add_command(command)


def _answer_load_balancers(app: Flask, values: Mapping[str, Any]) -> None:
    # A load balancer asks each machine by its number and without TLS; only this address answers such a question.
    inner, host = app.wsgi_app, values["TRUSTED_HOSTS"][0].lstrip(".")

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("PATH_INFO") == "/salud":
            environ = {**environ, "HTTP_HOST": host, "wsgi.url_scheme": "https"}
        return inner(environ, start_response)

    app.wsgi_app = answer  # type: ignore[method-assign]


def _wrap_server(app: Flask, values: Mapping[str, Any], build: Path) -> None:
    if values["MODE"] == "production":
        _answer_load_balancers(app, values)
    if not values["STRIPE_SECRET_KEY"]:
        app.wsgi_app = simulator.mount(app.wsgi_app)  # type: ignore[method-assign, assignment]
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(build / "static"), prefix="static/", max_age=31_536_000, autorefresh=values["DEBUG"]
    )
    if values["TRUSTED_PROXIES"]:
        proxies = values["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]


def create_schema() -> None:
    """Create every table and trigger without migrations, for tests of the schema itself."""
    from core.database import trigger_statements  # local: only this development path needs it

    Base.metadata.create_all(db.engine)
    with db.engine.begin() as connection:
        for statement in trigger_statements(connection.dialect.name):
            connection.exec_driver_sql(statement)
