use migrate_core::table;

table! {
    #[migrate(index(ix_users, [email]), check("id > 0", name = ix_users))]
    users (id) {
        id -> Integer,
        email -> Text,
    }
}
