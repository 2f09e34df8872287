//! Tests the history of the whole workspace on scratch databases: each rung of
//! `cargo migrate test`.

migrate_core::test_migrations!(application::HISTORY);
