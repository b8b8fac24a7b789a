"""The work that carries letters away."""

from pathlib import Path

from core.jobs import JobContext, handler
from core.language import N_
from core.settings import setting
from mail.queries import message
from mail.services import READ, plan_reading, read_reports, send_message


@handler("mail.send", N_("Enviar un correo"))
def send(job: JobContext) -> None:
    """Send one letter. A repeat finds it sent and does nothing."""
    letter = message(job.payload["message_id"])
    if letter is not None:
        send_message(letter, last_attempt=job.is_last_attempt, settle=lambda: job.progress(0, 1))


@handler(READ, N_("Leer qué cartas fueron devueltas"))
def read_returned(job: JobContext) -> None:
    """Read the delivery reports that came in, and look again in ten minutes. Doing it twice changes nothing."""
    if setting("MAIL_RETURN_FOLDER"):
        read_reports(Path(setting("MAIL_RETURN_FOLDER")), settle=lambda: job.progress(0, 0))
        plan_reading()
