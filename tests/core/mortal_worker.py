"""A worker process that is meant to be killed: it leases a job, writes, says "midway" and waits for the end."""

import json
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main(orders: dict[str, str]) -> None:
    """Work on the database named in the orders until killed."""
    from flask import Flask  # local: the path above comes first

    from core.audit import record
    from core.clock import FrozenClock, set_clock
    from core.connections import prepare_engine
    from core.database import db
    from core.jobs import JobContext, run_due
    from core.jobs.queue import HANDLERS
    from core.settings import install_settings

    def die_here(job: JobContext) -> None:
        record("test.worked", "test", job.id)
        db.session.flush()
        print("midway", flush=True)
        sys.stdin.read()

    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = orders["database"]
    install_settings({"JOB_LEASE_SECONDS": 120})
    db.init_app(app)
    set_clock(FrozenClock(datetime.fromisoformat(orders["now"])))
    HANDLERS["test.work"] = die_here
    with app.app_context():
        prepare_engine(db.engine)
        run_due("mortal")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
