//! The models of a project: which source files declare tables, read and passed on to the runner in
//! a file. Must not know what a declaration means.

pub(crate) mod edit;

use std::fs;
use std::path::{Path, PathBuf};

use migrate_cli::configuration::{Given, keys};
use migrate_cli::{CliError, PassedModels, Ui};
use migrate_models::{ColumnKey, Models, Problem, TableKey, Unread};
use toml_edit::DocumentMut;

use crate::diagnostics::{self, Diagnostic, Label};
use crate::files;
use crate::project::{self, Member};
use crate::selection::{Passed, Selection};

/// The file with diesel's tables, where nothing says otherwise.
const USUAL: &str = "src/schema.rs";

/// The files that declare tables: those that `models` names, or else for each member what diesel's
/// command line writes, or `src/schema.rs`.
pub(crate) fn sources(selection: &Selection) -> Result<Vec<PathBuf>, CliError> {
    let configuration = selection.configuration()?;
    if let Some(given) = configuration.values.get(keys::MODELS.name) {
        return matching(keys::MODELS.name, given, &selection.project.root);
    }
    let mut found = Vec::new();
    for member in selection.participants()? {
        for path in usual(member) {
            if path.is_file() && !found.contains(&path) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// The SQL files that declare what tables do not, in order.
fn sql_sources(selection: &Selection) -> Result<Vec<PathBuf>, CliError> {
    let configuration = selection.configuration()?;
    match configuration.values.get(keys::SQL.name) {
        Some(given) => matching(keys::SQL.name, given, &selection.project.root),
        None => Ok(Vec::new()),
    }
}

/// The files that the patterns of a key name.
fn matching(key: &str, given: &Given, root: &Path) -> Result<Vec<PathBuf>, CliError> {
    let folder = given.directory().unwrap_or(root);
    let mut found = Vec::new();
    for pattern in given.value.lines() {
        let before = found.len();
        let whole = folder.join(pattern);
        let paths = glob::glob(&whole.to_string_lossy()).map_err(|error| {
            CliError::usage(format!("`{key}` has the pattern `{pattern}`: {error}"))
        })?;
        for path in paths.filter_map(Result::ok) {
            if path.is_file() && !found.contains(&path) {
                found.push(path);
            }
        }
        if found.len() == before {
            let message = format!("`{key}` names `{pattern}`, and there is no such file");
            return Err(CliError::usage(message).note(format!("`{key}` {}", given.origin)));
        }
    }
    Ok(found)
}

/// The files of a member that diesel's command line writes, or the usual one.
fn usual(member: &Member) -> Vec<PathBuf> {
    let written = diesel_files(member.root());
    match written.is_empty() {
        true => vec![member.root().join(USUAL)],
        false => written,
    }
}

/// The files that `diesel.toml` in this folder lets be written from the database.
fn diesel_files(folder: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(folder.join("diesel.toml")).unwrap_or_default();
    let Ok(document) = text.parse::<DocumentMut>() else {
        return Vec::new(); // the command that needs it says what is wrong
    };
    let Some(print) = document.get("print_schema") else {
        return Vec::new();
    };
    let file = |item: &toml_edit::Item| Some(item.get("file")?.as_str()?.to_owned());
    let own = file(print);
    let keyed = print
        .as_table_like()
        .into_iter()
        .flat_map(|table| table.iter());
    let keyed = keyed.filter_map(|(_, item)| file(item));
    own.into_iter()
        .chain(keyed)
        .map(|name| folder.join(name))
        .collect()
}

/// The models of the project; its problems are shown.
pub(crate) fn read(selection: &Selection, ui: &mut Ui<'_>) -> Result<Models, CliError> {
    let mut texts = Vec::new();
    for path in sources(selection)? {
        let text = fs::read_to_string(&path).map_err(|error| {
            CliError::usage(format!(
                "cannot read `{}`: {error}",
                project::display(&path)
            ))
        })?;
        texts.push((project::display(&path), path, text));
    }
    let read = texts.iter().map(|(name, path, text)| {
        let library = library_of(selection, path);
        migrate_models::read_file(name, text, &library)
    });
    let (mut models, problems) = Models::resolve(read.collect());
    if problems.is_empty() {
        // nothing goes beside open tables alone
        if models.tables.iter().any(|table| table.closed) {
            models.unread.extend(elsewhere(selection, &texts)?);
        }
        return Ok(models);
    }
    let shown: Vec<Diagnostic> = problems.iter().map(|one| diagnostic(one, &texts)).collect();
    ui.show(&diagnostics::render(&shown));
    let count = crate::words::count(problems.len(), "problem");
    let lines = problems.iter().map(|problem| {
        let place = &problem.place;
        format!(
            "{}:{}:{}: {}",
            place.file, place.line, place.column, problem.message
        )
    });
    let failure = CliError::usage(format!("the models have {count}"));
    // on the terminal they are above
    Err(match ui.json {
        true => failure.notes(lines),
        false => failure,
    })
}

/// What other files of the packages may declare.
fn elsewhere(
    selection: &Selection,
    read: &[(String, PathBuf, String)],
) -> Result<Vec<Unread>, CliError> {
    let mut found = Vec::new();
    for member in selection.participants()? {
        let folder = glob::Pattern::escape(&member.root().join("src").to_string_lossy());
        let paths = glob::glob(&format!("{folder}/**/*.rs"))
            .into_iter()
            .flatten();
        for path in paths.filter_map(Result::ok) {
            // what diesel's command line writes is the database as it was
            let is_known = read.iter().any(|(_, known, _)| *known == path);
            if is_known || diesel_files(member.root()).contains(&path) {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            let may_call = text.contains("table!") || text.contains("table as ");
            if !may_call {
                continue;
            }
            let file =
                migrate_models::read_file(&project::display(&path), &text, &member.library_name());
            let tables = file.tables.into_iter().map(|table| Unread {
                what: format!("the `table!` of `{}`, in no file of models,", table.name),
                place: table.place,
                names: vec![table.name],
            });
            found.extend(tables);
            // whatever else calls a macro there calls it for something else
            let makers = file.unread.into_iter().filter(|one| one.names.is_empty());
            found.extend(makers.filter(|one| one.what.starts_with("the macro")));
        }
    }
    Ok(found)
}

/// By which name the package of a file calls the library.
pub(crate) fn library_of(selection: &Selection, path: &Path) -> String {
    let members = selection.project.members.iter();
    let own = members.filter(|member| path.starts_with(member.root()));
    let own = own.max_by_key(|member| member.root().components().count());
    own.map_or_else(|| "migrate_core".to_owned(), Member::library_name)
}

fn diagnostic(problem: &Problem, texts: &[(String, PathBuf, String)]) -> Diagnostic {
    let label = |place: &migrate_models::Place, text: &str| {
        let found = texts.iter().find(|(name, ..)| *name == place.file);
        let (path, source) = found.map_or_else(Default::default, |(_, path, text)| {
            (path.clone(), text.clone())
        });
        Label {
            range: range(&source, place.line, place.column),
            path,
            source,
            text: text.to_owned(),
            line: u32::try_from(place.line).unwrap_or(1),
            column: u32::try_from(place.column).unwrap_or(1),
        }
    };
    let mut found = Diagnostic::at(
        "model",
        problem.message.clone(),
        label(&problem.place, ""),
        problem.help.clone(),
    );
    let also = problem.also.iter().map(|(place, text)| label(place, text));
    found.labels.extend(also);
    found
}

/// Where a place is, in bytes.
pub(crate) fn offset(source: &str, place: &migrate_models::Place) -> usize {
    let lines = source.split_inclusive('\n');
    let start: usize = lines.take(place.line.saturating_sub(1)).map(str::len).sum();
    let rest = source[start.min(source.len())..].chars();
    let skipped = rest
        .take(place.column.saturating_sub(1))
        .map(char::len_utf8);
    start + skipped.sum::<usize>()
}

/// The word at a place.
fn range(source: &str, line: usize, column: usize) -> std::ops::Range<usize> {
    let place = migrate_models::Place {
        file: String::new(),
        line,
        column,
    };
    let start = offset(source, &place);
    let word = source[start.min(source.len())..].chars();
    let length: usize = word
        .take_while(|sign| sign.is_alphanumeric() || *sign == '_')
        .map(char::len_utf8)
        .sum();
    start..(start + length.max(1)).min(source.len())
}

/// Reads the models, and writes them into the file that the runner reads.
pub(crate) fn pass_on(selection: &Selection, ui: &mut Ui<'_>) -> Result<Passed, CliError> {
    passed(selection, &PassedModels::Read(read(selection, ui)?))
}

/// Passes on that the models cannot be read, for a command that answers more than that.
pub(crate) fn pass_on_failure(
    selection: &Selection,
    failure: &CliError,
) -> Result<Passed, CliError> {
    let CliError { message, notes, .. } = failure.clone();
    passed(selection, &PassedModels::Unreadable { message, notes })
}

fn passed(selection: &Selection, models: &PassedModels) -> Result<Passed, CliError> {
    let sql = sql_sources(selection)?;
    let text = serde_json::to_string(models).expect("names and texts can be written as JSON");
    let folder = selection.project.store();
    let file = folder.join("models.json");
    if fs::read_to_string(&file).is_ok_and(|there| there == text) {
        return Ok(Passed { file, sql });
    }
    let written = fs::create_dir_all(&folder).and_then(|()| files::write(&file, &text));
    written.map_err(|error| {
        CliError::usage(format!(
            "cannot write `{}`: {error}",
            project::display(&file)
        ))
    })?;
    Ok(Passed { file, sql })
}

/// Takes the old names out of the models, once a revision renames.
pub(crate) fn forget_old_names(
    selection: &Selection,
    only: &[String],
    ui: &mut Ui<'_>,
) -> Result<(), CliError> {
    let models = read(selection, ui)?;
    let mut places = Vec::new();
    for table in &models.tables {
        if !only.is_empty() && !only.contains(&table.name) {
            continue;
        }
        let of_table = table.attributes.iter();
        let of_table = of_table.filter(|one| matches!(one.key, TableKey::RenamedFrom(_)));
        places.extend(of_table.map(|one| one.place.clone()));
        let of_columns = table.columns.iter().flat_map(|column| &column.attributes);
        let of_columns = of_columns.filter(|one| matches!(one.key, ColumnKey::RenamedFrom(_)));
        places.extend(of_columns.map(|one| one.place.clone()));
    }
    for path in sources(selection)? {
        let name = project::display(&path);
        let here = places.iter().filter(|place| place.file == name);
        let text = fs::read_to_string(&path).unwrap_or_default();
        let edits: Vec<_> = here
            .filter_map(|place| edit::without_key(&text, place))
            .collect();
        if edits.is_empty() {
            continue;
        }
        files::write(&path, &edit::edited(&text, edits))
            .map_err(|error| CliError::usage(format!("cannot write `{name}`: {error}")))?;
        ui.say(&format!(
            "took `renamed_from` out of `{name}`: the revision renames"
        ));
    }
    Ok(())
}

/// Whether a file declares anything.
pub(crate) fn are_there(selection: &Selection) -> Result<bool, CliError> {
    Ok(!sources(selection)?.is_empty() || !sql_sources(selection)?.is_empty())
}

/// That there is nothing to compare with.
pub(crate) fn none(selection: &Selection) -> CliError {
    let failure = CliError::usage("there are no models: no file declares tables");
    let names: Vec<String> = (selection.participants().unwrap_or_default().iter())
        .flat_map(|member| usual(member))
        .map(|path| format!("`{}`", project::display(&path)))
        .collect();
    failure
        .note(format!("looked for {}", names.join(", ")))
        .help("declare tables there with `migrate_core::table!`, or name the files: `models = [\"src/tables/*.rs\"]`")
}

/// Refuses models that the next `up` would overwrite from the database.
pub(crate) fn refuse_two_directions(
    selection: &Selection,
    models: &[PathBuf],
) -> Result<(), CliError> {
    for member in selection.participants()? {
        for path in diesel_files(member.root()) {
            let is_model = models.contains(&path);
            let text = fs::read_to_string(&path).unwrap_or_default();
            if is_model && migrate_cli::declares_models(&text) {
                let name = project::display(&path);
                return Err(CliError::usage(format!(
                    "`{name}` declares models, and `diesel.toml` lets it be written from the database"
                ))
                .help("take `file` out of `[print_schema]` in `diesel.toml`"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_word_there() {
        let source = "table! {\n    übers (id) {\n";
        for (line, column, expected) in [(1, 1, "table"), (2, 5, "übers"), (2, 11, "("), (9, 9, "")]
        {
            assert_eq!(&source[range(source, line, column)], expected);
        }
    }
}
