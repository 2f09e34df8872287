//! Workspaces on disk, and where their members keep revisions.

use super::*;

/// A workspace with these manifests; the members as paths relative to its root.
fn members(manifests: &[(&str, &str)]) -> Vec<String> {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), manifests);
    let workspace = Workspace::of(root.path()).unwrap();
    let relative = |path: PathBuf| {
        path.strip_prefix(root.path())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    workspace.members().into_iter().map(relative).collect()
}

fn write(root: &Path, manifests: &[(&str, &str)]) {
    for (folder, text) in manifests {
        fs::create_dir_all(root.join(folder)).unwrap();
        fs::write(root.join(folder).join("Cargo.toml"), text).unwrap();
    }
}

#[test]
fn listed_members() {
    let root = "[workspace]\nmembers = [\"a\", 'libs/*', \"./x?\"]\nexclude = ['libs/out']";
    let folders = [
        "a",
        "libs/b",
        "libs/c",
        "libs/out",
        "libs/.hidden",
        "x1",
        "x22",
        "other",
    ];
    let mut manifests = vec![("", root)];
    manifests.extend(folders.map(|folder| (folder, "[package]")));
    // hidden folders too, as cargo has it
    assert_eq!(
        members(&manifests),
        ["a", "libs/.hidden", "libs/b", "libs/c", "x1"]
    );
}

#[test]
fn any_depth() {
    let root = "[workspace]\nmembers = [\"**/db\"]";
    let found = members(&[
        ("", root),
        ("a/b/db", ""),
        ("db", ""),
        ("a/x", ""),
        ("target/db", ""),
    ]);
    // what lies in `target` too, as cargo has it
    assert_eq!(found, ["a/b/db", "db", "target/db"]);
}

#[test]
fn the_root_and_what_it_depends_on() {
    let root = "[package]\n[workspace]\n[workspace.dependencies]\nd = { path = 'd' }\nunused = { path = 'e' }\n[dependencies]\nb = { path = \"b\" }\n[target.'cfg(unix)'.dev-dependencies.d]\nworkspace = true";
    let b = "[package]\n[build-dependencies]\nc.path = '../c'\nout = { path = '../../out' }";
    let found = members(&[
        ("", root),
        ("b", b),
        ("c", "[package]"),
        ("d", "[package]"),
        ("e", "[package]"),
    ]);
    assert_eq!(found, ["", "b", "d", "c"]);
}

#[test]
fn the_workspace_of_a_package() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    write(
        root,
        &[
            ("", "[workspace]\nexclude = ['out']"),
            ("a/b", "[package]"),
            ("out", "[package]"),
            ("own", "[package]\n[workspace]"),
            ("named", "[package]\nworkspace = '../own'"),
            ("broken", "[[[= "),
        ],
    );
    let of =
        |folder: &str| Workspace::of(&root.join(folder)).map(|workspace| normal(&workspace.root));
    assert_eq!(of("a/b"), Some(root.to_owned()));
    assert_eq!(of("broken"), Some(root.to_owned()));
    assert_eq!(of("own"), Some(root.join("own")));
    assert_eq!(of("named"), Some(root.join("own")));
    assert_ne!(of("out"), Some(root.to_owned()));
    assert!(of("nowhere").is_none());
}
