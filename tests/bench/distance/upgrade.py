"""`alembic upgrade head` in a folder, on the database of a URL."""

import sys

import alembic.command
import alembic.config

folder, url = sys.argv[1:]
config = alembic.config.Config()
config.set_main_option("script_location", folder)
config.set_main_option("sqlalchemy.url", url)
alembic.command.upgrade(config, "head")
