use migrate_core::table;

table! {
    #[migrate(index(ix_users_name, [desc(emial)]))]
    #[migrate(unique([email, nick]))]
    #[migrate(foreign_key([boss], users(id)))]
    users (id) {
        id -> Integer,
        email -> Text,
    }
}
