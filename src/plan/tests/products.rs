//! Names of products: what is asked, and what is done with the answers.

use super::*;
use crate::model::desired::Until;
use crate::model::finding::{Silence, Warning};
use crate::model::id::ProductId;
use crate::model::offer::Title;

fn called(mut desired: Desired, names: &[(&str, &str)]) -> Desired {
    desired.product_names = names.iter().map(|(product, name)| (id(product), (*name).to_owned())).collect();
    desired
}

fn there(name: &str, vendor: &str) -> Found<Title> {
    Found::There(Title { name: name.to_owned(), vendor: Some(vendor.to_owned()), is_withdrawn: false })
}

fn withdrawn(name: &str) -> Found<Title> {
    Found::There(Title { name: name.to_owned(), vendor: None, is_withdrawn: true })
}

/// The answers of the marketplace.
fn knows(mut live: Live, products: Vec<(&str, Found<Title>)>) -> Live {
    live.products = products.into_iter().map(|(product, found)| (id(product), found)).collect();
    live
}

fn asked(plan: &Plan, desired: &Desired, which: Products) -> Vec<String> {
    let Asked { wants, left_out: _ } = products(plan, desired, which);
    wants.products.values().flat_map(|it| &it.ids).map(ToString::to_string).collect()
}

/// The plan with its names, and the warnings that these bring.
fn named(desired: &Desired, live: &Live, which: Products) -> (Plan, Vec<Warning>) {
    let plan = titled(plan(desired, live), desired, live, which);
    let warnings = plan.targets.iter().flat_map(|target| target.warnings.clone()).collect();
    (plan, warnings)
}

fn codes(warnings: &[Warning]) -> Vec<(&str, u32)> {
    warnings.iter().map(|it| (it.code.as_str(), it.source.as_ref().map_or(0, |source| source.line))).collect()
}

#[test]
fn plan_in_step_asks_for_no_product_and_drift_for_what_is_approved() {
    let desired = called(listed(&["prod-a", "prod-b"], &["prod-x"], Unlisted::Remove), &[("prod-a", "A")]);
    let live = live(vec![], Some((&["prod-a", "prod-b"], &["prod-x"])));
    let plan = plan(&desired, &live);
    assert!(products(&plan, &desired, Products::SpokenOf).wants.is_empty());
    assert_eq!(asked(&plan, &desired, Products::Approved), ["prod-a", "prod-b"]);
}

#[test]
fn products_of_changes_are_asked_for_where_an_answer_has_a_use() {
    let desired = called(
        listed(&["prod-a", "prod-b"], &["prod-x"], Unlisted::Remove),
        &[("prod-a", "A"), ("prod-x", "X"), ("prod-old", "Old")],
    );
    let mut live = live(vec![], Some((&["prod-old", "prod-gone"], &[])));
    let plan = plan(&desired, &live);
    // A listed product is asked for even with a name, which may be wrong. Any other one is asked for only without a
    // name.
    assert_eq!(asked(&plan, &desired, Products::SpokenOf), ["prod-a", "prod-b", "prod-gone", "prod-x"]);
    let wants = products(&plan, &desired, Products::SpokenOf).wants;
    assert_eq!(
        wants.products.keys().map(AccountId::as_str).collect::<Vec<_>>(),
        [HUB],
        "the experience's account asks"
    );
    live.experiences.clear();
    assert!(products(&super::plan(&desired, &live), &desired, Products::Approved).wants.is_empty(), "unreadable");
}

#[test]
fn approval_that_ends_soon_gets_its_name() {
    let mut desired = listed(&["prod-a", "prod-b"], &[], Unlisted::Remove);
    let lists = lists(&mut desired);
    lists.approved.get_mut(&id::<ProductId>("prod-b")).unwrap().until =
        Some(Until { day: "2030-01-01".parse().unwrap(), is_near: true });
    let live = live(vec![], Some((&["prod-a", "prod-b"], &[])));
    assert_eq!(asked(&plan(&desired, &live), &desired, Products::SpokenOf), ["prod-b"]);
    let live = knows(live, vec![("prod-b", there("Bee", "Hive"))]);
    let (_, warnings) = named(&desired, &live, Products::SpokenOf);
    assert!(warnings[0].message.contains("Bee by Hive prod-b on 2030-01-01"), "{warnings:?}");
}

