//! The recorded cases as data. It knows the file's format, nothing of the library.

use serde_json::Value;

/// One recorded case.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) revisions: Vec<Revision>,
    /// The version rows before the command, in the order in which they are read.
    pub(crate) db: Vec<String>,
    pub(crate) command: Value,
    pub(crate) expect: Value,
    pub(crate) suggested: Option<Value>,
    pub(crate) alternatives: Vec<Value>,
    pub(crate) deviation: Option<String>,
    /// Whether the order does not depend on the seed of Alembic's hashes.
    pub(crate) order_stable: bool,
    /// Whether the set of steps and the final rows do not depend on it.
    pub(crate) result_stable: bool,
}

pub(crate) struct Revision {
    pub(crate) id: String,
    pub(crate) down: Vec<String>,
    pub(crate) depends_on: Vec<String>,
    pub(crate) labels: Vec<String>,
}

pub(crate) fn parse(text: &str) -> Vec<Case> {
    let file: Value = serde_json::from_str(text).expect("the file of cases is JSON");
    assert_eq!(file["meta"]["format"], 1, "the format of the cases");
    file["cases"]
        .as_array()
        .expect("a list of cases")
        .iter()
        .map(case)
        .collect()
}

fn case(value: &Value) -> Case {
    Case {
        id: text(&value["id"]),
        title: text(&value["title"]),
        revisions: value["revisions"]
            .as_array()
            .expect("revisions")
            .iter()
            .map(revision)
            .collect(),
        db: texts(&value["db"]),
        command: value["command"].clone(),
        expect: value["expect"].clone(),
        suggested: Some(value["suggested"].clone()).filter(|suggested| !suggested.is_null()),
        alternatives: value["alternatives"]
            .as_array()
            .cloned()
            .unwrap_or_default(),
        deviation: value["deviation"].as_str().map(str::to_owned),
        order_stable: value["stable"]["order_hash"]
            .as_bool()
            .expect("stable.order_hash"),
        result_stable: value["stable"]["result"].as_bool().expect("stable.result"),
    }
}

fn revision(value: &Value) -> Revision {
    Revision {
        id: text(&value["id"]),
        down: texts(&value["down"]),
        depends_on: texts(&value["depends_on"]),
        labels: texts(&value["labels"]),
    }
}

pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

/// A list of texts; a single one is a list of one, nothing an empty one.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().map(text).collect(),
        other => panic!("{other} is no list of texts"),
    }
}

/// A list of texts as a set.
pub(crate) fn sorted(value: &Value) -> Vec<String> {
    let mut texts = texts(value);
    texts.sort();
    texts
}
