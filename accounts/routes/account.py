"""My account: who I am, how I sign in, where I am signed in."""

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from accounts import queries, services
from accounts.errors import EmailRefused, LinkExpired, NameRefused
from accounts.forms import ChangeEmailForm, ChangePasswordForm, ConfirmForm, ProfileForm
from accounts.models import AttemptKind, SessionEnd, TokenPurpose
from accounts.routes.apart import apart, prepared_apart, weighed_apart
from accounts.routes.registration import PASSWORD_FIELDS
from accounts.routes.room import address, blueprint, refuse, show, this_person, this_session
from accounts.routes.second_factor import WRONG_PASSWORD
from accounts.rules.identity import device_name
from accounts.rules.second_factor import needs_second_factor
from accounts.states import ACCOUNT_STATES
from core.access import ensure, public, signed_in
from core.database import session
from core.errors import Refusal
from core.language import _, ngettext
from core.roles import ROLE_LABELS


@blueprint.get("/cuenta")
@signed_in
def account_show() -> Response:
    """Everything the account is made of, each with the link that changes it."""
    person = this_person()
    return show(
        "accounts/account_show.html",
        person=person,
        states=ACCOUNT_STATES,
        role_names=[_(ROLE_LABELS[role]) for role in sorted(person.roles)],
        codes_left=queries.recovery_codes_left(person) if person.has_second_factor else 0,
        second_factor_required=needs_second_factor(person.roles, enrolled=False),
        session_count=len(queries.sessions_of(person)),
        memberships=queries.memberships_of(person),
    )


@blueprint.route("/cuenta/datos", methods=["GET", "POST"])
@signed_in
def profile_edit() -> Response:
    """Change name and language."""
    person = this_person()
    form = ProfileForm(obj=person)
    if not form.validate_on_submit():
        return show("accounts/profile_edit.html", 422 if form.is_submitted() else 200, form=form, extra=[])
    try:
        services.edit_profile(person, name=form.name.data or "", language=form.language.data)
    except Refusal as refusal:
        return refuse("accounts/profile_edit.html", form, refusal, {NameRefused: "name"})
    session().commit()
    flash(_("Guardamos tus datos."), "success")
    return redirect(url_for("accounts.account_show"), 303)


@blueprint.route("/cuenta/cambiar-contrasena", methods=["GET", "POST"])
@signed_in
def password_edit() -> Response:
    """Change the password; other sessions end."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return show("accounts/password_edit.html", 422 if form.is_submitted() else 200, form=form, extra=[])
    try:
        weighed, prepared = _reckoned(form)
        opened = this_session()
        changed = services.change_password(
            opened.user,
            form.current.data or "",
            form.password.data or "",
            address=address(),
            session_id=opened.id,
            weighed=weighed,
            prepared=prepared,
        )
    except Refusal as refusal:
        return refuse("accounts/password_edit.html", form, refusal, PASSWORD_FIELDS)
    session().commit()
    if not changed:
        form.current.errors = [_(WRONG_PASSWORD)]
        return show("accounts/password_edit.html", 422, form=form, extra=[])
    flash(_("Tu contraseña cambió y se cerraron tus otras sesiones."), "success")
    return redirect(url_for("accounts.account_show"), 303)


def _reckoned(form: ChangePasswordForm) -> tuple[services.Weighed, services.Prepared]:
    with apart():
        person = this_person()
        services.look_whether_to_wait(AttemptKind.PASSWORD, person.email, address())
        known, email, name = person.password_hash, person.email, person.name
    prepared = prepared_apart(form.password.data or "", email=email, name=name)
    return weighed_apart(known, form.current.data or ""), prepared


@blueprint.route("/cuenta/cambiar-correo", methods=["GET", "POST"])
@signed_in
def email_edit() -> Response:
    """Ask to be known by another address."""
    person, form = this_person(), ChangeEmailForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("accounts/email_edit.html", status, form=form, extra=[], present=person.email)
    try:
        asked = services.request_email_change(person, form.email.data or "", form.current.data or "", address=address())
    except Refusal as refusal:
        return refuse("accounts/email_edit.html", form, refusal, {EmailRefused: "email"}, present=person.email)
    session().commit()
    if not asked:
        form.current.errors = [_(WRONG_PASSWORD)]
        return show("accounts/email_edit.html", 422, form=form, extra=[], present=person.email)
    flash(_("Enviamos un enlace a la dirección nueva. Tu correo cambiará cuando lo abras."), "info")
    return redirect(url_for("accounts.account_show"), 303)


@blueprint.route("/cuenta/correo/<token>", methods=["GET", "POST"])
@public
def email_confirm(token: str) -> Response:
    """Confirm a new address with the link sent to it."""
    found = queries.live_token(token, TokenPurpose.CHANGE_EMAIL)
    if found is None:
        raise LinkExpired()
    form = ConfirmForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("accounts/email_confirm.html", status, form=form, email=found.new_email)
    services.confirm_email_change(token)
    session().commit()
    flash(_("Tu correo cambió. Desde ahora entra con la dirección nueva."), "success")
    return redirect(url_for("accounts.account_show"), 303)


@blueprint.get("/cuenta/sesiones")
@signed_in
def session_list() -> Response:
    """Where I am signed in."""
    opened = this_session()
    rows = [
        {"session": row, "device": device_name(row.device), "current": row.id == opened.id}
        for row in queries.sessions_of(opened.user)
    ]
    return show("accounts/session_list.html", rows=rows)


@blueprint.post("/cuenta/sesiones/<int:session_id>/cerrar")
@signed_in
def session_end(session_id: int) -> Response:
    """End one of my sessions."""
    person = this_person()
    opened = next((row for row in queries.sessions_of(person) if row.id == session_id), None)
    ensure(opened)
    assert opened is not None
    services.end_session(opened, SessionEnd.REVOKED)
    session().commit()
    flash(_("Cerramos esa sesión."), "success")
    return redirect(url_for("accounts.session_list"), 303)


@blueprint.post("/cuenta/sesiones/cerrar-otras")
@signed_in
def session_end_others() -> Response:
    """End all my sessions but this one."""
    opened = this_session()
    ended = services.end_sessions(opened.user, SessionEnd.REVOKED, except_id=opened.id)
    session().commit()
    flash(ngettext("Cerramos %(num)s sesión.", "Cerramos %(num)s sesiones.", ended), "success")
    return redirect(url_for("accounts.session_list"), 303)
