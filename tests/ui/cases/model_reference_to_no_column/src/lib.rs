use migrate_core::table;

table! {
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(references(teams.uid))]
        team_id -> Integer,
    }
}

table! {
    teams (id) {
        id -> Integer,
    }
}
