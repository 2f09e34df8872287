//! What `init` changes in a `Cargo.toml`. Pure: text in, text out, with every comment and blank
//! line that was there.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use crate::project::LIBRARY;
use crate::runner::COMMANDS;

/// What a package is to have.
pub(super) struct Wanted<'a> {
    /// The library's folder, as the manifest is to name it.
    pub(super) library: &'a str,
    /// The `database-url` to write, unless there is one elsewhere.
    pub(super) database_url: Option<&'a str>,
    /// The databases that it is for, by the features of diesel.
    pub(super) backends: &'a [&'static str],
    /// Where the commands come from that tests need, if they are wanted.
    pub(super) commands: Option<InlineTable>,
    /// The workspace's manifest, if that is another one: what it lists under
    /// `[workspace.dependencies]` is used.
    pub(super) workspace: Option<&'a DocumentMut>,
}

/// What was added to a manifest, in words; empty when it had everything.
pub(super) type Added = Vec<String>;

/// The section with what a package always depends on.
const ALWAYS: &str = "dependencies";
/// The section with what its tests depend on besides.
const TESTS: &str = "dev-dependencies";

/// The versions of libsqlite3-sys that diesel 2.3 can be linked with.
const SQLITE_VERSIONS: &str = ">=0.35, <0.39";
const DIESEL_VERSION: &str = "2.3";

/// The features of diesel, and of the library, that stand for backends.
pub(super) const BACKENDS: [&str; 3] = ["sqlite", "postgres", "mysql"];

/// The backends that the package's diesel has already, the workspace's part included.
pub(super) fn backends(
    manifest: &DocumentMut,
    workspace: Option<&DocumentMut>,
) -> Vec<&'static str> {
    let here = find(manifest, "diesel");
    let listed = listed(workspace, "diesel");
    let has = |feature: &str| {
        here.is_some_and(|item| has_feature(item, feature))
            || here.is_some() && listed.is_some_and(|item| has_feature(item, feature))
    };
    BACKENDS
        .into_iter()
        .filter(|backend| has(backend))
        .collect()
}

/// The name of the library, where the manifest gives it one.
pub(super) fn library(manifest: &DocumentMut) -> Option<String> {
    Some(manifest.get("lib")?.get("name")?.as_str()?.to_owned())
}

/// Adds what is missing.
pub(super) fn complete(manifest: &mut DocumentMut, wanted: &Wanted<'_>) -> Added {
    let mut added = Added::new();
    add_library(manifest, wanted, &mut added);
    add_diesel(manifest, wanted, &mut added);
    if let Some(commands) = &wanted.commands
        && !depends_on(manifest, COMMANDS)
        && find_in(manifest, TESTS, COMMANDS).is_none()
    {
        let (origin, others) = with_features(commands.clone(), wanted);
        add(manifest, wanted, (TESTS, COMMANDS), origin, &others);
        added.push(format!("the dependency `{COMMANDS}` of tests"));
    }
    if let Some(url) = wanted.database_url
        && metadata(manifest).is_none_or(|migrate| !migrate.contains_key("database-url"))
    {
        set_metadata(manifest, "database-url", url);
        added.push(format!("the database `{url}`"));
    }
    added
}

fn add_library(manifest: &mut DocumentMut, wanted: &Wanted<'_>, added: &mut Added) {
    let by_default =
        |item: &Item| item.get("default-features").and_then(Item::as_bool) != Some(false);
    if depends_on(manifest, LIBRARY) {
        let from_workspace = listed(wanted.workspace, LIBRARY);
        let here = find(manifest, LIBRARY);
        let has_default = here.is_none_or(|item| match is_workspaces(item) {
            true => from_workspace.is_none_or(by_default),
            false => by_default(item),
        });
        let missing = wanted.backends.iter().copied().filter(|backend| {
            let has = here.is_none_or(|item| has_feature(item, backend))
                || from_workspace.is_some_and(|item| has_feature(item, backend));
            let is_default = has_default && *backend == "sqlite";
            !has && !is_default
        });
        let missing: Vec<&str> = missing.collect();
        add_features(manifest, LIBRARY, &missing, added);
        return;
    }
    let origin = InlineTable::from_iter([("path", wanted.library)]);
    let (origin, others) = with_features(origin, wanted);
    let listed = add(manifest, wanted, (ALWAYS, LIBRARY), origin, &others);
    let from = if listed {
        "the workspace"
    } else {
        wanted.library
    };
    added.push(format!("the dependency `{LIBRARY}` from {from}"));
}

/// A dependency of ours with SQLite or without, and the features of the other databases.
fn with_features<'a>(mut origin: InlineTable, wanted: &Wanted<'a>) -> (InlineTable, Vec<&'a str>) {
    if !wanted.backends.contains(&"sqlite") {
        origin.insert("default-features", false.into());
    }
    let others = wanted.backends.iter().copied();
    let others = others.filter(|backend| *backend != "sqlite");
    (origin, others.collect())
}

