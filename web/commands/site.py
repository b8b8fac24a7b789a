"""The commands that know the site: settings, jobs, the server, its files, the database, the demo."""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import click
from flask import current_app
from flask.cli import FlaskGroup, with_appcontext

import config
from scoring.commands import scoring


def _create_app() -> Any:
    from web.factory import create_app  # local: `puente config` must work when the application would refuse to start

    try:
        return create_app()
    except config.BadSetting as error:
        raise click.ClickException(str(error)) from None


class Doors(FlaskGroup):
    """The commands. The demo reads every room, so it is read when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command's name."""
        return sorted({*super().list_commands(ctx), "demo"})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command."""
        if name == "demo":
            from web.demo.commands import demo  # local: no other command should wait for all rooms

            return demo
        return super().get_command(ctx, name)


site = Doors(
    name="puente", create_app=_create_app, add_default_commands=False, help="Puente: the trust and its mobility fund."
)


def masked(setting: config.Setting, value: Any) -> str:
    """Return a setting's value for display: secrets hidden, a database address without its password."""
    if not setting.secret or not value:
        return str(value)
    parts = urlsplit(str(value))
    if parts.hostname:
        host = parts.hostname + (f":{parts.port}" if parts.port else "")
        user = f"{parts.username}:•••@" if parts.username else ""
        return urlunsplit((parts.scheme, user + host, parts.path, "", ""))
    return "•••"


@click.command("config")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show_config(as_json: bool) -> None:
    """Print every setting, its value and where it came from."""
    try:
        values, sources = config.load()
    except config.BadSetting as error:
        raise click.ClickException(str(error)) from None
    rows = [
        (item.name, item.variable, masked(item, values[item.name]), sources[item.name], item.explains)
        for item in config.SETTINGS
    ]
    if as_json:
        names = ("name", "variable", "value", "source", "explains")
        click.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False, indent=2))
        return
    width = max(len(row[1]) for row in rows)
    for _name, variable, value, source, explains in rows:
        click.echo(f"{variable:<{width}}  {value}  [{source}]\n{'':<{width}}  {explains}")


@click.group("jobs")
def jobs() -> None:
    """Background work."""


@jobs.command("work")
@with_appcontext
def jobs_work() -> None:
    """Do jobs until stopped."""
    from core.jobs import work  # local: only those that work need the store
    from web.turns import together  # local: as above

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_args: stop.set())
    with together(Path(current_app.config["DATA_FOLDER"]), stop):
        work(f"worker-{os.getpid()}", stop)


@jobs.command("run")
@with_appcontext
def jobs_run() -> None:
    """Do every job that is due, then stop."""
    from core.jobs import run_due  # local: as above

    click.echo(f"{run_due()} jobs done")


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Serve the site and do its background work until stopped."""
    from web.factory import refuse_published_passwords  # local: the application is built by now
    from web.server import run  # local: a command that serves is the only one that needs the server

    try:
        refuse_published_passwords(current_app)
    except config.BadSetting as error:
        raise click.ClickException(str(error)) from None
    sys.exit(run(current_app.config))


@click.command("assets")
@click.option("--prune", is_flag=True, help="Delete those of earlier versions; only once no server runs them.")
@with_appcontext
def assets(prune: bool) -> None:
    """Build static files and catalogues."""
    from web import assets as builder  # local: `puente config` should not wait for the compressor

    target = Path(current_app.config["BUILD_FOLDER"])
    click.echo(builder.ensure_built(target))
    for old in builder.prune(target) if prune else ():
        click.echo(f"deleted {old}")


for command in (show_config, jobs, serve, assets, scoring):
    site.add_command(command)
