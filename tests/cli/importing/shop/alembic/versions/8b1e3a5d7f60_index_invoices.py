"""Index the invoices of an order

Revision ID: 8b1e3a5d7f60
Revises: 7a4d6f9b3c59

"""

from alembic import op

revision = "8b1e3a5d7f60"
down_revision = "7a4d6f9b3c59"
branch_labels = None
depends_on = None


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        with op.get_context().autocommit_block():
            op.create_index(
                "ix_invoices_order_id", "invoices", ["order_id"], postgresql_concurrently=True
            )
    else:
        op.create_index("ix_invoices_order_id", "invoices", ["order_id"])


def downgrade():
    op.drop_index("ix_invoices_order_id", table_name="invoices")
