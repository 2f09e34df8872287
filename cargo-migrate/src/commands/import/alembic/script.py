"""Prints the revisions of an Alembic project, one JSON object a line.

Reads a request, a JSON object, from its only argument. Each revision's functions are called by
themselves in offline mode, so no database is asked and none is changed; but for a table that a
batch copies on SQLite, its ancestors run on a scratch database in memory, which shows the table.
What is printed elsewhere goes to stderr.

With `upgrade` in the request, Alembic upgrades the scratch database of the variable
CARGO_MIGRATE_FILLED to that revision, and the answer is how many rows are in which table.
"""

import io
import json
import os
import re
import sqlite3
import sys
import traceback

request = json.loads(sys.argv[1])
answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # what a revision prints is no answer
here = os.getcwd()
# the folder of the scripts may be called `alembic`, too
sys.path = [path for path in sys.path if path not in ("", here)]


def answer(**line):
    answers.write(json.dumps(line) + "\n")
    answers.flush()


def fail(kind, error):
    answer(failure=kind, error=error)
    sys.exit(0)


def words(error):
    text = str(error).strip()
    name = type(error).__name__
    return (name + ": " + text.splitlines()[0]) if text else name


def place(error, path):
    """The line of the revision's own file that led to the error."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if os.path.abspath(frame.filename) == os.path.abspath(path):
            return frame.lineno, (frame.line or "").strip()
    return None, None


try:
    import alembic
    from alembic import command  # noqa: F401, loads all that a revision may import
    from alembic.config import Config
    from alembic.operations import Operations
    from alembic.operations.batch import BatchOperationsImpl
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    import sqlalchemy
    from sqlalchemy.engine.mock import create_mock_engine
except ImportError as error:
    fail("alembic", words(error))


class NeedsDatabase(Exception):
    pass


class NeedsTables(Exception):
    """A batch copies a table, whose definition only a database shows."""


class NoResult:
    """Stands for the result of a statement: nothing is known of it."""

    def __getattr__(self, name):
        raise NeedsDatabase("the result of a statement is not known without a database")

    def __iter__(self):
        return self.rows

    def __bool__(self):
        return self.rows


READS = re.compile(r"\s*(--[^\n]*\n\s*)*\(*\s*(select|with|show|pragma|explain|values|table)\b", re.I)


def connection(context):
    """Stands for the connection that a revision asks for: it knows its dialect, and statements
    that only write become SQL."""

    def execute(statement, *values, **more):
        if isinstance(statement, str):
            statement = sqlalchemy.text(statement)
        reads = getattr(statement, "is_select", False) or READS.match(getattr(statement, "text", ""))
        if reads:
            raise NeedsDatabase("a query is not answered without a database")
        values = [value for value in values if value] + [value for value in more.values() if value]
        if values:
            if len(values) > 1 or not isinstance(values[0], dict):
                raise NeedsDatabase("values that are sent apart from their statement need a database")
            if hasattr(statement, "bindparams"):
                statement = statement.bindparams(**values[0])
            else:
                statement = statement.values(**values[0])
        context.impl._exec(statement)
        return NoResult()

    bind = create_mock_engine(context.dialect.name + "://", execute)
    bind._dialect = context.dialect
    return bind


def write(context, construct, rest, more):
    """As Alembic's own function in offline mode, which changes the tabs within values."""
    if any(rest[1:]) or more.get("multiparams") or more.get("params"):
        raise NeedsDatabase("values that are sent apart from their statement need a database")
    if isinstance(construct, str):
        construct = sqlalchemy.text(construct)
    changes_schema = isinstance(construct, sqlalchemy.schema.DDLElement)
    options = {} if changes_schema else dict(compile_kwargs={"literal_binds": True})
    text = str(construct.compile(dialect=context.dialect, **options))
    context.impl.static_output(text.replace("\t", "    ") if changes_schema else text)


class Reflecting:
    """Stands for the operations of a batch: it reads its table from a scratch database."""

    class migration_context:
        as_sql = False

    def __init__(self, operations, tables):
        self.operations, self.tables = operations, tables

    def get_bind(self):
        return self.tables

    def __getattr__(self, name):
        return getattr(self.operations, name)


