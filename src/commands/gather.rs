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
use crate::model::id::{AccountId, Name, Region};
use crate::model::report::{Report, TargetReport};
use crate::model::target::TargetName;
use crate::plan::wire::Beside;
use crate::plan::{self, canonical, wire};

/// What several files come to.
#[derive(Debug)]
pub(super) enum Gathered {
    Plan(Plan),
    Report(Report),
}

enum Document {
    Plan(Plan),
    Report(Report),
}

/// Against what the files are held: a target that is missing in them has to be noticed.
#[derive(Clone, Copy)]
pub(super) struct Expected<'c> {
    /// The catalog.
    pub(super) catalog: &'c Catalog,
    /// The targets that are to be gathered.
    pub(super) filter: &'c Filter,
}

/// What the files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// There are none.
    None,
    /// Plans.
    Plans,
    /// Comparisons for the issue about drift.
    Drift,
    /// Results of applies.
    Reports,
}

/// What several jobs have left.
///
/// The files are another job's word. What the catalog says itself is taken from it: commits, the lines that ask for
/// something, names of products.
pub(super) struct Files {
    plans: Vec<(PathBuf, Plan)>,
    reports: Vec<(PathBuf, Report)>,
    /// What they say beside that.
    pub(super) beside: Beside,
}

impl Files {
    /// Reads the files, and those in folders.
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

    /// What they are.
    pub(super) fn kind(&self) -> Kind {
        match (self.plans.is_empty(), self.reports.is_empty()) {
            (true, true) => Kind::None,
            (_, false) => Kind::Reports,
            (false, true) if self.beside.is_drift => Kind::Drift,
            (false, true) => Kind::Plans,
        }
    }

    /// Whether they are about the sandbox; `None` where there are no files.
    pub(super) fn is_sandboxed(&self) -> Option<bool> {
        let versions = self.plans.iter().map(|(_, plan)| &plan.catalog);
        versions.chain(self.reports.iter().map(|(_, report)| &report.catalog)).next().map(|version| version.sandbox)
    }

    /// One plan of all, `is_sandboxed` where there are none. A target that no file answers for is there as one that could
    /// not be read, also where only a catalog names it that this one is compared with: a job that died is not a job that
    /// found nothing.
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

    /// One result of all. A target that no file answers for is there as one that could not be read.
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

/// Makes one of the files, whatever they are. `is_sandboxed` where there are none.
pub(super) fn gather(files: Files, expected: Option<Expected<'_>>, is_sandboxed: bool) -> Result<Gathered> {
    match files.kind() {
        Kind::Reports => files.report(expected).map(Gathered::Report),
        Kind::None | Kind::Plans | Kind::Drift => files.plan(expected, is_sandboxed).map(Gathered::Plan),
    }
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

/// The version that all files are of.
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

/// Takes what the catalog says of the targets of a file from the catalog.
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

/// All targets, sorted, with those that no job answered for. A job answers for what its file speaks of and for what it
/// was `asked`.
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
        // One of all live experiences is answered for by any of them.
        let is_answered = |name: &TargetName| answered.contains(name) || (name.is_family() && families.contains(name));
        // A file that does not say what it was asked for does not say either that there was nothing to clean up.
        let is_told = all.is_empty() || !asked.is_empty();
        let names = if is_told { catalog.names() } else { filter::names(&catalog.desired, None) };
        let chosen = filter.against(&names)?;
        let missing: Vec<TargetName> =
            names.iter().filter(|name| chosen.may_match(name) && !is_answered(name)).cloned().collect();
        let own = filter::names(&catalog.desired, None);
        for name in missing {
            // The catalog itself comes first; what only another one names may have been in no list of targets.
            let reason = if own.contains(&name) { DIED } else { UNLISTED };
            if let Some(target) = catalog.all().find_map(|desired| no_answer(&name, desired, reason)) {
                all.insert(name, unanswered(target));
            }
        }
    }
    Ok(all.into_values().collect())
}

/// Why a target is missing that the catalog names.
const DIED: &str = "no plan file speaks of this target: its job failed or never started";

/// Why a target is missing that only a catalog names that was applied before.
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
