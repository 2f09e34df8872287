//! Which packages use the library that revisions are written with, and by which name: a manifest
//! may give a dependency another one. Pure; must not know what a revision is.

use toml::Value;

use super::manifest::Manifest;

/// The package that revisions are written with.
pub const LIBRARY: &str = "migrate-core";

/// The name by which a package's manifest calls the library; `None` where it does not depend on it.
///
/// A name that only tests or build scripts use counts where there is no other.
///
/// ```
/// use migrate_source::{Manifest, library_name};
/// let manifest = Manifest::parse("[dependencies]\nmigrate = { package = 'migrate-core', version = '1' }");
/// assert_eq!(library_name(&manifest, None).as_deref(), Some("migrate"));
/// ```
#[must_use]
pub fn library_name(package: &Manifest, workspace: Option<&Manifest>) -> Option<String> {
    let find = |table: &str| named_in(package, table, workspace);
    find("dependencies")
        .or_else(|| find("dev-dependencies"))
        .or_else(|| find("build-dependencies"))
}

/// Whether a package can have revisions: it depends on the library, and not for its tests alone.
#[must_use]
pub fn uses_library(package: &Manifest, workspace: Option<&Manifest>) -> bool {
    named_in(package, "dependencies", workspace).is_some()
}

/// The name by which a package's manifest calls another package, in its code and its tests.
pub(super) fn package_named(
    package: &Manifest,
    workspace: Option<&Manifest>,
    wanted: &str,
) -> Option<String> {
    let find = |table: &str| entry_in(package, table, workspace, wanted);
    find("dependencies").or_else(|| find("dev-dependencies"))
}

fn named_in(package: &Manifest, table: &str, workspace: Option<&Manifest>) -> Option<String> {
    entry_in(package, table, workspace, LIBRARY)
}

fn entry_in(
    package: &Manifest,
    table: &str,
    workspace: Option<&Manifest>,
    wanted: &str,
) -> Option<String> {
    let everywhere = package.table(&[table]);
    let targets = package.table(&["target"]).into_iter();
    let somewhere = targets.flat_map(|targets| targets.values());
    let somewhere = somewhere.filter_map(|target| target.get(table)?.as_table());
    let mut all = everywhere.into_iter().chain(somewhere).flatten();
    let is_it = |(name, value): &(&String, &Value)| package_of(name, value, workspace) == wanted;
    all.find(is_it).map(|(name, _)| name.clone())
}

/// The package that an entry `name = value` means.
fn package_of<'a>(name: &'a str, value: &'a Value, workspace: Option<&'a Manifest>) -> &'a str {
    let said = value.get("package").and_then(Value::as_str);
    let inherits = value.get("workspace").and_then(Value::as_bool) == Some(true);
    let shared = || {
        let path = ["workspace", "dependencies", name, "package"];
        workspace.filter(|_| inherits)?.string(&path)
    };
    said.or_else(shared).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_depend_on_the_library() {
        let workspace = Manifest::parse(
            "[workspace.dependencies]\nmigrate-core = '1'\nmigrate = { package = 'migrate-core', path = 'x' }",
        );
        for (manifest, expected) in [
            ("[dependencies]\nmigrate-core = '1'", Some("migrate-core")),
            (
                "[dependencies]\nmigrate-core.workspace = true",
                Some("migrate-core"),
            ),
            ("[dependencies]\nmigrate.workspace = true", Some("migrate")),
            (
                "[dependencies]\nm = { package = 'migrate-core', git = 'x' }",
                Some("m"),
            ),
            ("[dependencies]\nmigrate-core = { package = 'other' }", None),
            (
                "[target.'cfg(unix)'.dependencies]\nmigrate-core = '1'",
                Some("migrate-core"),
            ),
            (
                "[dev-dependencies]\nmigrate-core = '1'",
                Some("migrate-core"),
            ),
            ("[dependencies]\nmigrate = '1'", None),
            ("", None),
        ] {
            let manifest = Manifest::parse(manifest);
            assert_eq!(
                library_name(&manifest, Some(&workspace)).as_deref(),
                expected,
                "{manifest:?}"
            );
        }
        let tests_only = Manifest::parse("[dev-dependencies]\nmigrate-core = '1'");
        assert!(!uses_library(&tests_only, None));
    }
}
