"""What alembic runs: on a connection that `bot.database.admin.migrate` gives, or one of its own."""

import asyncio
from functools import partial
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from bot.database.admin import revisions
from bot.database.models import metadata
from bot.database.models.base import is_expected
from bot.settings import load_settings

# A migration is history: it names plain types, never those of the code, which will change.
PLAIN_TYPES = {
    "Key": 'sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")',
    "Factor": 'sa.Numeric(18, 6).with_variant(sa.BigInteger(), "sqlite")',
    "IdSet": "sa.Text()",
    "PermissionSet": "sa.Text()",
    "Amount": 'sa.Numeric(20, 3).with_variant(sa.BigInteger(), "sqlite")',
    "Quantity": 'sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite")',
    "UnitPrice": 'sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")',
    "UtcTime": "sa.DateTime(timezone=True)",
}


def render_plainly(kind: str, thing: Any, _context: object) -> str | Literal[False]:
    """Write our own column types as what they are in the database."""
    if kind == "type":
        return PLAIN_TYPES.get(type(thing).__name__, False)
    return False


def run_on(connection: Connection) -> None:
    """Run the migrations inside the caller's transaction, which holds the migration lock."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        include_object=partial(is_expected, dialect=connection.dialect.name),
        render_item=render_plainly,
        render_as_batch=connection.dialect.name == "sqlite",
        # DDL is part of the transaction on both engines: half a migration never stays.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run_on(given)
else:
    owner_url = load_settings().database_owner_url.get_secret_value()
    asyncio.run(revisions.on_locked_connection(owner_url, run_on))
