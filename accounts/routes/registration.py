"""Arriving: an account, a confirmed address, a forgotten password."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from accounts.errors import (
    EmailRefused,
    LinkExpired,
    NameRefused,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
)
from accounts.forms import ConfirmForm, EmailOnlyForm, NewPasswordForm, RegisterForm
from accounts.models import TokenPurpose
from accounts.queries import live_token
from accounts.routes.privacy import offer_purposes
from accounts.routes.room import address, blueprint, kept_place, refuse, show
from accounts.services import admit_letter, ask_password_reset, reset_password, sign_up, verify_email
from core.access import public
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import _, current_language

PASSWORD_FIELDS: dict[type[Refusal], str] = dict.fromkeys(
    (PasswordTooShort, PasswordTooLong, PasswordTooCommon), "password"
)
FIELDS: dict[type[Refusal], str] = {EmailRefused: "email", NameRefused: "name", **PASSWORD_FIELDS}


@blueprint.route("/cuenta/registro", methods=["GET", "POST"])
@public
def register() -> Response:
    """Create an account. The answer is the same whether or not the address is known."""
    if not actor().is_anonymous:
        return redirect(url_for("accounts.account_show"), 303)
    form = RegisterForm()
    notice = offer_purposes(form)
    if not form.validate_on_submit():
        return show("accounts/register.html", 422 if form.is_submitted() else 200, form=form, extra=[], notice=notice)
    try:
        admit_letter(address())
        sign_up(
            email=form.email.data or "",
            name=form.name.data or "",
            password=form.password.data or "",
            language=current_language(),
            answers={"notice": notice.number, "chosen": form.purposes.data or []} if notice is not None else None,
        )
    except Refusal as refusal:
        return refuse("accounts/register.html", form, refusal, FIELDS, notice=notice)
    session().commit()
    return redirect(url_for("accounts.register_sent", **kept_place()), 303)


@blueprint.get("/cuenta/registro/enviado")
@public
def register_sent() -> Response:
    """Say that a letter is on its way."""
    return show("accounts/register_sent.html")


@blueprint.route("/cuenta/verificar/<token>", methods=["GET", "POST"])
@public
def verify(token: str) -> Response:
    """Confirm an address. A button, since programs that read mail open links by themselves."""
    if live_token(token, TokenPurpose.VERIFY_EMAIL) is None:
        raise LinkExpired()
    form = ConfirmForm()
    if not form.validate_on_submit():
        return show("accounts/verify.html", 422 if form.is_submitted() else 200, form=form)
    verify_email(token)
    session().commit()
    flash(_("Tu correo está confirmado. Ya puedes entrar."), "success")
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.route("/cuenta/olvide", methods=["GET", "POST"])
@public
def forgot_password() -> Response:
    """Ask for a link that sets a new password. The answer is the same whether or not the address is known."""
    form = EmailOnlyForm()
    if not form.validate_on_submit():
        return show("accounts/forgot_password.html", 422 if form.is_submitted() else 200, form=form, extra=[])
    try:
        ask_password_reset(form.email.data or "", address=address())
    except Refusal as refusal:
        return refuse("accounts/forgot_password.html", form, refusal, FIELDS)
    session().commit()
    return redirect(url_for("accounts.forgot_password_sent"), 303)


@blueprint.get("/cuenta/olvide/enviado")
@public
def forgot_password_sent() -> Response:
    """Say that a letter may be on its way."""
    return show("accounts/forgot_password_sent.html")


@blueprint.route("/cuenta/contrasena/<token>", methods=["GET", "POST"])
@public
def password_reset(token: str) -> Response:
    """Set a new password with the link from a letter."""
    if live_token(token, TokenPurpose.RESET_PASSWORD) is None:
        raise LinkExpired()
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return show("accounts/password_reset.html", 422 if request.method == "POST" else 200, form=form, extra=[])
    try:
        reset_password(token, form.password.data or "")
    except Refusal as refusal:
        return refuse("accounts/password_reset.html", form, refusal, FIELDS)
    session().commit()
    flash(_("Tu contraseña cambió y se cerraron las sesiones abiertas. Entra con la nueva."), "success")
    return redirect(url_for("accounts.sign_in"), 303)
