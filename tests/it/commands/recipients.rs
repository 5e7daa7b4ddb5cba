//! Inside the accounts that receive a portfolio: shares are accepted, principals may launch, and what left the catalog
//! is undone.

use catalog_sync::sandbox::World;
use serde_json::Value;

use super::bed::Bed;

const SETTINGS: &str = "version: 1\norganizations:\n  acme:\n    id: o-acme000001\n    service_catalog_account: \
                        \"111111111112\"\naccess:\n  role: arn:aws:iam::{account}:role/catalog-sync-{mode}\nregions: \
                        [us-east-1]\n";
const FILE: &str = "catalog/portfolios/data.yaml";
const PORTFOLIO: &str = "port-data";
const ENGINEER: &str = "arn:aws:iam::333333333331:role/DataEngineer";
const PATTERN: &str = "arn:aws:iam:::role/*-DataEngineer";

/// A hub whose portfolio has no share yet, two accounts in an OU, one in another OU, and a partner outside of the
/// organization.
fn world(portfolio: &str, accounts: &str) -> String {
    format!(
        "organizations:\n  acme:\n    id: o-acme000001\n    management_account: \"111111111111\"\n    \
         delegated_administrators:\n      servicecatalog.amazonaws.com: [\"111111111112\"]\n    accounts:\n      \
         \"111111111111\": management\n    ous:\n      - name: Shared\n        id: ou-acme-shared01\n        accounts: \
         {{\"111111111112\": hub}}\n      - name: Shops\n        id: ou-acme-shops001\n        accounts:\n          \
         \"333333333331\": shop\n          \"333333333332\": billing\n          \"333333333339\": {{name: old, status: \
         SUSPENDED}}\n        ous:\n          - name: Deep\n            id: ou-acme-deep0001\n            accounts: \
         {{\"333333333333\": deep}}\naccounts:\n  \"111111111112\":\n    regions:\n      us-east-1:\n        \
         portfolios:\n          {PORTFOLIO}: {portfolio}\n{accounts}"
    )
}

fn bed(portfolio: &str, accounts: &str, catalog: &str) -> Bed {
    let bed = Bed::new(&world(portfolio, accounts), &[("catalog/settings.yaml", SETTINGS), (FILE, catalog)]);
    bed.git(&["init", "-q"]);
    bed.git(&["add", "catalog"]);
    bed.git(&["commit", "-qm", "The catalog"]);
    bed
}

/// The principals that an account granted the imported portfolio to.
fn principals(bed: &Bed, account: &str) -> Vec<String> {
    let world = World::read(&bed.path("world.yaml")).unwrap();
    let import = world.accounts.get(account).and_then(|it| it.regions.get("us-east-1")?.imports.get(PORTFOLIO));
    import.into_iter().flat_map(|it| &it.principals).map(|it| it.arn.clone()).collect()
}

fn apply(bed: &Bed) {
    bed.sandbox(&["apply", "--auto-approve", "--base", "HEAD"]).ends(0);
    bed.sandbox(&["plan", "--base", "HEAD"]).ends(0).shows("nothing to change");
}

const DIRECT: &str = "portfolio: Data\nshares:\n  - account: \"333333333331\"\nrecipients:\n  - account: \
                      \"333333333331\"\n    principals: [role/DataEngineer]\n";

#[test]
fn share_is_made_then_accepted_then_principals_may_launch() {
    let bed = bed("{name: Data}", "", DIRECT);
    let ran = bed.sandbox(&["plan"]).ends(0);
    assert!(!ran.stdout.contains("the recipient has to accept it"), "{}", ran.stdout);
    let plan = bed.sandbox(&["plan", "--format", "json"]).ends(0).json();
    let of = |name: &str| -> Vec<Value> {
        let targets = plan["targets"].as_array().unwrap();
        let target = targets.iter().find(|target| target["name"] == name).unwrap_or_else(|| panic!("{plan}"));
        target["changes"].as_array().unwrap().clone()
    };
    let [accept, grant] = &of("recipient/data/333333333331/us-east-1")[..] else { panic!("{plan}") };
    assert_eq!((&accept["kind"], &accept["after"]["accepted_by"]), (&"share_acceptance".into(), &"IMPORTED".into()));
    assert_eq!(accept["waits_for"][0]["target"], "portfolio/data/acme/us-east-1");
    assert_eq!(grant["key"], ENGINEER);
    assert_eq!(grant["after"]["principal_type"], "IAM");
    assert_eq!(grant["source"]["line"], 6);
    assert_eq!(grant["waits_for"][0]["kind"], "share_acceptance");
    apply(&bed);
    assert_eq!(principals(&bed, "333333333331"), [ENGINEER]);
}

