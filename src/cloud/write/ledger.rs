//! The outcome of each change while a plan is carried out. Writers ask the ledger whether a change's turn has come and
//! record its outcome. So the report is complete at any moment, and no change is made before one that it waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::words::words;
use crate::model::change::{ChangeId, ChangeRef, Plan, Target};
use crate::model::edit::Action;
use crate::model::report::{Failure, Outcome};
use crate::model::target::TargetName;

/// The outcome of each change of a plan.
#[derive(Debug)]
pub struct Ledger {
    state: Mutex<State>,
    /// The changes that others wait for.
    awaited: BTreeSet<ChangeId>,
    /// Notified whenever a change is settled or the run is stopped.
    settled: watch::Sender<()>,
}

/// The progress of a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// The changes with an outcome.
    pub settled: usize,
    /// All changes.
    pub all: usize,
}

#[derive(Debug)]
struct State {
    entries: BTreeMap<ChangeId, Entry>,
    /// The progress of each target.
    counts: BTreeMap<TargetName, Count>,
    /// Why no change may begin any more. `None` as long as changes may begin.
    stopped: Option<String>,
}

#[derive(Debug)]
struct Entry {
    /// The change in words, for messages.
    words: String,
    progress: Progress,
}

#[derive(Debug, Clone, PartialEq)]
enum Progress {
    Waiting,
    /// A call that makes the change was sent. The text is AWS's name for the operation under way, such as `change set
    /// abc`, or empty.
    Begun(String),
    Settled(Outcome),
}

impl Ledger {
    /// A ledger for a plan, with no change begun.
    pub fn new(plan: &Plan) -> Self {
        let entry = |(target, change): (&Target, ChangeRef<'_>)| {
            (change.id(&target.name), Entry { words: words(change), progress: Progress::Waiting })
        };
        let mut counts: BTreeMap<TargetName, Count> = BTreeMap::new();
        for (target, _) in plan.changes() {
            counts.entry(target.name.clone()).or_default().all += 1;
        }
        let state = State { entries: plan.changes().map(entry).collect(), counts, stopped: None };
        let awaited = plan.changes().flat_map(|(_, change)| change.about.waits_for.iter().cloned()).collect();
        Self { state: Mutex::new(state), awaited, settled: watch::Sender::new(()) }
    }

    /// Ignores lock poisoning: a panic elsewhere leaves every entry as it was last set.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until all changes that this one waits for are settled. Returns true if its turn has come. Otherwise the
    /// change is settled as skipped, with the reason, and the result is false.
    pub(crate) async fn turn(&self, target: &TargetName, change: ChangeRef<'_>) -> bool {
        self.turn_with(target, change, &BTreeSet::new()).await
    }

    /// The same for a change that one call makes together with others: it does not wait for these.
    pub(crate) async fn turn_with(
        &self,
        target: &TargetName,
        change: ChangeRef<'_>,
        together: &BTreeSet<ChangeId>,
    ) -> bool {
        let id = change.id(target);
        let mut settled = self.settled.subscribe();
        loop {
            let decided = self.state().decide(change, together);
            match decided {
                Some(Ok(())) => return true,
                Some(Err(reason)) => {
                    self.settle(&id, Outcome::Skipped(reason));
                    return false;
                }
                // The sender lives as long as the ledger does.
                None => drop(settled.changed().await),
            }
        }
    }

    /// Records that a call that makes a change is about to be sent. `what` is AWS's name for the operation under way,
    /// or empty. If the result is false, the call must not be sent: the run is being stopped, or the change is settled
    /// already.
    pub(crate) fn begin(&self, id: &ChangeId, what: &str) -> bool {
        let mut state = self.state();
        let is_stopped = state.stopped.is_some();
        let Some(entry) = state.entries.get_mut(id) else { return false };
        let may = !is_stopped && !matches!(entry.progress, Progress::Settled(_));
        if may {
            entry.progress = Progress::Begun(what.to_owned());
        }
        may
    }

    /// Records AWS's name for the operation that makes a change.
    pub(crate) fn name(&self, id: &ChangeId, what: &str) {
        if let Some(Entry { words: _, progress: Progress::Begun(name) }) = self.state().entries.get_mut(id) {
            what.clone_into(name);
        }
    }

    /// Records that a change was not begun after all: AWS refused the call and did nothing.
    pub(crate) fn withdraw(&self, id: &ChangeId) {
        if let Some(entry) = self.state().entries.get_mut(id)
            && matches!(entry.progress, Progress::Begun(_))
        {
            entry.progress = Progress::Waiting;
        }
    }

    /// Whether another change waits for this one.
    pub(crate) fn is_awaited(&self, id: &ChangeId) -> bool {
        self.awaited.contains(id)
    }

