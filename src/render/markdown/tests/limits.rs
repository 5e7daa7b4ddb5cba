//! Texts that have to be cut.

use insta::assert_snapshot;

use super::super::super::sample;
use super::super::{Context, Limit, drift, plan, plan_in_parts, report};
use super::{context, since};
use crate::model::change::{Change, Plan};
use crate::model::edit::{ExperienceEdit, HubEdit};
use crate::model::experience::Listing;
use crate::model::report::Outcome;

/// A plan with `n` changes, a fifth of them removals, in targets of 40 changes.
fn large(n: usize) -> Plan {
    let change = |n: usize| -> Change<ExperienceEdit> {
        let name = format!("Tool {n} of a vendor with a rather long name");
        match n % 5 {
            0 => sample::deny(&format!("gone-{n}x"), &name),
            1 => sample::product(&format!("prod-{n}x"), &name, Some(Listing::Denied), Listing::Approved, Some(9)),
            _ => sample::approve(&format!("prod-{n}x"), &name, u32::try_from(n * 10).unwrap()),
        }
    };
    let numbers: Vec<usize> = (0..n).collect();
    let targets = numbers.chunks(40).enumerate().map(|(at, chunk)| {
        let mut target = sample::experience("baseline", "Baseline", chunk.iter().map(|&n| change(n)).collect());
        target.name = format!("marketplace/baseline/acme/exp-{at:04}").parse().unwrap();
        sample::warned(target, "code", &format!("warning {at}"), 3)
    });
    sample::plan(targets.collect())
}

#[test]
fn a_comment_is_never_too_long_and_names_every_removal_that_fits() {
    for n in [1, 40, 400, 800, 3000, 5000] {
        let large = large(n);
        let text = plan(&large, None, &context());
        assert!(Limit::COMMENT.allows(&text), "{n}");
        assert!(text.starts_with(context().marker) && text.ends_with("</sub>\n"), "{n}");
        let removed = (0..n).step_by(5);
        let named = removed.clone().filter(|n| text.contains(&format!("gone-{n}x"))).count();
        let warned = (0..n.div_ceil(40))
            .filter(|at| text.contains(&format!("warning {at}<")) || text.contains(&format!("warning {at} ")))
            .count();
        if n <= 3000 {
            assert_eq!(named, removed.count(), "{n}");
        }
        assert_eq!(warned, n.div_ceil(40), "{n}");
        let whole = plan(&large, None, &Context { limit: Limit::Bytes(usize::MAX), ..context() });
        assert_eq!(text.contains("Too long for here"), !Limit::COMMENT.allows(&whole), "{n}");
        for text in [drift(&large, None, &context(), &since()), report_of(&large, &context())] {
            assert!(Limit::COMMENT.allows(&text), "{n}");
        }
        let summary = Context { limit: Limit::SUMMARY, marker: "", ..context() };
        assert!(!plan(&large, None, &summary).contains("Too long for here"), "{n}");
    }
}

fn report_of(plan: &Plan, context: &Context<'_>) -> String {
    let with_outcomes = |(at, target): (usize, &crate::model::change::Target)| {
        let failed = at % 2 == 0;
        let outcomes = target.changes().map(|_| if failed { sample::denied() } else { Outcome::Applied });
        (target.clone(), outcomes.collect())
    };
    report(&sample::report(plan.targets.iter().enumerate().map(with_outcomes).collect()), context)
}

