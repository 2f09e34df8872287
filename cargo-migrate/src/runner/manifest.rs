//! The runner as text: its manifest and its `main`, made from the project and the workspace's own
//! manifest. Pure.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml_edit::{Document, DocumentMut, InlineTable, Item, Table, Value, value};

use crate::project::{LIBRARY, Member, Origin};

/// The package with the commands that need a database.
pub(crate) const COMMANDS: &str = "migrate-cli";

/// More codegen units than a crate has modules.
const MANY: i64 = 16_384;

/// A runner's sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sources {
    /// `Cargo.toml`
    pub(super) manifest: String,
    /// `src/main.rs`
    pub(super) main: String,
}

/// The workspace that a runner belongs to.
pub(super) struct Root<'a> {
    pub(super) folder: &'a Path,
    /// The text of its manifest.
    pub(super) manifest: &'a str,
    /// The packages that the runner may be built from, if that is known.
    pub(super) locked: &'a BTreeSet<String>,
    /// The version of the library that the workspace's lock file has.
    pub(super) library: Option<String>,
}

/// The features of a member that the runner is built with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Features {
    pub(super) names: Vec<String>,
    pub(super) no_default: bool,
}

/// Writes the runner of these members, each with its features, with the functions of `hooked` that
/// change what is generated. `core` is where they take the library from; `configuration` is what a
/// bundle has compiled in.
pub(super) fn sources(
    name: &str,
    members: &[(&Member, Features)],
    hooked: &[&Member],
    core: &Origin,
    root: &Root<'_>,
    configuration: Option<&str>,
) -> Sources {
    let workspace = root.manifest.parse::<Document<String>>().ok();
    let mut manifest = DocumentMut::new();
    manifest["package"] = package(name);
    manifest["workspace"] = Item::Table(Table::new());
    manifest["workspace"]["resolver"] = value(workspace.as_deref().map_or("3", resolver));
    manifest["dependencies"] = dependencies(members, core, root);
    let members: Vec<&Member> = members.iter().map(|(member, _)| *member).collect();
    let members = members.as_slice();
    for section in ["profile", "patch"] {
        if let Some(original) = workspace
            .as_ref()
            .and_then(|workspace| workspace.get(section))
        {
            manifest[section] = original.clone();
        }
    }
    if let Some(profiles) = manifest.get_mut("profile") {
        adapt(profiles, root.locked);
    }
    spare_members(&mut manifest, members);
    if let Some(patches) = manifest.get_mut("patch") {
        make_paths_absolute(patches, root.folder);
        patch_commands(patches);
    }
    Sources {
        manifest: format!("# Written by `cargo migrate`, which overwrites changes.\n\n{manifest}"),
        main: main(members, hooked, configuration),
    }
}

fn package(name: &str) -> Item {
    let mut package = Table::new();
    package["name"] = value(name);
    package["version"] = value("0.0.0");
    package["edition"] = value("2024");
    package["publish"] = value(false);
    Item::Table(package)
}

/// The resolver that the workspace uses, so that features are unified alike.
fn resolver(workspace: &Table) -> &str {
    let text = |section: &str, key: &str| workspace.get(section)?.get(key)?.as_str();
    let edition = text("package", "edition").or_else(|| {
        workspace
            .get("workspace")?
            .get("package")?
            .get("edition")?
            .as_str()
    });
    let of_edition = match edition {
        _ if workspace.get("package").is_none() => "1",
        Some("2024") => "3",
        Some("2021") => "2",
        _ => "1",
    };
    text("workspace", "resolver")
        .or(text("package", "resolver"))
        .unwrap_or(of_edition)
}

fn dependencies(members: &[(&Member, Features)], core: &Origin, root: &Root<'_>) -> Item {
    let mut dependencies = Table::new();
    let commands = commands(core, root.library.as_deref());
    for (name, origin) in [(LIBRARY, core), (COMMANDS, &commands)] {
        let mut dependency = self::origin(origin);
        dependency.insert("default-features", false.into());
        dependencies[name] = value(dependency);
    }
    for (member, features) in members {
        let mut dependency = InlineTable::new();
        dependency.insert("package", member.name.as_str().into());
        dependency.insert("path", path(member.root()));
        if features.no_default {
            dependency.insert("default-features", false.into());
        }
        if !features.names.is_empty() {
            let names = features.names.iter().collect::<toml_edit::Array>();
            dependency.insert("features", names.into());
        }
        dependencies[&alias(member)] = value(dependency);
    }
    Item::Table(dependencies)
}

