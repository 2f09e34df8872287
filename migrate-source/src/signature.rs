//! What the text of a revision's functions shows of their types.
//!
//! Types are the compiler's to judge; what is recognized here only lets the macro write less for
//! the compiler to do. This module must not know what the macro writes.

use super::attribute::Downgrade;
use super::file::{Function, RevisionFile, SourceRevision};
use super::token::{Kind, Lexer, Token};

/// Which functions of a revision are `fn(&mut Operations) -> Result<()>` as they are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakesOperations {
    /// The function of the revision.
    pub upgrade: bool,
    /// Its downgrade function, if that is in the same file.
    pub downgrade: bool,
    /// Whether `Result` in their signatures is visibly the library's.
    pub plain_result: bool,
}

impl RevisionFile {
    /// Which functions of one of this file's revisions are `fn(&mut Operations) -> Result<()>` as
    /// they are written. One that is written in another way may be one, too.
    ///
    /// ```
    /// use migrate_source::RevisionFile;
    ///
    /// let text = "
    ///     #[revision(id = \"a\", down_revision = None, downgrade = down)]
    ///     fn up(op: &mut Operations<'_>) -> Result<()> { Ok(()) }
    ///     fn down(connection: &mut SqliteConnection) -> Result<()> { Ok(()) }
    /// ";
    /// let file = RevisionFile::parse("a.rs", text);
    /// let takes = file.takes_operations(&file.revisions[0]);
    /// assert!(takes.upgrade && !takes.downgrade);
    /// ```
    #[must_use]
    pub fn takes_operations(&self, revision: &SourceRevision) -> TakesOperations {
        let upgrade = revision.function.as_ref().is_some_and(|name| {
            let functions = self.functions.iter();
            self.all_take(functions.filter(|function| function.name == name.span))
        });
        let downgrade = match &revision.declaration.downgrade {
            Some(Downgrade::Function(path)) => {
                self.all_take(self.functions_at(path, &revision.modules))
            }
            _ => false,
        };
        TakesOperations {
            upgrade,
            downgrade,
            plain_result: (upgrade || downgrade) && has_plain_result(&self.text),
        }
    }

    /// Whether there is a function, and each of them is one that takes operations.
    fn all_take<'f>(&self, functions: impl Iterator<Item = &'f Function>) -> bool {
        let mut functions = functions.peekable();
        let takes = |function: &Function| {
            let tokens = Lexer::new(&self.text[function.rest.range()]).map_while(Result::ok);
            let signature = tokens.take_while(|token| token.kind != Kind::Open('{'));
            is_of_operations(&signature.collect::<Vec<_>>())
        };
        functions.peek().is_some() && functions.all(takes)
    }
}

/// Whether `Result` in the signatures of a file is the one of `migrate_core::prelude`: the prelude
/// is imported as a whole, and the file says `Result` only where a function returns `Result<()>`.
/// So nothing imports or declares another one, and two imports of everything cannot disagree about
/// a name that is used.
fn has_plain_result(text: &str) -> bool {
    const PRELUDE: &str = "use migrate_core::prelude::*;";
    let mut places = text.match_indices("Result");
    text.lines().any(|line| line == PRELUDE)
        && places.all(|(at, name)| {
            text[..at].ends_with("-> ") && text[at + name.len()..].starts_with("<()>")
        })
}

