//! `config` as text: a line for each value. Knows the shapes of the answer and nothing of where
//! values are looked for.

use crate::json::{Answer, Config, ConfigOrigin, ConfigValue};
use crate::style::{self, paint};

impl Answer for Config {
    fn text(&self) -> String {
        let width = |text: fn(&ConfigValue) -> String| {
            let widths = self.values.iter().map(|row| text(row).chars().count());
            widths.max().unwrap_or_default()
        };
        let (keys, values) = (width(|row| row.key.to_owned()), width(value));
        let line = |row: &ConfigValue| {
            let key = paint(style::KEY, format!("{:keys$}", row.key));
            let text = format!("{key}  {:values$}  {}", value(row), from(&row.origin));
            text.trim_end().to_owned() + "\n"
        };
        self.values.iter().map(line).collect()
    }
}

fn value(row: &ConfigValue) -> String {
    row.value.as_deref().unwrap_or("-").replace('\n', ", ")
}

fn from(origin: &ConfigOrigin) -> String {
    let name = origin.name.as_deref().unwrap_or_default();
    let file = || {
        let file = origin.file.as_deref().unwrap_or_default();
        match origin.line {
            Some(line) => format!("{file}:{line}"),
            None => file.to_owned(),
        }
    };
    match origin.kind {
        "flag" => name.to_owned(),
        "variable" => format!("variable {name}"),
        "env-file" => format!("{name} in {}", file()),
        "section" => {
            let section = origin.section.as_deref().unwrap_or_default();
            format!("{} [{section}]", file())
        }
        "package" => format!("package {name}"),
        "default" => "default".to_owned(),
        _ => "not set".to_owned(),
    }
}
