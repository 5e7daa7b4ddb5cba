//! The built-in world, and worlds as files.

use std::path::Path;

use catalog_sync::catalog;
use catalog_sync::catalog::source::read_dir;
use catalog_sync::model::finding::Severity;
use catalog_sync::sandbox::{START_ACCESS_KEY, World};

#[test]
fn the_example_is_a_world_of_human_size() {
    let world = World::example();
    assert_eq!(world.start_account(), Some("111111111111"));
    assert_eq!(world.organizations.len(), 2);
    assert!(START_ACCESS_KEY.len() >= 16);
}

#[test]
fn a_world_survives_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.yaml");
    let world = World::example();
    world.write(&path).expect("it can be written");
    assert_eq!(World::read(&path).expect("it can be read"), world);
    let names: Vec<_> = folder.path().read_dir().expect("a folder").collect();
    assert_eq!(names.len(), 1, "nothing is left beside the file");
}

#[test]
fn what_is_usual_is_not_written() {
    assert_eq!(World::default().to_yaml().trim(), "{}");
}

#[test]
fn an_error_says_where() {
    let wrong = "organizations:\n  acme:\n    id: o-acme000001\n    managment_account: \"1\"\n";
    let error = format!("{:#}", World::parse(wrong, "world.yaml").expect_err("a typo"));
    assert!(error.starts_with("world.yaml:4:5: "), "{error}");
    assert!(error.contains("managment_account"), "{error}");
    let wrong = "organizations:\n  acme:\n    accounts: {\"1\": {nam: x}}\n";
    let error = format!("{:#}", World::parse(wrong, "world.yaml").expect_err("a typo"));
    assert_eq!(error, "world.yaml:3:22: unknown field `nam`, expected one of name, status, joined");
}

#[test]
fn a_world_that_could_not_be_is_refused() {
    let refused = |yaml: &str| format!("{:#}", World::parse(yaml, "world.yaml").expect_err("it could not be"));
    let error = refused("organizations: {acme: {id: o-a, management_account: \"111111111111\"}}");
    assert!(error.contains("111111111111 is not in its tree"), "{error}");
    let share = "accounts: {\"111111111111\": {regions: {us-east-1: {portfolios: {port-a: {shares: [SHARE]}}}}}}";
    let error = refused(&share.replace("SHARE", "{ou: ou-none-00000001}"));
    assert!(error.contains("nowhere in this world"), "{error}");
    let error = refused(&share.replace("SHARE", "").replace("port-a", "\"port a\""));
    assert!(error.contains("letters, digits"), "{error}");
    let late = "{\"111111111111\": {name: x, joined: yesterday}}";
    let error = refused(&format!("organizations: {{acme: {{id: o-a, accounts: {late}}}}}"));
    assert!(error.contains("`joined` of account 111111111111 is no time"), "{error}");
    let error = refused(&share.replace("SHARE", "{accepted: true}"));
    assert!(error.contains("exactly one of"), "{error}");
}

#[test]
fn the_catalog_of_this_repository_is_in_order() {
    let files = read_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog")).expect("the catalog");
    let loaded = catalog::load(&files, jiff::civil::date(2026, 12, 1));
    let wrong: Vec<_> = loaded.findings.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(loaded.desired.is_some());
}
