"""The letters the trust writes."""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date

from accounts import queries as people
from accounts.models import User
from core.database import session
from core.files import StoredFile
from core.language import _, in_language, localised
from core.money import Money, format_money
from core.settings import setting
from mail.models import OutboxMessage
from mail.services import enqueue_mail
from trust.models import Contribution, OfferContact, PeriodReopening, Pledge, PromisedBenefit, Receipt
from trust.states import DECIDERS, ReopeningState


def send_pledge_reminder(promised: Pledge, due_on: date, missing: Money, *, late: bool) -> OutboxMessage:
    """Queue the letter that reminds somebody of a part of their promise that is due soon, or is late."""
    language = promised.language
    with in_language(language):
        told = {
            "amount": format_money(missing),
            "day": format_date(due_on, "long", locale=language),
            "fund": localised(promised.fund.name, language),
        }
        said = _("El %(day)s se esperan %(amount)s de lo que prometiste a la bolsa «%(fund)s».", **told)
        if late:
            said = _("El %(day)s se esperaban %(amount)s de tu promesa a la bolsa «%(fund)s»: aún no llegan.", **told)
        return enqueue_mail(
            to=promised.email or "",
            subject=_("Tu promesa al fideicomiso"),
            paragraphs=[
                said,
                _("Si ya hiciste la transferencia no hagas nada: la verás en tus aportaciones cuando llegue al banco."),
                _("Si algo cambió, responde a este correo y lo acordamos."),
            ],
            language=language,
            action=(_("Ver mis aportaciones"), f"{setting('PUBLIC_URL')}/{language}/mis-aportaciones"),
            about="trust.pledge",
        )


def send_refund(
    receipt: Receipt,
    went: Money,
    kept: Money,
    to: str,
    language: str,
    *,
    by_transfer: bool,
    lapsed: Sequence[PromisedBenefit] = (),
) -> OutboxMessage:
    """Queue the letter that tells a giver what went back, what their receipt stands for and what is owed no longer."""
    with in_language(language):
        amount, left = format_money(went), format_money(kept)
        paragraphs = [
            _("Te devolvimos %(amount)s de tu aportación por transferencia.", amount=amount)
            if by_transfer
            else _(
                "Te devolvimos %(amount)s de tu aportación. Llega por el mismo medio con que pagaste.", amount=amount
            ),
            _("Tu recibo %(code)s queda cancelado.", code=receipt.code)
            if not kept
            else _("Tu recibo %(code)s ampara ahora %(left)s.", code=receipt.code, left=left),
        ]
        if lapsed:
            paragraphs.append(_lapsed(lapsed, kept, language))
        return enqueue_mail(
            to=to,
            subject=_("Devolución de tu aportación %(code)s", code=receipt.code),
            paragraphs=paragraphs,
            language=language,
            action=(_("Comprobar el recibo"), f"{setting('PUBLIC_URL')}/{language}/recibos/{receipt.code}"),
            about="trust.refund",
        )


def _lapsed(lapsed: Sequence[PromisedBenefit], kept: Money, language: str) -> str:
    package = lapsed[0].package
    told = {"package": localised(package.name, language), "what": _listed(lapsed, language)}
    if not kept:
        return _("Como se devolvió todo, ya no se entrega lo que faltaba de «%(package)s»: %(what)s.", **told)
    return _(
        "El paquete «%(package)s» pide %(least)s: con lo que queda ya no se entrega lo que faltaba: %(what)s.",
        least=format_money(package.money), **told,
    )  # fmt: skip


def _listed(benefits: Sequence[PromisedBenefit], language: str) -> str:
    return "; ".join(f"{one.quantity:,} × {localised(one.what, language)}" for one in benefits)


def send_refund_returned(
    receipt: Receipt, back: Money, to: str, language: str, *, owed_again: Sequence[PromisedBenefit] = ()
) -> OutboxMessage:
    """Queue the letter that tells a giver that a refund did not reach them, and asks what to do."""
    with in_language(language):
        paragraphs = [
            _("Tu banco no recibió la devolución de %(amount)s.", amount=format_money(back)),
            _("Ese dinero volvió al fideicomiso y cuenta otra vez como aportación tuya."),
        ]
        if owed_again:
            what = _listed(owed_again, language)
            paragraphs.append(_("Con ella se te vuelve a deber lo que faltaba entregar: %(what)s.", what=what))
        paragraphs.append(_("Responde a este correo y acordamos otra forma de devolvértelo, o que se quede."))
        return enqueue_mail(
            to=to,
            subject=_("No te llegó la devolución de tu aportación %(code)s", code=receipt.code),
            paragraphs=paragraphs,
            language=language,
            about="trust.refund",
        )


