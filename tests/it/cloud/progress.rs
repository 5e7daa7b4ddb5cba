//! The progress of an apply while it runs.

use std::collections::BTreeMap;
use std::time::Duration;

use catalog_sync::apply::Listener;
use catalog_sync::cloud::Count;
use catalog_sync::model::report::TargetReport;
use catalog_sync::model::target::TargetName;

use super::bed::{Bed, by_id};
use super::inherited::unit;

/// Records all progress.
#[derive(Default)]
struct Heard {
    counts: Vec<BTreeMap<TargetName, Count>>,
    ended: Vec<TargetName>,
}

impl Listener for Heard {
    fn every(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn goes_on(&mut self, counts: &BTreeMap<TargetName, Count>) {
        self.counts.push(counts.clone());
    }

    fn ended(&mut self, target: &TargetReport) {
        self.ended.push(target.target.name.clone());
    }
}

#[tokio::test]
async fn progress_inside_a_target_is_told_while_it_goes_on() {
    let mut bed = Bed::new(|world| world.pending.share = 30).await;
    let units = ["ou-acme-prod0001", "ou-acme-stag0001"];
    bed.want_portfolio("us-east-1", by_id("port-other"), units.map(|ou| unit(ou, false)));
    let mut heard = Heard::default();
    let report = bed.apply(&mut heard).await;
    assert_eq!(report.tally().applied, 2);
    assert_eq!(heard.ended.len(), 1);
    let of: Vec<Count> = heard.counts.iter().map(|counts| counts[&heard.ended[0]]).collect();
    assert!(of.iter().all(|count| count.all == 2), "{of:?}");
    assert!(of.windows(2).all(|pair| pair[0].settled <= pair[1].settled), "{of:?}");
    assert!(of.iter().any(|count| count.settled == 1), "the first has ended, the second has not: {of:?}");
}
