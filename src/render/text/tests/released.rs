//! Released resources, and plans that an apply would refuse.

use insta::assert_snapshot;

use super::super::super::{Objection, sample};
use super::super::{Options, drift, plan, report};
use super::{planned, written};
use crate::model::change::Plan;

#[test]
fn what_is_governed_no_longer_is_listed_and_counted() {
    let quiet = || vec![sample::portfolio("quiet", "Quiet", vec![])];
    let released = Plan { released: sample::released(), ..sample::plan(quiet()) };
    assert_snapshot!(planned(&released), @"
    no longer governed: nothing is changed there, now or later
      ○ experience  Engineering  exp-1  acme 111111111111              its 12 approved products and 1 denied product stay  list.yaml:1 in the base
      ○ portfolio   Lake                acme 111111111111 · us-east-1  its 5 shares stay                             lake.yaml:1 in the base

    In step: 1 target, nothing to change. 1 portfolio and 1 experience no longer governed.
    Nothing was changed. Digest sha256:9f2c41aa05d7…
    ");
    assert_snapshot!(written(|sink| drift(&released, None, &Options::default(), sink)), @"
    no longer governed: nothing is changed there, now or later
      ○ experience  Engineering  exp-1  acme 111111111111              its 12 approved products and 1 denied product stay  list.yaml:1 in the base
      ○ portfolio   Lake                acme 111111111111 · us-east-1  its 5 shares stay                             lake.yaml:1 in the base

    No drift: live is what Git says in 1 target. 1 portfolio and 1 experience no longer governed.
    ");
    let mut applied = sample::report(vec![(quiet().remove(0), Vec::new())]);
    applied.released = sample::released();
    applied.released[1].unseen = true;
    assert_snapshot!(written(|sink| report(&applied, &Options::default(), sink)), @"
    no longer governed: nothing is changed there, now or later
      ○ experience  Engineering  exp-1  acme 111111111111              its 12 approved products and 1 denied product stay  list.yaml:1 in the base
      ○ portfolio   Lake                acme 111111111111 · us-east-1  its 5 shares stay                             lake.yaml:1 in the base
                    ↳ The review is not known to have shown this.

    In step: 1 target, nothing to change. 1 portfolio and 1 experience no longer governed.
    ");
}

#[test]
fn a_plan_that_will_be_refused_says_so_and_how_it_would_not_be() {
    let objection = Objection { headline: "it takes away 3, and at most 2 are allowed", way_out: "Say `yes`." };
    let text = written(|sink| plan(&sample::mixed(), Some(&objection), &Options::default(), sink));
    assert_snapshot!(text.rsplit_once("planned there.").unwrap().1, @"

    Product names come from the catalog, or else from AWS Marketplace. Only the id counts.
    An apply will be refused: it takes away 3, and at most 2 are allowed.
    Say `yes`.
    Nothing was changed. Digest sha256:9f2c41aa05d7…
    ");
    let text = written(|sink| drift(&sample::mixed(), Some(&objection), &Options::default(), sink));
    assert_snapshot!(text.rsplit_once("in Git and not live.").unwrap().1, @"

    To undo it: `catalog-sync apply`. To keep it: write it into the catalog.
    An apply will be refused: it takes away 3, and at most 2 are allowed.
    Say `yes`.
    1 target could not be read: whether there is drift there is not known.
    ");
}
