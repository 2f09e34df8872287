//! What only `migrate-cli` and this project's tests use. Unstable: it changes with any release, without notice.

pub use crate::error::{continued, decide, edited_block, lost_help};
pub use crate::journal::{VERSION_TABLE, utc};
pub use crate::mask::{HIDDEN, Secrets, after_a_key_word, length_of_value, masked};
pub use crate::migrator::ENVIRONMENT;
pub use crate::url::quoted;
