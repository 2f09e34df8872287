//! A page as its code blocks, each with what the HTML comments above it say about it. It runs
//! nothing.
//!
//! | comment | meaning |
//! |---|---|
//! | `<!-- project: KIND NAME -->` | the blocks after it are about a new project |
//! | `<!-- file: PATH -->` | the next block is this file |
//! | `<!-- append: PATH -->` | the next block is the end of this file |
//! | `<!-- sql: PATH -->` | the next block is executed in this SQLite database |
//! | `<!-- run: COMMAND -->` | a command that the reader is not shown; also on several lines |
//! | `<!-- same: PATH -->` | the next block is this file, which a command has written |
//! | `<!-- picture: PATH -->` | this file of the project is the one of that name in `docs` |
//! | `<!-- not run: REASON -->` | why the next block of commands cannot run in a test |

/// What a page asks for, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// A new project.
    Project { kind: String, name: String },
    /// A command without an expected answer.
    Run { line: usize, command: String },
    /// A picture that a command has drawn.
    Picture { path: String },
    /// A code block.
    Block(Block),
}

/// A fenced code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The line of its fence.
    pub(crate) line: usize,
    /// Its language, with what follows a comma.
    pub(crate) language: String,
    pub(crate) text: String,
    /// The key and the value of the comment directly above.
    pub(crate) comment: Option<(String, String)>,
}

/// The items of a page.
pub(crate) fn items(page: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut comment = None;
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let indent = line.len() - line.trim_start().len();
            let mut text = String::new();
            for (_, line) in lines.by_ref() {
                if line.trim_start().starts_with("```") {
                    break;
                }
                text.push_str(line.get(indent..).unwrap_or_default());
                text.push('\n');
            }
            items.push(Item::Block(Block {
                line: number + 1,
                language: language.to_owned(),
                text,
                comment: comment.take(),
            }));
            continue;
        }
        if line == "<!-- run:" {
            let inner = lines.by_ref().map(|(_, line)| line);
            let command: Vec<&str> = inner.take_while(|line| *line != "-->").collect();
            items.push(Item::Run {
                line: number + 1,
                command: command.join("\n"),
            });
            continue;
        }
        let inner = line
            .strip_prefix("<!-- ")
            .and_then(|rest| rest.strip_suffix(" -->"));
        match inner.and_then(|inner| inner.split_once(": ")) {
            Some(("project", value)) => {
                let (kind, name) = value.split_once(' ').unwrap_or((value, value));
                items.push(Item::Project {
                    kind: kind.to_owned(),
                    name: name.to_owned(),
                });
            }
            Some(("run", command)) => items.push(Item::Run {
                line: number + 1,
                command: command.to_owned(),
            }),
            Some(("picture", path)) => items.push(Item::Picture {
                path: path.to_owned(),
            }),
            Some((key, value)) => comment = Some((key.to_owned(), value.to_owned())),
            None if line.is_empty() => {}
            None => comment = None,
        }
    }
    items
}

/// The code blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let blocks = items(page).into_iter().filter_map(|item| match item {
        Item::Block(block) => Some(block),
        Item::Project { .. } | Item::Run { .. } | Item::Picture { .. } => None,
    });
    blocks.collect()
}

/// The commands of a console block, each with its line and the answer that is shown.
pub(crate) fn commands(block: &Block) -> Vec<(usize, String, Vec<String>)> {
    let mut commands: Vec<(usize, String, Vec<String>)> = Vec::new();
    let mut goes_on = false;
    for (number, line) in block.text.lines().enumerate() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (_, Some((_, command, _))) if goes_on => {
                command.push('\n');
                command.push_str(line);
                goes_on = line.ends_with('\\');
            }
            (Some(command), _) => {
                goes_on = command.ends_with('\\');
                commands.push((block.line + number + 1, command.to_owned(), Vec::new()));
            }
            (None, Some((_, _, answer))) => answer.push(line.to_owned()),
            (None, None) => panic!("line {}: a block begins with `$ `", block.line),
        }
    }
    commands
}

#[test]
fn a_page_is_read_as_its_items() {
    let page = "# A page\n\n<!-- project: library shop -->\n<!-- file: src/a.rs -->\n```rust\nfn a() {}\n```\n\n\
                <!-- run: mkdir x -->\n<!-- not run: it needs a server -->\n\n```sh\nup\n```\ntext\n```console\n$ a \\\n  b\nc\n$ d\n```\n";
    let items = items(page);
    assert_eq!(items.len(), 5, "{items:#?}");
    let blocks = blocks(page);
    let comment = |at: usize| blocks[at].comment.clone().map(|(key, _)| key);
    assert_eq!(comment(0).as_deref(), Some("file"));
    assert_eq!(comment(1).as_deref(), Some("not run"));
    assert_eq!(comment(2), None);
    assert_eq!(
        commands(&blocks[2]),
        [
            (17, "a \\\n  b".to_owned(), vec!["c".to_owned()]),
            (20, "d".to_owned(), vec![]),
        ]
    );
}
