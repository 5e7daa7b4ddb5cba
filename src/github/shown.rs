//! The record of the changes that a plan showed, and when each was shown first. It is kept in a check run.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::marker::{Marker, Shown, VERSION};
use super::moment::Moment;

/// The number of times that are kept apart. Older times are merged into the next later one.
const MOMENTS: usize = 20;

/// The changes that a plan showed, and facts about the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    v: u32,
    /// The catalog's folder. A repository may have several catalogs.
    pub catalog: String,
    /// The pull request. `None` for drift.
    pub pull: Option<u64>,
    /// The commit that was planned.
    pub head: String,
    /// The key of the targets that the plan is about. `None` for all targets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// The digest of the catalog that was planned. `None` in records of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was written, by GitHub's clock. `None` in records of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Moment>,
    /// The digest of the plan.
    pub digest: String,
    /// When this digest was shown first, by GitHub's clock.
    pub since: Moment,
    /// The number of changes in the whole plan that take something away.
    pub removals: usize,
    /// The number of these that are about portfolios. `None` in records of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portfolio_removals: Option<usize>,
    /// The obstacle to an apply, in a few words, apart from missing approvals. Empty if there is none.
    pub objection: String,
    /// The plan in a few words.
    pub title: String,
    /// Whether the whole catalog could be planned.
    pub whole: bool,
    /// The changes by the time when they were shown first, the oldest first.
    changes: Vec<Batch>,
}

/// Changes that were shown first at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// When they were shown first.
    pub at: Moment,
    /// The changes.
    pub shown: Shown,
}

impl Marker for Record {
    const TAG: &'static str = "catalog-sync:record";
}

/// The fields of a [`Record`] apart from its times and changes.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The catalog's folder.
    pub catalog: &'a str,
    /// The pull request. `None` for drift.
    pub pull: Option<u64>,
    /// The commit.
    pub head: &'a str,
    /// The key of the targets that the plan is about. `None` for all targets.
    pub only: Option<&'a str>,
    /// The digest of the catalog.
    pub version: &'a str,
    /// The digest of the plan.
    pub digest: &'a str,
    /// The number of changes that take something away.
    pub removals: usize,
    /// The number of these that are about portfolios.
    pub portfolio_removals: usize,
    /// The obstacle to an apply. Empty if there is none.
    pub objection: &'a str,
    /// The plan in a few words.
    pub title: &'a str,
    /// Whether everything could be planned.
    pub whole: bool,
}

impl Record {
    /// The record of a plan that is shown now. Changes in earlier records of the same pull request keep their times.
    pub fn new(about: About<'_>, fingerprints: &[String], now: Moment, earlier: &[Self]) -> Self {
        let About { catalog, pull, head, only, version, digest, removals, portfolio_removals, objection, title, whole } =
            about;
        let earlier = || earlier.iter().filter(|earlier| earlier.catalog == catalog && earlier.pull == pull);
        let mut times: BTreeMap<&str, Moment> = BTreeMap::new();
        for batch in earlier().flat_map(|record| &record.changes) {
            for fingerprint in batch.shown.fingerprints() {
                times.entry(fingerprint).and_modify(|at| *at = batch.at.min(*at)).or_insert(batch.at);
            }
        }
        let mut batches: BTreeMap<Moment, BTreeSet<&str>> = BTreeMap::new();
        for fingerprint in fingerprints {
            let at = times.get(fingerprint.as_str()).copied().unwrap_or(now);
            batches.entry(at).or_default().insert(fingerprint);
        }
        while batches.len() > MOMENTS {
            let Some((_, oldest)) = batches.pop_first() else { break };
            if let Some(mut next) = batches.first_entry() {
                next.get_mut().extend(oldest);
            }
        }
        let mut same = earlier().filter(|earlier| earlier.digest == digest && earlier.only.as_deref() == only);
        let changes = batches.into_iter().map(|(at, shown)| Batch { at, shown: Shown::of(shown) }).collect();
        Self {
            v: VERSION,
            catalog: catalog.to_owned(),
            pull,
            head: head.to_owned(),
            only: only.map(str::to_owned),
            version: Some(version.to_owned()),
            written: Some(now),
            digest: digest.to_owned(),
            since: same.next().map_or(now, |earlier| earlier.since),
            removals,
            portfolio_removals: Some(portfolio_removals),
            objection: objection.to_owned(),
            title: title.to_owned(),
            whole,
            changes,
        }
    }

    /// The changes that were first shown before `moment`. With `None`, all of them.
    pub fn before(&self, moment: Option<Moment>) -> impl Iterator<Item = &str> {
        let counts = move |batch: &&Batch| moment.is_none_or(|moment| batch.at < moment);
        self.changes.iter().filter(counts).flat_map(|batch| batch.shown.fingerprints())
    }

