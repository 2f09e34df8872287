use migrate_core::table;

table! {
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(ty = Decimal(10, 2))]
        balance -> Integer,
    }
}
