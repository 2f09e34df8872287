//! Mistakes in models, each with its place, its words and its help.

use migrate_models::{Models, Problem, read_file};

/// The problems of files, as `line:column message (help)`.
fn problems_of(files: &[(&str, &str)]) -> Vec<String> {
    let files = files
        .iter()
        .map(|(name, text)| read_file(name, text, "migrate_core"))
        .collect();
    Models::resolve(files).1.iter().map(shown).collect()
}

fn shown(problem: &Problem) -> String {
    let place = |place: &migrate_models::Place| format!("{}:{}", place.line, place.column);
    let mut text = format!("{} {}", place(&problem.place), problem.message);
    if let Some(help) = &problem.help {
        text += &format!(" ({help})");
    }
    for (other, what) in &problem.also {
        text += &format!(" [{}:{} {what}]", other.file, place(other));
    }
    text
}

/// Checks a table `users` with these attributes, and columns after its `id`.
fn check(attributes: &str, columns: &str, expected: &[&str]) {
    let text = format!(
        "migrate_core::table! {{ {attributes}\nusers (id) {{ id -> Integer,\n{columns}\n}} }}"
    );
    let found = problems_of(&[("a.rs", &text)]);
    assert_eq!(found, expected, "{text}");
}

fn column(column: &str, expected: &[&str]) {
    check("", column, expected);
}

fn table(attributes: &str, expected: &[&str]) {
    let columns =
        "#[sql_name = \"e-mail\"] email -> Text, age -> Nullable<Integer>, during -> Text";
    check(attributes, columns, expected);
}

#[test]
fn keys_that_there_are_not() {
    column(
        "#[migrate(defualt = 0)] age -> Integer",
        &["3:11 unknown key `defualt` (did you mean `default`?)"],
    );
    column(
        "#[migrate(engine = \"x\")] age -> Integer",
        &["3:11 `engine` is a key of a table, not of a column (write it on the table)"],
    );
    table(
        "#[migrate(default = 0)]",
        &["1:34 `default` is a key of a column, not of a table (write it on the column)"],
    );
    column(
        "#[migrate(references(users, on_delet = Cascade))] age -> Integer",
        &["3:29 `on_delet` is nothing that `references` takes (did you mean `on_delete`?)"],
    );
    column(
        "#[migrate(\"x\")] age -> Integer",
        &[
            "3:11 `migrate` takes keys (write such as `#[migrate(unique)]` or `#[migrate(default = 0)]`)",
        ],
    );
    column(
        "#[migrate] age -> Integer",
        &[
            "3:3 `migrate` takes keys in parentheses (write such as `#[migrate(unique)]` or `#[migrate(default = 0)]`)",
        ],
    );
    column(
        "#[migrate(only(postgre, comment = \"x\"))] age -> Integer",
        &["3:16 `postgre` is no database (did you mean `postgres`?)"],
    );
}

#[test]
fn keys_that_do_not_go_together() {
    for (keys, expected) in [
        ("default = 0, default = 1", "3:24 `default` is there twice"),
        (
            "default = 0, generated = \"1\"",
            "3:24 `generated` contradicts `default`",
        ),
        (
            "default = 0, default_sql = \"1\"",
            "3:24 `default_sql` contradicts `default`",
        ),
        (
            "identity, autoincrement",
            "3:21 `autoincrement` contradicts `identity`",
        ),
        ("unique, unique(name = b)", "3:19 `unique` is there twice"),
        ("index, index", "3:18 `index` is there twice"),
        (
            "only(mysql, comment = \"b\"), comment = \"a\"",
            "3:39 `comment` is there twice",
        ),
    ] {
        let text = format!("#[migrate({keys})] age -> Integer");
        let text = format!("migrate_core::table! {{\nusers (id) {{ id -> Integer,\n{text} }} }}");
        let found = problems_of(&[("a.rs", &text)]);
        assert_eq!(found.len(), 1, "{keys}: {found:?}");
        assert!(found[0].starts_with(expected), "{keys}: {found:?}");
        assert!(found[0].contains("(leave one of them out)"), "{found:?}");
    }
    for right in [
        "only(mysql, comment = \"a\"), only(postgres, comment = \"b\")",
        "index, index(name = other)",
        "check(\"a\"), check(\"b\")",
    ] {
        column(&format!("#[migrate({right})] age -> Integer"), &[]);
    }
    column(
        "#[migrate(ty = Serial, default = 0)] number -> Integer",
        &["3:24 `default` contradicts `ty = Serial` (leave one of them out)"],
    );
    table(
        "#[migrate(comment = \"a\")]\n#[migrate(comment = \"b\")]",
        &["2:11 `comment` is there twice (leave one of them out) [a.rs:1:34 `comment` is here]"],
    );
    table(
        "#[migrate(view, strict)]",
        &["1:40 `strict` contradicts `view` (leave one of them out)"],
    );
}

