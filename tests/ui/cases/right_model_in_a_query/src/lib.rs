#![deny(warnings)]

use diesel::prelude::*;
use migrate_core::{prelude, table};

pub mod sql_types {
    #[migrate_core::migrate(labels("happy", "sad"))]
    #[derive(diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
    #[diesel(postgres_type(name = "mood"), sqlite_type(name = "Text"))]
    pub struct Mood;
}

table! {
    use diesel::sql_types::*;
    use super::sql_types::Mood;

    /// People.
    #[migrate(index(ix_users_name, [family_name, desc(given_name)]))]
    #[migrate(check("age >= 0", name = ck_users_age))]
    #[sql_name = "people"]
    users (id) {
        #[migrate(autoincrement)]
        id -> Integer,
        #[max_length = 320]
        #[migrate(unique, only(mysql, collate = "utf8mb4_bin"))]
        email -> Varchar,
        #[migrate(default = "")]
        given_name -> Text,
        family_name -> Text,
        #[sql_name = "Age"]
        age -> Nullable<Integer>,
        #[cfg_attr(false, migrate(default = 0))]
        balance -> Double,
        #[migrate_core::migrate(default = "happy")]
        mood -> Mood,
        #[migrate(references(crate_teams.id, on_delete = Cascade))]
        team_id -> Nullable<Integer>,
        #[migrate(references(users.id))]
        boss_id -> Nullable<Integer>,
    }
}

pub mod teams {
    migrate_core::table! {
        #[migrate(renamed_from = "groups")]
        crate_teams (id) {
            id -> Integer,
        }
    }
}

diesel::table! {
    #[migrate_core::migrate(comment = "kept open")]
    logs (id) {
        id -> Integer,
        #[migrate_core::migrate(default_sql = "CURRENT_TIMESTAMP")]
        at -> Timestamp,
    }
}

pub fn adults(connection: &mut SqliteConnection) -> QueryResult<Vec<(i32, String)>> {
    users::table
        .filter(users::age.ge(18))
        .select((users::id, users::email))
        .load(connection)
}

pub fn column() -> impl std::any::Any {
    // the function of the prelude has the same name
    prelude::table("users").column(prelude::column("id", prelude::Integer))
}
