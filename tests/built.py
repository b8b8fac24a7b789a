"""An empty database that migrations built: built once a run, and copied for whoever needs one."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests import postgres

NAME = "puente.sqlite3"


@dataclass(frozen=True)
class Built:
    """Where the database lies: a file in `folder`, or the server's database "built"."""

    engine: str
    folder: Path

    def copy(self, name: str, folder: Path) -> str:
        """Make a copy, called `name` on PostgreSQL and lying in `folder` on SQLite; return its address."""
        if self.engine == "postgresql":
            postgres.recreate(name, "built")
        else:
            shutil.copy(self.folder / NAME, folder / NAME)
        return address(self.engine, name, folder)


def address(engine: str, name: str, folder: Path) -> str:
    """Return where a database is."""
    return postgres.database_url(name) if engine == "postgresql" else f"sqlite:///{folder / NAME}"
