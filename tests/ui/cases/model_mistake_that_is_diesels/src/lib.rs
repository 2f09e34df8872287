use migrate_core::table;

table! {
    users (id) {
        #[migrate(autoincrement)]
        id => Integer,
    }
}
