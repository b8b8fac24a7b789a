"""The outbox as staff see it: what waits, what left, what nobody will receive unless somebody acts."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.access import roles
from core.database import session
from core.errors import NotFound
from core.language import N_, _
from core.listing import chosen, page_number, paginate, searched
from core.navigation import DeskItem, NavItem
from core.roles import Role
from mail import queries
from mail.services import requeue_message
from mail.states import MESSAGE_STATES, MessageState

blueprint = Blueprint("mail", __name__)

NAVIGATION = (
    NavItem(N_("Correo saliente"), "mail.message_list", order=96, roles=frozenset({Role.ADMINISTRATOR, Role.AUDITOR})),
)
DESK = (
    DeskItem(
        N_("Cartas que no se pudieron enviar"),
        "mail.message_list",
        frozenset({Role.ADMINISTRATOR}),
        queries.failed_count,
    ),
)


@blueprint.get("/correo-saliente")
@roles(Role.ADMINISTRATOR)
def message_list() -> str:
    """Every letter's subject and fate; never its text, which is its reader's."""
    state = chosen(request.args, "estado", [state.value for state in MessageState])
    query = queries.messages(state=MessageState(state) if state else None, search=searched(request.args))
    listing = paginate(query, page=page_number(request.args))
    return render_template(
        "mail/message_list.html",
        listing=listing,
        again=queries.sent_again_among([letter.id for letter in listing.rows]),
        states=MESSAGE_STATES,
        kinds=MessageState,
    )


@blueprint.post("/correo-saliente/<int:message_id>/reenviar")
@roles(Role.ADMINISTRATOR)
def message_requeue(message_id: int) -> Response:
    """Try a failed letter again."""
    letter = queries.message(message_id)
    if letter is None:
        raise NotFound()
    requeue_message(letter)
    session().commit()
    flash(_("La carta volvió a la fila."), "success")
    return redirect(url_for("mail.message_list"), 303)
