//! Experiences of other organizations follow one that people edit in the console.

use catalog_sync::sandbox::{Experience, Policy, World};

use super::bed::{Bed, Ran};

const SETTINGS: &str = r#"
version: 1
organizations:
  central: {id: o-central001, marketplace_account: "111111111112"}
  north: {id: o-north00001, marketplace_account: "222222222222"}
  south: {id: o-south00001, marketplace_account: "333333333332"}
access: {role: "arn:aws:iam::{account}:role/catalog-sync-{mode}"}
safety: {max_removals: 10}
"#;

const MIRROR: &str = "mirror: {organization: central, id: exp-curated00001}
experiences:
  - {organization: north, all_live: true}
  - {organization: south, all_live: true}
";

const CURATED: &str = "exp-curated00001";

fn organization(name: &str, accounts: [&str; 2], experiences: &str) -> String {
    let [management, market] = accounts;
    format!(
        r#"
  {name}:
    id: o-{name:0<9}1
    management_account: "{management}"
    delegated_administrators:
      private-marketplace.marketplace.amazonaws.com: ["{market}"]
    accounts:
      "{management}": management
      "{market}": market
    marketplace:
      experiences:{experiences}
"#
    )
}

/// Three organizations. One has the mirrored experience, which is not enabled itself. Of the others some are in step
/// with it and some are not; one is disabled and one archived.
fn world() -> String {
    let central = organization(
        "central",
        ["111111111111", "111111111112"],
        "
        exp-curated00001:
          name: Curated
          status: Disabled
          policy: {name: Curated, allowed: [prod-0000000000001, prod-0000000000002], denied: [prod-0000000000003]}",
    );
    let north = organization(
        "north",
        ["222222222221", "222222222222"],
        "
        exp-northone0001:
          name: North one
          policy: {name: One, allowed: [prod-0000000000001, prod-0000000000003, prod-0000000000009]}
        exp-northtwo0001:
          name: North two
          policy: {name: Two, allowed: [prod-0000000000001, prod-0000000000002], denied: [prod-0000000000003]}
        exp-northoff0001:
          name: North off
          status: Disabled
          policy: {name: Off, allowed: [prod-0000000000009]}
        exp-northold0001:
          name: North old
          status: Disabled
          admin_status: Restricted
          policy: {name: Old, allowed: [prod-0000000000009]}",
    );
    let south = organization(
        "south",
        ["333333333331", "333333333332"],
        "
        exp-southone0001:
          name: South one
          policy: {name: One}",
    );
    format!("organizations:{central}{north}{south}")
}

fn bed() -> Bed {
    Bed::new(&world(), &[("catalog/settings.yaml", SETTINGS), ("catalog/marketplace/mirror.yaml", MIRROR)])
}

fn experience<'w>(world: &'w mut World, organization: &str, id: &str) -> &'w mut Experience {
    world.organizations.get_mut(organization).unwrap().marketplace.experiences.get_mut(id).unwrap()
}

/// The last digits of the approved and the denied products.
fn lists(bed: &Bed, organization: &str, id: &str) -> (String, String) {
    let mut found = (String::new(), String::new());
    bed.change_world(|world| {
        let policy = experience(world, organization, id).policy.clone().unwrap();
        let last = |ids: &std::collections::BTreeSet<String>| ids.iter().filter_map(|id| id.chars().last()).collect();
        found = (last(&policy.allowed), last(&policy.denied));
    });
    found
}

fn policy(bed: &Bed, organization: &str, id: &str, change: impl FnOnce(&mut Policy)) {
    bed.change_world(|world| change(experience(world, organization, id).policy.as_mut().unwrap()));
}

fn product(last: u8) -> String {
    format!("prod-{last:013}")
}

/// Edits the mirroring list.
fn mirroring(bed: &Bed, from: &str, to: &str) {
    bed.edit("catalog/marketplace/mirror.yaml", from, to);
}

