//! Resources that the base governed and the catalog no longer does, and entries that can't be identified: nothing is
//! removed by mistake, and everything is reported.

use catalog_sync::sandbox::World;

use super::bed::Bed;

const HUB: &str = "111111111112";
const PARTNER: &str = "999999999992";

fn remove(bed: &Bed, file: &str) {
    std::fs::remove_file(bed.path(file)).unwrap();
}

/// The receivers of the shares of a portfolio of the hub.
fn shares(bed: &Bed, region: &str, portfolio: &str) -> Vec<String> {
    let world = World::read(&bed.path("world.yaml")).unwrap();
    let portfolio = &world.accounts[HUB].regions[region].portfolios[portfolio];
    portfolio.shares.iter().map(|share| share.to.id().to_owned()).collect()
}

fn rename(bed: &Bed, region: &str, portfolio: &str, name: &str) {
    bed.change_world(|world| {
        let region = world.accounts.get_mut(HUB).unwrap().regions.get_mut(region).unwrap();
        name.clone_into(&mut region.portfolios.get_mut(portfolio).unwrap().name);
    });
}

const SANDBOXES: &str = "catalog/portfolios/sandboxes.yaml";
const SANDBOX: &str = "catalog/portfolios/developer-sandbox.yaml";
const DATA: &str = "catalog/portfolios/data-platform.yaml";
const NETWORK: &str = "catalog/portfolios/network-basics.yaml";

#[test]
fn renamed_file_with_a_slip_in_the_portfolio_keeps_shares() {
    let bed = Bed::in_step();
    std::fs::rename(bed.path(SANDBOX), bed.path(SANDBOXES)).unwrap();
    bed.edit(SANDBOXES, "Developer Sandbox", "Developer Sandbx");
    let ran = bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(1);
    assert!(ran.stdout.contains("no portfolio named `Developer Sandbx`"), "{}", ran.stdout);
    assert!(ran.stdout.contains("may mean it"), "{}", ran.stdout);
    assert_eq!(shares(&bed, "us-east-1", "port-sandboxtools1").len(), 2);
    // Nothing is removed in the accounts that receive it either.
    assert!(!ran.stdout.contains("no longer listed"), "{}", ran.stdout);
    // The printed fix works: a name that exists. The accounts' local portfolios then get the tag of the file's new
    // name.
    bed.edit(SANDBOXES, "Developer Sandbx", "Developer Sandbox");
    let plan = bed.sandbox(&["plan", "--base", "HEAD"]).ends(0);
    plan.shows("tag: developer-sandbox → sandboxes").shows("2 to update. 1 warning. 9 targets in step.");
}

#[test]
fn renamed_file_that_names_two_portfolios_keeps_shares() {
    let bed = Bed::in_step();
    bed.change_world(|world| {
        let region = world.accounts.get_mut(HUB).unwrap().regions.get_mut("us-east-1").unwrap();
        let twin = region.portfolios["port-sandboxtools1"].clone();
        region.portfolios.insert("port-twin0001".to_owned(), twin);
    });
    std::fs::rename(bed.path(SANDBOX), bed.path(SANDBOXES)).unwrap();
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(1).shows("Name the one that is meant by its id");
    assert_eq!(shares(&bed, "us-east-1", "port-sandboxtools1").len(), 2);
}

#[test]
fn deleted_file_whose_units_can_not_be_read_is_cleaned_up_later_and_as_a_whole() {
    let bed = Bed::in_step();
    remove(&bed, DATA);
    bed.fault(
        "{operation: ListOrganizationalUnitsForParent, times: 40, error: {code: AccessDeniedException, message: 'no'}}",
    );
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(1).shows("ListOrganizationalUnitsForParent");
    assert_eq!(shares(&bed, "us-east-1", "port-dataplatform1").len(), 4);
    bed.change_world(|world| world.faults.clear());
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0);
    assert!(shares(&bed, "us-east-1", "port-dataplatform1").is_empty());
    assert!(shares(&bed, "eu-west-1", "port-dataplatform2").is_empty());
}

