//! What `init` changes in a `Cargo.toml`. Pure: text in, text out, with every comment and blank line that was there.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use crate::project::LIBRARY;

/// What a package is to have.
pub(super) struct Wanted<'a> {
    /// The library's folder, as the manifest is to name it.
    pub(super) library: &'a str,
    /// The `database-url` to write, unless there is one elsewhere.
    pub(super) database_url: Option<&'a str>,
    /// The workspace's manifest, if that is another one: what it lists under `[workspace.dependencies]` is used.
    pub(super) workspace: Option<&'a DocumentMut>,
}

/// What was added to a manifest, in words; empty when it had everything.
pub(super) type Added = Vec<String>;

/// The versions of libsqlite3-sys that diesel 2.3 can be linked with.
const SQLITE_VERSIONS: &str = ">=0.35, <0.39";
const DIESEL_VERSION: &str = "2.3";

/// Adds what is missing.
pub(super) fn complete(manifest: &mut DocumentMut, wanted: &Wanted<'_>) -> Added {
    let mut added = Added::new();
    let has_diesel = depends_on(manifest, "diesel");
    if !depends_on(manifest, LIBRARY) {
        let mut origin = InlineTable::new();
        origin.insert("path", wanted.library.into());
        let listed = add(manifest, wanted, LIBRARY, origin, &[]);
        let from = if listed {
            "the workspace"
        } else {
            wanted.library
        };
        added.push(format!("the dependency `{LIBRARY}` from {from}"));
    }
    if !has_diesel {
        let mut diesel = InlineTable::new();
        diesel.insert("version", DIESEL_VERSION.into());
        diesel.insert("default-features", false.into());
        add(manifest, wanted, "diesel", diesel, &["sqlite"]);
        added.push("the dependency `diesel` for SQLite".to_owned());
        if !depends_on(manifest, "libsqlite3-sys") {
            let mut sqlite = InlineTable::new();
            sqlite.insert("version", SQLITE_VERSIONS.into());
            add(manifest, wanted, "libsqlite3-sys", sqlite, &["bundled"]);
            added.push("the dependency `libsqlite3-sys`, which brings SQLite along".to_owned());
        }
    }
    if let Some(url) = wanted.database_url
        && metadata(manifest).is_none_or(|migrate| !migrate.contains_key("database-url"))
    {
        set_metadata(manifest, "database-url", url);
        added.push(format!("the database `{url}`"));
    }
    added
}

/// Whether the package depends on this one under any name, on any platform.
fn depends_on(manifest: &DocumentMut, package: &str) -> bool {
    let platforms = manifest.get("target").and_then(Item::as_table_like);
    let specific = platforms
        .into_iter()
        .flat_map(TableLike::iter)
        .filter_map(|(_, platform)| platform.get("dependencies"));
    manifest
        .get("dependencies")
        .into_iter()
        .chain(specific)
        .filter_map(Item::as_table_like)
        .flat_map(TableLike::iter)
        .any(|(key, dependency)| {
            dependency
                .get("package")
                .and_then(Item::as_str)
                .unwrap_or(key)
                == package
        })
}

/// Adds a dependency: the workspace's, if it lists one, else `own`. Says whether it was the workspace's.
fn add(
    manifest: &mut DocumentMut,
    wanted: &Wanted<'_>,
    name: &str,
    own: InlineTable,
    features: &[&str],
) -> bool {
    let listed = wanted
        .workspace
        .and_then(|workspace| workspace.get("workspace")?.get("dependencies")?.get(name));
    let mut dependency = match listed {
        Some(_) => InlineTable::from_iter([("workspace", true)]),
        None => own,
    };
    let without_defaults = listed
        .and_then(|listed| listed.get("default-features"))
        .and_then(Item::as_bool)
        == Some(false);
    let mut features: Vec<&str> = features.to_vec();
    if name == LIBRARY && without_defaults {
        features.push("sqlite");
    }
    if !features.is_empty() {
        dependency.insert("features", features.into_iter().collect::<Array>().into());
    }
    let dependencies = manifest["dependencies"].or_insert(Item::Table(Table::new()));
    let Some(dependencies) = dependencies.as_table_like_mut() else {
        return false;
    };
    let sorted = dependencies.iter().map(|(key, _)| key).is_sorted();
    dependencies.insert(name, Item::Value(Value::InlineTable(dependency)));
    if sorted && let Some(table) = manifest["dependencies"].as_table_mut() {
        table.sort_values();
    }
    listed.is_some()
}

