//! The parts of a server's URL, as its driver finds them. Pure.

/// The user with the `@`, the host with the database, and the parameters.
fn parts(rest: &str) -> (&str, &str, Option<&str>) {
    // a user or a password may contain a question mark
    let user = rest
        .find(['@', '/'])
        .filter(|at| rest.as_bytes().get(*at) == Some(&b'@'))
        .map_or(0, |at| at + 1);
    let (user, rest) = rest.split_at(user);
    match rest.split_once('?') {
        Some((address, query)) => (user, address, Some(query)),
        None => (user, rest, None),
    }
}

/// The database, still encoded: a parameter `dbname`, or the path.
pub(super) fn database(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let (_, address, query) = parts(rest);
    let parameters = query.unwrap_or_default().split('&');
    let mut named = parameters.filter_map(|parameter| parameter.strip_prefix("dbname="));
    let path = address.split_once('/').map(|(_, path)| path);
    named.next_back().or(path).filter(|name| !name.is_empty())
}

/// The URL with another database.
pub(super) fn with_database(url: &str, name: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (user, address, query) = parts(rest);
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
    fn the_database_is_the_path_or_a_parameter() {
        for (url, name) in [
            ("postgres://h/d", Some("d")),
            ("postgres://u:p?q@h:1/my%20shop?a=b", Some("my%20shop")),
            ("postgresql:///d?host=/run&dbname=e", Some("e")),
            ("mysql://h/", None),
            ("mysql://h?a=/b", None),
        ] {
            assert_eq!(database(url), name, "{url}");
        }
    }

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