#[test]
fn portfolio_renamed_in_the_console_is_not_forgotten_when_its_file_goes() {
    let bed = Bed::in_step();
    rename(&bed, "us-east-1", "port-dataplatform1", "Data Plattform");
    remove(&bed, DATA);
    let ran = bed.sandbox(&["plan", "--base", "HEAD"]).ends(1);
    assert!(ran.stdout.contains("can't tell which portfolio `Data Platform`"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Data Plattform port-dataplatform1"), "{}", ran.stdout);
    // The printed fix works: name the portfolio by its id first, and remove the file in a later change.
    bed.git(&["checkout", "-q", "HEAD", "--", DATA]);
    bed.edit(DATA, "portfolio: Data Platform", "id: port-dataplatform1");
    bed.edit(DATA, "regions: [us-east-1, eu-west-1]", "regions: [us-east-1]");
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0);
    bed.git(&["commit", "-qam", "By its id"]);
    remove(&bed, DATA);
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0);
    assert!(shares(&bed, "us-east-1", "port-dataplatform1").is_empty());
}

#[test]
fn name_that_two_portfolios_bear_is_not_forgotten_when_its_file_goes() {
    let bed = Bed::in_step();
    rename(&bed, "us-east-1", "port-goldenimages1", "Data Platform");
    remove(&bed, DATA);
    let ran = bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(5);
    assert!(ran.stdout.contains("can't tell which portfolio `Data Platform`"), "{}", ran.stdout);
    assert_eq!(shares(&bed, "us-east-1", "port-dataplatform1").len(), 4);
    assert!(shares(&bed, "eu-west-1", "port-dataplatform2").is_empty(), "there it is plain");
}

#[test]
fn unit_renamed_in_the_console_is_not_forgotten_when_the_file_goes() {
    let bed = Bed::in_step();
    bed.change_world(|world| "Datenhaltung".clone_into(&mut world.organizations.get_mut("acme").unwrap().ous[2].name));
    remove(&bed, DATA);
    let ran = bed.sandbox(&["plan", "--base", "HEAD"]).ends(1);
    assert!(ran.stdout.contains("can't tell which unit"), "{}", ran.stdout);
    assert!(ran.stdout.contains("ou-acme-data0001"), "{}", ran.stdout);
}

#[test]
fn file_that_names_another_portfolio_now_cleans_up_the_old_one() {
    let bed = Bed::in_step();
    bed.edit(NETWORK, "id: port-network000001", "portfolio: Golden Images");
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    let targets = plan["targets"].as_array().unwrap();
    let old = targets.iter().find(|target| target["resource"]["id"] == "port-network000001").unwrap();
    assert_eq!(old["name"], "portfolio/network-basics/acme/us-east-1/port-network000001");
    assert_eq!(old["changes"][0]["action"], "remove");
    assert_eq!(old["changes"][0]["because"], "no_longer_listed");
    assert_eq!(old["left_alone"], 1, "a share that the base did not list stays, and is counted");
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0);
    assert_eq!(shares(&bed, "us-east-1", "port-network000001"), ["555555555551"]);
    // A matrix job may plan the file's own target alone.
    let target = ["plan", "--base", "HEAD", "--target", "portfolio/network-basics/acme/us-east-1"];
    bed.sandbox(&target).ends(0).shows("nothing to change");
}

#[test]
fn file_that_names_another_portfolio_says_that_the_shares_of_one_that_can_not_be_told_stay() {
    let bed = Bed::in_step();
    rename(&bed, "us-east-1", "port-sandboxtools1", "Playground");
    bed.edit(SANDBOX, "portfolio: Developer Sandbox", "portfolio: Golden Images");
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    let released = &plan["released"][0];
    assert_eq!(released["target"], "portfolio/developer-sandbox/acme/us-east-1");
    assert_eq!(released["resource"]["name"], "Developer Sandbox");
    assert_eq!(released["keeps"]["portfolio_share"], 2);
}

