//! The example's Dockerfile and compose file, as far as they can be tried without Docker: the file
//! is read as YAML, the steps of the build that are the project's are run, and so is each service's
//! command, from a folder that holds only what the image would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use migrate_tests::{Databases, Output, Project, run, workspace_root};
use yaml_rust2::{Yaml, YamlLoader};

fn text(name: &str) -> String {
    fs::read_to_string(
        workspace_root()
            .join("examples/workspace/deploy")
            .join(name),
    )
    .unwrap()
}

/// The compose file.
fn compose() -> Yaml {
    let mut documents = YamlLoader::load_from_str(&text("compose.yaml")).unwrap();
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// What a service says, its own or by way of `<<`.
fn of_service<'a>(service: &'a Yaml, key: &str) -> &'a Yaml {
    match &service[key] {
        Yaml::BadValue => &service["<<"][key],
        own => own,
    }
}

/// The commands of the build that are the project's own: not those that fetch packages or install
/// the tool, which the test has built.
fn steps() -> Vec<String> {
    let dockerfile = text("Dockerfile");
    let steps = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("RUN "));
    let own: Vec<String> = steps
        .filter(|step| !step.starts_with("apt-get ") && !step.starts_with("cargo install "))
        .map(str::to_owned)
        .collect();
    assert_eq!(own.len(), 5, "{own:?}");
    own
}

/// What the build leaves in `/out`, and what is run from there.
struct Image {
    _project: Project,
    folder: PathBuf,
}

impl Image {
    /// Runs the steps. `keep` says which; the builds are not optimised, which takes minutes.
    fn build(databases: Databases, keep: impl Fn(&str) -> bool) -> Image {
        let project = Project::example("workspace").with_same_features(databases);
        let out = project.outside("out");
        fs::create_dir(&out).unwrap();
        let tools = project.outside("tools");
        fs::create_dir(&tools).unwrap();
        link(migrate_tests::cargo_migrate(), &tools.join("cargo-migrate"));
        for step in steps().iter().filter(|step| keep(step)) {
            let step = step
                .replace("/out", out.to_str().unwrap())
                .replace("migrate bundle", "migrate bundle --profile dev")
                .replace("--release ", "")
                .replace("target/release/", "\"$CARGO_TARGET_DIR\"/debug/");
            let mut command = like(&project.cargo(["build"]), "sh");
            let path = std::env::var("PATH").unwrap();
            let cargo = Path::new(env!("CARGO")).parent().unwrap().display();
            command
                .args(["-euc", &step])
                .env("PATH", format!("{}:{cargo}:{path}", tools.display()));
            run(&mut command).ok();
        }
        Image {
            _project: project,
            folder: out,
        }
    }

    /// A service's command, in a container's environment.
    fn run(&self, service: &str, url: &str) -> Output {
        let compose = compose();
        let service = &compose["services"][service];
        let words: Vec<&str> = of_service(service, "command")
            .as_vec()
            .unwrap()
            .iter()
            .map(|word| word.as_str().unwrap())
            .collect();
        let environment = of_service(service, "environment");
        let name = environment["MIGRATE_ENV"].as_str().unwrap();
        let mut command = Command::new(self.folder.join(words[0]));
        command
            .args(&words[1..])
            .current_dir(self.folder.parent().unwrap().join("empty"))
            .stdin(Stdio::null())
            .env_clear()
            .env("PATH", format!("{}:/bin:/usr/bin", self.folder.display()))
            .env("DATABASE_URL", url)
            .env("MIGRATE_ENV", name);
        run(&mut command)
    }

    /// Look, start, look, and each once more.
    fn walk_through(&self, url: &str) {
        fs::create_dir(self.folder.parent().unwrap().join("empty")).unwrap();
        self.run("check", url).code(1);
        self.run("shop", url)
            .ok()
            .says("5 revisions to apply")
            .prints("the shop is open\n");
        self.run("check", url).ok();
        self.run("shop", url).ok().says("nothing to do");
        self.run("migrate", url).ok().says("nothing to do");
        let mut names: Vec<String> = fs::read_dir(&self.folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["shop", "shop-migrate", "start.sh"]);
    }
}

/// Another program in the same place and environment.
fn like(command: &Command, program: &str) -> Command {
    let mut other = Command::new(program);
    other.stdin(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        other.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => other.env(name, value),
            None => other.env_remove(name),
        };
    }
    other
}

fn link(from: &Path, to: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(from, to).unwrap();
    #[cfg(not(unix))]
    fs::copy(from, to).map(drop).unwrap();
}

#[test]
fn the_compose_file_says_what_it_should() {
    let compose = compose();
    let services = &compose["services"];
    for service in ["shop", "migrate", "check"] {
        let service = &services[service];
        assert_eq!(
            of_service(service, "depends_on")["database"]["condition"].as_str(),
            Some("service_healthy")
        );
        let context = of_service(service, "build");
        let file = context["dockerfile"].as_str().unwrap();
        assert!(workspace_root().join(file).is_file(), "{file}");
        let folder = workspace_root().join("examples/workspace/deploy");
        let folder = folder.join(context["context"].as_str().unwrap());
        assert_eq!(
            folder.canonicalize().unwrap(),
            workspace_root().canonicalize().unwrap()
        );
        // no password in the file
        let url = of_service(service, "environment")["DATABASE_URL"]
            .as_str()
            .unwrap();
        assert!(url.contains(":${POSTGRES_PASSWORD:?}@"), "{url}");
    }
    let only_when_asked = |name: &str| services[name]["profiles"].as_vec().is_some();
    assert!(only_when_asked("migrate") && only_when_asked("check") && !only_when_asked("shop"));
}

#[cfg(unix)]
#[test]
fn its_commands_run_on_sqlite() {
    let image = Image::build(Databases::Sqlite, |step| !step.starts_with("sed "));
    image.walk_through("shop.db");
}

#[cfg(all(unix, feature = "servers"))]
#[test]
fn its_commands_run_on_postgres() {
    use migrate_tests::servers::{Database, Server};
    let image = Image::build(Databases::Servers, |_| true);
    let database = Database::new(Server::Postgres, "containers");
    image.walk_through(database.url());
}
