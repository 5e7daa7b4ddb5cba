//! Changes and failures that many recipient accounts share: shown once, and with the name of every account.

use insta::assert_snapshot;

use super::super::super::sample;
use super::super::{Context, Limit, drift, plan, report};
use super::{context, since};
use crate::model::change::{Target, TargetState};
use crate::model::report::{Failure, Outcome, Report};

fn accounts(number: u32) -> Vec<Target> {
    (0..number).map(|number| sample::recipient(number, "us-east-1", &["Analyst", "Engineer"])).collect()
}

/// Whether every account is named in a part of a text.
fn names_all(text: &str, number: u32) -> bool {
    (0..number).all(|number| text.contains(&format!("team-{number} `3333{number:08}`")))
}

#[test]
fn loss_in_a_few_accounts_names_them_at_once() {
    let text = plan(&sample::plan(accounts(3)), None, &context());
    let (shown, _) = text.split_once("<!-- about").unwrap();
    assert_snapshot!(shown, @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: ⚠️ 6 to remove (taken from team-0, team-1 and team-2)

    3 targets

    > [!CAUTION]
    > <b>This takes away:</b>
    >
    > - `role/Analyst` and `role/Engineer` may no longer launch from portfolio <b>Data Platform</b> (acme) in team-0 `333300000000`, team-1 `333300000001` and team-2 `333300000002` in us-east-1

    | target | remove |
    | :-- | --: |
    | recipient <b>Data Platform</b> · each of 3 accounts · us-east-1 | <b>2</b> |

    <details open><summary>recipient <b>Data Platform</b> <code>port-data</code> · acme · 3 accounts · us-east-1: 2 to remove in each of 3 accounts</summary>

    ```diff
    - revoke  role/Analyst   not listed
    - revoke  role/Engineer   not listed
    ```

    In team-0 333300000000, team-1 333300000001 and team-2 333300000002

    </details>
    "#);
}

#[test]
fn loss_in_many_accounts_is_one_bullet_that_names_each_of_them() {
    let text = plan(&sample::plan(accounts(500)), None, &context());
    assert!(Limit::COMMENT.allows(&text), "{}", text.len());
    assert!(text.contains("1000 to remove"), "{text}");
    let (losses, rest) = text.split_once("> [!CAUTION]").unwrap().1.split_once("\n\n").unwrap();
    assert_eq!(losses.matches("may no longer launch").count(), 1, "{losses}");
    assert!(losses.contains("<b>500 accounts</b> in us-east-1") && names_all(losses, 500), "{losses}");
    assert_eq!(rest.matches("revoke").count(), 2, "{rest}");
    let text = drift(&sample::plan(accounts(500)), None, &context(), &since());
    assert!(Limit::COMMENT.allows(&text) && !text.contains("✂️"), "{text}");
}

#[test]
fn names_that_do_not_fit_are_counted_and_it_is_said_where_they_are() {
    let small = Context { limit: Limit::Characters(4_000), ..context() };
    let text = plan(&sample::plan(accounts(500)), None, &small);
    assert!(small.limit.allows(&text), "{}", text.len());
    assert!(text.contains("The whole is in [the summary of run 101]"), "{text}");
    let named = (0..500).filter(|number| text.contains(&format!("`3333{number:08}`"))).count();
    assert!(named > 20 && text.contains(&format!("{} more", 500 - named)), "{named}: {text}");
}

#[test]
fn accounts_that_can_not_be_read_are_named_where_there_is_no_room_for_anything_that_is_given() {
    let unread = |mut target: Target| {
        let reason = format!("AssumeRole in {} us-east-1: AccessDenied: no", target.account);
        target.state = TargetState::Unreadable { reason, source: None };
        target
    };
    let mut targets: Vec<Target> = accounts(500).into_iter().map(unread).collect();
    let entries = (0..2_000).map(|n| sample::approve(&format!("prod-{n}x"), "A tool with a rather long name", 9));
    targets.push(sample::experience("baseline", "Baseline", entries.collect()));
    let text = plan(&sample::plan(targets), None, &context());
    assert!(Limit::COMMENT.allows(&text), "{}", text.len());
    let boxed = text.split_once("> [!WARNING]").unwrap().1.split_once("\n\n").unwrap().0;
    assert_eq!(boxed.matches("AccessDenied").count(), 1, "{boxed}");
    assert!((0..500).all(|number| boxed.contains(&format!("team-{number} 3333{number:08}"))), "{boxed}");
    assert!(text.contains("✂️"), "{text}");
}

/// An apply that fails in most accounts for one reason, and in team-1 for another.
fn failed(number: u32) -> Report {
    let failed = |target: Target| {
        let code =
            if target.account_name.as_deref() == Some("team-1") { "ThrottlingException" } else { "AccessDenied" };
        let failure = Failure {
            operation: "DisassociatePrincipalFromPortfolio".to_owned(),
            code: code.to_owned(),
            message: format!("not authorized in {}", target.account),
            account: target.account.clone(),
            region: target.region.clone(),
        };
        (target, vec![Outcome::Applied, Outcome::Failed(failure)])
    };
    sample::report(accounts(number).into_iter().map(failed).collect())
}

#[test]
fn failures_are_named_one_by_one_below_what_aws_said() {
    let text = report(&failed(4), &context());
    let (shown, _) = text.split_once("\n<sub>").unwrap();
    assert_snapshot!(shown, @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### ⚠️ Applied in part: 4 removed; 4 failed

    > [!CAUTION]
    > <b>Failed:</b>
    >
    > - <b>3 changes</b>: <b>AccessDenied</b>: not authorized in {account} (`DisassociatePrincipalFromPortfolio`)
    >   - revoke <b>role/Engineer</b> in `team-0 333300000000 (data-platform, us-east-1)`
    >   - revoke <b>role/Engineer</b> in `team-2 333300000002 (data-platform, us-east-1)`
    >   - revoke <b>role/Engineer</b> in `team-3 333300000003 (data-platform, us-east-1)`
    > - revoke <b>role/Engineer</b> `arn:aws:iam::333300000001:role/Engineer` in recipient <b>Data Platform</b> · acme/team-1 <code>333300000001</code> · us-east-1: <b>ThrottlingException</b>: not authorized in 333300000001 (`DisassociatePrincipalFromPortfolio` in team-1 `333300000001` us-east-1)

    <b>Running it again is safe. What was left needs this:</b>

    - 1 change failed for a reason that passes: run it again.
    - 3 changes denied: give the role what it lacks, as said above (<code>catalog-sync doctor --mode apply</code> checks all of it), then run it again.

    | target | applied | failed |
    | :-- | --: | --: |
    | recipient <b>Data Platform</b> · each of 4 accounts · us-east-1 | 1 | <b>1</b> |

    <details><summary>recipient <b>Data Platform</b> <code>port-data</code> · acme · 4 accounts · us-east-1: 1 removed in each of 4 accounts</summary>

    ```diff
    - revoke  role/Analyst   not listed
    ```

    In team-0 333300000000, team-1 333300000001, team-2 333300000002 and team-3 333300000003

    </details>
    "#);
    let text = report(&failed(500), &context());
    assert!(Limit::COMMENT.allows(&text), "{}", text.len());
    let boxed = text.split_once("> [!CAUTION]").unwrap().1.split_once("\n\n").unwrap().0;
    assert_eq!(boxed.matches("AccessDenied").count(), 1, "{boxed}");
    for number in (0..500).filter(|number| *number != 1) {
        let named = format!("in `team-{number} 3333{number:08} (data-platform, us-east-1)`");
        assert_eq!(boxed.lines().filter(|line| line.contains(&named)).count(), 1, "{named}: {boxed}");
    }
    assert!(boxed.contains("ThrottlingException"), "{boxed}");
}
