//! Making a plan: read, compare, ask for the names of what changes, compare again.

use std::collections::BTreeSet;

use anyhow::Result;

use super::catalog::Catalog;
use super::filter::{self, Filter};
use super::{cloud, output};
use crate::cli::Common;
use crate::cloud::{Cloud, read};
use crate::model::change::{CatalogVersion, Plan};
use crate::model::desired::{Desired, ExperienceSelector};
use crate::model::settings::Mode;
use crate::model::target::TargetName;
use crate::plan;

/// Looks at AWS with the roles that can't write, and makes a plan.
pub(super) async fn look(common: &Common, catalog: Catalog, filter: &Filter) -> Result<Plan> {
    let session = cloud::open(common, &catalog.desired.settings, Mode::Plan).await?;
    let plan = make(common, &session.cloud, catalog, filter).await;
    session.close(common).await?;
    plan
}

/// The catalog as its own base: everything that differs is then drift.
pub(super) fn as_drift(catalog: Catalog) -> Catalog {
    let Catalog { desired, base: _, version } = catalog;
    Catalog { base: Some(desired.clone()), desired, version }
}

/// Makes a plan of what `filter` lets through.
pub(super) async fn make(common: &Common, cloud: &Cloud, catalog: Catalog, filter: &Filter) -> Result<Plan> {
    let Catalog { mut desired, mut base, version } = catalog;
    let wanted = filter.wanted(&desired, base.as_ref())?;
    output::say(common, &reading(&desired, &wanted));
    let (whole, whole_base) = (desired.clone(), base.clone());
    filter::narrow(&mut desired, base.as_mut(), &wanted);
    let plan = compare(common, cloud, &desired, base.as_ref(), version, filter).await;
    let planned = plan.targets.iter().map(|target| target.name.clone()).collect();
    filter.found(&whole, whole_base.as_ref(), &planned)?;
    Ok(plan)
}

async fn compare(
    common: &Common,
    cloud: &Cloud,
    desired: &Desired,
    base: Option<&Desired>,
    version: CatalogVersion,
    filter: &Filter,
) -> Plan {
    let narrow = |plan: Plan| {
        let names = plan.targets.iter().map(|target| target.name.clone());
        let wanted = names.filter(|name| filter.may_match(name)).collect();
        plan.restrict(&wanted)
    };
    let mut live = read::read(cloud, &plan::scope(desired, base)).await;
    let first = narrow(plan::diff(desired, &live, base, version));
    let questions = plan::questions(&first);
    if questions.is_empty() {
        return first;
    }
    for trouble in read::look_up(cloud, &mut live, &questions).await {
        output::say(common, &format!("warning: some names are missing: {trouble}"));
    }
    narrow(plan::diff(desired, &live, base, first.catalog))
}

fn reading(desired: &Desired, wanted: &BTreeSet<TargetName>) -> String {
    let count = |number: usize, one: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    };
    let organizations: BTreeSet<_> = wanted.iter().map(TargetName::organization).collect();
    let portfolios = wanted.iter().filter(|name| matches!(name, TargetName::Portfolio { .. })).count();
    let entries: Vec<_> = desired.experiences.iter().filter(|entry| wanted.contains(&entry.target())).collect();
    let all_live = entries.iter().any(|entry| match entry.selector {
        ExperienceSelector::AllLive { except: _ } => true,
        ExperienceSelector::One(_) => false,
    });
    let experiences = match (entries.len(), all_live) {
        (number, false) => count(number, "experience"),
        (_, true) => "experiences".to_owned(),
    };
    format!(
        "Reading {}: {} and {experiences} …",
        count(organizations.len(), "organization"),
        count(portfolios, "portfolio"),
    )
}
