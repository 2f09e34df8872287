//! What a comparison leaves out: objects by name, and aspects. Pure; it must not know where the
//! patterns are written.

use crate::configuration::keys::{self, Key};
use crate::context::Context;
use crate::error::CliError;
use migrate_core::engine::backend::BackendKind;
use migrate_core::schema::{Constraint, ObjectName, Schema, TableOptions};

/// What is left out of every state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    ignore: Vec<Aspect>,
}

/// Objects by their names, in which `*` stands for any text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    /// The schema and name of a table, for a table itself or what is on it.
    table: Option<(Option<String>, String)>,
    /// The kind and name of another object.
    object: Option<(String, String)>,
    /// Whether case counts in names.
    is_exact: bool,
}

/// An aspect that is not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Aspect {
    Comments,
    Defaults,
    TableOptions,
    Collations,
    Names,
}

impl Filters {
    /// Those that are configured, for a kind of database: it decides whether case counts.
    pub(crate) fn of(context: &Context<'_>, kind: BackendKind) -> Result<Filters, CliError> {
        let lines = |key: &Key| -> Result<Vec<String>, CliError> {
            let given = context.value(key)?;
            let lines = given.map(|given| given.value).unwrap_or_default();
            Ok(lines.lines().map(str::to_owned).collect())
        };
        let patterns = |key: &Key| -> Result<Vec<Pattern>, CliError> {
            lines(key)?
                .iter()
                .map(|text| Pattern::parse(text, key, kind))
                .collect()
        };
        Ok(Filters {
            include: patterns(&keys::INCLUDE)?,
            exclude: patterns(&keys::EXCLUDE)?,
            ignore: lines(&keys::IGNORE)?
                .iter()
                .map(|text| Aspect::parse(text))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Takes out the objects that are not included, or excluded. Foreign keys to them stay.
    pub(crate) fn select(&self, schema: &mut Schema) {
        if self.keep_all() {
            return;
        }
        let table = |name: &ObjectName| self.keeps_relation(name, "table");
        let view = |name: &ObjectName| self.keeps_relation(name, "view");
        let named = |kind: &str, name: &ObjectName| !self.excludes(None, kind, name);
        schema.tables.retain(|one| table(&one.name));
        schema.views.retain(|one| view(&one.name));
        schema.indexes.retain(|one| {
            let name = one.table.sibling(one.name.as_str());
            table(&one.table) && !self.excludes(Some(&one.table), "index", &name)
        });
        for one in &mut schema.tables {
            let on = one.name.clone();
            one.constraints
                .retain(|constraint| match constraint.name() {
                    Some(name) => !self.excludes(Some(&on), "constraint", &on.sibling(name)),
                    None => true,
                });
        }
        schema.enums.retain(|one| named("type", &one.name));
        schema.domains.retain(|one| named("type", &one.name));
        schema.sequences.retain(|one| named("sequence", &one.name));
        (schema.extensions).retain(|one| named("extension", &one.name.as_str().into()));
        schema.others.retain(|one| {
            one.on.as_ref().is_none_or(table)
                && !self.excludes(one.on.as_ref(), &one.kind, &one.name)
        });
    }

    /// Whether no object is left out.
    pub(crate) fn keep_all(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Takes out the aspects that are not compared.
    pub(crate) fn forget(&self, schema: &mut Schema) {
        for aspect in &self.ignore {
            aspect.forget(schema);
        }
    }

    fn keeps_relation(&self, name: &ObjectName, kind: &str) -> bool {
        let is_it = |pattern: &&Pattern| pattern.is_relation(name, kind);
        let included = self.include.is_empty() || self.include.iter().any(|one| is_it(&one));
        included && !self.exclude.iter().any(|one| is_it(&one))
    }

    fn excludes(&self, on: Option<&ObjectName>, kind: &str, name: &ObjectName) -> bool {
        self.exclude.iter().any(|one| one.is_object(on, kind, name))
    }
}

impl Pattern {
    /// `table`, `schema.table`, `kind:name`, `table.kind:name`
    fn parse(text: &str, key: &Key, kind: BackendKind) -> Result<Pattern, CliError> {
        let refused = || {
            Err(CliError::usage(format!(
                "`{}` has the pattern `{text}`, which names nothing",
                key.name
            ))
            .help("write `table`, `schema.table`, `view:name` or `table.index:name`; `*` stands for any text"))
        };
        let (place, object) = match text.rsplit_once(':') {
            Some((before, name)) => {
                let (place, kind) = match before.rsplit_once('.') {
                    Some((place, kind)) => (place, kind),
                    None => ("", before),
                };
                if kind.is_empty() || name.is_empty() {
                    return refused();
                }
                (place, Some((kind.to_owned(), name.to_owned())))
            }
            None => (text, None),
        };
        let table = match place.split_once('.') {
            _ if place.is_empty() => None,
            Some((schema, name)) => Some((Some(schema.to_owned()), name.to_owned())),
            None => Some((None, place.to_owned())),
        };
        match table.is_none() && object.is_none() {
            true => refused(),
            false => Ok(Pattern {
                table,
                object,
                is_exact: kind == BackendKind::Postgres,
            }),
        }
    }

    /// Whether it means this table or view.
    fn is_relation(&self, name: &ObjectName, kind: &str) -> bool {
        match (&self.table, &self.object) {
            (Some(table), None) => self.is_named(table, name),
            (None, Some((of, pattern))) => of == kind && self.fits(pattern, &name.name),
            _ => false,
        }
    }

    /// Whether it means this object, which may be on a table.
    fn is_object(&self, on: Option<&ObjectName>, kind: &str, name: &ObjectName) -> bool {
        let Some((of, pattern)) = &self.object else {
            return false;
        };
        let place = match (&self.table, on) {
            (None, _) => true,
            (Some(table), Some(on)) => self.is_named(table, on),
            (Some(_), None) => false,
        };
        place && of == kind && self.fits(pattern, &name.name)
    }

    fn is_named(&self, (schema, pattern): &(Option<String>, String), name: &ObjectName) -> bool {
        let in_schema = match (schema, &name.schema) {
            (None, _) => true,
            (Some(pattern), Some(schema)) => self.fits(pattern, schema),
            (Some(_), None) => false,
        };
        in_schema && self.fits(pattern, &name.name)
    }

    fn fits(&self, pattern: &str, name: &str) -> bool {
        match self.is_exact {
            true => matches(pattern, name),
            false => matches(&pattern.to_lowercase(), &name.to_lowercase()),
        }
    }
}

/// Whether a name is as the pattern, in which `*` stands for any text.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.any(|at| matches(after, &rest[at..]))
        }),
    }
}

