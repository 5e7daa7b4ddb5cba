//! `--usage`: how many accounts hold a licence for the products that a plan denies.

use super::bed::{Bed, Ran};

/// A delegated administrator of both services. Two products leave the list and one is rejected. `prod-aaaaaaaaaaaa4`,
/// which leaves, has no licences.
const WORLD: &str = "
start: \"111111111112\"
organizations:
  acme:
    id: o-acme000001
    management_account: \"111111111111\"
    delegated_administrators:
      private-marketplace.marketplace.amazonaws.com: [\"111111111112\"]
      license-manager.amazonaws.com: [\"111111111112\"]
    accounts: {\"111111111111\": management, \"111111111112\": hub, \"333333333331\": a, \"333333333332\": b, \"333333333333\": c}
    marketplace:
      experiences:
        exp-one:
          name: One
          policy: {allowed: [prod-aaaaaaaaaaaa1, prod-aaaaaaaaaaaa2, prod-aaaaaaaaaaaa3, prod-aaaaaaaaaaaa4]}
    licences:
      prod-aaaaaaaaaaaa1: [\"333333333331\"]
      prod-aaaaaaaaaaaa2: [\"333333333331\", \"333333333332\", \"333333333333\"]
      prod-aaaaaaaaaaaa3: [\"333333333332\"]
";

const SETTINGS: &str =
    "version: 1\norganizations:\n  acme: {id: o-acme000001, marketplace_account: \"111111111112\"}\n";

const LIST: &str = "approved: [prod-aaaaaaaaaaaa1]
rejected: [{id: prod-aaaaaaaaaaaa3, name: Three}]
experiences:
  - {organization: acme, id: exp-one}
";

const OPERATION: &str = "ListReceivedLicensesForOrganization";

fn bed() -> Bed {
    Bed::new(WORLD, &[("catalog/settings.yaml", SETTINGS), ("catalog/marketplace/list.yaml", LIST)])
}

/// The notes beside each denied product.
fn notes(ran: &Ran) -> Vec<(String, Vec<String>)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let plan = ran.json();
    let changes = plan["targets"][0]["changes"].as_array().unwrap().iter();
    let notes = changes.map(|change| {
        let notes = change.get("notes").and_then(|it| it.as_array()).into_iter().flatten();
        (text(&change["key"]), notes.map(text).collect())
    });
    notes.collect()
}

/// The warning about what could not be found out, if there is one.
fn unknown(ran: &Ran) -> Option<String> {
    let plan = ran.json();
    let warnings = plan["targets"][0]["warnings"].as_array().unwrap().clone();
    let found: Vec<_> = warnings.iter().filter(|it| it["code"] == "usage_unknown").collect();
    assert!(found.len() < 2, "{found:?}");
    found.first().map(|it| it["message"].as_str().unwrap().to_owned())
}

const JSON: [&str; 4] = ["plan", "--usage", "--format", "json"];

#[test]
fn accounts_that_hold_a_licence_are_counted_beside_the_denial() {
    let bed = bed();
    let ran = bed.sandbox(&JSON).ends(0);
    let expected = [
        (
            "prod-aaaaaaaaaaaa2",
            Some("3 accounts of acme hold a licence; their renewals end where this experience governs them"),
        ),
        (
            "prod-aaaaaaaaaaaa3",
            Some("1 account of acme holds a licence; its renewals end where this experience governs it"),
        ),
        // A product without licences may still be in use, so no note says otherwise.
        ("prod-aaaaaaaaaaaa4", None),
    ];
    let expected: Vec<(String, Vec<String>)> = expected
        .iter()
        .map(|(id, note)| ((*id).to_owned(), note.iter().map(|it| (*it).to_owned()).collect()))
        .collect();
    assert_eq!(notes(&ran), expected);
    assert_eq!(unknown(&ran), None);
    bed.sandbox(&["plan", "--usage"]).ends(0).shows("3 accounts of acme hold a licence");
    let markdown = bed.sandbox(&["plan", "--usage", "--format", "markdown"]).ends(0);
    markdown.shows("3 accounts of acme hold a licence");
}

#[test]
fn only_a_plan_with_the_option_asks_and_only_for_what_it_denies() {
    let bed = bed();
    let ran = bed.sandbox(&["plan", "-v"]).ends(0).lacks("licence");
    assert!(!ran.stderr.contains(OPERATION), "{}", ran.stderr);
    bed.sandbox(&["plan", "-v", "--usage"]).ends(0).says(&format!("     3 {OPERATION}\n"));
    bed.write(
        "catalog/marketplace/list.yaml",
        &LIST
            .replace("rejected", "unlisted: keep\nignore")
            .replace("{id: prod-aaaaaaaaaaaa3, name: Three}", "prod-aaaaaaaaaaaa3"),
    );
    let ran = bed.sandbox(&["plan", "-v", "--usage"]).ends(0);
    assert!(!ran.stderr.contains(OPERATION), "{}", ran.stderr);
}

#[test]
fn digest_is_the_same_with_and_without() {
    let bed = bed();
    let digest = |arguments: &[&str]| bed.sandbox(arguments).ends(0).json()["digest"].as_str().unwrap().to_owned();
    assert_eq!(digest(&JSON), digest(&["plan", "--format", "json"]));
    // A plan with the notes can be applied.
    bed.sandbox(&["plan", "--usage", "--out", "plan.json"]).ends(0);
    bed.sandbox(&["apply", "plan.json", "--auto-approve"]).ends(0);
}

#[test]
fn pages_are_read_to_the_end() {
    let bed = bed();
    bed.change_world(|world| {
        world.pages.largest = Some(1);
        world.pages.empty_first = true;
    });
    let ran = bed.sandbox(&JSON).ends(0);
    assert!(notes(&ran)[0].1[0].starts_with("3 accounts"), "{:?}", notes(&ran));
}

#[test]
fn refusal_costs_a_sentence_and_no_plan() {
    // An account that is no delegated administrator of License Manager.
    let bed = bed();
    bed.change_world(|world| {
        let acme = world.organizations.get_mut("acme").unwrap();
        acme.delegated_administrators.remove("license-manager.amazonaws.com");
    });
    let ran = bed.sandbox(&JSON).ends(0);
    assert!(notes(&ran).iter().all(|(_, notes)| notes.is_empty()), "{:?}", notes(&ran));
    let said = unknown(&ran).unwrap();
    assert!(said.contains("AccessDeniedException: Only the management account"), "{said}");
    assert!(said.contains("delegated administrator of License Manager"), "{said}");
    for (error, times) in [
        ("{code: AuthorizationException, message: \"no <b> @all\", status: 400}", 1000),
        ("{code: RateLimitExceededException, message: slow, status: 400}", 1000),
        ("{code: ServerInternalException, message: busy, status: 500}", 1000),
        ("{code: InvalidParameterValueException, message: filter, status: 400}", 1),
    ] {
        let bed = self::bed();
        bed.fault(&format!("{{operation: {OPERATION}, times: {times}, error: {error}}}"));
        let ran = bed.sandbox(&[&JSON[..], &["--timeout=2s"]].concat()).ends(0);
        let said = unknown(&ran).unwrap_or_else(|| panic!("{error}: {}", ran.stdout));
        assert!(
            said.starts_with("the number of accounts with a licence is unknown for some denied products: "),
            "{said}"
        );
        let told = notes(&ran).iter().filter(|(_, notes)| !notes.is_empty()).count();
        assert!(times == 1000 || told > 0, "one that fails costs no other: {:?}", notes(&ran));
    }
}