def flush(batch, usual=BatchOperationsImpl.flush):
    context = batch.operations.migration_context
    if not context.as_sql or context.dialect.name != "sqlite" or not batch._should_recreate():
        return usual(batch)
    context.impl.output_buffer.copies = True
    if batch.copy_from is not None:
        return usual(batch)
    if tables is None:
        raise NeedsTables("a batch copies a table, which only a database shows")
    # what the function has done so far
    for statement in context.impl.output_buffer.unseen():
        try:
            tables.connection.executescript(statement)
        except sqlite3.Error as error:
            raise NeedsDatabase("its statements do not run on a scratch database: %s" % words(error))
    operations, batch.operations = batch.operations, Reflecting(batch.operations, tables)
    try:
        usual(batch)
    finally:
        batch.operations = operations


BatchOperationsImpl.flush = flush
tables = None  # a scratch database with the tables before the function that runs


class History:
    """The revisions so far, to run those before another one on a scratch database."""

    def __init__(self, scripts, environment, metadata):
        self.scripts, self.environment, self.metadata = scripts, environment, metadata
        self.known = {}  # in order: the script, the ids before it, its statements if known

    def add(self, script, statements):
        needs = [self.scripts.get_revision(name).revision for name in tuple_of(script.dependencies)]
        before = set(tuple_of(script.down_revision) + needs)
        for one in list(before):
            before |= self.known[one][1] if one in self.known else set()
        self.known[script.revision] = (script, before, statements)

    def scratch(self, ids):
        """A connection to a new database in memory, with these revisions applied."""
        raw = sqlite3.connect(":memory:")
        engine = sqlalchemy.create_engine(
            "sqlite://", creator=lambda: raw, poolclass=sqlalchemy.pool.StaticPool
        )
        connection = engine.connect()
        for script, _, statements in self.known.values():
            if script.revision not in ids:
                continue
            try:
                if statements is not None:
                    raw.executescript("\n".join(statements))
                else:
                    self.run(script.module.upgrade, connection)
            except Exception as error:
                what = "%s does not run on a scratch database: %s"
                raise NeedsDatabase(what % (os.path.relpath(script.path), words(error)))
        return connection

    def run(self, function, connection):
        context = MigrationContext.configure(
            connection, environment_context=self.environment, opts=dict(target_metadata=self.metadata)
        )
        self.environment._migration_context = context
        with Operations.context(context):
            function()
        if getattr(connection, "in_transaction", lambda: False)():
            getattr(connection, "commit", lambda: None)()


class Output(io.StringIO):
    """Collects what offline mode writes: a statement a call."""

    def __init__(self):
        super().__init__()
        self.statements = []
        self.seen = 0
        self.copies = False

    def unseen(self):
        """The statements since the last call."""
        new, self.seen = self.statements[self.seen :], len(self.statements)
        return new

    def write(self, text):
        text = text.strip().rstrip(";").rstrip()
        if text:
            last = text.rsplit("\n", 1)[-1]
            ends_in_comment = "--" in last or "#" in last
            self.statements.append(text + ("\n;" if ends_in_comment else ";"))
        return len(text)


def run(function, environment, metadata):
    """The statements of a function, and whether they run outside of a transaction."""
    output = Output()
    opts = dict(as_sql=True, output_buffer=output, target_metadata=metadata, literal_binds=True)
    context = MigrationContext.configure(
        dialect_name=request["dialect"],
        dialect_opts={"paramstyle": "named"},
        environment_context=environment,
        opts=opts,
    )
    environment._migration_context = context
    outside = []
    context.impl.emit_begin = lambda: None
    context.impl.emit_commit = lambda: outside.append(True)
    context.impl._exec = lambda construct, *rest, **more: write(context, construct, rest, more)
    context.connection = context.impl.connection = connection(context)
    with Operations.context(context):
        function()
    if output.copies:
        # rows of other tables refer to the table that is replaced
        output.statements.insert(0, "PRAGMA foreign_keys = OFF;")
    return output.statements, bool(outside)


def tuple_of(value):
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def configured():
    path, toml = request.get("ini"), request.get("toml")
    try:
        config = Config(path, toml_file=toml) if toml else Config(path)
    except TypeError:
        config = Config(path)
    if request.get("scripts"):
        config.set_main_option("script_location", request["scripts"].replace("%", "%%"))
    return config


