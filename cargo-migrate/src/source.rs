//! The history as its source files declare it: no compiler, no database. Reads the folders of all
//! members, and puts together what was read; problems are reported as diagnostics with their
//! places. Must not know which command asks.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use migrate_cli::configuration::keys;
use migrate_cli::listing::{Downgrade, Facts};
use migrate_cli::{CliError, Ui};
use migrate_graph::{Graph, Header, MultipleHeads, Node, Part, Problem, Rules, Site};
use migrate_source::{
    self, Folder, Incomplete, Position, RevisionFile, SourceRevision, Span, in_another_history,
};

use crate::diagnostics::{Diagnostic, Label};
use crate::project::{self, Member, Project, SettingsError};
use crate::selection::Selection;
use crate::{diagnostics, words};

/// A valid history with its source files.
pub(crate) struct History {
    sources: Sources,
    graph: Graph,
}

/// What could be read of an invalid history.
pub(crate) struct Unsound {
    /// The problems, at least one.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The number of revisions that were found.
    pub(crate) revisions: usize,
    /// The ids of the heads; none where mistakes leave that open.
    pub(crate) heads: Vec<String>,
    /// Each file with the ids in it and the lines of their functions; none where it cannot be read
    /// so far.
    pub(crate) files: Vec<(PathBuf, Vec<(String, u32)>)>,
}

/// A mistake with its place in the file.
type SourceMistake = migrate_source::Mistake<Span>;

/// The contents of the files, valid or not.
struct Sources {
    /// The workspace's folder.
    root: PathBuf,
    /// The package of each folder.
    packages: Vec<String>,
    folders: Vec<Folder>,
    /// The place of each header, in the order in which the graph gets them.
    places: Vec<Place>,
}

/// A revision among the files.
#[derive(Clone, Copy)]
struct Place {
    folder: usize,
    file: usize,
    revision: usize,
}

/// The most problems of one file that are shown: each has an excerpt of the file.
const MOST: usize = 20;

/// How many problems were found in each file; a file by its folder and its place there.
#[derive(Default)]
struct Found(BTreeMap<(usize, usize), usize>);

impl Found {
    /// Counts a problem, and returns whether it is shown.
    fn admits(&mut self, folder: usize, file: usize) -> bool {
        let found = self.0.entry((folder, file)).or_default();
        *found += 1;
        *found <= MOST
    }

    /// A note for each file that has more problems than are shown.
    fn rest(&self, folders: &[Folder]) -> Vec<Diagnostic> {
        let more = self.0.iter().filter(|(_, found)| **found > MOST);
        let more = more.map(|((folder, file), found)| {
            let folder = &folders[*folder];
            let path = project::display(&folder.package.join(&folder.files[*file].path));
            let count = words::count(found - MOST, "more problem");
            Diagnostic {
                kind: "more",
                revisions: Vec::new(),
                message: format!("and {count} in `{path}`"),
                labels: Vec::new(),
                notes: Vec::new(),
                help: None,
            }
        });
        more.collect()
    }
}

/// The rules of the members' common history: what one member allows is allowed.
pub(crate) fn rules(project: &Project, members: &[&Member]) -> Result<Rules, SettingsError> {
    let mut rules = Rules::default();
    for member in members {
        let said = project.compiled(member, &keys::MULTIPLE_HEADS)?;
        if said.is_some_and(|given| given.value == "allow") {
            rules.multiple_heads = MultipleHeads::Allow;
        }
    }
    Ok(rules)
}

/// Reads the members' revisions, and puts them together by the rules. What is wrong with them comes
/// back all at once.
pub(crate) fn read(
    project: &Project,
    members: &[&Member],
    rules: &Rules,
) -> Result<Result<History, Unsound>, SettingsError> {
    let mut folders = Vec::new();
    for member in members {
        folders.push(Folder::read(member.root(), &project.directory(member)?));
    }
    let strangers = || strangers(project, members);
    Sources::new(project, members, folders).history(rules, strangers)
}

