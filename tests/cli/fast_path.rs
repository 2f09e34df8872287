//! When nothing changed, neither cargo nor rustc is called: proven by a cargo and a rustc that can
//! be forbidden.

use std::{env, fs};

use migrate_tests::{Output, Project, run};

/// A `cargo` and a `rustc` that pass everything on until the file `forbidden` exists; then they
/// leave a mark and fail.
struct Tools<'a> {
    project: &'a Project,
}

impl Tools<'_> {
    fn new(project: &Project) -> Tools<'_> {
        let folder = project.outside("tools");
        fs::create_dir(&folder).expect("a folder");
        for (name, real) in [("cargo", env!("CARGO").to_owned()), ("rustc", real_rustc())] {
            let path = folder.join(name);
            let script = format!(
                "#!/bin/sh\nif [ -e '{}' ]; then touch '{}'; exit 99; fi\nexec '{real}' \"$@\"\n",
                project.outside("forbidden").display(),
                project.outside("called").display(),
            );
            fs::write(&path, script).expect("a script");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
            }
        }
        Tools { project }
    }

    fn migrate(&self, args: &[&str]) -> Output {
        self.migrate_with(args, &[])
    }

    fn migrate_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Output {
        let tools = self.project.outside("tools");
        let mut path = vec![tools.clone()];
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let mut command = self.project.command(args);
        command
            .env("PATH", env::join_paths(path).expect("a PATH"))
            .env("CARGO", tools.join("cargo"))
            .env("RUSTC", tools.join("rustc"))
            .envs(variables.iter().copied());
        run(&mut command)
    }

    fn forbid(&self) {
        fs::write(self.project.outside("forbidden"), "").expect("a file");
    }

    fn were_called(&self) -> bool {
        self.project.outside("called").exists()
    }
}

fn real_rustc() -> String {
    let output = std::process::Command::new("rustc")
        .args(["--print", "sysroot"])
        .output()
        .expect("rustc can be started");
    format!(
        "{}/bin/rustc",
        String::from_utf8_lossy(&output.stdout).trim()
    )
}

#[test]
fn nothing_changed_means_no_cargo() {
    let project = Project::library("fast");
    project.table_revision("20260101000000", "");
    let tools = Tools::new(&project);
    tools.migrate(&["up"]).ok();
    tools.forbid();

    for args in [
        ["current", "--json"],
        ["status", "--json"],
        ["up", "--json"],
        ["heads", "--json"],
        ["history", "--json"],
        ["graph", "--indicate-current"],
    ] {
        let output = tools.migrate(&args);
        assert!(!tools.were_called(), "cargo or rustc was called\n{output}");
        output.ok();
    }

    // and the guard works: a changed history does call them
    project.table_revision("20260201000000", "20260101000000");
    assert_ne!(tools.migrate(&["current"]).code, 0);
    assert!(tools.were_called(), "a changed history did not call cargo");
}

#[cfg(unix)]
#[test]
fn a_dangling_link_is_a_change() {
    let project = Project::library("dangling");
    project.table_revision("20260101000000", "");
    let tools = Tools::new(&project);
    tools.migrate(&["up"]).ok();
    std::os::unix::fs::symlink("nowhere", project.path("migrations/20260201000000.rs"))
        .expect("a link");
    tools
        .migrate(&["current"])
        .code(2)
        .says("migrations/20260201000000.rs");
}

#[test]
fn a_variable_that_the_source_asks_for_is_compared() {
    let project = Project::library("asking");
    project.table_revision("20260101000000", "");
    let library = project.read("src/lib.rs");
    project.write(
        "src/lib.rs",
        &format!("{library}\n/// Told at build time.\npub const TOLD: Option<&str> = option_env!(\"TOLD_AT_BUILD\");\n"),
    );
    let tools = Tools::new(&project);
    let one = [("TOLD_AT_BUILD", "one")];
    tools.migrate_with(&["up"], &one).ok();
    tools.forbid();
    tools.migrate_with(&["current"], &one).ok();
    assert!(!tools.were_called(), "the same value is no change");
    tools.migrate_with(&["current"], &[("TOLD_AT_BUILD", "two")]);
    assert!(tools.were_called(), "another value did not call cargo");
}

/// `down` may leave a `schema.rs` with which the package does not compile: `up` still runs.
#[test]
fn a_package_that_does_not_build_keeps_the_last_runner_while_its_revisions_stay() {
    let project = Project::library("falling");
    project.table_revision("20260101000000", "");
    project.migrate(["up"]).ok();
    let library = project.read("src/lib.rs");
    project.write(
        "src/lib.rs",
        &(library.clone() + "\nfn broken() -> u8 { \"no\" }\n"),
    );
    project
        .migrate(["down", "-1"])
        .ok()
        .says("mismatched types")
        .says("note: the project does not build. Its revisions are those of the last build")
        .says("done: reverted 1 revision");
    project.migrate(["up"]).ok();
    // with another revision there is nothing that could run it
    project.table_revision("20260102000000", "20260101000000");
    project
        .migrate(["up"])
        .code(2)
        .says("mismatched types")
        .keeps_quiet_about("note: the project does not build");
    project.remove("migrations/20260102000000_table.rs");
    project.write("src/lib.rs", &library);
    // a revision that uses more of its crate would run what the crate was
    let file = "migrations/20260101000000_table.rs";
    let text = project.read(file);
    project.write(
        file,
        &text.replace(
            "fn downgrade",
            "#[expect(unused_imports)]\nuse crate::migrations as _;\n\nfn downgrade",
        ),
    );
    project.migrate(["status"]).ok();
    project.write(
        "src/lib.rs",
        &(library + "\nfn broken() -> u8 { \"no\" }\n"),
    );
    project.migrate(["down", "-1"]).code(2);
}
