"""How long Alembic takes to compare a database with the schema that is in it: the fastest of some
rounds, in seconds. Each round reads the catalogue anew, as `alembic check` does."""

import sys
import time

import alembic.autogenerate
import alembic.migration
import sqlalchemy

url, rounds = sys.argv[1], int(sys.argv[2])
engine = sqlalchemy.create_engine(url)
with engine.connect() as connection:
    declared = sqlalchemy.MetaData()
    declared.reflect(connection)
    options = {"compare_type": True, "compare_server_default": True}
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        context = alembic.migration.MigrationContext.configure(connection, opts=options)
        found = alembic.autogenerate.compare_metadata(context, declared)
        times.append(time.perf_counter() - begin)
print(min(times), len(declared.tables), len(found))
