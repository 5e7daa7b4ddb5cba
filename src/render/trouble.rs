//! Problems grouped by cause: unreadable targets, warnings, failures, and skipped changes.

use std::collections::BTreeMap;

use crate::model::change::{ChangeRef, Resource, Target, TargetState, Work};
use crate::model::finding::{Source, Warning};
use crate::model::id::{AccountId, Region};
use crate::model::report::{Failure, Outcome, TargetReport};
use crate::model::target::TargetName;

use super::cause::{Cause, Causes, Own};
use super::names::bare;

/// An unreadable target, and the line of the catalog to correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unread<'a> {
    pub(super) target: &'a Target,
    pub(super) source: Option<&'a Source>,
}

/// The reasons why targets could not be read.
pub(super) fn unreadable<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Vec<Cause<(), Unread<'a>>> {
    let mut causes = Causes::new();
    for target in targets {
        match &target.state {
            TargetState::Unreadable { reason, source } => {
                let own = of_target(target).and("{id}", id_in(reason, &target.name));
                let reason = reason.trim_end_matches('.');
                causes.add((), reason, own, Unread { target, source: source.as_ref() });
            }
            TargetState::Complete { work: _, left_alone: _ } => {}
        }
    }
    causes.all()
}

/// A target with a warning, the line that causes it, and the name of what that line lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Warned<'a> {
    pub(super) target: &'a Target,
    pub(super) source: Option<&'a Source>,
    pub(super) subject: String,
}

/// The warnings. The key is the code.
pub(super) fn warnings<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Vec<Cause<&'a str, Warned<'a>>> {
    by_cause(targets, |target| &target.warnings)
}

/// The warnings that comments silence. The key is the code.
pub(super) fn silenced<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Vec<Cause<&'a str, Warned<'a>>> {
    by_cause(targets, |target| &target.silenced)
}

fn by_cause<'a>(
    targets: impl IntoIterator<Item = &'a Target>,
    warnings: impl Fn(&'a Target) -> &'a [Warning],
) -> Vec<Cause<&'a str, Warned<'a>>> {
    let mut causes = Causes::new();
    for target in targets.into_iter().filter(|target| !warnings(target).is_empty()) {
        let by_line: BTreeMap<&Source, ChangeRef<'a>> =
            target.changes().filter_map(|change| Some((change.about.because.source()?, change))).collect();
        for Warning { code, message, source } in warnings(target) {
            let change = source.as_ref().and_then(|source| by_line.get(source));
            let (label, key) = change.map_or(("", String::new()), |it| (it.about.label.as_str(), it.edit.key()));
            let own = Own::default().and("{name}", label).and("{id}", bare(&key));
            let own = if is_recipient(target) { own.and("{account}", target.account.as_str()) } else { own };
            let subject = [label, bare(&key)].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
            causes.add(code.as_str(), message, own, Warned { target, source: source.as_ref(), subject });
        }
    }
    causes.all()
}

fn is_recipient(target: &Target) -> bool {
    matches!(target.name, TargetName::Recipient { .. })
}

/// A change that failed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failed<'a> {
    pub(super) of: &'a TargetReport,
    pub(super) change: ChangeRef<'a>,
    pub(super) failure: &'a Failure,
}

/// The reasons why changes failed. The key is the operation and the error code.
pub(super) fn failures<'a>(
    reports: impl IntoIterator<Item = &'a TargetReport>,
) -> Vec<Cause<(&'a str, &'a str), Failed<'a>>> {
    let mut causes = Causes::new();
    for of in reports {
        for (change, outcome) in of.results() {
            let Outcome::Failed(failure) = outcome else { continue };
            let Failure { operation, code, message, account, region } = failure;
            let name = if *account == of.target.account { of.target.account_name.as_deref() } else { None };
            let own = Own::default()
                .and("{account}", account.as_str())
                .and("{name}", name.unwrap_or_default())
                .and("{region}", region.as_str());
            let own = of_change(own, &of.target, change);
            causes.add((operation.as_str(), code.as_str()), message, own, Failed { of, change, failure });
        }
    }
    causes.all()
}

/// The place of the failed calls: the account's name (if known), the account and the region. `None` if the calls were
/// made in several places.
pub(super) fn one_place<'a>(members: &[Failed<'a>]) -> Option<(Option<&'a str>, &'a AccountId, &'a Region)> {
    let Failed { of, change: _, failure } = members.first()?;
    let Failure { operation: _, code: _, message: _, account, region } = failure;
    if members.iter().any(|it| it.failure.account != *account || it.failure.region != *region) {
        return None;
    }
    Some((of.target.account_name.as_deref().filter(|_| *account == of.target.account), account, region))
}

/// The reasons why changes were skipped, with their targets.
pub(super) fn skipped<'a>(
    reports: impl IntoIterator<Item = &'a TargetReport>,
) -> Vec<Cause<(), (&'a Target, ChangeRef<'a>)>> {
    let mut causes = Causes::new();
    for of in reports {
        for (change, outcome) in of.results() {
            let Outcome::Skipped(why) = outcome else { continue };
            let own = of_change(of_target(&of.target), &of.target, change);
            causes.add((), why, own, (&of.target, change));
        }
    }
    causes.all()
}

fn of_target(target: &Target) -> Own {
    Own::default()
        .and("{account}", target.account.as_str())
        .and("{name}", target.account_name.as_deref().unwrap_or_default())
        .and("{region}", target.region.as_str())
}

fn of_change(own: Own, target: &Target, change: ChangeRef<'_>) -> Own {
    let resource = target.work().map(Work::resource);
    let (id, name) = match &resource {
        Some(Resource { id, name }) => (id.unwrap_or_default(), name.as_str()),
        None => ("", ""),
    };
    let key = change.edit.key();
    own.and("{id}", bare(&key)).and("{label}", &change.about.label).and("{resource}", id).and("{title}", name)
}

/// The first id of the target's kind in a sentence. An unreadable target has no id of its own.
fn id_in<'t>(sentence: &'t str, target: &TargetName) -> &'t str {
    let prefix = match target {
        TargetName::Portfolio { .. } | TargetName::Recipient { .. } => "port-",
        TargetName::Marketplace { .. } => "exp-",
    };
    let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    sentence.split(ends).find(|word| word.starts_with(prefix)).unwrap_or_default()
}

/// The name of a target in a list below a sentence. If the sentence has `{account}` as a stand-in, the account is
/// added.
pub(super) fn called(target: &Target, sentence: &str) -> String {
    let name = &target.name;
    if let TargetName::Recipient { file, account: Some(account), region } = name {
        // A recipient's account and its name say more than the target's name, which would repeat the account.
        let account_name = target.account_name.as_deref().map(|it| format!("{it} ")).unwrap_or_default();
        return format!("{account_name}{account} ({file}, {region})");
    }
    match (&target.account_name, sentence.contains("{account}")) {
        (_, false) => name.to_string(),
        (None, true) => format!("{name} in {}", target.account),
        (Some(account_name), true) => format!("{name} in {account_name} {}", target.account),
    }
}

/// The targets of some members in order, without repetitions.
pub(super) fn distinct<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Vec<&'a Target> {
    let mut all: Vec<&Target> = Vec::new();
    for target in targets {
        // The members of a cause are ordered by target, so comparing with the last one is enough.
        if all.last().is_none_or(|last| last.name != target.name) {
            all.push(target);
        }
    }
    all
}
