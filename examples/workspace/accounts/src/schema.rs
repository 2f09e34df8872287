//! The tables of this crate.

use migrate_core::table;

table! {
    accounts (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[max_length = 320]
        #[migrate(unique)]
        email -> Varchar,
        name -> Text,
        #[migrate(default = 0)]
        balance -> Integer,
    }
}
