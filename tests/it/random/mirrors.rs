//! Experiences that mirror others, for random catalogs and worlds, with failures on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_sync::model::change::{Because, CatalogVersion, ChangeId, Plan};
use catalog_sync::model::desired::{
    Desired, DesiredExperience, DesiredProduct, ExperienceSelector, ExperienceTerms, ProductLists, Selector, Unlisted,
};
use catalog_sync::model::edit::{Edit, ExperienceEdit};
use catalog_sync::model::experience::{Experience, ExperienceStatus, Listing, ProcurementPolicy};
use catalog_sync::model::finding::Source;
use catalog_sync::model::live::{Found, Live, Named, Reading, Shelf};
use catalog_sync::model::mirror::{Mirror, Products};
use catalog_sync::model::settings::{Access, OrganizationSettings};
use catalog_sync::model::target::TargetName;
use catalog_sync::model::wants::{ShelfWants, Wants};
use catalog_sync::plan::{Goal, diff, wants, wire};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::world::{desired as empty, id};

const ORGANIZATIONS: [&str; 2] = ["acme", "north"];
const ACCOUNTS: [&str; 2] = ["111111111112", "222222222222"];
/// Two experiences for each organization.
const EXPERIENCES: [(&str, usize); 4] =
    [("exp-acmeone", 0), ("exp-acmetwo", 0), ("exp-northone", 1), ("exp-northtwo", 1)];
const PRODUCTS: [&str; 3] = ["prod-a", "prod-b", "prod-c"];

/// The listing of each product in a policy or a list.
type Listings = BTreeMap<&'static str, Listing>;

#[derive(Debug, Clone)]
enum Content {
    Listed(Listings),
    Mirrored { organization: usize, which: Selector<&'static str>, ignored: Vec<&'static str> },
}

#[derive(Debug, Clone)]
struct Entry {
    organization: usize,
    selector: Option<Selector<&'static str>>,
    except: Vec<&'static str>,
    content: Content,
    keep: bool,
}

#[derive(Debug, Clone)]
struct Case {
    entries: Vec<Entry>,
    names: Vec<&'static str>,
    status: Vec<ExperienceStatus>,
    policies: Vec<Option<Listings>>,
    unread: Vec<bool>,
    unlisted: Vec<bool>,
    /// The changes that fail.
    failing: Vec<bool>,
}

fn listings() -> impl Strategy<Value = Listings> {
    let some = subsequence(PRODUCTS.to_vec(), 0..=PRODUCTS.len());
    (some, proptest::collection::vec(select(vec![Listing::Approved, Listing::Denied]), PRODUCTS.len()))
        .prop_map(|(some, listings)| some.into_iter().zip(listings).collect())
}

/// Selects experiences by id, by name, or all live ones.
fn selector(organization: usize) -> impl Strategy<Value = Option<Selector<&'static str>>> {
    prop_oneof![
        3 => one(organization).prop_map(Some),
        1 => Just(None),
    ]
}

fn one(organization: usize) -> impl Strategy<Value = Selector<&'static str>> {
    let ids: Vec<&str> = EXPERIENCES.iter().filter(|(_, of)| *of == organization).map(|(id, _)| *id).collect();
    prop_oneof![
        4 => select(ids).prop_map(Selector::Id),
        1 => select(vec!["A", "B", "C"]).prop_map(|name| Selector::Name(name.to_owned())),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    let organization = || select(vec![0_usize, 1]);
    let listed = listings().prop_map(Content::Listed);
    let ignored = subsequence(PRODUCTS.to_vec(), 0..=1);
    let mirrored = organization().prop_flat_map(|of| (Just(of), one(of)));
    let mirrored = (mirrored, ignored).prop_map(|((organization, which), ignored)| Content::Mirrored {
        organization,
        which,
        ignored,
    });
    let content = prop_oneof![1 => listed, 2 => mirrored];
    let whom = organization().prop_flat_map(|of| (Just(of), selector(of)));
    let except = subsequence(EXPERIENCES.map(|(id, _)| id).to_vec(), 0..=1);
    (whom, except, content, proptest::bool::weighted(0.2)).prop_map(
        |((organization, selector), except, content, keep)| Entry { organization, selector, except, content, keep },
    )
}