DRIVERS = {
    "postgres": ["postgresql+psycopg2", "postgresql+psycopg", "postgresql+pg8000"],
    "mysql": ["mysql+mysqldb", "mysql+pymysql", "mysql+mysqlconnector", "mariadb+mariadbconnector"],
}
DRIVERS.update(postgresql=DRIVERS["postgres"], mariadb=DRIVERS["mysql"])


def scratch_engine():
    """The scratch database, by a driver that is there."""
    kind, rest = os.environ["CARGO_MIGRATE_FILLED"].split(":", 1)
    for name in DRIVERS.get(kind, [kind]):
        try:
            return sqlalchemy.create_engine(name + ":" + rest)
        except ImportError as error:
            lacking = error
    sys.exit("no driver for %s: %s" % (kind, lacking))


def upgrade(config, scripts, to, metadata):
    """Alembic's own upgrade, without `env.py`, which may know of another database only."""
    engine = scratch_engine()
    at = [None]

    def steps(heads, context):
        for step in scripts._upgrade_revs(to, heads):
            at[0] = step.revision
            yield step

    try:
        with engine.connect() as connection:
            with EnvironmentContext(config, scripts, fn=steps, destination_rev=to) as environment:
                environment.configure(connection=connection, target_metadata=metadata)
                with environment.begin_transaction():
                    environment.run_migrations()
            if getattr(connection, "in_transaction", lambda: False)():
                getattr(connection, "commit", lambda: None)()
    except (Exception, SystemExit) as error:
        script = at[0]
        sys.exit("%s: %s" % (os.path.relpath(script.path), words(error)) if script else words(error))
    rows = {}
    with engine.connect() as connection:
        for name in sqlalchemy.inspect(connection).get_table_names():
            table = sqlalchemy.table(name)
            count = sqlalchemy.select(sqlalchemy.func.count()).select_from(table)
            number = connection.execute(count).scalar()
            if number and name != "alembic_version":
                rows[name] = number
    answer(rows=rows)


def metadata_of(name):
    import importlib

    module, _, attribute = name.partition(":")
    value = importlib.import_module(module)
    for part in (attribute or "metadata").split("."):
        value = getattr(value, part)
    return value


def main():
    sys.path.append(here)
    config = configured()
    with EnvironmentContext(config, None, as_sql=True) as environment:
        try:
            scripts = ScriptDirectory.from_config(config)
            environment.script = scripts
            revisions = list(scripts.walk_revisions())
        except KeyError as error:
            fail("history", "a revision continues or needs %s, which is not there" % error)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            versions = os.sep + "versions" + os.sep
            files = [frame.filename for frame in frames if versions in frame.filename]
            text = words(error)
            fail("history", "`%s`: %s" % (os.path.relpath(files[-1]), text) if files else text)
        metadata = None
        if request.get("metadata"):
            try:
                metadata = metadata_of(request["metadata"])
            except Exception as error:
                fail("metadata", words(error))
        if not request.get("upgrade"):
            answer(alembic=alembic.__version__, sqlalchemy=sqlalchemy.__version__)
            history = History(scripts, environment, metadata)
            for script in reversed(revisions):
                one(script, history)
    if request.get("upgrade"):
        upgrade(config, scripts, request["upgrade"], metadata)


def run_with_tables(function, history, before):
    """Runs a function, again with a scratch database if it needs one."""
    global tables
    try:
        return run(function, history.environment, history.metadata)
    except NeedsTables:
        tables = history.scratch(before)
    try:
        return run(function, history.environment, history.metadata)
    finally:
        tables.close()
        tables = None


def one(script, history):
    line = dict(
        id=script.revision,
        down_revision=tuple_of(script.down_revision),
        depends_on=tuple_of(script.dependencies),
        branch_labels=sorted(script._orig_branch_labels),
        doc=script.doc or "",
        file=os.path.relpath(script.path),
    )
    history.add(script, None)
    before = history.known[script.revision][1]
    for way, name in (("up", "upgrade"), ("down", "downgrade")):
        function = getattr(script.module, name, None)
        try:
            if function is None:
                raise NotImplementedError("there is no function `%s`" % name)
            statements, outside = run_with_tables(function, history, before)
            line[way + "_sql"], line[way + "_outside"] = statements, outside
            if way == "up":
                history.add(script, statements)
        except (Exception, SystemExit) as error:
            at, text = place(error, script.path)
            line[way + "_error"] = dict(error=words(error), line=at, text=text)
        before = before | {script.revision}
    answer(**line)


main()
