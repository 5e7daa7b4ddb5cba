//! Making a plan: read, compare, ask for the names of what changes, compare again.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use glob::Pattern;

use super::catalog::Catalog;
use super::output;
use crate::cli::Common;
use crate::cloud::{Cloud, read};
use crate::model::change::{CatalogVersion, Plan};
use crate::model::desired::{Desired, ExperienceSelector};
use crate::model::target::TargetName;
use crate::plan;

/// Which targets a command is about.
pub(super) struct Filter(Vec<Pattern>);

/// Wrong use of the command line, told from what goes wrong later.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl Filter {
    /// From `--target`.
    pub(super) fn new(common: &Common) -> Result<Self> {
        let pattern = |glob: &String| {
            Pattern::new(glob).map_err(|error| anyhow!(UsageError(format!("--target {glob}: {error}"))))
        };
        common.targets.iter().map(pattern).collect::<Result<_>>().map(Self)
    }

    /// Exactly these.
    pub(super) fn matches(&self, name: &TargetName) -> bool {
        let name = name.to_string();
        self.0.is_empty() || self.0.iter().any(|glob| glob.as_str() == name || glob.matches(&name))
    }

    /// Whether a target of all live experiences can match, before it is known which there are.
    fn may_match(&self, name: &TargetName) -> bool {
        let name = name.to_string();
        let Some(prefix) = name.strip_suffix("/*") else { return self.matches_text(&name) };
        self.0.is_empty()
            || self.0.iter().any(|glob| {
                let parts: Vec<&str> = glob.as_str().splitn(4, '/').collect();
                match parts.as_slice() {
                    [kind, file, organization, _] => {
                        Pattern::new(&format!("{kind}/{file}/{organization}")).is_ok_and(|glob| glob.matches(prefix))
                    }
                    _ => glob.matches(&name),
                }
            })
    }

    fn matches_text(&self, name: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|glob| glob.as_str() == name || glob.matches(name))
    }

    /// Leaves out of a catalog what is not wanted. That nothing is left is wrong use, not "in step".
    pub(super) fn narrow(&self, desired: &mut Desired) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let all = names(desired);
        desired.portfolios.retain(|name, _| self.matches(name));
        desired.experiences.retain(|entry| self.may_match(&entry.target()));
        if desired.portfolios.is_empty() && desired.experiences.is_empty() {
            let globs: Vec<&str> = self.0.iter().map(Pattern::as_str).collect();
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            let message = format!("no target matches {}; there are\n  {}", globs.join(", "), all.join("\n  "));
            return Err(anyhow!(UsageError(message)));
        }
        Ok(())
    }
}

/// The targets as far as the catalog alone can tell.
pub(super) fn names(desired: &Desired) -> BTreeSet<TargetName> {
    let experiences = desired.experiences.iter().map(crate::model::desired::DesiredExperience::target);
    desired.portfolios.keys().cloned().chain(experiences).collect()
}

/// Makes a plan of what `filter` lets through.
pub(super) async fn make(common: &Common, cloud: &Cloud, catalog: Catalog, filter: &Filter) -> Result<Plan> {
    let Catalog { mut desired, mut base, version } = catalog;
    filter.narrow(&mut desired)?;
    if let Some(base) = &mut base {
        base.portfolios.retain(|name, _| filter.matches(name));
        base.experiences.retain(|entry| filter.may_match(&entry.target()));
    }
    output::say(common, &reading(&desired));
    let plan = compare(common, cloud, &desired, base.as_ref(), version).await;
    let wanted = plan.targets.iter().map(|target| target.name.clone()).filter(|name| filter.matches(name)).collect();
    Ok(plan.restrict(&wanted))
}

async fn compare(
    common: &Common,
    cloud: &Cloud,
    desired: &Desired,
    base: Option<&Desired>,
    version: CatalogVersion,
) -> Plan {
    let mut live = read::read(cloud, &plan::scope(desired, base)).await;
    let first = plan::diff(desired, &live, base, version);
    let questions = plan::questions(&first);
    if questions.is_empty() {
        return first;
    }
    for trouble in read::look_up(cloud, &mut live, &questions).await {
        output::say(common, &format!("warning: some names are missing: {trouble}"));
    }
    plan::diff(desired, &live, base, first.catalog)
}

fn reading(desired: &Desired) -> String {
    let count = |number: usize, one: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    };
    let organizations: BTreeSet<_> = names(desired).iter().map(|name| name.organization().clone()).collect();
    let all_live = desired.experiences.iter().any(|entry| match entry.selector {
        ExperienceSelector::AllLive { except: _ } => true,
        ExperienceSelector::One(_) => false,
    });
    let experiences = match (desired.experiences.len(), all_live) {
        (number, false) => count(number, "experience"),
        (_, true) => "experiences".to_owned(),
    };
    format!(
        "Reading {}: {} and {experiences} …",
        count(organizations.len(), "organization"),
        count(desired.portfolios.len(), "portfolio"),
    )
}