fn add_diesel(manifest: &mut DocumentMut, wanted: &Wanted<'_>, added: &mut Added) {
    let known = backends(manifest, wanted.workspace);
    let missing: Vec<&str> = wanted
        .backends
        .iter()
        .copied()
        .filter(|backend| !known.contains(backend))
        .collect();
    if missing.is_empty() {
        return;
    }
    if depends_on(manifest, "diesel") {
        if find(manifest, "diesel").is_none() {
            return; // for one platform only: what is missing there is not ours to know
        }
        add_features(manifest, "diesel", &missing, added);
    } else {
        let mut diesel = InlineTable::new();
        diesel.insert("version", DIESEL_VERSION.into());
        add(manifest, wanted, (ALWAYS, "diesel"), diesel, &missing);
        let names: Vec<&str> = missing.iter().map(|backend| name_of(backend)).collect();
        added.push(format!("the dependency `diesel` for {}", names.join(", ")));
    }
    if missing.contains(&"sqlite") && !depends_on(manifest, "libsqlite3-sys") {
        let mut sqlite = InlineTable::new();
        sqlite.insert("version", SQLITE_VERSIONS.into());
        add(
            manifest,
            wanted,
            (ALWAYS, "libsqlite3-sys"),
            sqlite,
            &["bundled"],
        );
        added.push("the dependency `libsqlite3-sys`, which brings SQLite along".to_owned());
    }
}

fn name_of(backend: &str) -> &'static str {
    match backend {
        "sqlite" => "SQLite",
        "postgres" => "PostgreSQL",
        _ => "MySQL and MariaDB",
    }
}

/// Adds features to a dependency that is there, whatever form it has.
fn add_features(manifest: &mut DocumentMut, package: &str, features: &[&str], added: &mut Added) {
    let dependencies = manifest
        .get_mut("dependencies")
        .and_then(Item::as_table_like_mut);
    let Some(dependencies) = dependencies.filter(|_| !features.is_empty()) else {
        return;
    };
    let key = dependencies
        .iter()
        .find(|(key, item)| package_of(key, item) == package)
        .map(|(key, _)| key.to_owned());
    let Some(item) = key.and_then(|key| dependencies.get_mut(&key)) else {
        return;
    };
    if let Some(version) = item.as_str().map(str::to_owned) {
        let decor = item.as_value().map(|value| value.decor().clone());
        let mut table = InlineTable::from_iter([("version", version)]);
        if let Some(decor) = decor {
            *table.decor_mut() = decor;
        }
        *item = Item::Value(Value::InlineTable(table));
    }
    let Some(table) = item.as_table_like_mut() else {
        return;
    };
    if table.get("features").and_then(Item::as_array).is_none() {
        table.insert("features", value(Array::new()));
    }
    if let Some(list) = table.get_mut("features").and_then(Item::as_array_mut) {
        for feature in features {
            list.push(*feature);
        }
    }
    let names: Vec<String> = features.iter().map(|name| format!("`{name}`")).collect();
    let word = if names.len() == 1 {
        "feature"
    } else {
        "features"
    };
    added.push(format!("the {word} {} of `{package}`", names.join(" and ")));
}

/// The dependency on a package, under whatever name, that holds on all platforms.
fn find<'a>(manifest: &'a DocumentMut, package: &str) -> Option<&'a Item> {
    find_in(manifest, ALWAYS, package)
}

/// The same in a section.
fn find_in<'a>(manifest: &'a DocumentMut, section: &str, package: &str) -> Option<&'a Item> {
    let dependencies = manifest.get(section)?.as_table_like()?;
    let mut all = dependencies.iter();
    all.find(|(key, item)| package_of(key, item) == package)
        .map(|(_, item)| item)
}

fn package_of<'a>(key: &'a str, item: &'a Item) -> &'a str {
    item.get("package").and_then(Item::as_str).unwrap_or(key)
}

fn is_workspaces(item: &Item) -> bool {
    item.get("workspace").and_then(Item::as_bool) == Some(true)
}

fn listed<'a>(workspace: Option<&'a DocumentMut>, package: &str) -> Option<&'a Item> {
    workspace?
        .get("workspace")?
        .get("dependencies")?
        .get(package)
}

