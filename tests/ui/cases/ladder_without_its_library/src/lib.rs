migrate_core::migrations!();

migrate_core::test_migrations!(crate::HISTORY);
