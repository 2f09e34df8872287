//! Triggers, routines and events as the statements that create them, without DEFINER. Pure.

use super::super::Dialect;
use super::super::quote::{existing, quoted, text};
use super::rows::Fields;
use crate::schema::{ObjectName, Other};

/// The server whose programs they are, and its mode of SQL: a program of another mode is created in
/// that one.
pub(super) struct Programs<'a> {
    pub(super) dialect: Dialect,
    pub(super) mode: &'a str,
}

/// A trigger, with its table, and its place among those of the same moment.
pub(super) struct Trigger {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) table: String,
    moment: String,
    order: u32,
    statement: String,
    mode: String,
}

impl Trigger {
    pub(super) fn read(mut row: Fields) -> Trigger {
        let (schema, name) = (row.text(), row.text());
        let moment = format!("{} {}", row.text(), row.text());
        Trigger {
            schema,
            name,
            moment,
            table: row.text(),
            order: row.number().unwrap_or_default(),
            statement: row.text(),
            mode: row.text(),
        }
    }

    /// The trigger that comes right before this one.
    pub(super) fn follows<'t>(&self, all: &'t [Trigger]) -> Option<&'t Trigger> {
        all.iter().find(|other| {
            other.schema == self.schema
                && other.table == self.table
                && other.moment == self.moment
                && other.order + 1 == self.order
        })
    }
}

/// A parameter of a routine, or with position 0 what it returns.
pub(super) struct Parameter {
    pub(super) schema: String,
    pub(super) routine: String,
    pub(super) kind: String,
    position: u32,
    mode: String,
    name: String,
    ty: String,
    charset: Option<String>,
    collation: Option<String>,
}

impl Parameter {
    pub(super) fn read(mut row: Fields) -> Parameter {
        Parameter {
            schema: row.text(),
            routine: row.text(),
            kind: row.text(),
            position: row.number().unwrap_or_default(),
            mode: row.text(),
            name: row.text(),
            ty: row.text(),
            charset: row.maybe(),
            collation: row.maybe(),
        }
    }

    fn text(&self, of_database: &str, with_mode: bool) -> String {
        let mode = match with_mode {
            true => format!("{} ", self.mode),
            false => String::new(),
        };
        let ty = typed(&self.ty, &self.charset, &self.collation, of_database);
        format!("{mode}{} {ty}", existing(&self.name))
    }
}

/// A type of a parameter, with its collation if it is not that of the database.
fn typed(
    ty: &str,
    charset: &Option<String>,
    collation: &Option<String>,
    of_database: &str,
) -> String {
    match (charset, collation) {
        (Some(charset), Some(collation)) if collation != of_database => {
            format!("{ty} CHARACTER SET {charset} COLLATE {collation}")
        }
        _ => ty.to_owned(),
    }
}