/// The dependency on the commands beside this one on the library.
pub(crate) fn commands_of(core: &Origin) -> InlineTable {
    origin(&commands(core, None))
}

/// The source of the commands: next to the library, in the same version.
fn commands(core: &Origin, locked: Option<&str>) -> Origin {
    match core {
        Origin::Path(folder) => Origin::Path(folder.with_file_name(COMMANDS)),
        Origin::Git { .. } => core.clone(),
        Origin::Registry { requirement, index } => Origin::Registry {
            requirement: locked
                .map_or_else(|| requirement.clone(), |version| format!("={version}")),
            index: index.clone(),
        },
    }
}

/// The member's name in the runner: unlike the library's own, it can be neither a keyword nor
/// another crate's.
fn alias(member: &Member) -> String {
    format!("member_{}", member.name.replace('-', "_"))
}

fn origin(origin: &Origin) -> InlineTable {
    let mut dependency = InlineTable::new();
    match origin {
        Origin::Path(folder) => {
            dependency.insert("path", path(folder));
        }
        Origin::Git { url, reference } => {
            dependency.insert("git", url.into());
            if let Some((kind, name)) = reference {
                dependency.insert(kind, name.into());
            }
        }
        Origin::Registry { requirement, index } => {
            dependency.insert("version", requirement.into());
            if let Some(index) = index {
                dependency.insert("registry-index", index.into());
            }
        }
    }
    dependency
}

fn path(path: &Path) -> Value {
    path.to_string_lossy().into_owned().into()
}

/// Drops what is not for the runner from the profiles: `panic`, as a revision that panics is rolled
/// back and reported, which takes unwinding; and the overrides of packages that the runner does not
/// depend on, about which cargo would warn each time.
fn adapt(profiles: &mut Item, locked: &BTreeSet<String>) {
    let profiles = profiles.as_table_like_mut();
    for (_, profile) in profiles.into_iter().flat_map(|table| table.iter_mut()) {
        // `Item::get_mut` would leave an empty item where there is none
        let Some(profile) = profile.as_table_like_mut() else {
            continue;
        };
        profile.remove("panic");
        let packages = profile.get_mut("package");
        let Some(packages) = packages.and_then(Item::as_table_like_mut) else {
            continue;
        };
        let strangers: Vec<String> = packages
            .iter()
            .map(|(spec, _)| spec.to_owned())
            .filter(|spec| spec != "*" && !locked.is_empty() && !locked.contains(name_in(spec)))
            .collect();
        for spec in strangers {
            packages.remove(&spec);
        }
    }
}

/// Keeps the code of a member's other revisions when one is added, where the workspace's profile
/// says nothing of it. rustc merges codegen units above 256, in another way with each module more;
/// and full debug information of one revision changes with others.
fn spare_members(manifest: &mut DocumentMut, members: &[&Member]) {
    let profile = manifest.entry("profile").or_insert(Item::Table(implicit()));
    let Some(profiles) = profile.as_table_like_mut() else {
        return;
    };
    let dev = profiles.entry("dev").or_insert(Item::Table(implicit()));
    let Some(dev) = dev.as_table_like_mut() else {
        return;
    };
    let wanted = [
        ("codegen-units", value(MANY)),
        ("debug", value("line-tables-only")),
    ];
    let wanted: Vec<_> = wanted
        .into_iter()
        .filter(|(key, _)| !dev.contains_key(key))
        .collect();
    let packages = dev.entry("package").or_insert(Item::Table(implicit()));
    let Some(packages) = packages.as_table_like_mut() else {
        return;
    };
    for member in members {
        // a package has one override, by whatever specification
        let written = packages.iter().map(|(spec, _)| spec.to_owned());
        let written = written
            .into_iter()
            .find(|spec| name_in(spec) == member.name);
        let spec = written.unwrap_or_else(|| member.name.clone());
        let package = packages.entry(&spec);
        let package = package.or_insert(Item::Table(Table::new()));
        let Some(package) = package.as_table_like_mut() else {
            continue;
        };
        for (key, wanted) in &wanted {
            package.entry(key).or_insert(wanted.clone());
        }
    }
}

