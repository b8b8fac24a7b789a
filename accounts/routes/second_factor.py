"""Enrolling an authenticator, replacing it, and the codes for the day it is lost."""

import io
from typing import Any

import segno
from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from accounts import services
from accounts.errors import TooManyAttempts
from accounts.forms import CodeForm, ConfirmForm, CurrentPasswordForm
from accounts.login import remember
from accounts.routes.room import address, blueprint, kept_place, refuse, show, this_person, this_session, wanted_place
from accounts.rules.second_factor import needs_second_factor, setup_address
from core.access import ensure, pending_sign_in, signed_in
from core.database import session
from core.language import N_, _

ISSUER = "Puente"
WRONG_CODE = N_(
    "El código no coincide. Revisa que la hora de tu teléfono sea automática y escribe el código siguiente."
)
WRONG_PASSWORD = N_("La contraseña actual no es correcta.")


@blueprint.route("/cuenta/segundo-paso/activar", methods=["GET", "POST"])
@pending_sign_in
def enrol() -> Response:
    """Show the secret as a picture and as text, and take the first code; then show the recovery codes, once."""
    opened = this_session()
    secret = opened.pending_totp_secret
    if secret is None:
        return _ask_to_begin()
    form = CodeForm()
    shown = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("accounts/enrol.html", status, form=form, secret=shown, **kept_place())
    enrolled = services.confirm_enrolment(opened, form.code.data or "")
    if enrolled is None:
        form.code.errors = [_(WRONG_CODE)]
        return show("accounts/enrol.html", 422, form=form, secret=shown, **kept_place())
    session().commit()
    remember(enrolled.token)
    return show("accounts/recovery_codes.html", codes=enrolled.recovery_codes, place=wanted_place())


def _ask_to_begin() -> Response:
    # A person who has an authenticator, or signed in a while ago, proves the password before a new secret is shown.
    opened = this_session()
    if opened.second_factor_at is None and opened.user.has_second_factor:
        return redirect(url_for("accounts.second_factor", **kept_place()), 303)
    waiting = opened.second_factor_at is None and needs_second_factor(opened.user.roles, enrolled=False)
    form = ConfirmForm() if waiting else CurrentPasswordForm()
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("accounts/enrol_begin.html", status, form=form, extra=[], replaces=opened.user.has_second_factor)
    if isinstance(form, CurrentPasswordForm):
        refused = _refused(form, "accounts/enrol_begin.html", replaces=opened.user.has_second_factor)
        if refused is not None:
            return refused
    services.begin_enrolment(opened)
    session().commit()
    return redirect(url_for("accounts.enrol", **kept_place()), 303)


@blueprint.get("/cuenta/segundo-paso/codigo.svg")
@pending_sign_in
def enrol_picture() -> Response:
    """Draw the pending secret as a QR code, for this person's eyes alone."""
    opened = this_session()
    ensure(opened.pending_totp_secret)
    text = setup_address(opened.pending_totp_secret or "", email=opened.user.email, issuer=ISSUER)
    drawing = io.BytesIO()
    segno.make(text, error="m").save(drawing, kind="svg", scale=5, border=4, light="#ffffff", dark="#000000")
    response = Response(drawing.getvalue(), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.route("/cuenta/segundo-paso/codigos", methods=["GET", "POST"])
@signed_in
def recovery_codes_renew() -> Response:
    """Make fresh recovery codes and show them, once."""
    person, form = this_person(), CurrentPasswordForm()
    ensure(person.has_second_factor)
    if not form.validate_on_submit():
        return show("accounts/recovery_codes_renew.html", 422 if form.is_submitted() else 200, form=form, extra=[])
    refused = _refused(form, "accounts/recovery_codes_renew.html")
    if refused is not None:
        return refused
    codes = services.renew_recovery_codes(person)
    session().commit()
    return show("accounts/recovery_codes.html", codes=codes, place=url_for("accounts.account_show"))


@blueprint.route("/cuenta/segundo-paso/quitar", methods=["GET", "POST"])
@signed_in
def second_factor_remove() -> Response:
    """Switch the second factor off where no role demands it."""
    person, form = this_person(), CurrentPasswordForm()
    ensure(person.has_second_factor)
    if not form.validate_on_submit():
        return show("accounts/second_factor_remove.html", 422 if form.is_submitted() else 200, form=form, extra=[])
    refused = _refused(form, "accounts/second_factor_remove.html")
    if refused is not None:
        return refused
    services.remove_second_factor(person)
    session().commit()
    flash(_("Tu cuenta ya no pide un código para entrar."), "success")
    return redirect(url_for("accounts.account_show"), 303)


def _refused(form: CurrentPasswordForm, template: str, **values: Any) -> Response | None:
    """Return the page that says the password is wrong or must wait, or None when it is right."""
    try:
        right = services.prove_password(this_session().user, form.current.data or "", address=address())
    except TooManyAttempts as refusal:
        return refuse(template, form, refusal, {}, **values)
    if right:
        return None
    session().commit()
    form.current.errors = [_(WRONG_PASSWORD)]
    return show(template, 422, form=form, extra=[], **values)
