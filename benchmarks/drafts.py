"""Open a call and write drafts with signed-in people straight into the tables: what the last evening begins with."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

BATCH = 500


@dataclass(frozen=True)
class Person:
    """Somebody with a draft, signed in, and what they are going to write."""

    number: int
    application: int
    cookie: str
    token: str

    @property
    def title(self) -> str:
        """What only this person wrote."""
        return f"Jarana {self.number}"

    @property
    def purpose(self) -> str:
        """What they wrote last."""
        return f"Enseñar a construir jaranas, versión {self.number * 7919 % 100_003}."


def a_pdf(size: int, seed: int) -> bytes:
    """Return a document of two pages that weighs about so much."""
    import io  # local: only the preparation makes files

    import pikepdf

    with pikepdf.new() as document:
        for _page in range(2):
            document.add_blank_page()
        document.Root.Scan = pikepdf.Stream(document, random.Random(seed).randbytes(size))
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def write_people(environment: dict[str, str], count: int) -> list[Person]:
    """Write an open call and so many drafts with signed-in people into the instance's database."""
    from sqlalchemy import insert, select  # local: the rooms are imported only when the benchmark runs

    from accounts.models import User
    from accounts.rules.second_factor import secret_hash
    from core.clock import now
    from core.context import SYSTEM, set_actor, set_writing
    from core.database import db
    from grants import services
    from grants.models import Application
    from tests.factories.accounts import make_user
    from tests.factories.grants import answers_for, make_open_call
    from web.factory import create_app

    app = create_app(
        {"MODE": "demo", "DATA_FOLDER": environment["PUENTE_DATA_FOLDER"], "DATABASE_URL": environment["DATABASE_URL"]}
    )
    found: list[Person] = []
    with app.app_context():
        set_actor(SYSTEM)
        set_writing(True)
        call = make_open_call()
        one = services.start_application(call, make_user(), kind="person")
        known = {name: value for name, value in answers_for().items() if name not in ("title", "purpose")}
        services.save_draft(one, answers=known)
        db.session.commit()
        table = Application.__table__
        copied = dict(db.session.execute(select(table).where(table.c.id == one.id)).mappings().one())
        first_user, first_draft, moment = one.applicant_user_id + 1_000, one.id + 1_000, now()
        session_row = {
            "created_at": moment,
            "last_seen_at": moment,
            "expires_at": moment + timedelta(days=14),
            "device": "",
            "address": "127.0.0.1",
        }
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            rows: dict[str, list[dict[str, Any]]] = {"user_account": [], "application": [], "user_session": []}
            for number in numbers:
                person = f"token-{number}-{random.Random(number).getrandbits(128):032x}"
                rows["user_account"].append(
                    {
                        "id": first_user + number, "email": f"p{number}@example.org", "name": f"Persona {number}",
                        "name_folded": f"persona {number}", "language": "es", "state": "active",
                        "email_verified_at": moment, "created_at": moment,
                    }
                )  # fmt: skip
                draft = {"id": first_draft + number, "applicant_user_id": first_user + number}
                rows["application"].append(copied | draft)
                rows["user_session"].append(
                    session_row | {"user_id": first_user + number, "token_hash": secret_hash(person)}
                )
                found.append(Person(number, first_draft + number, *_cookie(app, person)))
            for name, values in rows.items():
                db.session.execute(insert(User.metadata.tables[name]), values)
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return found


def _cookie(app: Any, token: str) -> tuple[str, str]:
    """Return the cookie of a session and the form token that goes with it."""
    import flask  # local: see write_people
    from flask_wtf.csrf import generate_csrf

    with app.test_request_context("/es/"):
        flask.session["_user_id"], flask.session["_fresh"] = token, True
        flask.g.pop("csrf_token", None)  # the one before belongs to somebody else
        form_token = generate_csrf()
        signer = app.session_interface.get_signing_serializer(app)
        return str(signer.dumps(dict(flask.session))), str(form_token)