#[test]
fn run_asks_for_500_products_those_without_a_name_first() {
    let ids: Vec<String> = (0..600).map(|number| format!("prod-{number:03}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let names: Vec<(&str, &str)> = ids[..550].iter().map(|id| (*id, "Named")).collect();
    let desired = called(listed(&ids, &[], Unlisted::Remove), &names);
    let plan = plan(&desired, &live(vec![], Some((&[], &[]))));
    let Asked { wants, left_out } = products(&plan, &desired, Products::SpokenOf);
    let wanted = &wants.products.values().next().unwrap().ids;
    assert_eq!((wanted.len(), left_out), (500, 100));
    assert!(ids[550..].iter().all(|product| wanted.contains(&id::<ProductId>(product))));
}

#[test]
fn names_fill_in_where_there_are_none_and_change_nothing() {
    let mut desired = called(listed(&["prod-a", "prod-b"], &[], Unlisted::Remove), &[("prod-a", "Our A")]);
    let lists = lists(&mut desired);
    lists.ignored.insert(id("prod-i"), source(7));
    let live = live(vec![], Some((&["prod-gone", "prod-i"], &[])));
    let before = plan(&desired, &live);
    assert_eq!(asked(&before, &desired, Products::SpokenOf), ["prod-a", "prod-b", "prod-gone", "prod-i"]);
    let all = ["prod-a", "prod-b", "prod-gone", "prod-i"].map(|id| (id, there("Our A", "Vendor")));
    let live = knows(live, all.into());
    let (after, _) = named(&desired, &live, Products::SpokenOf);
    let labels: Vec<String> = after.changes().map(|(_, change)| change.about.label.clone()).collect();
    assert_eq!(labels, ["Our A", "Our A by Vendor", "Our A by Vendor"]);
    let TargetState::Complete { left_alone, .. } = &after.targets[0].state else { panic!() };
    assert_eq!(left_alone.ignored["prod-i"], "Our A by Vendor");
    assert_eq!(before.digest, after.digest);
    assert_eq!(canonical::digest(&after.targets), after.digest);
    let shown = |plan: &Plan| Reviewed::of(plan).fingerprints().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(shown(&before), shown(&after), "what was reviewed without names is the same with them");
    assert_eq!(wire::plan_from_json(&wire::plan_to_json(&after)).unwrap(), after);
}

#[test]
fn what_is_approved_and_can_not_be_bought_is_told() {
    let desired = called(listed(&["prod-a", "prod-b", "prod-c"], &["prod-x"], Unlisted::Remove), &[("prod-b", "Bee")]);
    let live = knows(
        live(vec![], Some((&[], &[]))),
        vec![("prod-a", withdrawn("Alpha")), ("prod-b", Found::NotThere), ("prod-x", withdrawn("X"))],
    );
    let (_, warnings) = named(&desired, &live, Products::SpokenOf);
    assert_eq!(codes(&warnings), [("unknown_product", 3), ("withdrawn_product", 2)], "{warnings:?}");
    assert!(warnings[0].message.starts_with("Bee prod-b is not known to AWS Marketplace"), "{warnings:?}");
    assert!(warnings[1].message.starts_with("Alpha prod-a can't be bought any more"), "{warnings:?}");
}

#[test]
fn entry_in_step_is_looked_at_only_where_that_was_asked_for() {
    let desired = listed(&["prod-a"], &[], Unlisted::Remove);
    let live = knows(live(vec![], Some((&["prod-a"], &[]))), vec![("prod-a", withdrawn("Alpha"))]);
    assert_eq!(named(&desired, &live, Products::SpokenOf).1, []);
    assert_eq!(codes(&named(&desired, &live, Products::Approved).1), [("withdrawn_product", 2)]);
}

#[test]
fn name_of_another_product_is_told_on_both_lists() {
    let names = [("prod-a", "Snyk"), ("prod-b", "Datadog"), ("prod-x", "Snyk")];
    let desired = called(listed(&["prod-a", "prod-b"], &["prod-x"], Unlisted::Remove), &names);
    let products = [("prod-a", "FreeMiner"), ("prod-b", "Datadog Pro (SaaS)"), ("prod-x", "Useful Tool")];
    let products = products.map(|(product, name)| (product, there(name, "Vendor")));
    let live = knows(live(vec![], Some((&[], &[]))), products.into());
    let (_, warnings) = named(&desired, &live, Products::SpokenOf);
    assert_eq!(codes(&warnings), [("name_differs", 2), ("name_differs", 2)], "{warnings:?}");
    assert!(warnings[0].message.starts_with("Snyk prod-a is FreeMiner by Vendor in AWS Marketplace"), "{warnings:?}");
}

#[test]
fn entry_that_bears_the_name_of_a_product_that_was_asked_for_is_told() {
    let shared = crate::model::desired::shared_name("Harbor VPN", &id("prod-b"));
    let desired = called(listed(&["prod-a", "prod-b"], &[], Unlisted::Remove), &[("prod-a", &shared)]);
    let products = [("prod-a", there("Harbor Firewall", "Granite")), ("prod-b", there("Harbor VPN", "Granite"))];
    let live = knows(live(vec![], Some((&[], &[]))), products.into());
    assert_eq!(codes(&named(&desired, &live, Products::SpokenOf).1), [("name_differs", 2)]);
}

#[test]
fn warning_about_a_product_can_be_silenced() {
    let mut desired = called(listed(&["prod-a", "prod-b"], &[], Unlisted::Remove), &[("prod-a", "Snyk")]);
    let live = knows(
        live(vec![], Some((&[], &[]))),
        vec![("prod-a", there("FreeMiner", "Pickaxe")), ("prod-b", Found::NotThere)],
    );
    for code in ["name_differs", "unknown_product"] {
        let file = "catalog/x.yaml".to_owned();
        desired.silences.push(Silence { file, code: code.to_owned(), first: 2, last: 2 });
    }
    let (_, warnings) = named(&desired, &live, Products::SpokenOf);
    assert_eq!(codes(&warnings), [("unknown_product", 3)], "each by its own code, on its own line: {warnings:?}");
}

#[test]
fn list_of_many_experiences_is_told_of_once_and_many_lines_together() {
    let ids = ["prod-a", "prod-b", "prod-c", "prod-d"];
    let mut desired = listed(&ids, &[], Unlisted::Remove);
    let mut second = desired.experiences[0].clone();
    second.selector = ExperienceSelector::One(Selector::Id(id("exp-two")));
    desired.experiences.push(second);
    let mut live = knows(live(vec![], Some((&ids, &[]))), ids.map(|product| (product, Found::NotThere)).into());
    let shelf = live.experiences.get_mut(&id::<AccountId>(HUB)).unwrap();
    let Some(Found::There(mut other)) = shelf.read.get(&id("exp-one")).cloned() else { panic!() };
    other.id = id("exp-two");
    other.policy.as_mut().unwrap().approved.clear();
    shelf.read.insert(id("exp-two"), Found::There(other));
    for which in [Products::SpokenOf, Products::Approved] {
        let (plan, _) = named(&desired, &live, which);
        let warnings: Vec<&[Warning]> = plan.targets.iter().map(|target| target.warnings.as_slice()).collect();
        assert_eq!((warnings[0].len(), warnings[1].len()), (0, 1), "where the change is: {warnings:?}");
        let message = &warnings[1][0].message;
        assert!(message.starts_with("4 entries have this warning: is not known to AWS Marketplace"), "{message}");
        assert!(message.contains("prod-d (x.yaml:5)"), "{message}");
    }
}