/// By their names, the revisions of the workspace's other histories: the history of each, and its
/// place.
type Strangers = HashMap<String, (String, String)>;

fn strangers(project: &Project, members: &[&Member]) -> Result<Strangers, SettingsError> {
    let mut strangers = Strangers::new();
    for member in project.participants()? {
        if members.contains(&member) {
            continue;
        }
        let history = project.history_of(member)?;
        let folder = Folder::read(member.root(), &project.directory(member)?);
        for (file, revision) in folder.revisions() {
            let path = project::display(&folder.package.join(file.main_file()));
            let place = format!("{path}:{}", revision.line);
            let declaration = &revision.declaration;
            for name in declaration.id.iter().chain(&declaration.branch_labels) {
                strangers.insert(name.text.clone(), (history.clone(), place.clone()));
            }
        }
    }
    Ok(strangers)
}

/// The files of a folder, with what could be read in each.
fn files_of(folder: &Folder) -> impl Iterator<Item = (PathBuf, Vec<(String, u32)>)> {
    folder.files.iter().map(|file| {
        let revisions = file.revisions.iter().filter_map(|revision| {
            let id = revision.declaration.id.as_ref()?;
            Some((id.text.clone(), revision.line))
        });
        (folder.package.join(file.main_file()), revisions.collect())
    })
}

impl History {
    /// The graph of the revisions.
    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The file of a revision, and the line of its function.
    pub(crate) fn place(&self, node: Node) -> (PathBuf, u32) {
        let place = self.sources.places[self.graph.origin(node)];
        let folder = &self.sources.folders[place.folder];
        let file = &folder.files[place.file];
        (
            folder.package.join(file.main_file()),
            file.revisions[place.revision].line,
        )
    }

    /// Whether only the compiled revision shows if it has a downgrade: by the reverse of its
    /// operations, or by a function that does something.
    pub(crate) fn has_compiled_downgrades(&self) -> bool {
        let declared = |(file, revision): (&RevisionFile, &SourceRevision)| match revision
            .declaration
            .downgrade
        {
            Some(migrate_source::Downgrade::Reversible(_)) => true,
            // its text has shown it
            Some(migrate_source::Downgrade::Function(_)) => file.sql.is_none(),
            _ => false,
        };
        self.sources
            .folders
            .iter()
            .flat_map(Folder::revisions)
            .any(declared)
    }

    /// What is known of a revision beyond its header.
    pub(crate) fn facts(&self, id: &str) -> Facts {
        let Some(node) = self.graph.node(id) else {
            return Facts::default();
        };
        let place = self.sources.places[self.graph.origin(node)];
        let (file, revision) = self.sources.at(place);
        Facts {
            doc: revision.doc.clone(),
            package: Some(self.sources.packages[place.folder].clone()),
            file: Some(self.sources.path_in_workspace(place, file)),
            line: Some(revision.line),
            transaction: revision.declaration.transaction,
            downgrade: match revision.declaration.downgrade {
                Some(migrate_source::Downgrade::Reversible(_)) => Downgrade::Reversible,
                Some(migrate_source::Downgrade::Irreversible(_)) => Downgrade::Irreversible,
                Some(migrate_source::Downgrade::Nothing(_)) => Downgrade::Nothing,
                Some(migrate_source::Downgrade::Function(_)) | None => Downgrade::Function,
            },
        }
    }
}

impl Sources {
    fn new(project: &Project, members: &[&Member], folders: Vec<Folder>) -> Sources {
        let mut places = Vec::new();
        for (folder, read) in folders.iter().enumerate() {
            for (file, read) in read.files.iter().enumerate() {
                for (revision, read) in read.revisions.iter().enumerate() {
                    if read.declaration.id.is_some() {
                        places.push(Place {
                            folder,
                            file,
                            revision,
                        });
                    }
                }
            }
        }
        Sources {
            root: project.root.clone(),
            packages: members.iter().map(|member| member.name.clone()).collect(),
            folders,
            places,
        }
    }

