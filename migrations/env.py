"""Run migrations inside the application, on whichever database it is configured for.

The books are proved before the first step and after the last one, in the same transaction: where they do not agree,
nothing is migrated. `-x unproved` prints what disagrees and goes on all the same.
"""

import click
from alembic import context
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import Connection, inspect
from sqlalchemy.orm import Session

from core.database import Base, db
from trust.services import verify_ledger

TOLD = 10  # how many disagreements a refusal prints

context.config.set_main_option("sqlalchemy.url", str(db.engine.url).replace("%", "%%"))


def run() -> None:
    """Run every migration in one transaction: a failure leaves the schema as it was, on both databases."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            **{
                **current_app.extensions["migrate"].configure_args,
                "render_as_batch": connection.dialect.name == "sqlite",
                "transactional_ddl": True,
            },
        )
        with context.begin_transaction():
            moving = schema_moves()
            if moving:
                prove("before", connection)
            context.run_migrations()
            if moving:
                prove("after", connection)


def schema_moves() -> bool:
    """Return whether this command leads to another revision; to say which one it is, nobody needs the books."""
    try:
        wanted = context.get_revision_argument()
    except KeyError:
        return False
    return set(context.get_context().get_current_heads()) != set([wanted] if isinstance(wanted, str) else wanted or ())


def prove(moment: str, connection: Connection) -> None:
    """Refuse to migrate books that do not agree, reading them within the migration's own transaction.

    Only what the tables of this revision can tell is asked: before the first one, and after the last one, nothing.
    """
    db.session.remove()
    reading = Session(bind=connection, join_transaction_mode="create_savepoint")
    db.session.registry.set(reading)
    try:
        problems = verify_ledger(inspect(connection).get_table_names())
    finally:
        db.session.remove()
    if not problems:
        return
    goes_on = "unproved" in context.get_x_argument()
    for problem in problems if goes_on else problems[:TOLD]:
        click.echo(problem, err=True)
    if not goes_on:
        raise CommandError(
            f"{len(problems)} disagreements in the books {moment} the migration: nothing was migrated. "
            "`puente ledger verify` names all of them; -x unproved migrates in spite of them."
        )


run()
