use migrate_core::table;

table! {
    #[migrate(foreign_key([area, part], teams(area)))]
    users (id) {
        id -> Integer,
        email -> Text,
        #[migrate(references(teams))]
        area -> Integer,
        part -> Integer,
    }
}

table! {
    teams (area, part) {
        area -> Integer,
        part -> Integer,
    }
}