fn case() -> impl Strategy<Value = Case> {
    let enabled = ExperienceStatus::Enabled;
    let status = vec![enabled, enabled, enabled, ExperienceStatus::Disabled, ExperienceStatus::Archived];
    (
        proptest::collection::vec(entry(), 1..=3),
        proptest::collection::vec(select(vec!["A", "B"]), 4),
        proptest::collection::vec(select(status), 4),
        proptest::collection::vec(proptest::option::weighted(0.8, listings()), 4),
        proptest::collection::vec(proptest::bool::weighted(0.1), 4),
        proptest::collection::vec(proptest::bool::weighted(0.1), 2),
        proptest::collection::vec(proptest::bool::weighted(0.3), 64),
    )
        .prop_map(|(entries, names, status, policies, unread, unlisted, failing)| Case {
            entries,
            names,
            status,
            policies,
            unread,
            unlisted,
            failing,
        })
}

fn source(line: usize) -> Source {
    Source { file: "catalog/m.yaml".to_owned(), line: u32::try_from(line).unwrap(), column: 1, end_column: None }
}

fn own<I: std::str::FromStr<Err: std::fmt::Debug>>(selector: &Selector<&'static str>) -> Selector<I> {
    match selector {
        Selector::Id(one) => Selector::Id(id(one)),
        Selector::Name(name) => Selector::Name(name.clone()),
    }
}

fn products(entry: &Entry, at: usize) -> Products {
    let unlisted = if entry.keep { Unlisted::Keep } else { Unlisted::Remove };
    match &entry.content {
        Content::Listed(listings) => {
            let of = |wanted: Listing| {
                let products = listings.iter().filter(|(_, listing)| **listing == wanted);
                let entry = DesiredProduct { notes: None, until: None, source: source(at + 1) };
                products.map(|(product, _)| (id(product), entry.clone())).collect()
            };
            let (approved, rejected) = (of(Listing::Approved), of(Listing::Denied));
            let (expired, ignored) = (BTreeMap::new(), BTreeMap::new());
            Products::Listed(Arc::new(ProductLists { approved, rejected, expired, ignored, unlisted }))
        }
        Content::Mirrored { organization, which, ignored } => Products::Mirrored(Arc::new(Mirror {
            organization: id(ORGANIZATIONS[*organization]),
            account: id(ACCOUNTS[*organization]),
            experience: own(which),
            ignored: ignored.iter().map(|product| (id(product), source(at + 1))).collect(),
            unlisted,
            source: source(at + 1),
        })),
    }
}

fn desired(case: &Case) -> Desired {
    let experiences = case.entries.iter().enumerate().map(|(at, entry)| DesiredExperience {
        file: id(&format!("list{at}")),
        organization: id(ORGANIZATIONS[entry.organization]),
        account: id(ACCOUNTS[entry.organization]),
        selector: match &entry.selector {
            Some(one) => ExperienceSelector::One(own(one)),
            None => ExperienceSelector::AllLive { except: entry.except.iter().map(|one| id(one)).collect() },
        },
        products: products(entry, at),
        terms: ExperienceTerms::default(),
        source: source(at + 1),
    });
    let mut desired = Desired { experiences: experiences.collect(), ..empty(&BTreeMap::new()) };
    for (name, account) in ORGANIZATIONS.iter().zip(ACCOUNTS) {
        let settings = OrganizationSettings {
            id: id(&format!("o-{name:0<9}1")),
            service_catalog_account: None,
            marketplace_account: Some(id(account)),
            access: Access::default(),
            source: source(1),
        };
        desired.settings.organizations.insert(id(name), settings);
    }
    desired
}

