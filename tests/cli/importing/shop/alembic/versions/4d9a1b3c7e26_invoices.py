"""Invoices

Revision ID: 4d9a1b3c7e26
Revises: 3c5d8e2f6b14

"""

import sqlalchemy as sa
from alembic import op

revision = "4d9a1b3c7e26"
down_revision = "3c5d8e2f6b14"
branch_labels = None
depends_on = ["6f2c5e8a1b48"]


def upgrade():
    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("order_id", sa.Integer, sa.ForeignKey("orders.id", ondelete="CASCADE"), nullable=False),
        sa.Column("warehouse_id", sa.Integer, sa.ForeignKey("warehouses.id")),
        sa.Column("note", sa.Text, comment="for the customer; 100% optional"),
    )


def downgrade():
    op.drop_table("invoices")
