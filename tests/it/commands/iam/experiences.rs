//! The policies allow an apply all that entries of `experiences` say of the experiences themselves.

use catalog_sync::sandbox::World;

use super::super::bed::Bed;
use super::aws::Aws;

const SETTINGS: &str = "version: 1\norganizations:\n  acme: {id: o-acme000001, marketplace_account: \"111111111112\"}\n\
                        access: {role: \"arn:aws:iam::{account}:role/catalog-sync-{mode}\"}\n";

const WORLD: &str = r#"
organizations:
  acme:
    id: o-acme000001
    management_account: "111111111111"
    delegated_administrators:
      private-marketplace.marketplace.amazonaws.com: ["111111111112"]
    accounts: {"111111111111": management, "111111111112": market, "333333333331": shop}
    ous: [{name: Labs, id: ou-acme-labs0001, accounts: {"444444444441": lab}}]
    marketplace:
      experiences:
        exp-general00001:
          name: General
          policy: {name: General, allowed: [prod-0000000000001]}
          audience: {principals: [ou-acme-labs0001, "333333333331"]}
"#;

const LISTS: &str = r##"approved: [prod-0000000000001]
experiences:
  - organization: acme
    name: General
    audience: [{ou: Labs}]
  - organization: acme
    name: New
    create: true
    description: The new one
    status: enabled
    user_requests: false
    audience: [{account: "333333333331"}]
    branding: {title: New, theme_color: "#0e7f74"}
"##;

#[test]
fn policies_let_experiences_be_made_changed_and_put_away() {
    let bed = Bed::new("", &[("catalog/settings.yaml", SETTINGS), ("catalog/marketplace/lists.yaml", LISTS)]);
    let aws = Aws::start(&bed, World::parse(WORLD, "world").unwrap());
    let file = "catalog/marketplace/lists.yaml";
    let edits = [
        ("", ""),
        // Two experiences swap their audiences, and one gets another description and other branding.
        ("    audience: [{ou: Labs}]", "    audience: [{account: \"333333333331\"}]"),
        ("    audience: [{account: \"333333333331\"}]\n    branding", "    audience: [{ou: Labs}]\n    branding"),
        ("description: The new one", "description: Another"),
        ("user_requests: false", "user_requests: true"),
        ("branding: {title: New", "branding: {title: Newer"),
        ("status: enabled", "status: disabled"),
    ];
    for (from, to) in edits {
        bed.edit(file, from, to);
        if from.starts_with("    audience: [{ou") {
            continue;
        }
        aws.run(&bed, &["apply", "--auto-approve", "--allow-removals=50"]).ends(0);
        aws.run(&bed, &["plan", "--detailed-exitcode"]).ends(0);
    }
    assert_eq!(aws.refused(), Vec::<String>::new());
}

#[test]
fn policies_let_experiences_be_archived_and_revived() {
    let list =
        "approved: [prod-0000000000001]\nexperiences:\n  - {organization: acme, name: General, status: archived}\n";
    let bed = Bed::new("", &[("catalog/settings.yaml", SETTINGS), ("catalog/marketplace/lists.yaml", list)]);
    let aws = Aws::start(&bed, World::parse(WORLD, "world").unwrap());
    for status in ["archived", "enabled", "disabled", "archived", "disabled"] {
        let text = list.replace("archived", status);
        bed.write("catalog/marketplace/lists.yaml", &text);
        aws.run(&bed, &["apply", "--auto-approve", "--allow-removals=50"]).ends(0);
        aws.run(&bed, &["plan", "--detailed-exitcode"]).ends(0);
    }
    assert_eq!(aws.refused(), Vec::<String>::new());
}
