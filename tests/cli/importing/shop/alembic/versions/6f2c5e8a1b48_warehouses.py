"""Warehouses

Revision ID: 6f2c5e8a1b48
Revises: 5e8b7d4c2f37

"""

import sqlalchemy as sa
from alembic import op

revision = "6f2c5e8a1b48"
down_revision = "5e8b7d4c2f37"
branch_labels = "logistics"
depends_on = None


def upgrade():
    op.create_table(
        "warehouses",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("city", sa.String(80), nullable=False),
    )
    op.get_bind().execute(
        sa.text("INSERT INTO warehouses (id, city) VALUES (1, :city)"), {"city": "Bern"}
    )
    with op.batch_alter_table("customers") as batch:
        batch.alter_column("name", existing_type=sa.String(100), type_=sa.String(200))


def downgrade():
    with op.batch_alter_table("customers") as batch:
        batch.alter_column("name", existing_type=sa.String(200), type_=sa.String(100))
    op.drop_table("warehouses")
