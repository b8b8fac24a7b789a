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
    TooManyAttempts,
)
from accounts.forms import EmailOnlyForm, LinkPasswordForm, NewPasswordForm, RegisterForm
from accounts.models import AttemptKind, EmailToken, TokenPurpose
from accounts.queries import live_token
from accounts.routes.apart import apart, prepared_apart, weighed_apart
from accounts.routes.privacy import offer_purposes
from accounts.routes.room import address, blueprint, kept_place, refuse, show
from accounts.routes.sign_in import let_in
from accounts.services import (
    Prepared,
    admit_letter,
    ask_password_reset,
    look_whether_letters_wait,
    look_whether_to_wait,
    reset_password,
    sign_in,
    sign_up,
    verify_email,
)
from core.access import public
from core.context import actor
from core.database import session
from core.errors import Refusal
from core.language import N_, _, current_language

WRONG_FOR_LINK = N_("No es la contraseña con que se pidió este enlace.")
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
        prepared = _prepared(form)
        admit_letter(address())
        sign_up(
            email=form.email.data or "",
            name=form.name.data or "",
            password=form.password.data or "",
            language=current_language(),
            answers={"notice": notice.number, "chosen": form.purposes.data or []} if notice is not None else None,
            prepared=prepared,
            place=kept_place().get("next"),
        )
    except Refusal as refusal:
        return refuse("accounts/register.html", form, refusal, FIELDS, notice=notice)
    session().commit()
    return redirect(url_for("accounts.register_sent", **kept_place()), 303)


def _prepared(form: RegisterForm) -> Prepared:
    with apart():
        look_whether_letters_wait(address())
    return prepared_apart(form.password.data or "", email=form.email.data or "", name=form.name.data or "")


@blueprint.get("/cuenta/registro/enviado")
@public
def register_sent() -> Response:
    """Say that a letter is on its way."""
    return show("accounts/register_sent.html")


@blueprint.route("/cuenta/verificar/<token>", methods=["GET", "POST"])
@public
def verify(token: str) -> Response:
    """Confirm an address with the password of the registration that asked for the link, and come in.

    The password keeps somebody else's registration from being confirmed in good faith.
    """
    form = LinkPasswordForm()
    if not form.validate_on_submit():
        _open_link(token, TokenPurpose.VERIFY_EMAIL)
        return show("accounts/verify.html", 422 if form.is_submitted() else 200, form=form, extra=[])
    typed = form.password.data or ""
    try:
        with apart():
            found = _open_link(token, TokenPurpose.VERIFY_EMAIL)
            look_whether_to_wait(AttemptKind.PASSWORD, found.user.email, address())
            known = found.new_password_hash
        weighed = weighed_apart(known, typed)
        person = verify_email(token, typed, address=address(), weighed=weighed)
        device = request.user_agent.string
        accepted = person and sign_in(
            email=person.email, password=typed, address=address(), device=device, weighed=weighed
        )
    except TooManyAttempts as refusal:
        return refuse("accounts/verify.html", form, refusal, {})
    if not accepted:
        session().commit()  # the failed guess is kept
        form.password.errors = [_(WRONG_FOR_LINK)]
        return show("accounts/verify.html", 422, form=form, extra=[])
    flash(_("Tu correo está confirmado."), "success")
    return let_in(accepted)


def _open_link(token: str, purpose: TokenPurpose) -> EmailToken:
    found = live_token(token, purpose)
    if found is None:
        raise LinkExpired()
    return found


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
    person = _open_link(token, TokenPurpose.RESET_PASSWORD).user
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return show("accounts/password_reset.html", 422 if request.method == "POST" else 200, form=form, extra=[])
    try:
        prepared = prepared_apart(form.password.data or "", email=person.email, name=person.name)
        reset_password(token, form.password.data or "", prepared)
    except Refusal as refusal:
        return refuse("accounts/password_reset.html", form, refusal, FIELDS)
    session().commit()
    flash(_("Tu contraseña cambió y se cerraron las sesiones abiertas. Entra con la nueva."), "success")
    return redirect(url_for("accounts.sign_in"), 303)
