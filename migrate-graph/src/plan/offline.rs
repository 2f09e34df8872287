//! Plans for a script instead of a database: what is applied is the start of a range.
//!
//! It must not know how a script is written.

use super::{Plan, PlanError, Stamp, downgrade, stamp, upgrade};
use crate::target::{Point, resolve};
use crate::{Applied, Graph, Target, TargetError};

/// The steps from `a` up to `b` for a range `a:b`; up to `b` from nothing, without a colon. Returns
/// what is assumed to be applied before them, too.
///
/// # Errors
/// As [`upgrade`]; a start that is several revisions.
pub fn upgrade_script(graph: &Graph, range: &str) -> Result<(Applied, Plan), PlanError> {
    let (start, end) = range.split_once(':').unwrap_or(("", range));
    let applied = applied_at(graph, start)?;
    let target: Target = if end.is_empty() { "heads" } else { end }.parse()?;
    let plan = upgrade(graph, &applied, &[target])?;
    Ok((applied, plan))
}

/// The steps from `a` down to `b` for a range `a:b`. Returns what is assumed to be applied before
/// them, too.
///
/// # Errors
/// As [`downgrade`]; no colon, because a script must know where it starts; a start that is several
/// revisions.
pub fn downgrade_script(graph: &Graph, range: &str) -> Result<(Applied, Plan), PlanError> {
    let needs_range = || PlanError::NeedsRange {
        target: range.to_owned(),
    };
    let (start, end) = range
        .split_once(':')
        .filter(|(start, _)| !start.is_empty())
        .ok_or_else(needs_range)?;
    let applied = applied_at(graph, start)?;
    let target: Target = if end.is_empty() { "base" } else { end }.parse()?;
    let plan = downgrade(graph, &applied, &target)?;
    Ok((applied, plan))
}

/// What a stamp of the targets writes, each of which may say where it starts: `a:b`. Returns what
/// is assumed to be applied before it, too.
///
/// # Errors
/// As [`stamp`]; different starts; `purge`, because it is not known what is there.
pub fn stamp_script(
    graph: &Graph,
    ranges: &[&str],
    purge: bool,
) -> Result<(Applied, Stamp), PlanError> {
    if purge {
        return Err(PlanError::PurgeNeedsDatabase);
    }
    let mut start: Option<&str> = None;
    let mut targets = Vec::new();
    for range in ranges {
        let end = match range.split_once(':') {
            Some((from, _)) if start.is_some_and(|start| start != from) => {
                let first = start.unwrap_or_default().to_owned();
                return Err(PlanError::SeveralStarts {
                    first,
                    other: from.to_owned(),
                });
            }
            Some((from, end)) => {
                start = Some(from);
                end
            }
            None => range,
        };
        targets.push(end.parse()?);
    }
    let applied = applied_at(graph, start.unwrap_or_default())?;
    let stamp = stamp(graph, &applied, &targets, false)?;
    Ok((applied, stamp))
}

/// What is applied where a script starts.
fn applied_at(graph: &Graph, start: &str) -> Result<Applied, PlanError> {
    if start.is_empty() {
        return Ok(Applied::default());
    }
    let target: Target = start.parse()?;
    let node = match target.steps() {
        None => resolve::one(graph, &target)?,
        Some(_) if matches!(target.point(), Point::Here | Point::Current) => {
            return Err(TargetError::NotHere {
                text: start.to_owned(),
            }
            .into());
        }
        Some(steps) => resolve::counted(graph, &target, steps)?,
    };
    Ok(Applied::from_nodes(graph.ancestors(node)))
}
