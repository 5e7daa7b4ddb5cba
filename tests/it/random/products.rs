//! Product lists, for random catalogs and experiences.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_sync::model::change::{CatalogVersion, Plan};
use catalog_sync::model::desired::{
    Desired, DesiredExperience, DesiredProduct, ExperienceSelector, ExperienceTerms, ProductLists, Selector, Unlisted,
};
use catalog_sync::model::edit::{Edit, ExperienceEdit};
use catalog_sync::model::experience::{Experience, ExperienceStatus, Listing, ProcurementPolicy};
use catalog_sync::model::finding::Source;
use catalog_sync::model::live::{Found, Live, Named, Reading, Shelf};
use catalog_sync::model::mirror::Products;
use catalog_sync::plan::diff;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::world::{HUB, desired as shares, id};

const EXPERIENCES: [&str; 3] = ["exp-one", "exp-two", "exp-three"];
const PRODUCTS: [&str; 4] = ["prod-a", "prod-b", "prod-c", "prod-d"];

/// The listing of each product in a policy or a list.
type Listings = BTreeMap<&'static str, Listing>;

#[derive(Debug, Clone)]
struct Entry {
    selector: ExperienceSelector,
    products: Listings,
    keep: bool,
}

#[derive(Debug, Clone)]
struct Case {
    entries: Vec<Entry>,
    names: Vec<&'static str>,
    status: Vec<ExperienceStatus>,
    policies: Vec<Option<Listings>>,
    unread: Vec<bool>,
    unlisted: bool,
}

fn listings() -> impl Strategy<Value = Listings> {
    let some = subsequence(PRODUCTS.to_vec(), 0..=PRODUCTS.len());
    (some, proptest::collection::vec(select(vec![Listing::Approved, Listing::Denied]), PRODUCTS.len()))
        .prop_map(|(some, listings)| some.into_iter().zip(listings).collect())
}

fn entry() -> impl Strategy<Value = Entry> {
    let one = select(EXPERIENCES.to_vec()).prop_map(|one| ExperienceSelector::One(Selector::Id(id(one))));
    let name = select(vec!["A", "B", "C"]).prop_map(|it| ExperienceSelector::One(Selector::Name(it.to_owned())));
    let all = subsequence(EXPERIENCES.to_vec(), 0..=2)
        .prop_map(|except| ExperienceSelector::AllLive { except: except.into_iter().map(id).collect() });
    (prop_oneof![one, name, all], listings(), any::<bool>()).prop_map(|(selector, products, keep)| Entry {
        selector,
        products,
        keep,
    })
}

fn case() -> impl Strategy<Value = Case> {
    let status = vec![ExperienceStatus::Enabled, ExperienceStatus::Disabled, ExperienceStatus::Archived];
    (
        proptest::collection::vec(entry(), 0..=2),
        proptest::collection::vec(select(vec!["A", "B"]), 3),
        proptest::collection::vec(select(status), 3),
        proptest::collection::vec(proptest::option::weighted(0.8, listings()), 3),
        proptest::collection::vec(proptest::bool::weighted(0.1), 3),
        proptest::bool::weighted(0.1),
    )
        .prop_map(|(entries, names, status, policies, unread, unlisted)| Case {
            entries,
            names,
            status,
            policies,
            unread,
            unlisted,
        })
}

fn desired(case: &Case) -> Desired {
    let source = |line: usize| Source {
        file: "catalog/m.yaml".to_owned(),
        line: u32::try_from(line).unwrap(),
        column: 1,
        end_column: None,
    };
    let lists = |entry: &Entry| {
        let of = |wanted: Listing| {
            let products = entry.products.iter().filter(|(_, listing)| **listing == wanted);
            products
                .map(|(product, _)| (id(product), DesiredProduct { notes: None, until: None, source: source(2) }))
                .collect()
        };
        let unlisted = if entry.keep { Unlisted::Keep } else { Unlisted::Remove };
        ProductLists {
            approved: of(Listing::Approved),
            rejected: of(Listing::Denied),
            expired: BTreeMap::new(),
            ignored: BTreeMap::new(),
            unlisted,
        }
    };
    let experiences = case.entries.iter().enumerate().map(|(at, entry)| DesiredExperience {
        file: id(&format!("list{at}")),
        organization: id("acme"),
        account: id(HUB),
        selector: entry.selector.clone(),
        products: Products::Listed(Arc::new(lists(entry))),
        terms: ExperienceTerms::default(),
        source: source(at + 1),
    });
    Desired { experiences: experiences.collect(), ..shares(&BTreeMap::new()) }
}