    /// A file as it is named from the workspace's folder, where it can be.
    fn path_in_workspace(&self, place: Place, file: &RevisionFile) -> String {
        let path = self.folders[place.folder].package.join(file.main_file());
        let path = path.strip_prefix(&self.root).unwrap_or(&path);
        path.to_string_lossy().replace('\\', "/")
    }

    fn at(&self, place: Place) -> (&RevisionFile, &SourceRevision) {
        let file = &self.folders[place.folder].files[place.file];
        (file, &file.revisions[place.revision])
    }

    fn headers(&self) -> impl Iterator<Item = (Place, Header)> {
        let header = |place: &Place| self.at(*place).1.header().map(|header| (*place, header));
        self.places.iter().filter_map(header)
    }

    /// Puts the revisions together. `strangers` is asked when a link leads nowhere: perhaps it
    /// leads into another history.
    fn history(
        self,
        rules: &Rules,
        strangers: impl FnOnce() -> Result<Strangers, SettingsError>,
    ) -> Result<Result<History, Unsound>, SettingsError> {
        let mut found = Found::default();
        let mut diagnostics = self.mistakes(&mut found);
        let headers = self.headers().map(|(_, header)| header).collect();
        let incomplete = Incomplete::of(&self.folders);
        match Graph::check(headers, rules) {
            Ok(graph) if diagnostics.is_empty() => Ok(Ok(History {
                sources: self,
                graph,
            })),
            Ok(_) => {
                diagnostics.extend(found.rest(&self.folders));
                Ok(Err(self.unsound(diagnostics, &incomplete)))
            }
            Err(mut problems) => {
                problems.retain(|problem| incomplete.allow(problem));
                let is_broken = |problem: &Problem| matches!(problem, Problem::UnknownLink { .. });
                let strangers = match problems.iter().any(is_broken) {
                    true => strangers()?,
                    false => Strangers::new(),
                };
                for problem in &problems {
                    let place = problem.sites().first().map(|site| self.places[site.header]);
                    if place.is_none_or(|place| found.admits(place.folder, place.file)) {
                        diagnostics.push(self.problem(problem, &strangers));
                    }
                }
                diagnostics.extend(found.rest(&self.folders));
                Ok(Err(self.unsound(diagnostics, &incomplete)))
            }
        }
    }

    fn unsound(&self, diagnostics: Vec<Diagnostic>, incomplete: &Incomplete) -> Unsound {
        let graph = Graph::new(self.headers().map(|(_, header)| header).collect());
        let heads = |graph: Graph| {
            graph
                .heads()
                .map(|head| graph.id(head).to_owned())
                .collect()
        };
        Unsound {
            diagnostics,
            revisions: self
                .folders
                .iter()
                .map(|folder| folder.revisions().count())
                .sum(),
            heads: graph
                .ok()
                .filter(|_| incomplete.are_none())
                .map_or_else(Vec::new, heads),
            files: self.folders.iter().flat_map(files_of).collect(),
        }
    }

