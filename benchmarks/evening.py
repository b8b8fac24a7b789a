"""The last evening: thousands of drafts are saved, get their files and are sent in ten minutes, and none is lost.

Puente is served by its own command, two web workers and the job worker; people come from the loopback, each request a
connection of its own, at moments drawn before (an open line: who is slow makes nobody come later). A latency runs from
the moment a request was meant to leave.
"""

import asyncio
import hashlib
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from benchmarks.books import fresh_address
from benchmarks.drafts import Person, a_pdf, write_people
from benchmarks.harness import Contestant, Result
from tests.served import ROOT, free_port, own_environment, served, wait_until_healthy

DRAFTS = 3_000
WRITING = 450.0  # seconds in which 3,000 people write and send their file; fewer people take as much less
OFFERED = 20.0  # submissions a second at the end
LIMIT_SECONDS = 1.0
FILE_BYTES = (80_000, 400_000, 1_500_000)  # a letter, a letter with a logo, a scan
SHARES = (0.5, 0.4, 0.1)
PATIENCE = 60.0
WARM = 16  # people who come before the others, so that no worker is met cold
PAUSE = 5.0  # at most, between the last line written and the first submission


@dataclass
class Evening:
    """What was measured: latencies by kind of request, and every answer that was not the one expected."""

    took: dict[str, list[float]] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)

    def note(self, kind: str, seconds: float, status: int, expected: tuple[int, ...]) -> bool:
        """Keep one answer; return whether it was an expected one."""
        self.took.setdefault(kind, []).append(seconds)
        if status not in expected:
            self.wrong[f"{kind}: {status}"] += 1
        return status in expected

    def p99(self, kind: str) -> float:
        """Return the latency that one in a hundred exceeded."""
        return sorted(self.took[kind])[max(0, -(-len(self.took[kind]) * 99 // 100) - 1)]


# --- the load ----------------------------------------------------------------


async def _ask(place: tuple[str, int], head: str, body: bytes = b"") -> tuple[int, bytes]:
    """Send one request on a connection of its own; return the status and the body. 0: no answer."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(*place)
            said = f"{head}\r\nHost: {place[0]}:{place[1]}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(said.encode() + body)
            await writer.drain()
            answer = await reader.read(-1)
            writer.close()
    except (OSError, TimeoutError):
        return 0, b""
    top, _, rest = answer.partition(b"\r\n\r\n")
    return (int(top[9:12]), rest) if top[:5] == b"HTTP/" else (0, b"")


def _post(person: Person, path: str, kind: str, more: str = "") -> str:
    return (
        f"POST /es/solicitudes/{person.application}/{path} HTTP/1.1\r\nCookie: puente={person.cookie}\r\n"
        f"X-CSRFToken: {person.token}\r\nContent-Type: {kind}{more}"
    )


FORM = "application/x-www-form-urlencoded"


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.perf_counter()))


class Crowd:
    """Everybody who writes and sends this evening."""

    def __init__(self, url: str, people: list[Person], files: list[bytes]) -> None:
        parts = urlsplit(url)
        self.place = (str(parts.hostname), int(parts.port or 80))
        self.people, self.evening = people, Evening()
        draw = random.Random(len(people))
        self.files = draw.choices(files, SHARES, k=len(people))
        self.digests = {id(data): hashlib.sha256(data).hexdigest() for data in files}
        writing = WRITING * len(people) / 3_000
        self.writes = sorted(draw.uniform(0, writing) for _person in people)
        moment, self.sends = writing + min(PAUSE, writing), []
        for _person in people:
            moment += draw.expovariate(OFFERED)
            self.sends.append(moment)

    async def _timed(
        self, kind: str, meant: float, request: tuple[str, bytes], expected: tuple[int, ...]
    ) -> tuple[bool, bytes]:
        status, body = await _ask(self.place, *request)
        return self.evening.note(kind, time.perf_counter() - meant, status, expected), body

    async def save(self, person: Person, step: str, values: dict[str, str]) -> None:
        """Save a step as the page does while one types."""
        body = urlencode({**values, "accion": "borrador"}).encode()
        head = _post(person, step, FORM, "\r\nX-Autosave: 1")
        await self._timed("save", time.perf_counter(), (head, body), (204,))

    async def write(self, person: Person, data: bytes) -> None:
        """Write the project and the journey, and send the letter."""
        await self.save(person, "proyecto", {"q_title": person.title})
        await self.save(person, "itinerario", _journey())
        said = {"pregunta": "invitation", "nombre": "carta.pdf", "bytes": len(data), "sha256": self.digests[id(data)]}
        meant = time.perf_counter()
        good, body = await self._timed(
            "upload", meant, (_post(person, "subidas", FORM), urlencode(said).encode()), (200,)
        )
        offset, number = 0, json.loads(body)["part"].split("/")[-2] if good else ""
        while good and offset < len(data):
            head = _post(person, f"subidas/{number}/parte?desde={offset}", "application/octet-stream")
            part = data[offset : offset + 1_048_576]
            good, _told = await self._timed("upload", time.perf_counter(), (head, part), (200,))
            offset += len(part)

    async def send(self, person: Person, meant: float) -> None:
        """Submit."""
        await self._timed("submit", meant, (_post(person, "enviar", FORM), b""), (303,))

    async def come(self) -> None:
        """Let everybody come at their time: to write, to correct a line, and to send it."""
        began = time.perf_counter()
        await asyncio.gather(*(self.live(place, began) for place in range(len(self.people))))

    async def live(self, place: int, began: float) -> None:
        """Be one person: nobody sends before what they wrote was answered, and their submission is late by that."""
        person, sends = self.people[place], began + self.sends[place]
        await _until(began + self.writes[place])
        await self.write(person, self.files[place])
        await _until(sends - 2)
        await self.save(person, "proyecto", {"q_purpose": person.purpose})
        await _until(sends)
        await self.send(person, sends)

    async def verify(self) -> list[str]:
        """Ask for every acuse and say what is wrong with it: its bytes, its fingerprint, what was saved, the file."""
        gate, wrong = asyncio.Semaphore(4), []

        async def check(place: int) -> None:
            person = self.people[place]
            base = f"GET /es/solicitudes/{person.application}/acuse"
            async with gate:
                status, page = await _ask(self.place, f"{base} HTTP/1.1\r\nCookie: puente={person.cookie}")
                _status, sealed = await _ask(self.place, f"{base}.json HTTP/1.1\r\nCookie: puente={person.cookie}")
            try:
                told = json.loads(sealed)
                right = (
                    status == 200
                    and hashlib.sha256(sealed).hexdigest().encode() in page
                    and (told["answers"]["title"], told["answers"]["purpose"]) == (person.title, person.purpose)
                    and len(told["itinerary"]) == 1
                    and [one["sha256"] for one in told["files"]] == [self.digests[id(self.files[place])]]
                )
            except (ValueError, KeyError):
                right = False
            if not right:
                wrong.append(str(person.number))

        await asyncio.gather(*map(check, range(len(self.people))))
        return wrong


def _journey() -> dict[str, str]:
    from tests.factories.grants import a_journey  # local: the rooms are imported only when the benchmark runs

    return {f"legs-0-{name}": str(value) for name, value in a_journey()[0].items()}


# --- the floor ---------------------------------------------------------------


@contextmanager
def _bare(engine: str, folder: Path) -> Iterator[str]:
    """Serve a bare Flask form that inserts one row, by the same server with as many workers."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", "2", "--blocking-threads", "4", "--log-level", "warning"),
        "benchmarks.bare_form:app",
    ]
    environment = own_environment(folder, port) | {"DATABASE_URL": fresh_address(engine, folder)}
    with (folder / "bare.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", process, folder / "bare.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


async def _bare_rush(url: str, count: int) -> Evening:
    parts, evening, draw = urlsplit(url), Evening(), random.Random(count)
    place, began, moment = (str(parts.hostname), int(parts.port or 80)), time.perf_counter(), 0.0
    head = f"POST / HTTP/1.1\r\nContent-Type: {FORM}"
    acts = []

    async def one(meant: float, body: bytes) -> None:
        await asyncio.sleep(meant - time.perf_counter())
        status, _body = await _ask(place, head, body)
        evening.note("bare", time.perf_counter() - meant, status, (303,))

    for number in range(count):
        moment += draw.expovariate(OFFERED)
        acts.append(one(began + moment, urlencode({"title": f"Jarana {number}"}).encode()))
    await asyncio.gather(*acts)
    return evening


def last_evening(engine: str, drafts: int = DRAFTS) -> Result:
    """Let everybody come, then look for every save in the database and for every acuse; compare with the bare form."""
    with tempfile.TemporaryDirectory(prefix="puente-benchmark-") as name:
        folder = Path(name)
        people: list[Person] = []
        (folder / "bare").mkdir()
        with _bare(engine, folder / "bare") as url:
            bare = asyncio.run(_bare_rush(url, min(drafts, 600)))
        address = fresh_address(engine, folder)

        def prepare(environment: dict[str, str]) -> None:
            people.extend(write_people(environment, drafts + WARM))

        with served(folder, applications=0, prepare=prepare, DATABASE_URL=address) as site:
            files = [a_pdf(size, size) for size in FILE_BYTES]
            asyncio.run(Crowd(site.url, people[:WARM], files).come())
            crowd = Crowd(site.url, people[WARM:], files)
            asyncio.run(crowd.come())
            astray = asyncio.run(crowd.verify())
    return _told(engine, drafts, bare, crowd.evening, astray)


def _told(engine: str, drafts: int, bare: Evening, evening: Evening, astray: list[str]) -> Result:
    rates = {"bare form": [1 / statistics.median(bare.took["bare"])]}
    rates |= {kind: [1 / statistics.median(evening.took[kind])] for kind in ("save", "upload", "submit")}
    p99 = evening.p99("submit")
    lost = ", ".join(astray[:5]) or "none"
    odd = ", ".join(f"{what} × {times}" for what, times in sorted(evening.wrong.items())) or "none"
    notes = [f"{kind:10}{len(took):7,} requests; median {statistics.median(took) * 1_000:6.0f} ms, "
             f"p99 {sorted(took)[len(took) * 99 // 100 - 1] * 1_000:6.0f} ms, longest {max(took) * 1_000:6.0f} ms"
             for kind, took in (*bare.took.items(), *evening.took.items())]  # fmt: skip
    notes += [
        f"p99 of a submit at {OFFERED:g} a second is {p99 / LIMIT_SECONDS:.2f} of the second allowed: "
        + ("met" if p99 < LIMIT_SECONDS else "MISSED"),
        f"answers that were not expected: {odd}: " + ("MISSED" if evening.wrong else "met"),
        f"applications whose acuse, file or saves are not all there: {lost}: " + ("MISSED" if astray else "met"),
    ]
    contestants = (
        Contestant("bare form", "a Flask form with one insert, the same server and database"),
        Contestant("save", "a step as it is saved while one types"),
        Contestant("upload", "announcing a file, or a piece of it"),
        Contestant("submit", "checks, seal, folio, letter, audit"),
    )
    return Result(f"The last evening with {drafts:,} drafts, {engine} (× bare form)", contestants, rates, tuple(notes))