fn metadata(manifest: &DocumentMut) -> Option<&dyn TableLike> {
    manifest
        .get("package")?
        .get("metadata")?
        .get("migrate")?
        .as_table_like()
}

/// Sets a value under `[package.metadata.migrate]`, a section of its own.
fn set_metadata(manifest: &mut DocumentMut, key: &str, text: &str) {
    let mut section = manifest.as_item_mut();
    for name in ["package", "metadata", "migrate"] {
        let is_new = section.get(name).is_none();
        section = &mut section[name];
        let table = std::mem::take(section).into_table();
        *section = Item::Table(table.unwrap_or_default());
        if let Some(table) = section.as_table_mut() {
            table.set_implicit(is_new || table.is_implicit());
        }
    }
    section[key] = value(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: &str =
        "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n";

    fn completed(text: &str, database_url: Option<&str>, workspace: &str) -> (String, Added) {
        let workspace = workspace.parse::<DocumentMut>().unwrap();
        let wanted = Wanted {
            library: "../migrate-core",
            database_url,
            workspace: Some(&workspace),
        };
        let mut manifest = text.parse::<DocumentMut>().unwrap();
        let added = complete(&mut manifest, &wanted);
        (manifest.to_string(), added)
    }

    #[test]
    fn a_fresh_package_gets_everything_and_a_second_time_nothing() {
        let (text, added) = completed(FRESH, Some("app.db"), "");
        assert_eq!(
            text,
            r#"[package]
name = "app"
version = "0.1.0"
edition = "2024"

[package.metadata.migrate]
database-url = "app.db"

[dependencies]
diesel = { version = "2.3", default-features = false, features = ["sqlite"] }
libsqlite3-sys = { version = ">=0.35, <0.39", features = ["bundled"] }
migrate-core = { path = "../migrate-core" }
"#
        );
        assert_eq!(added.len(), 4);
        assert_eq!(completed(&text, Some("app.db"), ""), (text, Added::new()));
    }

    #[test]
    fn what_is_there_stays_as_it_is() {
        let text = "[package] # mine\nname = \"app\"\n\n[dependencies]\n# the database\ndiesel = \"2.3\" # ours\nanyhow = \"1\"\n";
        let (text, added) = completed(text, None, "");
        assert_eq!(
            text,
            "[package] # mine\nname = \"app\"\n\n[dependencies]\n# the database\ndiesel = \"2.3\" # ours\nanyhow = \"1\"\n\
             migrate-core = { path = \"../migrate-core\" }\n"
        );
        assert_eq!(
            added,
            ["the dependency `migrate-core` from ../migrate-core"]
        );

        for known in [
            "[dependencies]\nmigrate-core.workspace = true\ndiesel.workspace = true\n",
            "[dependencies.core]\npackage = \"migrate-core\"\ngit = \"x\"\n[target.'cfg(unix)'.dependencies]\ndiesel = \"2\"\n",
        ] {
            assert_eq!(completed(known, None, ""), (known.to_owned(), Added::new()));
        }
    }

    #[test]
    fn other_metadata_and_a_missing_section_are_no_obstacle() {
        let (text, _) = completed(
            "[package]\nname = \"app\"\nmetadata = { docs = { all = true }, migrate = { directory = \"db\" } }\n",
            Some("app.db"),
            "",
        );
        let read = text.parse::<DocumentMut>().unwrap();
        let metadata = &read["package"]["metadata"];
        assert_eq!(metadata["docs"]["all"].as_bool(), Some(true), "{text}");
        assert_eq!(
            metadata["migrate"]["directory"].as_str(),
            Some("db"),
            "{text}"
        );
        assert_eq!(
            metadata["migrate"]["database-url"].as_str(),
            Some("app.db"),
            "{text}"
        );
        assert_eq!(
            read["dependencies"]["migrate-core"]["path"].as_str(),
            Some("../migrate-core")
        );
    }

    #[test]
    fn the_workspaces_dependencies_are_used() {
        let workspace = "[workspace.dependencies]\n\
                         migrate-core = { path = \"x\", default-features = false }\ndiesel = \"2.3\"\n";
        let (text, _) = completed(FRESH, None, workspace);
        assert!(
            text.contains("migrate-core = { workspace = true, features = [\"sqlite\"] }"),
            "{text}"
        );
        assert!(
            text.contains("diesel = { workspace = true, features = [\"sqlite\"] }"),
            "{text}"
        );
        assert!(text.contains("libsqlite3-sys = { version = "), "{text}");
    }
}
