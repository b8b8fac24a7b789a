"""Have the files looked at that came while the scanner did not answer; until then nobody is given them."""

from collections.abc import Callable

from sqlalchemy import func, select

from core import antivirus, files
from core.antivirus import Scanned
from core.clock import now
from core.database import session
from core.files import StoredFile
from core.jobs import JobContext, enqueue, handler
from core.language import N_

Found = Callable[[StoredFile], object]
_after_finding: list[Found] = []


def when_infected(act: Found) -> Found:
    """Have `act(file)` called, in the same transaction, when a virus is found in a file that was taken already."""
    if act not in _after_finding:
        _after_finding.append(act)
    return act


@handler(files.SCAN, N_("Revisar un archivo con el antivirus"))
def scan_file(job: JobContext) -> None:
    """Scan one file that waits. A repeat finds it scanned, or destroyed, and does nothing."""
    stored = session().get(StoredFile, job.payload["file_id"])
    if stored is None or stored.scanned != Scanned.WAITING:
        return
    if not antivirus.is_configured():  # the site gave its scanner up: the file is like every other
        stored.scanned = Scanned.NEVER
        return
    try:
        data = files.bytes_under(stored.key)
    except FileNotFoundError:
        return
    job.progress(0, 1)  # no lock waits for the scanner
    try:
        finding = antivirus.scan(data, patient=True)
    except antivirus.ScannerSilent:
        if not job.is_last_attempt:
            raise
        enqueue(files.SCAN, dict(job.payload))  # however long the scanner is away, the file is asked about again
        return
    stored.scanned = Scanned.INFECTED if finding.virus else Scanned.CLEAN
    stored.scanned_at, stored.scanned_by, stored.virus = now(), finding.scanner, finding.virus
    session().flush()
    for act in _after_finding if finding.virus else ():
        act(stored)


def waiting_count() -> int:
    """Count the files that wait for the scanner."""
    return session().scalar(select(func.count()).where(StoredFile.scanned == Scanned.WAITING)) or 0


def withheld_count() -> int:
    """Count the files in which the scanner found something after they came in."""
    return session().scalar(select(func.count()).where(StoredFile.scanned == Scanned.INFECTED)) or 0
