"""Several people at the same moment, each in their own transaction."""

import threading
from collections.abc import Callable, Sequence

from flask import Flask

from core.database import db
from core.errors import Refusal


def at_once(app: Flask, acts: Sequence[Callable[[], object]]) -> list[str]:
    """Let each act begin together and commit. Returns "done" or the name of its refusal, act by act.

    Whatever else goes wrong is raised here, after everybody is through.
    """
    db.session.commit()  # what stands so far is everybody's to see, and nobody waits for us
    start = threading.Barrier(len(acts))
    answers = [""] * len(acts)
    failures: list[BaseException] = []

    def person(number: int, act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                act()
                db.session.commit()
                answers[number] = "done"
            except Refusal as refusal:
                db.session.rollback()
                answers[number] = type(refusal).__name__
            except BaseException as failure:  # told in the thread that waits
                db.session.rollback()
                failures.append(failure)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=person, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return answers
