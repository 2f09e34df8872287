//! Where the code that is being expanded lies on disk.

use std::path::{Component, Path, PathBuf};

use proc_macro2::Span;

/// The folder of the package that is being compiled; `None` when cargo does not compile it.
pub(crate) fn package() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}

/// The name of that package.
pub(crate) fn package_name() -> Option<String> {
    std::env::var("CARGO_PKG_NAME").ok()
}

/// A place in a file.
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    /// From 1.
    pub(crate) line: usize,
    /// In characters, from 1.
    pub(crate) column: usize,
}

/// Where this span begins; nothing where that is not known, as in editors, or means nothing, as
/// in the examples that rustdoc compiles.
pub(crate) fn place(span: Span) -> Option<Place> {
    if std::env::var_os("UNSTABLE_RUSTDOC_TEST_PATH").is_some() {
        return None;
    }
    let span = span.unwrap();
    let file = std::env::current_dir().ok()?.join(span.local_file()?);
    Some(Place {
        file: normal(&file),
        line: span.line(),
        column: span.column(),
    })
}

/// The path without `.` and `..`, as long as that can be told from the path alone.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

/// The same file, by a path that begins with the package's if it is in the package.
///
/// The compiler's path can be another one if there are symbolic links on the way.
pub(crate) fn in_package(file: &Path, package: &Path) -> Option<PathBuf> {
    let (file, real) = (file.canonicalize().ok()?, package.canonicalize().ok()?);
    Some(package.join(file.strip_prefix(real).ok()?))
}

/// The way from a folder to a path, both absolute.
pub(crate) fn relative(from: &Path, to: &Path) -> PathBuf {
    let common = from
        .components()
        .zip(to.components())
        .take_while(|(a, b)| a == b)
        .count();
    let mut way: PathBuf = from
        .components()
        .skip(common)
        .map(|_| Component::ParentDir)
        .collect();
    way.extend(to.components().skip(common));
    way
}

/// The path with `/` between its parts, on every system.
pub(crate) fn with_slashes(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}
