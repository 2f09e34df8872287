//! Reads the inputs that the compiler and build scripts report: rustc's `.d` files, and a build
//! script's output. Pure; `freshness` interprets them.

use std::path::PathBuf;

/// The inputs of one compilation, or of one run of a build script.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inputs {
    /// Files and folders, relative to the package or absolute.
    pub(super) paths: Vec<PathBuf>,
    /// Environment variables.
    pub(super) variables: Vec<String>,
}

impl Inputs {
    /// Reads a `.d` file of rustc.
    pub(super) fn of_compilation(text: &str) -> Inputs {
        let mut inputs = Inputs::default();
        for line in text.lines() {
            if let Some(variable) = line.strip_prefix("# env-dep:") {
                let name = variable.split_once('=').map_or(variable, |(name, _)| name);
                inputs.variables.push(name.to_owned());
            } else if !line.starts_with('#')
                && let Some((_, sources)) = line.split_once(": ")
            {
                inputs.paths.extend(sources_in(sources));
            }
        }
        inputs.paths.sort_unstable();
        inputs.paths.dedup();
        inputs
    }

    /// Reads the output of a build script; without a word about its inputs it depends on its whole
    /// package, and this is `None`.
    pub(super) fn of_build_script(output: &str) -> Option<Inputs> {
        let mut inputs = Inputs::default();
        for line in output.lines() {
            let Some(instruction) = line.strip_prefix("cargo::").or(line.strip_prefix("cargo:"))
            else {
                continue;
            };
            match instruction.split_once('=') {
                Some(("rerun-if-changed", path)) => inputs.paths.push(PathBuf::from(path.trim())),
                Some(("rerun-if-env-changed", name)) => {
                    inputs.variables.push(name.trim().to_owned());
                }
                _ => {}
            }
        }
        (inputs != Inputs::default()).then_some(inputs)
    }
}

/// The files of a rule, in which a backslash stands before a space that belongs to a name.
fn sources_in(list: &str) -> Vec<PathBuf> {
    let mut sources = Vec::new();
    let mut words = list.split_whitespace();
    while let Some(word) = words.next() {
        let mut source = word.to_owned();
        while source.ends_with('\\') {
            source.pop();
            source.push(' ');
            source.push_str(words.next().unwrap_or_default());
        }
        sources.push(PathBuf::from(source));
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn a_compilation_names_its_sources_and_variables() {
        let inputs = Inputs::of_compilation(
            "/t/deps/libapp-1.rmeta: src/lib.rs /p/my\\ migrations/a.rs\n\n\
             /t/deps/app-1.d: src/lib.rs /p/my\\ migrations/a.rs\n\n\
             src/lib.rs:\n/p/my\\ migrations/a.rs:\n\n\
             # env-dep:CARGO_PKG_NAME=app\n# env-dep:UNSET\n# checksum:blake3=0 file_len:1 src: lib.rs\n",
        );
        assert_eq!(
            inputs.paths,
            paths(&["/p/my migrations/a.rs", "src/lib.rs"])
        );
        assert_eq!(inputs.variables, ["CARGO_PKG_NAME", "UNSET"]);
        assert_eq!(Inputs::of_compilation(""), Inputs::default());
    }

    #[test]
    fn a_build_script_names_its_inputs_in_both_spellings_or_none() {
        let inputs = Inputs::of_build_script(
            "cargo::rerun-if-changed=migrations\nhello\ncargo:rerun-if-env-changed=CC\ncargo:rustc-cfg=x\n",
        )
        .unwrap();
        assert_eq!(inputs.paths, paths(&["migrations"]));
        assert_eq!(inputs.variables, ["CC"]);
        assert_eq!(Inputs::of_build_script("cargo:rustc-cfg=x\n"), None);
    }
}
