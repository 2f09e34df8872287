//! One source file: where its declarations are. It walks over tokens, so a file that is no valid
//! Rust at the moment still gives what can be found in it. It must not open files.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use super::attributes::{Attributes, path};
use super::cfg::Cfg;
use super::enums::{self, Labels};
use super::imports::Imports;
use super::items::{flat, is_punct};
use super::reader::{Places, Reader, Spots, Word};
use super::table::{self, Sort};
use crate::{EnumType, Join, Problem, Table, Unread};

/// What one file declares.
#[derive(Clone, Debug, Default)]
pub struct FileModels {
    /// Its tables, in order. Foreign keys name tables and columns as Rust does, until
    /// [`Models::resolve`](crate::Models::resolve).
    pub tables: Vec<Table>,
    /// What its `joinable!` say.
    pub joins: Vec<Join>,
    /// Its SQL types.
    pub sql_types: Vec<EnumType>,
    /// What may declare more tables, and is not read.
    pub unread: Vec<Unread>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    pub(crate) labels: Vec<Labels>,
    pub(crate) spots: Vec<Spots>,
}

/// Reads the tokens of a file.
#[must_use]
pub fn read_tokens(places: &mut dyn Places, tokens: TokenStream, library: &str) -> FileModels {
    let mut walk = Walk {
        reader: Reader::new(places),
        found: FileModels::default(),
    };
    walk.module(&flat(tokens), &Imports::of_file(library), &Cfg::Always);
    walk.finish()
}

/// Reads what is within the braces of the library's `table!`.
///
/// # Errors
///
/// When diesel's grammar does not have it: diesel's own macro says why.
pub fn read_table(places: &mut dyn Places, body: TokenStream) -> syn::Result<FileModels> {
    let mut walk = Walk {
        reader: Reader::new(places),
        found: FileModels::default(),
    };
    let table = table::read(&mut walk.reader, body, Sort::Closed, Cfg::Always)?;
    walk.found.tables.extend(table);
    Ok(walk.finish())
}

/// Reads what `#[migrate(…)]` says where it is an attribute of its own, with the item below it: a
/// part of an open table as diesel expands it, or the struct of a SQL type.
#[must_use]
pub fn read_attribute(
    places: &mut dyn Places,
    content: TokenStream,
    item: TokenStream,
) -> Vec<Problem> {
    let mut reader = Reader::new(places);
    super::lone::read(&mut reader, content, item);
    reader.problems
}

/// Macros of diesel that name tables and declare none.
const OF_DIESEL: [&str; 2] = [
    "allow_tables_to_appear_in_same_query",
    "allow_columns_to_appear_in_same_group_by_clause",
];

/// The words and the texts among tokens: what a macro may call its tables by.
fn words(stream: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for tree in flat(stream) {
        match tree {
            TokenTree::Group(group) => found.extend(words(group.stream())),
            TokenTree::Ident(ident) => found.push(Word::of(&ident).text),
            TokenTree::Literal(literal) => {
                let text = syn::parse_str::<syn::LitStr>(&literal.to_string());
                found.extend(text.ok().map(|text| text.value()));
            }
            TokenTree::Punct(_) => {}
        }
    }
    found
}

struct Walk<'p> {
    reader: Reader<'p>,
    found: FileModels,
}