fn found(case: &Case, at: usize) -> Found<Experience> {
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
    if case.unread[at] {
        return Found::Unreadable("no".to_owned());
    }
    let (name, status) = (case.names[at].to_owned(), case.status[at]);
    Found::There(Experience {
        id: id(EXPERIENCES[at].0),
        name,
        description: String::new(),
        status,
        policy,
        branding: None,
    })
}

fn listed(case: &Case, organization: usize) -> Reading<Vec<Named<catalog_sync::model::id::ExperienceId>>> {
    if case.unlisted[organization] {
        return Reading::Unreadable("no".to_owned());
    }
    let all = EXPERIENCES.iter().zip(&case.names).filter(|((_, of), _)| *of == organization);
    Reading::Complete(all.map(|((one, _), name)| Named { id: id(one), name: (*name).to_owned() }).collect())
}

fn live(case: &Case) -> Live {
    let shelf = |organization: usize| {
        let all = (0..EXPERIENCES.len()).filter(|at| EXPERIENCES[*at].1 == organization);
        let read = all.map(|at| (id(EXPERIENCES[at].0), found(case, at))).collect();
        (id(ACCOUNTS[organization]), Shelf { listed: Some(listed(case, organization)), read })
    };
    Live { experiences: BTreeMap::from([shelf(0), shelf(1)]), ..Live::default() }
}

fn plan_of(case: &Case) -> Plan {
    planned(&desired(case), &live(case))
}

fn planned(desired: &Desired, live: &Live) -> Plan {
    diff(desired, live, None, CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false })
}

/// The experience that a selector means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    One(usize),
    /// Unknown: it may be any of that name, or any at all if the list could not be read.
    Doubt,
    None,
}

fn means(case: &Case, organization: usize, selector: &Selector<&'static str>) -> Means {
    let name = match selector {
        Selector::Id(one) => return Means::One(EXPERIENCES.iter().position(|(id, _)| id == one).unwrap()),
        Selector::Name(name) => name,
    };
    if case.unlisted[organization] {
        return Means::Doubt;
    }
    let bears = |at: &usize| EXPERIENCES[*at].1 == organization && case.names[*at] == name;
    let bearing: Vec<usize> = (0..EXPERIENCES.len()).filter(bears).collect();
    if bearing.len() > 1 && bearing.iter().any(|at| case.unread[*at]) {
        return Means::Doubt;
    }
    let usable: Vec<usize> =
        bearing.iter().copied().filter(|at| case.status[*at] != ExperienceStatus::Archived).collect();
    match (bearing.as_slice(), usable.as_slice()) {
        ([], _) => Means::None,
        ([one], _) | (_, [one]) => Means::One(*one),
        _ => Means::Doubt,
    }
}

/// Whether an entry governs an experience; `None` if that is unknown.
fn governs(case: &Case, entry: &Entry, at: usize) -> Option<bool> {
    let (name, organization) = EXPERIENCES[at];
    if organization != entry.organization {
        return Some(false);
    }
    match &entry.selector {
        Some(selector) => match means(case, organization, selector) {
            Means::One(one) => Some(one == at),
            Means::None => Some(false),
            Means::Doubt => {
                // An experience whose name was read and differs is not meant.
                let Selector::Name(wanted) = selector else { unreachable!() };
                (case.names[at] != wanted && !case.unread[at]).then_some(false)
            }
        },
        None if entry.except.contains(&name) || (!case.unread[at] && case.status[at] != ExperienceStatus::Enabled) => {
            Some(false)
        }
        None if case.unlisted[organization] || case.unread[at] => None,
        None => Some(true),
    }
}

