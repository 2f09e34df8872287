//! One spelling of expressions, in every dialect.

use super::*;

const ALL: [BackendKind; 4] = [
    BackendKind::Sqlite,
    BackendKind::Postgres,
    BackendKind::Mysql,
    BackendKind::Mariadb,
];

#[test]
fn spelling_is_one() {
    for (backends, text, expected) in [
        (&ALL[..], "  ( a>=0 )  ;", "a >= 0"),
        (&ALL, "((A+ B)*2)", "(a + b) * 2"),
        (&ALL, "Lower( Email )", "lower(email)"),
        (&ALL, "a IN(1,2 , 3)", "a in (1, 2, 3)"),
        (
            &ALL,
            "(a = 'It''s')AND/* x */(b!=1e3)",
            "(a = 'It''s') and (b <> 1e3)",
        ),
        (&ALL, "(1, 2)", "(1, 2)"),
        (&ALL, "(SELECT 1)", "(select 1)"),
        (&ALL, "-1", "-1"),
        (&ALL, "( - 1 )", "-1"),
        (&ALL, "a - - 1", "a - -1"),
        (&ALL, "- - 1", "- -1"),
        (&ALL, "a-1", "a - 1"),
        (&ALL, "f(-1,+ b)", "f(-1, +b)"),
        (&ALL, "t . a = .5", "t.a = .5"),
        (&ALL, "a < .5", "a < .5"),
        (&ALL, "a -- why\n > 1 -- end", "a > 1"),
        (&ALL, "X'0A'", "x'0a'"),
        (
            &ALL,
            "CASE WHEN a THEN (b) ELSE -c END",
            "case when a then (b) else -c end",
        ),
        (&ALL, "count( * )", "count(*)"),
        (&ALL, "()", "()"),
        (&ALL, "", ""),
        (&ALL[..1], "[a b]==`C` || \"d\"", "`a b` = c || d"),
        (&ALL[..1], "\"order\" <> \"Key\"", "`order` <> key"),
        (&ALL[..1], "j ->> '$.a'", "j ->> '$.a'"),
        (
            &ALL[1..2],
            "\"A\" = \"b\" AND \"user\" <> user",
            "\"A\" = b and \"user\" <> user",
        ),
        (
            &ALL[1..2],
            "x :: text [ ] @> ARRAY[ 'a' ::text]",
            "x::text[] @> array['a'::text]",
        ),
        (&ALL[1..2], "a=-1", "a = -1"),
        (&ALL[1..2], "a@-b", "a @- b"),
        (
            &ALL[1..2],
            "x::\"char\" <> y::char",
            "x::\"char\" <> y::char",
        ),
        (&ALL[1..2], "e'a\\'b' || $x$ Y $x$", "e'a\\'b' || $x$ Y $x$"),
        (&ALL[2..], "(`A` <> _utf8mb4'x Y')", "a <> 'x Y'"),
        (&ALL[2..], r"_UTF8MB4'it\'s' && '\\'", r"'it''s' && '\\'"),
        (&ALL[2..], "`a b` <=> _latin1'x'", "`a b` <=> _latin1'x'"),
        (&ALL[2..], "a REGEXP\"X\"", "a regexp \"X\""),
    ] {
        for backend in backends {
            let canonical = canonical_expression(text, *backend);
            assert_eq!(canonical, expected, "{backend:?}: {text}");
            assert_eq!(canonical_expression(&canonical, *backend), expected);
        }
    }
}

#[test]
fn what_differs_stays_different() {
    for (one, other) in [
        ("a > 0", "a > 1"),
        ("a = 'X'", "a = 'x'"),
        ("a", "'a'"),
        ("(a) + (b)", "a + b) + (b"),
        ("a b", "ab"),
        ("a < = b", "a <= b"),
        ("f(a, b)", "f((a, b))"),
        ("1.0", "1"),
    ] {
        for backend in ALL {
            let (one, other) = (
                canonical_expression(one, backend),
                canonical_expression(other, backend),
            );
            assert_ne!(one, other, "{backend:?}");
        }
    }
}

#[test]
fn double_quotes_on_sqlite_are_a_name_only_if_there_is_one() {
    let is_name = |name: &str| name.eq_ignore_ascii_case("mood");
    let canonical = |text| canonical_expression_of(text, BackendKind::Sqlite, &is_name);
    assert_eq!(canonical("\"Mood\" <> \"Sad's\""), "mood <> \"Sad's\"");
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn backend() -> impl Strategy<Value = BackendKind> {
        proptest::sample::select(&ALL[..])
    }

    /// Tokens that mean the same with any space between them.
    fn tokens() -> impl Strategy<Value = Vec<&'static str>> {
        let all = [
            "a", "B", "and", "NOT", "in", "(", ")", ",", "+", "-", "*", "<=", "<>", "'x Y'", "1",
            "2.5", "`c d`", "CASE", "f", "||", "é",
        ];
        proptest::collection::vec(proptest::sample::select(all.to_vec()), 0..12)
    }

    proptest! {
        #[test]
        fn anything_is_taken_and_once_is_enough(text in ".{0,40}", backend in backend()) {
            let _ = canonical_expression(&text, backend);
        }

        #[test]
        fn spaces_and_comments_say_nothing(tokens in tokens(), backend in backend()) {
            let once = canonical_expression(&tokens.join(" "), backend);
            let spaced = canonical_expression(&tokens.join(" /* , ' */\n\t"), backend);
            prop_assert_eq!(&once, &spaced);
            prop_assert_eq!(canonical_expression(&once, backend), once);
        }
    }
}
