use migrate_core::table;

table! {
    #[migrate(comment = "people")]
    #[migrate(comment = "persons")]
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(unique, unique(name = uq_users_name))]
        name -> Text,
    }
}
