"""Applications with the same journey are found by a key written when they are sent."""

import hashlib
import json
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
BATCH = 500


def upgrade() -> None:
    op.add_column("application", sa.Column("itinerary_key", sa.String(length=64), nullable=True))
    op.create_index("ix_application_itinerary_key", "application", ["itinerary_key"])
    connection = op.get_bind()
    write = sa.text("UPDATE application SET itinerary_key = :key WHERE id = :number")
    read = sa.text(
        "SELECT id, CAST(itinerary AS TEXT) AS itinerary FROM application"
        " WHERE submitted_at IS NOT NULL AND id > :after ORDER BY id LIMIT :limit"
    )
    after = 0
    while rows := connection.execute(read, {"after": after, "limit": BATCH}).all():
        found = [{"number": row.id, "key": _key(json.loads(row.itinerary or "[]"))} for row in rows]
        if known := [one for one in found if one["key"]]:
            connection.execute(write, known)
        after = rows[-1].id


def downgrade() -> None:
    op.drop_index("ix_application_itinerary_key", table_name="application")
    op.drop_column("application", "itinerary_key")


def _key(legs: list[dict[str, Any]]) -> str | None:
    # As the rule stood at this release.
    if not legs or any(not (leg.get("city") and leg.get("starts_on") and leg.get("ends_on")) for leg in legs):
        return None
    stays = sorted(f"{leg['country']}|{_fold(leg['city'])}|{leg['starts_on']}|{leg['ends_on']}" for leg in legs)
    return hashlib.sha256(";".join(stays).encode()).hexdigest()


def _fold(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).replace("-", " ").split())
