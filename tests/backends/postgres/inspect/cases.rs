//! What is read of one thing or another.

use super::*;

#[test]
fn one_of_each_is_read() {
    let (_place, mut session) = database(one_of_each::ALL);
    session.watch();
    let schema = read(session.as_mut());
    let queries = session.watched();
    let reads = queries.iter().filter(|seen| seen.sql.starts_with("SELECT"));
    assert_eq!((reads.count(), queries.len()), (8, 10));
    assert_eq!(schema.tables.len(), 8);
    assert_eq!(column(&schema, "users", "serial_no").ty, Type::Serial);
    assert_eq!(schema.sequences.len(), 1);
    assert_eq!(schema.indexes.len(), 7);
    assert!(schema.others.len() > 50);
    assert!(dependencies(&schema).contains("view adults -> table users.n"));
    assert!(created(&schema, "trigger", "touched").contains("DISABLE TRIGGER"));
    assert_eq!(after(&[]).tables, []);
    assert_eq!(table(&schema, "empty").columns, []);
}
