"""Letters about calls: asked for and managed without an account."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from accounts.services import admit_letter
from core.access import public
from core.database import session
from core.errors import Refusal
from core.language import _, current_language
from grants import services
from grants.forms.subscriptions import SubscribeForm, WishForm
from grants.routes.room import blueprint, machine_blueprint, show


@blueprint.route("/avisos", methods=["GET", "POST"])
@public
def subscription_new() -> Response | BaseResponse:
    """Ask for letters about calls. The answer is the same whoever's address it is."""
    form = SubscribeForm()
    form.offer()
    if not form.validate_on_submit():
        return _private(show("grants/subscription_new.html", 422 if form.is_submitted() else 200, form=form))
    try:
        admit_letter(request.remote_addr or "")
        services.subscribe(email=form.email.data or "", language=current_language(), **_wish(form))
    except Refusal as refusal:
        session().rollback()
        form.email.errors = [refusal.message()]
        return _private(show("grants/subscription_new.html", refusal.status, form=form))
    session().commit()
    flash(_("Te enviamos un correo para confirmar. Ábrelo y pulsa «Confirmar»."), "success")
    return redirect(url_for("grants.call_list"), 303)


@blueprint.route("/avisos/<token>", methods=["GET", "POST"])
@public
def subscription_manage(token: str) -> Response | BaseResponse:
    """Confirm, change or end one's letters, by the link that came with them."""
    subscription = services.subscription_by_token(token)
    form = WishForm(data={"axes": [str(axis) for axis in subscription.axes], "audience": subscription.audience})
    form.offer()
    if not form.validate_on_submit():
        live = subscription.confirmed_at is not None and subscription.ended_at is None
        status = 422 if form.is_submitted() else 200
        return _private(
            show("grants/subscription_manage.html", status, form=form, subscription=subscription, live=live)
        )
    match request.form.get("accion"):
        case "terminar":
            services.end_subscription(subscription)
            session().commit()
            flash(_("Ya no recibirás avisos de convocatorias."), "success")
            return redirect(url_for("grants.call_list"), 303)
        case "guardar":
            services.change_subscription(subscription, **_wish(form))
            flash(_("Guardamos tus avisos."), "success")
        case _:
            services.confirm_subscription(subscription)
            flash(_("Listo: te avisaremos de nuevas convocatorias y de sus cierres."), "success")
    session().commit()
    return redirect(url_for("grants.subscription_manage", token=token), 303)


@machine_blueprint.route("/baja/<token>", methods=["GET", "POST"])
@public
def subscription_end(token: str) -> BaseResponse:
    """End letters by one POST of a mail program (RFC 8058), with the key in the letter; a person is led to the page."""
    subscription = services.subscription_by_token(token)
    if request.method == "GET":
        return redirect(url_for("grants.subscription_manage", token=token, lang=subscription.language), 303)
    services.end_subscription(subscription)
    session().commit()
    return Response(status=204)


def _wish(form: WishForm) -> dict[str, Any]:
    return {"axes": [int(axis) for axis in form.axes.data or []], "audience": list(form.audience.data or [])}


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response