def send_receipt(receipt: Receipt, to: str, language: str) -> OutboxMessage:
    """Queue the letter that thanks a giver and carries the receipt."""
    content = receipt.content
    address = f"{setting('PUBLIC_URL')}/{language}/recibos/archivo/{receipt.token}"
    with in_language(language):
        amount = format_money(Money(content["amount_cents"], content["currency"]))
        paragraphs = [
            _(
                "Recibimos tu aportación de %(amount)s a la bolsa «%(fund)s». Gracias.",
                amount=amount,
                fund=content["fund_name"],
            ),
            _("Tu recibo es el %(code)s y va adjunto.", code=receipt.code),
            _("Cualquiera puede comprobar el recibo en %(url)s. La página no muestra tu nombre.", url=content["url"]),
        ]
        return enqueue_mail(
            to=to,
            subject=_("Recibo %(code)s de tu aportación", code=receipt.code),
            paragraphs=paragraphs,
            language=language,
            action=(_("Descargar el recibo"), address),
            attachments=[session().get_one(StoredFile, receipt.stored_file_id)],
            about="trust.receipt",
        )


def send_benefit_reminder(owed: PromisedBenefit, to: str, language: str, *, late: bool) -> OutboxMessage:
    """Queue the letter that reminds staff of something owed to a sponsor that is due soon, or is late."""
    with in_language(language):
        told = {
            "what": f"{owed.quantity:,} × {localised(owed.what, language)}",
            "package": localised(owed.package.name, language),
            "day": format_date(owed.due_on, "long", locale=language),
        }
        said = _("Al patrocinio «%(package)s» se le debe «%(what)s» a más tardar el %(day)s.", **told)
        if late:
            said = _("Al patrocinio «%(package)s» se le debía «%(what)s» el %(day)s y no consta su entrega.", **told)
        return enqueue_mail(
            to=to,
            subject=_("Beneficio atrasado") if late else _("Beneficio por entregar"),
            paragraphs=[said, _("Cuando se entregue, anota la fecha y sube la evidencia: quien patrocina la verá.")],
            language=language,
            action=(
                _("Ver el beneficio"),
                f"{setting('PUBLIC_URL')}/{language}/tesoreria/beneficios/{owed.id}",
            ),
            about="trust.benefit",
        )


def send_reopening_asked(wish: PeriodReopening) -> None:
    """Queue a letter to everybody who may decide whether a closed month opens again, except who asked."""
    asker = session().get_one(User, wish.asked_by_id)
    deciders = {one.id: one for role in sorted(DECIDERS) for one in people.users_with_role(role)}
    deciders.pop(wish.asked_by_id, None)
    for person in deciders.values():
        with in_language(person.language):
            period = f"{wish.period.year}-{wish.period.month:02d}"
            enqueue_mail(
                to=person.email,
                subject=_("Piden reabrir el mes %(period)s", period=period),
                paragraphs=[
                    _("%(name)s pide reabrir el mes %(period)s de los libros.", name=asker.name, period=period),
                    _("Motivo: %(reason)s", reason=wish.reason),
                    _("Otra persona tiene que decidirlo. Si ya lo hizo alguien más, no hagas nada."),
                ],
                language=person.language,
                action=(_("Ver la solicitud"), _place_of(wish, person)),
                about="trust.reopening",
            )


def send_reopening_decided(wish: PeriodReopening) -> None:
    """Queue the letter that tells who asked what was decided."""
    asker = session().get_one(User, wish.asked_by_id)
    with in_language(asker.language):
        period = f"{wish.period.year}-{wish.period.month:02d}"
        granted = wish.state is ReopeningState.GRANTED
        told = (
            [_("El mes %(period)s está abierto otra vez. Ciérralo cuando termines.", period=period)]
            if granted
            else [
                _("El mes %(period)s sigue cerrado.", period=period),
                _("Motivo: %(reason)s", reason=wish.decision_note or ""),
            ]
        )
        enqueue_mail(
            to=asker.email,
            subject=_("Se concedió reabrir %(period)s", period=period)
            if granted
            else _("No se concedió reabrir %(period)s", period=period),
            paragraphs=told,
            language=asker.language,
            action=(_("Ver la solicitud"), _place_of(wish, asker)),
            about="trust.reopening",
        )


