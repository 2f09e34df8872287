use migrate_core::table;

table! {
    users (uid) {
        id -> Integer,
        email -> Text,
    }
}
