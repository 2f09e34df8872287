//! What the commands about schemas answer.

use serde::{Deserialize, Serialize};

use migrate_core::schema::Schema;

/// The version of the form of a dump.
pub const DUMP_VERSION: u32 = 1;

/// A whole schema: what `schema dump --format json` prints, and what a `.json` state is.
#[doc = "```json"]
#[doc = include_str!("schema_dump.json")]
#[doc = "```"]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchemaDump {
    /// The version of this form.
    pub version: u32,
    /// Everything in it.
    #[serde(flatten)]
    pub schema: Schema,
}

impl SchemaDump {
    /// The dump of a schema.
    pub fn of(schema: Schema) -> SchemaDump {
        SchemaDump {
            version: DUMP_VERSION,
            schema,
        }
    }

    /// The dump in a text, or why there is none.
    pub(crate) fn parse(text: &str) -> Result<SchemaDump, String> {
        #[derive(Deserialize)]
        struct Version {
            version: Option<u32>,
        }
        let version: Version = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match version.version {
            Some(DUMP_VERSION) => serde_json::from_str(text).map_err(|error| error.to_string()),
            Some(other) => Err(format!(
                "it has the version {other}, and this program reads version {DUMP_VERSION}"
            )),
            None => Err("it has no `version`".to_owned()),
        }
    }
}

/// A schema as text or as data, as it was asked for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum SchemaText {
    /// A text that is printed as it is: statements, source, a drawing.
    Text(String),
    /// Data.
    Data(SchemaDump),
}