def _place_of(wish: PeriodReopening, reader: User) -> str:
    return f"{setting('PUBLIC_URL')}/{reader.language}/tesoreria/periodos/reaperturas/{wish.id}"


def _offered(contribution: Contribution, language: str) -> dict[str, str]:
    item = contribution.item
    assert item is not None  # an offer in kind has its thing
    return {
        "what": f"{item.quantity:,} {item.unit}: {item.description}",
        "value": format_money(contribution.money),
        "fund": localised(contribution.fund.name, language),
    }


def send_offer_thanks(contribution: Contribution, contact: OfferContact) -> OutboxMessage:
    """Queue the letter that tells whoever offered something in kind what happens next."""
    with in_language(contact.language):
        told = _offered(contribution, contact.language)
        return enqueue_mail(
            to=contact.email,
            subject=_("Recibimos tu oferta en especie"),
            paragraphs=[
                _("Gracias, %(name)s. Nos ofreces %(what)s, con un valor de %(value)s.", name=contact.name, **told),
                _("Te respondemos a este correo para acordar la entrega, o para decirte por qué no podemos recibirla."),
                _("Cuando alguien del fideicomiso confirme que llegó, te enviamos el recibo. Antes no cuenta."),
                _("Si no la hiciste tú, responde a este correo y la borramos."),
            ],
            language=contact.language,
            about="trust.offer",
        )


def send_offer_to_staff(contribution: Contribution, contact: OfferContact, to: str, language: str) -> OutboxMessage:
    """Queue the letter that tells staff of an offer to be answered."""
    with in_language(language):
        told = _offered(contribution, language)
        day = format_date(contact.available_on, "long", locale=language)
        return enqueue_mail(
            to=to,
            subject=_("Ofrecen algo en especie"),
            paragraphs=[
                _("%(name)s ofrece %(what)s, con un valor de %(value)s, para «%(fund)s».", name=contact.name, **told),
                _(
                    "Se puede entregar desde el %(day)s. Acéptala o di por qué no: el sitio se lo escribe a %(email)s.",
                    day=day,
                    email=contact.email,
                ),
            ],
            language=language,
            action=(
                _("Ver la oferta"),
                f"{setting('PUBLIC_URL')}/{language}/tesoreria/aportaciones/{contribution.id}",
            ),
            about="trust.offer",
        )


def send_offer_accepted(contribution: Contribution, contact: OfferContact, message: str) -> OutboxMessage:
    """Queue the letter that tells whoever offered something that the trust takes it, at which value, and what next."""
    with in_language(contact.language):
        told = _offered(contribution, contact.language)
        return enqueue_mail(
            to=contact.email,
            subject=_("Aceptamos lo que nos ofreces"),
            paragraphs=[
                _("Aceptamos %(what)s, con gratitud. En el recibo dirá que vale %(value)s.", **told),
                *([message] if message else []),
                _("Si no estás de acuerdo con el valor, o para acordar la entrega, responde a este correo."),
                _("Cuando alguien del fideicomiso confirme que llegó, te enviamos el recibo. Antes no cuenta."),
            ],
            language=contact.language,
            about="trust.offer",
        )


def send_offer_declined(contribution: Contribution, contact: OfferContact, reason: str) -> OutboxMessage:
    """Queue the letter that tells whoever offered something why the trust cannot take it."""
    with in_language(contact.language):
        told = _offered(contribution, contact.language)
        return enqueue_mail(
            to=contact.email,
            subject=_("No podemos recibir lo que nos ofreciste"),
            paragraphs=[
                _("Gracias por ofrecernos %(what)s. Esta vez no podemos recibirlo.", **told),
                _("El motivo: %(reason)s", reason=reason),
                _("Si algo cambia, responde a este correo o haz otra oferta."),
            ],
            language=contact.language,
            about="trust.offer",
        )
