//! Every way to write a URL, and every way to get one wrong; no password in any of them is shown.

use super::*;

fn target(text: &str) -> String {
    let url: DatabaseUrl = text.parse().unwrap();
    assert_eq!(url.kind(), BackendKind::Sqlite, "{text}");
    url.as_secret_str().to_owned()
}

#[test]
fn every_way_to_write_a_sqlite_path() {
    for (text, path) in [
        ("app.db", "app.db"),
        ("/var/app.db", "/var/app.db"),
        ("sqlite:app.db", "app.db"),
        ("sqlite://app.db", "app.db"),
        ("sqlite:///var/app.db", "/var/app.db"),
        ("SQLite:app.db", "app.db"),
        ("file:app.db?mode=ro", "file:app.db?mode=ro"),
        ("sqlite://app.db?mode=rwc", "file:app.db?mode=rwc"),
        (":memory:", ":memory:"),
        ("sqlite::memory:", ":memory:"),
        ("sqlite://:memory:", ":memory:"),
        ("C:\\app.db", "C:\\app.db"),
        ("./odd:name.db", "./odd:name.db"),
        ("odd?name.db", "odd?name.db"),
        ("sqlite:file:odd", "./file:odd"),
    ] {
        assert_eq!(target(text), path, "{text}");
    }
}

#[test]
fn a_server_needs_its_slashes() {
    assert!(matches!(
        "mysql:ada:s3cret@h/d".parse::<DatabaseUrl>(),
        Err(UrlError::NoSlashes { scheme: "mysql" })
    ));
    assert_eq!(
        DatabaseUrl::redacted("--database-url=mysql:ada:s3cret@h/d"),
        "--database-url=mysql:ada:***@h/d"
    );
    assert_eq!(DatabaseUrl::redacted("a:b@c"), "a:b@c");
}

#[test]
fn a_password_is_no_files_name() {
    for text in [
        "rev_ro:s3cret@127.0.0.1/rev_a",
        "ada:s3cret@host",
        "ada:s3/cr:et@host:1/db",
        "u:s3cret@host/db",
        "rev_ro:s3//cret@host/db",
        "a.b@c:s3cret@host/db",
    ] {
        let error = text.parse::<DatabaseUrl>().unwrap_err();
        assert!(matches!(error, UrlError::NoScheme), "{text}: {error}");
        let shown = format!("{error} {error:?} {:?}", error.help());
        assert!(!shown.contains("s3"), "{shown}");
    }
    for path in [
        "C:\\a@b.db",
        "C:/a@b.db",
        "C:app.db",
        "app.db:1",
        "a@b.db",
        "./ada:s3cret@host",
        "data/a:b@c.db",
        "my file: a@b.db",
    ] {
        assert_eq!(target(path), path);
    }
    assert_eq!(target("sqlite:a:b@c"), "a:b@c");
    assert_eq!(
        DatabaseUrl::redacted("--database-url=ada:s3cret@h/d"),
        "--database-url=ada:***@h/d"
    );
    assert_eq!(DatabaseUrl::redacted("C:\\a@b/c"), "C:\\a@b/c");
}

#[test]
fn key_words_are_no_file() {
    for text in [
        "host=localhost password=s3cret dbname=app",
        "dbname=app",
        "Server=h;Uid=ada;Pwd=s3cret",
    ] {
        assert!(
            matches!(text.parse::<DatabaseUrl>(), Err(UrlError::KeyWords)),
            "{text}"
        );
    }
    assert_eq!(target("./user=1.db"), "./user=1.db");
    assert_eq!(target("a=b.db"), "a=b.db");
}