#[test]
fn clean_up_removes_only_what_the_base_listed() {
    let bed = Bed::in_step();
    remove(&bed, NETWORK);
    bed.sandbox(&["apply", "--base", "HEAD", "--auto-approve"]).ends(0);
    assert_eq!(shares(&bed, "us-east-1", "port-network000001"), ["555555555551"], "the base kept it");
}

#[test]
fn list_that_is_deleted_is_said_to_be_released() {
    let bed = Bed::in_step();
    remove(&bed, "catalog/marketplace/data-science.yaml");
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    assert_eq!(plan["summary"]["creates"], 0);
    let released = plan["released"].as_array().unwrap();
    assert_eq!(released.len(), 1);
    assert_eq!(released[0]["resource"]["id"], "exp-acmedata0001");
    assert_eq!(released[0]["keeps"]["product_approval"], 7);
    assert_eq!(released[0]["base_source"]["file"], "catalog/marketplace/data-science.yaml");
}

#[test]
fn organization_that_leaves_with_its_files_is_said_to_be_released() {
    let bed = Bed::in_step();
    remove(&bed, "catalog/marketplace/engineering.yaml");
    bed.edit(
        "catalog/marketplace/baseline.yaml",
        "  - organization: subsidiary\n    all_live: true # every experience that is enabled and not archived\n    except: [exp-subsengi0001] # engineering.yaml governs that one\n",
        "",
    );
    bed.edit(
        "catalog/settings.yaml",
        "  subsidiary: # shares no portfolios, so it needs no service_catalog_account\n    id: o-subs000001\n    marketplace_account: \"222222222222\"\n",
        "",
    );
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    let released: Vec<&str> =
        plan["released"].as_array().unwrap().iter().map(|it| it["target"].as_str().unwrap()).collect();
    assert_eq!(released, ["marketplace/baseline/subsidiary/*", "marketplace/engineering/subsidiary/Engineering"]);
}

#[test]
fn hub_account_that_leaves_with_its_files_is_said_to_be_released() {
    let bed = Bed::in_step();
    for file in [SANDBOX, DATA, NETWORK] {
        remove(&bed, file);
    }
    bed.edit("catalog/settings.yaml", "    service_catalog_account: \"111111111112\" # owns the portfolios\n", "");
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    assert_eq!(plan["released"].as_array().unwrap().len(), 4);
    assert_eq!(shares(&bed, "us-east-1", "port-dataplatform1").len(), 4);
}

#[test]
fn removal_by_this_change_is_not_drift_though_a_unit_was_renamed() {
    let bed = Bed::in_step();
    bed.change_world(|world| "Datenhaltung".clone_into(&mut world.organizations.get_mut("acme").unwrap().ous[2].name));
    bed.edit(DATA, "  - ou: Data\n    tag_options: true\n", "");
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    assert_eq!(plan["summary"]["removes"], 2);
    assert_eq!(plan["summary"]["drift"], 0);
}

