//! Merges the plans or reports that the jobs of a matrix left behind into one.

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
use crate::model::id::{AccountId, Name, Region};
use crate::model::report::{Report, TargetReport};
use crate::model::target::TargetName;
use crate::plan::wire::Beside;
use crate::plan::{self, canonical, wire};

/// The merged plan or report.
#[derive(Debug)]
pub(super) enum Gathered {
    Plan(Plan),
    Report(Report),
}

enum Document {
    Plan(Plan),
    Report(Report),
}

/// The targets that the files must cover, so that a missing one is noticed.
#[derive(Clone, Copy)]
pub(super) struct Expected<'c> {
    /// The catalog that names the targets.
    pub(super) catalog: &'c Catalog,
    /// Selects the targets.
    pub(super) filter: &'c Filter,
}

/// The kind of documents in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// There are no files.
    None,
    /// Plans.
    Plans,
    /// Plans of `drift`, for the issue about drift.
    Drift,
    /// Results of applies.
    Reports,
}

/// The plans or reports that several jobs left behind.
///
/// The files are only claims of other jobs. What the catalog says itself is taken from the catalog: commits, source
/// lines and product names.
pub(super) struct Files {
    plans: Vec<(PathBuf, Plan)>,
    reports: Vec<(PathBuf, Report)>,
    /// What the files say besides their plan or report, merged.
    pub(super) beside: Beside,
}

impl Files {
    /// Reads the given files, and the JSON files in the given folders.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self> {
        let mut paths = listed(paths)?;
        paths.sort();
        paths.dedup();
        let mut plans = Vec::new();
        let mut reports = Vec::new();
        let mut beside: Vec<Beside> = Vec::new();
        for path in &paths {
            let (document, said) = document(path)?;
            beside.push(said);
            match document {
                Document::Plan(plan) => plans.push((path.clone(), plan)),
                Document::Report(report) => reports.push((path.clone(), report)),
            }
        }
        if !plans.is_empty() && !reports.is_empty() {
            bail!("some of the files are plans and some are results of apply: give one kind");
        }
        if beside.windows(2).any(|pair| matches!(pair, [one, other] if one.is_drift != other.is_drift)) {
            bail!("some of the files are plans and some are comparisons for drift: give one kind");
        }
        Ok(Self { plans, reports, beside: beside.into_iter().fold(Beside::default(), Beside::and) })
    }

    /// The kind of documents in the files.
    pub(super) fn kind(&self) -> Kind {
        match (self.plans.is_empty(), self.reports.is_empty()) {
            (true, true) => Kind::None,
            (_, false) => Kind::Reports,
            (false, true) if self.beside.is_drift => Kind::Drift,
            (false, true) => Kind::Plans,
        }
    }

    /// Whether the files are about the sandbox. `None` if there are no files.
    pub(super) fn is_sandboxed(&self) -> Option<bool> {
        let versions = self.plans.iter().map(|(_, plan)| &plan.catalog);
        versions.chain(self.reports.iter().map(|(_, report)| &report.catalog)).next().map(|version| version.sandbox)
    }

    /// Merges the plans. `is_sandboxed` is used if there are no files. A target that no file covers is added as
    /// unreadable, even if only the base or an earlier catalog names it: a job that died is not a job that found
    /// nothing to do.
    pub(super) fn plan(self, expected: Option<Expected<'_>>, is_sandboxed: bool) -> Result<Plan> {
        let Self { mut plans, reports: _, beside } = self;
        for (path, plan) in &mut plans {
            anew(path, plan.targets.iter_mut(), expected)?;
        }
        let plans: Vec<Plan> = plans.into_iter().map(|(_, plan)| plan).collect();
        let version = one_version(plans.iter().map(|plan| &plan.catalog), expected, is_sandboxed)?;
        let released = released(plans.iter().flat_map(|plan| plan.released.iter().cloned()));
        let targets = plans.into_iter().flat_map(|plan| plan.targets);
        let targets = whole(targets, (expected, &beside.asked), |target| target, |it| it)?;
        Ok(Plan { digest: canonical::digest(&targets), catalog: version, targets, released })
    }

    /// Merges the reports. A target that no file covers is added as unreadable.
    pub(super) fn report(self, expected: Option<Expected<'_>>) -> Result<Report> {
        let Self { plans: _, mut reports, beside } = self;
        for (path, report) in &mut reports {
            anew(path, report.targets.iter_mut().map(|of| &mut of.target), expected)?;
        }
        let reports: Vec<Report> = reports.into_iter().map(|(_, report)| report).collect();
        let version = one_version(reports.iter().map(|report| &report.catalog), expected, false)?;
        let untried = |target| TargetReport { target, outcomes: Vec::new() };
        let released = released(reports.iter().flat_map(|report| report.released.iter().cloned()));
        let targets = reports.into_iter().flat_map(|report| report.targets);
        let targets = whole(targets, (expected, &beside.asked), |of| &of.target, untried)?;
        let planned: Vec<Target> = targets.iter().map(|of| of.target.clone()).collect();
        Ok(Report { digest: canonical::digest(&planned), catalog: version, targets, released })
    }
}

/// Merges the files, whichever kind they are. `is_sandboxed` is used if there are no files.
pub(super) fn gather(files: Files, expected: Option<Expected<'_>>, is_sandboxed: bool) -> Result<Gathered> {
    match files.kind() {
        Kind::Reports => files.report(expected).map(Gathered::Report),
        Kind::None | Kind::Plans | Kind::Drift => files.plan(expected, is_sandboxed).map(Gathered::Plan),
    }
}

