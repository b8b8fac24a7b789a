"""Run the web workers and the job worker as one thing that starts and stops together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

PATIENCE = 8  # seconds a worker has to finish what it is answering
# The web server gives up after two workers died soon after each other, and is started again. One that never lived for
# this long, however often it was started, cannot: saying so helps more than trying forever.
LIVES_LONG_ENOUGH = 10.0
STARTS = 3


def commands(settings: Mapping[str, Any]) -> list[list[str]]:
    """Return the processes that make up a served Puente."""
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", str(settings["HOST"]), "--port", str(settings["PORT"])),
        *("--workers", str(settings["WORKERS"]), "--blocking-threads", "4", "--backlog", "1024"),
        # A browser that keeps its connection open must not keep a worker alive after its parent was told to stop.
        *("--workers-kill-timeout", str(PATIENCE)),
        *("--respawn-failed-workers", "--log-level", "warning", "wsgi:app"),
    ]
    return [web, [sys.executable, "-m", "web.commands", "jobs", "work"]]


def run(settings: Mapping[str, Any]) -> int:
    """Start every process, restart one that dies, and stop all when told to. Returns the exit status."""
    stopping: list[int] = []

    def stop(number: int, _frame: object) -> None:
        stopping.append(number)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    web_command, job_command = commands(settings)
    # There are workers enough: a second thread of linear algebra in each only waits, at full speed, and is no quicker.
    environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ, "PYTHONUNBUFFERED": "1"}
    web, started = subprocess.Popen(web_command, env=environment), time.monotonic()  # noqa: S603 (our own interpreter and arguments)
    worker = subprocess.Popen(job_command, env=environment)  # noqa: S603
    status, starts, proven = 0, 1, False
    while not stopping:
        proven = proven or time.monotonic() - started >= LIVES_LONG_ENOUGH
        if web.poll() is not None:
            if not proven and starts == STARTS:
                status = web.returncode or 1
                break
            starts += 1
            web, started = subprocess.Popen(web_command, env=environment), time.monotonic()  # noqa: S603
        if worker.poll() is not None:
            worker = subprocess.Popen(job_command, env=environment)  # noqa: S603
        time.sleep(0.3)
    for process in (web, worker):
        if process.poll() is None:
            process.terminate()
    for process in (web, worker):
        try:
            process.wait(timeout=2 * PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
    return status
