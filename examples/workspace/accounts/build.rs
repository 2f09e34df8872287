//! Makes cargo look again when a file appears among the revisions.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
