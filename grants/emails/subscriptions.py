"""Letters to whoever asked to hear of calls."""

from core.language import _, in_language, localised
from core.moments import spoken_deadline
from core.settings import setting
from grants.models import Addendum, Call, CallSubscription
from mail.services import enqueue_mail


def write_confirmation(subscription: CallSubscription, token: str) -> None:
    """Ask whoever reads this address whether they want the letters."""
    with in_language(subscription.language):
        enqueue_mail(
            to=subscription.email,
            subject=_("Confirma que quieres avisos de convocatorias"),
            paragraphs=[
                _("Alguien pidió con este correo avisos de nuevas convocatorias y de sus cierres."),
                _("Si fuiste tú, confírmalo. Si no, ignora este correo: no recibirás ninguno más."),
            ],
            language=subscription.language,
            action=(_("Confirmar"), manage_url(subscription, token)),
            about="grants.subscription",
            private=True,
        )


def write_opening(subscription: CallSubscription, call: Call, token: str) -> None:
    """Tell that a call takes applications."""
    with in_language(subscription.language):
        assert call.closes_at is not None
        _write(
            subscription,
            call,
            token,
            _("Abrió una convocatoria: %(title)s", title=localised(call.title)),
            [localised(call.summary), _("Cierra el %(moment)s.", moment=spoken_deadline(call.closes_at))],
        )


def write_closing(subscription: CallSubscription, call: Call, token: str) -> None:
    """Tell that a call closes soon."""
    with in_language(subscription.language):
        assert call.closes_at is not None
        _write(
            subscription,
            call,
            token,
            _("Cierra pronto: %(title)s", title=localised(call.title)),
            [_("Cierra el %(moment)s.", moment=spoken_deadline(call.closes_at))],
        )


def write_notice(subscription: CallSubscription, call: Call, notice: Addendum, token: str) -> None:
    """Tell of a public notice on a call."""
    with in_language(subscription.language):
        told = [notice.reason]
        if notice.new_closes_at is not None:
            told.insert(0, _("Ahora cierra el %(moment)s.", moment=spoken_deadline(notice.new_closes_at)))
        title = localised(call.title)
        _write(subscription, call, token, _("Aviso %(number)s: %(title)s", number=notice.number, title=title), told)


def _write(subscription: CallSubscription, call: Call, token: str, subject: str, told: list[str]) -> None:
    enqueue_mail(
        to=subscription.email,
        subject=subject,
        paragraphs=[*told, _("Cambia o deja estos avisos en %(url)s", url=manage_url(subscription, token))],
        language=subscription.language,
        action=(_("Ver la convocatoria"), f"{_base(subscription)}/convocatorias/{call.slug}"),
        about=f"call:{call.id}",
        private=True,
        unsubscribe_url=f"{setting('PUBLIC_URL').rstrip('/')}/baja/{token}",
    )


def manage_url(subscription: CallSubscription, token: str) -> str:
    """Return the address where a subscription is confirmed, changed or ended, without an account."""
    return f"{_base(subscription)}/avisos/{token}"


def _base(subscription: CallSubscription) -> str:
    return f"{setting('PUBLIC_URL').rstrip('/')}/{subscription.language}"
