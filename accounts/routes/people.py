"""The staff's list of people: who holds which duty, and the administrator's acts on an account."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from accounts import queries, services
from accounts.forms import ConfirmForm, RoleForm
from accounts.models import User
from accounts.routes.room import blueprint, show
from accounts.rules.duties import conflicting_role
from accounts.states import ACCOUNT_STATES, AccountState
from core.access import ensure, roles
from core.audit import AuditEvent, events_of
from core.context import actor
from core.database import session
from core.errors import NotFound, Refusal
from core.language import N_, _
from core.listing import chosen, page_number, paginate, searched
from core.roles import ROLE_LABELS, Role

Act = Callable[[User], None]

# What an administrator may do to an account: address, question, what follows, button, service.
ACTS: dict[str, tuple[str, tuple[str, ...], str, Act]] = {
    "suspender": (
        N_("¿Suspender esta cuenta?"),
        (N_("La persona sale ahora de todas sus sesiones."), N_("No podrá entrar hasta que la reactives.")),
        N_("Suspender"),
        services.suspend_account,
    ),
    "reactivar": (
        N_("¿Reactivar esta cuenta?"),
        (N_("La persona podrá entrar otra vez con su contraseña y sus funciones."),),
        N_("Reactivar"),
        services.reinstate_account,
    ),
    "cerrar": (
        N_("¿Cerrar esta cuenta para siempre?"),
        (N_("La persona sale ahora de todas sus sesiones."), N_("La cuenta no se podrá volver a abrir.")),
        N_("Cerrar la cuenta"),
        services.close_account,
    ),
    "segundo-paso": (
        N_("¿Quitar el segundo paso de esta cuenta?"),
        (
            N_("Hazlo solo después de comprobar en persona quién es."),
            N_("La persona sale de todas sus sesiones y activará un teléfono nuevo al entrar."),
            N_("Le avisaremos por correo."),
        ),
        N_("Quitar el segundo paso"),
        services.reset_second_factor,
    ),
}
EVENTS: dict[str, str] = {
    "account.registered": N_("Se registró"),
    "account.verified": N_("Confirmó su correo"),
    "account.edited": N_("Cambió sus datos"),
    "account.moved": N_("Cambió el estado de la cuenta"),
    "account.password_changed": N_("Cambió la contraseña"),
    "account.reset_requested": N_("Pidió una contraseña nueva"),
    "account.email_change_requested": N_("Pidió cambiar de correo"),
    "account.email_changed": N_("Cambió de correo"),
    "privacy_notice.answered": N_("Respondió al aviso de privacidad"),
    "privacy_notice.answers_destroyed": N_("Se destruyeron sus respuestas al aviso de privacidad"),
    "role.granted": N_("Recibió una función"),
    "role.revoked": N_("Dejó una función"),
    "session.opened": N_("Entró"),
    "session.ended": N_("Salió o se cerró su sesión"),
    "second_factor.enrolled": N_("Activó el segundo paso"),
    "second_factor.passed": N_("Pasó el segundo paso"),
    "second_factor.replayed": N_("Alguien repitió un código ya usado"),
    "second_factor.recovery_code_used": N_("Usó un código de recuperación"),
    "second_factor.recovery_codes_renewed": N_("Creó códigos de recuperación nuevos"),
    "second_factor.removed": N_("Quitó el segundo paso"),
    "second_factor.reset": N_("Administración quitó el segundo paso"),
}
TARGETS = {
    "suspender": AccountState.SUSPENDED,
    "reactivar": AccountState.ACTIVE,
    "cerrar": AccountState.CLOSED,
}


def person_or_404(user_id: int) -> User:
    """Return a person, or say that there is no such page."""
    person = queries.user(user_id)
    if person is None:
        raise NotFound()
    return person


def open_acts(person: User) -> list[str]:
    """Return which acts make sense for an account as it stands."""
    acts = [name for name, target in TARGETS.items() if ACCOUNT_STATES.allows(person.state, target)]
    if person.state is AccountState.UNVERIFIED:
        acts = ["cerrar"]  # only the person's own mailbox confirms an account
    if person.has_second_factor:
        acts.append("segundo-paso")
    return [] if person.id == actor().user_id else acts


@blueprint.get("/personas")
@roles(Role.ADMINISTRATOR)
def user_list() -> Response:
    """Everybody with an account."""
    role = chosen(request.args, "funcion", [role.value for role in Role])
    state = chosen(request.args, "estado", [state.value for state in AccountState])
    query = queries.users(
        search=searched(request.args),
        role=Role(role) if role else None,
        state=AccountState(state) if state else None,
    )
    return show(
        "accounts/user_list.html",
        listing=paginate(query, page=page_number(request.args)),
        states=ACCOUNT_STATES,
        kinds=AccountState,
        role_labels=ROLE_LABELS,
    )


@blueprint.get("/personas/<int:user_id>")
@roles(Role.ADMINISTRATOR)
def user_show(user_id: int) -> Response:
    """One person: duties, state and what happened to the account."""
    return show("accounts/user_show.html", extra=[], **_facts(person_or_404(user_id), RoleForm()))


@blueprint.post("/personas/<int:user_id>/funciones")
@roles(Role.ADMINISTRATOR)
def role_grant(user_id: int) -> Response:
    """Give a duty."""
    person, form = person_or_404(user_id), RoleForm()
    if not form.validate_on_submit():
        return show("accounts/user_show.html", 422, extra=[], **_facts(person, form))
    try:
        services.grant_role(person, Role(form.role.data), notify=True)
    except Refusal as refusal:
        session().rollback()
        return show("accounts/user_show.html", refusal.status, extra=[refusal.message()], **_facts(person, form))
    session().commit()
    flash(_("La persona ya tiene esa función. Le avisamos por correo."), "success")
    return redirect(url_for("accounts.user_show", user_id=user_id), 303)


@blueprint.post("/personas/<int:user_id>/funciones/<role>/quitar")
@roles(Role.ADMINISTRATOR)
def role_revoke(user_id: int, role: str) -> Response:
    """Take a duty away."""
    person = person_or_404(user_id)
    ensure(role in set(Role))
    services.revoke_role(person, Role(role), notify=True)
    session().commit()
    flash(_("La persona ya no tiene esa función. Le avisamos por correo."), "success")
    return redirect(url_for("accounts.user_show", user_id=user_id), 303)


@blueprint.route(
    "/personas/<int:user_id>/<any('suspender', 'reactivar', 'cerrar', 'segundo-paso'):act>", methods=["GET", "POST"]
)
@roles(Role.ADMINISTRATOR, auditor=False)
def user_act(user_id: int, act: str) -> Response:
    """Confirm, then do, something to an account."""
    person, form = person_or_404(user_id), ConfirmForm()
    ensure(act in open_acts(person))
    question, consequences, button, service = ACTS[act]
    if not form.validate_on_submit():
        return show(
            "accounts/user_act.html",
            422 if form.is_submitted() else 200,
            form=form,
            person=person,
            question=_(question),
            consequences=[_(sentence) for sentence in consequences],
            button=_(button),
        )
    service(person)
    session().commit()
    flash(_("Hecho."), "success")
    return redirect(url_for("accounts.user_show", user_id=user_id), 303)


def _facts(person: User, form: RoleForm) -> dict[str, Any]:
    free = [role for role in Role if role not in person.roles and conflicting_role(person.roles, role) is None]
    form.offer(free)
    return {
        "form": form,
        "person": person,
        "states": ACCOUNT_STATES,
        "role_labels": ROLE_LABELS,
        "may_change": actor().has(Role.ADMINISTRATOR) and actor().user_id != person.id,
        "grantable": free,
        "acts": [(name, _(ACTS[name][2])) for name in open_acts(person)] if actor().has(Role.ADMINISTRATOR) else [],
        "memberships": queries.memberships_of(person),
        "events": [_told(event) for event in events_of("user_account", person.id)],
    }


def _told(event: AuditEvent) -> dict[str, Any]:
    role = (event.after or event.before or {}).get("role")
    detail = _(ROLE_LABELS[Role(role)]) if role else None
    return {"at": event.at, "title": _(EVENTS[event.action]), "text": detail}
