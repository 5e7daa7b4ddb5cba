//! Several plans, or several reports, as one: what the jobs of a matrix left behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::catalog::Catalog;
use super::exit::UsageError;
use super::files;
use super::filter::{self, Filter};
use crate::model::change::{CatalogVersion, Plan, Released, Target, TargetState};
use crate::model::desired::Desired;
use crate::model::finding::Source;
use crate::model::id::{AccountId, Region};
use crate::model::report::{Report, TargetReport};
use crate::model::target::TargetName;
use crate::plan::{self, canonical, wire};

/// What several files come to.
#[derive(Debug)]
pub(super) enum Gathered {
    Plan(Plan),
    Report(Report),
}

impl Gathered {
    /// Which catalog all of it is about.
    pub(super) fn version(&self) -> &CatalogVersion {
        match self {
            Self::Plan(plan) => &plan.catalog,
            Self::Report(report) => &report.catalog,
        }
    }
}

enum Document {
    Plan(Plan),
    Report(Report),
}

/// Reads the files, and those in folders, and makes one of them, `is_sandboxed` where there are none. A target of the catalog that no file answers for is
/// there as one that could not be read: a job that died is not a job that found nothing.
///
/// The files are another job's word. What the catalog says itself is taken from it: commits, the lines that ask for
/// something, names of products.
pub(super) fn gather(paths: &[PathBuf], catalog: Option<(&Catalog, &Filter)>, is_sandboxed: bool) -> Result<Gathered> {
    let mut paths = listed(paths)?;
    paths.sort();
    paths.dedup();
    let mut plans = Vec::new();
    let mut reports = Vec::new();
    for path in &paths {
        match document(path)? {
            Document::Plan(mut plan) => {
                anew(path, plan.targets.iter_mut(), catalog)?;
                plans.push(plan);
            }
            Document::Report(mut report) => {
                anew(path, report.targets.iter_mut().map(|of| &mut of.target), catalog)?;
                reports.push(report);
            }
        }
    }
    let versions = || {
        let of_plans = plans.iter().map(|plan| &plan.catalog);
        of_plans.chain(reports.iter().map(|report| &report.catalog))
    };
    let desired = catalog.map(|(catalog, filter)| (&catalog.desired, filter));
    let version = one_version(versions(), catalog.map(|(catalog, _)| catalog), is_sandboxed)?;
    if !plans.is_empty() && !reports.is_empty() {
        bail!("some of the files are plans and some are results of apply: give one kind");
    }
    if reports.is_empty() {
        let released = released(plans.iter().flat_map(|plan| plan.released.iter().cloned()));
        let targets = whole(plans.into_iter().flat_map(|plan| plan.targets), desired, |target| target, |it| it)?;
        return Ok(Gathered::Plan(Plan { digest: canonical::digest(&targets), catalog: version, targets, released }));
    }
    let untried = |target| TargetReport { target, outcomes: Vec::new() };
    let released = released(reports.iter().flat_map(|report| report.released.iter().cloned()));
    let targets = whole(reports.into_iter().flat_map(|report| report.targets), desired, |of| &of.target, untried)?;
    let planned: Vec<Target> = targets.iter().map(|of| of.target.clone()).collect();
    Ok(Gathered::Report(Report { digest: canonical::digest(&planned), catalog: version, targets, released }))
}