#[test]
fn values_of_the_wrong_kind() {
    for (key, expected) in [
        (
            "comment = 3",
            "`comment` takes a text (write `comment = \"…\"`)",
        ),
        (
            "comment",
            "`comment` takes a text (write `comment = \"…\"`)",
        ),
        (
            "default_sql = 3",
            "`default_sql` takes SQL (write `default_sql = \"CURRENT_TIMESTAMP\"`)",
        ),
        (
            "autoincrement = true",
            "`autoincrement` takes no value (write `autoincrement`)",
        ),
        (
            "unique = uq",
            "`unique` takes a name (write `unique(name = uq_users_email)`)",
        ),
        (
            "references = 3",
            "`references` takes a column (write `references(teams.id, on_delete = Cascade)`)",
        ),
        (
            "identity(begin = 3)",
            "`identity` takes `start`, `increment`, `min`, `max` and `cache`, which are numbers \
             (write `identity(start = 100)`)",
        ),
        (
            "default = now()",
            "`default` takes a number, `true`, `\"text\"`, `b\"bytes\"` or `null`; SQL is \
             `default_sql` (write `default = 0`)",
        ),
        (
            "check(age > 0)",
            "`check` takes SQL (write `check(\"age > 0\", name = ck_users_age)`)",
        ),
        (
            "ty = Decimal",
            "`Decimal` takes a precision and a scale (write `ty = Decimal(10, 2)`)",
        ),
        (
            "ty = VarChar",
            "`VarChar` takes a length (write `ty = VarChar(80)`)",
        ),
        (
            "ty = Varchar(80)",
            "`Varchar` is no type (did you mean `VarChar(80)`?)",
        ),
        ("ty = Int4", "`Int4` is no type (did you mean `Integer`?)"),
        (
            "ty = GEOMETRY",
            "`GEOMETRY` is no type (write a type as the server spells it in quotes: `ty = \"GEOMETRY\"`)",
        ),
        (
            "ty = Text(3)",
            "`Text` has nothing in parentheses (write `ty = Text`)",
        ),
        (
            "ty = Timestamp.precision(9)",
            "a precision is a number of digits from 0 to 6 (write `ty = Timestamp.precision(3)`)",
        ),
    ] {
        let text = format!(
            "migrate_core::table! {{ t (id) {{ id -> Other, #[migrate({key})] a -> Other }} }}"
        );
        let found = problems_of(&[("a.rs", &text)]);
        assert_eq!(found.len(), 1, "{key}: {found:?}");
        let message = found[0].split_once(' ').unwrap().1;
        assert_eq!(message, expected, "{key}");
    }
    table(
        "#[migrate(index(ix_users_age))]",
        &[
            "1:34 `index` takes a name and columns (write `index(ix_users_name, [family_name, given_name])`)",
        ],
    );
    table(
        "#[migrate(foreign_key([age], users(id), on_delete = Delete))]",
        &[
            "1:64 `on_delete` takes `Cascade`, `Restrict`, `SetNull`, `SetDefault` or `NoAction` (write `on_delete = Cascade`)",
        ],
    );
}

