diesel::table! {
    teams (id) {
        id -> Integer,
    }
}
