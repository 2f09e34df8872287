//! The repository's own rules, as ARCHITECTURE.md states them. It knows files and manifests, and no
//! behaviour.

mod dependencies;
mod documents;
mod layers;
mod layout;
mod public_names;
mod publishing;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

/// Every Rust file of the repository's own, by its path from the root.
fn rust_files() -> Vec<(String, String)> {
    files(&["rs"])
}

/// Every file of the repository's own with one of these endings.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    collect(migrate_tests::workspace_root(), endings, &mut files);
    assert!(files.len() > 50, "only {} files found", files.len());
    files
        .into_iter()
        .map(|path| {
            let text =
                String::from_utf8_lossy(&fs::read(&path).expect("a file can be read")).into_owned();
            let name = path
                .strip_prefix(migrate_tests::workspace_root())
                .expect("it lies below the root");
            (name.to_string_lossy().replace('\\', "/"), text)
        })
        .collect()
}

fn collect(folder: &Path, endings: &[&str], files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository can be read") {
        let path = entry.expect("an entry can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            // cargo's folder stands beside a manifest, and a module may have that name
            let is_cargos = name == "target" && path.with_file_name("Cargo.toml").exists();
            if !is_cargos && !name.starts_with('.') {
                collect(&path, endings, files);
            }
        } else if (path.extension()).is_some_and(|end| endings.iter().any(|one| end == *one)) {
            files.push(path);
        }
    }
}

/// A file of the repository.
fn read(name: &str) -> String {
    fs::read_to_string(migrate_tests::workspace_root().join(name))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Code without comments and without the tests at its end.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    text[..end]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}
