//! The lexer of revision files against `proc-macro2`: whatever that one takes for Rust, both cut
//! into the same tokens. It reads the files of this workspace, those of its dependencies as far as
//! cargo has unpacked them here, and generated text.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use migrate_source::{Kind, Lexer};
use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use proptest::prelude::*;

/// The tokens as `proc-macro2` has them; nothing where it takes the text for no Rust.
fn expected(text: &str) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    flatten(TokenStream::from_str(text).ok()?, &mut texts);
    // it takes `'r""` for a lone quote and a raw string, and the compiler for a lifetime and a
    // string
    (!texts.iter().any(|text| text == "'")).then_some(texts)
}

fn flatten(stream: TokenStream, texts: &mut Vec<String>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                texts.push(open.to_owned());
                flatten(group.stream(), texts);
                texts.push(close.to_owned());
            }
            // `'a` is a sign and a name there
            TokenTree::Ident(ident) if texts.last().is_some_and(|last| last == "'") => {
                texts.pop();
                texts.push(format!("'{ident}"));
            }
            tree => texts.push(tree.to_string()),
        }
    }
}

/// The tokens as this crate has them, a doc comment as the attribute that it means.
fn found(text: &str) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    for token in Lexer::new(text) {
        let token = token.map_err(|error| format!("{error:?}"))?;
        match token.kind {
            Kind::Doc { inner } => {
                let doc = Literal::string(&token.text).to_string();
                let bang: &[&str] = if inner { &["!"] } else { &[] };
                let attribute = ["#"].iter().chain(bang).chain(&["[", "doc", "="]);
                texts.extend(attribute.map(|text| (*text).to_owned()));
                texts.extend([doc, "]".to_owned()]);
            }
            _ => texts.push(token.text.into_owned()),
        }
    }
    Ok(texts)
}

/// Compares the tokens of a text, if it is Rust; says whether it is.
fn compare(name: &str, text: &str) -> bool {
    // the compiler drops both before it reads tokens
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some(expected) = expected(text) else {
        return false;
    };
    let found = found(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let first = expected.iter().zip(&found).position(|(a, b)| a != b);
    if let Some(at) = first {
        let around = |texts: &[String]| {
            texts[at.saturating_sub(5)..]
                .iter()
                .take(10)
                .cloned()
                .collect::<Vec<_>>()
        };
        panic!(
            "{name}: token {at}\nproc-macro2: {:?}\nhere:        {:?}",
            around(&expected),
            around(&found)
        );
    }
    assert_eq!(expected.len(), found.len(), "{name}: the number of tokens");
    true
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

#[test]
fn the_workspace_has_the_same_tokens() {
    let mut files = Vec::new();
    rust_files(root(), &mut files);
    let rust = files.iter().filter(|path| {
        fs::read_to_string(path).is_ok_and(|text| compare(&path.display().to_string(), &text))
    });
    let rust = rust.count();
    assert!(
        rust > 500,
        "only {rust} files of this workspace were compared"
    );
}

#[test]
fn its_dependencies_have_the_same_tokens() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.trim_matches('"').to_owned());
    let mut packages = Vec::new();
    for package in lock
        .split("[[package]]")
        .filter(|text| text.contains("\nsource = "))
    {
        let name = package.lines().find_map(|line| value(line, "name = "));
        let version = package.lines().find_map(|line| value(line, "version = "));
        packages.extend(
            name.zip(version)
                .map(|(name, version)| format!("{name}-{version}")),
        );
    }
    assert!(packages.len() > 100, "the lock file was not read");
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let sources = home
        .map(|home| home.join("registry/src"))
        .and_then(|path| fs::read_dir(path).ok());
    let mut files = Vec::new();
    for registry in sources.into_iter().flatten().flatten() {
        for package in &packages {
            rust_files(&registry.path().join(package), &mut files);
        }
    }
    let compared = |path: &PathBuf| {
        // tables of megabytes would take longer than all the others
        let text = fs::read_to_string(path)
            .ok()
            .filter(|text| text.len() < 500_000);
        text.is_some_and(|text| compare(&path.display().to_string(), &text))
    };
    let (one, other) = files.split_at(files.len() / 2);
    let count = |files: &[PathBuf]| files.iter().filter(|path| compared(path)).count();
    let rust = std::thread::scope(|scope| {
        let other = scope.spawn(|| count(other));
        count(one) + other.join().expect("the other half")
    });
    println!("{rust} of {} files compared", files.len());
}

/// Pieces that meet each other in every way: literals with all prefixes and suffixes, comments,
/// lifetimes, raw names.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_é]{1,3}",
        "r#[a-z]{2,3}",
        "'[a-z]{1,2}",
        "(b|c|)\"[a-z{}/ ]{0,4}\"",
        "(r|br|cr)#\"[a-z\"{} ]{0,4}\"#",
        "b?'[a-z{}/\"]'",
        r"'\\(n|'|\\|u\{7d\}|x41)'",
        r#""\\("|\\|n|u\{7d\})""#,
        "[0-9]{1,3}(u8|_i32|\\.[0-9]|e5|\\.|)",
        "0(x[0-9a-f]{1,3}|b[01]{1,2}|o[0-7])",
        "[-+*/=<>!&|.,;:#@$?~^%]{1,3}",
        Just("// c {\n".to_owned()),
        Just("/// d {\n".to_owned()),
        Just("//! d\n".to_owned()),
        Just("/* c /* } */ */".to_owned()),
        Just("/** d */".to_owned()),
        Just("( [ ] )".to_owned()),
        Just("{ }".to_owned()),
        Just(" ".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_text_has_the_same_tokens(pieces in prop::collection::vec(piece(), 1..12), spaced: bool) {
        compare("generated", &pieces.join(if spaced { " " } else { "" }));
    }
}