/// The reasons for which targets of a plan can't be planned, without repetitions.
fn reasons(bed: &Bed) -> Vec<String> {
    let plan = bed.sandbox(&["plan", "--format", "json"]).json();
    let targets = plan["targets"].as_array().unwrap().iter();
    let unreadable = targets.filter(|target| target["state"] == "unreadable");
    let mut reasons: Vec<String> = unreadable
        .map(|target| {
            let (reason, source) = (target["reason"].as_str().unwrap(), &target["source"]);
            let file = source["file"].as_str().unwrap().rsplit('/').next().unwrap();
            format!("{file}:{}: {reason}", source["line"])
        })
        .collect();
    reasons.sort();
    reasons.dedup();
    let of_mirror =
        plan["targets"].as_array().unwrap().iter().filter(|it| it["name"].as_str().unwrap().contains("/mirror/"));
    assert!(of_mirror.flat_map(|target| target["changes"].as_array().unwrap()).next().is_none(), "{plan}");
    reasons
}

fn plan(bed: &Bed) -> Ran {
    bed.sandbox(&["plan", "--all"])
}

#[test]
fn all_live_experiences_of_two_organizations_follow_in_one_run() {
    let bed = bed();
    let text = plan(&bed).ends(0).stdout;
    insta::assert_snapshot!(text);
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    assert!(ran.stdout.contains("South one"), "{}", ran.stdout);
    assert_eq!(lists(&bed, "north", "exp-northone0001"), ("12".to_owned(), "39".to_owned()));
    assert_eq!(lists(&bed, "north", "exp-northtwo0001"), ("12".to_owned(), "3".to_owned()));
    assert_eq!(lists(&bed, "south", "exp-southone0001"), ("12".to_owned(), "3".to_owned()));
    for untouched in ["exp-northoff0001", "exp-northold0001"] {
        assert_eq!(lists(&bed, "north", untouched), ("9".to_owned(), String::new()));
    }
    assert_eq!(lists(&bed, "central", CURATED), ("12".to_owned(), "3".to_owned()), "nothing is changed in it");
    plan(&bed).ends(0).shows("In step: 3 targets, nothing to change.");
}

#[test]
fn organization_that_can_not_be_entered_stops_no_other() {
    let bed = bed();
    bed.world(&format!("{}accounts:\n  \"333333333332\": {{roles: {{other: {{}}}}}}\n", world()));
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    for words in ["North one", "catalog-sync-apply", "experience mirror · * · south"] {
        assert!(ran.stdout.contains(words), "no {words} in {}", ran.stdout);
    }
    assert_eq!(lists(&bed, "north", "exp-northone0001"), ("12".to_owned(), "39".to_owned()));
    assert_eq!(lists(&bed, "south", "exp-southone0001"), Default::default());
}

#[test]
fn nothing_is_changed_where_the_mirrored_experience_can_not_be_read() {
    let bed = bed();
    bed.fault(
        "{service: aws-marketplace, account: \"111111111112\", error: {code: AccessDeniedException, message: no}}",
    );
    let before = lists(&bed, "north", "exp-northone0001");
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(1);
    assert!(ran.stdout.contains("what is mirrored here can't be told"), "{}", ran.stdout);
    assert_eq!(lists(&bed, "north", "exp-northone0001"), before);
}

const GOVERNING: &str = "approved: [prod-0000000000001, prod-0000000000005]
rejected: [prod-0000000000002]
experiences: [{organization: central, name: Curated}]
";

#[test]
fn governed_experience_is_changed_first_and_the_others_follow_in_the_same_run() {
    let bed = bed();
    bed.write("catalog/marketplace/curated.yaml", GOVERNING);
    let plan = bed.sandbox(&["plan", "--format", "json"]).ends(0).json();
    let target = |name: &str| {
        let targets = plan["targets"].as_array().unwrap();
        targets.iter().find(|target| target["name"] == name).unwrap_or_else(|| panic!("no {name} in {plan}")).clone()
    };
    let follower = target("marketplace/mirror/south/exp-southone0001");
    let approves = follower["changes"].as_array().unwrap().iter().find(|it| it["key"] == product(5)).unwrap();
    assert_eq!(approves["because"], "mirrors");
    assert_eq!(approves["mirrors"]["experience"], CURATED);
    let first = &approves["waits_for"][0];
    assert_eq!((&first["target"], &first["key"]), (&"marketplace/curated/central/Curated".into(), &product(5).into()));
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    assert_eq!(lists(&bed, "central", CURATED), ("15".to_owned(), "23".to_owned()));
    assert_eq!(lists(&bed, "south", "exp-southone0001"), ("15".to_owned(), "23".to_owned()));
    assert_eq!(lists(&bed, "north", "exp-northone0001"), ("15".to_owned(), "239".to_owned()));
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
}

