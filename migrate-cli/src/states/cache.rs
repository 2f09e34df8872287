//! States of a history that were found before, one file each. A file that cannot be read counts as
//! absent. Must not know how a state is found.

use std::fs;
use std::path::{Path, PathBuf};

use crate::json::SchemaDump;
use migrate_core::History;
use migrate_core::engine::backend::BackendKind;
use migrate_core::schema::{Schema, Server};

/// Where the states of histories are kept.
pub(super) struct Cache<'a> {
    /// The folder.
    pub(super) folder: &'a Path,
    /// The arguments and the environment of revisions.
    pub(super) settings: String,
}

impl Cache<'_> {
    /// The state after these revisions on such a server.
    pub(super) fn read(&self, history: &History, ids: &[&str], server: &Server) -> Option<Schema> {
        let path = self.path(history, ids, server)?;
        let text = fs::read_to_string(path).ok()?;
        let schema = SchemaDump::parse(&text).ok()?.schema;
        schema.server.is_some().then_some(schema)
    }

    /// Keeps a state. Where that fails, the next command finds it again.
    pub(super) fn write(&self, history: &History, ids: &[&str], schema: &Schema) {
        let Some(server) = &schema.server else { return };
        let Some(path) = self.path(history, ids, server) else {
            return;
        };
        let Ok(text) = serde_json::to_string(&SchemaDump::of(schema.clone())) else {
            return;
        };
        let whole = path.with_extension(format!("{}.new", std::process::id()));
        let written = fs::create_dir_all(self.folder)
            .and_then(|()| fs::write(&whole, text))
            .and_then(|()| fs::rename(&whole, &path));
        if written.is_err() {
            let _ = fs::remove_file(whole);
        }
    }

    /// The file of a state; none if a revision's checksum is not known.
    fn path(&self, history: &History, ids: &[&str], server: &Server) -> Option<PathBuf> {
        let mut key = format!(
            "{}\n{:?} {} {:?}\n{}\n",
            env!("CARGO_PKG_VERSION"),
            server.backend,
            server.major(),
            server.locale,
            self.settings
        );
        for id in ids {
            let checksum = history.get(id)?.checksum()?;
            key += &format!("{id} {checksum}\n");
        }
        Some(self.folder.join(format!("{}.json", hash(&key))))
    }
}

/// The state of a history's heads that was built into the program, for this kind of database.
pub(super) fn bundled(states: &str, kind: BackendKind) -> Option<Schema> {
    let all: Vec<SchemaDump> = serde_json::from_str(states).ok()?;
    let is_it = |dump: &SchemaDump| {
        let server = dump.schema.server.as_ref();
        server.is_some_and(|server| server.backend == kind)
    };
    all.into_iter().find(is_it).map(|dump| dump.schema)
}

/// FNV-1a with 64 bits.
fn hash(text: &str) -> String {
    let number = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{number:016x}")
}
