"""Prints the revisions of an Alembic project, one JSON object a line.

Reads a request, a JSON object, from its only argument. Each revision's functions are called by
themselves in offline mode, so no database is asked and none is changed. What is printed elsewhere
goes to stderr.
"""

import io
import json
import os
import re
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
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    import sqlalchemy
    from sqlalchemy.engine.mock import create_mock_engine
except ImportError as error:
    fail("alembic", words(error))


class NeedsDatabase(Exception):
    pass


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


class Output(io.StringIO):
    """Collects what offline mode writes: a statement a call."""

    def __init__(self):
        super().__init__()
        self.statements = []

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
        answer(alembic=alembic.__version__, sqlalchemy=sqlalchemy.__version__)
        for script in reversed(revisions):
            one(script, environment, metadata)


def one(script, environment, metadata):
    line = dict(
        id=script.revision,
        down_revision=tuple_of(script.down_revision),
        depends_on=tuple_of(script.dependencies),
        branch_labels=sorted(script._orig_branch_labels),
        doc=script.doc or "",
        file=os.path.relpath(script.path),
    )
    for way, name in (("up", "upgrade"), ("down", "downgrade")):
        function = getattr(script.module, name, None)
        try:
            if function is None:
                raise NotImplementedError("there is no function `%s`" % name)
            line[way + "_sql"], line[way + "_outside"] = run(function, environment, metadata)
        except (Exception, SystemExit) as error:
            at, text = place(error, script.path)
            line[way + "_error"] = dict(error=words(error), line=at, text=text)
    answer(**line)


main()