    /// The changes among `ids` that were not applied, in words.
    pub(crate) fn unmade(&self, ids: &[ChangeId]) -> Vec<String> {
        let state = self.state();
        let entries = ids.iter().filter_map(|id| state.entries.get(id));
        let unmade = entries.filter(|entry| entry.progress != Progress::Settled(Outcome::Applied));
        unmade.map(|entry| entry.words.clone()).collect()
    }

    /// Records the outcome of a change. A later outcome is ignored.
    pub(crate) fn settle(&self, id: &ChangeId, outcome: Outcome) {
        {
            let State { entries, counts, stopped: _ } = &mut *self.state();
            if let Some(entry) = entries.get_mut(id)
                && !matches!(entry.progress, Progress::Settled(_))
            {
                entry.progress = Progress::Settled(outcome);
                if let Some(count) = counts.get_mut(&id.target) {
                    count.settled += 1;
                }
            }
        }
        self.settled.send_replace(());
    }

    /// Stops the run: no further change may begin. Changes under way may still be settled.
    pub fn stop(&self, reason: &str) {
        self.state().stopped.get_or_insert_with(|| reason.to_owned());
        self.settled.send_replace(());
    }

    /// Whether the run is being stopped.
    pub(crate) fn is_stopped(&self) -> bool {
        self.state().stopped.is_some()
    }

    /// The progress of each target that has changes.
    pub fn counts(&self) -> BTreeMap<TargetName, Count> {
        self.state().counts.clone()
    }

    /// The outcomes of a target's changes so far, in the order of the changes.
    pub fn outcomes(&self, target: &Target) -> Vec<Outcome> {
        let state = self.state();
        let why = state.stopped.as_deref().unwrap_or("the run ended before its turn");
        let outcome = |change: ChangeRef<'_>| match state.entries.get(&change.id(&target.name)).map(|it| &it.progress) {
            Some(Progress::Settled(outcome)) => outcome.clone(),
            Some(Progress::Begun(what)) => Outcome::Failed(interrupted(target, why, what)),
            Some(Progress::Waiting) | None => Outcome::Skipped(format!("not tried: {why}")),
        };
        target.changes().map(outcome).collect()
    }
}

impl State {
    /// Whether a change may begin now. The error says why it never will. `None` if a change that it waits for is still
    /// open.
    fn decide(&self, change: ChangeRef<'_>, together: &BTreeSet<ChangeId>) -> Option<Result<(), String>> {
        if let Some(reason) = &self.stopped {
            return Some(Err(format!("not tried: {reason}")));
        }
        for before in change.about.waits_for.difference(together) {
            match self.entries.get(before) {
                Some(Entry { words: _, progress: Progress::Settled(Outcome::Applied) }) => {}
                Some(Entry { words, progress: Progress::Settled(_) }) => return Some(Err(kept(change, words))),
                Some(Entry { words: _, progress: Progress::Waiting | Progress::Begun(_) }) => return None,
                None => {
                    let elsewhere = format!("{} of {}, which is no part of this run,", before.key, before.target);
                    return Some(Err(kept(change, &elsewhere)));
                }
            }
        }
        Some(Ok(()))
    }
}

fn kept(change: ChangeRef<'_>, before: &str) -> String {
    match change.edit.action() {
        Action::Remove => format!("kept, because {before} was not made"),
        Action::Create | Action::Update => format!("not tried, because {before} was not made"),
    }
}

