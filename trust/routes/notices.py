"""Where the payment company's notices come in: no person, no language, no form token, only a signature."""

from flask import Response, request

from core.access import public
from core.database import session
from core.errors import Refusal
from trust.routes import machine_blueprint
from trust.services import handle_webhook


@machine_blueprint.post("/stripe/avisos")
@public
def stripe_notice() -> Response:
    """Apply one signed notice once. Anything but 2xx makes the company send it again."""
    session().rollback()  # whatever was read to get here: no lock is held while the company is asked
    try:
        outcome = handle_webhook(request.get_data(), request.headers.get("Stripe-Signature", ""))
    except Refusal as refusal:
        session().rollback()
        return Response(type(refusal).__name__, refusal.status, mimetype="text/plain")
    session().commit()
    return Response(outcome, 200, mimetype="text/plain")
