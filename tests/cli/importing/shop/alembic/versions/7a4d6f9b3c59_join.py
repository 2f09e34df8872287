"""Join billing and logistics

Revision ID: 7a4d6f9b3c59
Revises: 4d9a1b3c7e26, 6f2c5e8a1b48

"""

revision = "7a4d6f9b3c59"
down_revision = ("4d9a1b3c7e26", "6f2c5e8a1b48")
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
