migrate_core::migrations!();

const REVISIONS: &[&migrate_core::Revision] = migrations::__REVISIONS;
const _: () = assert!(REVISIONS.len() == 3);
const _: () = assert!(matches!(REVISIONS[0].id().as_bytes(), b"users"));
const _: () = assert!(matches!(REVISIONS[0].doc().as_bytes(), b"Create users."));
const _: () = assert!(matches!(REVISIONS[1].file().as_bytes(), b"migrations/library.rs"));
const _: () = assert!(REVISIONS[1].line() == 15);
const _: () = assert!(matches!(REVISIONS[2].id().as_bytes(), b"loans"));
const _: () = assert!(matches!(REVISIONS[2].down_revision(), [parent] if matches!(parent.as_bytes(), b"books")));
