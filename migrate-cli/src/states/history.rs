//! The schema that a history leaves: from the cache, from the program, or by running it.

use super::cache::{Cache, bundled};
use super::{Found, States};
use crate::configuration::STATES;
use crate::error::CliError;
use migrate_core::engine::backend::{self, Access, BackendKind, Scope};
use migrate_core::schema::Server;
use migrate_graph::{Applied, Graph, Target, upgrade};

impl States<'_, '_, '_> {
    /// The schema that the history leaves at these targets, on a server like this one if one is
    /// known.
    pub(crate) fn history(
        &mut self,
        kind: BackendKind,
        targets: &[String],
        server: Option<&Server>,
    ) -> Result<Found, CliError> {
        let context = self.context;
        let migrator = context.migrator();
        let graph = migrator.graph()?;
        let ids = run_for(graph, targets)?;
        self.refuse_schemas(kind)?;
        let folder = context.configuration.states.clone();
        let (environment, arguments) = (context.environment(), &context.global.arguments);
        let settings = format!("{environment:?} {arguments:?} {:?}", self.scope.schemas);
        let cache = folder.as_ref().map(|folder| Cache { folder, settings });
        if !self.options.fresh {
            let like = match server {
                Some(server) => Some(server.clone()),
                None if cache.is_some() => self.server_for(kind)?,
                None => None,
            };
            let kept = cache.as_ref().zip(like);
            let kept = kept.and_then(|(cache, like)| cache.read(context.history, &ids, &like));
            let kept = kept.or_else(|| {
                let states = (context.surroundings.variable)(STATES)?;
                let all = ids.len() == context.history.len();
                let text = states.to_str().filter(|_| all)?;
                bundled(text, kind)
            });
            if let Some(schema) = kept {
                return Ok(Found { kind, schema });
            }
        }
        let mut bench = self.bench(kind)?;
        if !ids.is_empty() {
            self.run_history(&mut bench, targets)?;
        }
        let schema = bench.inspect()?;
        if let Some(cache) = &cache {
            cache.write(context.history, &ids, &schema);
        }
        let kind = schema.server.as_ref().map_or(kind, |server| server.backend);
        Ok(Found { kind, schema })
    }

    /// The server where a scratch database would be made; `None` where none may be.
    fn server_for(&mut self, kind: BackendKind) -> Result<Option<Server>, CliError> {
        let url = match self.place(kind) {
            Ok(Some(url)) => url,
            Ok(None) => ":memory:".parse()?,
            Err(_) => return Ok(None), // the failure is that of running the history
        };
        let mut session = backend::connect(&url, Access::Read)?;
        let nothing = Scope::of(vec!["__migrate_nothing".to_owned()]);
        let schema = session.inspect(&nothing).ok();
        Ok(schema.and_then(|schema| schema.server))
    }
}

/// The revisions that lead to these targets from nothing, in order.
fn run_for<'g>(graph: &'g Graph, targets: &[String]) -> Result<Vec<&'g str>, CliError> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let parsed: Result<Vec<Target>, _> = targets.iter().map(|target| target.parse()).collect();
    let nothing = Applied::new(graph, [""; 0]);
    let plan = upgrade(graph, &nothing, &parsed?)?;
    Ok(plan.steps.iter().map(|step| graph.id(step.node)).collect())
}
