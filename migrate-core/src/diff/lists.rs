//! Objects of a list by their names, for whoever looks for many of them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::schema::{Domain, EnumType, ObjectName, Sequence, Table};

/// What has a name of its own.
pub(super) trait Called {
    fn called(&self) -> &ObjectName;
}

macro_rules! called {
    ($($ty:ty)*) => {
        $(impl Called for $ty {
            fn called(&self) -> &ObjectName {
                &self.name
            }
        })*
    };
}

called!(Domain EnumType Sequence Table);

/// All by their names; of two with one name, the first.
pub(super) fn by_name<T: Called>(all: &[T]) -> BTreeMap<&ObjectName, &T> {
    let all = all.iter().rev();
    all.map(|one| (one.called(), one)).collect()
}

/// The names of all.
pub(super) fn names<T: Called>(all: &[T]) -> BTreeSet<ObjectName> {
    all.iter().map(|one| one.called().clone()).collect()
}
