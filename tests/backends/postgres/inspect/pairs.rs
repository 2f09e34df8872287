//! Pairs of schemas: whether they are equal, the schemas that are read if not the current one, and
//! the statements of both.

/// Name, whether they are equal, schemas, before, after.
type Pair = (
    &'static str,
    bool,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

pub(super) const ALL: &[Pair] = &[
    (
        "all-add-column-not-null-default",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer, state varchar(10) NOT NULL DEFAULT 'new')",
        ],
    ),
    (
        "all-add-column-not-null-no-default",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer, grade integer NOT NULL)",
        ],
    ),
    (
        "all-drop-column",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
        &["CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL)"],
    ),
    (
        "all-shorter-varchar",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, age integer)",
        ],
    ),
    (
        "all-drop-default",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer DEFAULT 18)",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
    ),
    (
        "all-integer-to-bigint",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age bigint)",
        ],
    ),
    (
        "all-add-unique",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer, CONSTRAINT uq_users_name UNIQUE (name))",
        ],
    ),
    (
        "all-unique-over-more-columns",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer, CONSTRAINT uq_users_name UNIQUE (name))",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer, CONSTRAINT uq_users_name UNIQUE (name, age))",
        ],
    ),
    (
        "all-drop-index",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
            "CREATE INDEX ix_users_name ON users (name)",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
    ),
    (
        "all-index-other-name",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
            "CREATE INDEX ix_users_name ON users (name)",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
            "CREATE INDEX users_name_idx ON users (name)",
        ],
    ),
    (
        "all-drop-check",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer, CONSTRAINT ck_users_age CHECK (age > 0))",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
    ),
    (
        "all-change-check",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer, CONSTRAINT ck_users_age CHECK (age > 0))",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer, CONSTRAINT ck_users_age CHECK (age > 17))",
        ],
    ),
    (
        "all-primary-key-grows",
        false,
        &[],
        &[
            "CREATE TABLE grants (user_id integer NOT NULL, area integer NOT NULL, level integer NOT NULL, PRIMARY KEY (user_id, area))",
        ],
        &[
            "CREATE TABLE grants (user_id integer NOT NULL, area integer NOT NULL, level integer NOT NULL, PRIMARY KEY (user_id, area, level))",
        ],
    ),
    (
        "all-view-stays-while-table-grows",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
            "CREATE VIEW adults AS SELECT id, name FROM users WHERE age > 17",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer, phone varchar(20))",
            "CREATE VIEW adults AS SELECT id, name FROM users WHERE age > 17",
        ],
    ),
    (
        "all-new-column-is-key-to-new-table",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
        &[
            "CREATE TABLE teams (id integer NOT NULL PRIMARY KEY)",
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer, team_id integer, CONSTRAINT fk_users_team FOREIGN KEY (team_id) REFERENCES teams (id))",
            "CREATE INDEX ix_users_team ON users (team_id)",
        ],
    ),
    (
        "all-rename-column-with-foreign-key",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
            "CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, user_id integer NOT NULL, title varchar(120) NOT NULL, CONSTRAINT fk_posts_user FOREIGN KEY (user_id) REFERENCES users (id))",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
            "CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, author_id integer NOT NULL, title varchar(120) NOT NULL, CONSTRAINT fk_posts_user FOREIGN KEY (author_id) REFERENCES users (id))",
        ],
    ),
    (
        "all-rename-two-columns",
        false,
        &[],
        &["CREATE TABLE spans (id integer NOT NULL PRIMARY KEY, start_at integer, end_at integer)"],
        &[
            "CREATE TABLE spans (id integer NOT NULL PRIMARY KEY, started_at integer, ended_at integer)",
        ],
    ),
    (
        "all-rename-column-and-make-longer",
        false,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, full_name varchar(120) NOT NULL, age integer)",
        ],
    ),
    (
        "all-case-of-keywords",
        true,
        &[],
        &["CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, n INTEGER DEFAULT 1)"],
        &["create table a (id integer not null primary key, n integer default 1)"],
    ),
    (
        "all-int-and-integer",
        true,
        &[],
        &["CREATE TABLE a (id integer NOT NULL PRIMARY KEY, n int)"],
        &["CREATE TABLE a (id integer NOT NULL PRIMARY KEY, n integer)"],
    ),
    (
        "all-check-with-spaces",
        true,
        &[],
        &[
            "CREATE TABLE a (id integer NOT NULL PRIMARY KEY, n integer, CONSTRAINT ck CHECK (n>0 AND n<10))",
        ],
        &[
            "CREATE TABLE a (id integer NOT NULL PRIMARY KEY, n integer, CONSTRAINT ck CHECK (n > 0 and n < 10))",
        ],
    ),
    (
        "all-foreign-key-no-action-said",
        true,
        &[],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
            "CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, user_id integer NOT NULL, title varchar(120) NOT NULL, CONSTRAINT fk_posts_user FOREIGN KEY (user_id) REFERENCES users (id))",
        ],
        &[
            "CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age integer)",
            "CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, user_id integer NOT NULL, title varchar(120) NOT NULL, CONSTRAINT fk_posts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE NO ACTION ON UPDATE NO ACTION)",
        ],
    ),
    (
        "pg-enum-of-dropped-table",
        false,
        &[],
        &[
            "CREATE TYPE mood AS ENUM ('sad', 'ok')",
            "CREATE TABLE person (id integer PRIMARY KEY, mood mood NOT NULL DEFAULT 'ok')",
            "CREATE TABLE keep (id integer PRIMARY KEY)",
        ],
        &["CREATE TABLE keep (id integer PRIMARY KEY)"],
    ),
    (
        "pg-text-to-enum-under-partial-index",
        false,
        &[],
        &[
            "CREATE TYPE mood AS ENUM ('sad', 'ok')",
            "CREATE TABLE person (id integer PRIMARY KEY, mood text NOT NULL)",
            "CREATE UNIQUE INDEX ix_one ON person (id) WHERE mood = 'ok'",
        ],
        &[
            "CREATE TYPE mood AS ENUM ('sad', 'ok')",
            "CREATE TABLE person (id integer PRIMARY KEY, mood mood NOT NULL)",
            "CREATE UNIQUE INDEX ix_one ON person (id) WHERE mood = 'ok'",
        ],
    ),
    (
        "pg-array-added",
        false,
        &[],
        &["CREATE TABLE t (id integer PRIMARY KEY)"],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, tags text[] NOT NULL DEFAULT '{}', grid integer[][])",
        ],
    ),
    (
        "pg-partial-index-added-condition",
        false,
        &[],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, email text, gone boolean)",
            "CREATE UNIQUE INDEX ix ON t (email)",
        ],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, email text, gone boolean)",
            "CREATE UNIQUE INDEX ix ON t (email) WHERE NOT gone",
        ],
    ),
    (
        "pg-table-comment",
        false,
        &[],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY)",
            "COMMENT ON TABLE t IS 'old'",
        ],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY)",
            "COMMENT ON TABLE t IS 'it''s new'",
        ],
    ),
    (
        "pg-table-comment-gone",
        false,
        &[],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY)",
            "COMMENT ON TABLE t IS 'old'",
        ],
        &["CREATE TABLE t (id integer PRIMARY KEY)"],
    ),
    (
        "pg-same-name-in-two-schemas",
        false,
        &["public", "audit"],
        &[
            "CREATE SCHEMA audit",
            "CREATE TABLE t (id integer PRIMARY KEY, a text)",
            "CREATE TABLE audit.t (id integer PRIMARY KEY, a text)",
            "CREATE INDEX ix ON t (a)",
            "CREATE INDEX ix ON audit.t (a)",
        ],
        &[
            "CREATE SCHEMA audit",
            "CREATE TABLE t (id integer PRIMARY KEY, a text)",
            "CREATE TABLE audit.t (id integer PRIMARY KEY, a text)",
            "CREATE INDEX ix ON t (a)",
        ],
    ),
    (
        "pg-function-and-trigger",
        false,
        &[],
        &["CREATE TABLE t (id integer PRIMARY KEY, at timestamptz)"],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, at timestamptz)",
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$",
            "CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()",
        ],
    ),
    (
        "pg-column-of-partitioned-table",
        false,
        &[],
        &[
            "CREATE TABLE m (at date NOT NULL, n integer) PARTITION BY RANGE (at)",
            "CREATE TABLE m_2025 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        ],
        &[
            "CREATE TABLE m (at date NOT NULL, n integer, note text) PARTITION BY RANGE (at)",
            "CREATE TABLE m_2025 PARTITION OF m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        ],
    ),
    (
        "pg-keys-in-a-circle-made",
        false,
        &[],
        &["CREATE TABLE x (id integer PRIMARY KEY)"],
        &[
            "CREATE TABLE x (id integer PRIMARY KEY)",
            "CREATE TABLE a (id integer PRIMARY KEY, b_id integer)",
            "CREATE TABLE b (id integer PRIMARY KEY, a_id integer CONSTRAINT fk_b_a REFERENCES a)",
            "ALTER TABLE a ADD CONSTRAINT fk_a_b FOREIGN KEY (b_id) REFERENCES b",
        ],
    ),
    (
        "pg-equal-times",
        true,
        &[],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, a timestamp, b timestamptz, c timestamp(3), d timestamptz(3), e time, f timetz)",
        ],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, a timestamp without time zone, b timestamp with time zone, c timestamp (3) without time zone, d timestamp (3) with time zone, e time without time zone, f time with time zone)",
        ],
    ),
    (
        "pg-equal-check-between",
        true,
        &[],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, n integer CONSTRAINT ck CHECK (n BETWEEN 1 AND 5))",
        ],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, n integer CONSTRAINT ck CHECK (n >= 1 AND n <= 5))",
        ],
    ),
    (
        "pg-equal-default-qualified-function",
        true,
        &[],
        &[
            "CREATE FUNCTION code() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$",
            "CREATE TABLE t (id integer PRIMARY KEY, a text DEFAULT code())",
        ],
        &[
            "CREATE FUNCTION code() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$",
            "CREATE TABLE t (id integer PRIMARY KEY, a text DEFAULT public.code())",
        ],
    ),
    (
        "pg-equal-index-jsonb-expression",
        true,
        &[],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, d jsonb)",
            "CREATE INDEX ix ON t ((d->>'user_id'))",
        ],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, d jsonb)",
            "CREATE INDEX ix ON t (((d ->> 'user_id'::text)))",
        ],
    ),
    (
        "pg-equal-index-tsvector",
        true,
        &[],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, title text)",
            "CREATE INDEX ix ON t USING gin (to_tsvector('english', coalesce(title, '')))",
        ],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY, title text)",
            "CREATE INDEX ix ON t USING gin (to_tsvector('english'::regconfig, COALESCE(title, ''::text)))",
        ],
    ),
    (
        "pg-equal-added-later",
        true,
        &[],
        &["CREATE TABLE t (id integer PRIMARY KEY, a text NOT NULL DEFAULT 'x')"],
        &[
            "CREATE TABLE t (id integer PRIMARY KEY)",
            "ALTER TABLE t ADD COLUMN a text",
            "ALTER TABLE t ALTER COLUMN a SET DEFAULT 'x', ALTER COLUMN a SET NOT NULL",
        ],
    ),
    (
        "pg-equal-not-null-of-the-key",
        true,
        &[],
        &["CREATE TABLE t (id integer PRIMARY KEY)"],
        &["CREATE TABLE t (id integer NOT NULL PRIMARY KEY)"],
    ),
];
