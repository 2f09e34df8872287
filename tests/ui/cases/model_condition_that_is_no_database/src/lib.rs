use migrate_core::table;

table! {
    #[cfg(unix)]
    users (id) {
        id -> Integer,
        email -> Text,
    }
}