fn has_feature(item: &Item, feature: &str) -> bool {
    let features = item.get("features").and_then(Item::as_array);
    features.is_some_and(|list| list.iter().any(|known| known.as_str() == Some(feature)))
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

/// Adds a dependency: the workspace's, if it lists one, else `own`. Says whether it was the
/// workspace's.
fn add(
    manifest: &mut DocumentMut,
    wanted: &Wanted<'_>,
    (section, name): (&str, &str),
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
    if matches!(name, LIBRARY | COMMANDS) && without_defaults && wanted.backends.contains(&"sqlite")
    {
        features.push("sqlite");
    }
    if !features.is_empty() {
        dependency.insert("features", features.into_iter().collect::<Array>().into());
    }
    let dependencies = manifest[section].or_insert(Item::Table(Table::new()));
    let Some(dependencies) = dependencies.as_table_like_mut() else {
        return false;
    };
    let sorted = dependencies.iter().map(|(key, _)| key).is_sorted();
    dependencies.insert(name, Item::Value(Value::InlineTable(dependency)));
    if sorted && let Some(table) = manifest[section].as_table_mut() {
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
pub(super) fn set_metadata(manifest: &mut DocumentMut, key: &str, text: &str) {
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
            backends: &["sqlite"],
            commands: None,
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
diesel = { version = "2.3", features = ["sqlite"] }
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
            "[package] # mine\nname = \"app\"\n\n[dependencies]\n# the database\n\
             diesel = { version = \"2.3\", features = [\"sqlite\"] } # ours\nanyhow = \"1\"\n\
             migrate-core = { path = \"../migrate-core\" }\n\
             libsqlite3-sys = { version = \">=0.35, <0.39\", features = [\"bundled\"] }\n"
        );
        assert_eq!(
            added,
            [
                "the dependency `migrate-core` from ../migrate-core",
                "the feature `sqlite` of `diesel`",
                "the dependency `libsqlite3-sys`, which brings SQLite along"
            ]
        );

        for known in [
            "[dependencies]\nmigrate-core.workspace = true\ndiesel = { workspace = true, features = [\"sqlite\"] }\n",
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

    #[test]
    fn each_backend_has_its_features() {
        let with = |text: &str, backends: &[&'static str]| {
            let wanted = Wanted {
                library: "../core",
                database_url: None,
                backends,
                commands: None,
                workspace: None,
            };
            let mut manifest = text.parse::<DocumentMut>().unwrap();
            let added = complete(&mut manifest, &wanted);
            let again = complete(&mut manifest, &wanted);
            assert_eq!(again, Added::new(), "{manifest}");
            (manifest.to_string(), added)
        };
        let (text, _) = with(FRESH, &["postgres"]);
        assert!(
            text.ends_with(
                "[dependencies]\ndiesel = { version = \"2.3\", features = [\"postgres\"] }\n\
                 migrate-core = { path = \"../core\", default-features = false, features = [\"postgres\"] }\n"
            ),
            "{text}"
        );
        let (text, added) = with(FRESH, &["sqlite", "mysql"]);
        assert!(
            text.contains("migrate-core = { path = \"../core\", features = [\"mysql\"] }"),
            "{text}"
        );
        assert!(
            text.contains("features = [\"sqlite\", \"mysql\"] }"),
            "{text}"
        );
        assert!(text.contains("libsqlite3-sys = "), "{text}");
        assert!(
            added.contains(&"the dependency `diesel` for SQLite, MySQL and MariaDB".to_owned()),
            "{added:?}"
        );
        // a second backend for a package that is ready for one
        let (text, added) = with(
            "[dependencies]\ndiesel = { version = \"2.3\", features = [\"postgres\"] }\n\
             migrate-core = { path = \"x\", default-features = false, features = [\"postgres\"] }\n",
            &["sqlite"],
        );
        assert!(
            text.contains("diesel = { version = \"2.3\", features = [\"postgres\", \"sqlite\"] }"),
            "{text}"
        );
        assert!(
            text.contains("default-features = false, features = [\"postgres\", \"sqlite\"] }"),
            "{text}"
        );
        assert_eq!(added[0], "the feature `sqlite` of `migrate-core`");
        let (text, _) = with(
            "[dependencies.diesel]\nversion = \"2.3\"\n[dependencies.migrate-core]\npath = \"x\"\n",
            &["mysql"],
        );
        assert!(
            text.contains("[dependencies.diesel]\nversion = \"2.3\"\nfeatures = [\"mysql\"]"),
            "{text}"
        );
    }

    #[test]
    fn what_diesel_has_is_known() {
        let found = |text: &str, workspace: &str| {
            let workspace = workspace.parse::<DocumentMut>().unwrap();
            backends(&text.parse().unwrap(), Some(&workspace))
        };
        let list =
            "[workspace.dependencies]\ndiesel = { version = \"2.3\", features = [\"mysql\"] }\n";
        assert_eq!(
            found("[dependencies]\ndiesel.workspace = true\n", list),
            ["mysql"]
        );
        assert_eq!(found("[dependencies]\n", list), [""; 0]);
        assert_eq!(found("[dependencies]\ndiesel = \"2\"\n", ""), [""; 0]);
    }
}