/// The names of the aspects.
const ASPECTS: [(&str, Aspect); 5] = [
    ("comments", Aspect::Comments),
    ("defaults", Aspect::Defaults),
    ("table-options", Aspect::TableOptions),
    ("collations", Aspect::Collations),
    ("names", Aspect::Names),
];

impl Aspect {
    fn parse(text: &str) -> Result<Aspect, CliError> {
        let known = ASPECTS.iter().find(|(name, _)| *name == text);
        known.map(|(_, aspect)| *aspect).ok_or_else(|| {
            let names: Vec<String> = ASPECTS
                .iter()
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            CliError::usage(format!("`ignore` has `{text}`, which is no aspect"))
                .help(format!("the aspects are {}", names.join(", ")))
        })
    }

    fn forget(self, schema: &mut Schema) {
        if self == Aspect::Comments {
            schema.others.retain(|other| other.kind != "comment");
        }
        if self == Aspect::Collations {
            let parts = schema.indexes.iter_mut().flat_map(|index| &mut index.parts);
            parts.for_each(|part| part.collation = None);
        }
        for table in &mut schema.tables {
            match self {
                Aspect::Comments => table.comment = None,
                Aspect::TableOptions => table.options = TableOptions::default(),
                Aspect::Collations => table.options.collation = None,
                Aspect::Names => table.constraints.iter_mut().for_each(unname),
                Aspect::Defaults => {}
            }
            for column in &mut table.columns {
                match self {
                    Aspect::Comments => column.comment = None,
                    Aspect::Defaults => column.default = None,
                    Aspect::Collations => column.collation = None,
                    Aspect::TableOptions | Aspect::Names => {}
                }
            }
        }
    }
}

