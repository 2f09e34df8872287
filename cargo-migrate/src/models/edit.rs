//! Changes in the source of models: text before a line, another macro, an attribute less. Pure; it
//! must not know why.

use migrate_models::Place;

use super::offset;

/// Text that is put into a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Where, in bytes.
    pub(crate) start: usize,
    /// How much is taken out there.
    pub(crate) length: usize,
    /// What is there then.
    pub(crate) text: String,
}

/// The path of the macro before a table's name, without its `!`.
pub(crate) fn macro_path(text: &str, name: usize) -> Option<Edit> {
    let end = text.get(..name)?.rfind("table!")? + "table".len();
    let is_path = |sign: char| sign.is_alphanumeric() || sign == '_' || sign == ':';
    let start = text[..end].rfind(|sign: char| !is_path(sign));
    let start = start.map_or(0, |before| {
        before + text[before..].chars().next().map_or(1, char::len_utf8)
    });
    Some(Edit {
        start,
        length: end - start,
        text: String::new(),
    })
}

/// Where the item of a name begins: before `pub struct`.
pub(crate) fn item(text: &str, name: usize) -> usize {
    let before = text[..name].trim_end();
    let Some(before) = before.strip_suffix("struct") else {
        return name;
    };
    let visible = before.trim_end();
    let public = match visible.strip_suffix(')') {
        Some(_) => visible.rfind("pub("), // `pub(crate)`
        None => visible.strip_suffix("pub").map(str::len),
    };
    public.unwrap_or(before.len())
}

/// Lines before the line of a place, with its indentation.
pub(crate) fn before_line(text: &str, place: &Place, lines: &[String]) -> Option<Edit> {
    before(text, offset(text, place), lines)
}

/// Lines before what is there, each on its own line where it is.
pub(crate) fn before(text: &str, at: usize, lines: &[String]) -> Option<Edit> {
    if lines.is_empty() {
        return None;
    }
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let indentation: String = text[start..]
        .chars()
        .take_while(|sign| [' ', '\t'].contains(sign))
        .collect();
    let is_alone = text[start..at].trim().is_empty();
    // several things on one line: the attribute goes between them
    let (start, between) = match is_alone {
        true => (start, line_end(text)),
        false => (at, " "),
    };
    let indentation = if is_alone { indentation } else { String::new() };
    Some(Edit {
        start,
        length: 0,
        text: lines
            .iter()
            .map(|line| format!("{indentation}{line}{between}"))
            .collect(),
    })
}

/// What ends the lines of a file.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(end) if text[..end].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

pub(crate) fn edited(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.start);
    let mut result = String::new();
    let mut from = 0;
    for edit in edits {
        result += &text[from..edit.start];
        result += &edit.text;
        from = edit.start + edit.length;
    }
    result + &text[from..]
}

/// Takes a key out of its attribute, and the attribute where it says nothing else.
pub(crate) fn without_key(text: &str, key: &Place) -> Option<Edit> {
    let at = offset(text, key);
    let open = text.get(..at)?.rfind("#[")?;
    let close = at + outside_quotes(&text[at..], &[']'])?;
    let end = at + outside_quotes(&text[at..close], &[',', ')'])?;
    let before = text[open..at].trim_end();
    let after = text[end..close].trim_start();
    let is_alone =
        before.ends_with("migrate(") && [")", ",)"].contains(&after.replace(' ', "").as_str());
    let (start, end) = if is_alone {
        let line = text[..open].rfind('\n').map_or(0, |end| end + 1);
        let rest = &text[close + 1..];
        let next = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let ends = ["\n", "\r\n"];
        let end = ends.into_iter().find(|end| rest[next..].starts_with(end));
        match (text[line..open].trim().is_empty(), end) {
            (true, Some(end)) => (line, close + 1 + next + end.len()),
            _ => (open, close + 1 + next),
        }
    } else if let Some(rest) = after.strip_prefix(',') {
        let rest = rest.trim_start();
        (at, close - rest.len())
    } else {
        // the last of several
        (
            at - (text[..at].len()
                - text[..at]
                    .trim_end_matches([',', ' ', '\r', '\n', '\t'])
                    .len()),
            end,
        )
    };
    Some(Edit {
        start,
        length: end - start,
        text: String::new(),
    })
}

