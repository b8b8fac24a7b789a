"""Signing an act: whoever is signed in types their own password again."""

from flask import request

from accounts import queries, services
from accounts.forms import CurrentPasswordForm
from core.context import actor
from core.database import session
from core.errors import MissingCredentials
from core.language import N_, _

WRONG_PASSWORD = N_("La contraseña no es correcta. Escribe la de tu cuenta: no cambió nada.")


def is_proved(form: CurrentPasswordForm) -> bool:
    """Return whether whoever is signed in typed their own password; a wrong guess counts as a failed sign-in.

    Raises:
        TooManyAttempts: they have to wait.
    """
    person = queries.user(actor().user_id or 0)
    if person is None:
        raise MissingCredentials()
    if services.prove_password(person, form.current.data or "", address=request.remote_addr or ""):
        return True
    session().commit()  # the failed guess is kept
    form.current.errors = [_(WRONG_PASSWORD)]
    return False
