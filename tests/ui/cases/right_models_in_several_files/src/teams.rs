migrate_core::table! {
    #[sql_name = "Teams"]
    teams (id) {
        #[sql_name = "Id"]
        id -> Integer,
    }
}