/// A table that is only written where it has something.
fn implicit() -> Table {
    let mut table = Table::new();
    table.set_implicit(true);
    table
}

/// The name in a package's specification: `name`, `name@1.0`, `name:1.0`,
/// `https://host/repo#name@1.0`.
fn name_in(spec: &str) -> &str {
    let name = spec.rsplit(['#', '/']).next().unwrap_or(spec);
    name.split(['@', ':']).next().unwrap_or(name)
}

/// Patches name folders relative to their manifest.
fn make_paths_absolute(patches: &mut Item, root: &Path) {
    let sources = patches.as_table_like_mut();
    let sources = sources.into_iter().flat_map(|table| table.iter_mut());
    for (_, source) in sources {
        let crates = source.as_table_like_mut();
        for (_, patch) in crates.into_iter().flat_map(|table| table.iter_mut()) {
            let folder = patch
                .get("path")
                .and_then(Item::as_str)
                .map(|folder| root.join(folder));
            if let Some(folder) = folder {
                patch["path"] = value(path(&folder));
            }
        }
    }
}

/// Where a patch replaces the library, the commands come from there too.
fn patch_commands(patches: &mut Item) {
    let sources = patches.as_table_like_mut();
    let sources = sources.into_iter().flat_map(|table| table.iter_mut());
    for (_, source) in sources {
        let Some(crates) = source.as_table_like_mut() else {
            continue;
        };
        let is_library = |(name, patch): &(&str, &Item)| {
            patch.get("package").and_then(Item::as_str).unwrap_or(name) == LIBRARY
        };
        let library = crates.iter().find(is_library);
        let Some(mut patch) = library.map(|(_, patch)| patch.clone()) else {
            continue;
        };
        let folder = patch.get("path").and_then(Item::as_str).map(PathBuf::from);
        if let Some(folder) = folder {
            patch["path"] = value(path(&folder.with_file_name(COMMANDS)));
        }
        patch["package"] = value(COMMANDS);
        if !crates.contains_key(COMMANDS) {
            crates.insert(COMMANDS, patch);
        }
    }
}

