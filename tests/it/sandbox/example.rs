//! The built-in world, and worlds as files.

use std::path::Path;

use catalog_sync::catalog;
use catalog_sync::catalog::source::read_dir;
use catalog_sync::model::finding::Severity;
use catalog_sync::sandbox::{START_ACCESS_KEY, Unproven, World};

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

/// The worlds in docs/sandbox.md.
fn documented() -> Vec<World> {
    let text = include_str!("../../../docs/sandbox.md");
    let blocks = text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    blocks.map(|yaml| World::parse(yaml, "docs/sandbox.md").expect("it can be read")).collect()
}

#[test]
fn documentation_tells_every_knob() {
    let [wrong, recipients, unproven] = <[World; 3]>::try_from(documented()).expect("three worlds");
    let usual = World::default();
    assert!(wrong.faults.len() > 1 && wrong.change_set_faults.len() == 1 && wrong.share_errors.len() == 1);
    assert!(wrong.share_pause_ms > 0 && wrong.latency_ms > 0);
    assert!(wrong.rates != usual.rates && wrong.pages != usual.pages);
    assert!(wrong.sessions != usual.sessions && wrong.oidc != usual.oidc);
    let shop = recipients.region("333333333331", "us-east-1").expect("a region");
    assert!(shop.imports.values().any(|it| it.rejected) && shop.imports.values().any(|it| it.principals.len() == 3));
    assert!(recipients.copy_errors.len() == 1 && recipients.constraint_errors.len() == 1);
    let mine = &shop.portfolios["port-mine00000001"];
    assert!(mine.products.len() == 2 && mine.constraints.len() == 1 && mine.tags.len() == 1);
    // Destructured in full, so that a new switch does not compile until it is documented.
    let Unproven {
        configuration,
        requests_change,
        experience_revision,
        refused_product,
        change_order,
        change_set_unseen,
        change_set_unlisted,
        new_experience_unseen,
        batch_describe,
        paths,
        inherited_rows,
        access_below,
        nothing_reached,
        accept_again,
        rejected_share,
        missing_principal,
        import_patterns,
        shared_patterns,
        import_principals,
        products_of_share,
        inherited_constraints,
        missing_role,
        copy_carries,
        tag_options,
        tokens_kept,
    } = unproven.unproven.clone();
    let usual = usual.unproven;
    assert!(configuration != usual.configuration && requests_change != usual.requests_change);
    assert!(experience_revision != usual.experience_revision && refused_product != usual.refused_product);
    assert!(change_order.is_some() && change_set_unseen > 0 && batch_describe != usual.batch_describe);
    assert!(change_set_unlisted > 0 && new_experience_unseen > 0);
    assert!(paths != usual.paths && inherited_rows != usual.inherited_rows && access_below != usual.access_below);
    assert!(nothing_reached != usual.nothing_reached && accept_again != usual.accept_again);
    assert!(rejected_share != usual.rejected_share && missing_principal != usual.missing_principal);
    assert!(import_patterns != usual.import_patterns && shared_patterns != usual.shared_patterns);
    assert!(import_principals != usual.import_principals && products_of_share != usual.products_of_share);
    assert!(inherited_constraints != usual.inherited_constraints && missing_role != usual.missing_role);
    assert!(copy_carries != usual.copy_carries && tag_options != usual.tag_options && tokens_kept.is_some());
    let again = World::parse(&unproven.to_yaml(), "again").expect("it can be read again");
    assert_eq!(again, unproven);
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
    assert_eq!(error, "world.yaml:3:22: unknown field `nam`, expected one of `name`, `status`, `joined`");
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
