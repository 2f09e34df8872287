"""Create customers

Revision ID: 1f0c2a9b7d31
Revises:
Create Date: 2024-01-10 09:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "1f0c2a9b7d31"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("name", sa.String(100), nullable=False, server_default="it's unknown"),
        sa.UniqueConstraint("email"),
    )


def downgrade() -> None:
    op.drop_table("customers")
