diesel::table! {
    #[migrate_core::migrate(comments = "people")]
    users (id) {
        id -> Integer,
        #[migrate_core::migrate(defualt = 0)]
        age -> Integer,
    }
}

#[migrate_core::migrate(default = 0)]
pub fn function() {}
