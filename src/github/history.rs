//! Evaluates earlier applies for the next one: the commit that each target was last brought to, whether a newer
//! commit was applied already, and which commits were merged since. The functions are pure. They get the deployment
//! records and the order of the commits.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::target::TargetName;

/// The position of a recorded commit relative to the commit at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is the commit at hand.
    Here,
    /// An ancestor of the commit at hand.
    Older,
    /// A descendant of the commit at hand, on the default branch.
    Newer,
    /// Not on the default branch: the branch was rewritten, or GitHub no longer has the commit.
    Elsewhere,
}

/// The order of the commits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commits {
    /// The position of each recorded commit. A commit that is missing here counts as [`Place::Elsewhere`].
    pub places: BTreeMap<String, Place>,
    /// The commit that the branch was at before the push at hand.
    pub before: Option<String>,
    /// The commits up to and including the one at hand, the oldest first, as far back as was asked for.
    pub line: Vec<String>,
}

/// One apply to an organization, as its deployment records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The commit.
    pub sha: String,
    /// The URL of the run.
    pub run: Option<String>,
    /// The oldest commit that it used as a base.
    pub base: Option<String>,
    /// Whether one of several jobs wrote this when it began. Another record says what these jobs brought to the
    /// commit.
    pub is_part: bool,
    /// The targets that it brought to the commit.
    pub carried: Carried,
    /// Fingerprints of changes that were reviewed and are still to be made.
    pub left: Vec<String>,
}

/// The targets that an apply brought to its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// None for certain: it never ended, or it failed before it could say.
    Nothing,
    /// All of `only`, except `but`.
    Targets {
        /// The targets of the run. `None` for all targets of the organization.
        only: Option<BTreeSet<TargetName>>,
        /// The targets among them that failed or were refused.
        but: BTreeSet<TargetName>,
    },
}

impl Carried {
    fn holds(&self, target: &TargetName) -> bool {
        match self {
            Self::Nothing => false,
            Self::Targets { only, but } => {
                let within = |only: &BTreeSet<TargetName>| names(only, target);
                only.as_ref().is_none_or(within) && !names(but, target) && !has_member(but, target)
            }
        }
    }

    /// Whether it brought every target of the organization to its commit.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Targets { only, but } => only.is_none() && but.is_empty(),
        }
    }
}

/// Whether a list contains a target, compared by its name in the catalog, or the target's family.
fn names(list: &BTreeSet<TargetName>, target: &TargetName) -> bool {
    target.family().is_some_and(|family| list.contains(&family))
        || list.iter().any(|listed| listed.in_catalog() == target.in_catalog())
}

/// Whether `target` is a family and a list contains one of its members.
fn has_member(list: &BTreeSet<TargetName>, target: &TargetName) -> bool {
    target.is_family() && list.iter().any(|listed| listed.family().as_ref() == Some(target))
}

/// The catalog that a target is compared with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    /// The catalog of this commit.
    Commit(String),
    /// The target was last brought to this commit, which is not on the default branch. Shares that only its catalog
    /// listed can't be cleaned up.
    Diverged(String),
    /// There is no record of the target.
    Unknown,
}

/// The result of [`history`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The newest record of a commit that came after the one at hand.
    pub overtaken: Option<Attempt>,
    /// The commits up to the one at hand that are not known to be applied to all targets, the oldest first, as far
    /// back as [`Commits::line`] goes.
    pub pending: Vec<String>,
    /// Whether there is any record of an apply, apart from records that jobs of a matrix wrote when they began.
    pub is_recorded: bool,
    /// The targets that were brought to each base, the newest first, up to the first record that brought all of them.
    steps: Vec<(Base, Carried)>,
    rest: Base,
}

impl History {
    /// The catalog that a target is compared with.
    pub fn base(&self, target: &TargetName) -> &Base {
        let step = self.steps.iter().find(|(_, carried)| carried.holds(target));
        step.map_or(&self.rest, |(base, _)| base)
    }

    /// Every base that at least one target may have.
    pub fn bases(&self) -> BTreeSet<&Base> {
        let is_whole = self.steps.last().is_some_and(|(_, carried)| carried.is_whole());
        let rest = Some(&self.rest).filter(|_| !is_whole);
        self.steps.iter().map(|(base, _)| base).chain(rest).collect()
    }
}

