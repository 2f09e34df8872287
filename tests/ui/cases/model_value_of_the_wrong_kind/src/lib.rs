use migrate_core::table;

table! {
    #[migrate(index(ix_users_email))]
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(comment = 3)]
        age -> Integer,
        #[migrate(default = now())]
        created_at -> Timestamp,
        #[migrate(ty = Decimal(10))]
        balance -> Double,
        #[migrate(ty = Varchar(80))]
        name -> Text,
        #[migrate(only(postgre, comment = "x"))]
        nick -> Text,
    }
}
