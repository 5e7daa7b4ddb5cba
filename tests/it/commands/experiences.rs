//! Entries of `experiences` that describe the experience itself: it is created, described, enabled and archived, and
//! governs the audience that the catalog names.

use catalog_sync::sandbox::{Experience, ExperienceStatus, Member, World};

use super::bed::Bed;

const SETTINGS: &str = r#"
version: 1
organizations:
  acme: {id: o-acme000001, marketplace_account: "111111111112"}
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
    ous:
      - {name: Workloads, id: ou-acme-work0001, accounts: {"333333333331": shop, "333333333332": billing}}
      - {name: Labs, id: ou-acme-labs0001, accounts: {"444444444441": lab}}
    marketplace:
      experiences:
        exp-general00001:
          name: General
          description: For all
          policy: {name: General, requests: Allow, allowed: [prod-0000000000001], denied: [prod-0000000000009]}
          audience: {principals: [ou-acme-labs0001, "333333333331"]}
        exp-oldeng000001:
          name: Engineering
          status: Disabled
          admin_status: Restricted
          policy: {name: Old}
"#;

const ENGINEERING: &str = r##"approved: [prod-0000000000001, prod-0000000000002]
rejected: [prod-0000000000003]
experiences:
  - organization: acme
    name: Engineering
    create: true
    description: What engineers may buy
    status: enabled
    user_requests: false
    audience:
      - ou: Workloads
      - account: "333333333331"
    branding:
      title: Engineering
      information: Ask in the procurement channel
      theme_color: "#0E7F74"
      logo_url: https://example.com/logo.png
"##;

const GENERAL: &str = r"approved: [prod-0000000000001]
experiences:
  - organization: acme
    name: General
    description: For everybody else
    audience:
      - ou: Labs
";

fn bed() -> Bed {
    Bed::new(
        WORLD,
        &[
            ("catalog/settings.yaml", SETTINGS),
            ("catalog/marketplace/engineering.yaml", ENGINEERING),
            ("catalog/marketplace/general.yaml", GENERAL),
        ],
    )
}

/// The experiences of a name that are not archived.
fn named(bed: &Bed, name: &str) -> Vec<Experience> {
    let mut found = Vec::new();
    bed.change_world(|world: &mut World| {
        let experiences = world.organizations["acme"].marketplace.experiences.values();
        let usable = experiences.filter(|it| it.name == name && it.admin_status.as_deref() != Some("Restricted"));
        found = usable.cloned().collect();
    });
    found
}

fn principals(experience: &Experience) -> Vec<&str> {
    experience.audience.iter().flat_map(|audience| audience.principals.iter().map(String::as_str)).collect()
}

/// The reasons for which targets of a plan can't be planned.
fn reasons(bed: &Bed) -> Vec<String> {
    let plan = bed.sandbox(&["plan", "--format", "json"]).json();
    let targets = plan["targets"].as_array().unwrap().iter();
    targets.filter_map(|target| target["reason"].as_str().map(str::to_owned)).collect()
}

#[test]
fn experience_is_made_with_all_that_belongs_to_it_and_takes_over_whom_another_one_governed() {
    let bed = bed();
    let plan = bed.sandbox(&["plan"]).ends(0).stdout;
    insta::assert_snapshot!(plan);
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    let made = named(&bed, "Engineering");
    let [engineering] = made.as_slice() else { panic!("{made:?}") };
    assert_eq!(engineering.status, ExperienceStatus::Enabled);
    assert_eq!(engineering.description.as_deref(), Some("What engineers may buy"));
    assert_eq!(principals(engineering), ["333333333331", "ou-acme-work0001"]);
    let policy = engineering.policy.as_ref().unwrap();
    assert_eq!((policy.allowed.len(), policy.denied.len()), (2, 1));
    assert_eq!(policy.requests, Some(catalog_sync::sandbox::Permission::Deny));
    let look = engineering.branding.as_ref().unwrap();
    assert_eq!((look.title.as_str(), look.theme_color.as_deref()), ("Engineering", Some("#0e7f74")));
    assert!(look.logo_url.is_some());
    let general = named(&bed, "General");
    assert_eq!(principals(&general[0]), ["ou-acme-labs0001"]);
    assert_eq!(general[0].description.as_deref(), Some("For everybody else"));
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
}

#[test]
fn principal_that_sits_where_no_file_says_whom_is_governed_blocks_its_experience() {
    let bed = bed();
    bed.edit("catalog/marketplace/general.yaml", "    audience:\n      - ou: Labs\n", "");
    let reasons = reasons(&bed);
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert!(
        reasons[0].contains("333333333331 is in the audience of experience General exp-general00001"),
        "{reasons:?}"
    );
    let before = named(&bed, "General");
    bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    assert_eq!(named(&bed, "Engineering"), []);
    assert_eq!(principals(&named(&bed, "General")[0]), principals(&before[0]));
}

#[test]
fn nobody_is_let_go_while_the_experience_that_takes_over_can_not_be_planned() {
    let bed = bed();
    bed.edit("catalog/marketplace/engineering.yaml", "- ou: Workloads", "- ou: Workload");
    // General lets Labs go, and the OU that Engineering names can't be found, so it may be Labs. Account 333333333331
    // was to move to Engineering. Neither is taken off.
    bed.edit("catalog/marketplace/general.yaml", "- ou: Labs", "- account: \"333333333332\"");
    bed.sandbox(&["apply", "--auto-approve"]).ends(1).shows("did you mean `Workloads`?");
    assert_eq!(principals(&named(&bed, "General")[0]), ["333333333331", "ou-acme-labs0001"]);
}