#[test]
fn columns_that_are_not_there() {
    for (key, at, column) in [
        ("index(ix, [emial])", "1:45", "emial"),
        ("index(ix, [desc(emial).nulls_first()])", "1:50", "emial"),
        ("index(ix, [age], include = [emial])", "1:62", "emial"),
        ("unique([emial])", "1:42", "emial"),
        ("foreign_key([emial], users)", "1:47", "emial"),
        ("exclude(using = gist, [(emial, \"&&\")])", "1:58", "emial"),
    ] {
        let expected =
            format!("{at} no column `{column}` in table `users` (did you mean `email`?)");
        table(&format!("#[migrate({key})]"), &[&expected]);
    }
    let text = "diesel::table! { users (uid) { id -> Integer } }";
    assert_eq!(
        problems_of(&[("a.rs", text)]),
        ["1:25 no column `uid` in table `users` (did you mean `id`?)"]
    );
    let text = "diesel::table! { users { number -> Integer } }";
    assert_eq!(
        problems_of(&[("a.rs", text)]),
        ["1:18 table `users` has no primary key (write `users (number)`)"]
    );
}

#[test]
fn names_that_are_taken() {
    check(
        "#[migrate(index(ix, [id]))]",
        "#[migrate(check(\"a\", name = ix))] age -> Integer",
        &[
            "3:11 two things of table `users` have the name `ix` (give one of them another name) [a.rs:1:34 the first one]",
        ],
    );
    check(
        "#[migrate(only(mysql, index(ix, [id])), only(postgres, index(ix, [id])))]",
        "",
        &[],
    );
    column(
        "#[sql_name = \"id\"] other -> Integer",
        &["3:20 two columns have the name `id` [a.rs:2:14 the first one]"],
    );
    column(
        "#[migrate(renamed_from = \"id\")] number -> Integer",
        &[
            "3:11 column `id` is still there (leave `renamed_from` out, or the other column) [a.rs:2:14 it is here]",
        ],
    );
    let text =
        "diesel::table! { #[cfg_attr(any(), migrate(renamed_from = \"b\"))] a { id -> Integer } }
                diesel::table! { b { id -> Integer } }";
    assert_eq!(
        problems_of(&[("a.rs", text)]),
        [
            "1:44 table `b` is still there (leave `renamed_from` out, or the other table) [a.rs:2:34 it is here]"
        ]
    );
}

#[test]
fn references_that_lead_nowhere() {
    const TEAMS: &str = "diesel::table! { #[sql_name = \"Teams\"] teams (id, part) {
        #[sql_name = \"ID\"] id -> Integer, part -> Integer } }";
    for (reference, expected) in [
        (
            "team.id",
            "1:77 no table `team` in the models (did you mean `teams`?)",
        ),
        (
            "Teams.id",
            "1:77 no table `Teams` in the models (did you mean `teams`?)",
        ),
        (
            "zebras",
            "1:77 no table `zebras` in the models (declare it: `table! { zebras (id) { id -> Integer } }`)",
        ),
        (
            "audit.teams.id",
            "1:83 no table `teams` in schema `audit` (it has no schema: write `teams`)",
        ),
        (
            "teams.ID",
            "1:83 no column `ID` in table `teams` (did you mean `id`?)",
        ),
        (
            "teams.uid",
            "1:83 no column `uid` in table `teams` (did you mean `id`?)",
        ),
        (
            "teams",
            "1:77 1 column refers to 2 columns of table `teams` (write `foreign_key([…], teams(ID, part))` on the table, with as many columns)",
        ),
    ] {
        let text = format!(
            "migrate_core::table! {{ users (id) {{ id -> Integer, #[migrate(references(    {reference}))] team_id -> Integer }} }}"
        );
        let found = problems_of(&[("a.rs", &text), ("b.rs", TEAMS)]);
        assert_eq!(found, [expected], "{reference}");
    }
}