#[test]
fn schemes_that_are_not_known_are_named() {
    assert!(matches!(
        "jdbc:postgresql://h/d?password=a@b".parse::<DatabaseUrl>(),
        Err(UrlError::UnknownScheme { near: None, .. })
    ));
    let near = |text: &str| match text.parse::<DatabaseUrl>() {
        Err(UrlError::UnknownScheme { scheme, near }) => (scheme, near),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(
        near("oracle://scott:tiger@host"),
        ("oracle".to_owned(), None)
    );
    assert_eq!(near("postgresql+psycopg2://u:p@h/d").1, Some("postgresql"));
    assert_eq!(near("pg://h/d").1, Some("postgres"));
    assert!(matches!("".parse::<DatabaseUrl>(), Err(UrlError::Empty)));
    for empty in ["sqlite:", "file:", "file:?mode=rwc", "sqlite://?mode=rwc"] {
        assert!(matches!(empty.parse::<DatabaseUrl>(), Err(UrlError::Empty)));
    }
    assert!(matches!(
        "a\0b".parse::<DatabaseUrl>(),
        Err(UrlError::Control { character: '\0' })
    ));
}

#[test]
fn no_password_is_shown() {
    for text in [
        "postgres://ada:s3cret@host/db",
        "postgres://ada:s3cret@x@host/db",
        "postgres://ada:s3cret/y@host/db",
        "postgres://ada:s3cret?y@host/db",
        "mysql://ada:s3cret@host:3306/db?ssl_mode=required",
        "postgres://host/db?user=ada&password=s3cret",
        "file:app.db?key=s3cret",
    ] {
        let url: DatabaseUrl = text.parse().unwrap();
        for shown in [url.to_string(), format!("{url:?}")] {
            assert!(!shown.contains("s3cret"), "{shown}");
            assert!(shown.contains("***"), "{shown}");
        }
    }
    assert_eq!(
        "odd?key=a.db".parse::<DatabaseUrl>().unwrap().to_string(),
        "odd?key=a.db"
    );
}

#[test]
fn no_secret_is_left_in_a_drivers_text() {
    let url: DatabaseUrl = "postgres://ada:s3%63ret@h/d?sslpassword=0ther"
        .parse()
        .unwrap();
    assert_eq!(
        url.without_secrets("`s3%63ret` is `s3cret`, not `0ther`"),
        "`***` is `***`, not `***`"
    );
    assert_eq!(url.unencoded_in_password(), None);
    for (text, character) in [
        ("postgres://ada:s3/cret@h/d", '/'),
        ("postgres://ada:s3@cret@h/d", '@'),
    ] {
        let url: DatabaseUrl = text.parse().unwrap();
        assert_eq!(url.unencoded_in_password(), Some(character), "{text}");
    }
}

#[test]
fn relative_paths_start_where_they_are_told() {
    let at = |text: &str| {
        let url: DatabaseUrl = text.parse().unwrap();
        url.relative_to(Path::new("/srv/a b"))
            .as_secret_str()
            .to_owned()
    };
    assert_eq!(at("app.db"), "/srv/a b/app.db");
    assert_eq!(at("sqlite:data/app.db"), "/srv/a b/data/app.db");
    assert_eq!(at("file:app.db?mode=ro"), "file:/srv/a b/app.db?mode=ro");
    assert_eq!(at("/abs/app.db"), "/abs/app.db");
    assert_eq!(at(":memory:"), ":memory:");
    assert_eq!(
        at("file::memory:?cache=shared"),
        "file::memory:?cache=shared"
    );
    assert_eq!(at("postgres://h/d"), "postgres://h/d");
}

#[test]
fn what_surrounds_a_url_is_no_part_of_it() {
    for text in [
        " postgres://h/d",
        "postgres://h/d\n",
        "\tpostgres://h/d\r\n",
        "\u{feff}postgres://h/d",
        "\u{a0}postgres://h/d\u{200b}",
    ] {
        let url: DatabaseUrl = text.parse().unwrap();
        assert_eq!(url.as_secret_str(), "postgres://h/d", "{text:?}");
    }
    assert_eq!(target("my app.db\n"), "my app.db");
    for text in [
        "postgres://h/d\nMORE=1",
        "postgres://u:p\tq@h/d",
        "app\u{7}.db",
    ] {
        assert!(
            matches!(text.parse::<DatabaseUrl>(), Err(UrlError::Control { .. })),
            "{text:?}"
        );
    }
    for text in [
        "\"postgres://u:s3cret@h/d\"",
        "'postgres://u:s3cret@h/d'",
        "'app.db'",
        " \"app.db\" ",
        "\"postgres://u:s3cret@h/d",
        "postgres://u:s3cret@h/d'",
        "`app.db`",
        "“app.db”",
        "\"\"",
    ] {
        let error = text.parse::<DatabaseUrl>().unwrap_err();
        assert!(matches!(error, UrlError::Quoted { .. }), "{text}: {error}");
        let shown = format!("{error} {error:?} {:?}", error.help());
        assert!(!shown.contains("s3cret"), "{shown}");
    }
    for path in [
        "./'app.db'",
        "it's.db",
        "postgres://h/d?options=-csearch_path='a'",
    ] {
        assert!(path.parse::<DatabaseUrl>().is_ok(), "{path}");
    }
}

#[test]
fn a_lost_colon_shows_no_password() {
    for text in [
        "postgres//ada:s3cret@host/db",
        "postgresql//ada:s3cret@host/db",
        "mysql/ada:s3cret@host/db",
        "mariadb;//ada:s3cret@host/db",
        "Postgres//ada:s3cret@host:5432/db",
        "psql//ada:s3cret@host/db",
        "postgress//ada:s3cret@host/db",
        "//ada:s3cret@host/db",
        "postgres ada:s3cret@host/db",
        "postgres//host/db",
    ] {
        let error = text.parse::<DatabaseUrl>().unwrap_err();
        assert!(
            matches!(error, UrlError::NoColon { .. } | UrlError::NoScheme),
            "{text}: {error}"
        );
        let shown = format!(
            "{error} {error:?} {:?} {} {}",
            error.help(),
            DatabaseUrl::redacted(text),
            DatabaseUrl::redacted(&format!("--database-url={text}"))
        );
        assert!(!shown.contains("s3cret"), "{shown}");
    }
    for path in [
        "postgres/app.db",
        "postgres.db",
        "mysql",
        "data//app.db",
        "./postgres//a:b@c",
        "/srv//a:b@c.db",
        "/srv/postgres/a@b.db",
    ] {
        assert_eq!(target(path), path);
    }
}

#[test]
fn three_slashes_and_a_relative_path_are_of_sqlalchemy() {
    for (text, relative) in [
        ("sqlite:///./data/x.db", "data/x.db"),
        ("sqlite:///../x.db?mode=ro", "../x.db"),
    ] {
        match text.parse::<DatabaseUrl>() {
            Err(UrlError::ThreeSlashes { path }) => assert_eq!(path, relative),
            other => panic!("{text}: {other:?}"),
        }
    }
    assert_eq!(target("sqlite:///data/x.db"), "/data/x.db");
    assert_eq!(target("sqlite://./x.db"), "./x.db");
}

#[test]
fn a_short_password_is_hidden_where_it_is_quoted_alone() {
    for (url, text, shown) in [
        (
            "postgres://user:a@h/d",
            "FATAL:  password authentication failed for user \"user\"",
            "FATAL:  password authentication failed for user \"user\"",
        ),
        (
            "postgres://user:password@h/d",
            "password authentication failed: \"password\"",
            "password authentication failed: \"***\"",
        ),
        (
            "postgres://user:ab@h/d",
            "cannot read `user:ab@h`, a",
            "cannot read `user:***@h`, a",
        ),
        ("mysql://user:a1b2c3d4@h/d", "xa1b2c3d4y", "x***y"),
    ] {
        let url: DatabaseUrl = url.parse().unwrap();
        assert_eq!(url.without_secrets(text), shown);
    }
}
