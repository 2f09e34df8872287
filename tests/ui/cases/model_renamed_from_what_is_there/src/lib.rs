use migrate_core::table;

table! {
    #[migrate(renamed_from = "people")]
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(renamed_from = "email")]
        mail -> Text,
    }
}

table! {
    people (id) {
        id -> Integer,
    }
}
