"""Loyalty points "for ever"

Revision ID: 009_loyalty
Revises: 8b1e3a5d7f60

"""

import sqlalchemy as sa
from alembic import op

revision = "009_loyalty"
down_revision = "8b1e3a5d7f60"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("points", sa.Column("id", sa.Integer, primary_key=True), sa.Column("what", sa.Text))
    op.execute("INSERT INTO points (id, what) VALUES (1, 'a \"quoted\" word; and # a \\ sign')")


def downgrade():
    raise NotImplementedError("points stay")