/// Evaluates the records of an organization, the newest first, for the commit at hand.
pub fn history(records: &[Attempt], commits: &Commits) -> History {
    let Commits { places, before, line } = commits;
    let place_of = |sha: &String| places.get(sha).copied().unwrap_or(Place::Elsewhere);
    let place = |attempt: &Attempt| place_of(&attempt.sha);
    let overtaken = records.iter().find(|attempt| place(attempt) == Place::Newer).cloned();
    let mut steps = Vec::new();
    for attempt in records.iter().filter(|attempt| attempt.carried != Carried::Nothing) {
        let Attempt { sha, run: _, base: _, is_part: _, carried, left: _ } = attempt;
        let base = match place(attempt) {
            Place::Here | Place::Older => Base::Commit(sha.clone()),
            Place::Elsewhere => Base::Diverged(sha.clone()),
            // A newer commit makes the whole run count as overtaken, so no base is needed.
            Place::Newer => continue,
        };
        steps.push((base, carried.clone()));
        if carried.is_whole() {
            break;
        }
    }
    // The commit before the push equals the applied state only if no apply was ever recorded. Otherwise the oldest
    // record says which commit it began from.
    let known = match records.last() {
        None => before.clone(),
        Some(oldest) => oldest.base.clone().filter(|base| matches!(place_of(base), Place::Here | Place::Older)),
    };
    let rest = known.map_or(Base::Unknown, Base::Commit);
    let is_recorded = records.iter().any(|attempt| !attempt.is_part);
    let mut history = History { overtaken, pending: Vec::new(), is_recorded, steps, rest };
    history.pending = pending(&history, line);
    history
}

