//! `until`, `ignore` and `require`.

use super::*;

#[test]
fn share_that_is_over_is_as_if_it_were_not_listed() {
    let text = "portfolio: Data\nshares:\n  - {account: \"333333333333\", notes: PLAT-77, until: 2026-11-19}\n\
                \x20 - {ou: Workloads, until: 2026-11-20}\n  - {organization: acme, until: 2027-06-30}\n\
                ignore:\n  - account: \"777777777777\"\n  - ou: Sandbox\n";
    let texts = [("settings.yaml", SETTINGS), ("portfolios/x.yaml", text)];
    let desired = load(&files(&texts), today()).desired.unwrap();
    let portfolio = desired.portfolios.values().next().unwrap();
    let ends = |share: &crate::model::desired::DesiredShare| share.until.map(|it| (it.day.to_string(), it.is_near));
    assert_eq!(portfolio.expired.iter().filter_map(ends).collect::<Vec<_>>(), [("2026-11-19".to_owned(), false)]);
    assert_eq!(
        portfolio.shares.iter().filter_map(ends).collect::<Vec<_>>(),
        [("2026-11-20".to_owned(), true), ("2027-06-30".to_owned(), false)]
    );
    assert_eq!(portfolio.ignored.len(), 2);
    insta::assert_snapshot!(told(&texts), @"
    portfolios/x.yaml:3:54-64 warning until_passed: the `until` of the share with the account `333333333333` passed on 2026-11-19 | it counts as not listed: take it out, or give it a later `until`
    portfolios/x.yaml:4:28-38 warning until_near: the share with the OU `Workloads` counts until 2026-11-20, which is today | review it: from the day after it counts as not listed
    ");
}

#[test]
fn ignored_and_listed_at_once_is_an_error() {
    insta::assert_snapshot!(told(&[
        ("settings.yaml", SETTINGS),
        (
            "portfolios/x.yaml",
            "portfolio: Data\nshares:\n  - {account: \"333333333333\", through_organization: true}\n  - ou: A\n\
             ignore:\n  - account: \"333333333333\"\n  - ou: A\n  - ou: B\n  - ou: B\n  - organization: subsidiary\n  \
             - {ou: C, account: \"333333333334\"}\n",
        ),
        (
            "marketplace/x.yaml",
            "approved: [prod-aaaaaaaaaaaa1]\nignore: [prod-aaaaaaaaaaaa1, prod-aaaaaaaaaaaa2, prod-aaaaaaaaaaaa2]\n\
             experiences:\n  - {organization: acme, id: exp-1}\n",
        ),
    ]), @"
    marketplace/x.yaml:2:10-28 listed_and_ignored: `prod-aaaaaaaaaaaa1` is left alone here and listed on line 1 | keep one of the two
    marketplace/x.yaml:2:50-68 duplicate_entry: `prod-aaaaaaaaaaaa2` is here a second time | it is on line 2 already: keep one
    portfolios/x.yaml:6:5 listed_and_ignored: the account `333333333333` is left alone here and listed on line 3 | keep one of the two
    portfolios/x.yaml:7:5 listed_and_ignored: the OU `A` is left alone here and listed on line 4 | keep one of the two
    portfolios/x.yaml:9:5 duplicate_entry: the OU `B` is here a second time | it is on line 8 already: keep one
    portfolios/x.yaml:10:19-29 foreign_organization: the portfolio is of `acme` and is never shared with `subsidiary` | take the entry out: there is nothing to leave alone
    portfolios/x.yaml:11:6-8 one_of: an entry of `ignore` has `account` and `ou`, which exclude each other | keep one of `account`, `ou` or `organization`
    ");
}

#[test]
fn own_entry_that_is_over_wins_over_what_is_included() {
    let (base, other) = ("approved: [prod-aaaaaaaaaaaa1]\n", "rejected: [prod-aaaaaaaaaaaa1]\n");
    let own = "include: [base, other]\napproved:\n  - {id: prod-aaaaaaaaaaaa1, until: 2026-11-01}\n  \
               - prod-aaaaaaaaaaaa2\nexperiences:\n  - {organization: acme, id: exp-1}\n";
    let texts = [
        ("settings.yaml", SETTINGS),
        ("marketplace/base.yaml", base),
        ("marketplace/other.yaml", other),
        ("marketplace/own.yaml", own),
    ];
    let loaded = load(&files(&texts), today());
    assert_eq!(loaded.errors(), 0, "lists that disagree stay decided: {:#?}", loaded.findings);
    let products = loaded.desired.unwrap().experiences[0].products.listed().cloned().unwrap();
    let over = &products.expired[&"prod-aaaaaaaaaaaa1".parse().unwrap()];
    assert_eq!((over.day.to_string(), over.source.line), ("2026-11-01".to_owned(), 3));
    assert_eq!((products.approved.len(), products.rejected.len()), (1, 0));
}

#[test]
fn included_entry_that_is_over_leaves_the_word_to_another_list() {
    let texts = [
        ("settings.yaml", SETTINGS),
        (
            "marketplace/base.yaml",
            "approved: [{id: prod-aaaaaaaaaaaa1, until: 2026-11-01}, {id: prod-aaaaaaaaaaaa2, until: 2026-11-01}]\n",
        ),
        ("marketplace/other.yaml", "rejected: [prod-aaaaaaaaaaaa1]\nignore: [prod-aaaaaaaaaaaa3]\n"),
        (
            "marketplace/own.yaml",
            "include: [base, other]\nunlisted: keep\nexperiences:\n  - {organization: acme, id: exp-1}\n",
        ),
    ];
    let loaded = load(&files(&texts), today());
    let products = loaded.desired.unwrap().experiences[0].products.listed().cloned().unwrap();
    assert!(products.rejected.contains_key(&"prod-aaaaaaaaaaaa1".parse().unwrap()));
    assert!(products.ignored.contains_key(&"prod-aaaaaaaaaaaa3".parse().unwrap()));
    let over: Vec<&str> = products.expired.keys().map(ProductId::as_str).collect();
    assert_eq!(over, ["prod-aaaaaaaaaaaa2"]);
}

#[test]
fn what_has_no_effect_is_said() {
    insta::assert_snapshot!(told(&[
        ("settings.yaml", SETTINGS),
        (
            "portfolios/x.yaml",
            "portfolio: Data\nshares:\n  - {account: \"333333333333\", until: 2027-11-19}\nunlisted_shares: keep\n",
        ),
        (
            "marketplace/x.yaml",
            "include: [base]\napproved: [{id: prod-aaaaaaaaaaaa1, until: 2027-06-30}]\nunlisted: keep\n\
             experiences:\n  - {organization: acme, id: exp-1}\n",
        ),
        ("marketplace/base.yaml", "approved: [prod-aaaaaaaaaaaa2]\nunlisted: keep\n"),
    ]), @"
    marketplace/base.yaml:2:1-9 warning keep_without_effect: `unlisted: keep` has no effect here: `base` governs no experience by itself | write it into the list that has `experiences`; it is not inherited by including
    marketplace/x.yaml:2:44-54 warning until_without_effect: `until` has no effect beside `unlisted: keep`: what is not listed stays as it is | take `until` out, or `unlisted: keep` and name what is to be kept under `ignore`
    portfolios/x.yaml:3:38-48 warning until_without_effect: `until` has no effect beside `unlisted_shares: keep`: what is not listed stays as it is | take `until` out, or `unlisted_shares: keep` and name what is to be kept under `ignore`
    ");
}

#[test]
fn required_fields_are_asked_of_every_entry() {
    let settings = format!("{SETTINGS}require:\n  products: [notes, until]\n  shares: [notes, notes]\n");
    insta::assert_snapshot!(told(&[
        ("settings.yaml", &settings),
        (
            "portfolios/x.yaml",
            "portfolio: Data\nshares:\n  - {account: \"333333333333\", notes: PLAT-1}\n  - ou: A\n",
        ),
        (
            "marketplace/x.yaml",
            "approved:\n  - {id: prod-aaaaaaaaaaaa1, notes: S-1, until: 2027-06-30}\n  - prod-aaaaaaaaaaaa2\n\
             rejected: [{id: prod-aaaaaaaaaaaa3, notes: x}]\nignore: [prod-aaaaaaaaaaaa4]\n\
             experiences:\n  - {organization: acme, id: exp-1}\n",
        ),
    ]), @"
    marketplace/x.yaml:3:5-23 missing_required: `prod-aaaaaaaaaaaa2` has no `notes`, which `require` in the settings asks of every entry | add `notes: …`
    marketplace/x.yaml:3:5-23 missing_required: `prod-aaaaaaaaaaaa2` has no `until`, which `require` in the settings asks of every entry | add `until: …`
    marketplace/x.yaml:4:17-35 missing_required: `prod-aaaaaaaaaaaa3` has no `until`, which `require` in the settings asks of every entry | add `until: …`
    portfolios/x.yaml:4:5 missing_required: the share with the OU `A` has no `notes`, which `require` in the settings asks of every entry | add `notes: …`
    settings.yaml:19:19-24 duplicate_entry: `notes` is here a second time | it is on line 19 already: keep one
    ");
}

#[test]
fn limits_by_kind_are_read_with_their_defaults() {
    let limit = |text: &str| {
        let settings = format!("{SETTINGS}safety:\n  max_removals: {text}\n");
        load(&files(&[("settings.yaml", &settings)]), today()).desired.map(|it| it.settings.max_removals.to_string())
    };
    assert_eq!(limit("7").as_deref(), Some("7"));
    assert_eq!(limit("{portfolios: 5}").as_deref(), Some("portfolios: 5, marketplace: 20"));
    assert_eq!(limit("{portfolios: 5, marketplace: 50}").as_deref(), Some("portfolios: 5, marketplace: 50"));
    assert_eq!(limit("{}").as_deref(), Some("portfolios: 20, marketplace: 20"));
    assert_eq!(limit("{everything: 5000}"), None);
}

const SHARED_BY_NAME: &str = "\
portfolio: Data
shares:
  - ou: A
    principals: true # catalog-sync: ignore[principal_sharing] PLAT-7
  - ou: B # the second # catalog-sync: ignore[principal_sharing] PLAT-8
    tag_options: true
    principals: true
  - ou: C
    principals: true
  - ou: D # catalog-sync: ignore[principal_sharing]
    principals: true
  - {ou: E, principals: true, notes: 'x # catalog-sync: ignore[principal_sharing] no comment'}
";

#[test]
fn warning_is_silenced_on_its_line_and_on_the_first_line_of_its_entry() {
    insta::assert_snapshot!(told(&[("settings.yaml", SETTINGS), ("portfolios/x.yaml", SHARED_BY_NAME)]), @"
    portfolios/x.yaml:9:17-21 warning principal_sharing: principals are shared by name: whoever may create a role of that name in a recipient account gets into the portfolio | without `principals` each recipient grants access itself
    portfolios/x.yaml:10:11-52 warning ignore_without_reason: `principal_sharing` is not silenced, because the comment gives no reason | write the reason behind the bracket
    portfolios/x.yaml:11:17-21 warning principal_sharing: principals are shared by name: whoever may create a role of that name in a recipient account gets into the portfolio | without `principals` each recipient grants access itself
    portfolios/x.yaml:12:25-29 warning principal_sharing: principals are shared by name: whoever may create a role of that name in a recipient account gets into the portfolio | without `principals` each recipient grants access itself
    ");
}

#[test]
fn reason_may_name_a_ticket_and_a_line_may_have_several_comments_to_silence() {
    let text = "portfolio: Data\nshares:\n  - ou: Root/A # catalog-sync: ignore[begins_with_root] see #12 # \
                catalog-sync: ignore[principal_sharing] as in #13\n    principals: true\n";
    assert_eq!(told(&[("settings.yaml", SETTINGS), ("portfolios/x.yaml", text)]), "");
}

#[test]
fn silence_of_an_entry_ends_before_the_next_one() {
    let text = "portfolio: Data\nshares:\n  - ou: A # catalog-sync: ignore[principal_sharing] ours\n    principals: true\n    \
                notes: |\n      long\n\n  - {ou: B, principals: true}\n";
    let told = told(&[("settings.yaml", SETTINGS), ("portfolios/x.yaml", text)]);
    assert!(told.starts_with("portfolios/x.yaml:8:") && told.lines().count() == 1, "{told}");
}

#[test]
fn comment_that_silences_nothing_is_a_finding() {
    let text = "portfolio: Data # catalog-sync: ignore[principal_sharing] of a plan, so it may be\n\
                shares: # catalog-sync: ignore[until_passed] nothing has\n\
                \x20 - {ou: A, tag_options: true} # catalog-sync: ignore[until_pased] a slip\n\
                \x20 - ou: B # catalog-sync: ignore[duplicate_entry] an error\n\
                \x20 - ou: C # catalog-sync: ignore[unused_ignore] itself\n\
                \x20 - ou: D # catalog-sync: ignore principal_sharing\n\
                # catalog-sync: ignore[outside_organization] of a plan\n";
    insta::assert_snapshot!(told(&[("settings.yaml", SETTINGS), ("portfolios/x.yaml", text)]), @"
    portfolios/x.yaml:2:9-57 warning unused_ignore: `until_passed` is not found here: the comment silences nothing | take the comment out, or put it at the end of the line, or of the entry's first line, that it is about
    portfolios/x.yaml:3:32-74 warning unknown_ignore: `until_pased` is no warning that can be silenced | did you mean `until_passed`?
    portfolios/x.yaml:4:11-59 warning unknown_ignore: `duplicate_entry` is an error, and errors can't be silenced | mend what it is about, and take the comment out
    portfolios/x.yaml:5:11-55 warning unknown_ignore: `unused_ignore` is about comments, and can't be silenced by one | mend or remove the comment that it is about
    portfolios/x.yaml:6:11-51 warning unknown_ignore: the comment `catalog-sync: ignore principal_sharing` has no form that catalog-sync knows | write `# catalog-sync: ignore[code] reason`
    ");
}

#[test]
fn error_is_never_silenced_and_nothing_is_judged_beside_one() {
    let text = "portfolio: Data\nshares:\n  - ou: A # catalog-sync: ignore[until_near] reason\n  - ou: A\n";
    let told = told(&[("settings.yaml", SETTINGS), ("portfolios/x.yaml", text)]);
    assert!(told.contains("duplicate_entry") && !told.contains("unused_ignore"), "{told}");
}

#[test]
fn silences_reach_the_plan_with_the_lines_of_their_entries() {
    let loaded = load(&files(&[("settings.yaml", SETTINGS), ("portfolios/x.yaml", SHARED_BY_NAME)]), today());
    let silences = loaded.desired.unwrap().silences;
    let lines: Vec<(u32, u32)> = silences.iter().map(|silence| (silence.first, silence.last)).collect();
    assert_eq!(lines, [(4, 4), (5, 7)]);
}
