//! The labels of an enum from the names of its variants, as the derives make them. It must not know
//! where a style is written.

/// A word of diesel's `rename_all`, applied as diesel does.
pub(crate) fn of_diesel(style: &str, variant: &str) -> Option<String> {
    let snake = || {
        let mut snake = String::new();
        for (index, char) in variant.chars().enumerate() {
            if index > 0 && char.is_uppercase() {
                snake.push('_');
            }
            snake.push(char.to_ascii_lowercase());
        }
        snake
    };
    Some(match style {
        "PascalCase" => variant.to_owned(),
        "lowercase" => variant.to_ascii_lowercase(),
        "UPPERCASE" => variant.to_ascii_uppercase(),
        "camelCase" => lower_first(variant),
        "snake_case" => snake(),
        "SCREAMING_SNAKE_CASE" => snake().to_ascii_uppercase(),
        "kebab-case" => snake().replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => snake().to_ascii_uppercase().replace('_', "-"),
        _ => return None,
    })
}

/// A style of diesel-derive-enum, applied as that crate does.
pub(crate) fn of_db_enum(style: &str, variant: &str) -> Option<String> {
    let words = words(variant);
    let capitalised = || {
        words
            .iter()
            .map(|word| upper_first(word))
            .collect::<String>()
    };
    Some(match style {
        "verbatim" | "verbatimcase" => variant.to_owned(),
        "snake_case" => words.join("_"),
        "SCREAMING_SNAKE_CASE" => words.join("_").to_uppercase(),
        "kebab-case" => words.join("-"),
        "PascalCase" => capitalised(),
        "camelCase" => lower_first(&capitalised()),
        "UPPERCASE" => variant.to_uppercase(),
        _ => return None,
    })
}

/// A name in snake case.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_")
}

/// The words of a name, in lower case: `XMLFile2` is `xml` and `file2`.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, char) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(index + 1);
        let begins = char.is_uppercase()
            && before.is_some_and(|before| {
                !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase())
            });
        if begins || *char == '_' {
            words.push(String::new());
        }
        if *char != '_'
            && let Some(last) = words.last_mut()
        {
            last.extend(char.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for (style, expected) in [
            ("snake_case", "in_progress"),
            ("SCREAMING_SNAKE_CASE", "IN_PROGRESS"),
            ("kebab-case", "in-progress"),
            ("camelCase", "inProgress"),
            ("PascalCase", "InProgress"),
        ] {
            let of = |label: Option<String>| label.unwrap();
            assert_eq!(of(of_diesel(style, "InProgress")), expected);
            assert_eq!(of(of_db_enum(style, "InProgress")), expected);
        }
        assert_eq!(of_db_enum("verbatim", "InProgress").unwrap(), "InProgress");
        assert_eq!(of_db_enum("snake_case", "XMLFile2").unwrap(), "xml_file2");
        assert_eq!(of_diesel("snake_case", "XMLFile").unwrap(), "x_m_l_file");
        assert_eq!(of_diesel("Snake", "XMLFile"), None);
        assert_eq!(snake("Mood"), "mood");
    }
}