#[test]
fn defaults_that_a_type_cannot_be() {
    for (ty, default, takes) in [
        ("Integer", "\"x\"", "a whole number"),
        ("Integer", "true", "a whole number"),
        ("Integer", "1.5", "a whole number"),
        ("SmallInt", "40000", "a number from -32768 to 32767"),
        ("Unsigned<Integer>", "-1", "a number from 0 to 4294967295"),
        ("Bool", "1", "`true` or `false`"),
        ("Text", "1", "a text"),
        ("Timestamp", "0", "a text"),
        ("Numeric", "\"x\"", "a number"),
        ("Binary", "1", "bytes, `b\"…\"`"),
    ] {
        let text = format!("#[migrate(default = {default})] a -> {ty}");
        let expected = format!(
            "3:11 column `a` is `{ty}`, and its default is not (write {takes}, or SQL: `default_sql = \"…\"`)"
        );
        column(&text, &[&expected]);
    }
    for (ty, default) in [
        ("Integer", "-1"),
        ("BigInt", "9223372036854775807"),
        ("Unsigned<BigInt>", "9223372036854775807"),
        ("Double", "-1.5"),
        ("Numeric", "0"),
        ("Numeric", "\"0.10\""),
        ("Bool", "true"),
        ("Text", "\"\""),
        ("Jsonb", "\"{}\""),
        ("Binary", "b\"x\""),
        ("Nullable<Text>", "null"),
        ("Geometry", "3"),
    ] {
        column(&format!("#[migrate(default = {default})] a -> {ty}"), &[]);
    }
    column(
        "#[migrate(default = null)] a -> Text",
        &[
            "3:11 column `a` cannot be null (declare it as `Nullable<Text>`, or leave `default` out)",
        ],
    );
    column(
        "#[max_length = 2] #[migrate(default = \"abc\")] a -> Varchar",
        &[
            "3:29 the default of column `a` is longer than 2 characters (write a shorter one, or a larger `#[max_length = …]`)",
        ],
    );
    column(
        "#[migrate(ty = Enum[\"open\", \"done\"], default = \"opne\")] a -> Text",
        &["3:38 `opne` is no value of column `a` (did you mean `open`?)"],
    );
}

