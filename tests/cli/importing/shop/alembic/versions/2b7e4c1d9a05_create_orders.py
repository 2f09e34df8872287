"""Create orders: what a customer bought

Revision ID: 2b7e4c1d9a05
Revises: 1f0c2a9b7d31

"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

revision: str = "2b7e4c1d9a05"
down_revision: Union[str, None] = "1f0c2a9b7d31"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("customer_id", sa.Integer, sa.ForeignKey("customers.id"), nullable=False),
        sa.Column("total", sa.Numeric(10, 2), nullable=False),
        sa.Column("placed_at", sa.DateTime, nullable=False, server_default=sa.func.current_timestamp()),
        sa.CheckConstraint("total >= 0", name="total"),
    )
    op.create_index(op.f("ix_orders_placed_at"), "orders", ["placed_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_orders_placed_at"), table_name="orders")
    op.drop_table("orders")
