//! After an apply a plan is empty, for every kind of change, and from empty, partial and overfull live states.

use super::bed::Bed;

const SETTINGS: &str = r#"
version: 1
organizations:
  acme: {id: o-acme000001, service_catalog_account: "111111111112", marketplace_account: "111111111112"}
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
regions: [us-east-1]
safety: {max_removals: 100}
"#;

fn world(shares: &str, policy: &str) -> String {
    format!(
        r#"
organizations:
  acme:
    id: o-acme000001
    management_account: "111111111111"
    delegated_administrators:
      servicecatalog.amazonaws.com: ["111111111112"]
      private-marketplace.marketplace.amazonaws.com: ["111111111112"]
    accounts:
      "111111111111": management
      "111111111112": hub
    ous:
      - name: Workloads
        id: ou-acme-workload1
        accounts: {{"333333333331": shop, "333333333332": billing}}
      - name: Data
        id: ou-acme-data0001
        accounts: {{"444444444441": lake}}
    marketplace:
      experiences:
        exp-acme00000001:
          name: Baseline
          {policy}
accounts:
  "111111111112":
    regions:
      us-east-1:
        portfolios:
          port-one:
            name: One
            {shares}
"#
    )
}

const SHARES: &[(&str, &str)] = &[
    ("none", "shares: []"),
    ("account", "shares: [{account: \"333333333331\"}]"),
    ("account with tag options", "shares: [{account: \"333333333331\", tag_options: true}]"),
    ("member", "shares: [{account: \"333333333331\", through_organization: true}]"),
    ("unit", "shares: [{ou: Workloads}]"),
    ("unit with both", "shares: [{ou: Workloads, tag_options: true, principals: true}]"),
    ("organization", "shares: [{organization: acme, tag_options: true}]"),
    (
        "all kinds",
        "shares: [{account: \"999999999999\"}, {account: \"333333333332\", through_organization: true, tag_options: true}, \
         {ou: ou-acme-data0001, principals: true}, {organization: acme}]",
    ),
];

#[test]
fn shares_from_every_state_to_every_other() {
    let bed = Bed::new(&world("", "policy: {name: Baseline}"), &[("catalog/settings.yaml", SETTINGS)]);
    let bring = |what: &str, shares: &str| {
        bed.write("catalog/portfolios/one.yaml", &format!("portfolio: One\n{shares}\n"));
        bed.sandbox(&["apply", "--auto-approve", "-q"]).ends(0);
        let plan = bed.sandbox(&["plan", "--format", "json", "-q"]).ends(0).json();
        let summary = &plan["summary"];
        let changes = ["creates", "updates", "removes"].map(|count| summary[count].as_u64().unwrap());
        assert_eq!(changes, [0, 0, 0], "after {what}: {plan}");
    };
    for (from_name, from) in SHARES {
        for (to_name, to) in SHARES {
            bring(from_name, from);
            bring(&format!("{from_name} → {to_name}"), to);
        }
    }
}

fn list(range: std::ops::Range<usize>) -> String {
    let ids: Vec<String> = range.map(|number| format!("prod-{number:013}")).collect();
    format!("[{}]", ids.join(", "))
}

#[test]
fn products_from_every_state_to_every_other() {
    let lists = [
        ("nothing", "[]".to_owned(), "[]".to_owned()),
        ("a few", list(0..3), list(3..5)),
        ("swapped", list(3..5), list(0..3)),
        ("more than a batch", list(0..120), list(200..260)),
        ("exactly a batch", list(0..50), list(50..100)),
    ];
    for live in [
        "",
        "policy: {name: Baseline}",
        "policy: {name: Baseline, allowed: [prod-0000000000001, prod-x], denied: [prod-0000000000000]}",
    ] {
        let bed = Bed::new(&world("", live), &[("catalog/settings.yaml", SETTINGS)]);
        for (name, approved, rejected) in &lists {
            bed.write(
                "catalog/marketplace/list.yaml",
                &format!("approved: {approved}\nrejected: {rejected}\nexperiences: [{{organization: acme, name: Baseline}}]\n"),
            );
            bed.sandbox(&["apply", "--auto-approve", "-q", "--allow-removals", "1000"]).ends(0);
            let plan = bed.sandbox(&["plan", "-q"]).ends(0);
            plan.shows("nothing to change").ends(0);
            let _ = name;
        }
    }
}

#[test]
fn what_is_kept_stays() {
    let bed = Bed::new(
        &world(
            "shares: [{account: \"333333333331\"}]",
            "policy: {name: Baseline, allowed: [prod-kept], denied: [prod-denied]}",
        ),
        &[
            ("catalog/settings.yaml", SETTINGS),
            ("catalog/portfolios/one.yaml", "portfolio: One\nshares: []\nunlisted_shares: keep\n"),
            (
                "catalog/marketplace/list.yaml",
                "approved: [prod-new]\nunlisted: keep\nexperiences: [{organization: acme, id: exp-acme00000001}]\n",
            ),
        ],
    );
    let plan = bed.sandbox(&["plan", "--format", "json"]).ends(0).json();
    assert_eq!(plan["summary"]["removes"], 0, "{plan}");
    assert_eq!(plan["targets"][0]["left_alone"], 2);
    assert_eq!(plan["targets"][1]["left_alone"], 1);
}
