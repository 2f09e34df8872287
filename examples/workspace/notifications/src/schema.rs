//! The tables of this crate. They refer to those of two others, by their names alone.

use migrate_core::table;

table! {
    notifications (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[migrate(references(accounts.id))]
        account_id -> Integer,
        #[migrate(references(invoices.id))]
        invoice_id -> Nullable<Integer>,
        text -> Text,
    }
}
