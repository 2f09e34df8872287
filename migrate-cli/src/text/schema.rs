//! What the commands about schemas print.

use crate::json::{Answer, SchemaText};

impl Answer for SchemaText {
    fn text(&self) -> String {
        match self {
            SchemaText::Text(text) => text.clone(),
            SchemaText::Data(_) => String::new(), // is printed as JSON
        }
    }

    fn is_to_be_run(&self) -> bool {
        true
    }
}
