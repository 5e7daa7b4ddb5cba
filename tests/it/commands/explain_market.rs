//! `explain`: the experience that governs an account, and where a product can be bought.

use serde_json::Value;

use super::bed::Bed;

const SETTINGS: &str = r#"
version: 1
organizations:
  acme: {id: o-acme000001, marketplace_account: "111111111112"}
  other: {id: o-othr000001, marketplace_account: "222222222221"}
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
"#;

const WORLD: &str = r#"
organizations:
  acme:
    id: o-acme000001
    management_account: "111111111111"
    delegated_administrators:
      private-marketplace.marketplace.amazonaws.com: ["111111111112"]
    accounts:
      "111111111111": management
      "111111111112": market
      "333333333330": plain
    ous:
      - name: Labs
        id: ou-acme-labs0001
        accounts: {"333333333331": lab}
        ous:
          - {name: Deep, id: ou-acme-deep0001, accounts: {"333333333333": deep, "333333333334": deeper}}
    marketplace:
      experiences:
        exp-general00001:
          name: General
          policy: {name: General, allowed: [prod-0000000000001, prod-0000000000004], denied: [prod-0000000000009]}
          audience: {principals: [o-acme000001]}
        exp-labs00000001:
          name: Labs
          audience: {principals: [ou-acme-labs0001]}
        exp-deep00000001:
          name: Deep
          status: Disabled
          policy: {name: Deep}
          audience: {principals: [ou-acme-deep0001]}
        exp-alone0000001:
          name: Alone
          policy: {name: Alone, allowed: [prod-0000000000002]}
          audience: {principals: ["333333333334"]}
        exp-oldeng000001:
          name: Alone
          status: Disabled
          admin_status: Restricted
          policy: {name: Old}
  other:
    id: o-othr000001
    management_account: "222222222221"
    accounts: {"222222222221": boss}
"#;

const GENERAL: &str = r"approved:
  - prod-0000000000001
  - {id: prod-0000000000002, name: Datadog}
  - {id: prod-0000000000005, name: twin}
  - {id: prod-0000000000006, name: Twin}
rejected:
  - prod-0000000000009
experiences:
  - {organization: acme, id: exp-general00001}
";

const ALONE: &str = r"approved:
  - {id: prod-0000000000002, name: Datadog}
unlisted: keep
experiences:
  - {organization: acme, name: Alone}
";

fn bed() -> Bed {
    Bed::new(
        WORLD,
        &[
            ("catalog/settings.yaml", SETTINGS),
            ("catalog/marketplace/general.yaml", GENERAL),
            ("catalog/marketplace/alone.yaml", ALONE),
        ],
    )
}

fn json(bed: &Bed, arguments: &[&str], status: i32) -> Value {
    bed.sandbox(&[&["explain"], arguments, &["--format", "json"]].concat()).ends(status).json()
}