#[test]
fn drift_stays_drift_when_its_file_is_renamed() {
    let bed = Bed::in_step();
    bed.change_world(|world| {
        let region = world.accounts.get_mut(HUB).unwrap().regions.get_mut("us-east-1").unwrap();
        region.portfolios.get_mut("port-dataplatform1").unwrap().shares.retain(|share| share.to.id() != PARTNER);
    });
    std::fs::rename(bed.path(DATA), bed.path("catalog/portfolios/warehouse.yaml")).unwrap();
    let plan = bed.sandbox(&["plan", "--base", "HEAD", "--format", "json"]).ends(0).json();
    assert_eq!((plan["summary"]["creates"].as_u64(), plan["summary"]["drift"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn digest_does_not_depend_on_the_names_of_files() {
    let bed = Bed::example();
    let digest = |bed: &Bed| bed.sandbox(&["plan", "--format", "json"]).ends(0).json()["digest"].clone();
    let before = digest(&bed);
    std::fs::rename(bed.path(DATA), bed.path("catalog/portfolios/warehouse.yaml")).unwrap();
    assert_eq!(digest(&bed), before);
}

#[test]
fn saved_plan_is_not_carried_out_on_another_portfolio_of_that_name() {
    let bed = Bed::in_step();
    bed.edit(SANDBOX, "shares:", "shares:\n  - account: \"333333333332\"");
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(0);
    rename(&bed, "us-east-1", "port-sandboxtools1", "Old Sandbox");
    rename(&bed, "us-east-1", "port-goldenimages1", "Developer Sandbox");
    bed.sandbox(&["apply", "plan.json"]).ends(4).says("nobody has seen");
    assert_eq!(shares(&bed, "us-east-1", "port-goldenimages1"), ["o-acme000001"]);
}

#[test]
fn turning_principals_off_counts_against_the_limit() {
    let bed = Bed::in_step();
    bed.edit("catalog/settings.yaml", "max_removals: 20", "max_removals: 0");
    bed.edit(SANDBOX, "    principals: true\n", "");
    let plan = bed.sandbox(&["plan", "--format", "json"]).ends(0).json();
    assert_eq!(plan["summary"]["removes"], 1);
    assert_eq!(
        plan["targets"].as_array().unwrap().iter().flat_map(|it| it["changes"].as_array().unwrap()).next().unwrap()["takes_away"],
        true
    );
    bed.sandbox(&["apply", "--auto-approve"]).ends(4).says("--allow-removals 1");
    bed.sandbox(&["apply", "--auto-approve", "--allow-removals", "1"]).ends(0);
}

#[test]
fn two_entries_that_spell_an_id_and_a_name_alike_are_two_targets() {
    let bed = Bed::example();
    bed.change_world(|world| {
        let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
        "exp-acmedata0001".clone_into(&mut experiences.get_mut("exp-acmesand0001").unwrap().name);
    });
    bed.edit(
        "catalog/marketplace/data-science.yaml",
        "    id: exp-acmedata0001",
        "    name: exp-acmedata0001\n  - organization: acme\n    id: exp-acmedata0001",
    );
    let plan = bed.sandbox(&["plan", "--format", "json"]).ends(0).json();
    let names: Vec<&str> = plan["targets"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"marketplace/data-science/acme/exp-acmedata0001"), "{names:?}");
    assert!(names.contains(&"marketplace/data-science/acme/name:exp-acmedata0001"), "{names:?}");
}

#[test]
fn names_that_look_like_patterns_or_lists_are_targets_of_their_own() {
    for name in ["*", "All*", "Tools, EU", "[x]", "it's \"it\""] {
        let bed = Bed::example();
        bed.change_world(|world| {
            let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
            name.clone_into(&mut experiences.get_mut("exp-acmesand0001").unwrap().name);
        });
        let quoted = serde_json::to_string(name).unwrap();
        let list = format!("approved: []\nexperiences:\n  - organization: acme\n    name: {quoted}\n");
        bed.write("catalog/marketplace/odd.yaml", &list);
        let targets = bed.run(&["targets"]).ends(0).json();
        let target = targets.as_array().unwrap().iter().filter_map(|it| it.as_str()).find(|it| it.contains("/odd/"));
        let plan = bed.sandbox(&["plan", "--target", target.unwrap(), "--format", "json"]).ends(0).json();
        let planned = plan["targets"].as_array().unwrap();
        assert_eq!(planned.len(), 1, "{name}");
        assert_eq!(planned[0]["resource"]["id"], "exp-acmesand0001", "{name}");
    }
}

#[test]
fn all_live_of_an_account_that_sees_no_experience_is_an_error() {
    let bed = Bed::example();
    bed.change_world(|world| world.organizations.get_mut("subsidiary").unwrap().marketplace.experiences.clear());
    bed.sandbox(&["plan"]).ends(1).shows("sees no experience at all").shows("delegated administrator");
}

#[test]
fn exception_that_the_organization_does_not_have_is_warned_about() {
    let bed = Bed::example();
    bed.edit("catalog/marketplace/baseline.yaml", "except: [exp-subsengi0001]", "except: [exp-subsengi0001, exp-typo]");
    bed.sandbox(&["plan"]).ends(0).shows("has no experience exp-typo");
}
