//! The table with everything is altered in every way: its text changes in that place only, all
//! other texts stay the same, and all values are kept.

use migrate_core::prelude::*;

use super::fixture::{self, ALL, Variant};
use super::{database, migrate, setting, texts};
use crate::histories::Run;

struct Case {
    change: Run,
    /// The change of the table's text.
    text: &'static [(&'static str, &'static str)],
    /// The values of a row, which stay the same.
    kept: &'static str,
}

/// Makes the change in each variant of the table that contains the changed text.
fn check(case: &Case) {
    let mut variants = 0;
    for variant in Variant::ALL {
        let text = variant.text();
        if case.text.iter().all(|(from, _)| text.contains(from)) {
            check_variant(case, variant);
            variants += 1;
        }
    }
    assert!(variants > 0, "no variant has {:?}", case.text);
}

/// Makes a change that has this effect only on the unchanged variant of the table.
fn check_plain(case: &Case) {
    check_variant(case, Variant::Plain);
}

fn check_variant(case: &Case, variant: Variant) {
    for keys in ["ON", "OFF"] {
        let mut session = database();
        let session = session.as_mut();
        fixture::make_variant(session, variant);
        session
            .execute(&format!("PRAGMA foreign_keys = {keys}"))
            .unwrap();
        let before = (texts(session), fixture::values(session, case.kept));

        migrate(session, case.change).unwrap();

        let mut expected = before.0;
        let mut text = variant.text();
        for (from, to) in case.text {
            assert_eq!(text.matches(from).count(), 1, "{from}");
            text = text.replace(from, to);
        }
        expected.insert("table orders of orders".to_owned(), text);
        let after = texts(session);
        for (name, text) in &expected {
            assert_eq!(after.get(name), Some(text), "{name}");
        }
        let expected: Vec<&String> = expected.keys().collect();
        assert_eq!(after.keys().collect::<Vec<_>>(), expected);
        assert_eq!(fixture::values(session, case.kept), before.1);
        assert_eq!(
            setting(session, "foreign_keys"),
            if keys == "ON" { "1" } else { "0" }
        );
        assert_eq!(setting(session, "legacy_alter_table"), "0");
        let nothing: Vec<String> = session
            .texts("SELECT \"table\" AS text FROM pragma_foreign_key_check")
            .unwrap();
        assert_eq!(nothing, [""; 0]);
        // the objects that belong to it still work
        session
            .execute("UPDATE orders SET total = 11 WHERE id = 3")
            .unwrap();
        assert_eq!(super::rows(session, "log", "what, id"), [r#"["orders",3]"#]);
        let (column, number) = match variant.is_numbered() {
            true => ("", ""),
            false => ("id, ", "41, "),
        };
        session
            .execute(&format!(
                "INSERT INTO orders ({column}number, customer) VALUES ({number}'C', 1)"
            ))
            .unwrap();
        assert_eq!(super::rows(session, "orders WHERE id > 7", "id"), ["[41]"]);
    }
}

#[test]
fn type_of_a_column() {
    check(&Case {
        change: |op| op.alter_column("orders", alter("total").set_type(Double)),
        text: &[("DECIMAL(10, 2)", "DOUBLE")],
        kept: "id, number, customer, boss, 1.0 * total, note, twice, half, quote(loose), state",
    });
    check(&Case {
        change: |op| op.alter_column("orders", alter("loose").set_type(Binary)),
        text: &[("  loose,", "  loose BLOB,")],
        kept: ALL,
    });
}

#[test]
fn type_with_using() {
    check(&Case {
        change: |op| {
            op.alter_column(
                "orders",
                alter("number").set_type(VarChar(40)).using("number || ''"),
            )
        },
        text: &[("VARCHAR(20)", "VARCHAR(40)")],
        kept: ALL,
    });
}

#[test]
fn nullability() {
    check(&Case {
        change: |op| op.alter_column("orders", alter("total").drop_not_null()),
        text: &[(" NOT NULL DEFAULT (1 + 1)", " DEFAULT (1 + 1)")],
        kept: ALL,
    });
    check(&Case {
        change: |op| op.alter_column("orders", alter("number").drop_not_null()),
        text: &[(" NOT NULL ON CONFLICT ABORT", "")],
        kept: ALL,
    });
    check(&Case {
        change: |op| op.alter_column("orders", alter("loose").set_not_null().set_default("")),
        text: &[("  loose,", "  loose NOT NULL DEFAULT '',")],
        kept: ALL,
    });
}

#[test]
fn default() {
    check(&Case {
        change: |op| op.alter_column("orders", alter("total").set_default(3)),
        text: &[("DEFAULT (1 + 1)", "DEFAULT 3")],
        kept: ALL,
    });
    check(&Case {
        change: |op| op.alter_column("orders", alter("note").drop_default()),
        text: &[(" DEFAULT 'it''s, (fine'", "")],
        kept: ALL,
    });
    check(&Case {
        change: |op| {
            op.alter_column(
                "orders",
                alter("loose").set_default_sql("CURRENT_TIMESTAMP"),
            )
        },
        text: &[("  loose,", "  loose DEFAULT CURRENT_TIMESTAMP,")],
        kept: ALL,
    });
}

#[test]
fn collation() {
    check(&Case {
        change: |op| op.alter_column("orders", alter("number").set_collation("RTRIM")),
        text: &[("COLLATE NOCASE", "COLLATE `RTRIM`")],
        kept: ALL,
    });
    check(&Case {
        change: |op| op.alter_column("orders", alter("number").drop_collation()),
        text: &[(" COLLATE NOCASE", "")],
        kept: ALL,
    });
    check(&Case {
        change: |op| op.alter_column("orders", alter("note").set_collation("NOCASE")),
        text: &[("note TEXT DEFAULT", "note TEXT COLLATE `NOCASE` DEFAULT")],
        kept: ALL,
    });
}

#[test]
fn generation() {
    check(&Case {
        change: |op| op.alter_column("orders", alter("twice").drop_generated()),
        text: &[("REAL GENERATED ALWAYS AS (total * 2) STORED", "REAL")],
        kept: ALL,
    });
    check(&Case {
        change: |op| op.alter_column("orders", alter("half").set_generated_stored("total / 2.0")),
        text: &[(
            "AS (total / 2) VIRTUAL",
            "GENERATED ALWAYS AS (total / 2.0) STORED",
        )],
        kept: "id, number, customer, boss, total, note, twice, quote(loose), state",
    });
}

#[test]
fn several_aspects_and_columns_at_once() {
    check(&Case {
        change: |op| {
            op.alter_column(
                "orders",
                alter("loose")
                    .set_type(Text)
                    .set_not_null()
                    .set_default("x"),
            )?;
            op.alter_column("orders", alter("total").drop_default().drop_not_null())?;
            op.drop_constraint("orders", "ck_state")
        },
        text: &[
            ("  loose,", "  loose TEXT NOT NULL DEFAULT 'x',"),
            (" NOT NULL DEFAULT (1 + 1)", ""),
            (
                "\n  CONSTRAINT ck_state CHECK (state IN ('open', 'done', 'drop column note')),",
                "",
            ),
        ],
        kept: "id, number, customer, boss, total, note, twice, half, state",
    });
}

#[test]
fn constraints_are_added() {
    check(&Case {
        change: |op| op.add_constraint("orders", check_of_number()),
        text: &[(
            "ON UPDATE CASCADE\n)",
            "ON UPDATE CASCADE,\n  CONSTRAINT `ck_number` CHECK (number <> 'X')\n)",
        )],
        kept: ALL,
    });
    check(&Case {
        change: |op| op.add_constraint("orders", unique(["number"]).named("uq_number")),
        text: &[(
            "ON UPDATE CASCADE\n)",
            "ON UPDATE CASCADE,\n  CONSTRAINT `uq_number` UNIQUE (`number`)\n)",
        )],
        kept: ALL,
    });
    check(&Case {
        change: |op| {
            let key = foreign_key(["loose"])
                .references("customers", ["id"])
                .named("fk_loose");
            op.execute("UPDATE orders SET loose = NULL")?;
            op.add_constraint("orders", key)
        },
        text: &[(
            "ON UPDATE CASCADE\n)",
            "ON UPDATE CASCADE,\n  CONSTRAINT `fk_loose` FOREIGN KEY (`loose`) REFERENCES `customers` (`id`)\n)",
        )],
        kept: "id, number, customer, boss, total, note, twice, half, state",
    });
}

fn check_of_number() -> migrate_core::op::CheckBuilder {
    migrate_core::op::check("number <> 'X'").named("ck_number")
}

#[test]
fn constraints_are_dropped() {
    check(&Case {
        change: |op| op.drop_constraint("orders", "ck_state"),
        text: &[(
            "\n  CONSTRAINT ck_state CHECK (state IN ('open', 'done', 'drop column note')),",
            "",
        )],
        kept: ALL,
    });
    check(&Case {
        change: |op| op.drop_constraint("orders", unique(["customer", "number"])),
        text: &[(
            " UNIQUE (customer, number) ON CONFLICT ABORT, -- no comma before",
            "",
        )],
        kept: ALL,
    });
    check(&Case {
        change: |op| op.drop_constraint("orders", migrate_core::op::check("length( [number] )>0")),
        text: &[("\n  CHECK (length([number]) > 0)", "")],
        kept: ALL,
    });
    check(&Case {
        change: |op| {
            let key =
                foreign_key(["customer", "state"]).references("offers", ["customer", "state"]);
            op.drop_constraint("orders", key)
        },
        text: &[(
            ", -- no comma before\n  FOREIGN KEY (customer, state) REFERENCES offers (customer, state) ON UPDATE CASCADE",
            " -- no comma before",
        )],
        kept: ALL,
    });
    check(&Case {
        change: |op| op.drop_foreign_key("orders", "fk_customer"),
        text: &[(
            " CONSTRAINT fk_customer REFERENCES customers(id) ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED",
            "",
        )],
        kept: ALL,
    });
}

#[test]
fn a_constraint_is_renamed() {
    check(&Case {
        change: |op| op.rename_constraint("orders", "CK_STATE", "ck it's `new`"),
        text: &[("CONSTRAINT ck_state", "CONSTRAINT `ck it's ``new```")],
        kept: ALL,
    });
}

#[test]
fn columns_are_added_where_sqlite_itself_cannot() {
    check(&Case {
        change: |op| op.add_column("orders", column("slip", Text).nullable().unique()),
        text: &[(
            "DEFAULT 'open',\n",
            "DEFAULT 'open',\n  `slip` TEXT UNIQUE,\n",
        )],
        kept: ALL,
    });
    check_plain(&Case {
        change: |op| {
            op.add_column(
                "orders",
                column("at", Timestamp).default_sql("CURRENT_TIMESTAMP"),
            )?;
            op.add_column(
                "orders",
                column("more", Double).generated_stored("total + 1"),
            )
        },
        text: &[(
            "DEFAULT 'open',\n",
            "DEFAULT 'open',\n  `at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,\n  \
             `more` DOUBLE GENERATED ALWAYS AS (total + 1) STORED NOT NULL,\n",
        )],
        kept: ALL,
    });
    check(&Case {
        change: |op| {
            op.add_column(
                "orders",
                column("agent", Integer)
                    .default(1)
                    .references("customers", "id"),
            )
        },
        text: &[(
            "DEFAULT 'open',\n",
            "DEFAULT 'open',\n  `agent` INTEGER NOT NULL DEFAULT 1 REFERENCES `customers` (`id`),\n",
        )],
        kept: ALL,
    });
}

#[test]
fn a_column_is_dropped_with_its_own_constraints() {
    check(&Case {
        change: |op| {
            op.add_constraint("orders", migrate_core::op::check("code <> 'x'"))?;
            op.drop_column("orders", "code")
        },
        text: &[(
            "\n  code TEXT CONSTRAINT uq_code UNIQUE CHECK (code <> ''), -- goes alone",
            "",
        )],
        kept: ALL,
    });
}

#[test]
fn numbering_is_added_and_removed() {
    let mut session = database();
    let session = session.as_mut();
    fixture::make(session);
    let before = (texts(session), fixture::values(session, ALL));
    migrate(session, |op| {
        op.alter_column("orders", alter("id").drop_identity())
    })
    .unwrap();
    let text = Variant::Plain.text().replace(" AUTOINCREMENT", "");
    assert_eq!(texts(session)["table orders of orders"], text);
    assert_eq!(super::rows(session, "orders", ALL), before.1["orders"]);
    session
        .execute("DELETE FROM __diesel_schema_migrations")
        .unwrap();
    migrate(session, |op| {
        op.alter_column("orders", alter("id").set_identity())
    })
    .unwrap();
    assert_eq!(texts(session), before.0);
    assert_eq!(super::rows(session, "orders", ALL), before.1["orders"]);
}

/// What SQLite itself does in place also leaves the rest unchanged.
#[test]
fn a_column_is_added_in_place() {
    check(&Case {
        change: |op| op.add_column("orders", column("slip", Text).nullable()),
        text: &[("DEFAULT 'open',\n", "DEFAULT 'open', `slip` TEXT,\n")],
        kept: ALL,
    });
}
