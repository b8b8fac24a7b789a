"""Books with one fund that takes gifts, in the instance whose environment this process has."""

from core.database import db
from tests.factories.trust import make_fund
from web.factory import create_app

if __name__ == "__main__":
    with create_app().app_context():
        make_fund(code="fondo-general", name={"es": "Fondo general", "en": "General fund"}, accepts_gifts=True)
        db.session.commit()