#[test]
fn labels() {
    let text = "#[migrate_core::migrate(labels(\"open\", \"done\"))] pub struct State;
        migrate_core::table! { a { id -> Integer, #[migrate(default = \"opne\")] state -> State } }";
    assert_eq!(
        problems_of(&[("a.rs", text)]),
        ["2:61 `opne` is no value of column `state` (did you mean `open`?)"]
    );
}

#[test]
fn types() {
    column(
        "#[max_length = 9] #[migrate(ty = VarChar(80))] a -> Varchar",
        &["3:29 a length in `ty` beside `#[max_length = 9]` (leave `#[max_length = …]` out)"],
    );
    for (ty, declared, first) in [
        (
            "Decimal(10, 2)",
            "Integer",
            "declare the column as `Numeric`, or change `ty`",
        ),
        (
            "Text",
            "Integer",
            "declare the column as `Text`, or change `ty`",
        ),
        (
            "Integer.unsigned()",
            "Integer",
            "declare the column as `Unsigned`, or change `ty`",
        ),
        (
            "Text.array()",
            "Array<Integer>",
            "declare the column as it is read, or change `ty`",
        ),
        (
            "BigSerial",
            "Integer",
            "declare the column as `BigInt`, or change `ty`",
        ),
    ] {
        let name = ty.split(['(', '.']).next().unwrap();
        let name = match ty.rsplit('.').next().unwrap() {
            "unsigned()" => "Unsigned",
            "array()" => "Array",
            _ => name,
        };
        let expected = format!("3:11 diesel does not read `{name}` as `{declared}` ({first})");
        column(
            &format!("#[migrate(ty = {ty})] a -> {declared}"),
            &[&expected],
        );
    }
    for (ty, declared) in [
        ("Decimal(10, 2)", "Numeric"),
        ("Type::VarChar(9)", "Text"),
        ("Integer.unsigned()", "Unsigned<Integer>"),
        ("Unsigned(Integer)", "Unsigned<Integer>"),
        ("Text.array()", "Array<Nullable<Text>>"),
        ("Timestamptz.precision(3)", "Timestamptz"),
        ("Enum[\"a\", \"b\"]", "Mood"),
        ("Type::one_of([\"a\", \"b\"])", "Mood"),
        ("Named(\"mood\")", "Integer"),
        ("Range(RangeOf::Timestamptz)", "Range<Timestamptz>"),
        ("\"numeric(10, 2)\"", "Numeric"),
        ("BigSerial", "BigInt"),
        ("MediumText", "Mediumtext"),
    ] {
        column(&format!("#[migrate(ty = {ty})] a -> {declared}"), &[]);
    }
    column(
        "#[migrate(autoincrement)] a -> Text",
        &[
            "3:11 `autoincrement` on column `a`, which is `Text` (an integer can have it, such as `BigInt`)",
        ],
    );
}

#[test]
fn conditions() {
    let text = "#[cfg(unix)] diesel::table! { a { id -> Integer } }";
    assert_eq!(
        problems_of(&[("a.rs", text)]),
        [
            "1:31 models do not know this condition of table `a` (write `#[migrate(only(postgres))]` if it is for some databases)"
        ]
    );
    column(
        "#[cfg(feature = \"postgres\")] a -> Text",
        &[
            "3:3 a condition on column `a` (write two tables, with `#[migrate(only(postgres))]` and such, or leave it out)",
        ],
    );
}

#[test]
fn declarations_that_contradict_each_other() {
    let declare =
        |name: &str, text: &str| format!("{name}! {{ users (id) {{ id -> Integer, {text} }} }}");
    let both = |one: (&str, &str), other: (&str, &str)| {
        problems_of(&[
            ("a.rs", &declare(one.0, one.1)),
            ("b.rs", &declare(other.0, other.1)),
        ])
    };
    let (open, closed) = ("diesel::table", "migrate_core::table");
    assert_eq!(both((open, "a -> Text"), (open, "b -> Text")), [""; 0]);
    assert_eq!(both((open, "a -> Text"), (open, "a -> Varchar")), [""; 0]);
    assert_eq!(
        both((open, "a -> Text"), (open, "a -> Nullable<Text>")),
        [
            "1:46 column `a` is `Nullable<Text>` here (declare it alike in both places, or in one of them) [a.rs:1:46 here it is `Text`]"
        ]
    );
    let attribute = |text: &str| format!("#[cfg_attr(false, migrate({text}))] a -> Text");
    assert_eq!(
        both(
            (open, &attribute("comment = \"a\"")),
            (open, &attribute("comment = \"b\""))
        ),
        [
            "1:72 `comment` contradicts another declaration of the table (leave one of them out) [a.rs:1:72 the other one]"
        ]
    );
    assert_eq!(both((closed, "a -> Text"), (open, "a -> Text")), [""; 0]);
    assert_eq!(both((open, "a -> Text"), (closed, "a -> Text")), [""; 0]);
    assert_eq!(
        both((closed, ""), (open, "a -> Text")),
        [
            "1:46 column `a` is not in the closed declaration of table `users` (leave it out here) [a.rs:1:24 `migrate_core::table!`]"
        ]
    );
    assert_eq!(
        both((closed, "a -> Text"), (open, &attribute("unique"))),
        [
            "1:72 `unique` is not in the closed declaration of the table (write it there: `migrate_core::table!` is the whole)"
        ]
    );
    assert_eq!(
        both((closed, ""), (closed, "")),
        [
            "1:24 table `users` is declared twice (leave one of them out: each `migrate_core::table!` is the whole of its table) [a.rs:1:24 the first one]"
        ]
    );
}
