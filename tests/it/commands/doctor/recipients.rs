//! Accounts that receive portfolios: entered as a plan enters them, and reported together if their links are alike.

use std::fmt::Write as _;

use super::super::bed::Bed;
use super::{bed, links, role, verdicts};

const JSON: [&str; 3] = ["doctor", "--format", "json"];

/// The bed with these entries under `recipients`.
fn with(entries: &str) -> Bed {
    let bed = bed();
    bed.edit("catalog/portfolios/data.yaml", "shares:", &format!("recipients: [{entries}]\nshares:"));
    bed
}

#[test]
fn accounts_that_entries_cover_are_entered_and_suspended_ones_are_not() {
    let bed = with("{ou: Workloads, principals: [role/A]}");
    let ran = bed.sandbox(&JSON).ends(0);
    let recipients: Vec<_> = links(&ran, "role").into_iter().filter(|link| link["recipient"] == true).collect();
    let told: Vec<_> =
        recipients.iter().map(|link| (link["account"].as_str(), link["account_name"].as_str())).collect();
    assert_eq!(told, [(Some("333333333331"), Some("web")), (Some("333333333332"), Some("app"))]);
    bed.sandbox(&["doctor"]).ends(0).shows("2 recipients").shows("left out, since they are suspended: 333333333333");
}

#[test]
fn account_that_an_entry_names_is_entered_where_nothing_is_known_of_the_organization() {
    let bed = with("{account: '333333333331', principals: [role/A]}, {ou: Workloads, principals: [role/B]}");
    role(
        &bed,
        "111111111111",
        "catalog-sync-plan",
        "{allow: ['servicecatalog:*', 'iam:*', 'organizations:DescribeO*']}",
    );
    let ran = bed.sandbox(&JSON).ends(1);
    let role = links(&ran, "role").into_iter().find(|link| link["recipient"] == true).unwrap();
    assert_eq!((role["account"].as_str(), role["verdict"].as_str()), (Some("333333333331"), Some("holds")));
    let failed = &links(&ran, "recipients")[0];
    assert_eq!(failed["verdict"], "fails");
    assert!(failed["message"].as_str().unwrap().contains("catalog/portfolios/data.yaml:"), "{failed}");
    let action = failed["mends"][0]["statement"]["Action"].as_str().unwrap();
    assert!(action.starts_with("organizations:List"), "{action}");
}

#[test]
fn unit_that_does_not_exist_fails_with_its_line() {
    let bed = with("{ou: Worklods, principals: [role/A]}");
    let ran = bed.sandbox(&["doctor"]).ends(1);
    ran.shows("has no organizational unit `Worklods`; did you mean `Workloads`?");
}

#[test]
fn five_hundred_recipients_stay_readable() {
    let bed = with("{ou: Many, principals: [role/A]}");
    let mut unit = String::from("      - name: Many\n        id: ou-acme-many0001\n        accounts:\n");
    for number in 0..500 {
        writeln!(unit, "          '444444444{number:03}': many-{number}").unwrap();
    }
    bed.edit("world.yaml", "    marketplace: {", &format!("{unit}    marketplace: {{"));
    bed.change_world(|world| {
        for number in (0..500).step_by(10) {
            let account = world.accounts.entry(format!("444444444{number:03}")).or_default();
            account.roles.insert("other".to_owned(), catalog_sync::sandbox::Role::default());
        }
    });
    let ran = bed.sandbox(&["doctor"]).ends(1);
    assert!(ran.stdout.lines().count() < 60, "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("AccessDenied").count(), 1, "{}", ran.stdout);
    let ran = ran
        .shows("500 recipients")
        .shows("450 of 500: entered arn:aws:iam::{account}:role/catalog-sync-plan")
        .shows("50 of 500: AssumeRole in {account}")
        .shows("many-0 444444444000, many-10 444444444010")
        .shows("and 30 more")
        .shows("{account} stands for the id of each account.");
    assert!(!ran.stdout.contains("444444444001"), "what is fine is counted: {}", ran.stdout);
    let all = bed.sandbox(&["doctor", "-v"]).ends(1);
    assert!(all.stdout.contains("many-490 444444444490") && all.stdout.contains("444444444001"), "{}", all.stdout);
    let json = bed.sandbox(&JSON).ends(1);
    assert_eq!(verdicts(&json, "role").iter().filter(|verdict| *verdict == "fails").count(), 50);
}

#[test]
fn each_role_is_entered_once_whatever_it_is_asked_for() {
    let bed = with("{ou: Workloads, principals: [role/A]}");
    let ran = bed.sandbox(&["doctor", "-v"]).ends(0);
    // Sessions: the entry role, the two accounts of the settings, two recipients.
    ran.says("     5 AssumeRole\n").says("     1 DescribeOrganization\n").says("     4 SimulatePrincipalPolicy\n");
}
