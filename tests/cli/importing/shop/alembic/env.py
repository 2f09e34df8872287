from alembic import context
from sqlalchemy import create_engine

import shop

url = context.get_x_argument(as_dictionary=True).get("url")
url = url or context.config.get_main_option("sqlalchemy.url")

with create_engine(url).connect() as connection:
    context.configure(connection=connection, target_metadata=shop.metadata)
    with context.begin_transaction():
        context.run_migrations()
