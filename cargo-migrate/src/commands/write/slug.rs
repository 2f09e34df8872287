//! File names from messages in any language. Pure.

/// How long the part of a file name may be that comes from a message.
const LONGEST: usize = 48;

/// A message as a part of a file name: lower-case ASCII letters, digits and `_`, cut at a word.
pub(in crate::commands) fn slug(message: &str) -> String {
    let first_line = message.lines().next().unwrap_or_default();
    let mut words: Vec<String> = vec![String::new()];
    for character in first_line.chars() {
        match ascii(character) {
            Some(letters) => words
                .last_mut()
                .expect("there is one word")
                .push_str(letters.as_str()),
            None if matches!(character, '\'' | '’') => {}
            None => words.push(String::new()),
        }
    }
    let mut slug = String::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let separator = usize::from(!slug.is_empty());
        if slug.len() + separator + word.len() > LONGEST {
            if slug.is_empty() {
                slug.push_str(&word[..LONGEST]);
            }
            break;
        }
        if separator == 1 {
            slug.push('_');
        }
        slug.push_str(word);
    }
    if slug.is_empty() {
        "revision".to_owned()
    } else {
        slug
    }
}

/// A few letters, without an allocation for the common one.
struct Letters([u8; 4], usize);

impl Letters {
    fn new(text: &str) -> Letters {
        let mut bytes = [0; 4];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Letters(bytes, text.len())
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0[..self.1]).expect("it was made from text")
    }
}

/// Accented letters by the letter that people use for them where they have no accents.
const ACCENTED: [(&str, &str); 26] = [
    ("a", "àáâãåāăą"),
    ("ae", "äæ"),
    ("c", "çćĉċč"),
    ("d", "ďđð"),
    ("e", "èéêëēĕėęě"),
    ("g", "ĝğġģ"),
    ("h", "ĥħ"),
    ("i", "ìíîïĩīĭįı"),
    ("j", "ĵ"),
    ("k", "ķĸ"),
    ("l", "ĺļľŀł"),
    ("n", "ñńņňŉŋ"),
    ("o", "òóôõōŏő"),
    ("oe", "öøœ"),
    ("r", "ŕŗř"),
    ("s", "śŝşšș"),
    ("ss", "ß"),
    ("t", "ţťŧț"),
    ("th", "þ"),
    ("u", "ùúûũūŭůűų"),
    ("ue", "ü"),
    ("w", "ŵ"),
    ("y", "ýÿŷ"),
    ("z", "źżž"),
    ("f", "ƒ"),
    ("e", "€"),
];

/// A character in ASCII; `None` for what ends a word.
fn ascii(character: char) -> Option<Letters> {
    if character.is_ascii_alphanumeric() {
        let lower = character.to_ascii_lowercase();
        return Some(Letters::new(lower.encode_utf8(&mut [0; 4])));
    }
    let lower = character.to_lowercase().next().unwrap_or(character);
    let found = ACCENTED
        .iter()
        .find(|(_, accented)| accented.contains(lower));
    found.map(|(plain, _)| Letters::new(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_become_parts_of_file_names() {
        for (message, expected) in [
            ("Add phone to users", "add_phone_to_users"),
            ("  Add: phone / users!  ", "add_phone_users"),
            ("Don't lose the user's phone", "dont_lose_the_users_phone"),
            ("TICKET-123 add_index", "ticket_123_add_index"),
            (
                "Größe für Übersicht ändern",
                "groesse_fuer_uebersicht_aendern",
            ),
            ("Crée une table à l'été", "cree_une_table_a_lete"),
            ("Łódź", "lodz"),
            ("ユーザーを追加", "revision"),
            ("追加 phone 列", "phone"),
            ("", "revision"),
            ("first line\nsecond line", "first_line"),
            (
                "a very long message that says everything there is to say about the change",
                "a_very_long_message_that_says_everything_there",
            ),
            (&"x".repeat(100), &"x".repeat(48)),
        ] {
            assert_eq!(slug(message), expected, "{message}");
        }
    }

    #[test]
    fn every_letter_of_the_table_fits() {
        for (plain, accented) in ACCENTED {
            for character in accented.chars() {
                assert_eq!(ascii(character).unwrap().as_str(), plain);
            }
        }
    }
}
