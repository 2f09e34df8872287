//! `sequence("…")`: sequences.

use super::Operations;
use crate::Result;
use crate::operation::{Operation, SequenceOperation};
use crate::schema::{ObjectName, Sequence, SequenceOptions, Type};

/// A sequence that counts from one.
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.create_sequence(sequence("invoice_numbers").start(1000).increment(10))?;
///     op.alter_sequence(sequence("order_numbers").cache(50).was(sequence("order_numbers").cache(1)))?;
///     op.drop_sequence("old_numbers")
/// }
/// ```
pub fn sequence(name: impl Into<ObjectName>) -> SequenceBuilder {
    SequenceBuilder {
        sequence: Sequence::new(name),
        if_not_exists: false,
        restart: None,
        was: None,
    }
}

/// What `sequence` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a sequence is created by `op.create_sequence(…)`"]
pub struct SequenceBuilder {
    sequence: Sequence,
    if_not_exists: bool,
    restart: Option<i64>,
    was: Option<SequenceOptions>,
}

impl SequenceBuilder {
    /// The type of its numbers.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// sequence("numbers").of_type(Integer);
    /// ```
    pub fn of_type(mut self, ty: impl Into<Type>) -> SequenceBuilder {
        self.sequence.ty = Some(ty.into());
        self
    }

    /// The first number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// sequence("numbers").start(1_000);
    /// ```
    pub fn start(mut self, number: i64) -> SequenceBuilder {
        self.sequence.options.start = Some(number);
        self
    }

    /// The distance between two numbers.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// sequence("numbers").increment(10);
    /// ```
    pub fn increment(mut self, distance: i64) -> SequenceBuilder {
        self.sequence.options.increment = Some(distance);
        self
    }

    /// The smallest number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// sequence("numbers").min(-5);
    /// ```
    pub fn min(mut self, number: i64) -> SequenceBuilder {
        self.sequence.options.min = Some(number);
        self
    }

    /// The largest number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// sequence("numbers").max(9_999);
    /// ```
    pub fn max(mut self, number: i64) -> SequenceBuilder {
        self.sequence.options.max = Some(number);
        self
    }

    /// The number of values that a connection takes at once.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// sequence("numbers").cache(50);
    /// ```
    pub fn cache(mut self, count: i64) -> SequenceBuilder {
        self.sequence.options.cache = Some(count);
        self
    }

    /// Starts again after the last number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// sequence("numbers").max(9_999).cycle();
    /// ```
    pub fn cycle(mut self) -> SequenceBuilder {
        self.sequence.options.cycle = Some(true);
        self
    }

    /// Stops after the last number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// sequence("numbers").no_cycle();
    /// ```
    pub fn no_cycle(mut self) -> SequenceBuilder {
        self.sequence.options.cycle = Some(false);
        self
    }

    /// Drops the sequence together with this column.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// sequence("invoice_numbers").owned_by("invoices", "number");
    /// ```
    pub fn owned_by(
        mut self,
        table: impl Into<ObjectName>,
        column: impl Into<String>,
    ) -> SequenceBuilder {
        self.sequence.owned_by = Some((table.into(), column.into()));
        self
    }

    /// Does nothing if a sequence of this name already exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// sequence("numbers").if_not_exists();
    /// ```
    pub fn if_not_exists(mut self) -> SequenceBuilder {
        self.if_not_exists = true;
        self
    }

    /// Restarts with a number, for `op.alter_sequence`.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.alter_sequence(sequence("numbers").restart(5_000))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn restart(mut self, number: i64) -> SequenceBuilder {
        self.restart = Some(number);
        self
    }

    /// The previous values of the changed options, for `op.alter_sequence`, so that it can be
    /// reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.alter_sequence(sequence("numbers").cache(50).was(sequence("numbers").cache(1)))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn was(mut self, sequence: SequenceBuilder) -> SequenceBuilder {
        self.was = Some(sequence.sequence.options);
        self
    }
}

/// A sequence to be dropped: its name, or its whole definition, so that it can be recreated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropSequence {
    name: ObjectName,
    definition: Option<Sequence>,
}

impl<N: Into<ObjectName>> From<N> for DropSequence {
    fn from(name: N) -> DropSequence {
        DropSequence {
            name: name.into(),
            definition: None,
        }
    }
}

impl From<SequenceBuilder> for DropSequence {
    fn from(builder: SequenceBuilder) -> DropSequence {
        DropSequence {
            name: builder.sequence.name.clone(),
            definition: Some(builder.sequence),
        }
    }
}

impl DropSequence {
    fn into_operation(self, if_exists: bool) -> Operation {
        Operation::Sequence(SequenceOperation::Drop {
            name: self.name,
            definition: self.definition,
            if_exists,
        })
    }
}

impl Operations<'_> {
    /// Creates a sequence.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_sequence(sequence("numbers").start(1_000))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn create_sequence(&mut self, sequence: SequenceBuilder) -> Result<()> {
        self.apply(Operation::Sequence(SequenceOperation::Create {
            sequence: sequence.sequence,
            if_not_exists: sequence.if_not_exists,
        }))
    }

    /// Changes the options of a sequence.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.alter_sequence(sequence("numbers").increment(5))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn alter_sequence(&mut self, sequence: SequenceBuilder) -> Result<()> {
        self.apply(Operation::Sequence(SequenceOperation::Alter {
            name: sequence.sequence.name,
            options: sequence.sequence.options,
            restart: sequence.restart,
            was: sequence.was,
        }))
    }

    /// Renames a sequence; it stays in its schema.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.rename_sequence("numbers", "invoice_numbers")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn rename_sequence(
        &mut self,
        from: impl Into<ObjectName>,
        to: impl Into<String>,
    ) -> Result<()> {
        self.apply(Operation::Sequence(SequenceOperation::Rename {
            from: from.into(),
            to: to.into(),
        }))
    }

    /// Drops a sequence, by name or by its whole definition; only the latter can be reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_sequence("numbers")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_sequence(&mut self, sequence: impl Into<DropSequence>) -> Result<()> {
        self.apply(sequence.into().into_operation(false))
    }

    /// Drops a sequence if it exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_sequence_if_exists("numbers")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_sequence_if_exists(&mut self, sequence: impl Into<DropSequence>) -> Result<()> {
        self.apply(sequence.into().into_operation(true))
    }
}