#[test]
fn saved_plan_of_recipients_is_carried_out() {
    let bed = bed("{name: Data}", "", DIRECT);
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
    bed.sandbox(&["apply", "plan.json", "--auto-approve"]).ends(0);
    assert_eq!(principals(&bed, "333333333331"), [ENGINEER]);
}

#[test]
fn share_of_somebody_else_that_nobody_accepted_is_accepted() {
    let bed = bed("{name: Data, shares: [{account: '333333333331'}]}", "", DIRECT);
    let ran = bed.sandbox(&["plan"]).ends(0);
    assert!(ran.stdout.contains("accept  the share"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("+ share"), "{}", ran.stdout);
    apply(&bed);
}

#[test]
fn nearest_entry_wins_and_suspended_accounts_and_exceptions_are_left_alone() {
    let catalog = "portfolio: Data\nshares:\n  - organization: acme\nrecipients:\n  - organization: acme\n    except: \
                   [\"111111111111\"]\n    principals: [role/Everyone]\n  - ou: Shops\n    except: [\"333333333332\"]\n    \
                   principals: [role/Shop]\n  - ou: Shops/Deep\n    principals: [role/Deep]\n  - account: \
                   \"333333333331\"\n    principals: [role/One, user/alice]\n";
    let bed = bed("{name: Data}", "", catalog);
    apply(&bed);
    let arn = |account: &str, name: &str| format!("arn:aws:iam::{account}:{name}");
    assert_eq!(
        principals(&bed, "333333333331"),
        [arn("333333333331", "role/One"), arn("333333333331", "user/alice")],
        "the account's own"
    );
    assert_eq!(principals(&bed, "333333333333"), [arn("333333333333", "role/Deep")], "the nearer unit's");
    assert_eq!(principals(&bed, "333333333332"), [arn("333333333332", "role/Everyone")], "an entry further up");
    for nobody in ["111111111111", "111111111112", "333333333339"] {
        assert!(principals(&bed, nobody).is_empty(), "{nobody}");
    }
}

#[test]
fn rejected_share_of_the_organization_is_accepted_and_the_plan_says_why() {
    let catalog = "portfolio: Data\nshares:\n  - ou: Shops\nrecipients:\n  - ou: Shops\n    principals: [role/Shop]\n";
    let rejected = "  \"333333333331\": {regions: {us-east-1: {imports: {port-data: {rejected: true}}}}}\n";
    let bed = bed("{name: Data, shares: [{ou: ou-acme-shops001}]}", rejected, catalog);
    bed.sandbox(&["plan"]).ends(0).shows("somebody rejected it in the account");
    apply(&bed);
    assert_eq!(principals(&bed, "333333333331").len(), 1);
}

#[test]
fn whoever_is_not_listed_is_taken_off_but_for_the_owners_patterns() {
    let catalog = "portfolio: Data\nshares:\n  - ou: Shops\n    principals: true\nrecipients:\n  - account: \
                   \"333333333331\"\n    principals:\n      - permission_set: Data\n";
    let hub =
        format!("{{name: Data, principals: ['{PATTERN}'], shares: [{{ou: ou-acme-shops001, principals: true}}]}}");
    let set = "arn:aws:iam:::role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Data_????????????????";
    let there = format!(
        "  \"333333333331\": {{regions: {{us-east-1: {{imports: {{port-data: {{principals: ['{ENGINEER}', '{set}', \
         'arn:aws:iam:::role/Old*', AROAGHOST000000000001]}}}}}}}}}}\n"
    );
    let bed = bed(&hub, &there, catalog);
    let ran = bed.sandbox(&["plan"]).ends(0);
    assert!(ran.stdout.contains("3 to remove"), "{}", ran.stdout);
    assert!(!ran.stdout.contains(PATTERN), "{}", ran.stdout);
    apply(&bed);
    assert_eq!(principals(&bed, "333333333331"), [set]);
}

#[test]
fn bare_id_is_left_alone_while_a_listed_role_is_not_there_by_its_name() {
    let there = "  \"333333333331\": {regions: {us-east-1: {imports: {port-data: {principals: \
                 [AROAGHOST000000000001]}}}}}\n";
    let bed = bed("{name: Data, shares: [{account: '333333333331', accepted: true}]}", there, DIRECT);
    let ran = bed.sandbox(&["plan"]).ends(0).shows("AROAGHOST000000000001 alone");
    assert!(!ran.stdout.contains("revoke"), "{}", ran.stdout);
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    // The role exists by its name now, so the other principal, an id, belongs to no role.
    bed.sandbox(&["plan"]).ends(0).shows("nobody can launch by it");
    apply(&bed);
    assert_eq!(principals(&bed, "333333333331"), [ENGINEER]);
}

#[test]
fn account_that_no_share_reaches_is_an_error_that_names_it_and_the_line() {
    let catalog =
        "portfolio: Data\nshares:\n  - ou: Shops/Deep\nrecipients:\n  - ou: Shops\n    principals: [role/Shop]\n";
    let bed = bed("{name: Data, shares: [{ou: ou-acme-deep0001}]}", "", catalog);
    let ran = bed.sandbox(&["plan"]).ends(1);
    assert!(ran.stdout.contains("no share of the portfolio reaches it: share with it"), "{}", ran.stdout);
    assert!(ran.stdout.contains("shop 333333333331 (data, us-east-1)  data.yaml:5"), "{}", ran.stdout);
    // The account that a share reaches is planned all the same. The printed fix, `except`, works.
    assert!(ran.stdout.contains("arn:aws:iam::333333333333:role/Shop"), "{}", ran.stdout);
    bed.edit(FILE, "ou: Shops\n", "ou: Shops\n    except: [\"333333333331\", \"333333333332\"]\n");
    apply(&bed);
}

#[test]
fn account_that_can_not_be_entered_fails_alone_with_its_role() {
    let catalog = "portfolio: Data\nshares:\n  - ou: Shops\nrecipients:\n  - ou: Shops\n    principals: [role/Shop]\n";
    let bed = bed("{name: Data}", "  \"333333333332\": {roles: {other: {}}}\n", catalog);
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    assert!(ran.stdout.contains("arn:aws:iam::333333333332:role/catalog-sync-apply"), "{}", ran.stdout);
    assert_eq!(principals(&bed, "333333333331").len(), 1);
    assert_eq!(principals(&bed, "333333333333").len(), 1);
    bed.sandbox(&["plan"]).ends(1).shows("arn:aws:iam::333333333332:role/catalog-sync-plan");
}

const UNIT: &str = "portfolio: Data\nshares:\n  - ou: Shops\nrecipients:\n  - ou: Shops\n    principals: [role/Shop]\n";

#[test]
fn account_that_left_the_catalog_is_undone_by_the_base_alone() {
    let bed = bed("{name: Data}", "", UNIT);
    apply(&bed);
    bed.change_world(|world| {
        let region = world.accounts.get_mut("333333333332").unwrap().regions.get_mut("us-east-1").unwrap();
        let import = region.imports.get_mut(PORTFOLIO).unwrap();
        import.principals.push(catalog_sync::sandbox::Principal::new("arn:aws:iam::333333333332:role/Local"));
    });
    bed.edit(FILE, "ou: Shops\n    principals", "ou: Shops\n    except: [\"333333333332\"]\n    principals");
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
    bed.sandbox(&["plan", "--base", "HEAD"]).ends(0).shows("no longer listed");
    apply(&bed);
    assert_eq!(principals(&bed, "333333333332"), ["arn:aws:iam::333333333332:role/Local"], "nobody listed that one");
    assert_eq!(principals(&bed, "333333333331").len(), 1);
}

#[test]
fn share_goes_after_what_was_made_of_it_was_undone() {
    let bed = bed("{name: Data}", "", UNIT);
    apply(&bed);
    std::fs::remove_file(bed.path(FILE)).unwrap();
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    assert_eq!(plan["summary"]["removes"], 4, "{plan}");
    let share = &plan["targets"][0]["changes"][0];
    assert_eq!(share["waits_for"].as_array().unwrap().len(), 3, "{plan}");
    bed.sandbox(&["plan", "--base", "HEAD"]).ends(0).shows("after the removal of role/Shop");
    apply(&bed);
    for account in ["333333333331", "333333333332", "333333333333"] {
        assert!(principals(&bed, account).is_empty(), "{account}");
    }
}

#[test]
fn share_of_a_renamed_file_goes_after_what_was_made_of_it_was_undone() {
    let catalog = "portfolio: Data\nshares:\n  - ou: Shops\n  - account: \"999999999991\"\nrecipients:\n  - account: \
                   \"999999999991\"\n    principals: [user/auditor]\n";
    let bed = bed("{name: Data}", "  \"999999999991\": {}\n", catalog);
    apply(&bed);
    std::fs::remove_file(bed.path(FILE)).unwrap();
    bed.write("catalog/portfolios/renamed.yaml", "portfolio: Data\nshares:\n  - ou: Shops\n");
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    let share = &plan["targets"][0]["changes"][0];
    assert_eq!((&share["action"], &share["key"]), (&"remove".into(), &"999999999991".into()), "{plan}");
    assert_eq!(share["waits_for"][0]["target"], "recipient/data/999999999991/us-east-1", "{plan}");
    apply(&bed);
}

#[test]
fn share_stays_where_it_could_not_be_undone_inside() {
    let bed = bed("{name: Data}", "", UNIT);
    apply(&bed);
    std::fs::remove_file(bed.path(FILE)).unwrap();
    bed.fault(
        "{operation: DisassociatePrincipalFromPortfolio, account: '333333333332', error: {code: AccessDeniedException, \
         message: 'no'}}",
    );
    let ran = bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(5);
    assert!(ran.stdout.contains("kept, because the removal of role/Shop"), "{}", ran.stdout);
    bed.change_world(|world| world.faults.clear());
    apply(&bed);
}

#[test]
fn members_that_can_not_be_read_remove_nothing() {
    let bed = bed("{name: Data}", "", UNIT);
    apply(&bed);
    bed.edit(FILE, "ou: Shops\n    principals: [role/Shop]", "ou: Shops/Deep\n    principals: [role/Shop]");
    for operation in ["ListAccounts*", "DescribeAccount"] {
        let message = "error: {code: AccessDeniedException, message: 'no'}";
        bed.fault(&format!("{{service: organizations, operation: {operation}, {message}}}"));
    }
    let ran = bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(1);
    assert!(ran.stdout.contains("can't tell which accounts are below"), "{}", ran.stdout);
    assert_eq!(principals(&bed, "333333333331").len(), 1);
    bed.change_world(|world| world.faults.clear());
    apply(&bed);
    assert!(principals(&bed, "333333333331").is_empty());
    assert_eq!(principals(&bed, "333333333333").len(), 1);
}

#[test]
fn recipient_that_was_not_read_names_the_call_that_failed() {
    let bed = Bed::example();
    bed.fault("{operation: ListAccountsForParent, error: {code: AccessDeniedException, message: 'not for you'}}");
    let ran = bed.sandbox(&["plan"]).ends(1);
    let unread = ran.stdout.lines().find(|line| line.contains("has accepted was not read")).expect("two were not read");
    assert!(unread.contains("ListAccountsForParent") && unread.contains("not for you"), "{unread}");
}

#[test]
fn one_recipient_or_all_of_a_file_can_be_meant() {
    let bed = bed("{name: Data, shares: [{ou: ou-acme-shops001}]}", "", UNIT);
    let targets = bed.run(&["targets"]).ends(0).stdout;
    assert_eq!(targets.trim(), r#"["portfolio/data/acme/us-east-1","recipient/data/*/us-east-1"]"#);
    bed.sandbox(&["apply", "--auto-approve", "--target", "recipient/data/333333333331/us-east-1"]).ends(0);
    assert_eq!(principals(&bed, "333333333331").len(), 1);
    assert!(principals(&bed, "333333333332").is_empty());
    bed.sandbox(&["apply", "--auto-approve", "--target", "recipient/data/*"]).ends(0);
    assert_eq!(principals(&bed, "333333333332").len(), 1);
    bed.sandbox(&["plan", "--target", "recipient/data/999999999999/us-east-1"]).ends(2).says("no target matches");
}

#[test]
fn what_somebody_changed_inside_is_drift() {
    let bed = bed("{name: Data}", "", UNIT);
    apply(&bed);
    bed.sandbox(&["drift"]).ends(0);
    bed.change_world(|world| {
        let region = world.accounts.get_mut("333333333331").unwrap().regions.get_mut("us-east-1").unwrap();
        let import = region.imports.get_mut(PORTFOLIO).unwrap();
        import.principals = vec![catalog_sync::sandbox::Principal::new("arn:aws:iam::333333333331:role/Local")];
    });
    bed.sandbox(&["drift"]).ends(3).shows("role/Local");
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    assert_eq!(plan["summary"]["drift"], 2, "{plan}");
}

#[test]
fn removals_inside_count_against_the_limit_of_portfolios() {
    let settings = format!("{SETTINGS}safety:\n  max_removals: {{portfolios: 2}}\n");
    let bed = bed("{name: Data}", "", UNIT);
    bed.write("catalog/settings.yaml", &settings);
    apply(&bed);
    bed.edit(FILE, "principals: [role/Shop]", "principals: []");
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(4);
    assert!(ran.stderr.contains('3') && ran.stderr.contains("portfolios"), "{}", ran.stderr);
    assert_eq!(principals(&bed, "333333333331").len(), 1);
    bed.sandbox(&["apply", "--auto-approve", "--allow-removals", "3"]).ends(0);
    assert!(principals(&bed, "333333333331").is_empty());
}

#[test]
fn apply_converges_whatever_is_not_proven_and_whatever_fails_once() {
    let catalog = "portfolio: Data\nshares:\n  - ou: Shops\n  - account: \"999999999991\"\nrecipients:\n  - ou: Shops\n    \
                   principals: [role/Shop, {pattern: role/Shop-*}]\n  - account: \"999999999991\"\n    principals: \
                   [user/auditor]\n";
    let operations = [
        "AcceptPortfolioShare",
        "AssociatePrincipalWithPortfolio",
        "ListPrincipalsForPortfolio",
        "ListAcceptedPortfolioShares",
    ];
    let troubles = [
        "error: {code: ThrottlingException, message: slow down}",
        "error: {code: InternalFailure, message: oops, status: 500}",
        "drop: after",
        "drop: before",
    ];
    let knobs = ["{}", "{accept_again: refused}", "{import_principals: kept}"];
    let cases = operations.iter().flat_map(|one| troubles.iter().map(move |two| (one, two)));
    for ((operation, trouble), knob) in cases.zip(knobs.iter().cycle()) {
        let world = format!("  \"999999999991\": {{}}\nunproven: {knob}\npending: {{principal: 2}}\n");
        let bed = bed("{name: Data}", &world, catalog);
        bed.fault(&format!("{{service: servicecatalog, operation: {operation}, times: 1, {trouble}}}"));
        bed.sandbox(&["apply", "--auto-approve"]);
        bed.sandbox(&["apply", "--auto-approve"]).ends(0);
        let plan = bed.sandbox(&["plan"]).ends(0);
        assert!(plan.stdout.contains("nothing to change"), "{operation} {trouble} {knob}\n{}", plan.stdout);
        assert_eq!(principals(&bed, "333333333332").len(), 2, "{operation} {trouble} {knob}");
        assert_eq!(principals(&bed, "999999999991").len(), 1, "{operation} {trouble} {knob}");
    }
}

/// A portfolio that sixty accounts of an OU receive, each with an unlisted principal. Three accounts lack the role
/// that the plan uses, and one has a further principal.
fn sixty() -> Bed {
    let account = |number: u32| format!("4444{number:08}");
    let accounts = (0..60).map(|it| format!("          \"{}\": team-{it:02}\n", account(it)));
    let accounts = accounts.collect::<Vec<_>>().concat();
    let there = (0..60)
        .map(|number| {
            let account = account(number);
            let roles = if [2, 5, 7].contains(&number) { "roles: {other: {}}, " } else { "" };
            let special = if number == 1 { format!(", 'arn:aws:iam::{account}:role/Special'") } else { String::new() };
            format!(
                "  \"{account}\": {{{roles}regions: {{us-east-1: {{imports: {{port-data: {{principals: \
                 ['arn:aws:iam::{account}:role/Analyst'{special}]}}}}}}}}}}\n"
            )
        })
        .collect::<Vec<_>>()
        .concat();
    let hub = "{name: Data, shares: [{ou: ou-acme-many0001}]}";
    let unit =
        format!("      - name: Many\n        id: ou-acme-many0001\n        accounts:\n{accounts}accounts:\n  \"1111");
    let world = world(hub, &there).replacen("accounts:\n  \"1111", &unit, 1);
    let catalog =
        "portfolio: Data\nshares:\n  - ou: Many\nrecipients:\n  - ou: Many\n    principals: [role/Engineer]\n";
    Bed::new(&world, &[("catalog/settings.yaml", SETTINGS), (FILE, catalog)])
}

#[test]
fn change_in_many_accounts_is_told_once_and_counted_in_each() {
    let bed = sixty();
    let ran = bed.sandbox(&["plan"]).ends(1);
    for told in
        ["57 accounts · us-east-1", "the same in each of 57 accounts", "and 47 more (--all names them)", "58 to remove"]
    {
        assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
    }
    assert_eq!(ran.stdout.matches("role/Analyst").count(), 1, "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("arn:aws:iam::444400000001:role/Special").count(), 1, "{}", ran.stdout);
    for unread in ["team-02 444400000002", "team-05 444400000005", "team-07 444400000007"] {
        assert!(ran.stdout.contains(unread), "{}", ran.stdout);
    }
    let all = bed.sandbox(&["plan", "--all"]).ends(1).stdout;
    assert!(all.contains("team-59 444400000059"), "{all}");
    let comment = bed.sandbox(&["plan", "--format", "markdown"]).ends(1).stdout;
    assert!(
        comment.contains("may no longer launch from portfolio <b>Data</b> (acme) in <b>57 accounts</b> in us-east-1"),
        "{comment}"
    );
    assert!(comment.contains("team-59 `444400000059`"), "{comment}");
    assert!(comment.lines().count() < 80, "{comment}");
    // The JSON keeps one target for each account.
    let targets = bed.sandbox(&["plan", "--format", "json"]).ends(1).json()["targets"].as_array().unwrap().len();
    assert_eq!(targets, 61);
}

#[test]
fn removals_count_in_every_account_and_what_was_done_in_many_is_told_once() {
    let bed = sixty();
    let refused = bed.sandbox(&["apply", "--auto-approve"]).ends(4);
    for told in ["it takes away 58, and at most 20 are allowed", "57 accounts", "team-59 444400000059"] {
        assert!(refused.stderr.contains(told), "{told}: {}", refused.stderr);
    }
    let ran = bed.sandbox(&["apply", "--auto-approve", "--allow-removals", "58"]).ends(5);
    assert!(ran.stdout.contains("the same in each of 57 accounts"), "{}", ran.stdout);
}
