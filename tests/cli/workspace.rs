//! Workspaces: members that share one history, what is noticed across crates, what is built again,
//! and histories by name.

use migrate_tests::{Output, Project, run};

const A1: &str = "20260101000000";
const B2: &str = "20260102000000";
const A3: &str = "20260103000000";
const B4: &str = "20260104000000";

/// Two members with links in both directions, and no dependency between the crates.
fn chain(name: &str) -> (Project, String, String) {
    let (accounts, billing) = (format!("{name}_accounts"), format!("{name}_billing"));
    let project = Project::workspace(name, &[&accounts, &billing], "");
    project
        .member_revision(&accounts, A1, "")
        .member_revision(&billing, B2, A1)
        .member_revision(&accounts, A3, B2)
        .member_revision(&billing, B4, A3);
    (project, accounts, billing)
}

fn check(project: &Project, member: &str) -> Output {
    run(&mut project.cargo(["check", "--offline", "--package", member]))
}

/// The crates that cargo compiled, in the order of their names.
fn compiled(output: &Output) -> Vec<String> {
    let lines = output.stderr.lines().map(str::trim);
    let names = lines.filter_map(|line| {
        let rest = line
            .strip_prefix("Compiling ")
            .or(line.strip_prefix("Checking "))?;
        rest.split(' ').next().map(str::to_owned)
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn every_folder_is_a_place_to_work_on_the_whole() {
    let (project, accounts, billing) = chain("whole");
    project.write(
        "Cargo.toml",
        &(project.read("Cargo.toml")
            + "[workspace.metadata.migrate]\ndatabase-url = \"whole.db\"\n"),
    );
    let migrate = |folder: &str, line: &str| {
        let mut command = project.command(line.split(' '));
        command
            .current_dir(project.path(folder))
            .env_remove("DATABASE_URL");
        run(&mut command)
    };
    migrate(&format!("{billing}/migrations"), "up --json")
        .ok()
        .prints(B4);
    assert!(project.path("whole.db").exists());
    for folder in ["", &accounts, &billing] {
        let status = migrate(folder, "status --json").ok().json();
        assert_eq!(status["applied"].as_array().map(Vec::len), Some(4));
        assert_eq!(status["pending"].as_array().map(Vec::len), Some(0));
    }
    migrate(&accounts, "down base").ok();

    // `-p` says where `new` writes, or the folder does, and where neither does there is a question
    migrate("", "new Somewhere")
        .code(2)
        .says(&format!("`{accounts}` and `{billing}`"))
        .says(&format!("-p {accounts}"));
    let written = migrate("", &format!("new --json -p {billing} Add invoices"))
        .ok()
        .json();
    assert_eq!(written["package"], billing.as_str());
    assert_eq!(written["down_revision"][0], B4);
    let written = migrate(&accounts, "new --json Add phone").ok().json();
    assert_eq!(written["package"], accounts.as_str());
}

#[test]
fn a_broken_link_is_an_error_at_its_literal_and_a_change_elsewhere_is_noticed() {
    let (project, accounts, billing) = chain("noticed");
    check(&project, &billing).ok();
    let file = |member: &str, id: &str| format!("{member}/migrations/{id}_table.rs");

    // the parent gets another id: the crate that has the link did not change
    let parent = project.read(&file(&accounts, A3));
    project.write(
        &file(&accounts, A3),
        &parent.replace(&format!("id = \"{A3}\""), "id = \"20260103000009\""),
    );
    check(&project, &billing)
        .code(101)
        .says(&format!("no revision `{A3}` in this history"))
        .says(&format!("migrations/{B4}_table.rs:6:"));
    project.write(&file(&accounts, A3), &parent);
    check(&project, &billing).ok();

    // the file is gone
    project.remove(&file(&accounts, A1));
    check(&project, &billing)
        .code(101)
        .says(&format!("no revision `{A1}` in this history"))
        .says(&format!("migrations/{B2}_table.rs:6:"));
    project.member_revision(&accounts, A1, "");
    check(&project, &billing).ok();
    check(&project, &accounts).ok();

    // one that continued a line here is gone, and with it what joined two heads
    project.member_revision(&billing, "20260105000000", A3);
    project.write(
        &format!("{accounts}/migrations/20260106000000_merge.rs"),
        &project
            .read(&file(&accounts, A1))
            .replace(A1, "20260106000000")
            .replace(
                "down_revision = None",
                &format!("down_revision = [\"{B4}\", \"20260105000000\"]"),
            ),
    );
    // a file that is added is seen when its crate is compiled
    project.write(
        &format!("{accounts}/src/lib.rs"),
        "//! Again.\n\nmigrate_core::migrations!();\n",
    );
    project.write(
        &format!("{billing}/src/lib.rs"),
        "//! Again.\n\nmigrate_core::migrations!();\n",
    );
    check(&project, &billing).ok();
    check(&project, &accounts).ok();
    project.remove(&format!("{accounts}/migrations/20260106000000_merge.rs"));
    check(&project, &billing)
        .code(101)
        .says("so the history has 2 heads");
}

#[test]
fn an_id_that_another_crate_has_is_an_error_where_it_was_added() {
    let (project, accounts, billing) = chain("unique");
    check(&project, &billing).ok();
    check(&project, &accounts).ok();
    let path = format!("{accounts}/migrations/{A3}_table.rs");
    project.write(
        &path,
        &project
            .read(&path)
            .replace(&format!("id = \"{A3}\""), &format!("id = \"{B4}\"")),
    );
    check(&project, &accounts)
        .code(101)
        .says(&format!("two revisions have the id `{B4}`"))
        .says(&format!("../{billing}/migrations/{B4}_table.rs:6"));
    project
        .migrate(["heads"])
        .code(2)
        .says(&format!("two revisions have the id `{B4}`"));
}

#[test]
fn one_changed_revision_builds_one_member_and_the_runner() {
    let (project, accounts, billing) = chain("rebuilt");
    let status = || project.migrate(["status", "--json"]);
    let first = status().ok();
    assert!(compiled(&first).contains(&billing), "{first}");
    assert_eq!(compiled(&status().ok()), [""; 0]);

    // even one to which a link from the other crate leads
    let change = |id: &str, mark: &str| {
        let path = format!("{accounts}/migrations/{id}_table.rs");
        let text = project.read(&path);
        project.write(&path, &format!("{text}\n// {mark}\n"));
    };
    for id in [A1, A3] {
        change(id, "changed");
        let names = compiled(&status().ok());
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names[0].starts_with("cargo-migrate-runner"), "{names:?}");
        assert_eq!(names[1], accounts);
    }

    // plain cargo compiles the other crate only where a link crosses
    check(&project, &billing).ok();
    check(&project, &accounts).ok();
    project.member_revision(&accounts, "20260103500000", A3);
    project.write(
        &format!("{billing}/migrations/{B4}_table.rs"),
        &project
            .read(&format!("{billing}/migrations/{B4}_table.rs"))
            .replace(A3, "20260103500000"),
    );
    check(&project, &billing).ok();
    change(
        A3,
        "no end of a link that crosses, but for that into the other",
    );
    assert_eq!(
        compiled(&check(&project, &billing).ok()),
        std::slice::from_ref(&billing)
    );
    project.member_revision(&accounts, "20260103400000", A3);
    let path = format!("{accounts}/migrations/20260103500000_table.rs");
    project.write(
        &path,
        &project
            .read(&path)
            .replace(&format!("\"{A3}\""), "\"20260103400000\""),
    );
    check(&project, &billing).ok();
    change("20260103400000", "no end of a link that crosses");
    assert_eq!(compiled(&check(&project, &billing).ok()), [""; 0]);
}

#[test]
fn histories_by_name_have_databases_and_commands_of_their_own() {
    let members = ["named_shop", "named_reports"];
    let metadata = "[workspace.metadata.migrate]\ndatabase-url = \"shop.db\"\n\n\
                    [workspace.metadata.migrate.histories.reports]\nmembers = [\"named_reports\"]\n\
                    database-url-variable = \"REPORTS_URL\"\n";
    let project = Project::workspace("named", &members, metadata);
    project
        .member_revision("named_shop", A1, "")
        .member_revision("named_reports", A1, "")
        .member_revision("named_reports", B2, A1);
    let migrate = |line: &str| {
        let mut command = project.command(line.split(' '));
        command
            .env_remove("DATABASE_URL")
            .env("REPORTS_URL", "reports.db");
        run(&mut command)
    };
    migrate("status")
        .code(2)
        .says("this workspace has 2 histories: `default` and `reports`")
        .says("`reports` has the revisions of `named_reports`")
        .says("--history default");
    migrate("heads --history reprots")
        .code(2)
        .says("a history with a similar name exists: `reports`");
    migrate("up --history default --json").ok().prints(A1);
    migrate("up --history reports --json").ok().prints(B2);
    assert!(project.path("shop.db").exists() && project.path("reports.db").exists());
    let status = migrate("status --json -p named_reports").ok().json();
    assert_eq!(status["applied"].as_array().map(Vec::len), Some(2));
    migrate("config -p named_reports")
        .ok()
        .prints("history                 reports")
        .prints("reports.db")
        .prints("variable REPORTS_URL");

    // a variable for one history says nothing of another
    let mut command = project.command(["status", "--history", "reports"]);
    run(command.env("DATABASE_URL", "shop.db"))
        .code(2)
        .says("error: `REPORTS_URL` is not set")
        .says("under `[workspace.metadata.migrate.histories.reports]`");

    // and no link leads from one to another
    project.member_revision("named_shop", "20260201000000", B2);
    migrate("heads --history default")
        .code(2)
        .says(&format!("no revision `{B2}` in this history"))
        .says(&format!(
            "`{B2}` is a revision of the history `reports` (named_reports/migrations/{B2}_table.rs:"
        ));
}
