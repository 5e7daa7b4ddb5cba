//! Accounts and targets that share a cause: shown once, with their names, folded if they are many.

use insta::assert_snapshot;

use super::super::super::{annotations, sample};
use super::super::{Context, Limit, drift, plan, report};
use super::{context, since};

/// The boxes and headlines of a text.
fn boxes(text: &str) -> String {
    text.lines().filter(|line| line.starts_with('>') || line.starts_with("###")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_accounts_that_lose_something_are_counted_named_and_folded() {
    let text = plan(&sample::plan(vec![sample::replaced()]), None, &context());
    let (shown, rest) = text.split_once("<details><summary>who</summary>").unwrap();
    let (folded, rest) = rest.split_once("</details>").unwrap();
    assert_eq!(folded.split(", ").count(), 300, "{folded}");
    assert_snapshot!(boxes(&format!("{shown}(…){rest}")), @"
    ### Catalog plan: ⚠️ 5 to remove, 1 to create (taken from 303 accounts)
    > [!CAUTION]
    > <b>This takes away:</b>
    >
    > - <b>Workloads/Staging</b> `ou-acme-stag0001` no longer gets principals of portfolio <b>Data Platform</b> (acme) in us-east-1; concerns 1 account: shop-staging 333333333341
    > - <b>shop</b> `333333333331` loses its own share of portfolio <b>Data Platform</b> (acme) in us-east-1; keeps it by another share; after the share with Workloads/Production ou-acme-prod0001 is made
    > - <b>Shops</b> `ou-acme-shop0001` loses portfolio <b>Data Platform</b> (acme) in us-east-1; 1 account loses it: billing 333333333332; after the share with Workloads/Production ou-acme-prod0001 is made
    > - <b>Teams</b> `ou-acme-team0001` loses portfolio <b>Data Platform</b> (acme) in us-east-1; 300 accounts lose it: team-0 555555555000, team-1 555555555001, team-2 555555555002, team-3 555555555003, team-4 555555555004, team-5 555555555005, 294 more (…)
    > - <b>partner</b> `999999999999` loses portfolio <b>Data Platform</b> (acme) in us-east-1
    ");
}

#[test]
fn folded_names_go_before_what_is_taken_away_does() {
    let small = Context { limit: Limit::Characters(3_000), ..context() };
    let text = plan(&sample::plan(vec![sample::replaced()]), None, &small);
    assert!(Limit::Characters(3_000).allows(&text), "{text}");
    assert!(!text.contains("<summary>who</summary>") && text.contains("300 accounts lose it"), "{text}");
}

#[test]
fn one_wrong_role_name_makes_a_short_comment() {
    let of = sample::plan(sample::without_role(124));
    let text = plan(&of, None, &context());
    assert_eq!(text.matches("sts:AssumeRole").count(), 1, "{text}");
    assert!((0..124).all(|n| text.contains(&format!("portfolio/file-{n}/"))), "{text}");
    assert!(text.contains("portfolio/file-7/acme/us-east-1 in team-7 333333333007"), "{text}");
    assert!(text.len() < 10_000, "{}", text.len());
    let (shown, rest) = text.split_once("<details>").unwrap();
    assert_snapshot!(format!("{shown}(…){}", rest.split_once("</details>").unwrap().1), @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### Catalog plan: 124 targets could not be read

    124 targets · 124 not readable

    > [!WARNING]
    > - <b>124 targets could not be read</b>: AssumeRole in {account} us-east-1: AccessDenied: not authorized to perform sts:AssumeRole on arn:aws:iam::{account}:role/wrong-plan. Nothing is planned there. (…)

    | target |
    | :-- |
    | ⚠️ 124 targets could not be read |

    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · catalog-sync 0.1.0</sub>
    "#);
    let lines = annotations::plan(&of);
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert_snapshot!(lines, @"::error file=catalog/portfolios/file-0.yaml,line=1,col=5,endColumn=19,title=124 targets could not be read::AssumeRole in {account} us-east-1: AccessDenied: not authorized to perform sts:AssumeRole on arn:aws:iam::{account}:role/wrong-plan%0AConcerns portfolio/file-0/acme/us-east-1 in team-0 333333333000, portfolio/file-1/acme/us-east-1 in team-1 333333333001, portfolio/file-10/acme/us-east-1 in team-10 333333333010, portfolio/file-100/acme/us-east-1 in team-100 333333333100, portfolio/file-101/acme/us-east-1 in team-101 333333333101, portfolio/file-102/acme/us-east-1 in team-102 333333333102, portfolio/file-103/acme/us-east-1 in team-103 333333333103, portfolio/file-104/acme/us-east-1 in team-104 333333333104, portfolio/file-105/acme/us-east-1 in team-105 333333333105, portfolio/file-106/acme/us-east-1 in team-106 333333333106, portfolio/file-107/acme/us-east-1 in team-107 333333333107, portfolio/file-108/acme/us-east-1 in team-108 333333333108, portfolio/file-109/acme/us-east-1 in team-109 333333333109, portfolio/file-11/acme/us-east-1 in team-11 333333333011, portfolio/file-110/acme/us-east-1 in team-110 333333333110, portfolio/file-111/acme/us-east-1 in team-111 333333333111, portfolio/file-112/acme/us-east-1 in team-112 333333333112, portfolio/file-113/acme/us-east-1 in team-113 333333333113, portfolio/file-114/acme/us-east-1 in team-114 333333333114, portfolio/file-115/acme/us-east-1 in team-115 333333333115 and 104 more");
}

#[test]
fn one_refusal_makes_a_short_result() {
    let of = sample::refused_everywhere(124);
    let text = report(&of, &context());
    assert_eq!(text.matches("is not authorized").count(), 1, "{text}");
    assert!(text.len() < 30_000, "{}", text.len());
    let named: Vec<&str> = text.lines().filter(|line| line.starts_with(">   - ")).collect();
    assert_eq!(named.len(), 124, "{text}");
    let shown = text.split("| target").next().unwrap().replace(&named[1..].join("\n"), ">   (…)");
    assert_snapshot!(shown, @r#"
    <!-- catalog-sync:plan {"v":1} -->
    ### ⚠️ Not applied: 124 failed

    > [!CAUTION]
    > <b>Failed:</b>
    >
    > - <b>124 changes</b>: <b>AccessDeniedException</b>: User: arn:aws:sts::111111111111:assumed-role/x is not authorized arn:aws:iam::{account}:role/wrong-apply (`DeletePortfolioShare`)
    >   - share <b>partner</b> `999999999998` in `portfolio/file-0/acme/us-east-1 in team-0 333333333000`
    >   (…)

    <b>Running it again is safe. What was left needs this:</b>

    - 124 changes denied: give the role what it lacks, as said above (<code>catalog-sync doctor --mode apply</code> checks all of it), then run it again.
    "#);
    let lines = annotations::report(&of);
    assert_eq!(lines.lines().count(), 1, "{lines}");
}

#[test]
fn warnings_that_differ_in_the_name_of_an_account_alone_are_one() {
    let ids: Vec<String> = (0..20).map(|n| format!("3333333333{n:02}")).collect();
    let changes = ids.iter().zip(2..).map(|(id, line)| sample::share(sample::account(id), &format!("team {id}"), line));
    let mut target = sample::portfolio("data-platform", "Data", changes.collect());
    for (id, line) in ids.iter().zip(2..) {
        target = sample::warned(target, "suspended_account", &format!("account team {id} {id} is suspended"), line);
    }
    let text = plan(&sample::plan(vec![target]), None, &context());
    let warned: Vec<&str> = text.lines().filter(|line| line.contains("suspended")).collect();
    assert_snapshot!(warned.join("\n"), @"> - <b>suspended account</b> in portfolio <b>Data</b> · acme · us-east-1, 20 times: account {name} {id} is suspended: team 333333333300 333333333300 (data-platform.yaml:2), team 333333333301 333333333301 (data-platform.yaml:3), team 333333333302 333333333302 (data-platform.yaml:4) and <details><summary>17 more</summary>team 333333333303 333333333303 (data-platform.yaml:5), team 333333333304 333333333304 (data-platform.yaml:6), team 333333333305 333333333305 (data-platform.yaml:7), team 333333333306 333333333306 (data-platform.yaml:8), team 333333333307 333333333307 (data-platform.yaml:9), team 333333333308 333333333308 (data-platform.yaml:10), team 333333333309 333333333309 (data-platform.yaml:11), team 333333333310 333333333310 (data-platform.yaml:12), team 333333333311 333333333311 (data-platform.yaml:13), team 333333333312 333333333312 (data-platform.yaml:14), team 333333333313 333333333313 (data-platform.yaml:15), team 333333333314 333333333314 (data-platform.yaml:16), team 333333333315 333333333315 (data-platform.yaml:17), team 333333333316 333333333316 (data-platform.yaml:18), team 333333333317 333333333317 (data-platform.yaml:19), team 333333333318 333333333318 (data-platform.yaml:20), team 333333333319 333333333319 (data-platform.yaml:21)</details>");
}

/// A change is worded once, independent of the limit and of how many texts are tried until one fits.
#[test]
fn the_work_grows_with_the_plan_and_not_with_the_search_for_what_fits() {
    let worded = |n: usize| {
        let changes = (0..n).map(|n| sample::approve(&format!("prod-{n}x"), "A tool with a rather long name", 9));
        let of = sample::plan(vec![sample::experience("baseline", "Baseline", changes.collect())]);
        let before = crate::render::line::worded();
        let text = plan(&of, None, &context());
        assert!(Limit::COMMENT.allows(&text));
        crate::render::line::worded() - before
    };
    assert_eq!((worded(100), worded(2_000)), (100, 2_000));
}

#[test]
fn same_change_in_several_regions_is_told_once_and_counted_in_each() {
    let of = sample::plan(sample::in_three_regions());
    let text = plan(&of, None, &context());
    assert_snapshot!(text.split_once("\n<details").unwrap().1, @"
     open><summary>portfolio <b>Data Platform</b> <code>port-eu-west-1</code>, <code>port-us-east-1</code>, <code>port-us-west-2</code> · acme/hub <code>111111111111</code> · eu-west-1, us-east-1, us-west-2: 1 to remove, 1 to create in each of 3 regions</summary>

    ```diff
    - unshare  partner 999999999999
               ↳ after the share with Workloads/Production ou-acme-prod0001 is made
    + share    Workloads/Production ou-acme-prod0001   tag options
    ```

    Asked for in [data-platform.yaml:8](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L8)

    </details>

    <details open><summary>portfolio <b>Data Platform</b> <code>port-eu-west-1</code>, <code>port-us-east-1</code> · acme/hub <code>111111111111</code> · eu-west-1, us-east-1: 1 to create in each of 2 regions</summary>

    ```diff
    + share  shop 333333333331
    ```

    Asked for in [data-platform.yaml:9](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L9)

    </details>

    <details open><summary>portfolio <b>Data Platform</b> <code>port-us-east-1</code> · acme/hub <code>111111111111</code> · us-east-1: 1 to remove</summary>

    ```diff
    - unshare  Shops ou-acme-shop0001
               ↳ 1 account loses it: billing 333333333332
               ↳ after the share with Workloads/Production ou-acme-prod0001 is made
    ```

    </details>

    <details open><summary>portfolio <b>Data Platform</b> <code>port-us-west-2</code> · acme/hub <code>111111111111</code> · us-west-2: 1 to remove, 1 to create</summary>

    ```diff
    - unshare  Shops ou-acme-shop0001
               ↳ no account loses it: other shares reach the same accounts, or there are none
               ↳ after the share with Workloads/Production ou-acme-prod0001 is made
    + share    shop 333333333331
               ↳ the recipient has to accept it
    ```

    Asked for in [data-platform.yaml:9](https://github.com/acme/catalog/blob/4be1c02d5f/catalog/portfolios/data-platform.yaml#L9)

    </details>

    <!-- about 6e37c8df 8fdd930b b12adb2d -->
    <sub>Plan of 4be1c02 against main 77d01aa · digest `sha256:9f2c41aa05d7…` · [run 101](https://github.com/acme/catalog/actions/runs/101) · <!-- state -->merge to apply<!-- /state --> · catalog-sync 0.1.0</sub>
    ");
    assert!(text.contains("5 to remove, 6 to create"), "{text}");
    let text = drift(&of, None, &context(), &since());
    assert_eq!(text.matches("+ share  Workloads/Production").count(), 1, "{text}");
}
