//! Compares the wanted definition with the one in the catalogue, as far as servers return the
//! definition that they received. Pure.

use crate::backend::SchemaQueries;
use crate::backend::{FoundColumn, FoundConstraint, FoundIndex, FoundSequence};
use crate::dialect::BackendKind;
use crate::schema::{Action, Constraint, Index, IndexKey, SequenceOptions};
use crate::sql::{is_simple, plain};

/// The result of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Same,
    Different(String),
    /// Both have it, in different words.
    Unknown,
}

/// A difference, as it follows "is there, but".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) text: String,
    /// Whether it is more than a different wording.
    pub(super) sure: bool,
}

impl Difference {
    pub(super) fn sure(text: String) -> Difference {
        Difference { text, sure: true }
    }
}

/// All columns, in order. Those of a key are never null, whatever their definition.
pub(super) fn columns(
    wanted: &[FoundColumn],
    found: &[FoundColumn],
    key: &[String],
) -> Vec<Difference> {
    let names = |columns: &[FoundColumn]| -> Vec<String> {
        columns
            .iter()
            .map(|column| column.name.to_lowercase())
            .collect()
    };
    if names(wanted) != names(found) {
        let found: Vec<&str> = found.iter().map(|column| column.name.as_str()).collect();
        return vec![Difference::sure(format!(
            "its columns are `{}`",
            found.join("`, `")
        ))];
    }
    wanted
        .iter()
        .zip(found)
        .flat_map(|(wanted, found)| column(wanted, found, key.contains(&wanted.name)))
        .collect()
}

/// One column, without its comment, which may have a statement of its own.
pub(super) fn column(wanted: &FoundColumn, found: &FoundColumn, in_key: bool) -> Vec<Difference> {
    let name = &found.name;
    let mut differences = Vec::new();
    let mut note = |comparison: Comparison, text: String| match comparison {
        Comparison::Same => {}
        Comparison::Different(_) => differences.push(Difference::sure(text)),
        Comparison::Unknown => differences.push(Difference { text, sure: false }),
    };
    note(types(wanted, found), format!("`{name}` is `{}`", found.ty));
    let nullable = match wanted.nullable == found.nullable || in_key {
        true => Comparison::Same,
        false => Comparison::Different(String::new()),
    };
    let may = if found.nullable { "may" } else { "may not" };
    note(nullable, format!("`{name}` {may} be null"));
    note(
        expressions(wanted.default.as_deref(), found.default.as_deref()),
        format!(
            "the default of `{name}` is `{}`",
            found.default.as_deref().unwrap_or("NULL")
        ),
    );
    note(
        expressions(wanted.generated.as_deref(), found.generated.as_deref()),
        format!("`{name}` is computed differently"),
    );
    let numbered = match wanted.numbered == found.numbered {
        true => Comparison::Same,
        false => Comparison::Different(String::new()),
    };
    note(numbered, format!("`{name}` is numbered differently"));
    differences
}

pub(super) fn types(wanted: &FoundColumn, found: &FoundColumn) -> Comparison {
    match (wanted.ty == found.ty, wanted.sure_type) {
        (true, _) => Comparison::Same,
        (false, true) => Comparison::Different(String::new()),
        (false, false) => Comparison::Unknown,
    }
}

/// Two expressions, both normalised.
fn expressions(wanted: Option<&str>, found: Option<&str>) -> Comparison {
    match (wanted, found) {
        (None, None) => Comparison::Same,
        (Some(wanted), Some(found)) if wanted == found => Comparison::Same,
        (Some(_), Some(_)) => Comparison::Unknown,
        _ => Comparison::Different(String::new()),
    }
}

