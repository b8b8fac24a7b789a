"""A clerk who writes a call: what they send, with the edition of the part they read."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grants.models import Call
from grants.services.editions import edition_of

Send = Callable[..., tuple[int, str]]


def sender(client: FlaskClient, session: Session, call: Call, base: str, fields: tuple[str, ...]) -> Send:
    """Return what posts a form to a page under `base` and returns the status and the page; `edicion` may be named."""

    def sending(path: str, **data: Any) -> tuple[int, str]:
        session.refresh(call)
        data.setdefault("edicion", edition_of(call, fields))
        session.rollback()
        answer = client.post(f"/es/programa/convocatorias/{call.slug}/{base}/{path}", data=data)
        session.refresh(call)
        return answer.status_code, answer.get_data(as_text=True)

    return sending
