//! Golden files: they are what is rendered, and the operations that they make when they run are
//! those that were rendered. `SNAPSHOTS=overwrite` writes the files; the next run compiles them.

use migrate_core::engine::backend;
use migrate_core::engine::execute::Collect;
use migrate_core::engine::render::{self, Downgrade, SqlFolder, Step};
use migrate_core::operation::Operation;
use migrate_core::prelude::*;
use migrate_graph::Header;
use migrate_source::RevisionFile;

use crate::{bodies, rustfmt};

type Body = fn(&mut Operations<'_>) -> Result<()>;

/// A golden file as a module: `name: KIND, downgrade, body;`, the body says what is rendered.
macro_rules! golden {
    ($($name:ident: $backend:ident, $downgrade:ident, $body:expr;)*) => {$(
        #[expect(elided_lifetimes_in_paths, reason = "as people write revisions")]
        #[allow(dead_code, reason = "only the upgrade runs")]
        mod $name {
            include!(concat!("golden/", stringify!($name), ".txt"));

            pub(super) const UPGRADE: super::Body = upgrade;
        }

        #[test]
        fn $name() {
            check(stringify!($name), BackendKind::$backend, Downgrade::$downgrade, $body, $name::UPGRADE);
        }
    )*};
}

golden! {
    tables: Sqlite, Reversible, bodies::tables;
    changes: Postgres, Reversible, bodies::changes;
    indexes: Postgres, Reversible, bodies::indexes;
    constraints: Postgres, Reversible, bodies::constraints;
    objects: Postgres, Reversible, bodies::objects;
    options: Mysql, Reversible, bodies::options;
    drops: Postgres, Function, bodies::drops;
    values: Sqlite, Reversible, bodies::values;
    types_of_postgres: Postgres, Reversible, bodies::types;
    types_of_mysql: Mysql, Reversible, bodies::types;
    many: Sqlite, Reversible, bodies::many;
    kinds: Postgres, Reversible, bodies::kinds;
    irreversible: Sqlite, Irreversible, |op| op.drop_table("users");
}

/// The operations of a body; `None` if this build lacks the backend.
fn operations(kind: BackendKind, body: Body) -> Option<Vec<Operation>> {
    let mut collect = Collect::new(backend::rules(kind).ok()?);
    body(&mut collect.operations()).unwrap();
    Some(collect.into_operations())
}

fn check(name: &str, kind: BackendKind, downgrade: Downgrade, body: Body, golden: Body) {
    let Some(mut wanted) = operations(kind, body) else {
        return;
    };
    let steps: Vec<Step> = wanted.iter().cloned().map(noted).collect();
    let header = Header::new("20261129101500", ["20261128093000"]).message(name);
    let rendered = render::Body::new(&steps, None, name != "indexes");
    assert_eq!(rendered.downgrade, downgrade);
    let text = rendered.text(&header, "migrate_core");
    rustfmt::unchanged(std::slice::from_ref(&text));
    let read = RevisionFile::parse("golden.rs", text.clone());
    assert!(read.error.is_none(), "{text}");
    assert!(
        read.revisions
            .iter()
            .all(|revision| revision.mistakes.is_empty())
    );
    assert_eq!(read.revisions[0].header(), Some(header));
    compare(&format!("{name}.txt"), &without_attribute(&text));
    let mut made = operations(kind, golden).unwrap();
    if name == "many" {
        // grouped by table
        let key = |operation: &Operation| format!("{operation:?}");
        made.sort_by_key(key);
        wanted.sort_by_key(key);
    }
    assert!(made == wanted, "made {made:#?}\nof {wanted:#?}");
    if kind == BackendKind::Postgres {
        let folder = SqlFolder::new(&steps, None, backend::rules(kind).unwrap()).unwrap();
        assert_eq!(folder.transaction, name != "indexes");
        compare(&format!("{name}.up.sql"), &folder.up);
        compare(&format!("{name}.down.sql"), &folder.down);
    }
}

/// The attribute wants a revision to be in the folder of a history, where these files are not.
fn without_attribute(text: &str) -> String {
    let (before, rest) = text.split_once("#[revision(").unwrap();
    let (_, after) = rest.split_once(")]\n").unwrap();
    format!("{before}{after}")
}

fn compare(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = path.join("render/golden").join(name);
    snapbox::Assert::new().action_env("SNAPSHOTS").eq(
        snapbox::Data::text(text).raw(),
        snapbox::Data::read_from(&path, Some(snapbox::data::DataFormat::Text)).raw(),
    );
}

fn noted(operation: Operation) -> Step {
    let notes = match &operation {
        Operation::DropColumn { table, name, .. } => {
            vec![format!("Loses the values of `{table}.{name}`.")]
        }
        Operation::AddConstraint { .. } => vec![
            "May fail on the rows that are there, which is said in words that are longer than a line of code is.\nSELECT 1"
                .to_owned(),
        ],
        _ => Vec::new(),
    };
    let only = match &operation {
        Operation::CreateIndex { index, .. } if index.name.starts_with("only_") => {
            vec![BackendKind::Postgres]
        }
        Operation::CreateIndex { index, .. } if index.name.starts_with("both_") => {
            vec![BackendKind::Postgres, BackendKind::Mysql]
        }
        _ => Vec::new(),
    };
    Step {
        operation,
        notes,
        only,
    }
}
