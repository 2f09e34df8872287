use migrate_core::table;

table! {
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(defualt = 0)]
        age -> NoTypeAtAll,
    }
}
