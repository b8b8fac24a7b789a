"""In with a password and a code, out with a button."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from accounts import services
from accounts.errors import TooManyAttempts
from accounts.forms import CodeForm, RecoveryForm, SignInForm
from accounts.login import current_facts, forget, remember
from accounts.routes.apart import apart, weighed_apart
from accounts.routes.privacy import place_after
from accounts.routes.room import address, blueprint, kept_place, refuse, show, this_session, wanted_place
from core.access import pending_sign_in, public
from core.database import session
from core.language import N_, _

# One sentence for every reason, so that it never says whether an account exists.
NO_ENTRY = N_(
    "El correo o la contraseña no coinciden, o la cuenta aún no está confirmada. "
    "Si te acabas de registrar, abre primero el enlace de tu correo."
)
WRONG_CODE = N_("El código no es correcto o ya se usó. Espera a que tu aplicación muestre el siguiente.")
WRONG_RECOVERY = N_("Ese código de recuperación no es correcto o ya se usó.")


@blueprint.route("/cuenta/entrar", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    """Take address and password, and lead on to the second factor where one is needed."""
    form = SignInForm()
    facts = current_facts() if request.method == "GET" else None
    if facts is not None:
        return redirect(_next_step(facts.enrolled) if facts.pending else wanted_place(), 303)
    if not form.validate_on_submit():
        return show("accounts/sign_in.html", 422 if form.is_submitted() else 200, form=form, extra=[], **kept_place())
    try:
        accepted = services.sign_in(
            email=form.email.data or "",
            password=form.password.data or "",
            address=address(),
            device=request.user_agent.string,
            weighed=_weighed(form.email.data or "", form.password.data or ""),
        )
    except TooManyAttempts as refusal:
        return refuse("accounts/sign_in.html", form, refusal, {}, **kept_place())
    if accepted is None:
        session().commit()
        return show("accounts/sign_in.html", 422, form=form, extra=[_(NO_ENTRY)], **kept_place())
    return let_in(accepted)


def let_in(accepted: services.SignIn) -> Response:
    """Keep what was decided, give the browser its session and lead on, to the second factor where one is needed."""
    if accepted.pending and not accepted.person.has_second_factor:
        services.begin_enrolment(accepted.opened)
    _end_former_session()
    session().commit()
    remember(accepted.token)
    onward = _next_step(accepted.person.has_second_factor) if accepted.pending else place_after(accepted.person)
    return redirect(onward, 303)


def _weighed(email: str, typed: str) -> services.Weighed:
    with apart():
        known = services.look_up_hash(email, address())
    return weighed_apart(known, typed)


@blueprint.post("/cuenta/salir")
@public
def sign_out() -> Response:
    """End the session's row and empty the cookie; harmless when there is none.

    The browser forgets what it kept of it, where it knows how and no earlier person's unsaved text waits in it too.
    """
    _end_former_session()
    session().commit()
    forget()
    flash(_("Saliste de tu cuenta."), "info")
    answer = redirect(url_for("web.home"), 303)
    if request.is_secure and not request.form.get("otros"):
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.route("/cuenta/segundo-paso", methods=["GET", "POST"])
@pending_sign_in
def second_factor() -> Response:
    """Take the code of the authenticator."""
    opened, form = this_session(), CodeForm()
    if opened.second_factor_at is not None or not opened.user.has_second_factor:
        return redirect(wanted_place() if opened.second_factor_at else _next_step(enrolled=False), 303)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("accounts/second_factor.html", status, form=form, extra=[], **kept_place())
    try:
        token = services.pass_second_factor(opened, form.code.data or "", address=address())
    except TooManyAttempts as refusal:
        return refuse("accounts/second_factor.html", form, refusal, {}, **kept_place())
    session().commit()
    if token is None:
        form.code.errors = [_(WRONG_CODE)]
        return show("accounts/second_factor.html", 422, form=form, extra=[], **kept_place())
    remember(token)
    return redirect(place_after(opened.user), 303)


@blueprint.route("/cuenta/segundo-paso/recuperacion", methods=["GET", "POST"])
@pending_sign_in
def recovery_code() -> Response:
    """Take a recovery code instead of the authenticator's."""
    opened, form = this_session(), RecoveryForm()
    if opened.second_factor_at is not None or not opened.user.has_second_factor:
        return redirect(wanted_place() if opened.second_factor_at else _next_step(enrolled=False), 303)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return show("accounts/recovery_code.html", status, form=form, extra=[], **kept_place())
    try:
        token = services.pass_with_recovery_code(opened, form.code.data or "", address=address())
    except TooManyAttempts as refusal:
        return refuse("accounts/recovery_code.html", form, refusal, {}, **kept_place())
    session().commit()
    if token is None:
        form.code.errors = [_(WRONG_RECOVERY)]
        return show("accounts/recovery_code.html", 422, form=form, extra=[], **kept_place())
    remember(token)
    flash(
        _("Entraste con un código de recuperación, que ya no sirve. Si perdiste tu teléfono, activa otro."), "warning"
    )
    return redirect(url_for("accounts.account_show"), 303)


def _next_step(enrolled: bool) -> str:
    return url_for("accounts.second_factor" if enrolled else "accounts.enrol", **kept_place())


def _end_former_session() -> None:
    facts = current_facts()
    if facts is not None:
        services.sign_out(facts.session_id)
