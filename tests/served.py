"""Puente as people meet it: served by its own command from a folder of its own, with the demo year inside."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Served:
    """A running instance and the people it knows."""

    url: str
    folder: Path
    accounts: tuple[dict[str, Any], ...]
    process_id: int = 0
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> str:
        """Run `puente` on this instance and return what it prints; a failure raises RuntimeError with its output."""
        return _puente(self.environment, *arguments)

    def account(self, role: str, nth: int = 0) -> dict[str, Any]:
        """Return the demo account that holds `role`: its email, password and second-factor secret."""
        return [account for account in self.accounts if role in account["roles"]][nth]


@contextmanager
def served(
    folder: Path, *, applications: int = 60, prepare: Callable[[dict[str, str]], object] | None = None, **more: str
) -> Iterator[Served]:
    """Migrate a database in `folder`, load the demo year, serve it, and stop it at the end.

    A database that lies there already is taken as migrated. Without applications it stays empty, but for what `prepare`
    writes with the instance's environment.
    `more` goes into that environment.
    `PUENTE_TOLD` names a folder in which the demo year was just told: it is copied, not told again.
    `PUENTE_SITE` names an instance that already runs with the demo year; then nothing is started or stopped.
    """
    if running := os.environ.get("PUENTE_SITE"):
        accounts = json.loads(_puente(dict(os.environ), "demo", "accounts", "--json"))["accounts"]
        yield Served(running.rstrip("/"), folder, tuple(accounts))
        return
    port = free_port()
    environment = own_environment(folder, port) | more
    told = os.environ.get("PUENTE_TOLD") if applications else None
    if told:
        shutil.copytree(told, folder, dirs_exist_ok=True)
    elif not (folder / "puente.sqlite3").exists():
        _puente(environment, "db", "upgrade")
    if applications and not told:
        _puente(environment, "demo", "load", "--applications", str(applications))
    if prepare is not None:
        prepare(environment)
    accounts = json.loads(_puente(environment, "demo", "accounts", "--json"))["accounts"] if applications else []
    log = (folder / "served.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "web.commands", "serve"],
        env=environment,
        cwd=ROOT,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # its children stop with it and nothing else does
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url, process, folder / "served.log")
        yield Served(url, folder, tuple(accounts), process.pid, environment)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)
        log.close()


def own_environment(folder: Path, port: int) -> dict[str, str]:
    """Return the environment of an instance that keeps everything in `folder` and hears nothing of ours."""
    ours = ("PUENTE_", "DATABASE_", "STRIPE_")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
        "PUENTE_DATA_FOLDER": str(folder),
        "PUENTE_BUILD_FOLDER": os.environ.get("PUENTE_BUILD_FOLDER", ""),  # a benchmark has none: each folder its own
        "PUENTE_MODE": "demo",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "COVERAGE_PROCESS_START": "",
    }


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _puente(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "web.commands", *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"puente {' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}")
    return done.stdout


def wait_until_healthy(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a server answers; raise RuntimeError with its log when it does not."""
    for _attempt in range(900):
        try:
            with urlopen(f"{url}/salud", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            pass
        try:
            process.wait(timeout=0.1)  # a pause that ends early when the server dies
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-6000:]}")
