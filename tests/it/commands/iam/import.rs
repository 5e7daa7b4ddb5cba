//! The policy in docs/import.md allows all that `import` needs, and nothing that goes unused.

use std::collections::BTreeSet;

use catalog_sync::sandbox::{Member, Paths, Principal, Share, ShareTarget, Unit, World};
use serde_json::Value;

use super::super::bed::Bed;
use super::aws::Aws;
use super::strings;

#[test]
fn policy_of_the_page_lets_a_first_import_work_and_holds_nothing_more() {
    let page = include_str!("../../../../docs/import.md");
    let policy = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let policy: Value = serde_json::from_str(policy).unwrap();
    // Applied once, so that accounts have local portfolios.
    let bed = Bed::in_step();
    let mut world = World::read(&bed.path("world.yaml")).unwrap();
    let hub = world.region_mut("111111111112", "us-east-1");
    // These make the tool look up the owner of a grant, and whether a listed row is a share of its own.
    let golden = hub.portfolios.get_mut("port-goldenimages1").unwrap();
    golden.principals.push(Principal::new("arn:aws:iam:::role/Owner*"));
    golden.shares.push(Share::new(ShareTarget::Ou("ou-acme-sandbox1".to_owned())));
    golden.shares.push(Share::new(ShareTarget::Account("333333333341".to_owned())));
    // With many accounts and OUs, those that are needed are described one by one.
    let organization = world.organizations.get_mut("acme").unwrap();
    let more = (0..60)
        .map(|number| (format!("8{number:011}"), Member { name: format!("more-{number}"), ..Member::default() }));
    organization.accounts.extend(more);
    let unit =
        |number| Unit { name: format!("More {number}"), id: format!("ou-acme-more{number:04}"), ..Unit::default() };
    organization.ous.extend((0..60).map(unit));
    let aws = Aws::start(&bed, world);
    aws.sandbox.change(|world| {
        for account in world.accounts.values_mut() {
            for (_, role) in account.roles.iter_mut().filter(|(name, _)| name.ends_with("-plan")) {
                role.policies = Some(vec![policy.clone()]);
            }
        }
    });
    std::fs::remove_dir_all(bed.path("catalog/portfolios")).unwrap();
    std::fs::remove_dir_all(bed.path("catalog/marketplace")).unwrap();
    for portfolio in ["Network Basics", "Developer Sandbox"] {
        aws.run(&bed, &["import", "--dry-run", "--portfolio", portfolio]).ends(0);
    }
    aws.run(&bed, &["import", "--recipients"]).ends(0);
    // Answers without paths.
    aws.sandbox.change(|world| world.unproven.paths = Paths::LeftOut);
    aws.run(&bed, &["import", "--dry-run", "--force", "--portfolio", "Developer Sandbox"]).ends(0);
    assert_eq!(aws.refused(), Vec::<String>::new());
    let used: BTreeSet<String> = aws.used().into_values().flatten().collect();
    let allowed = strings(&policy["Statement"][0]["Action"]);
    let idle: Vec<&String> = allowed.iter().filter(|action| !used.contains(*action)).collect();
    assert_eq!(idle, Vec::<&String>::new());
}
