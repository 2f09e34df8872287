//! The program starts. Its commands are tested in `tests/cli`, which has this test built to have
//! the program.

use std::process::Command;

#[test]
fn it_says_its_version() {
    let program = env!("CARGO_BIN_EXE_cargo-migrate");
    let mut command = Command::new(program);
    let output = command.args(["migrate", "--version"]).output();
    let output = output.expect("the program can be started");
    assert!(output.status.success(), "{output:?}");
    let version = String::from_utf8(output.stdout).expect("text");
    let expected = concat!("cargo-migrate ", env!("CARGO_PKG_VERSION"));
    assert!(version.starts_with(expected), "{version}");
}
