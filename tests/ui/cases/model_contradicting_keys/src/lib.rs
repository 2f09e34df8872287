use migrate_core::table;

table! {
    #[migrate(primary_key(name = pk_users), no_primary_key)]
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(default = 0, generated_stored = "length(email)")]
        length -> Integer,
        #[migrate(identity, autoincrement)]
        number -> Integer,
    }
}
