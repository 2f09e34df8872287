//! The commands that README and book show are run, and print what is shown.
//! `SNAPSHOTS=overwrite` writes into a page what its commands print.

use std::{env, fs};

use migrate_tests::workspace_root;

use crate::blocks::{Block, Item, blocks, commands, items};
use crate::pages;
use crate::shell::Shell;

/// Runs a page from its top to its bottom.
fn run(page: &str) {
    let text = pages::read(page);
    let mut shell: Option<Shell> = None;
    let mut wrong = Vec::new();
    let mut answers = Vec::new();
    for item in items(&text) {
        match item {
            Item::Project { kind, name } => shell = Some(Shell::new(&kind, &name)),
            Item::Run { line, command } => {
                let shell = in_project(&mut shell, page, line);
                drop(shell.run(&command));
                assert!(shell.succeeded(), "{page}:{line}: {command}");
            }
            Item::Picture { path } => {
                let drawn = in_project(&mut shell, page, 0).read(&path);
                let file = workspace_root().join("docs").join(&path);
                if overwrites() {
                    fs::write(file, drawn).unwrap();
                } else if fs::read_to_string(file).unwrap_or_default() != drawn {
                    wrong.push(format!("{page}: {path} is another picture\n"));
                }
            }
            Item::Block(block) => {
                if let Some((key @ ("file" | "append"), path)) = comment(&block) {
                    let shell = in_project(&mut shell, page, block.line);
                    shell.write(path, &block.text, key == "append");
                }
                if let Some(("same", path)) = comment(&block) {
                    let shell = in_project(&mut shell, page, block.line);
                    let written = shell.read(path);
                    let shown: Vec<String> = block.text.lines().map(str::to_owned).collect();
                    if let Err(difference) = shell.compare(&shown, &written) {
                        let first = block.line;
                        answers.push((first..first + shown.len(), shell.shown(&written)));
                        wrong.push(format!("{page}:{first}: {path}\n{difference}"));
                    }
                }
                if let Some(("sql", database)) = comment(&block) {
                    in_project(&mut shell, page, block.line).execute(database, &block.text);
                }
                if block.language != "console" {
                    continue;
                }
                let shell = in_project(&mut shell, page, block.line);
                for (line, command, shown) in commands(&block) {
                    let said = shell.run(&command);
                    if let Err(difference) = shell.compare(&shown, &said) {
                        let first = line + command.lines().count() - 1;
                        answers.push((first..first + shown.len(), shell.shown(&said)));
                        wrong.push(format!("{page}:{line}: $ {command}\n{difference}"));
                    }
                }
            }
        }
    }
    if overwrites() {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (place, answer) in answers.into_iter().rev() {
            lines.splice(place, answer);
        }
        fs::write(workspace_root().join(page), lines.join("\n") + "\n").unwrap();
        return;
    }
    assert!(
        wrong.is_empty(),
        "{} answers differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn overwrites() -> bool {
    env::var("SNAPSHOTS").is_ok_and(|action| action == "overwrite")
}

fn in_project<'a>(shell: &'a mut Option<Shell>, page: &str, line: usize) -> &'a mut Shell {
    shell
        .as_mut()
        .unwrap_or_else(|| panic!("{page}:{line} is in no project"))
}

fn comment(block: &Block) -> Option<(&str, &str)> {
    block
        .comment
        .as_ref()
        .map(|(key, value)| (key.as_str(), value.as_str()))
}

/// A test for each page with commands.
macro_rules! pages {
    ($($name:ident: $page:literal;)*) => {
        $(#[test]
        fn $name() {
            run($page);
        })*

        const RUN: &[&str] = &[$($page),*];
    };
}

pages! {
    readme: "README.md";
    tutorial: "docs/tutorial.md";
    revisions: "docs/revisions.md";
    branches: "docs/branches.md";
    data_migrations: "docs/data-migrations.md";
    from_diesel: "docs/from-diesel.md";
    from_alembic: "docs/from-alembic.md";
    from_others: "docs/from-others.md";
    models: "docs/models.md";
    schemas: "docs/schemas.md";
    configuration: "docs/configuration.md";
    environments: "docs/environments.md";
    scripts: "docs/scripts.md";
    checksums: "docs/checksums.md";
    troubleshooting: "docs/troubleshooting.md";
    deploying: "docs/deploying.md";
    workspaces: "docs/workspaces.md";
    json: "docs/json.md";
}

/// Pages whose commands other tests run: `tests/cli/ladder.rs`.
const ELSEWHERE: [&str; 1] = ["docs/test.md"];

#[test]
fn every_page_with_commands_is_run() {
    let with_commands = pages::all().into_iter().filter(|page| {
        let text = pages::read(page);
        blocks(&text)
            .iter()
            .any(|block| block.language == "console")
    });
    let forgotten: Vec<_> = with_commands
        .filter(|page| !RUN.contains(&page.as_str()) && !ELSEWHERE.contains(&page.as_str()))
        .collect();
    assert!(forgotten.is_empty(), "in no test: {forgotten:?}");
}

/// What cannot be run here says why: commands with another language than `console`.
#[test]
fn commands_that_are_not_run_have_a_reason() {
    let mut without = Vec::new();
    for page in pages::all() {
        for block in blocks(&pages::read(&page)) {
            let has_commands = block.language == "sh"
                || block.language != "console"
                    && block.text.lines().any(|line| line.starts_with("$ "));
            if has_commands && comment(&block).is_none_or(|(key, _)| key != "not run") {
                without.push(format!("{page}:{}", block.line));
            }
        }
    }
    assert!(
        without.is_empty(),
        "no `<!-- not run: REASON -->` above: {without:#?}"
    );
}
