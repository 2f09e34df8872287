//! Where `diesel.toml` is, and what it says. It must not know what is printed with it.

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
