//! Makes plans: reads in rounds, compares, asks for the names of what changes, and compares again.

use std::collections::BTreeSet;

use anyhow::Result;

use super::catalog::Catalog;
use super::filter::Filter;
use super::{cloud, output};
use crate::cli::{self, Common};
use crate::cloud::{Cloud, read};
use crate::model::change::Plan;
use crate::model::desired::{Desired, ExperienceSelector};
use crate::model::live::Live;
use crate::model::settings::Mode;
use crate::model::target::TargetName;
use crate::model::wants::Wants;
use crate::plan::{self, Asked, Goal, Products, Repairs};

/// Whether to check which accounts the OU and organization shares have reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Not checked: the shares count as complete.
    Ignore,
    /// Shares that missed accounts are reported.
    Compare,
    /// Shares that missed accounts are made again.
    Repair,
}

impl Reach {
    pub(super) fn of(options: &cli::Reach) -> Self {
        match options {
            cli::Reach { reach: _, repair_shares: true } => Self::Repair,
            cli::Reach { reach: true, repair_shares: false } => Self::Compare,
            cli::Reach { reach: false, repair_shares: false } => Self::Ignore,
        }
    }
}

/// Information that a plan adds to its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asides {
    /// None. An apply sees by itself what it has to wait for.
    None,
    /// The change sets under way in the experiences that it changes, and the accounts that product changes reach.
    Running,
    /// The same, and how many accounts hold licences for what it denies.
    RunningAndUsage,
}

impl Asides {
    /// For plans that people read. `usage`: whether to count licences.
    pub(super) fn of(usage: bool) -> Self {
        if usage { Self::RunningAndUsage } else { Self::Running }
    }

    fn wants(self, plan: &Plan) -> Wants {
        match self {
            Self::None => Wants::default(),
            Self::Running => plan::running_wants(plan),
            Self::RunningAndUsage => plan::running_wants(plan).and(plan::usage_wants(plan)),
        }
    }

    /// The next things to read to tell which accounts the product changes reach.
    fn reached_wants(self, plan: &Plan, live: &Live) -> Wants {
        match self {
            Self::None => Wants::default(),
            Self::Running | Self::RunningAndUsage => plan::reached_wants(plan, live),
        }
    }
}

/// Reads AWS with the plan roles, which can't write, and makes a plan for people.
pub(super) async fn look(
    common: &Common,
    catalog: Catalog,
    filter: &Filter,
    (reach, asides): (Reach, Asides),
) -> Result<Plan> {
    if let Some(sentence) = catalog.on_its_own_word() {
        output::tell(&format!("warning: {sentence}"));
    }
    let session = cloud::open(common, &catalog, Mode::Plan).await?;
    let plan = make(common, &session.cloud, catalog, filter, (reach, asides)).await;
    session.close(common).await?;
    plan
}

/// Makes a plan for the targets that `filter` selects. Reads in rounds until the plan wants nothing more, compares,
/// asks for the names of what changes, and compares again.
pub(super) async fn make(
    common: &Common,
    cloud: &Cloud,
    catalog: Catalog,
    filter: &Filter,
    how: (Reach, Asides),
) -> Result<Plan> {
    make_and_keep(common, cloud, catalog, filter, how).await.map(|(plan, _)| plan)
}

/// Like [`make`], but also returns what was read.
pub(super) async fn make_and_keep(
    common: &Common,
    cloud: &Cloud,
    catalog: Catalog,
    filter: &Filter,
    (reach, asides): (Reach, Asides),
) -> Result<(Plan, Live)> {
    let names = catalog.names();
    let Catalog { desired, base, earlier, before: _, version } = catalog;
    let base = base.as_ref();
    let filter = filter.against(&names)?;
    let wanted: BTreeSet<TargetName> = names.iter().filter(|name| filter.may_match(name)).cloned().collect();
    output::say(common, &reading(&desired, &wanted));
    let is_wanted = |name: &TargetName| filter.may_match(name);
    let goal = Goal { wanted: &is_wanted };
    let mut live = Live::default();
    let next = |live: &Live| {
        let wants = plan::wants_of_all(goal, &desired, base, &earlier, live);
        if reach == Reach::Ignore { wants } else { wants.and(plan::reach(goal, &desired, live)) }
    };
    read::read(cloud, &mut live, next).await;
    let products = if reach == Reach::Compare { Products::Approved } else { Products::SpokenOf };
    let repairs = if reach == Reach::Repair { Repairs::Yes } else { Repairs::No };
    let narrowed = |live: &Live, version| {
        let plan = plan::compose(repairs, &desired, live, base, &earlier, version);
        let plan = if reach == Reach::Ignore { plan } else { plan::standing(plan, &desired, live) };
        let names = plan.targets.iter().map(|target| &target.name);
        let names = names.chain(plan.released.iter().map(|released| &released.target));
        let wanted = names.filter(|name| filter.matches_planned(name)).cloned().collect();
        let plan = plan::titled(plan.restrict(&wanted), &desired, live, products);
        let plan = plan::usage(plan::running(plan, &desired, live), &desired, live);
        plan::reached(plan, &desired, live)
    };
    let mut plan = narrowed(&live, version);
    let Asked { wants, left_out } = plan::products(&plan, &desired, products);
    if left_out > 0 {
        let most = plan::MOST_PRODUCTS;
        let text = format!(
            "warning: AWS Marketplace is asked about at most {most} products a run: {left_out} more were not looked up"
        );
        output::say(common, &text);
    }
    let names = plan::names(&plan).and(wants).and(asides.wants(&plan));
    if !names.is_empty() {
        let next = |live: &Live| names.clone().and(asides.reached_wants(&plan, live));
        read::read(cloud, &mut live, next).await;
        for trouble in &live.troubles {
            output::say(common, &format!("warning: some names are missing: {trouble}"));
        }
        plan = narrowed(&live, plan.catalog);
    }
    filter.found(plan.targets.iter().map(|target| &target.name))?;
    Ok((plan, live))
}

/// Plans another catalog for the same targets, based on `live`. Reads only what `live` lacks.
pub(super) async fn again(cloud: &Cloud, catalog: &Catalog, filter: &Filter, live: &mut Live) -> Result<Plan> {
    let Catalog { desired, base, earlier, before: _, version } = catalog;
    let names = catalog.names();
    let filter = filter.against(&names)?;
    let is_wanted = |name: &TargetName| filter.may_match(name);
    let goal = Goal { wanted: &is_wanted };
    read::read(cloud, live, |live| plan::wants_of_all(goal, desired, base.as_ref(), earlier, live)).await;
    let plan = plan::compose(Repairs::No, desired, live, base.as_ref(), earlier, version.clone());
    let names = plan.targets.iter().map(|target| &target.name).filter(|name| filter.matches_planned(name));
    let wanted = names.cloned().collect();
    Ok(plan.restrict(&wanted))
}

fn reading(desired: &Desired, wanted: &BTreeSet<TargetName>) -> String {
    let count = |number: usize, one: &str| match number {
        1 => format!("1 {one}"),
        number => format!("{number} {one}s"),
    };
    let organizations: BTreeSet<_> = wanted.iter().filter_map(TargetName::organization).collect();
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
