//! A share that another one replaces stays until the other is made. If that fails, it stays.

use catalog_sync::sandbox::World;

use super::bed::Bed;

const WORLD: &str = r#"
organizations:
  acme:
    id: o-acme000001
    management_account: "111111111110"
    delegated_administrators: {servicecatalog.amazonaws.com: ["111111111111"]}
    accounts: {"111111111110": management, "111111111111": hub}
    ous:
      - name: Workloads
        id: ou-acme-work0001
        ous:
          - {name: Production, id: ou-acme-prod0001, accounts: {"222222222221": shop, "222222222222": billing}}
      - {name: Sandbox, id: ou-acme-sand0001, accounts: {"222222222223": trial}}
accounts:
  "111111111111": {regions: {us-east-1: {portfolios: {port-data: {name: Data}}}}}
"#;

const SETTINGS: &str = "version: 1\norganizations:\n  acme: {id: o-acme000001, service_catalog_account: '111111111111'}\n\
                        access: {role: 'arn:aws:iam::{account}:role/catalog-sync-{mode}'}\nregions: [us-east-1]\n";

fn catalog(shares: &[&str]) -> String {
    let shares: Vec<String> = shares.iter().map(|share| format!("  - {{{share}}}\n")).collect();
    format!("portfolio: Data\nshares:\n{}", shares.concat())
}

/// A world in step with some shares.
fn shared(shares: &[&str]) -> Bed {
    let files = [("catalog/settings.yaml", SETTINGS), ("catalog/portfolios/data.yaml", &catalog(shares))];
    let bed = Bed::new(WORLD, &files);
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    bed
}

fn shares(bed: &Bed) -> Vec<String> {
    let world = World::read(&bed.path("world.yaml")).unwrap();
    let portfolio = &world.accounts["111111111111"].regions["us-east-1"].portfolios["port-data"];
    portfolio.shares.iter().map(|share| share.to.id().to_owned()).collect()
}

const SHOP: &str = "account: '222222222221'";
const BILLING: &str = "account: '222222222222'";
const MEMBER: &str = "account: '222222222221', through_organization: true";
const PRODUCTION: &str = "ou: Workloads/Production";
const WORKLOADS: &str = "ou: Workloads";
const SANDBOX: &str = "ou: Sandbox";
const ORGANIZATION: &str = "organization: acme";

#[test]
fn replaced_shares_are_kept_when_what_replaces_them_can_not_be_made() {
    let each: &[(&[&str], &[&str])] = &[
        (&[SHOP, BILLING], &[PRODUCTION]),
        (&[SHOP, BILLING], &[WORKLOADS]),
        (&[SHOP], &[MEMBER]),
        (&[MEMBER], &[SHOP]),
        (&[MEMBER], &[PRODUCTION]),
        (&[PRODUCTION], &[SHOP, BILLING]),
        (&[PRODUCTION], &[WORKLOADS]),
        (&[WORKLOADS], &[PRODUCTION]),
        (&[PRODUCTION], &[ORGANIZATION]),
        (&[SHOP], &[ORGANIZATION]),
        (&[ORGANIZATION], &[PRODUCTION, SHOP]),
        (&[ORGANIZATION], &[MEMBER]),
    ];
    for (before, after) in each {
        let bed = shared(before);
        let there = shares(&bed);
        bed.write("catalog/portfolios/data.yaml", &catalog(after));
        bed.fault("{operation: CreatePortfolioShare, error: {code: LimitExceededException, message: 'no more'}}");
        let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(1);
        assert_eq!(shares(&bed), there, "{before:?} → {after:?}");
        assert!(ran.stdout.contains("kept, because the share with"), "{}", ran.stdout);
        bed.change_world(|world| world.faults.clear());
        bed.sandbox(&["apply", "--auto-approve"]).ends(0);
        bed.sandbox(&["plan", "--detailed-exitcode"]).ends(0);
    }
}

#[test]
fn share_beside_the_one_that_failed_is_taken_away() {
    let bed = shared(&[SHOP, SANDBOX]);
    bed.write("catalog/portfolios/data.yaml", &catalog(&[PRODUCTION]));
    bed.fault("{operation: CreatePortfolioShare, error: {code: LimitExceededException, message: 'no more'}}");
    bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    assert_eq!(shares(&bed), ["222222222221"], "nobody in the sandbox was to get it by another share");
}

#[test]
fn account_of_which_the_unit_is_not_known_keeps_its_share() {
    let bed = shared(&["account: '222222222221'", "ou: ou-acme-sand0001"]);
    bed.write("catalog/portfolios/data.yaml", &catalog(&["ou: ou-acme-prod0001"]));
    bed.fault("{operation: 'List*ForParent', error: {code: AccessDeniedException, message: 'no'}}");
    bed.fault("{operation: CreatePortfolioShare, error: {code: LimitExceededException, message: 'no more'}}");
    bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    assert_eq!(shares(&bed), ["222222222221"], "it may be in the new unit; the other unit is known to be none of it");
}
