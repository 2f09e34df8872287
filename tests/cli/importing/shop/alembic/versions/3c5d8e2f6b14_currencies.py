"""Currencies, with their rows

Revision ID: 3c5d8e2f6b14
Revises: 2b7e4c1d9a05

"""

import datetime

import sqlalchemy as sa
from alembic import op

revision = "3c5d8e2f6b14"
down_revision = "2b7e4c1d9a05"
branch_labels = ("billing",)
depends_on = None


def upgrade():
    currencies = op.create_table(
        "currencies",
        sa.Column("code", sa.String(3), primary_key=True),
        sa.Column("since", sa.Date, nullable=False),
    )
    op.bulk_insert(
        currencies,
        [
            {"code": "EUR", "since": datetime.date(1999, 1, 1)},
            {"code": "CHF", "since": datetime.date(1850, 5, 7)},
        ],
    )
    op.add_column("orders", sa.Column("currency", sa.String(3), nullable=True))
    op.execute("UPDATE orders SET currency = 'EUR' WHERE currency IS NULL")


def downgrade():
    with op.batch_alter_table("orders", recreate="never") as batch:
        batch.drop_column("currency")
    op.drop_table("currencies")
