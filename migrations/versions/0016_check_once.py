"""Check once what a move refers to: on PostgreSQL its levels refer to its item and its locations.

SQLite, where that costs next to nothing, goes on checking the moves as well.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

REFERRING = {"item_id": "item", "source_id": "location", "target_id": "location"}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for column in REFERRING:
        name = op.f(f"fk_stock_move_guild_id_{column}")
        op.drop_constraint(name, "stock_move", type_="foreignkey")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for column, table in REFERRING.items():
        name = op.f(f"fk_stock_move_guild_id_{column}")
        op.create_foreign_key(name, "stock_move", table, ["guild_id", column], ["guild_id", "id"])