/// The resources that several files report as released, without duplicates.
fn released(all: impl Iterator<Item = Released>) -> Vec<Released> {
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The given files, and the JSON files in the given folders at any depth. Each artifact is downloaded into its own
/// folder.
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
            // Skips links: an artifact comes from another job, and a link in it could lead anywhere, or in circles.
            if kind.is_dir() || (kind.is_file() && path.extension().is_some_and(|it| it == "json")) {
                left.push(path);
            }
        }
    }
    Ok(all)
}

fn document(path: &Path) -> Result<(Document, Beside)> {
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
    let document = if is_report {
        Document::Report(wire::report_from_json(&text).with_context(using)?)
    } else {
        Document::Plan(wire::plan_from_json(&text).with_context(using)?)
    };
    Ok((document, Beside::from_json(&text).with_context(using)?))
}

/// The catalog version of all files. Fails if they differ.
fn one_version<'a>(
    mut versions: impl Iterator<Item = &'a CatalogVersion>,
    expected: Option<Expected<'_>>,
    sandbox: bool,
) -> Result<CatalogVersion> {
    let desired = expected.map(|it| &it.catalog.desired);
    let Some(first) = versions.next() else {
        let Some(desired) = desired else { return Err(UsageError("there are no files".to_owned()).into()) };
        return Ok(CatalogVersion { digest: desired.digest.clone(), revision: None, base: None, sandbox });
    };
    let mut is_mixed = false;
    let is_other = versions.fold(false, |is_other, other| {
        is_mixed |= other.sandbox != first.sandbox;
        is_other || other.digest != first.digest
    });
    if is_other || desired.is_some_and(|desired| desired.digest != first.digest) {
        bail!("the files were not all made from the same catalog: run all jobs of the matrix again");
    }
    if is_mixed {
        bail!(
            "some of the files are about AWS and some about the sandbox: give all jobs of the matrix the same `sandbox`"
        );
    }
    let own = expected.map(|it| &it.catalog.version);
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

/// Replaces what a file says of the catalog by what the catalog says. Fails if the account or the region differs.
fn anew<'t>(path: &Path, targets: impl Iterator<Item = &'t mut Target>, expected: Option<Expected<'_>>) -> Result<()> {
    let Some(Catalog { desired, base, .. }) = expected.map(|it| it.catalog) else { return Ok(()) };
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

/// All targets, sorted. Adds those that no job answered for. A job answers for the targets in its file and for those
/// that it was asked for.
fn whole<T>(
    given: impl Iterator<Item = T>,
    (expected, asked): (Option<Expected<'_>>, &BTreeSet<TargetName>),
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
    if let Some(Expected { catalog, filter }) = expected {
        let answered: BTreeSet<&TargetName> = all.keys().chain(asked).collect();
        let families: BTreeSet<TargetName> = all.keys().filter_map(TargetName::family).collect();
        // Any member answers for its family: only the job that read AWS knows the members.
        let is_answered = |name: &TargetName| answered.contains(name) || (name.is_family() && families.contains(name));
        // If no file says what it was asked for, a needless clean-up looks like a missing one. Then only the catalog's
        // own targets are expected.
        let is_told = all.is_empty() || !asked.is_empty();
        let names = if is_told { catalog.names() } else { filter::names(&catalog.desired, None) };
        let chosen = filter.against(&names)?;
        let missing: Vec<TargetName> =
            names.iter().filter(|name| chosen.may_match(name) && !is_answered(name)).cloned().collect();
        let own = filter::names(&catalog.desired, None);
        for name in missing {
            // A target that only an earlier catalog names may have been missing from the list of targets.
            let reason = if own.contains(&name) { DIED } else { UNLISTED };
            if let Some(target) = catalog.all().find_map(|desired| no_answer(&name, desired, reason)) {
                all.insert(name, unanswered(target));
            }
        }
    }
    Ok(all.into_values().collect())
}

/// Reason for a missing target that the catalog names.
const DIED: &str = "no plan file speaks of this target: its job failed or never started";

/// Reason for a missing target that only a catalog applied before names.
const UNLISTED: &str = "no plan file speaks of this target, which an earlier catalog names and this one does not: its job \
                        failed or never started, or the job with `command: targets` did not list it, for which it needs \
                        `deployments: read`";

fn no_answer(name: &TargetName, desired: &Desired, reason: &str) -> Option<Target> {
    let portfolio = desired.portfolio_of(name).map(|it| (&it.organization, &it.account, it.region.clone(), &it.source));
    let experience = || {
        let entry = desired.experiences.iter().find(|entry| entry.target() == *name)?;
        Some((&entry.organization, &entry.account, Region::marketplace(), &entry.source))
    };
    let (organization, account, region, source): (&Name, &AccountId, Region, &Source) =
        portfolio.or_else(experience)?;
    Some(Target {
        name: name.clone(),
        organization: organization.clone(),
        account: account.clone(),
        account_name: None,
        region,
        state: TargetState::Unreadable { reason: reason.to_owned(), source: Some(source.clone()) },
        warnings: Vec::new(),
        silenced: Vec::new(),
        incomplete_shares: Vec::new(),
    })
}