    /// The changes that were first shown at `moment` or later.
    pub fn since(&self, moment: Moment) -> BTreeSet<&str> {
        let changes = self.changes.iter().filter(|batch| batch.at >= moment);
        changes.flat_map(|batch| batch.shown.fingerprints()).collect()
    }
}

/// The valid records among those that the jobs of one pull request kept, each about some or all targets: all that
/// have the commit and catalog of the newest record. A record about all targets replaces earlier ones about some.
pub fn counting(records: Vec<Record>) -> Vec<Record> {
    let newest = records.iter().max_by_key(|record| record.written);
    let Some((head, version)) = newest.map(|newest| (newest.head.clone(), newest.version.clone())) else {
        return Vec::new();
    };
    let is_same = |record: &Record| record.head == head && record.version == version;
    let whole = records.iter().filter(|record| record.only.is_none() && is_same(record));
    let from = whole.map(|record| record.written).max();
    let is_left = |record: &Record| record.only.is_none() || from.is_none_or(|from| record.written > from);
    records.into_iter().filter(|record| is_same(record) && is_left(record)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment(jiff::Timestamp::from_second(second).unwrap())
    }

    fn record(digest: &str, changes: &[&str], now: i64, earlier: Option<&Record>) -> Record {
        let about = About {
            catalog: "catalog",
            pull: Some(7),
            head: "4be1",
            only: None,
            version: "sha256:9f",
            digest,
            removals: 0,
            portfolio_removals: 0,
            objection: "",
            title: "1 to create",
            whole: true,
        };
        let changes: Vec<String> = changes.iter().map(|it| (*it).to_owned()).collect();
        Record::new(about, &changes, at(now), &earlier.cloned().into_iter().collect::<Vec<_>>())
    }

    #[test]
    fn records_of_some_targets_stand_side_by_side_and_one_of_all_replaces_them() {
        let part = |only: &str, now: i64| Record { only: Some(only.to_owned()), ..record("one", &[only], now, None) };
        let names = |records: Vec<Record>| -> Vec<String> {
            counting(records).iter().map(|it| it.only.clone().unwrap_or_else(|| "all".to_owned())).collect()
        };
        let all = |now: i64| record("all", &["cc"], now, None);
        assert_eq!(names(vec![part("aa", 10), part("bb", 20)]), ["aa", "bb"]);
        assert_eq!(names(vec![part("aa", 10), all(15), part("bb", 20)]), ["all", "bb"]);
        assert_eq!(names(vec![part("aa", 10), part("bb", 20), all(30)]), ["all"]);
        let other = Record { version: Some("sha256:00".to_owned()), ..part("aa", 10) };
        assert_eq!(names(vec![other, part("bb", 20)]), ["bb"]);
        let elsewhere = Record { head: "77d0".to_owned(), ..part("aa", 10) };
        assert_eq!(names(vec![elsewhere, part("bb", 20)]), ["bb"]);
        assert!(counting(Vec::new()).is_empty());
    }

    #[test]
    fn change_that_another_job_has_shown_before_keeps_its_time() {
        let other = Record { only: Some("aa".to_owned()), ..record("one", &["aa"], 10, None) };
        assert_eq!(shown(&record("one", &["aa"], 20, Some(&other)), 15), ["aa"]);
    }

    fn shown(record: &Record, before: i64) -> Vec<&str> {
        record.before(Some(at(before))).collect()
    }

    #[test]
    fn each_change_keeps_the_time_when_it_was_shown_first() {
        let first = record("one", &["aa", "bb"], 10, None);
        let second = record("two", &["bb", "cc"], 20, Some(&first));
        assert_eq!((shown(&second, 15), shown(&second, 21)), (vec!["bb"], vec!["bb", "cc"]));
        assert_eq!(second.since(at(15)), ["cc"].into());
        assert_eq!(second.since, at(20));
        let again = record("two", &["bb", "cc"], 30, Some(&second));
        assert_eq!((again.since, shown(&again, 21)), (at(20), vec!["bb", "cc"]));
        assert_eq!(Record::read(&again.write()), Some(again));
    }

    #[test]
    fn another_pull_requests_record_lends_no_time() {
        let other = Record { pull: Some(8), ..record("one", &["aa"], 10, None) };
        assert_eq!(shown(&record("one", &["aa"], 20, Some(&other)), 15), Vec::<&str>::new());
    }

    #[test]
    fn many_moments_become_fewer_and_never_older() {
        let mut last = record("0", &["f0"], 0, None);
        for second in 1..40_i64 {
            let all: Vec<String> = (0..=second).map(|number| format!("f{number}")).collect();
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            last = record(&second.to_string(), &all, second, Some(&last));
        }
        assert_eq!(last.changes.len(), MOMENTS);
        assert_eq!(shown(&last, 100).len(), 40);
        assert!(last.changes.iter().all(|batch| {
            batch.shown.fingerprints().all(|it| it[1..].parse::<i64>().unwrap() <= batch.at.0.as_second())
        }));
    }
}