fn main(members: &[&Member], hooked: &[&Member], configuration: Option<&str>) -> String {
    let modules: Vec<String> = members
        .iter()
        .map(|member| format!("{}::migrations", alias(member)))
        .collect();
    let mut history = format!("migrate_core::history![{}]", modules.join(", "));
    if !hooked.is_empty() {
        let hooks = hooked
            .iter()
            .map(|member| format!("{}::__AUTOGENERATE", alias(member)));
        let hooks: Vec<String> = hooks.collect();
        history += &format!(".with_hooks(const {{ &[{}] }})", hooks.join(", "));
    }
    let start = match configuration {
        None => format!("migrate_cli::main({history})"),
        Some(text) => {
            format!("migrate_cli::bundle_with({history}, {text:?}, include_str!(\"states.json\"))")
        }
    };
    format!(
        "//! Written by `cargo migrate`, which overwrites changes: the revisions of the workspace, with the commands that\n\
         //! need a database.\n\n\
         fn main() -> std::process::ExitCode {{\n    {start}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn member(name: &str, folder: &str) -> Member {
        serde_json::from_value(json!({
            "name": name, "manifest": format!("{folder}/Cargo.toml"), "library": null, "core": null, "metadata": null,
        }))
        .unwrap()
    }

    #[test]
    fn the_runner_depends_on_the_members_and_builds_as_the_workspace_does() {
        let (accounts, billing) = (
            member("accounts", "/ws/accounts"),
            member("type-a", "/ws/b \"q\""),
        );
        let workspace = r#"
            [workspace]
            members = ["accounts", "b"]
            [workspace.package]
            edition = "2024"
            [profile.dev]
            debug = 0 # quick
            [profile.dev.package]
            "*" = { opt-level = 1 }
            one = { opt-level = 2 }
            "type-a@0.1.0" = { opt-level = 1 }
            "stranger@1.0" = { opt-level = 3 }
            [patch.crates-io]
            one = { path = "vendor/one" }
            [patch."https://host/repo".two]
            path = "../two"
        "#;
        let locked = ["one".to_owned(), "type-a".to_owned()].into();
        let root = Root {
            folder: Path::new("/ws"),
            manifest: workspace,
            locked: &locked,
            library: None,
        };
        let core = Origin::Path("/lib/migrate-core".into());
        let features = Features {
            names: vec!["seeds".to_owned()],
            no_default: true,
        };
        let members = [(&accounts, features), (&billing, Features::default())];
        let sources = sources("runner", &members, &[&billing], &core, &root, None);
        let read = sources.manifest.parse::<DocumentMut>().unwrap();
        assert_eq!(read["package"]["name"].as_str(), Some("runner"));
        assert_eq!(read["workspace"]["resolver"].as_str(), Some("1"));
        assert_eq!(
            read["dependencies"]["migrate-core"]["path"].as_str(),
            Some("/lib/migrate-core")
        );
        assert_eq!(
            read["dependencies"]["migrate-cli"]["path"].as_str(),
            Some("/lib/migrate-cli")
        );
        assert_eq!(
            read["dependencies"]["member_accounts"]["path"].as_str(),
            Some("/ws/accounts")
        );
        assert_eq!(
            read["dependencies"]["member_accounts"]["features"][0].as_str(),
            Some("seeds")
        );
        assert_eq!(
            read["dependencies"]["member_accounts"]["default-features"].as_bool(),
            Some(false)
        );
        assert_eq!(
            read["dependencies"]["member_type_a"]["package"].as_str(),
            Some("type-a")
        );
        assert!(
            read["dependencies"]["member_type_a"]
                .get("features")
                .is_none()
        );
        assert_eq!(
            read["dependencies"]["member_type_a"]["path"].as_str(),
            Some("/ws/b \"q\"")
        );
        assert_eq!(read["profile"]["dev"]["debug"].as_integer(), Some(0));
        let packages = read["profile"]["dev"]["package"].as_table_like().unwrap();
        assert_eq!(
            packages.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            ["*", "one", "type-a@0.1.0", "accounts"]
        );
        // said by the workspace's profile: kept as it is
        let accounts = packages.get("accounts").unwrap();
        assert_eq!(accounts["codegen-units"].as_integer(), Some(MANY));
        assert!(accounts.get("debug").is_none());
        let billing = packages.get("type-a@0.1.0").unwrap();
        assert_eq!(billing["opt-level"].as_integer(), Some(1));
        assert_eq!(billing["codegen-units"].as_integer(), Some(MANY));
        assert_eq!(
            read["patch"]["crates-io"]["one"]["path"].as_str(),
            Some("/ws/vendor/one")
        );
        assert_eq!(
            read["patch"]["https://host/repo"]["two"]["path"].as_str(),
            Some("/ws/../two")
        );
        assert!(
            sources
                .main
                .contains("history![member_accounts::migrations, member_type_a::migrations].with_hooks(const { &[member_type_a::__AUTOGENERATE] }))")
        );
    }

    #[test]
    fn members_keep_their_code_and_unwind_whatever_the_profile_says() {
        let app = member("app", "/app");
        let profiles = [
            "",
            "[profile.dev]\ndebug = 0\n",
            "[profile.dev]\npanic = \"abort\"\n",
            "[profile.release]\nlto = true\n",
            "[profile]\ndev = { debug = 0 }\n",
            "[profile.dev.package.app]\nopt-level = 1\n",
        ];
        for profile in profiles {
            let root = Root {
                folder: Path::new("/app"),
                manifest: profile,
                locked: &BTreeSet::new(),
                library: None,
            };
            let core = Origin::Path("/lib/migrate-core".into());
            let sources = sources(
                "runner",
                &[(&app, Features::default())],
                &[],
                &core,
                &root,
                None,
            );
            assert!(!sources.manifest.contains("panic"), "{}", sources.manifest);
            let read = sources.manifest.parse::<DocumentMut>().unwrap();
            let app = &read["profile"]["dev"]["package"]["app"];
            assert_eq!(
                app["codegen-units"].as_integer(),
                Some(MANY),
                "{}",
                sources.manifest
            );
        }
    }

    #[test]
    fn a_bundle_has_its_configuration_compiled_in() {
        let app = member("app", "/app");
        let text = main(&[&app], &[], Some(r#"{"multiple_heads":"allow"}"#));
        assert!(
            text.contains(
                r#"cli::bundle_with(migrate_core::history![member_app::migrations], "{\"multiple_heads\":\"allow\"}", include_str!("states.json"))"#
            ),
            "{text}"
        );
    }

    #[test]
    fn the_library_comes_from_where_the_members_take_it() {
        let git = |reference: Option<(&str, &str)>| Origin::Git {
            url: "https://host/a".to_owned(),
            reference: reference.map(|(kind, name)| (kind.to_owned(), name.to_owned())),
        };
        let registry = |index: Option<&str>| Origin::Registry {
            requirement: "^0.1".to_owned(),
            index: index.map(str::to_owned),
        };
        for (from, expected) in [
            (git(None), r#"{ git = "https://host/a" }"#),
            (
                git(Some(("branch", "x"))),
                r#"{ git = "https://host/a", branch = "x" }"#,
            ),
            (registry(None), r#"{ version = "^0.1" }"#),
            (
                registry(Some("sparse+https://r/")),
                r#"{ version = "^0.1", registry-index = "sparse+https://r/" }"#,
            ),
        ] {
            assert_eq!(origin(&from).to_string(), expected);
        }
    }

    #[test]
    fn the_commands_come_from_beside_the_library() {
        let git = Origin::Git {
            url: "https://host/a".to_owned(),
            reference: Some(("rev".to_owned(), "abc".to_owned())),
        };
        assert_eq!(commands(&git, Some("0.1.3")), git);
        let registry = |requirement: &str| Origin::Registry {
            requirement: requirement.to_owned(),
            index: Some("sparse+https://r/".to_owned()),
        };
        let locked = commands(&registry("^0.1"), Some("0.1.3"));
        assert_eq!(locked, registry("=0.1.3"));
        assert_eq!(commands(&registry("^0.1"), None), registry("^0.1"));
        let renamed = Origin::Path("/checkout".into());
        assert_eq!(
            commands(&renamed, None),
            Origin::Path("/migrate-cli".into())
        );
    }

    #[test]
    fn where_a_patch_replaces_the_library_the_commands_come_from_there_too() {
        for (patch, expected) in [
            (
                "migrate-core = { path = \"/lib/migrate-core\" }",
                Some(r#"{ path = "/lib/migrate-cli", package = "migrate-cli" }"#),
            ),
            (
                "m = { package = \"migrate-core\", git = \"https://host/a\", branch = \"x\" }",
                Some(r#"{ package = "migrate-cli", git = "https://host/a", branch = "x" }"#),
            ),
            ("other = { path = \"/lib/migrate-core\" }", None),
        ] {
            let text = format!("[patch.crates-io]\n{patch}\n");
            let mut document = text.parse::<DocumentMut>().unwrap();
            patch_commands(&mut document["patch"]);
            let entry = document["patch"]["crates-io"].get(COMMANDS);
            let entry = entry.map(|entry| entry.to_string().trim().to_owned());
            assert_eq!(entry.as_deref(), expected, "{patch}");
        }
    }

    #[test]
    fn a_specification_has_a_name() {
        for spec in [
            "a",
            "a@1.0",
            "a:1.0",
            "https://host/repo#a@1.0",
            "file:///x/a",
        ] {
            assert_eq!(name_in(spec), "a", "{spec}");
        }
    }

    #[test]
    fn the_resolver_is_the_workspaces() {
        for (workspace, expected) in [
            ("[workspace]\nresolver = \"2\"", "2"),
            ("[workspace]", "1"),
            ("[package]\nedition = \"2024\"", "3"),
            ("[package]\nedition = \"2021\"", "2"),
            ("[package]\nname = \"old\"", "1"),
            (
                "[package]\nedition.workspace = true\n[workspace.package]\nedition = \"2024\"",
                "3",
            ),
        ] {
            let document = workspace.parse::<Document<String>>().unwrap();
            assert_eq!(resolver(&document), expected, "{workspace}");
        }
    }
}