#[test]
fn what_the_governed_experience_did_not_get_the_others_do_not_follow() {
    let bed = bed();
    bed.write("catalog/marketplace/curated.yaml", GOVERNING);
    bed.fault(
        "{operation: StartChangeSet, account: \"111111111112\", error: {code: AccessDeniedException, message: no}}",
    );
    let ran = bed.sandbox(&["apply", "--auto-approve", "--format", "json"]).ends(5);
    let report = ran.json();
    let targets = report["targets"].as_array().unwrap().iter();
    let skipped: Vec<&str> = targets
        .filter(|target| target["name"] != "marketplace/curated/central/Curated")
        .flat_map(|target| target["changes"].as_array().unwrap())
        .filter(|change| change["result"] == "skipped")
        .map(|change| change["reason"].as_str().unwrap())
        .collect();
    assert!(!skipped.is_empty() && skipped.iter().all(|reason| reason.contains("was not made")), "{skipped:?}");
    assert_eq!(lists(&bed, "central", CURATED), ("12".to_owned(), "3".to_owned()));
    // The followers get what the governed experience has live already, but not what was planned for it.
    assert_eq!(lists(&bed, "south", "exp-southone0001"), ("1".to_owned(), "3".to_owned()));
    assert_eq!(lists(&bed, "north", "exp-northone0001"), ("1".to_owned(), "39".to_owned()));
}

#[test]
fn what_can_not_be_followed_is_blocked_with_the_line_to_mend() {
    let told = |change: &dyn Fn(&Bed)| {
        let bed = bed();
        change(&bed);
        reasons(&bed)
    };
    let curated = |change: fn(&mut Experience)| {
        move |bed: &Bed| bed.change_world(|world| change(experience(world, "central", CURATED)))
    };
    let by_name = |bed: &Bed, name: &str| mirroring(bed, "id: exp-curated00001", &format!("name: {name}"));
    let all = [
        told(&curated(|it| it.admin_status = Some("Restricted".to_owned()))),
        told(&curated(|it| it.policy = None)),
        told(&|bed| by_name(bed, "Curatd")),
        told(&|bed| {
            bed.change_world(|world| {
                let twin = experience(world, "central", CURATED).clone();
                let all = &mut world.organizations.get_mut("central").unwrap().marketplace.experiences;
                all.insert("exp-twin00000001".to_owned(), twin);
            });
            by_name(bed, "Curated");
        }),
        told(&|bed| mirroring(bed, "id: exp-curated00001", "id: exp-gone00000001")),
        // A mirror of a mirror. Only the live state shows it.
        told(&|bed| {
            curated(|it| it.status = catalog_sync::sandbox::ExperienceStatus::Enabled)(bed);
            let other = "mirror: {organization: south, id: exp-southone0001}\nexperiences: [{organization: central, all_live: true}]\n";
            bed.write("catalog/marketplace/other.yaml", other);
            mirroring(bed, "  - {organization: south, all_live: true}\n", "");
        }),
        // A mirror of itself, which only the live state shows. The other experiences still follow.
        {
            let bed = bed();
            curated(|it| it.status = catalog_sync::sandbox::ExperienceStatus::Enabled)(&bed);
            mirroring(&bed, "organization: south, all_live", "organization: central, all_live");
            let ran = bed.sandbox(&["plan"]).ends(1);
            let line = ran.stdout.lines().find(|line| line.contains("can't follow itself")).unwrap_or(&ran.stdout);
            assert!(ran.stdout.contains("North one"), "{}", ran.stdout);
            vec![line.trim().to_owned()]
        },
    ];
    insta::assert_snapshot!(all.concat().join("\n"));
}