#[test]
fn two_experiences_want_the_same_unit_by_its_path_and_by_its_id() {
    let bed = bed();
    bed.edit("catalog/marketplace/general.yaml", "- ou: Labs", "- ou: ou-acme-work0001\n      - ou: Labs");
    let reasons = reasons(&bed);
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons.iter().all(|it| it.contains("ou-acme-work0001 is in the audience of")), "{reasons:?}");
}

#[test]
fn experience_is_disabled_and_put_away_and_comes_back() {
    let bed = bed();
    std::fs::remove_file(bed.path("catalog/marketplace/engineering.yaml")).unwrap();
    bed.write("catalog/marketplace/general.yaml", "approved: [prod-0000000000001]\nexperiences:\n  - {organization: acme, id: exp-general00001, status: archived}\n");
    let plan = bed.sandbox(&["plan"]).ends(0).stdout;
    assert!(plan.contains("disable") && plan.contains("archive"), "{plan}");
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    assert_eq!(named(&bed, "General"), []);
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
    bed.edit("catalog/marketplace/general.yaml", "archived", "enabled");
    let plan = bed.sandbox(&["plan"]).ends(0).stdout;
    assert!(plan.contains("revive") && plan.contains("enable"), "{plan}");
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    assert_eq!(named(&bed, "General")[0].status, ExperienceStatus::Enabled);
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
}

#[test]
fn somebody_who_disables_a_managed_experience_makes_drift_and_elsewhere_a_word() {
    let bed = bed();
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    let disable = |name: &str| {
        bed.change_world(|world| {
            let experiences = world.organizations.get_mut("acme").unwrap().marketplace.experiences.values_mut();
            for experience in experiences.filter(|it| it.name == name) {
                experience.status = ExperienceStatus::Disabled;
            }
        });
    };
    disable("General");
    bed.sandbox(&["drift"]).ends(0).shows("experience General is disabled");
    disable("Engineering");
    bed.sandbox(&["drift"]).ends(3).shows("status");
}

#[test]
fn logo_is_sent_again_only_where_its_address_in_the_catalog_changed() {
    let bed = bed();
    bed.git(&["init", "-q"]);
    bed.git(&["add", "catalog"]);
    bed.git(&["commit", "-q", "-m", "The catalog"]);
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    bed.edit("catalog/marketplace/engineering.yaml", "logo.png", "other.png");
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
    let plan = bed.sandbox(&["plan", "--base", "HEAD"]).ends(0).stdout;
    assert!(plan.contains("logo again from https://example.com/other.png"), "{plan}");
    bed.sandbox(&["apply", "--auto-approve", "--base", "HEAD"]).ends(0);
}

#[test]
fn audiences_that_can_not_be_read_leave_everybody_where_they_are() {
    let bed = bed();
    bed.change_world(|world| {
        let faults = "faults: [{service: aws-marketplace, operation: ListEntities, skip: 1, error: {code: AccessDeniedException, message: no}}]";
        world.faults.extend(World::parse(faults, "faults").unwrap().faults);
    });
    let ran = bed.sandbox(&["apply", "--auto-approve"]);
    assert_ne!(ran.status, 0, "{}", ran.stdout);
    assert_eq!(principals(&named(&bed, "General")[0]), ["333333333331", "ou-acme-labs0001"]);
}

#[test]
fn page_about_experiences_shows_what_is_so() {
    let page = include_str!("../../../docs/experiences.md");
    let blocks = |language: &str| -> Vec<&str> {
        let fence = format!("```{language}\n");
        page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
    };
    let bed = bed();
    bed.change_world(|world: &mut World| {
        let acme = world.organizations.get_mut("acme").unwrap();
        let shop = acme.ous[0].accounts.remove("333333333331").unwrap();
        acme.ous[1].accounts.insert("333333333331".to_owned(), shop);
        let payments = Member { name: "payments".to_owned(), ..Member::default() };
        acme.ous[0].accounts.insert("333333333333".to_owned(), payments);
        acme.marketplace.experiences.remove("exp-oldeng000001");
        let general = acme.marketplace.experiences.get_mut("exp-general00001").unwrap();
        let policy = general.policy.as_mut().unwrap();
        policy.allowed = ["prod-0000000000002".to_owned()].into();
        policy.denied.clear();
    });
    for yaml in blocks("yaml") {
        let (name, content) = yaml.split_once('\n').unwrap();
        bed.write(&format!("catalog/{}", name.trim_start_matches("# ")), content);
    }
    for block in blocks("console") {
        for part in block.split("$ catalog-sync ").skip(1) {
            let (command, picture) = part.split_once('\n').unwrap();
            let arguments: Vec<&str> = command.split(' ').collect();
            let shown = bed.run(&arguments).ends(0).stdout;
            let mut rest = shown.lines();
            for line in picture.lines().filter(|line| *line != "…") {
                assert!(rest.any(|shown| shown == line), "not so, or not here: {line}\n{shown}");
            }
        }
    }
}
