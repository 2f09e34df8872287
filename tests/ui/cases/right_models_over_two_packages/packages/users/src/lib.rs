migrate_core::table! {
    users (id) {
        id -> Integer,
        #[migrate(references(teams.id))]
        team_id -> Integer,
    }
}
