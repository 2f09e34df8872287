use migrate_core::table;

table! {
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(default = "x")]
        age -> Integer,
        #[migrate(default = 40000)]
        size -> SmallInt,
        #[migrate(default = 1)]
        is_active -> Bool,
        #[migrate(default = null)]
        name -> Text,
        #[migrate(ty = Enum["open", "done"], default = "opne")]
        state -> Text,
    }
}
