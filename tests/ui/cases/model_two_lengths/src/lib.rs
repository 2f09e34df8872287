use migrate_core::table;

table! {
    users (id) {
        id -> Integer,
        email -> Text,
        #[max_length = 100]
        #[migrate(ty = VarChar(80))]
        name -> Varchar,
    }
}
