//! What a project that has used diesel's command line says in `diesel.toml`: where its migrations
//! are. They become revisions where they lie. Reads text; must not know how a manifest is written.

use migrate_source::Config;
use toml_edit::DocumentMut;

/// The folder of diesel's migrations, relative to the file, if it is another one than ours would
/// be. diesel's own default is the same as ours, and a path that does not stay below the file
/// cannot be in a manifest.
pub(super) fn directory(text: &str) -> Option<String> {
    let document: DocumentMut = text.parse().ok()?;
    let directory = document.get("migrations_directory")?.get("dir")?.as_str()?;
    let directory = directory.trim_start_matches("./").trim_end_matches('/');
    let stays = !directory.is_empty()
        && !directory.starts_with('/')
        && directory.split(['/', '\\']).all(|part| part != "..");
    (stays && directory != Config::DIRECTORY).then(|| directory.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_folder_below_the_file_counts() {
        let dir = |dir: &str| directory(&format!("[migrations_directory]\ndir = \"{dir}\"\n"));
        assert_eq!(dir("db/migrations").as_deref(), Some("db/migrations"));
        assert_eq!(dir("./db/").as_deref(), Some("db"));
        for other in [
            "migrations",
            "./migrations/",
            "",
            "/srv/migrations",
            "../shared",
        ] {
            assert_eq!(dir(other), None, "{other}");
        }
        assert_eq!(
            directory("[print_schema]\nfile = \"src/schema.rs\"\n"),
            None
        );
        assert_eq!(directory("not toml ["), None);
    }
}