/// The lists that an entry asks for in an experience; `None` if they are unknown or can't be followed.
fn content(case: &Case, at: usize, of: usize) -> Option<Listings> {
    let entry = &case.entries[of];
    let (organization, which, ignored) = match &entry.content {
        Content::Listed(listings) => return Some(listings.clone()),
        Content::Mirrored { organization, which, ignored } => (*organization, which, ignored),
    };
    let Means::One(mirrored) = means(case, organization, which) else { return None };
    if mirrored == at || case.unread[mirrored] || case.status[mirrored] == ExperienceStatus::Archived {
        return None;
    }
    let others = || case.entries.iter().enumerate().filter(|(other, _)| *other != of);
    if others().any(|(_, other)| governs(case, other, mirrored).is_none()) {
        return None;
    }
    let governing: Vec<usize> =
        (0..case.entries.len()).filter(|other| governs(case, &case.entries[*other], mirrored) == Some(true)).collect();
    let after = match governing.as_slice() {
        [] => case.policies[mirrored].clone(),
        // A list can't mirror an experience that it governs: there it is blocked, and the live policy counts.
        [one] if *one == of => case.policies[mirrored].clone(),
        [one] => match &case.entries[*one].content {
            Content::Mirrored { .. } => return None,
            Content::Listed(wanted) => after(case.policies[mirrored].as_ref(), wanted, &[], case.entries[*one].keep),
        },
        _ => return None,
    };
    let mut after = after?;
    after.retain(|product, _| !ignored.contains(product));
    Some(after)
}

/// The lists of an experience after a list was applied; `None` if it has no policy and needs none.
fn after(live: Option<&Listings>, wanted: &Listings, ignored: &[&str], keep: bool) -> Option<Listings> {
    if live.is_none() && keep && wanted.is_empty() {
        return None;
    }
    let mut after = live.cloned().unwrap_or_default();
    for (product, listing) in &mut after {
        let is_unlisted = !wanted.contains_key(product) && !ignored.contains(product);
        if *listing == Listing::Approved && is_unlisted && !keep {
            *listing = Listing::Denied;
        }
    }
    after.extend(wanted.clone());
    Some(after)
}

/// The lists after the catalog was applied. The outer `None` means that nothing may change, the inner one that there
/// is still no policy.
#[expect(clippy::option_option, reason = "lists that may not change are not those of an experience without a policy")]
fn expected(case: &Case, at: usize) -> Option<Option<Listings>> {
    // Two entries clash only if both are known to govern the experience. An entry for which that is unknown governs
    // nothing.
    let governing: Vec<usize> =
        (0..case.entries.len()).filter(|of| governs(case, &case.entries[*of], at) == Some(true)).collect();
    let [of] = governing.as_slice() else { return None };
    if case.unread[at] || case.status[at] == ExperienceStatus::Archived {
        return None;
    }
    let wanted = content(case, at, *of)?;
    let entry = &case.entries[*of];
    let ignored = match &entry.content {
        Content::Listed(_) => &[][..],
        Content::Mirrored { ignored, .. } => ignored,
    };
    Some(after(case.policies[at].as_ref(), &wanted, ignored, entry.keep))
}

/// Applies a plan. The changes at `failing` fail, and no change is made before those that it waits for. Returns the
/// policies afterwards and the changes that were made.
fn carried_out(case: &Case, plan: &Plan, failing: &[bool]) -> (Vec<Option<Listings>>, BTreeSet<ChangeId>) {
    let mut after = case.policies.clone();
    let mut made = BTreeSet::new();
    let mut left: Vec<_> = plan.changes().enumerate().collect();
    loop {
        let before = left.len();
        left.retain(|(number, (target, change))| {
            if !change.about.waits_for.is_subset(&made) {
                return true;
            }
            if failing.get(*number).copied().unwrap_or_default() {
                return false;
            }
            let resource = target.work().and_then(|work| work.resource().id.map(str::to_owned)).unwrap();
            let at = EXPERIENCES.iter().position(|(id, _)| *id == resource).unwrap();
            match change.edit {
                Edit::Experience(ExperienceEdit::Policy { .. }) => after[at] = Some(Listings::new()),
                Edit::Experience(ExperienceEdit::Product(edit)) => {
                    let product = PRODUCTS.iter().find(|it| **it == edit.product.as_str()).unwrap();
                    let lists = after[at].as_mut().expect("no product moves before there is a policy");
                    assert_eq!(lists.insert(product, edit.after), edit.before, "what it starts from is what is live");
                }
                Edit::Experience(_) | Edit::Hub(_) | Edit::Recipient(_) => unreachable!(),
            }
            made.insert(change.id(&target.name));
            false
        });
        if left.len() == before {
            return (after, made);
        }
    }
}