/// Whether these tokens, from the parameters to the body, are those of such a function.
fn is_of_operations<S>(tokens: &[Token<'_, S>]) -> bool {
    let mut words: Vec<&str> = Vec::new();
    for token in tokens {
        words.push(&token.text);
        // `a::b::Operations` is `Operations`
        if let [.., name, ":", ":", last] = words[..]
            && name != "("
        {
            words.truncate(words.len() - 4);
            words.push(last);
        }
    }
    let words: Vec<&str> = match words[..] {
        ["(", "mut", ..] => [&words[..1], &words[2..]].concat(),
        _ => words,
    };
    let ["(", _, ":", "&", "mut", "Operations", rest @ ..] = &words[..] else {
        return false;
    };
    let rest = rest.strip_prefix(&["<", "'_", ">"]).unwrap_or(rest);
    let rest = rest.strip_prefix(&[","]).unwrap_or(rest);
    rest == [")", "-", ">", "Result", "<", "(", ")", ">"]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(signature: &str) -> bool {
        let text = format!("#[revision(id = \"a\")]\nfn up{signature} {{ Ok(()) }}");
        let file = RevisionFile::parse("a.rs", text);
        file.takes_operations(&file.revisions[0]).upgrade
    }

    #[test]
    fn the_usual_signature_in_its_forms() {
        assert!(takes("(op: &mut Operations) -> Result<()>"));
        assert!(takes("(_op: &mut Operations<'_>,) -> Result<()>"));
        assert!(takes("(mut op: &mut Operations) -> Result<()>"));
        assert!(takes(
            "(op: &mut migrate_core::Operations) -> migrate_core::Result<()>"
        ));
        assert!(takes(
            "(op: &mut m::prelude::Operations<'_>) -> anyhow::Result<()>"
        ));
    }

    #[test]
    fn everything_else_is_left_to_the_compiler() {
        assert!(!takes("(c: &mut SqliteConnection) -> Result<()>"));
        assert!(!takes("(op: Operations) -> Result<()>"));
        assert!(!takes("(op: &mut Operations) -> Result<(), String>"));
        assert!(!takes("(op: &mut Operations) -> QueryResult<()>"));
        assert!(!takes("(op: &mut Operations)"));
        assert!(!takes("(op: &mut Operations, more: u8) -> Result<()>"));
        assert!(!takes("<'a>(op: &'a mut Operations<'a>) -> Result<()>"));
        assert!(!takes("()"));
    }

    #[test]
    fn the_result_is_the_librarys_where_nothing_else_can_be_meant() {
        let plain = |before: &str, after: &str| {
            let text = format!(
                "{before}\n#[revision(id = \"a\")]\nfn up(op: &mut Operations) -> Result<()> {{}}\n{after}"
            );
            let file = RevisionFile::parse("a.rs", text);
            file.takes_operations(&file.revisions[0]).plain_result
        };
        let prelude = "use migrate_core::prelude::*;";
        assert!(plain(prelude, ""));
        assert!(plain(
            prelude,
            "fn down(op: &mut Operations) -> Result<()> {}"
        ));
        assert!(plain(&format!("use crate::*;\n{prelude}"), ""));
        for (before, after) in [
            ("", ""),
            ("use anyhow::Result;", ""),
            ("use library::prelude::*;", ""),
            ("mod inner { use migrate_core::prelude::*; }", ""),
            (&*format!("{prelude}\nuse anyhow::Result;"), ""),
            (&*format!("{prelude}\nuse anyhow::{{Context, Result}};"), ""),
            (prelude, "type Result<T> = std::result::Result<T, String>;"),
            (prelude, "use other::Fallible as Result;"),
            (prelude, "fn help() -> Result<u8> {}"),
            (prelude, "fn help() -> anyhow::Result<()> {}"),
        ] {
            assert!(!plain(before, after), "{before} … {after}");
        }
    }

    #[test]
    fn each_form_of_a_downgrade_counts() {
        let takes = |second: &str| {
            let text = format!(
                "#[revision(id = \"a\", downgrade = down)]\nfn up() {{}}\n\
                 #[cfg(unix)] fn down(op: &mut Operations) -> Result<()> {{}}\n\
                 #[cfg(windows)] fn down(op: &mut {second}) -> Result<()> {{}}"
            );
            let file = RevisionFile::parse("a.rs", text);
            file.takes_operations(&file.revisions[0]).downgrade
        };
        assert!(takes("Operations"));
        assert!(!takes("SqliteConnection"));
    }
}
