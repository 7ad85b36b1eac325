"""Register people: their names in order, their e-mail; know some who never registered."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KEY = sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")
INDEX = "ix_member_guild_id_name_key_user_id"


def upgrade() -> None:
    with op.batch_alter_table("member") as batch:
        batch.add_column(sa.Column("name_key", KEY, nullable=True))
        batch.add_column(sa.Column("email", sa.Text(), nullable=True))
        batch.alter_column("registered_at", existing_type=sa.DateTime(timezone=True), nullable=True)
    # Near enough for an order; the next registration or change writes it exactly.
    op.execute("UPDATE member SET name_key = lower(name)")
    with op.batch_alter_table("member") as batch:
        batch.alter_column("name_key", existing_type=KEY, nullable=False)
    op.create_index(op.f(INDEX), "member", ["guild_id", "name_key", "user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f(INDEX), table_name="member")
    # The program before this one knows people by registration alone; nobody's access that was
    # switched off may come back with it.
    op.execute("DELETE FROM member WHERE registered_at IS NULL AND deactivated_at IS NULL")
    op.execute("UPDATE member SET registered_at = deactivated_at WHERE registered_at IS NULL")
    with op.batch_alter_table("member") as batch:
        batch.alter_column(
            "registered_at", existing_type=sa.DateTime(timezone=True), nullable=False
        )
        batch.drop_column("email")
        batch.drop_column("name_key")
