"""What somebody else does in the middle of a long work, in a transaction of their own."""

from threading import Event, Thread

from flask import Flask

from core.database import db
from core.errors import IllegalTransition
from grants import services
from grants.models import Application
from grants.queries.applications import application_of


class Withdrawal:
    """An application withdrawn by its owner once it is asked to begin; it may have to wait for whoever holds it."""

    def __init__(self, app: Flask, application: Application) -> None:
        self.app, self.owner, self.number = app, application.applicant_user_id, application.id
        self.thread, self.begun, self.through = Thread(target=self._withdraw), False, Event()

    def begin(self) -> None:
        """Begin, once, and let it go through if nothing holds it."""
        if not self.begun:
            self.begun = True
            self.thread.start()
            self.through.wait(1)

    def _withdraw(self) -> None:
        with self.app.app_context():
            application = application_of(self.owner, self.number, editing=True, lock=True)
            assert application is not None
            try:
                services.withdraw_application(application)
                db.session.commit()
                self.through.set()
            except IllegalTransition:
                db.session.rollback()  # what it had waited for made an end of it
            finally:
                db.session.remove()