/// Reads what the plan wants, in rounds.
fn read_in_rounds(case: &Case, desired: &Desired, is_wanted: &(dyn Fn(&TargetName) -> bool + Sync)) -> Live {
    let (mut live, mut asked) = (Live::default(), Wants::default());
    loop {
        let new = wants(Goal { wanted: is_wanted }, desired, None, &live).take_new(&mut asked);
        if new.is_empty() {
            return live;
        }
        for (account, ShelfWants { organization: _, list, read, names: _ }) in new.experiences {
            let organization = ACCOUNTS.iter().position(|it| *it == account.as_str()).unwrap();
            let shelf = live.experiences.entry(account).or_default();
            if list {
                shelf.listed = Some(listed(case, organization));
            }
            for one in read {
                let at = EXPERIENCES.iter().position(|(id, _)| *id == one.as_str()).unwrap();
                shelf.read.insert(one, found(case, at));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn followers_become_what_a_slow_look_says_in_one_run(case in case()) {
        let (after, _) = carried_out(&case, &plan_of(&case), &[]);
        for (at, after) in after.iter().enumerate() {
            let expected = expected(&case, at).unwrap_or_else(|| case.policies[at].clone());
            prop_assert_eq!(after, &expected, "{}", EXPERIENCES[at].0);
        }
        // A second plan is empty.
        let again = Case { policies: after, ..case };
        prop_assert_eq!(plan_of(&again).changes().count(), 0);
    }

    #[test]
    fn follower_is_never_ahead_of_what_it_mirrors_whatever_fails(case in case()) {
        let plan = plan_of(&case);
        let (after, made) = carried_out(&case, &plan, &case.failing);
        for (target, change) in plan.changes().filter(|(target, change)| made.contains(&change.id(&target.name))) {
            let (Because::Mirrors(mirrored), Edit::Experience(ExperienceEdit::Product(edit))) =
                (&change.about.because, change.edit)
            else {
                continue;
            };
            let at = EXPERIENCES.iter().position(|(id, _)| *id == mirrored.experience.as_str()).unwrap();
            let there = after[at].as_ref().expect("without a policy everything can be bought there");
            let listing = there.iter().find(|(product, _)| **product == edit.product.as_str()).map(|(_, it)| *it);
            prop_assert_eq!(listing, mirrored.listing, "{} {}", &target.name, &edit.product);
        }
        // The next run makes the changes that failed.
        let again = Case { policies: after, ..case.clone() };
        let (finished, _) = carried_out(&again, &plan_of(&again), &[]);
        for (at, finished) in finished.into_iter().enumerate() {
            if let Some(expected) = expected(&case, at) {
                prop_assert_eq!(finished, expected, "{}", EXPERIENCES[at].0);
            }
        }
    }

    #[test]
    fn plan_survives_the_way_to_json_and_back(case in case()) {
        let plan = plan_of(&case);
        prop_assert_eq!(wire::plan_from_json(&wire::plan_to_json(&plan)).unwrap(), plan);
    }

    #[test]
    fn what_is_asked_for_is_enough(case in case()) {
        let desired = desired(&case);
        let whole = planned(&desired, &read_in_rounds(&case, &desired, &|_| true));
        prop_assert_eq!(&whole, &plan_of(&case));
        for entry in &desired.experiences {
            let file = |name: &TargetName| *name.file() == entry.file;
            let alone = planned(&desired, &read_in_rounds(&case, &desired, &file));
            let of = |plan: &Plan| -> Vec<_> {
                plan.targets.iter().filter(|target| file(&target.name)).cloned().collect()
            };
            prop_assert_eq!(of(&alone), of(&whole));
        }
    }
}