impl Programs<'_> {
    /// A trigger.
    pub(super) fn trigger(
        &self,
        trigger: &Trigger,
        name: ObjectName,
        table: ObjectName,
        follows: Option<&Trigger>,
    ) -> Other {
        let after = match follows {
            Some(other) => format!("FOLLOWS {} ", existing(&other.name)),
            None => String::new(),
        };
        let create = format!(
            "CREATE TRIGGER {} {} ON {} FOR EACH ROW {after}{}",
            object(&name),
            trigger.moment,
            object(&table),
            trigger.statement
        );
        let mut other = Other::new("trigger", name);
        other.drop = Some(format!("DROP TRIGGER {}", object(&other.name)));
        other.create = self.in_mode(create, &trigger.mode);
        other.on = Some(table);
        other
    }

    /// A routine: a function, a procedure, or a package of MariaDB.
    pub(super) fn routine(
        &self,
        mut row: Fields,
        parameters: &[Parameter],
        object_name: impl FnOnce(&str, &str) -> ObjectName,
    ) -> Other {
        let (schema, name, kind) = (row.text(), row.text(), row.text());
        let (ty, charset, collation) = (row.text(), row.maybe(), row.maybe());
        let body = row.text();
        let definition = row.maybe();
        let (deterministic, access, security) = (row.yes(), row.text(), row.text());
        let (comment, mode, of_database) = (row.text(), row.text(), row.text());
        let object_name = object_name(&schema, &name);
        let mut own: Vec<&Parameter> = parameters
            .iter()
            .filter(|one| {
                one.schema == schema && one.routine == name && one.kind == kind && one.position > 0
            })
            .collect();
        own.sort_by_key(|one| one.position);
        let is_function = kind == "FUNCTION";
        let mut other = Other::new(kind.to_lowercase(), object_name);
        other.drop = Some(format!("DROP {kind} {}", object(&other.name)));
        let Some(definition) = definition.filter(|text| {
            !text.is_empty() && body == "SQL" && matches!(kind.as_str(), "FUNCTION" | "PROCEDURE")
        }) else {
            return other;
        };
        let list: Vec<String> = own
            .iter()
            .map(|one| one.text(&of_database, !is_function))
            .collect();
        let mut create = format!("CREATE {kind} {}({})", object(&other.name), list.join(", "));
        if is_function {
            let ty = typed(&ty, &charset, &collation, &of_database);
            create.push_str(&format!(" RETURNS {ty}"));
        }
        if deterministic {
            create.push_str(" DETERMINISTIC");
        }
        if access != "CONTAINS SQL" {
            create.push_str(&format!(" {access}"));
        }
        if security == "INVOKER" {
            create.push_str(" SQL SECURITY INVOKER");
        }
        create.push_str(&self.comment(&comment));
        create.push_str(&format!(" {definition}"));
        other.create = self.in_mode(create, &mode);
        other
    }

    /// An event.
    pub(super) fn event(
        &self,
        mut row: Fields,
        object_name: impl FnOnce(&str, &str) -> ObjectName,
    ) -> Other {
        let name = object_name(&row.text(), &row.text());
        let definition = row.text();
        let (once, interval, unit) = (row.maybe(), row.text(), row.text());
        let (starts, ends) = (row.maybe(), row.maybe());
        let (status, completion, comment) = (row.text(), row.text(), row.text());
        let mode = row.text();
        let mut create = format!("CREATE EVENT {} ON SCHEDULE", object(&name));
        match once {
            Some(moment) => create.push_str(&format!(" AT {}", text(&moment))),
            None => create.push_str(&format!(" EVERY {interval} {unit}")),
        }
        for (word, moment) in [("STARTS", starts), ("ENDS", ends)] {
            if let Some(moment) = moment {
                create.push_str(&format!(" {word} {}", text(&moment)));
            }
        }
        if completion == "PRESERVE" {
            create.push_str(" ON COMPLETION PRESERVE");
        }
        match status.as_str() {
            "ENABLED" => {}
            "DISABLED" => create.push_str(" DISABLE"),
            _ => create.push_str(" DISABLE ON SLAVE"),
        }
        create.push_str(&self.comment(&comment));
        create.push_str(&format!(" DO {definition}"));
        let mut other = Other::new("event", name);
        other.drop = Some(format!("DROP EVENT {}", object(&other.name)));
        other.create = self.in_mode(create, &mode);
        other
    }

    fn comment(&self, comment: &str) -> String {
        match quoted(self.dialect, comment) {
            Ok(quoted) if !comment.is_empty() => format!(" COMMENT {quoted}"),
            _ => String::new(),
        }
    }

    /// The statement, in the mode that the program was created in: its text may mean something else
    /// in another one.
    fn in_mode(&self, create: String, mode: &str) -> Option<Vec<String>> {
        Some(match mode == self.mode {
            true => vec![create],
            false => vec![
                "SET @migrate_mode = @@SESSION.sql_mode".to_owned(),
                format!("SET SESSION sql_mode = {}", text(mode)),
                create,
                "SET SESSION sql_mode = @migrate_mode".to_owned(),
            ],
        })
    }
}

/// The name of an object that exists.
pub(super) fn object(name: &ObjectName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", existing(schema), existing(&name.name)),
        None => existing(&name.name),
    }
}
