//! `diesel.toml`: what it says about `schema.rs`. The keys are those of diesel's command line 2.3;
//! an unknown one is an error, as there. Reads text; must not know where the file is found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use regex_lite::Regex;
use serde::{Deserialize, Deserializer};

/// What is printed, and how.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrintSchema {
    pub(crate) file: Option<PathBuf>,
    pub(crate) with_docs: Docs,
    pub(crate) allow_tables_to_appear_in_same_query_config: SameQuery,
    pub(crate) filter: Filter,
    pub(crate) column_sorting: Sorting,
    pub(crate) schema: Option<String>,
    pub(crate) patch_file: Option<PathBuf>,
    pub(crate) import_types: Option<Vec<String>>,
    pub(crate) generate_missing_sql_type_definitions: Option<bool>,
    pub(crate) except_custom_type_definitions: Patterns,
    pub(crate) custom_type_derives: Option<Vec<String>>,
    pub(crate) sqlite_integer_primary_key_is_bigint: Option<bool>,
    pub(crate) pg_domains_as_custom_types: Patterns,
}

/// Which comments are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Docs {
    /// Those of the database, or else one that says what the database has.
    Fallback,
    /// Those of the database.
    OnlyDatabase,
    /// None.
    #[default]
    None,
}

impl PrintSchema {
    /// Whether documentation comments of `schema.rs` are the database's.
    pub(crate) fn docs_are_comments(&self) -> bool {
        self.with_docs == Docs::OnlyDatabase
    }
}

impl<'de> Deserialize<'de> for Docs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Docs, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Value {
            Flag(bool),
            Name(String),
        }
        match Value::deserialize(deserializer)? {
            Value::Flag(true) => Ok(Docs::Fallback),
            Value::Flag(false) => Ok(Docs::None),
            Value::Name(name) => match name.as_str() {
                "database-comments-fallback-to-auto-generated-doc-comment" => Ok(Docs::Fallback),
                "only-database-comments" => Ok(Docs::OnlyDatabase),
                "no-doc-comments" => Ok(Docs::None),
                _ => Err(serde::de::Error::unknown_variant(
                    &name,
                    &[
                        "database-comments-fallback-to-auto-generated-doc-comment",
                        "only-database-comments",
                        "no-doc-comments",
                    ],
                )),
            },
        }
    }
}

/// Which tables a query may have together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SameQuery {
    /// Those that foreign keys connect.
    FkRelatedTables,
    /// All.
    #[default]
    AllTables,
    /// Nothing is printed about it.
    None,
}

/// The order of columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sorting {
    /// That of the table.
    #[default]
    OrdinalPosition,
    /// By name.
    Name,
}

/// Regular expressions of names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patterns(Vec<Regex>);

impl Patterns {
    pub(crate) fn matches(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| pattern.is_match(name))
    }
}

impl<'de> Deserialize<'de> for Patterns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Patterns, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let patterns = texts.iter().map(|text| Regex::new(text));
        let patterns: Result<_, _> = patterns.collect();
        patterns.map(Patterns).map_err(serde::de::Error::custom)
    }
}

/// Which tables are printed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Filter {
    only_tables: Option<Patterns>,
    except_tables: Option<Patterns>,
}

impl Filter {
    pub(crate) fn has(&self, table: &str) -> bool {
        let only = self.only_tables.as_ref();
        let except = self.except_tables.as_ref();
        only.is_none_or(|only| only.matches(table))
            && except.is_none_or(|except| !except.matches(table))
    }
}

/// What a `diesel.toml` says, by key; without keys it is one, `default`.
pub(crate) fn parse(text: &str, folder: &Path) -> Result<BTreeMap<String, PrintSchema>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        print_schema: toml::Table,
        #[serde(rename = "migrations_directory")]
        _migrations_directory: Option<Directory>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Directory {
        #[serde(rename = "dir")]
        _dir: PathBuf,
    }
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let is_key = |(name, value): &(String, toml::Value)| value.is_table() && name != "filter";
    let (keys, own): (Vec<_>, Vec<_>) = file.print_schema.into_iter().partition(is_key);
    let read = |value: toml::Value| -> Result<PrintSchema, String> {
        let mut read: PrintSchema = value.try_into().map_err(|error| format!("{error}"))?;
        if read.filter.only_tables.is_some() && read.filter.except_tables.is_some() {
            return Err("`only_tables` and `except_tables` exclude each other".to_owned());
        }
        for path in [&mut read.file, &mut read.patch_file].into_iter().flatten() {
            *path = folder.join(&*path);
        }
        Ok(read)
    };
    let mut all = BTreeMap::new();
    for (name, value) in keys {
        all.insert(name, read(value)?);
    }
    if !all.contains_key("default") {
        let own = own.into_iter().collect::<toml::Table>();
        all.insert("default".to_owned(), read(toml::Value::Table(own))?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys_are_read_and_an_unknown_one_is_an_error() {
        let text = r#"
            [print_schema]
            file = "src/schema.rs"
            with_docs = "only-database-comments"
            filter = { except_tables = ["^old_"] }
            column_sorting = "name"
            schema = "app"
            patch_file = "/x.patch"
            import_types = ["diesel::sql_types::*"]
            generate_missing_sql_type_definitions = false
            except_custom_type_definitions = ["Mood"]
            custom_type_derives = ["Debug"]
            sqlite_integer_primary_key_is_bigint = true
            allow_tables_to_appear_in_same_query_config = "fk_related_tables"
            pg_domains_as_custom_types = [".*"]
            [migrations_directory]
            dir = "m"
        "#;
        let all = parse(text, Path::new("/p")).unwrap();
        let read = &all["default"];
        assert_eq!(read.file.as_deref(), Some(Path::new("/p/src/schema.rs")));
        assert_eq!(read.patch_file.as_deref(), Some(Path::new("/x.patch")));
        assert_eq!(read.with_docs, Docs::OnlyDatabase);
        assert!(read.filter.has("new") && !read.filter.has("old_one"));
        for wrong in [
            "[print_schema]\nfiles = 1",
            "[print_scheme]",
            "[print_schema]\nwith_docs = \"x\"",
            "[print_schema.a]\nx = 1",
            "[print_schema]\nfilter = { only_tables = [\"(\"] }",
            "[print_schema.filter]\nonly_tables = []\nexcept_tables = []",
        ] {
            assert!(parse(wrong, Path::new("")).is_err(), "{wrong}");
        }
        let keys = "[print_schema.a]\nschema = \"a\"\n[print_schema.b]\nwith_docs = true";
        let keys = parse(keys, Path::new("")).unwrap();
        assert_eq!(keys.into_keys().collect::<Vec<_>>(), ["a", "b", "default"]);
    }
}