#[test]
fn the_smallest_limit_still_says_how_much() {
    let text = plan(&large(2000), None, &Context { limit: Limit::Characters(700), ..context() });
    assert_snapshot!(text, @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: ⚠️ 400 to remove, 1600 to create (taken from experience Baseline)

    50 targets · 50 warnings

    ✂️ <b>Too long for here.</b> Left out: 1600 additions and the details per target. The whole is in [the summary of run 101](https://github.com/acme/catalog/actions/runs/101) and, where the job keeps the file, in [its artifacts](https://github.com/acme/catalog/actions/runs/101#artifacts).

    > [!CAUTION]
    >
    > <b>400 taken away, and none fits here.</b>

    > [!WARNING]
    > - … and 50 more that would not fit here

    <!-- about f158a8a1 f158ab52 f158ab7d f158ae07 f158aec8 f158bdd5 f158be86 f15b5384 f15b542e f15b54d3 f1686091 f168613b f1686142 f16863ec f16863f7 f168641e f16864c3 f1686574 f1686d6d f1686eb8 f1689ffa f168a149 f168e2af f168e405 f168e4b6 f168e550 f168ed7b f168ee2c f168f837 f168f8f8 f169051d f16907ce f16972b9 f169741f f169776a f169779c f1697a26 f1697aeb f1697cc0 f1697f75 f1b54461 f1b54712 f1b5b995 f1b5ba46 f1b5bdbc f1b5bf0b f1b5c83f f1b5c8e0 f1b5c98a f1b5ced9 -->
    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · <!-- state -->merge to apply<!-- /state --> · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn additions_go_before_updates_and_removals_stay() {
    let mut changes: Vec<Change<HubEdit>> =
        (0..30).map(|n| sample::share(sample::account(&format!("3333333333{n:02}")), "New", n)).collect();
    changes.push(sample::unshare("999999999999", "partner"));
    let before = sample::ou("ou-acme-stag0001", false, false);
    changes.push(sample::reshare(before, sample::ou("ou-acme-stag0001", true, false), "Workloads/Staging", 11));
    let context = Context { limit: Limit::Characters(1527), ..context() };
    let text = plan(&sample::plan(vec![sample::portfolio("p", "Data", changes)]), None, &context);
    assert_snapshot!(text, @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: ⚠️ 1 to remove, 1 to update, 30 to create (taken from partner)

    1 target

    ✂️ <b>Too long for here.</b> Left out: 27 additions. The whole is in [the summary of run 101](https://github.com/acme/catalog/actions/runs/101) and, where the job keeps the file, in [its artifacts](https://github.com/acme/catalog/actions/runs/101#artifacts).

    > [!CAUTION]
    > <b>This takes away:</b>
    >
    > - <b>partner</b> `999999999999` loses portfolio <b>Data</b> (acme) in us-east-1

    | target | remove | update | create |
    | :-- | --: | --: | --: |
    | portfolio <b>Data</b> · acme · us-east-1 | <b>1</b> | 1 | 30 |

    <details><summary>portfolio <b>Data</b> <code>port-abcd1234</code> · acme/hub <code>111111111111</code> · us-east-1: 1 to remove, 1 to update, 30 to create</summary>

    ```diff
    - unshare  partner 999999999999
    ! share    Workloads/Staging ou-acme-stag0001   tag options: no → yes
    + share    New 333333333300
    + share    New 333333333301
    + share    New 333333333302
      … 27 more lines not shown here
    ```

    Asked for in [data-platform.yaml:0–2](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L0-L2) · [11](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L11)

    </details>

    <!-- about 7f22de71 -->
    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · <!-- state -->merge to apply<!-- /state --> · catalog-sync 0.1.0</sub>
    "#);
}

#[test]
fn further_comments_name_every_removal_that_the_first_can_not_hold() {
    let of = large(10_000);
    let removed: Vec<String> = (0..10_000).step_by(5).map(|n| format!("gone-{n}x")).collect();
    let marker = |part: usize| format!("<!-- more {part} -->");
    let parts = plan_in_parts(&of, None, &context(), 12, marker);
    assert!(parts.len() > 2, "{}", parts.len());
    for (number, part) in (1..).zip(&parts) {
        assert!(Limit::COMMENT.allows(part), "{number}");
        let begin = if number == 1 { context().marker.to_owned() } else { marker(number) };
        assert!(part.starts_with(&begin), "{part}");
        assert_eq!(part.contains(": see the next comment"), number < parts.len(), "{number}");
    }
    let all = parts.concat();
    let times = |product: &String| all.matches(&format!("`{product}`")).count();
    assert!(removed.iter().all(|product| times(product) == 1), "each removal is named once");
    // If there may be no more comments, the last one says where the rest is.
    let parts = plan_in_parts(&of, None, &context(), 2, marker);
    assert_eq!(parts.len(), 2);
    assert!(parts[1].contains("more taken away.") && parts[1].contains("The whole is in [the summary"), "{}", parts[1]);
    assert_eq!(plan_in_parts(&large(40), None, &context(), 12, marker), [plan(&large(40), None, &context())]);
}
