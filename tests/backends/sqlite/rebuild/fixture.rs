//! A table with everything that a SQLite table can have, and all kinds of objects that can belong
//! to it.

use std::collections::BTreeMap;

use migrate_core::engine::backend::Session;

/// The table, with names in every kind of quotes and comments in every place.
pub(super) const ORDERS: &str = r#"CREATE TABLE "orders" ( -- what was ordered, (or not
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the row's own number
  [number] VARCHAR(20) COLLATE NOCASE NOT NULL ON CONFLICT ABORT, /* as printed, on the slip */
  customer INTEGER NOT NULL CONSTRAINT fk_customer REFERENCES customers(id) ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,
  `boss` INTEGER REFERENCES orders (id) ON DELETE SET NULL,
  total DECIMAL(10, 2) NOT NULL DEFAULT (1 + 1) CHECK (total >= 0), -- euro, not 'cents'
  note TEXT DEFAULT 'it''s, (fine' UNIQUE ON CONFLICT IGNORE,
  twice REAL GENERATED ALWAYS AS (total * 2) STORED,
  half REAL AS (total / 2) VIRTUAL,
  loose,
  code TEXT CONSTRAINT uq_code UNIQUE CHECK (code <> ''), -- goes alone
  state text NOT NULL ON CONFLICT REPLACE DEFAULT 'open',
  CONSTRAINT ck_state CHECK (state IN ('open', 'done', 'drop column note')),
  CHECK (length([number]) > 0) UNIQUE (customer, number) ON CONFLICT ABORT, -- no comma before
  FOREIGN KEY (customer, state) REFERENCES offers (customer, state) ON UPDATE CASCADE
)"#;

/// A variant of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    /// As above.
    Plain,
    /// STRICT.
    Strict,
    /// WITHOUT ROWID.
    WithoutRowid,
    /// Both.
    StrictWithoutRowid,
}

impl Variant {
    pub(super) const ALL: [Variant; 4] = [
        Variant::Plain,
        Variant::Strict,
        Variant::WithoutRowid,
        Variant::StrictWithoutRowid,
    ];

    /// Whether SQLite numbers its rows.
    pub(super) fn is_numbered(self) -> bool {
        matches!(self, Variant::Plain | Variant::Strict)
    }

    /// The table's text.
    pub(super) fn text(self) -> String {
        let mut text = ORDERS.to_owned();
        if matches!(self, Variant::Strict | Variant::StrictWithoutRowid) {
            for (loose, strict) in [
                ("VARCHAR(20)", "TEXT"),
                ("DECIMAL(10, 2)", "REAL"),
                ("  loose,", "  loose ANY,"),
            ] {
                text = text.replace(loose, strict);
            }
        }
        if !self.is_numbered() {
            text = text.replace(" AUTOINCREMENT", "");
        }
        match self {
            Variant::Plain => text,
            Variant::Strict => text + " STRICT",
            Variant::WithoutRowid => text + " WITHOUT ROWID",
            Variant::StrictWithoutRowid => text + " WITHOUT ROWID, STRICT -- both",
        }
    }
}

const OTHERS: &[&str] = &[
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT)",
    "CREATE TABLE offers (customer INTEGER, state TEXT, UNIQUE (customer, state))",
    // they reference it, with and without naming the column
    "CREATE TABLE lines (id INTEGER PRIMARY KEY, \"order\" INTEGER NOT NULL REFERENCES orders ON DELETE CASCADE, text TEXT)",
    "CREATE TABLE notes (about INTEGER REFERENCES \"orders\"(id) ON DELETE SET NULL, slip TEXT REFERENCES orders (note) ON UPDATE CASCADE)",
    "CREATE INDEX ix_plain ON orders (customer)",
    "CREATE UNIQUE INDEX \"ix desc\" ON orders (number COLLATE BINARY DESC, customer ASC)",
    "CREATE INDEX ix_partial ON orders (total) WHERE state = 'open' -- only those",
    "CREATE INDEX ix_expression ON orders (lower(number), (total + 1) DESC)",
    "CREATE TRIGGER tr_after AFTER UPDATE OF total ON orders WHEN new.total > 10 BEGIN\n  INSERT INTO log VALUES ('orders', new.id); -- inside\nEND",
    "CREATE TRIGGER [tr before] BEFORE DELETE ON \"orders\" BEGIN INSERT INTO log VALUES ('deleted', old.id); END",
    "CREATE TRIGGER tr_elsewhere AFTER INSERT ON customers BEGIN UPDATE orders SET loose = new.id WHERE customer = new.id; END",
    "CREATE VIEW open_orders AS SELECT o.id, o.number, c.name FROM orders o JOIN customers c ON c.id = o.customer WHERE o.state = 'open'",
    "CREATE VIEW \"of a view\" (n) AS SELECT count(*) FROM open_orders",
    "CREATE TRIGGER tr_view INSTEAD OF INSERT ON open_orders BEGIN INSERT INTO log VALUES ('view', new.id); END",
];

const ROWS: &[&str] = &[
    "INSERT INTO customers VALUES (1, 'Ada'), (2, 'Grace')",
    "INSERT INTO offers VALUES (1, 'open'), (2, 'open'), (2, 'done')",
    "INSERT INTO orders (id, number, customer, boss, total, note, loose, state) VALUES \
     (3, 'A-1', 1, NULL, 5.5, 'first', x'00FF', 'open'), (7, 'A-2', 2, 3, 20, NULL, 'text', 'done'), \
     (40, 'B-1', 2, 7, 0, 'third', 9007199254740993, 'open')",
    "DELETE FROM orders WHERE id = 40",
    "INSERT INTO lines VALUES (1, 3, 'one'), (2, 3, 'two'), (3, 7, 'three')",
    "INSERT INTO notes VALUES (3, 'first'), (NULL, NULL), (7, NULL)",
    "DELETE FROM log",
];

/// All of it, with rows.
pub(super) fn make(session: &mut dyn Session) {
    make_variant(session, Variant::Plain);
}

/// All of it, around a variant of the table.
pub(super) fn make_variant(session: &mut dyn Session, variant: Variant) {
    session
        .execute("CREATE TABLE log (what TEXT, id INTEGER)")
        .unwrap();
    // so that generated numbers exist, whatever the variant
    session
        .execute("CREATE TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        .unwrap();
    let orders = variant.text();
    for statement in OTHERS[..2]
        .iter()
        .chain(&[orders.as_str()])
        .chain(&OTHERS[2..])
        .chain(ROWS)
    {
        session
            .execute(statement)
            .unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}

/// Every value of every table, by table, and the last generated numbers.
pub(super) fn values(
    session: &mut dyn Session,
    orders: &str,
) -> BTreeMap<&'static str, Vec<String>> {
    let tables = [
        ("orders", orders),
        ("lines", "id, \"order\", text"),
        ("notes", "rowid, about, slip"),
        ("customers", "id, name"),
        ("offers", "rowid, customer, state"),
        ("log", "what, id"),
        ("sqlite_sequence", "name, seq"),
        ("open_orders", "id, number, name"),
    ];
    tables
        .into_iter()
        .map(|(table, columns)| (table, super::rows(session, table, columns)))
        .collect()
}

/// The values of a row of `orders` that no case changes.
pub(super) const ALL: &str =
    "id, number, customer, boss, total, note, twice, half, quote(loose), state";
