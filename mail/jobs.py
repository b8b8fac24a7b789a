"""The work that carries letters away."""

from core.jobs import JobContext, handler
from core.language import N_
from mail.queries import message
from mail.services import send_message


@handler("mail.send", N_("Enviar un correo"))
def send(job: JobContext) -> None:
    """Send one letter. A repeat finds it sent and does nothing."""
    letter = message(job.payload["message_id"])
    if letter is not None:
        send_message(letter, last_attempt=job.is_last_attempt, settle=lambda: job.progress(0, 1))