/// A constraint, without its name.
pub(super) fn constraint(
    (queries, kind): (&dyn SchemaQueries, BackendKind),
    wanted: &Constraint,
    found: &FoundConstraint,
) -> Comparison {
    let is =
        |text: &str| Comparison::Different(format!("the {} `{}` {text}", found.kind, found.name));
    if wanted.kind() != found.kind {
        return Comparison::Different(format!("`{}` is a {}", found.name, found.kind));
    }
    match wanted {
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => {
            match same_names(wanted.columns(), &found.columns) {
                true => Comparison::Same,
                false => is(&format!("is over `{}`", found.columns.join("`, `"))),
            }
        }
        Constraint::ForeignKey(key) => {
            let table = found.table.as_deref().unwrap_or_default();
            let same = same_names(&key.columns, &found.columns)
                && key.table.name.to_lowercase() == table.to_lowercase()
                && (key.referred.is_empty() || same_names(&key.referred, &found.referred))
                && normal_action(key.on_delete) == found.on_delete
                && normal_action(key.on_update) == found.on_update;
            match same {
                true => Comparison::Same,
                false => is(&format!(
                    "points from `{}` at `{table}`",
                    found.columns.join("`, `")
                )),
            }
        }
        Constraint::Check(check) => {
            let text = check.expression.text(kind);
            let wanted = plain(text);
            match found
                .expression
                .as_deref()
                .map(|text| queries.expression(text))
            {
                // the same words without their parentheses may be another check
                Some(expression) if expression == wanted && is_simple(text) => Comparison::Same,
                // the server may have reworded it
                _ => Comparison::Unknown,
            }
        }
        Constraint::Exclude(_) => Comparison::Unknown,
    }
}

fn normal_action(action: Option<Action>) -> Option<Action> {
    action.filter(|action| !matches!(action, Action::NoAction | Action::Restrict))
}

/// The description of a constraint without a name.
pub(super) fn describe(constraint: &Constraint) -> String {
    match constraint.columns() {
        [] => constraint.kind().to_string(),
        columns => format!("{} over `{}`", constraint.kind(), columns.join("`, `")),
    }
}

/// Whether two lists of names are equal, ignoring case. Compared line by line: a name may contain a
/// line end, at which a list from the catalogue is split.
fn same_names(one: &[String], other: &[String]) -> bool {
    one.join("\n").to_lowercase() == other.join("\n").to_lowercase()
}

/// An index, without its name and its expressions.
pub(super) fn index(wanted: &Index, found: &FoundIndex) -> Vec<Difference> {
    let columns: Vec<String> = wanted
        .parts
        .iter()
        .map(|part| match &part.key {
            IndexKey::Column(column) => column.clone(),
            IndexKey::Expression(_) => String::new(),
        })
        .collect();
    let mut differences = Vec::new();
    if !same_names(&columns, &found.columns) {
        let found: Vec<&str> = found
            .columns
            .iter()
            .map(|column| match column.as_str() {
                "" => "(…)",
                column => column,
            })
            .collect();
        differences.push(Difference::sure(format!("over `{}`", found.join("`, `"))));
    }
    if wanted.unique != found.unique {
        differences.push(Difference::sure(match found.unique {
            true => "it is unique".to_owned(),
            false => "it is not unique".to_owned(),
        }));
    }
    if wanted.predicate.is_some() != found.partial {
        differences.push(Difference::sure(match found.partial {
            true => "only over some rows".to_owned(),
            false => "over all rows".to_owned(),
        }));
    }
    differences
}

/// The options of a sequence that were given.
pub(super) fn sequence(wanted: &SequenceOptions, found: &FoundSequence) -> Vec<Difference> {
    let numbers = [
        (wanted.start, found.start, "starts with"),
        (wanted.increment, found.increment, "goes by"),
        (wanted.min, found.min, "begins at"),
        (wanted.max, found.max, "ends at"),
        (wanted.cache, found.cache, "keeps ready"),
    ];
    let mut differences: Vec<Difference> = numbers
        .into_iter()
        .filter(|(wanted, found, _)| wanted.is_some_and(|wanted| wanted != *found))
        .map(|(_, found, words)| Difference::sure(format!("it {words} {found}")))
        .collect();
    if wanted.cycle.is_some_and(|wanted| wanted != found.cycle) {
        differences.push(Difference::sure(match found.cycle {
            true => "it cycles".to_owned(),
            false => "it does not cycle".to_owned(),
        }));
    }
    differences
}
