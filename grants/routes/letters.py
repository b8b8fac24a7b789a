"""What became of every letter of a call, and sending one again."""

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from core.access import roles
from core.database import session
from core.errors import Refusal
from core.language import N_, _
from core.listing import chosen, page_number, paginate, searched
from core.navigation import DeskItem
from core.roles import Role
from grants.errors.calls import ApplicationNotFound
from grants.forms.letters import SendAgainForm
from grants.models import ApplicationMail
from grants.queries import mail as queries
from grants.queries.calls import CallWaits
from grants.routes.room import READERS, WRITERS, blueprint, show
from grants.routes.screening import staff_call
from grants.services.impartiality import ensure_impartial
from grants.services.letters import send_mail_again
from mail.queries import LOST, attached_files
from mail.states import MESSAGE_STATES, MessageState

STATES = {
    "por-enviar": (MessageState.QUEUED,),
    "enviadas": (MessageState.SENT,),
    "perdidas": LOST,
    "no-enviadas": (MessageState.FAILED,),
    "devueltas": (MessageState.BOUNCED,),
}
HELD = "retenidas"
HELD_KINDS = {"cure": N_("Aclaración"), "determination": N_("Resultado")}


@blueprint.get("/programa/<slug>/cartas")
@roles(*READERS)
def staff_letters(slug: str) -> Response:
    """Every letter of a call and its fate: the last try of each, those that are held apart."""
    call = staff_call(slug)
    state, text = chosen(request.args, "estado", [*STATES, HELD]), searched(request.args)
    held = paginate(queries.held_in(call), page=page_number(request.args) if state == HELD else 1, scalars=False)
    query = queries.mails_in(call, states=STATES.get(state or "", ()), text=text)
    listing = held if state == HELD else paginate(query, page=page_number(request.args))
    return show(
        "grants/staff_letter_list.html",
        call=call,
        listing=listing,
        counts=queries.counts_in(call),
        held=held.total,
        shows_held=state == HELD,
        held_kinds=HELD_KINDS,
        states=MESSAGE_STATES,
        kinds=MessageState,
    )


@blueprint.route("/programa/cartas/<int:number>/reenviar", methods=["GET", "POST"])
@roles(*WRITERS, auditor=False)
def letter_send_again(number: int) -> Response | BaseResponse:
    """Send a letter once more, as it was, to the same address or a corrected one."""
    mail = queries.mail_by_id(number)
    if mail is None:
        raise ApplicationNotFound()
    ensure_impartial(mail.application)
    form = SendAgainForm(data=None if request.method == "POST" else {"to": mail.message.to})
    if form.validate_on_submit():
        try:
            send_mail_again(mail, to=form.to.data or "", reason=form.reason.data or "")
        except Refusal as refusal:
            session().rollback()
            mail = queries.mail_by_id(number)
            if mail is None:
                raise ApplicationNotFound() from None
            return _send_again_page(mail, form, refusal)
        session().commit()
        flash(_("La carta va en camino otra vez."), "success")
        return redirect(url_for("grants.screening_show", application_id=mail.application_id, _anchor="cartas"), 303)
    return _send_again_page(mail, form, status=422 if form.is_submitted() else 200)


def _send_again_page(
    mail: ApplicationMail, form: SendAgainForm, refusal: Refusal | None = None, status: int = 200
) -> Response:
    return show(
        "grants/letter_send_again.html",
        refusal.status if refusal is not None else status,
        mail=mail,
        message=mail.message,
        application=mail.application,
        files=attached_files(mail.message),
        form=form,
        refusal=refusal.message() if refusal is not None else None,
        states=MESSAGE_STATES,
    )


DESK = (
    DeskItem(
        N_("Cartas que no llegaron"),
        "grants.call_desk",
        frozenset({Role.PROGRAMME_OFFICER}),
        queries.count_lost,
        {"espera": CallWaits.LETTERS},
    ),
)