impl Walk<'_> {
    fn finish(mut self) -> FileModels {
        self.found.problems = self.reader.problems;
        self.found.spots = self.reader.spots;
        self.found
    }

    fn module(&mut self, trees: &[TokenTree], outer: &Imports, cfg: &Cfg) {
        let imports = outer.of_module(trees);
        // the attributes of the item that has begun
        let mut attributes: Vec<TokenStream> = Vec::new();
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            let rest = &trees[at..];
            match rest {
                [hash, TokenTree::Group(group), ..]
                    if is_punct(hash, '#') && group.delimiter() == Delimiter::Bracket =>
                {
                    attributes.push(group.stream());
                    at += 2;
                    continue;
                }
                [
                    TokenTree::Ident(word),
                    TokenTree::Ident(_),
                    TokenTree::Group(group),
                    ..,
                ] if word == "mod" => {
                    let own = self.condition(&attributes);
                    let both = cfg.clone().and(own);
                    if both != Cfg::Never {
                        self.module(&flat(group.stream()), &imports, &both);
                    }
                    attributes.clear();
                    at += 3;
                    continue;
                }
                [
                    TokenTree::Ident(word),
                    bang,
                    TokenTree::Ident(name),
                    TokenTree::Group(rules),
                    ..,
                ] if word == "macro_rules" && is_punct(bang, '!') => {
                    let own = self.condition(&attributes);
                    let is_built = cfg.clone().and(own) != Cfg::Never;
                    if is_built && imports.makes_tables(&rules.stream()) {
                        let what = format!("the macro `{name}!`");
                        self.unread(name.span(), what, Vec::new());
                    }
                    attributes.clear();
                    at += 4;
                    continue;
                }
                // a `struct` that is being typed has not swallowed the macro after it
                [TokenTree::Ident(word), TokenTree::Ident(name), next, ..]
                    if word == "struct" && !is_punct(next, '!') =>
                {
                    self.sql_type(&Word::of(name), &attributes, cfg);
                    attributes.clear();
                    at += 2;
                    continue;
                }
                [
                    TokenTree::Ident(word),
                    TokenTree::Ident(name),
                    TokenTree::Group(variants),
                    ..,
                ] if word == "enum" && variants.delimiter() == Delimiter::Brace => {
                    self.labels(&Word::of(name), &attributes, variants, cfg);
                    attributes.clear();
                    at += 3;
                    continue;
                }
                [TokenTree::Ident(_), ..] => {
                    let (path, after) = path(rest);
                    if let [bang, TokenTree::Group(body), ..] = after
                        && is_punct(bang, '!')
                        && let Some((_, span)) = path.last().cloned()
                    {
                        let path: Vec<String> = path.into_iter().map(|(name, _)| name).collect();
                        let (name, closed) = imports.resolve(&path);
                        let own = self.condition(&attributes);
                        self.invocation(&name, closed, span, body, cfg.clone().and(own));
                        attributes.clear();
                        at = trees.len() - after.len() + 2;
                        continue;
                    }
                    at = (trees.len() - after.len()).max(at + 1);
                    continue;
                }
                _ => {}
            }
            let ends = match tree {
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                tree => is_punct(tree, ';'),
            };
            if ends {
                attributes.clear();
            }
            at += 1;
        }
    }

    /// What the attributes say about when the item is there.
    fn condition(&mut self, attributes: &[TokenStream]) -> Cfg {
        // mistakes in `migrate` belong to what reads it
        let before = self.reader.problems.len();
        let read = Attributes::read(&mut self.reader, attributes.iter().cloned());
        self.reader.problems.truncate(before);
        read.cfg
    }

    fn invocation(&mut self, name: &str, closed: bool, span: Span, body: &Group, cfg: Cfg) {
        let sort = match name {
            "table" if closed => Sort::Closed,
            "table" => Sort::Open,
            "view" => Sort::View,
            "joinable" if cfg != Cfg::Never => return self.join(body),
            "include" if cfg != Cfg::Never => {
                return self.unread(span, format!("the file in `include!{body}`"), Vec::new());
            }
            other => {
                if cfg != Cfg::Never && !OF_DIESEL.contains(&other) {
                    self.unread(span, format!("the macro `{other}!`"), words(body.stream()));
                }
                return;
            }
        };
        if cfg == Cfg::Never {
            return;
        }
        match table::read(&mut self.reader, body.stream(), sort, cfg) {
            Ok(table) => self.found.tables.extend(table),
            Err(error) => {
                table::unreadable(&mut self.reader, &body.stream(), span, &error, name);
            }
        }
    }

    fn unread(&mut self, span: Span, what: String, names: Vec<String>) {
        let place = self.reader.place(span);
        self.found.unread.push(Unread { place, what, names });
    }

    /// `joinable!(posts -> users (user_id));`
    fn join(&mut self, body: &Group) {
        let trees = flat(body.stream());
        let (child, rest) = path(&trees);
        let [minus, greater, rest @ ..] = rest else {
            return;
        };
        let (parent, rest) = path(rest);
        let ([TokenTree::Group(column), ..], Some(child), Some(parent)) =
            (rest, child.last(), parent.last())
        else {
            return;
        };
        let column = flat(column.stream());
        if let [TokenTree::Ident(column)] = column.as_slice()
            && is_punct(minus, '-')
            && is_punct(greater, '>')
        {
            let plain = |name: &str| name.strip_prefix("r#").unwrap_or(name).to_owned();
            self.found.joins.push(Join {
                place: self.reader.place(child.1),
                child: plain(&child.0),
                parent: plain(&parent.0),
                column: Word::of(column).text,
            });
        }
    }

    fn sql_type(&mut self, name: &Word, attributes: &[TokenStream], cfg: &Cfg) {
        if let Some(only) = self.only(attributes, cfg) {
            let attributes = enums::expanded(attributes);
            let found = enums::sql_type(&mut self.reader, name, &attributes, &only);
            self.found.sql_types.extend(found);
        }
    }

    fn labels(&mut self, name: &Word, attributes: &[TokenStream], variants: &Group, cfg: &Cfg) {
        if let Some(only) = self.only(attributes, cfg) {
            let attributes = enums::expanded(attributes);
            let stated = enums::of_enum(&mut self.reader, name, &attributes, variants, &only);
            self.found.sql_types.extend(stated.sql_type);
            self.found.labels.extend(stated.labels);
        }
    }

    /// The databases that a type is for; nothing if it is never compiled. Other conditions are
    /// about Rust: what a type is called in the database does not depend on them.
    fn only(&mut self, attributes: &[TokenStream], cfg: &Cfg) -> Option<Vec<String>> {
        match cfg.clone().and(self.condition(attributes)) {
            Cfg::Never => None,
            Cfg::Only(only) => Some(only),
            Cfg::Always | Cfg::Other => Some(Vec::new()),
        }
    }
}
