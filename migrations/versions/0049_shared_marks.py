"""Every mark of an application that stands is kept, and on both sides whether another application has it too."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

BATCH = 5_000
KINDS = ("person", "curp", "rfc", "clabe", "phone", "tax_id", "name", "itinerary", "file")
ANSWERED = ("curp", "rfc", "clabe", "phone")
NOBODY = "destruido.invalid"  # whose data was destroyed, as it stood at this release
STANDS = "a.submitted_at IS NOT NULL AND a.state <> 'withdrawn'"
SOMEBODY = f"u.email NOT LIKE '%@{NOBODY}'"
WHOSE = f"FROM application a JOIN user_account u ON u.id = a.applicant_user_id WHERE {STANDS} AND {SOMEBODY}"
ALONG = (
    "FROM application a JOIN user_account p ON p.id = a.applicant_user_id JOIN co_applicant c ON c.application_id = a.id"
    f" LEFT JOIN user_account u ON u.id = c.user_id WHERE {STANDS} AND c.state <> 'declined'"
    f" AND p.email NOT LIKE '%@{NOBODY}'"
)
NUMBER = "UPPER(REPLACE(REPLACE(o.tax_id, ' ', ''), '-', ''))"
# What is told by a fingerprint of its words …
SAID = {
    "person": (
        f"SELECT a.id, a.call_id, u.email {WHOSE}",
        f"SELECT a.id, a.call_id, COALESCE(u.email, c.email) {ALONG} AND COALESCE(u.email, c.email) IS NOT NULL",
    ),
    "name": (
        f"SELECT a.id, a.call_id, u.name_folded {WHOSE} AND u.name_folded LIKE '% %'",
        f"SELECT a.id, a.call_id, u.name_folded {ALONG} AND u.name_folded LIKE '% %'",
    ),
    "tax_id": (
        f"SELECT a.id, a.call_id, {NUMBER} FROM application a JOIN organisation o ON o.id = a.organisation_id"
        f" JOIN user_account u ON u.id = a.applicant_user_id WHERE {STANDS} AND {SOMEBODY} AND o.tax_id <> ''",
    ),
}
# … and what is a fingerprint already.
FILES = (
    "INSERT INTO application_mark (application_id, kind, key, call_id, said)"
    " SELECT DISTINCT a.id, 'file', f.sha256, a.call_id, '' FROM application a"
    " JOIN application_attachment t ON t.application_id = a.id JOIN stored_file f ON f.id = t.stored_file_id"
    f" WHERE {STANDS} AND t.in_submission"
)
JOURNEYS = (
    "INSERT INTO application_mark (application_id, kind, key, call_id, said)"
    f" SELECT a.id, 'itinerary', a.itinerary_key, a.call_id, '' FROM application a"
    f" WHERE {STANDS} AND a.itinerary_key IS NOT NULL"
)
ANSWERS = (
    "INSERT INTO application_mark (application_id, kind, key, call_id, said)"
    " SELECT m.application_id, m.kind, m.key, a.call_id, m.said FROM application_mark_before m"
    f" JOIN application a ON a.id = m.application_id WHERE {STANDS}"
)
# A mark of a call is shared with each call that has it: with its own where two applications there do.
HELD = "shared_mark_held"
COUNT = (
    f"CREATE TEMPORARY TABLE {HELD} AS SELECT key, kind, call_id, COUNT(*) AS holders FROM application_mark"
    " WHERE key IN (SELECT key FROM application_mark GROUP BY key HAVING COUNT(*) > 1) GROUP BY key, kind, call_id"
)
SHARE = (
    "INSERT INTO shared_mark (application_id, kind, key, other_call_id, call_id)"
    f" SELECT m.application_id, m.kind, m.key, h.call_id, m.call_id FROM {HELD} h"
    " JOIN application_mark m ON m.key = h.key AND m.kind = h.kind WHERE h.call_id <> m.call_id OR h.holders > 1"
)
BITS = {"person": 1, "curp": 2, "rfc": 4, "clabe": 8, "phone": 16, "tax_id": 32, "name": 64, "itinerary": 128, "file": 256}
TELL = (
    "INSERT INTO application_alike (application_id, alike) SELECT application_id, SUM(bit) FROM "
    "(SELECT DISTINCT application_id, CASE kind "
    + " ".join(f"WHEN '{kind}' THEN {bit}" for kind, bit in BITS.items())
    + " END AS bit FROM shared_mark WHERE other_call_id = call_id) AS bits GROUP BY application_id"
)

def upgrade() -> None:
    op.execute("CREATE TABLE application_mark_before AS SELECT * FROM application_mark")
    op.drop_table("application_mark")
    _table("application_mark", ("call_id", False), ("said", False))
    _table("shared_mark", ("other_call_id", True), ("call_id", False))
    _fill()
    op.drop_table("application_mark_before")
    op.create_index("ix_application_mark_key", "application_mark", ["key", "kind", "call_id", "application_id"])
    op.execute(COUNT)
    op.execute(f"CREATE INDEX ix_{HELD} ON {HELD} (key, kind)")
    op.execute(SHARE)
    op.execute(f"DROP TABLE {HELD}")
    op.create_index("ix_shared_mark_queue", "shared_mark", ["call_id", "other_call_id", "kind", "application_id"])
    op.create_index("ix_shared_mark_key", "shared_mark", ["key", "other_call_id"])
    op.create_table(
        "application_alike",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("alike", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name="fk_application_alike_application_id"),
        sa.PrimaryKeyConstraint("application_id", name="pk_application_alike"),
    )
    op.execute(TELL)


def downgrade() -> None:
    op.drop_table("application_alike")
    op.drop_table("shared_mark")
    said = ", ".join(f"'{kind}'" for kind in ANSWERED)
    columns = "application_id, kind, key, said"
    op.execute(f"CREATE TABLE application_mark_before AS SELECT {columns} FROM application_mark WHERE kind IN ({said})")
    op.drop_table("application_mark")
    _table("application_mark", ("said", False))
    op.execute(f"INSERT INTO application_mark ({columns}) SELECT {columns} FROM application_mark_before")
    op.drop_table("application_mark_before")
    op.create_index("ix_application_mark_kind_key", "application_mark", ["kind", "key", "application_id"])


def _table(name: str, *more: tuple[str, bool]) -> None:
    known = sa.Enum(*KINDS, name="likenesskind_known", native_enum=False, create_constraint=True, length=40)
    calls = [column for column, _key in more if column != "said"]
    op.create_table(
        name,
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", known, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        *(
            sa.Column(column, sa.String(length=10) if column == "said" else sa.Integer(), nullable=False)
            for column, _key in more
        ),
        *(sa.ForeignKeyConstraint([column], ["grant_call.id"], name=op.f(f"fk_{name}_{column}")) for column in calls),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f(f"fk_{name}_application_id")),
        sa.PrimaryKeyConstraint(
            "application_id", "kind", "key", *(column for column, key in more if key), name=op.f(f"pk_{name}")
        ),
    )


def _fill() -> None:
    for statement in (ANSWERS, JOURNEYS, FILES):
        op.execute(statement)
    connection = op.get_bind()
    columns = ("application_id", "kind", "key", "call_id", "said")
    table = sa.table("application_mark", *(sa.column(name) for name in columns))
    for kind, queries in SAID.items():
        rows = (row for query in queries for row in connection.execute(sa.text(query)).all())
        for batch in _batches({(number, _key(kind, said), call_id) for number, call_id, said in rows if said}):
            values = [
                {"application_id": number, "kind": kind, "key": key, "call_id": call_id, "said": ""}
                for number, key, call_id in batch
            ]
            connection.execute(sa.insert(table), values)


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    ordered = sorted(rows)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def _key(kind: str, value: str) -> str:
    # As the rule stood at this release.
    return hashlib.sha256(f"{kind}|{value}".encode()).hexdigest()