#[test]
fn experience_that_gets_its_first_policy_is_followed_once_it_has_it() {
    let bed = bed();
    bed.write("catalog/marketplace/curated.yaml", GOVERNING);
    bed.change_world(|world| experience(world, "central", CURATED).policy = None);
    let plan = bed.sandbox(&["plan", "--format", "json"]).ends(0).json();
    let targets =
        plan["targets"].as_array().unwrap().iter().filter(|it| it["name"].as_str().unwrap().contains("/mirror/"));
    for change in targets.flat_map(|target| target["changes"].as_array().unwrap()) {
        let waits = change["waits_for"].as_array().unwrap();
        assert!(waits.iter().any(|it| it["kind"] == "procurement_policy"), "{change}");
    }
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    assert_eq!(lists(&bed, "south", "exp-southone0001"), ("15".to_owned(), "2".to_owned()));
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
}

#[test]
fn drift_tells_what_is_behind_from_what_somebody_edited() {
    let bed = bed();
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    bed.sandbox(&["drift"]).ends(0);
    policy(&bed, "central", CURATED, |policy| {
        policy.allowed.insert(product(7));
    });
    let ran = bed.sandbox(&["drift"]).ends(3);
    insta::assert_snapshot!(ran.stdout);
}

#[test]
fn ignored_and_kept_products_are_left_alone_in_what_follows() {
    let bed = bed();
    mirroring(&bed, "experiences:", &format!("unlisted: keep\nignore: [{}]\nexperiences:", product(3)));
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    assert_eq!(lists(&bed, "north", "exp-northone0001"), ("1239".to_owned(), String::new()));
    assert_eq!(lists(&bed, "south", "exp-southone0001"), ("12".to_owned(), String::new()));
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
}

#[test]
fn plan_against_a_base_tells_what_a_mirror_brings_from_what_the_change_does() {
    let bed = bed();
    bed.git(&["init", "-q"]);
    bed.git(&["add", "catalog"]);
    bed.git(&["commit", "-q", "-m", "A mirror"]);
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
    policy(&bed, "central", CURATED, |policy| {
        policy.allowed.insert(product(7));
    });
    mirroring(&bed, "experiences:", &format!("ignore: [{}]\nexperiences:", product(9)));
    bed.change_world(|world| {
        let mut added = experience(world, "north", "exp-northtwo0001").clone();
        added.name = "North new".to_owned();
        let all = &mut world.organizations.get_mut("central").unwrap().marketplace.experiences;
        all.insert("exp-centralnew01".to_owned(), added);
    });
    let more = "  - {organization: south, all_live: true}\n  - {organization: central, id: exp-centralnew01}\n";
    mirroring(&bed, "  - {organization: south, all_live: true}\n", more);
    let ran = bed.sandbox(&["plan", "--base", "HEAD"]).ends(0);
    insta::assert_snapshot!(ran.stdout);
    let ran = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    assert_eq!((&ran["summary"]["mirrored"], &ran["summary"]["drift"]), (&3.into(), &0.into()));
}

#[test]
fn page_about_mirrors_shows_what_is_so() {
    let page = include_str!("../../../docs/mirrors.md");
    let blocks = |language: &str| -> Vec<&str> {
        let fence = format!("```{language}\n");
        page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
    };
    let bed = Bed::example();
    std::fs::remove_dir_all(bed.path("catalog/portfolios")).unwrap();
    std::fs::remove_dir_all(bed.path("catalog/marketplace")).unwrap();
    bed.write("catalog/marketplace/subsidiaries.yaml", blocks("yaml")[0].split_once('\n').unwrap().1);
    for (block, status) in blocks("console").into_iter().zip([0, 0, 3]) {
        let (command, picture) = block.split_once('\n').unwrap();
        if command.contains("drift") {
            bed.change_world(|world| {
                let policy = experience(world, "acme", "exp-acmebase0001").policy.as_mut().unwrap();
                assert!(policy.allowed.remove("prod-b2c3d4e5f6a71"));
                policy.denied.insert("prod-b2c3d4e5f6a71".to_owned());
            });
        }
        let arguments: Vec<&str> = command.split(' ').skip(2).collect();
        let shown = bed.run(&arguments).ends(status).stdout;
        let mut rest = shown.lines();
        for line in picture.lines().filter(|line| *line != "…") {
            assert!(rest.any(|shown| shown == line), "not so, or not here: {line}\n{shown}");
        }
    }
}
