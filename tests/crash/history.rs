//! The history that is run, killed and run again: thirty revisions of every kind of work. It must
//! not know about kills.
//!
//! Each change of data shows whether it ran twice or not at all: a number is computed from itself,
//! or a row is added to a table without a key.

use std::fmt::Write;

use diesel::prelude::*;
use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision, with_connection};

/// The body of a revision, in one direction.
type Run = fn(&mut Operations<'_>) -> Result<()>;

/// The number of accounts.
const ACCOUNTS: i64 = 40;

diesel::table! {
    accounts (id) { id -> Integer, balance -> Integer, bonus -> Integer, score -> Integer }
}

diesel::table! {
    entries (id) { id -> Integer, account -> Integer, amount -> Integer }
}

diesel::allow_tables_to_appear_in_same_query!(accounts, entries);

/// The history.
pub(crate) fn history() -> History {
    let revisions: Vec<&'static Revision> = WRITTEN
        .iter()
        .enumerate()
        .map(|(index, written)| &*Box::leak(Box::new(revision(index, written))))
        .collect();
    History::new(Box::leak(Box::new([&*revisions.leak()])))
}

/// The number of its revisions.
pub(crate) const REVISIONS: usize = WRITTEN.len();

/// The id of the revision with this index.
pub(crate) fn id(index: usize) -> String {
    format!("202601{:02}000000", index + 1)
}

fn revision(index: usize, written: &Written) -> Revision {
    let id = |index: usize| -> &'static str { id(index).leak() };
    let parents = match index {
        0 => Vec::new(),
        _ => vec![id(index - 1)],
    };
    let body = |run| Body::Operations(run);
    let revision = Revision::new(
        id(index),
        parents.leak(),
        written.message,
        "tests/crash/history.rs",
        1,
        body(written.up),
        match written.down {
            Some(down) => Downgrade::Function(body(down)),
            None => Downgrade::Reversible,
        },
    );
    match written.transaction {
        true => revision,
        false => revision.without_transaction(),
    }
}

/// One revision, as in the list below.
struct Written {
    message: &'static str,
    transaction: bool,
    up: Run,
    down: Option<Run>,
}

const fn reversible(message: &'static str, up: Run) -> Written {
    Written {
        message,
        transaction: true,
        up,
        down: None,
    }
}

const fn with_downgrade(message: &'static str, up: Run, down: Run) -> Written {
    Written {
        message,
        transaction: true,
        up,
        down: Some(down),
    }
}

const fn without_transaction(message: &'static str, up: Run, down: Run) -> Written {
    Written {
        message,
        transaction: false,
        up,
        down: Some(down),
    }
}

const WRITTEN: &[Written] = &[
    reversible("Create accounts", |op| {
        op.create_table(
            table("accounts")
                .column(column("id", Integer).primary_key())
                .column(column("name", VarChar(50)))
                .column(column("balance", Integer).default(100)),
        )
    }),
    reversible("Create a log without a key", |op| {
        op.create_table(table("log").column(column("line", VarChar(200))))
    }),
    with_downgrade(
        "Add accounts",
        |op| {
            let rows = (1..=ACCOUNTS).map(|id| (id, format!("Account {id}")));
            op.bulk_insert("accounts", ["id", "name"], rows)
        },
        |op| op.execute("DELETE FROM accounts"),
    ),
    with_downgrade(
        "Compute balances",
        |op| {
            op.execute("UPDATE accounts SET balance = balance * 2 + id")?;
            log(op, "balances computed")
        },
        |op| {
            op.execute("UPDATE accounts SET balance = (balance - id) / 2")?;
            unlog(op, "balances computed")
        },
    ),
    reversible("Add accounts.bonus and an index", |op| {
        op.add_column("accounts", column("bonus", Integer).default(0))?;
        op.create_index(index("ix_accounts_bonus").on("accounts", ["bonus"]))
    }),
    with_downgrade(
        "Compute bonuses in diesel's language",
        |op| {
            with_connection!(op, |connection| diesel::update(accounts::table)
                .set(accounts::bonus.eq(accounts::bonus + accounts::id + 7))
                .execute(connection))?;
            log(op, "bonuses computed")
        },
        |op| {
            with_connection!(op, |connection| diesel::update(accounts::table)
                .set(accounts::bonus.eq(accounts::bonus - accounts::id - 7))
                .execute(connection))?;
            unlog(op, "bonuses computed")
        },
    ),
    reversible("Create entries", |op| {
        op.create_table(
            table("entries")
                .column(column("id", Integer).primary_key())
                .column(column("account", Integer).references("accounts", "id"))
                .column(column("amount", Integer))
                .check("account > 0"),
        )?;
        op.create_index(index("ix_entries_amount").on("entries", ["amount", "account"]))
    }),
    with_downgrade(
        "Add entries, read and written in diesel's language",
        |op| {
            let owners: Vec<(i32, i32)> = read_connection!(op, |connection| accounts::table
                .select((accounts::id, accounts::balance))
                .order(accounts::id)
                .load(connection))?;
            for (id, balance) in owners {
                with_connection!(op, |connection| diesel::insert_into(entries::table)
                    .values((
                        entries::id.eq(id),
                        entries::account.eq(id),
                        entries::amount.eq(balance + 1),
                    ))
                    .execute(connection))?;
            }
            Ok(())
        },
        |op| {
            with_connection!(op, |connection| diesel::delete(entries::table)
                .execute(connection))?;
            Ok(())
        },
    ),
    without_transaction(
        "Index without locking writers",
        |op| {
            let made = index("ix_accounts_name").on("accounts", ["name"]);
            match op.backend() {
                BackendKind::Postgres => op.create_index(made.concurrently()),
                _ => op.create_index(made),
            }
        },
        |op| {
            let concurrently = op.backend() == BackendKind::Postgres;
            let gone = op.drop_index("ix_accounts_name");
            match concurrently {
                true => gone.concurrently().on("accounts"),
                false => gone.on("accounts"),
            }
        },
    ),
    without_transaction(
        "Data, statement by statement",
        |op| {
            log(op, "first of three")?;
            op.execute("UPDATE accounts SET balance = balance + 1000")?;
            log(op, "third of three")
        },
        |op| {
            unlog(op, "third of three")?;
            op.execute("UPDATE accounts SET balance = balance - 1000")?;
            unlog(op, "first of three")
        },
    ),
    with_downgrade(
        "A column between two changes of data",
        |op| {
            log(op, "before the column")?;
            op.add_column("accounts", column("score", Integer).default(1))?;
            op.execute("UPDATE accounts SET score = score + balance")?;
            log(op, "after the column")
        },
        |op| {
            unlog(op, "after the column")?;
            op.drop_column("accounts", "score")?;
            unlog(op, "before the column")
        },
    ),
    without_transaction(
        "Change accounts in batches",
        |op| {
            op.add_column("accounts", column("folded", VarChar(50)).nullable())?;
            op.batches("accounts", "id")
                .filter("folded IS NULL")
                .size(7)
                .run(|op, batch| {
                    op.execute(format!(
                        "UPDATE accounts SET score = score * 2, folded = lower(name) WHERE {batch}"
                    ))?;
                    log(op, "a batch")
                })
        },
        |op| {
            unlog(op, "a batch")?;
            op.execute("UPDATE accounts SET score = score / 2")?;
            op.drop_column("accounts", "folded")
        },
    ),
    without_transaction(
        "Let the database tidy up",
        |op| {
            log(op, "before tidying")?;
            op.execute(
                sql_for(BackendKind::Sqlite, "VACUUM")
                    .on(BackendKind::Postgres, "VACUUM accounts")
                    .on(BackendKind::Mysql, "ANALYZE TABLE accounts"),
            )?;
            log(op, "after tidying")
        },
        |op| {
            unlog(op, "after tidying")?;
            unlog(op, "before tidying")
        },
    ),
    reversible("Rename a column and a table", |op| {
        op.rename_column("entries", "amount", "cents")?;
        op.rename_table("entries", "postings")
    }),
    with_downgrade(
        "A column whose values come from another one",
        |op| {
            op.add_column("accounts", column("doubled", Integer).default(0))?;
            let scores: Vec<(i32, i32)> = read_connection!(op, |connection| accounts::table
                .select((accounts::id, accounts::score))
                .order(accounts::id)
                .load(connection))?;
            for (id, score) in scores.into_iter().step_by(5) {
                op.execute(format!(
                    "UPDATE accounts SET doubled = doubled + {} WHERE id = {id}",
                    score * 2
                ))?;
            }
            op.drop_index("ix_accounts_bonus").on("accounts")?;
            op.drop_column("accounts", "bonus")
        },
        |op| {
            op.add_column("accounts", column("bonus", Integer).default(0))?;
            // on MySQL and MariaDB, the change of the schema that follows commits it
            with_connection!(op, |connection| diesel::update(accounts::table)
                .set(accounts::bonus.eq(accounts::bonus + accounts::id + 7))
                .execute(connection))?;
            op.create_index(index("ix_accounts_bonus").on("accounts", ["bonus"]))?;
            op.drop_column("accounts", "doubled")
        },
    ),
    with_downgrade(
        "Five hundred rows at once",
        |op| {
            let rows = (1..=500_i64).map(|number| (format!("row {number}"),));
            op.bulk_insert("log", ["line"], rows)
        },
        |op| op.execute("DELETE FROM log WHERE line LIKE 'row %'"),
    ),
    reversible("Tables that refer to each other", |op| {
        op.create_table(
            table("owners")
                .column(column("id", Integer).primary_key())
                .column(column("name", VarChar(50)).unique()),
        )?;
        op.create_table(
            table("pets")
                .column(column("id", Integer).primary_key())
                .column(column("owner", Integer).references("owners", "id"))
                .unique(["owner", "id"]),
        )?;
        op.create_index(index("ix_pets_owner").on("pets", ["owner"]))
    }),
    with_downgrade(
        "Rows from a query",
        |op| {
            op.execute(
                "INSERT INTO owners (id, name) SELECT id, name FROM accounts WHERE id <= 9",
            )?;
            op.execute("INSERT INTO pets (id, owner) SELECT id * 10, id FROM owners")
        },
        |op| {
            op.execute("DELETE FROM pets")?;
            op.execute("DELETE FROM owners")
        },
    ),
    reversible("A view", |op| {
        op.create_view(view(
            "rich",
            "SELECT id, name FROM accounts WHERE balance > 1100",
        ))
    }),
    reversible("A unique constraint and a check", |op| {
        op.add_constraint("accounts", unique(["name", "id"]).named("uq_accounts_name"))?;
        op.add_constraint("pets", check("id > 0").named("ck_pets_id"))
    }),
    without_transaction(
        "Changes of the schema, one by one",
        |op| {
            op.create_table(
                table("tags")
                    .column(column("id", Integer).primary_key())
                    .column(column("word", VarChar(30))),
            )?;
            op.add_column("tags", column("weight", Integer).default(1))?;
            op.create_index(index("ix_tags_word").on("tags", ["word"]).unique())?;
            op.rename_column("tags", "word", "label")?;
            op.create_index(index("ix_tags_weight").on("tags", ["weight"]))?;
            op.drop_index("ix_tags_weight").on("tags")
        },
        |op| op.drop_table("tags"),
    ),
    with_downgrade(
        "A longer name, with a default",
        |op| {
            op.alter_column(
                "owners",
                alter("name").set_type(VarChar(120)).set_default("unknown"),
            )?;
            log(op, "longer names")
        },
        |op| {
            unlog(op, "longer names")?;
            op.alter_column("owners", alter("name").set_type(VarChar(50)).drop_default())
        },
    ),
    without_transaction(
        "Data between changes of the schema, each by itself",
        |op| {
            op.add_column("pets", column("age", Integer).default(3))?;
            op.execute("UPDATE pets SET age = age + id")?;
            op.create_index(index("ix_pets_age").on("pets", ["age"]))?;
            log(op, "pets have ages")
        },
        |op| {
            unlog(op, "pets have ages")?;
            op.drop_index("ix_pets_age").on("pets")?;
            op.drop_column("pets", "age")
        },
    ),
    with_downgrade(
        "A table goes, with its rows",
        |op| {
            op.create_table(
                table("kept")
                    .column(column("id", Integer).primary_key())
                    .column(column("cents", Integer)),
            )?;
            op.execute("INSERT INTO kept (id, cents) SELECT id, cents + 1 FROM postings")?;
            op.drop_table("postings")
        },
        |op| {
            // its constraints have the names that the table was created with
            op.create_table(
                table("entries")
                    .column(column("id", Integer).primary_key())
                    .column(column("account", Integer).references("accounts", "id"))
                    .column(column("cents", Integer))
                    .check("account > 0"),
            )?;
            op.create_index(index("ix_entries_amount").on("entries", ["cents", "account"]))?;
            op.rename_table("entries", "postings")?;
            op.execute(
                "INSERT INTO postings (id, account, cents) SELECT id, id, cents - 1 FROM kept",
            )?;
            op.drop_table("kept")
        },
    ),
    without_transaction(
        "A unique index without locking writers, after others",
        |op| {
            let concurrently = op.backend() == BackendKind::Postgres;
            for (name, columns) in [
                ("ix_kept_cents", vec!["cents"]),
                ("ux_kept_both", vec!["cents", "id"]),
            ] {
                let made = index(name).on("kept", columns);
                let made = if name.starts_with("ux") {
                    made.unique()
                } else {
                    made
                };
                op.create_index(if concurrently {
                    made.concurrently()
                } else {
                    made
                })?;
            }
            Ok(())
        },
        |op| {
            op.drop_index("ux_kept_both").on("kept")?;
            op.drop_index("ix_kept_cents").on("kept")
        },
    ),
    with_downgrade(
        "Sums in diesel's language after a change of the schema",
        |op| {
            op.create_table(
                table("sums")
                    .column(column("id", Integer).primary_key())
                    .column(column("total", Integer)),
            )?;
            let balances: Vec<i32> = read_connection!(op, |connection| accounts::table
                .select(accounts::balance)
                .load(connection))?;
            op.bulk_insert("sums", ["id", "total"], [(1, balances.iter().sum::<i32>())])?;
            with_connection!(op, |connection| diesel::update(
                accounts::table.filter(accounts::id.gt(20))
            )
            .set(accounts::score.eq(accounts::score + 1))
            .execute(connection))?;
            op.create_index(index("ix_sums_total").on("sums", ["total"]))?;
            op.execute("UPDATE sums SET total = total + 5")
        },
        |op| {
            let changed = with_connection!(op, |connection| diesel::update(
                accounts::table.filter(accounts::id.gt(20))
            )
            .set(accounts::score.eq(accounts::score - 1))
            .execute(connection))?;
            op.drop_table("sums")?;
            log(op, &format!("changed {changed} scores"))?;
            unlog(op, "changed 20 scores")
        },
    ),
    with_downgrade(
        "Changes of the schema as people write them, between others",
        |op| {
            op.rename_column("accounts", "doubled", "twice")?;
            op.execute("ALTER TABLE accounts ADD COLUMN by_hand INT DEFAULT 7")?;
            op.execute("CREATE INDEX ix_by_hand ON accounts (by_hand)")?;
            op.execute("UPDATE accounts SET by_hand = by_hand + id")?;
            op.execute("ALTER TABLE pets RENAME TO animals")?;
            op.execute("CREATE TABLE pets (id INT)")?;
            op.execute("DROP TABLE pets")?;
            op.execute("ALTER TABLE animals RENAME TO pets")?;
            op.rename_column("accounts", "twice", "double")
        },
        |op| {
            op.rename_column("accounts", "double", "doubled")?;
            op.execute(
                sql("DROP INDEX ix_by_hand")
                    .on(BackendKind::Mysql, "DROP INDEX ix_by_hand ON accounts"),
            )?;
            op.execute("ALTER TABLE accounts DROP COLUMN by_hand")
        },
    ),
    with_downgrade(
        "What is allowed to be missing",
        |op| {
            op.alter_column("accounts", alter("folded").set_not_null())?;
            op.alter_column("accounts", alter("double").drop_not_null())?;
            op.execute("UPDATE accounts SET score = score + 3")
        },
        |op| {
            op.execute("UPDATE accounts SET score = score - 3")?;
            op.alter_column("accounts", alter("double").set_not_null())?;
            op.alter_column("accounts", alter("folded").drop_not_null())
        },
    ),
    reversible("A table for each of several things", |op| {
        for name in ["red", "green", "blue"] {
            op.create_table(
                table(name)
                    .column(column("id", Integer).primary_key().autoincrement())
                    .column(column("shade", VarChar(20)).nullable()),
            )?;
            op.create_index(index(format!("ix_{name}")).on(name, ["shade"]))?;
        }
        Ok(())
    }),
    with_downgrade(
        "A last word",
        |op| {
            let mut text = String::from("INSERT INTO red (id, shade) VALUES (1, 'dark')");
            for id in 2..=20 {
                write!(text, ", ({id}, NULL)").map_err(RevisionError::from)?;
            }
            op.execute(text)?;
            op.execute("INSERT INTO log (line) SELECT CONCAT('accounts: ', COUNT(*)) FROM accounts")
        },
        |op| {
            op.execute("DELETE FROM log WHERE line LIKE 'accounts: %'")?;
            op.execute("DELETE FROM red")
        },
    ),
];

/// Adds a row that may equal another one.
fn log(op: &mut Operations<'_>, line: &str) -> Result<()> {
    op.execute(format!("INSERT INTO log (line) VALUES ('{line}')"))
}

fn unlog(op: &mut Operations<'_>, line: &str) -> Result<()> {
    op.execute(format!("DELETE FROM log WHERE line = '{line}'"))
}
