//! Released resources.

use insta::assert_snapshot;

use super::super::super::sample;
use super::super::{Context, Limit, drift, plan, report};
use super::{context, since};
use crate::model::change::Plan;

fn quiet() -> Plan {
    Plan { released: sample::released(), ..sample::plan(vec![sample::portfolio("quiet", "Quiet", vec![])]) }
}

#[test]
fn a_plan_names_what_is_governed_no_longer_and_what_stays() {
    assert_snapshot!(plan(&quiet(), None, &context()), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: in step, nothing to change, 1 portfolio and 1 experience no longer governed

    1 target · 1 in step

    > [!IMPORTANT]
    > <b>No longer governed:</b> nothing is changed there, now or later.
    >
    > - experience <b>Engineering</b> `exp-1` · acme `111111111111`: its 12 approved products and 1 denied product stay; the base governed it ([list.yaml:1](https://github.com/acme/catalog/blob/77d01aa9e3/catalog/marketplace/list.yaml#L1)).
    > - portfolio <b>Lake</b> · acme `111111111111` · us-east-1: its 5 shares stay; the base governed it ([lake.yaml:1](https://github.com/acme/catalog/blob/77d01aa9e3/catalog/portfolios/lake.yaml#L1)).

    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · <!-- state -->merge to apply<!-- /state --> · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn the_issue_and_the_report_name_it_too() {
    let text = drift(&quiet(), None, &context(), &since());
    assert_snapshot!(text.split("Last looked").next().unwrap(), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### No drift in 1 target, 1 portfolio and 1 experience no longer governed

    > [!IMPORTANT]
    > <b>No longer governed:</b> nothing is changed there, now or later.
    >
    > - experience <b>Engineering</b> `exp-1` · acme `111111111111`: its 12 approved products and 1 denied product stay; the base governed it ([list.yaml:1](https://github.com/acme/catalog/blob/77d01aa9e3/catalog/marketplace/list.yaml#L1)).
    > - portfolio <b>Lake</b> · acme `111111111111` · us-east-1: its 5 shares stay; the base governed it ([lake.yaml:1](https://github.com/acme/catalog/blob/77d01aa9e3/catalog/portfolios/lake.yaml#L1)).
    "#);
    let mut applied = sample::report(vec![(quiet().targets.remove(0), Vec::new())]);
    applied.released = sample::released();
    applied.released[1].unseen = true;
    assert_snapshot!(report(&applied, &context()), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### In step: 1 target, nothing to apply, 1 portfolio and 1 experience no longer governed

    > [!IMPORTANT]
    > <b>No longer governed:</b> nothing is changed there, now or later.
    >
    > - experience <b>Engineering</b> `exp-1` · acme `111111111111`: its 12 approved products and 1 denied product stay; the base governed it ([list.yaml:1](https://github.com/acme/catalog/blob/77d01aa9e3/catalog/marketplace/list.yaml#L1)).
    > - portfolio <b>Lake</b> · acme `111111111111` · us-east-1: its 5 shares stay; the base governed it ([lake.yaml:1](https://github.com/acme/catalog/blob/77d01aa9e3/catalog/portfolios/lake.yaml#L1)). <b>The review is not known to have shown this.</b>

    <sub>Apply of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn a_release_of_many_fits_and_is_counted() {
    let mut many = quiet();
    many.released = std::iter::repeat_with(sample::released).take(1000).flatten().collect();
    let text = plan(&many, None, &context());
    assert!(Limit::COMMENT.allows(&text));
    assert!(text.contains("1000 portfolios and 1000 experiences no longer governed"), "{text}");
    assert!(text.contains("more that would not fit here"), "{text}");
    let text = plan(&many, None, &Context { limit: Limit::Characters(700), ..context() });
    assert!(text.contains("… and 2000 more that would not fit here"), "{text}");
}
