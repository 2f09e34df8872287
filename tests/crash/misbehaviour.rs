//! A history whose second revision fails as `-x how=…` says, in a way that mentions the URL of
//! `-x url=…`: for the test that looks for passwords in all output. It must not know that test.

use migrate_core::prelude::*;
use migrate_core::revision::{Body, Downgrade};
use migrate_core::{History, Revision};

/// The history.
pub(crate) fn misbehaviour() -> History {
    const ORDERLY: Revision = Revision::new(
        "20260101000000",
        &[],
        "Create users.",
        "tests/crash/misbehaviour.rs",
        1,
        Body::Operations(|op| {
            op.create_table(table("users").column(column("id", Integer).primary_key()))
        }),
        Downgrade::Reversible,
    );
    const MISBEHAVING: Revision = Revision::new(
        "20260102000000",
        &["20260101000000"],
        "Misbehave.",
        "tests/crash/misbehaviour.rs",
        1,
        Body::Operations(misbehave),
        Downgrade::Function(Body::Operations(misbehave)),
    );
    const ALL: &[&[&Revision]] = &[&[&ORDERLY, &MISBEHAVING]];
    History::new(ALL)
}

fn misbehave(op: &mut Operations<'_>) -> Result<()> {
    let url = op.argument("url").unwrap_or("no://url").to_owned();
    match op.argument("how") {
        Some("panic") => panic!("cannot reach {url}"),
        Some("error") => Err(RevisionError::message(format!("cannot reach {url}"))),
        Some("sql") => op.execute(format!("SELECT * FROM nowhere -- {url}")),
        Some("column") => op.execute(format!("SELECT \"{url}\" FROM nowhere")),
        // the shortened statement in the message ends within the password
        Some("cut") => op.execute(format!("SELECT '{:->56}' FROM nowhere", password(&url))),
        // MySQL commits before it, so the journal records it first
        Some("ahead") => op.execute(format!(
            "CREATE TABLE nowhere.x (a INT COMMENT '{}')",
            password(&url)
        )),
        _ => Ok(()),
    }
}

/// The password by itself, as it is written in the URL.
fn password(url: &str) -> &str {
    let (user, _) = url.rsplit_once('@').unwrap_or((url, ""));
    user.rsplit([':', '=']).next().unwrap_or(user)
}