/// The part of the JSON about acme's Private Marketplace.
fn market(bed: &Bed, arguments: &[&str], status: i32) -> Value {
    let seen = json(bed, arguments, status);
    let all = seen["private_marketplaces"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{seen}");
    assert_eq!(all[0]["organization"], "acme");
    all[0].clone()
}

/// The experiences in the audiences, and which of them counts.
fn counted(market: &Value) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let audiences = market["audiences"].as_array().unwrap();
    audiences.iter().map(|it| (word(&it["experience_name"]), word(&it["counts"]))).collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

#[test]
fn nearest_experience_that_is_enabled_governs() {
    let bed = bed();
    let plain = market(&bed, &["plain"], 0);
    assert_eq!(plain["experience"]["id"], "exp-general00001", "{plain}");
    assert_eq!((&plain["experience"]["approved"], &plain["experience"]["denied"]), (&2.into(), &1.into()), "{plain}");
    let deep = market(&bed, &["deep"], 0);
    assert_eq!(counted(&deep), pairs(&[("Deep", "disabled"), ("Labs", "yes"), ("General", "further_up")]), "{deep}");
    assert_eq!(deep["experience"]["everything_can_be_bought"], true, "{deep}");
    let deeper = market(&bed, &["333333333334"], 0);
    assert_eq!(deeper["experience"]["id"], "exp-alone0000001", "an account's own audience is the nearest: {deeper}");
    assert_eq!(deeper["experience"]["source"]["file"], "catalog/marketplace/alone.yaml", "{deeper}");
    bed.sandbox(&["explain", "deep"])
        .ends(0)
        .shows(
            "governed by experience Labs exp-labs00000001, which has no procurement policy: everything can be bought",
        )
        .shows(
            "audience of Deep exp-deep00000001 through unit Labs/Deep (ou-acme-deep0001): live, disabled; no file says",
        );
}

#[test]
fn product_can_be_bought_where_the_governing_experience_lets() {
    let bed = bed();
    let product = |account: &str, product: &str| {
        market(&bed, &[account, "--product", product], 0)["experience"]["product"].clone()
    };
    let datadog = product("plain", "datadog");
    assert_eq!((&datadog["id"], &datadog["can_be_bought"]), (&"prod-0000000000002".into(), &false.into()));
    assert_eq!(
        (&datadog["catalog"], &datadog["planned"], &datadog["source"]["line"]),
        (&"approved".into(), &"approve".into(), &3.into())
    );
    let kept = product("plain", "prod-0000000000004");
    assert_eq!(
        (&kept["live"], &kept["catalog"], &kept["planned"]),
        (&"approved".into(), &"not_listed".into(), &"deny".into())
    );
    assert_eq!(product("plain", "prod-0000000000009")["live"], "denied");
    // Without a policy every product can be bought.
    let free = product("lab", "prod-00000000000zz");
    assert_eq!(
        (&free["live"], &free["can_be_bought"], &free["catalog"]),
        (&"no_policy".into(), &true.into(), &"ungoverned".into())
    );
    assert_eq!(product("deeper", "Datadog")["can_be_bought"], true);
    bed.sandbox(&["explain", "plain", "--product", "Datadog"])
        .ends(0)
        .shows("Datadog prod-0000000000002: can't be bought (not approved); listed as approved in catalog/marketplace/general.yaml:3: a plan approves it");
}

#[test]
fn account_that_no_experience_governs_may_buy_everything() {
    let bed = bed();
    bed.change_world(|world| {
        let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
        experiences.get_mut("exp-general00001").unwrap().audience = None;
    });
    assert_eq!(market(&bed, &["plain"], 0)["governed_by"], "nobody");
    bed.sandbox(&["explain", "plain"]).ends(0).shows("everything can be bought, as without a Private Marketplace");
    // `other` has no product list, so it is not looked at. acme is left out: the account is not in it.
    let boss = json(&bed, &["boss", "--product", "Datadog"], 0);
    let of = &boss["private_marketplaces"][0];
    assert_eq!((&of["organization"], &of["governed_by"]), (&"other".into(), &"not_looked".into()), "{boss}");
}

#[test]
fn audience_that_the_catalog_wants_is_told_from_the_live_one() {
    let bed = bed();
    let file = "catalog/marketplace/general.yaml";
    bed.edit(
        file,
        "{organization: acme, id: exp-general00001}",
        "{organization: acme, id: exp-general00001, audience: [{ou: Labs/Deep}]}",
    );
    let new = "approved: [prod-0000000000001]\nexperiences:\n  - {organization: acme, name: New, create: true, status: enabled, audience: [{account: \"333333333330\"}]}\n";
    bed.write("catalog/marketplace/new.yaml", new);
    let plain = bed.sandbox(&["explain", "plain"]).ends(0);
    plain
        .shows("audience of New through this account by itself: not live yet, nor is the experience; listed in catalog/marketplace/new.yaml:3")
        .shows("a plan makes it enabled: catalog/marketplace/new.yaml:3")
        .shows("not in the `audience` in catalog/marketplace/general.yaml:9: a plan takes it out: counts");
    let deep = market(&bed, &["deep"], 0);
    assert_eq!(
        counted(&deep),
        pairs(&[("Deep", "disabled"), ("General", "not_live"), ("Labs", "yes"), ("General", "further_up")]),
        "{deep}"
    );
    let new = json(&bed, &["--product", "prod-0000000000001"], 0)["private_marketplaces"][0]["experiences"].clone();
    let new = new.as_array().unwrap().iter().find(|it| it["name"] == "New").unwrap().clone();
    assert_eq!(
        (&new["id"], &new["product"]["live"], &new["product"]["planned"]),
        (&Value::Null, &Value::Null, &"approve".into())
    );
}

#[test]
fn product_that_several_bear_the_name_of_is_not_guessed() {
    let bed = bed();
    bed.sandbox(&["explain", "--product", "TWIN"])
        .ends(1)
        .says("2 products of the catalog are called `TWIN`: prod-0000000000005, prod-0000000000006");
    bed.sandbox(&["explain", "plain", "--product", "Datadgo"])
        .ends(1)
        .says("did you mean `Datadog`?")
        .says("products search");
    bed.sandbox(&["explain", "--product", " "]).ends(2).says("give the product's id");
    bed.sandbox(&["explain"]).ends(2);
}

#[test]
fn product_is_told_of_every_experience_that_is_not_archived() {
    let bed = bed();
    let seen = json(&bed, &["--product", "Datadog"], 0);
    let [acme, other] = &seen["private_marketplaces"].as_array().unwrap()[..] else { panic!("{seen}") };
    let of: Vec<_> =
        acme["experiences"].as_array().unwrap().iter().map(|it| (&it["name"], &it["product"]["live"])).collect();
    let [alone, deep, general, labs] = ["Alone", "Deep", "General", "Labs"].map(Value::from);
    let [approved, unlisted, free] = ["approved", "unlisted", "no_policy"].map(Value::from);
    assert_eq!(of, [(&alone, &approved), (&deep, &unlisted), (&general, &unlisted), (&labs, &free)], "{seen}");
    assert_eq!(other["experiences"], Value::Null, "{seen}");
    bed.sandbox(&["explain", "--product", "Datadog", "-v"])
        .ends(0)
        .shows("experience Deep exp-deep00000001, disabled: unlisted; no file governs the experience")
        .shows("Private Marketplace of other\n  no product list of the catalog is for it: not looked at")
        .says("2 BatchDescribeEntities")
        .says("1 ListEntities");
}

#[test]
fn calls_are_as_few_as_can_be() {
    let bed = bed();
    std::fs::remove_file(bed.path("catalog/marketplace/alone.yaml")).unwrap();
    // The audiences, the audiences' entities, the experiences above the account, and their policies.
    let ran = bed.sandbox(&["explain", "333333333333", "-v"]).ends(0);
    ran.says("1 ListEntities").says("3 BatchDescribeEntities");
}

#[test]
fn experiences_that_follow_another_are_told_with_the_line_that_says_so() {
    let bed = bed();
    bed.write(
        "catalog/marketplace/alone.yaml",
        "mirror: {organization: acme, id: exp-general00001}\nexperiences:\n  - {organization: acme, name: Alone}\n",
    );
    let of = market(&bed, &["deeper", "--product", "Datadog"], 0)["experience"].clone();
    assert_eq!((&of["mirror"]["line"], &of["product"]["catalog"]), (&1.into(), &"approved".into()), "{of}");
    let of = market(&bed, &["deeper", "--product", "prod-0000000000009"], 0)["experience"].clone();
    assert_eq!((&of["product"]["live"], &of["product"]["planned"]), (&"unlisted".into(), &"deny".into()), "{of}");
}

#[test]
fn what_can_not_be_read_is_said_and_is_never_no() {
    let whole = market(&bed(), &["deep", "--product", "Datadog"], 0);
    for operation in
        ["DescribeOrganization", "DescribeAccount", "DescribeOrganizationalUnit", "ListEntities", "AssumeRole"]
    {
        for times in [1, 2, 9] {
            let bed = bed();
            bed.fault(&format!(
                "{{operation: {operation}, times: {times}, error: {{code: AccessDeniedException, message: 'no'}}}}"
            ));
            let ran = bed.sandbox(&["explain", "333333333333", "--product", "Datadog", "--format", "json"]);
            let seen = ran.json();
            assert_eq!(seen["complete"], ran.status == 0, "{operation}: {seen}");
            // Either the run ends with 1, or its result is the same as without the fault.
            assert!(ran.status == 1 || seen["private_marketplaces"][0] == whole, "{operation}: {seen}");
            for part in
                seen["private_marketplaces"].as_array().unwrap().iter().filter(|it| it["organization"] == "acme")
            {
                let by = &part["governed_by"];
                assert!(
                    by == "cant_tell" || part["experience"]["id"] == whole["experience"]["id"],
                    "{operation}: {part}"
                );
                assert!(by != "nobody" && by != "not_looked", "{operation}: {part}");
            }
        }
    }
    // If `BatchDescribeEntities` is refused, entities are read one by one.
    let bed = bed();
    bed.fault("{operation: BatchDescribeEntities, error: {code: AccessDeniedException, message: 'no'}}");
    assert_eq!(market(&bed, &["deep"], 0)["experience"]["id"], "exp-labs00000001");
    bed.fault("{operation: DescribeEntity, error: {code: AccessDeniedException, message: 'no'}}");
    let seen = market(&bed, &["deep"], 1);
    assert_eq!(seen["governed_by"], "cant_tell", "{seen}");
    bed.sandbox(&["explain", "deep"]).ends(1).shows("can't tell which experience governs this account");
    let seen = json(&bed, &["--product", "Datadog"], 1);
    assert_eq!(seen["private_marketplaces"][0]["experiences"], Value::Array(Vec::new()), "{seen}");
    bed.sandbox(&["explain", "--product", "Datadog"]).ends(1).shows("can't tell: ");
}
