"""The letter to whoever commented on a draft: it was answered."""

from accounts import queries as people
from accounts.states import AccountState
from core.language import _, in_language, localised
from core.settings import setting
from grants.models import ConsultationComment
from grants.states.call import VERDICT_LABELS
from mail.services import enqueue_mail

ABOUT = "grants.consultation"


def write_answer(comment: ConsultationComment) -> None:
    """Tell whoever commented what was done and why. An account that was closed since has no address to write to."""
    person = people.user(comment.user_id)
    if person is None or person.state is not AccountState.ACTIVE or comment.verdict is None:
        return
    url = f"{setting('PUBLIC_URL').rstrip('/')}/{person.language}/convocatorias/{comment.call.slug}/consulta"
    with in_language(person.language):
        enqueue_mail(
            to=person.email,
            subject=_("Respondimos tu comentario: %(title)s", title=localised(comment.call.title)),
            paragraphs=[
                _("Comentaste: «%(text)s»", text=comment.text),
                f"{_(VERDICT_LABELS[comment.verdict])}.",
                comment.answer or "",
            ],
            language=person.language,
            action=(_("Ver todos los comentarios y respuestas"), f"{url}#comentario-{comment.id}"),
            about=ABOUT,
        )