fn interrupted(target: &Target, why: &str, what: &str) -> Failure {
    let named = if what.is_empty() { String::new() } else { format!(" ({what})") };
    Failure {
        operation: "apply".to_owned(),
        code: "Interrupted".to_owned(),
        message: format!(
            "the change was begun{named}, and {why} before its end. It may have taken effect or not: plan again to see"
        ),
        account: target.account.clone(),
        region: target.region.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::{
        About, Because, CatalogVersion, Change, Origin, Resource, TargetState, Untouched, Work,
    };
    use crate::model::edit::{Delta, HubEdit};
    use crate::model::portfolio::Share;

    const NEW: &str = "333333333331";
    const OLD: &str = "333333333332";
    const NEIGHBOUR: &str = "333333333333";

    fn share(account: &str) -> Share {
        Share::Account { account: account.parse().unwrap(), tag_options: false }
    }

    fn change(edit: Delta<Share>, waits_for: &[ChangeId]) -> Change<HubEdit> {
        let about = About {
            origin: Origin::PullRequest,
            because: Because::Unlisted,
            waits_for: waits_for.iter().cloned().collect::<BTreeSet<_>>(),
            label: "shop".to_owned(),
            notes: Vec::new(),
            takes_from: None,
            audience: None,
        };
        Change { edit: HubEdit::Share(edit), about }
    }

    /// A plan with two removals: one waits for a new share, the other waits for nothing.
    fn plan() -> Plan {
        let name: TargetName = "portfolio/a/acme/us-east-1".parse().unwrap();
        let made = change(Delta::Create(share(NEW)), &[]);
        let id = made.seen().id(&name);
        let changes =
            vec![made, change(Delta::Remove(share(OLD)), &[id]), change(Delta::Remove(share(NEIGHBOUR)), &[])];
        let portfolio = Resource { id: Some("port-a".parse().unwrap()), name: "A".to_owned() };
        let target = Target {
            name,
            organization: "acme".parse().unwrap(),
            account: "111111111111".parse().unwrap(),
            account_name: None,
            region: "us-east-1".parse().unwrap(),
            state: TargetState::Complete { work: Work::Hub { portfolio, changes }, left_alone: Untouched::default() },
            warnings: Vec::new(),
            silenced: Vec::new(),
            incomplete_shares: Vec::new(),
        };
        let catalog = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
        Plan { digest: String::new(), catalog, targets: vec![target], released: Vec::new() }
    }

    fn begin(ledger: &Ledger, target: &Target, change: ChangeRef<'_>) -> bool {
        ledger.begin(&change.id(&target.name), "change set abc")
    }

    async fn turns(ledger: &Ledger, target: &Target) -> Vec<bool> {
        let mut turns = Vec::new();
        for change in target.changes() {
            turns.push(ledger.turn(&target.name, change).await);
        }
        turns
    }

    #[tokio::test]
    async fn what_waits_for_a_failure_is_kept_and_a_neighbour_is_not() {
        let plan = plan();
        let (ledger, target) = (Ledger::new(&plan), &plan.targets[0]);
        let failure = interrupted(target, "x", "");
        let made = target.changes().next().unwrap();
        assert!(ledger.turn(&target.name, made).await);
        ledger.settle(&made.id(&target.name), Outcome::Failed(failure.clone()));
        assert_eq!(turns(&ledger, target).await[1..], [false, true]);
        let outcomes = ledger.outcomes(target);
        assert_eq!(outcomes[0], Outcome::Failed(failure));
        let why = format!("kept, because the share with shop ({NEW}) was not made");
        assert_eq!(outcomes[1], Outcome::Skipped(why));
    }

    #[tokio::test]
    async fn what_waits_comes_after_what_it_waits_for() {
        let plan = plan();
        let (ledger, target) = (Ledger::new(&plan), &plan.targets[0]);
        let changes: Vec<ChangeRef<'_>> = target.changes().collect();
        let waiting = ledger.turn(&target.name, changes[1]);
        tokio::pin!(waiting);
        assert!(futures_util::poll!(&mut waiting).is_pending());
        assert!(begin(&ledger, target, changes[0]));
        assert!(futures_util::poll!(&mut waiting).is_pending(), "begun is not made");
        ledger.settle(&changes[0].id(&target.name), Outcome::Applied);
        assert!(waiting.await);
    }

    #[tokio::test]
    async fn stopped_run_begins_nothing_and_tells_what_was_begun() {
        let plan = plan();
        let (ledger, target) = (Ledger::new(&plan), &plan.targets[0]);
        let changes: Vec<ChangeRef<'_>> = target.changes().collect();
        assert!(begin(&ledger, target, changes[0]));
        ledger.stop("the run was stopped by SIGINT");
        assert!(!ledger.turn(&target.name, changes[2]).await);
        assert!(!begin(&ledger, target, changes[0]), "nor is the call sent again");
        let [Outcome::Failed(begun), Outcome::Skipped(waiting), Outcome::Skipped(_)] = &ledger.outcomes(target)[..]
        else {
            panic!("{:?}", ledger.outcomes(target))
        };
        assert_eq!(begun.code, "Interrupted");
        assert!(
            begun.message.contains("the change was begun (change set abc), and the run was stopped by SIGINT"),
            "{begun}"
        );
        assert_eq!(waiting, "not tried: the run was stopped by SIGINT");
    }

    #[tokio::test]
    async fn call_that_aws_refused_was_not_begun() {
        let plan = plan();
        let (ledger, target) = (Ledger::new(&plan), &plan.targets[0]);
        let change = target.changes().next().unwrap();
        assert!(begin(&ledger, target, change));
        ledger.withdraw(&change.id(&target.name));
        ledger.stop("the run was stopped by SIGINT");
        let why = "not tried: the run was stopped by SIGINT";
        assert_eq!(ledger.outcomes(target)[0], Outcome::Skipped(why.to_owned()));
    }

    #[tokio::test]
    async fn what_waits_for_another_run_is_not_made() {
        let mut plan = plan();
        let TargetState::Complete { work: Work::Hub { portfolio: _, changes }, .. } = &mut plan.targets[0].state else {
            panic!()
        };
        changes.remove(0);
        let ledger = Ledger::new(&plan);
        assert_eq!(turns(&ledger, &plan.targets[0]).await, [false, true]);
    }
}
