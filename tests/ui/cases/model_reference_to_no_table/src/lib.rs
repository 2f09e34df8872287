use migrate_core::table;

table! {
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(references(teems.id))]
        team_id -> Integer,
        #[migrate(references(audit.teams.id))]
        audited_id -> Integer,
    }
}

table! {
    teams (id) {
        id -> Integer,
    }
}
