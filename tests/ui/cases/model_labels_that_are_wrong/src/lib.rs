#[migrate_core::migrate(labels("open", done))]
#[derive(diesel::sql_types::SqlType)]
#[diesel(postgres_type(name = "state"))]
pub struct State;

#[migrate_core::migrate(labels("open", "open"))]
#[derive(diesel::sql_types::SqlType)]
#[diesel(postgres_type(name = "kind"))]
pub struct Kind;