fn unname(constraint: &mut Constraint) {
    match constraint {
        Constraint::PrimaryKey(key) => key.name = None,
        Constraint::Unique(key) => key.name = None,
        Constraint::Check(check) => check.name = None,
        Constraint::ForeignKey(key) => key.name = None,
        Constraint::Exclude(exclude) => exclude.name = None,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_core::schema::{Index, Other, Table, View};

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        of_kind(texts, BackendKind::Postgres)
    }

    fn of_kind(texts: &[&str], kind: BackendKind) -> Vec<Pattern> {
        let parse = |text: &&str| Pattern::parse(text, &keys::EXCLUDE, kind).unwrap();
        texts.iter().map(parse).collect()
    }

    #[test]
    fn case_counts_where_it_does_in_the_database() {
        for (kind, is_it) in [
            (BackendKind::Postgres, false),
            (BackendKind::Sqlite, true),
            (BackendKind::Mysql, true),
            (BackendKind::Mariadb, true),
        ] {
            let [table, index] = &of_kind(&["Aud*_LOG", "audit_log.index:IX_*"], kind)[..] else {
                unreachable!("two patterns");
            };
            let name = "audit_log".into();
            assert_eq!(table.is_relation(&name, "table"), is_it, "{kind:?}");
            let found = index.is_object(Some(&name), "index", &"ix_a".into());
            assert_eq!(found, is_it, "{kind:?}");
        }
    }

    /// What is left of a small schema.
    fn left(include: &[&str], exclude: &[&str]) -> String {
        let mut schema = Schema::empty();
        schema.tables = vec![Table::new("users"), Table::new("audit_log")];
        schema.views = vec![View::new("v", "SELECT 1")];
        schema.indexes = vec![
            Index::new("ix_a", "users", vec!["a".into()]),
            Index::new("ix_b", "audit_log", vec!["b".into()]),
        ];
        let mut trigger = Other::new("trigger", "t");
        trigger.on = Some("audit_log".into());
        schema.others = vec![trigger];
        let filters = Filters {
            include: patterns(include),
            exclude: patterns(exclude),
            ignore: Vec::new(),
        };
        filters.select(&mut schema);
        let tables = schema.tables.iter().map(|one| one.name.to_string());
        let views = schema.views.iter().map(|one| one.name.to_string());
        let indexes = schema.indexes.iter().map(|one| one.name.clone());
        let others = schema.others.iter().map(|one| one.name.to_string());
        let all = tables.chain(views).chain(indexes).chain(others);
        all.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn objects_go_with_the_table_that_they_are_on() {
        for (include, exclude, expected) in [
            (&[][..], &[][..], "users audit_log v ix_a ix_b t"),
            (&[], &["audit_*"], "users v ix_a"),
            (&["users"], &[], "users ix_a"),
            (&["users", "view:*"], &[], "users v ix_a"),
            (&[], &["view:*", "index:ix_b"], "users audit_log ix_a t"),
            (&[], &["users.index:*"], "users audit_log v ix_b t"),
            (&[], &["*.trigger:*"], "users audit_log v ix_a ix_b"),
            (&[], &["other.users"], "users audit_log v ix_a ix_b t"),
        ] {
            assert_eq!(left(include, exclude), expected, "{include:?} {exclude:?}");
        }
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, is) in [
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "acd", false),
            ("*ö*", "größe", true),
            ("a", "ab", false),
            ("a**b*", "axxbxx", true),
        ] {
            assert_eq!(matches(pattern, name), is, "{pattern} {name}");
        }
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in ["", ":x", "a.:x", "view:"] {
            assert!(
                Pattern::parse(text, &keys::INCLUDE, BackendKind::Sqlite).is_err(),
                "{text:?}"
            );
        }
        assert!(Aspect::parse("colour").is_err());
    }
}
