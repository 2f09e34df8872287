migrate::migrations!();

/// The same again, as an application composes it.
pub static ALL: migrate::History = migrate::history![migrations];
