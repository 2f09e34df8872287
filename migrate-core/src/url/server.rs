//! The parts of a server's URL, as its driver finds them. Pure.

/// The URL with another database.
pub(super) fn with_database(url: &str, name: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    // a user or a password may contain a question mark
    let user = rest
        .find(['@', '/'])
        .filter(|at| rest.as_bytes().get(*at) == Some(&b'@'))
        .map_or(0, |at| at + 1);
    let (user, rest) = rest.split_at(user);
    let (address, query) = match rest.split_once('?') {
        Some((address, query)) => (address, Some(query)),
        None => (rest, None),
    };
    let host = address.split('/').next().unwrap_or(address);
    let parameters: Vec<&str> = query
        .unwrap_or_default()
        .split('&')
        .filter(|parameter| !parameter.is_empty() && !parameter.starts_with("dbname="))
        .collect();
    let query = match parameters.is_empty() {
        true => String::new(),
        false => format!("?{}", parameters.join("&")),
    };
    format!("{scheme}://{user}{host}/{name}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_changes() {
        for (url, other) in [
            ("postgres://h/d", "postgres://h/x"),
            ("postgres://h", "postgres://h/x"),
            ("postgres://u:p?q@h:1/d?a=b", "postgres://u:p?q@h:1/x?a=b"),
            (
                "postgresql:///d?host=/run&dbname=e",
                "postgresql:///x?host=/run",
            ),
            ("mysql://u:p@[::1]:3306/d", "mysql://u:p@[::1]:3306/x"),
        ] {
            assert_eq!(with_database(url, "x"), other);
        }
    }
}
