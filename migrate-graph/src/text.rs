//! Small pieces of text that messages share.
//!
//! It must not know what the names mean.

/// "`a`, `b` and `c`"; of many, the first few and how many more.
pub fn list<S: AsRef<str>>(names: &[S]) -> String {
    const MOST: usize = 8;
    let mut quoted: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    if names.len() > MOST {
        quoted.push(format!("{} more", names.len() - MOST));
    }
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
