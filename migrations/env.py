"""Run migrations inside the application, on whichever database it is configured for."""

from alembic import context
from flask import current_app

from core.database import Base, db

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
            context.run_migrations()


run()
