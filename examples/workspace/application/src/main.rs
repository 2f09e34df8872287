//! Migrates its database when it starts, or with `--check` only asserts that it is at the head.

use std::error::Error;
use std::process::ExitCode;

use application::Database;
use diesel::Connection;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "shop.db".to_owned());
    let mut database = Database::establish(&url)?;
    if std::env::args().any(|argument| argument == "--check") {
        if let Err(error) = application::require_head(&mut database) {
            eprintln!("{error}");
            return Ok(ExitCode::FAILURE);
        }
    } else {
        println!(
            "revisions applied: {}",
            application::migrate(&mut database)?
        );
    }
    println!("the shop is open");
    Ok(ExitCode::SUCCESS)
}