    /// The problems of single files.
    fn mistakes(&self, found: &mut Found) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for (index, (folder, package)) in self.folders.iter().zip(&self.packages).enumerate() {
            for problem in &folder.problems {
                diagnostics.push(Diagnostic {
                    kind: "folder",
                    revisions: Vec::new(),
                    message: problem.to_string(),
                    labels: Vec::new(),
                    notes: vec![format!("in the package `{package}`")],
                    help: problem.help(),
                });
            }
            for (number, file) in folder.files.iter().enumerate() {
                if let Some(error) = &file.error {
                    found.admits(index, number);
                    let label = label(folder, file, error.span, String::new());
                    diagnostics.push(Diagnostic::at(
                        "syntax",
                        error.kind.to_string(),
                        label,
                        None,
                    ));
                }
                for revision in &file.revisions {
                    let shown = |_: &&SourceMistake| found.admits(index, number);
                    diagnostics.extend(mistakes(folder, file, revision, shown));
                }
            }
        }
        diagnostics
    }

    /// A problem of the graph with the places of the literals that it is about.
    fn problem(&self, problem: &Problem, strangers: &Strangers) -> Diagnostic {
        let abroad = match problem {
            Problem::UnknownLink { link, .. } => strangers
                .get(link)
                .map(|(history, place)| in_another_history(link, history, place)),
            _ => None,
        };
        let notes = problem.notes();
        let text = |site: &Site| {
            let note = notes.iter().find(|(noted, _)| noted == site);
            note.map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let id = |header: usize| {
            let (_, revision) = self.at(self.places[header]);
            Some(revision.declaration.id.as_ref()?.text.clone())
        };
        let sites = problem.sites();
        Diagnostic {
            kind: problem.kind(),
            revisions: problem.headers().into_iter().filter_map(id).collect(),
            message: problem.message(),
            labels: sites
                .iter()
                .map(|site| self.label(*site, text(site)))
                .collect(),
            notes: abroad.iter().cloned().collect(),
            help: self.help(problem).filter(|_| abroad.is_none()),
        }
    }

    fn help(&self, problem: &Problem) -> Option<String> {
        let sites = problem.sites();
        let files = sites.iter().map(|site| self.at(self.places[site.header]).0);
        migrate_source::help(problem, files)
    }

    fn label(&self, site: Site, text: String) -> Label {
        let place = self.places[site.header];
        let (file, revision) = self.at(place);
        let span = match site.part {
            // a base has no parent to point at
            Part::DownRevision(_) if revision.declaration.span(site.part).is_none() => {
                revision.span(Part::Id)
            }
            part => revision.span(part),
        };
        label(&self.folders[place.folder], file, span, text)
    }
}

/// The problems of one attribute, or of its place.
fn mistakes<'a>(
    folder: &'a Folder,
    file: &'a RevisionFile,
    revision: &'a SourceRevision,
    shown: impl FnMut(&&SourceMistake) -> bool + 'a,
) -> impl Iterator<Item = Diagnostic> + 'a {
    let id = revision.declaration.id.as_ref();
    revision
        .mistakes
        .iter()
        .filter(shown)
        .map(move |mistake| Diagnostic {
            revisions: id.map(|id| id.text.clone()).into_iter().collect(),
            ..Diagnostic::at(
                "attribute",
                mistake.kind.message(),
                label(folder, file, mistake.span, String::new()),
                mistake.kind.help(),
            )
        })
}

fn label(folder: &Folder, file: &RevisionFile, span: Span, text: String) -> Label {
    let Position { line, column } = file.position(span);
    Label {
        path: folder.package.join(&file.path),
        line,
        column,
        source: file.text.clone(),
        range: span.range(),
        text,
    }
}

/// The history of the source files. If it is not valid, reports why on the terminal before it
/// fails.
pub(crate) fn history(selection: &Selection, ui: &mut Ui<'_>) -> Result<History, CliError> {
    let rules = rules(&selection.project, &selection.participants()?)?;
    history_by(&rules, selection, ui)
}

/// The same for commands that only read: they accept several heads, since users run them to find
/// those.
pub(crate) fn readable_history(
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<History, CliError> {
    let rules = Rules {
        multiple_heads: MultipleHeads::Allow,
    };
    history_by(&rules, selection, ui)
}

/// The same, by other rules than the project's own.
pub(crate) fn history_by(
    rules: &Rules,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<History, CliError> {
    history_among(&selection.participants()?, rules, selection, ui)
}

/// The same, of these members.
pub(crate) fn history_among(
    members: &[&Member],
    rules: &Rules,
    selection: &Selection,
    ui: &mut Ui<'_>,
) -> Result<History, CliError> {
    read(&selection.project, members, rules)?.map_err(|unsound| {
        ui.show(&diagnostics::render(&unsound.diagnostics));
        diagnostics::failure(&unsound.diagnostics)
    })
}
