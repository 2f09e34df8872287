//! Sequences: created, changed, renamed, dropped.

use migrate_core::prelude::*;

use super::{cases, nothing, users};

cases! {
    create_sequence: nothing, |op| {
        op.create_sequence(sequence("plain"))?;
        op.create_sequence(sequence("special").start(10).increment(-2).min(-100).max(100).cache(5).cycle())
    };
    create_sequence_of_a_type: nothing, |op| op.create_sequence(sequence("small").of_type(SmallInt));
    create_sequence_if_not_exists: |op| op.create_sequence(sequence("s")),
        |op| op.create_sequence(sequence("s").if_not_exists());
    restart_sequence: |op| op.create_sequence(sequence("s").max(50)),
        |op| op.alter_sequence(sequence("s").restart(7));
    drop_sequence_if_exists: |op| op.create_sequence(sequence("s")), |op| op.drop_sequence_if_exists("s");
    create_sequence_of_a_column: users, |op| op.create_sequence(
        sequence("numbers").owned_by("users", "id"));
    alter_sequence: |op| op.create_sequence(sequence("s").increment(1).max(50)),
        |op| op.alter_sequence(sequence("s").increment(5).max(500).was(sequence("s").increment(1).max(50)));
    rename_sequence: |op| op.create_sequence(sequence("s")), |op| op.rename_sequence("s", "t");
    drop_sequence: |op| op.create_sequence(sequence("s").start(3)), |op| op.drop_sequence(sequence("s").start(3));
}