/// The commits after the oldest base.
fn pending(history: &History, line: &[String]) -> Vec<String> {
    let at = |base: &Base| match base {
        Base::Commit(sha) => line.iter().position(|commit| commit == sha).map_or(0, |at| at + 1),
        Base::Diverged(_) | Base::Unknown => 0,
    };
    let start = history.bases().into_iter().map(at).min().unwrap_or_default();
    line.get(start..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> TargetName {
        name.parse().unwrap()
    }

    fn set(names: &[&str]) -> BTreeSet<TargetName> {
        names.iter().map(|it| name(it)).collect()
    }

    const A: &str = "portfolio/a/acme/us-east-1";
    const B: &str = "portfolio/b/acme/us-east-1";

    fn attempt(sha: &str, carried: Carried) -> Attempt {
        let (sha, run) = (sha.to_owned(), Some(format!("run of {sha}")));
        Attempt { sha, run, base: None, is_part: false, carried, left: Vec::new() }
    }

    fn whole() -> Carried {
        but(&[])
    }

    fn but(names: &[&str]) -> Carried {
        Carried::Targets { only: None, but: set(names) }
    }

    fn only(names: &[&str]) -> Carried {
        Carried::Targets { only: Some(set(names)), but: BTreeSet::new() }
    }

    /// Commits c1 to c5, with c3 as the commit at hand, and x1, which is on no branch.
    fn commits(before: Option<&str>) -> Commits {
        use Place::{Elsewhere, Here, Newer, Older};
        let places = [("c1", Older), ("c2", Older), ("c3", Here), ("c4", Newer), ("c5", Newer), ("x1", Elsewhere)];
        Commits {
            places: places.into_iter().map(|(sha, place)| (sha.to_owned(), place)).collect(),
            before: before.map(str::to_owned),
            line: ["c1", "c2", "c3"].map(str::to_owned).to_vec(),
        }
    }

    fn commit(sha: &str) -> Base {
        Base::Commit(sha.to_owned())
    }

    /// A description; the records, the newest first; the bases of A and B; the newer commit; the pending commits.
    type Case = (&'static str, Vec<Attempt>, Base, Base, Option<&'static str>, &'static [&'static str]);

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of cases")]
    fn records_say_base_overtaken_and_pending() {
        use Carried::Nothing;
        let diverged = Base::Diverged("x1".to_owned());
        let cases: Vec<Case> = vec![
            ("nothing recorded: what was there before the push", vec![], commit("c2"), commit("c2"), None, &["c3"]),
            ("applied before", vec![attempt("c2", whole())], commit("c2"), commit("c2"), None, &["c3"]),
            (
                "the run of c2 was superseded or refused",
                vec![attempt("c1", whole())],
                commit("c1"),
                commit("c1"),
                None,
                &["c2", "c3"],
            ),
            (
                "a run that never ended moves no base",
                vec![attempt("c2", Nothing), attempt("c1", whole())],
                commit("c1"),
                commit("c1"),
                None,
                &["c2", "c3"],
            ),
            (
                "a target that failed keeps its base",
                vec![attempt("c2", but(&[B])), attempt("c1", whole())],
                commit("c2"),
                commit("c1"),
                None,
                &["c2", "c3"],
            ),
            (
                "a run of some targets moves theirs",
                vec![attempt("c2", only(&[A])), attempt("c1", whole())],
                commit("c2"),
                commit("c1"),
                None,
                &["c2", "c3"],
            ),
            (
                "run again after a failure",
                vec![attempt("c3", but(&[B])), attempt("c2", whole())],
                commit("c3"),
                commit("c2"),
                None,
                &["c3"],
            ),
            (
                "nothing reaches back far enough",
                vec![attempt("c2", only(&[A]))],
                commit("c2"),
                Base::Unknown,
                None,
                &["c1", "c2", "c3"],
            ),
            (
                "the first apply ever never ended: the next one begins where it did",
                vec![Attempt { base: Some("c1".to_owned()), ..attempt("c2", Nothing) }],
                commit("c1"),
                commit("c1"),
                None,
                &["c2", "c3"],
            ),
            (
                "records without an end",
                vec![attempt("c2", Nothing)],
                Base::Unknown,
                Base::Unknown,
                None,
                &["c1", "c2", "c3"],
            ),
            (
                "a newer commit was applied",
                vec![attempt("c4", whole()), attempt("c2", whole())],
                commit("c2"),
                commit("c2"),
                Some("c4"),
                &["c3"],
            ),
            (
                "a newer commit was begun",
                vec![attempt("c5", Nothing), attempt("c2", whole())],
                commit("c2"),
                commit("c2"),
                Some("c5"),
                &["c3"],
            ),
            (
                "the history was rewritten after the last apply",
                vec![attempt("x1", whole()), attempt("c1", whole())],
                diverged.clone(),
                diverged.clone(),
                None,
                &["c1", "c2", "c3"],
            ),
            (
                "the history was rewritten after an apply of A",
                vec![attempt("x1", only(&[A])), attempt("c2", whole())],
                diverged,
                commit("c2"),
                None,
                &["c1", "c2", "c3"],
            ),
            (
                "a commit that nobody knows is not on the branch",
                vec![attempt("gone", Nothing), attempt("c2", whole())],
                commit("c2"),
                commit("c2"),
                None,
                &["c3"],
            ),
        ];
        for (what, records, a, b, overtaken, pending) in cases {
            let found = history(&records, &commits(Some("c2")));
            assert_eq!((found.base(&name(A)), found.base(&name(B))), (&a, &b), "{what}");
            assert_eq!(found.overtaken.as_ref().map(|it| it.sha.as_str()), overtaken, "{what}");
            assert_eq!(found.pending, pending, "{what}");
        }
    }

    #[test]
    fn run_by_hand_without_a_record_has_no_base() {
        assert_eq!(history(&[], &commits(None)).base(&name(A)), &Base::Unknown);
    }

    #[test]
    fn family_is_not_in_step_where_a_member_failed() {
        let records = [
            attempt("c2", but(&["marketplace/l/acme/exp-1", "portfolio/p/acme/us-east-1/port-old"])),
            attempt("c1", whole()),
        ];
        let found = history(&records, &commits(None));
        for (target, base) in [
            ("marketplace/l/acme/*", "c1"),
            ("marketplace/l/acme/exp-1", "c1"),
            ("marketplace/l/acme/exp-2", "c2"),
            ("portfolio/p/acme/us-east-1", "c1"),
        ] {
            assert_eq!(found.base(&name(target)), &commit(base), "{target}");
        }
        assert_eq!(found.bases(), [&commit("c1"), &commit("c2")].into());
    }
}