/// Where the first of these signs is that is not within quotes.
fn outside_quotes(text: &str, signs: &[char]) -> Option<usize> {
    let mut quoted = false;
    for (at, sign) in text.char_indices() {
        match sign {
            '"' => quoted = !quoted,
            sign if !quoted && signs.contains(&sign) => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_macro_is_replaced_and_lines_are_put_before() {
        let text =
            "diesel::table! {\n    users (id) {\n        id -> Integer, name -> Text,\n    }\n}\n";
        let place = |line, column| Place {
            file: String::new(),
            line,
            column,
        };
        let name = offset(text, &place(2, 5));
        let path = macro_path(text, name).unwrap();
        assert_eq!(&text[path.start..path.start + path.length], "diesel::table");
        let mut edits = vec![Edit {
            text: "migrate_core::table".to_owned(),
            ..path
        }];
        edits.extend(before_line(
            text,
            &place(2, 5),
            &["#[a]".to_owned(), "#[b]".to_owned()],
        ));
        edits.extend(before_line(text, &place(3, 24), &["#[c]".to_owned()]));
        assert_eq!(
            edited(text, edits),
            "migrate_core::table! {\n    #[a]\n    #[b]\n    users (id) {\n        id -> Integer, #[c] name -> Text,\n    }\n}\n"
        );
    }

    #[test]
    fn lines_end_as_the_others_of_the_file() {
        let text = "table! {\r\n    a (id) {\r\n        #[migrate(renamed_from = b)]\r\n        id -> Integer,\r\n    }\r\n}\r\n";
        let place = |line, column| Place {
            file: String::new(),
            line,
            column,
        };
        let put = before_line(text, &place(2, 5), &["#[c]".to_owned()]).unwrap();
        let taken = without_key(text, &place(3, 19)).unwrap();
        assert_eq!(
            edited(text, vec![put, taken]),
            "table! {\r\n    #[c]\r\n    a (id) {\r\n        id -> Integer,\r\n    }\r\n}\r\n"
        );
    }

    #[test]
    fn a_key_goes_with_its_attribute_or_alone() {
        for (text, expected) in [
            (
                "    #[migrate(renamed_from = \"a, b\")]\n    c -> Text,\n",
                "    c -> Text,\n",
            ),
            (
                "x, #[migrate_core::migrate(renamed_from = a)] c -> Text,",
                "x, c -> Text,",
            ),
            (
                "#[migrate(unique, renamed_from = a)]\nc",
                "#[migrate(unique)]\nc",
            ),
            (
                "#[migrate(renamed_from = a, default = \"]\")]\nc",
                "#[migrate(default = \"]\")]\nc",
            ),
        ] {
            let column = text.find("renamed_from").unwrap() + 1;
            let place = Place {
                file: String::new(),
                line: 1,
                column,
            };
            let edit = without_key(text, &place).unwrap();
            assert_eq!(edited(text, vec![edit]), expected);
        }
    }

    #[test]
    fn labels_are_put_before_the_struct() {
        for visibility in ["pub ", "pub(crate) ", "pub(in crate::a) ", ""] {
            let text = format!("mod a {{\n    #[b]\n    {visibility}struct Name;\n}}\n");
            let at = item(&text, text.find("Name").unwrap());
            let edit = before(&text, at, &["#[c]".to_owned()]).unwrap();
            assert_eq!(
                edited(&text, vec![edit]),
                format!("mod a {{\n    #[b]\n    #[c]\n    {visibility}struct Name;\n}}\n")
            );
        }
    }
}