fn live(case: &Case) -> Live {
    let named = EXPERIENCES.iter().zip(&case.names);
    let listed = named.map(|(experience, name)| Named { id: id(experience), name: (*name).to_owned() }).collect();
    let mut read = BTreeMap::new();
    for (at, experience) in EXPERIENCES.iter().enumerate() {
        let policy = case.policies[at].as_ref().map(|listings| {
            let of = |wanted: Listing| {
                let products = listings.iter().filter(|(_, listing)| **listing == wanted);
                products.map(|(product, _)| id(product)).collect()
            };
            ProcurementPolicy {
                id: id("procpolicy-1"),
                approved: of(Listing::Approved),
                denied: of(Listing::Denied),
                user_requests: true,
                notes: BTreeMap::new(),
            }
        });
        let (status, name) = (case.status[at], case.names[at].to_owned());
        let found = Found::There(Experience {
            id: id(experience),
            name,
            description: String::new(),
            status,
            policy,
            branding: None,
        });
        let found = if case.unread[at] { Found::Unreadable("no".to_owned()) } else { found };
        read.insert(id(experience), found);
    }
    let listed = if case.unlisted { Reading::Unreadable("no".to_owned()) } else { Reading::Complete(listed) };
    let shelf = Shelf { listed: Some(listed), read };
    Live { experiences: BTreeMap::from([(id(HUB), shelf)]), ..Live::default() }
}

fn plan_of(case: &Case) -> Plan {
    let version = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
    diff(&desired(case), &live(case), None, version)
}

/// Whether an entry governs an experience, by looking at all of them.
fn governs(case: &Case, entry: &Entry, at: usize) -> bool {
    match &entry.selector {
        ExperienceSelector::One(Selector::Id(experience)) => experience.as_str() == EXPERIENCES[at],
        ExperienceSelector::One(Selector::Name(name)) => {
            let bearing: Vec<usize> = (0..3).filter(|at| case.names[*at] == name).collect();
            let usable: Vec<usize> =
                bearing.iter().copied().filter(|at| case.status[*at] != ExperienceStatus::Archived).collect();
            let in_doubt = case.unlisted || (bearing.len() > 1 && bearing.iter().any(|at| case.unread[*at]));
            !in_doubt && (bearing == [at] || (bearing.len() > 1 && usable == [at]))
        }
        ExperienceSelector::AllLive { except } => {
            !case.unlisted && !except.contains(&id(EXPERIENCES[at])) && case.status[at] == ExperienceStatus::Enabled
        }
    }
}

/// The lists after the catalog was applied; `None` if nothing may change.
fn expected(case: &Case, at: usize) -> Option<Listings> {
    let governing: Vec<&Entry> = case.entries.iter().filter(|entry| governs(case, entry, at)).collect();
    let [entry] = governing.as_slice() else { return None };
    if case.unread[at] || case.status[at] == ExperienceStatus::Archived {
        return None;
    }
    let mut after = case.policies[at].clone().unwrap_or_default();
    for (product, listing) in &mut after {
        if *listing == Listing::Approved && !entry.products.contains_key(product) && !entry.keep {
            *listing = Listing::Denied;
        }
    }
    after.extend(entry.products.clone());
    Some(after)
}

/// The lists of each experience after a plan was applied.
fn carried_out(case: &Case) -> Vec<Listings> {
    let mut after: Vec<Listings> = case.policies.iter().map(|it| it.clone().unwrap_or_default()).collect();
    for (target, change) in plan_of(case).changes() {
        let resource = target.work().and_then(|work| work.resource().id.map(str::to_owned)).unwrap();
        let at = EXPERIENCES.iter().position(|it| *it == resource).unwrap();
        let Edit::Experience(ExperienceEdit::Product(edit)) = change.edit else { continue };
        let product = PRODUCTS.iter().find(|it| **it == edit.product.as_str()).unwrap();
        assert_eq!(after[at].insert(product, edit.after), edit.before, "what it starts from is what is live");
    }
    after
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lists_become_what_a_slow_look_says(case in case()) {
        for (at, after) in carried_out(&case).into_iter().enumerate() {
            let before = case.policies[at].clone().unwrap_or_default();
            prop_assert_eq!(after, expected(&case, at).unwrap_or(before), "{}", EXPERIENCES[at]);
        }
    }

    #[test]
    fn nothing_is_taken_away_in_silence(case in case()) {
        let plan = plan_of(&case);
        let lost: usize = (0..3).filter_map(|at| Some((at, expected(&case, at)?))).map(|(at, after)| {
            let before = case.policies[at].clone().unwrap_or_default();
            before.iter().filter(|(product, listing)| {
                **listing == Listing::Approved && after.get(*product) != Some(&Listing::Approved)
            }).count()
        }).sum();
        let policies = plan.changes().filter(|(_, change)| {
            matches!(change.edit, Edit::Experience(ExperienceEdit::Policy { .. }))
        }).count();
        prop_assert_eq!(plan.summary().removes, lost + policies);
    }

    #[test]
    fn every_entry_is_in_the_plan_or_covered_by_it(case in case()) {
        let plan = plan_of(&case);
        let files: BTreeSet<String> = plan.targets.iter().map(|target| target.name.file().to_string()).collect();
        for (at, entry) in case.entries.iter().enumerate() {
            let is_empty_family = matches!(entry.selector, ExperienceSelector::AllLive { except: _ });
            prop_assert!(is_empty_family || files.contains(&format!("list{at}")), "entry {} is not said", at);
        }
    }
}
