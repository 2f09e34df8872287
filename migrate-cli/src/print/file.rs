//! Where `diesel.toml` is and what it says, and whether `schema.rs` may be written. It must not
//! know what is printed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::PrintSchema;
use crate::configuration::Surroundings;
use crate::error::CliError;

/// What `diesel.toml` says; `None` if there is none.
pub(crate) fn diesel_toml(
    surroundings: &Surroundings<'_>,
    named: Option<&Path>,
) -> Result<Option<BTreeMap<String, PrintSchema>>, CliError> {
    let directory = &surroundings.directory;
    let variable = (surroundings.variable)("DIESEL_CONFIG_FILE");
    let variable = variable
        .filter(|value| !value.is_empty())
        .map(PathBuf::from);
    let nearest = || {
        let mut files = directory
            .ancestors()
            .map(|folder| folder.join("diesel.toml"));
        files.find(|file| file.is_file())
    };
    let is_named = named.is_some();
    let named = named
        .map(Path::to_owned)
        .or(variable)
        .map(|file| directory.join(file));
    let Some(file) = named.or_else(nearest) else {
        return Ok(None);
    };
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        // as diesel does where the variable names a file that is not there
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_named => return Ok(None),
        Err(error) => return Err(of_file("read", &file, &error.to_string())),
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    let read = super::parse(&text, folder);
    read.map(Some)
        .map_err(|why| of_file("use", &file, why.trim_end()))
}

pub(crate) fn of_file(what: &str, file: &Path, why: &str) -> CliError {
    CliError::usage(format!("cannot {what} `{}`: {why}", file.display()))
}

/// Whether a file says more about tables than diesel does, which would be lost: it has an attribute
/// `migrate`, or a `table!` that is not diesel's.
pub fn declares_models(text: &str) -> bool {
    let is_name = |sign: char| sign.is_alphanumeric() || sign == '_';
    let others = text.match_indices("::table").any(|(at, _)| {
        let end = text[at + "::table".len()..].chars().next();
        let crate_name = text[..at].rsplit(|sign: char| !is_name(sign)).next();
        !end.is_some_and(is_name) && crate_name != Some("diesel")
    });
    // `use migrate_core::{migrate, table};`
    let imported = text.lines().any(|line| {
        let line = line.trim_start();
        let words = line.split(|sign: char| !is_name(sign));
        line.starts_with("use ")
            && !line.contains("diesel::")
            && words.clone().any(|word| word == "table")
    });
    others || imported || text.contains("migrate(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_told_from_what_diesel_prints() {
        for (text, declares) in [
            ("diesel::table! {\n    use diesel::sql_types::*;\n", false),
            (
                "// @generated automatically by Diesel CLI.\n\ndiesel::table! {",
                false,
            ),
            ("use diesel::table;\n\ntable! {", false),
            ("migrate_core::table! {", true),
            ("lib::table! {", true),
            ("use migrate_core::table;\n\ntable! {", true),
            ("use migrate_core::{migrate, table};\n\ntable! {", true),
            (
                "diesel::table! {\n    #[migrate_core::migrate(unique)]",
                true,
            ),
            (
                "diesel::table! {\n    #[cfg_attr(any(), migrate(unique))]",
                true,
            ),
        ] {
            assert_eq!(declares_models(text), declares, "{text}");
        }
    }
}
