//! Small histories, written by hand so that the tests need no macro.

use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};

/// A plain line of three.
pub(crate) static CHAIN: History = History::new(&[&[&USERS, &PHONE, &ORDERS]]);

/// The same line, whose second revision was edited.
pub(crate) static EDITED: History = History::new(&[&[&USERS, &PHONE_EDITED, &ORDERS]]);

/// The same line, whose second revision now adds and drops another column.
pub(crate) static EDITED_DOWNGRADE: History = History::new(&[&[&USERS, &PHONE_RENAMED, &ORDERS]]);

/// The beginning of the line: what a database that was migrated by `CHAIN` looks like from an older
/// checkout.
pub(crate) static SHORT: History = History::new(&[&[&USERS, &PHONE]]);

/// A line whose third revision fails half way, and a fourth that is never reached.
pub(crate) static FAILING: History = History::new(&[&[&USERS, &PHONE, &HALF, &NEVER]]);

/// A line whose second revision cannot be undone.
pub(crate) static ONE_WAY: History = History::new(&[&[&USERS, &FINAL]]);

/// Two branches, merged; a third with a label that stays open, and depends on the merge.
pub(crate) static FORKED: History = History::new(&[&[&USERS, &PHONE, &MAIL, &BOTH, &BILLING]]);

/// Nothing at all.
pub(crate) static EMPTY: History = History::new(&[]);

/// Two revisions that follow the same one, with neither merge nor label.
pub(crate) static TWO_HEADS: History = History::new(&[&[&USERS, &PHONE, &MAIL]]);

/// A line in which a revision was inserted below one that `CHAIN` has applied.
pub(crate) static INSERTED: History = History::new(&[&[&USERS, &PHONE, &BETWEEN, &ORDERS_LATER]]);

/// No history: a parent that is not there, and one id twice. No macro lets this be compiled.
pub(crate) static UNSOUND: History = History::new(&[&[&PHONE, &MAIL, &MAIL]]);

/// A message that a terminal would obey, and a password in SQL that is shown cut.
pub(crate) static HOSTILE: History = History::new(&[&[&HOSTILE_USERS]]);

const HOSTILE_USERS: Revision = revision(
    "20261101090000",
    &[],
    "Add \u{1b}]0;owned\u{7}\u{202e}users.",
    "migrations/20261101090000_hostile.rs",
    6,
    body(|op| {
        op.execute(
            "UPDATE nowhere SET name = 'someone with a name', password='a long value that is cut' WHERE id = 1",
        )
    }),
    Downgrade::Irreversible,
);

const USERS: Revision = revision(
    "20261101090000",
    &[],
    "Create users.\n\nThe first table: everything else refers to it.",
    "migrations/20261101090000_create_users.rs",
    6,
    body(|op| {
        op.create_table(
            table("users")
                .column(column("id", Integer).primary_key())
                .column(column("name", Text)),
        )
    }),
    Downgrade::Function(body(|op| op.drop_table("users"))),
);

const PHONE: Revision = revision(
    "20261108120000",
    &["20261101090000"],
    "Add a phone number to users.",
    "migrations/20261108120000_add_phone.rs",
    4,
    body(|op| op.add_column("users", column("phone", VarChar(20)).nullable())),
    Downgrade::Function(body(|op| op.drop_column("users", "phone"))),
)
.with_checksum(0x1234);

const PHONE_EDITED: Revision = PHONE.with_checksum(0x5678);

const PHONE_RENAMED: Revision = revision(
    "20261108120000",
    &["20261101090000"],
    "Add a phone number to users.",
    "migrations/20261108120000_add_phone.rs",
    4,
    body(|op| op.add_column("users", column("mobile", VarChar(20)).nullable())),
    Downgrade::Function(body(|op| op.drop_column("users", "mobile"))),
)
.with_checksum(0x9abc);

const ORDERS: Revision = orders(&["20261108120000"]);

const ORDERS_LATER: Revision = orders(&["20261109000000"]);

const fn orders(parents: &'static [&'static str]) -> Revision {
    revision(
        "20261115180000",
        parents,
        "Create orders.",
        "migrations/20261115180000_create_orders.rs",
        4,
        body(|op| op.create_table(table("orders").column(column("id", Integer).primary_key()))),
        Downgrade::Reversible,
    )
}

const BETWEEN: Revision = revision(
    "20261109000000",
    &["20261108120000"],
    "Create notes.",
    "migrations/20261109000000_create_notes.rs",
    4,
    body(|op| op.create_table(table("notes").column(column("id", Integer).primary_key()))),
    Downgrade::Reversible,
);

const HALF: Revision = revision(
    "20261115180000",
    &["20261108120000"],
    "Create orders, and break.",
    "migrations/20261115180000_create_orders.rs",
    4,
    body(|op| {
        op.create_table(table("orders").column(column("id", Integer).primary_key()))?;
        op.execute("INSERT INTO nowhere VALUES (1)")
    }),
    Downgrade::Reversible,
);

const NEVER: Revision = revision(
    "20261122210000",
    &["20261115180000"],
    "Never reached.",
    "migrations/20261122210000_never.rs",
    4,
    body(|_| Ok(())),
    Downgrade::Irreversible,
);

const FINAL: Revision = revision(
    "20261108120000",
    &["20261101090000"],
    "Forget all names.",
    "migrations/20261108120000_forget_names.rs",
    4,
    body(|op| op.execute("UPDATE users SET name = ''")),
    Downgrade::Irreversible,
);

const MAIL: Revision = revision(
    "20261109130000",
    &["20261101090000"],
    "Add a mail address to users.",
    "migrations/20261109130000_add_mail.rs",
    4,
    body(|op| op.add_column("users", column("mail", Text).nullable())),
    Downgrade::Function(body(|op| op.drop_column("users", "mail"))),
);

const BOTH: Revision = revision(
    "20261110000000",
    &["20261108120000", "20261109130000"],
    "Merge phone and mail.",
    "migrations/20261110000000_merge.rs",
    4,
    body(|_| Ok(())),
    Downgrade::Reversible,
);

const BILLING: Revision = revision(
    "20261112000000",
    &["20261101090000"],
    "Create invoices.",
    "migrations/billing/20261112000000_create_invoices.rs",
    4,
    body(|op| op.create_table(table("invoices").column(column("id", Integer).primary_key()))),
    Downgrade::Reversible,
)
.with_branch_labels(&["billing"])
.with_depends_on(&["20261110000000"])
.without_transaction();

const fn revision(
    id: &'static str,
    parents: &'static [&'static str],
    doc: &'static str,
    file: &'static str,
    line: u32,
    upgrade: Body,
    downgrade: Downgrade,
) -> Revision {
    Revision::new(id, parents, doc, file, line, upgrade, downgrade).with_package("app")
}

const fn body(run: fn(&mut Operations<'_>) -> Result) -> Body {
    Body::Operations(run)
}
