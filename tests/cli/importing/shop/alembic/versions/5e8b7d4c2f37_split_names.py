"""Split the names of customers

Revision ID: 5e8b7d4c2f37
Revises: 2b7e4c1d9a05

"""

import sqlalchemy as sa
from alembic import op

revision = "5e8b7d4c2f37"
down_revision = "2b7e4c1d9a05"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("customers", sa.Column("family_name", sa.String(100)))
    customers = sa.table("customers", sa.column("id"), sa.column("name"), sa.column("family_name"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(customers.c.id, customers.c.name)):
        family_name = row.name.rsplit(" ", 1)[-1]
        connection.execute(
            customers.update().where(customers.c.id == row.id).values(family_name=family_name)
        )


def downgrade():
    op.drop_column("customers", "family_name")