/// What several files say is governed no longer, each once.
fn released(all: impl Iterator<Item = Released>) -> Vec<Released> {
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The files, and the JSON files in the folders, at any depth: each artifact is downloaded into a folder of its own.
fn listed(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    let mut left: Vec<PathBuf> = paths.to_vec();
    while let Some(path) = left.pop() {
        if !path.is_dir() {
            all.push(path);
            continue;
        }
        let reading = || format!("can't read the folder {}", path.display());
        for entry in fs::read_dir(&path).with_context(reading)? {
            let entry = entry.with_context(reading)?;
            let (kind, path) = (entry.file_type().with_context(reading)?, entry.path());
            // An artifact is what another job says it is: a link in it could lead anywhere, or in circles.
            if kind.is_dir() || (kind.is_file() && path.extension().is_some_and(|it| it == "json")) {
                left.push(path);
            }
        }
    }
    Ok(all)
}

fn document(path: &Path) -> Result<Document> {
    #[derive(Deserialize)]
    struct Kind {
        summary: Numbers,
    }
    #[derive(Deserialize)]
    struct Numbers {
        applied: Option<usize>,
    }
    let text = files::read(path)?;
    let using = || format!("can't use {}", path.display());
    let is_report = serde_json::from_str::<Kind>(&text).is_ok_and(|kind| kind.summary.applied.is_some());
    if is_report {
        Ok(Document::Report(wire::report_from_json(&text).with_context(using)?))
    } else {
        Ok(Document::Plan(wire::plan_from_json(&text).with_context(using)?))
    }
}

/// The version that all files are of.
fn one_version<'a>(
    mut versions: impl Iterator<Item = &'a CatalogVersion>,
    catalog: Option<&Catalog>,
    sandbox: bool,
) -> Result<CatalogVersion> {
    let Some(first) = versions.next() else {
        let Some(catalog) = catalog else { return Err(UsageError("there are no files".to_owned()).into()) };
        return Ok(CatalogVersion { digest: catalog.desired.digest.clone(), revision: None, base: None, sandbox });
    };
    let mut is_mixed = false;
    let is_other = versions.fold(false, |is_other, other| {
        is_mixed |= other.sandbox != first.sandbox;
        is_other || other.digest != first.digest
    });
    if is_other || catalog.is_some_and(|catalog| catalog.desired.digest != first.digest) {
        bail!("the files were not all made from the same catalog: run all jobs of the matrix again");
    }
    if is_mixed {
        bail!(
            "some of the files are about AWS and some about the sandbox: give all jobs of the matrix the same `sandbox`"
        );
    }
    let own = catalog.map(|catalog| &catalog.version);
    let commit = |own: Option<String>, claimed: &Option<String>| {
        own.or_else(|| claimed.clone().filter(|claimed| claimed.bytes().all(|byte| byte.is_ascii_hexdigit())))
    };
    Ok(CatalogVersion {
        digest: first.digest.clone(),
        revision: commit(own.and_then(|own| own.revision.clone()), &first.revision),
        base: commit(own.and_then(|own| own.base.clone()), &first.base),
        sandbox: first.sandbox,
    })
}

/// Takes what the catalog says of the targets of a file from the catalog.
fn anew<'t>(
    path: &Path,
    targets: impl Iterator<Item = &'t mut Target>,
    catalog: Option<(&Catalog, &Filter)>,
) -> Result<()> {
    let Some((Catalog { desired, base, .. }, _)) = catalog else { return Ok(()) };
    for target in targets {
        let claimed = format!("{} {}", target.account, target.region);
        if let Err((account, region)) = plan::anew(target, desired, base.as_ref()) {
            bail!(
                "{} says that {} is in {claimed}, and the catalog says {account} {region}: somebody changed it after it \
                 was written. Run all jobs of the matrix again",
                path.display(),
                target.name
            );
        }
    }
    Ok(())
}

/// All targets, sorted, with those that nobody answered for.
fn whole<T>(
    given: impl Iterator<Item = T>,
    desired: Option<(&Desired, &Filter)>,
    target: impl Fn(&T) -> &Target,
    unanswered: impl Fn(Target) -> T,
) -> Result<Vec<T>> {
    let mut all: BTreeMap<TargetName, T> = BTreeMap::new();
    for one in given {
        let name = target(&one).name.clone();
        if all.insert(name.clone(), one).is_some() {
            bail!("two of the files are about {name}: each target is one job's");
        }
    }
    if let Some((desired, filter)) = desired {
        let answered: BTreeSet<&TargetName> = all.keys().collect();
        let families: BTreeSet<TargetName> = all.keys().filter_map(TargetName::family).collect();
        // One of all live experiences is answered for by any of them.
        let is_answered = |name: &TargetName| answered.contains(name) || (name.is_family() && families.contains(name));
        let names = filter::names(desired, None);
        let chosen = filter.against(&names)?;
        let missing: Vec<TargetName> =
            names.iter().filter(|name| chosen.may_match(name) && !is_answered(name)).cloned().collect();
        for name in missing {
            if let Some(target) = no_answer(&name, desired) {
                all.insert(name, unanswered(target));
            }
        }
    }
    Ok(all.into_values().collect())
}

fn no_answer(name: &TargetName, desired: &Desired) -> Option<Target> {
    let portfolio = desired.portfolios.get(name).map(|it| (&it.account, it.region.clone(), &it.source));
    let experience = || {
        let entry = desired.experiences.iter().find(|entry| entry.target() == *name)?;
        Some((&entry.account, Region::marketplace(), &entry.source))
    };
    let (account, region, source): (&AccountId, Region, &Source) = portfolio.or_else(experience)?;
    Some(Target {
        name: name.clone(),
        account: account.clone(),
        account_name: None,
        region,
        state: TargetState::Unreadable {
            reason: "no plan file speaks of this target: its job failed or never started".to_owned(),
            source: Some(source.clone()),
        },
        warnings: Vec::new(),
        incomplete_shares: Vec::new(),
    })
}
