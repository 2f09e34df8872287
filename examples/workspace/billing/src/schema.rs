//! The tables of this crate. They refer to one of `accounts`, by its name alone.

use migrate_core::table;

table! {
    invoices (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[migrate(references(accounts.id), index)]
        account_id -> Integer,
        cents -> Integer,
        #[migrate(default = false)]
        paid -> Bool,
    }
}
