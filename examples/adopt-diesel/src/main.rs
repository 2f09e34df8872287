//! The application: brings its database to the head when it starts, and lists what is open.

use std::error::Error;

use adopt_diesel::schema::{customers, tickets};
use adopt_diesel::{Database, HISTORY};
use diesel::prelude::*;
use migrate_core::Migrator;

fn main() -> Result<(), Box<dyn Error>> {
    let mut connection = Database::establish(&adopt_diesel::database_url())?;
    let report = Migrator::new(&HISTORY).upgrade(&mut connection, "head")?;
    println!("revisions applied: {}", report.steps.len());

    let open: Vec<(String, String, i32)> = tickets::table
        .inner_join(customers::table)
        .filter(tickets::closed.eq(false))
        .order((tickets::priority.desc(), tickets::id))
        .select((customers::name, tickets::title, tickets::priority))
        .load(&mut connection)?;
    for (customer, title, priority) in open {
        println!("{priority} {customer}: {title}");
    }
    Ok(())
}
