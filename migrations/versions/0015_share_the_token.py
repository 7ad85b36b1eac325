"""Share a token by processes: what each may use of what Discord allows, and when shards identify.

On the way down both are deleted: the processes take their shares again when they ask for them.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "token_share",
        _application(),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("permits", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("held_until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("application_id", "process", name=op.f("pk_token_share")),
    )
    op.create_table(
        "identify_turn",
        _application(),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("free_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("application_id", "bucket", name=op.f("pk_identify_turn")),
    )


def downgrade() -> None:
    op.drop_table("identify_turn")
    op.drop_table("token_share")


def _application() -> sa.Column[int]:
    return sa.Column("application_id", sa.BigInteger(), autoincrement=False, nullable=False)
