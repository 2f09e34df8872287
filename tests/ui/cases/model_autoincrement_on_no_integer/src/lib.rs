use migrate_core::table;

table! {
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(autoincrement)]
        number -> Text,
    }
}
