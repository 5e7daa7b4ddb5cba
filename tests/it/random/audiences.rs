//! A small random world of experiences: catalogs, the planner's view of the world, and the edits that AWS accepts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_sync::model::change::{CatalogVersion, Plan};
use catalog_sync::model::desired::{
    Desired, DesiredExperience, DesiredProduct, ExperienceSelector, ExperienceTerms, OuRef, ProductLists, Selector,
    Unlisted,
};
use catalog_sync::model::edit::ExperienceEdit;
use catalog_sync::model::experience::ExperienceStatus::{self, Archived, Disabled, Enabled};
use catalog_sync::model::experience::{Experience, Listing, ProcurementPolicy};
use catalog_sync::model::experience_terms::{AudienceRef, DesiredAudience, Said};
use catalog_sync::model::finding::Source;
use catalog_sync::model::live::{Found, Live, Named, Reading, Shelf};
use catalog_sync::model::mirror::Products;
use catalog_sync::model::organization::{Organization, Unit, Walk};
use catalog_sync::plan::diff;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::world::{HUB, ORGANIZATION, desired as empty, id};

/// The experiences of the world, and below it their names. The fourth name is that of one to make.
pub(super) const IDS: [&str; 3] = ["exp-one", "exp-two", "exp-three"];
pub(super) const NAMES: [&str; 4] = ["One", "Two", "Three", "New"];
const PRODUCTS: [&str; 3] = ["prod-a", "prod-b", "prod-c"];
/// Two accounts, two OUs and the organization. The catalog names the first OU by its path.
pub(super) const PRINCIPALS: [&str; 5] =
    ["222222222221", "222222222222", "ou-acme-prod0001", "ou-acme-data0001", ORGANIZATION];
pub(super) const BY_PATH: usize = 2;
pub(super) const UNITS: [usize; 2] = [2, 3];

/// The listing of each product in a policy or a list.
pub(super) type Listings = BTreeMap<&'static str, Listing>;

/// An experience's entry in a file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Made if no experience of the name exists. Other entries give an id or only a name.
    pub(super) create: bool,
    pub(super) by_name: bool,
    pub(super) description: Option<&'static str>,
    pub(super) status: Option<ExperienceStatus>,
    pub(super) requests: Option<bool>,
    pub(super) audience: Option<BTreeSet<usize>>,
    pub(super) products: Listings,
    pub(super) keep: bool,
}

/// The live state of an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) description: String,
    pub(super) status: ExperienceStatus,
    pub(super) lists: Option<Listings>,
    pub(super) requests: bool,
}

/// The live state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct World {
    pub(super) all: Vec<State>,
    /// The experience that each principal is in, if any.
    pub(super) members: BTreeMap<usize, usize>,
}

/// A random catalog and world.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// At most one file for each name.
    pub(super) entries: Vec<Option<Entry>>,
    pub(super) world: World,
    pub(super) unread: Vec<bool>,
    pub(super) unlisted: bool,
    pub(super) no_audiences: bool,
    pub(super) no_walk: bool,
    pub(super) renamed: bool,
    /// The edit that is made next among the possible ones, and the edits that fail.
    pub(super) order: Vec<usize>,
    pub(super) failing: BTreeSet<usize>,
}

fn listings() -> impl Strategy<Value = Listings> {
    let some = subsequence(PRODUCTS.to_vec(), 0..=PRODUCTS.len());
    (some, proptest::collection::vec(select(vec![Listing::Approved, Listing::Denied]), PRODUCTS.len()))
        .prop_map(|(some, listings)| some.into_iter().zip(listings).collect())
}

fn status() -> impl Strategy<Value = ExperienceStatus> {
    prop_oneof![3 => Just(Enabled), 2 => Just(Disabled), 1 => Just(Archived)]
}

fn state(at: usize) -> impl Strategy<Value = State> {
    let lists = proptest::option::weighted(0.8, listings());
    (select(vec!["", "d"]), status(), lists, any::<bool>()).prop_map(move |(description, status, lists, requests)| {
        State { id: IDS[at].to_owned(), name: NAMES[at], description: description.to_owned(), status, lists, requests }
    })
}

/// A random entry, with an audience that is filled in later or without one.
fn entry(is_new: bool) -> impl Strategy<Value = Entry> {
    let selector = (any::<bool>(), proptest::bool::weighted(0.3));
    let own = (
        proptest::option::of(select(vec!["", "d"])),
        proptest::option::of(status()),
        proptest::option::of(any::<bool>()),
        proptest::bool::weighted(0.8),
    );
    (selector, own, listings(), any::<bool>()).prop_map(
        move |((by_name, create), (description, status, requests, has_audience), products, keep)| {
            // The catalog refuses `create` and `user_requests` for an archived experience.
            let is_put_away = status == Some(Archived);
            let create = is_new || (by_name && create && !is_put_away);
            Entry {
                create,
                by_name: by_name || create,
                description,
                status: status.filter(|_| !(is_new && is_put_away)),
                requests: requests.filter(|_| !is_put_away),
                audience: has_audience.then(BTreeSet::new),
                products,
                keep,
            }
        },
    )
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    let entries = (
        proptest::option::weighted(0.85, entry(false)),
        proptest::option::weighted(0.85, entry(false)),
        proptest::option::weighted(0.6, entry(false)),
        proptest::option::weighted(0.5, entry(true)),
    );
    // The live place and the wanted place of each principal. Seldom a second file wants one, too.
    let now = proptest::collection::vec(proptest::option::weighted(0.8, 0..3_usize), PRINCIPALS.len());
    let wanted = proptest::collection::vec(proptest::option::weighted(0.8, 0..4_usize), PRINCIPALS.len());
    let twice = proptest::option::weighted(0.1, (0..PRINCIPALS.len(), 0..4_usize));
    let rarely = || proptest::bool::weighted(0.06);
    let sight = (proptest::collection::vec(rarely(), 3), rarely(), rarely(), rarely(), rarely());
    let failing = proptest::collection::btree_set(0..30_usize, 0..=4);
    let way = (proptest::collection::vec(0..12_usize, 17), failing);
    (entries, (state(0), state(1), state(2)), now, (wanted, twice), sight, way).prop_map(
        |((a, b, c, d), (one, two, three), now, (wanted, twice), sight, (order, failing))| {
            let mut entries = vec![a, b, c, d];
            let wanted = wanted.into_iter().enumerate().filter_map(|(principal, at)| Some((principal, at?)));
            for (principal, at) in wanted.chain(twice) {
                if let Some(Entry { audience: Some(audience), .. }) = &mut entries[at] {
                    audience.insert(principal);
                }
            }
            let members = now.into_iter().enumerate().filter_map(|(principal, at)| Some((principal, at?))).collect();
            let (unread, unlisted, no_audiences, no_walk, renamed) = sight;
            let world = World { all: vec![one, two, three], members };
            Case { entries, world, unread, unlisted, no_audiences, no_walk, renamed, order, failing }
        },
    )
}

fn source(at: usize) -> Source {
    let line = u32::try_from(at + 1).unwrap();
    Source { file: format!("catalog/list{at}.yaml"), line, column: 1, end_column: None }
}

pub(super) fn desired(case: &Case) -> Desired {
    let of_entry = |(at, entry): (usize, &Option<Entry>)| {
        let Entry { create, by_name, description, status, requests, audience, products, keep } = entry.clone()?;
        let said = |what: Listing| {
            let listed = DesiredProduct { notes: None, until: None, source: source(at) };
            let some = products.iter().filter(|(_, listing)| **listing == what);
            some.map(|(product, _)| (id(product), listed.clone())).collect()
        };
        let lists = ProductLists {
            approved: said(Listing::Approved),
            rejected: said(Listing::Denied),
            expired: BTreeMap::new(),
            ignored: BTreeMap::new(),
            unlisted: if keep { Unlisted::Keep } else { Unlisted::Remove },
        };
        let principal = |principal: usize| match principal {
            0 | 1 => AudienceRef::Account(id(PRINCIPALS[principal])),
            BY_PATH => AudienceRef::Ou(OuRef::Path("Production".to_owned())),
            3 => AudienceRef::Ou(OuRef::Id(id(PRINCIPALS[principal]))),
            _ => AudienceRef::Organization(id(ORGANIZATION)),
        };
        let audience = audience.map(|audience| DesiredAudience {
            principals: audience.into_iter().map(|it| (principal(it), source(at))).collect(),
            source: source(at),
        });
        let selector = if by_name { Selector::Name(NAMES[at].to_owned()) } else { Selector::Id(id(IDS[at])) };
        Some(DesiredExperience {
            file: id(&format!("list{at}")),
            organization: id("acme"),
            account: id(HUB),
            selector: ExperienceSelector::One(selector),
            products: Products::Listed(Arc::new(lists)),
            terms: ExperienceTerms {
                create: create.then(|| source(at)),
                description: description.map(|it| Said { value: it.to_owned(), source: source(at) }),
                status: status.map(|value| Said { value, source: source(at) }),
                user_requests: requests.map(|value| Said { value, source: source(at) }),
                audience,
                branding: None,
            },
            source: source(at),
        })
    };
    let experiences = case.entries.iter().enumerate().filter_map(of_entry).collect();
    Desired { experiences, ..empty(&BTreeMap::new()) }
}

fn experience(state: &State) -> Experience {
    let policy = state.lists.as_ref().map(|lists| {
        let of = |wanted: Listing| {
            lists.iter().filter(|(_, listing)| **listing == wanted).map(|(product, _)| id(product)).collect()
        };
        ProcurementPolicy {
            id: id("procpolicy-1"),
            approved: of(Listing::Approved),
            denied: of(Listing::Denied),
            user_requests: state.requests,
            notes: BTreeMap::new(),
        }
    });
    Experience {
        id: id(&state.id),
        name: state.name.to_owned(),
        description: state.description.clone(),
        status: state.status,
        policy,
        branding: None,
    }
}

pub(super) fn live(case: &Case, world: &World) -> Live {
    let mut tree = Organization::new(id(ORGANIZATION), id(HUB));
    tree.walk = if case.no_walk { Walk::Failed("the tree is hidden".to_owned()) } else { Walk::Complete };
    for (at, name) in [(BY_PATH, if case.renamed { "Live" } else { "Production" }), (3, "Data")] {
        tree.units.insert(id(PRINCIPALS[at]), Unit { name: name.to_owned(), parent: None });
    }
    let listed = world.all.iter().map(|it| Named { id: id(&it.id), name: it.name.to_owned() }).collect();
    let listed =
        if case.unlisted { Reading::Unreadable("the list is hidden".to_owned()) } else { Reading::Complete(listed) };
    let read = world.all.iter().enumerate().map(|(at, state)| {
        let is_unread = case.unread.get(at).copied().unwrap_or_default();
        let hidden = || Found::Unreadable(format!("{} is hidden", state.id));
        (id(&state.id), if is_unread { hidden() } else { Found::There(experience(state)) })
    });
    let mut audiences: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (principal, at) in &world.members {
        audiences.entry(id(&world.all[*at].id)).or_default().insert(id(PRINCIPALS[*principal]));
    }
    let audiences = if case.no_audiences {
        Reading::Unreadable("audiences are hidden".to_owned())
    } else {
        Reading::Complete(audiences)
    };
    Live {
        organizations: BTreeMap::from([(id("acme"), Reading::Complete(tree))]),
        experiences: BTreeMap::from([(id(HUB), Shelf { listed: Some(listed), read: read.collect() })]),
        audiences: BTreeMap::from([(id(HUB), audiences)]),
        ..Live::default()
    }
}

pub(super) fn plan_of(case: &Case, world: &World) -> Plan {
    let version = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
    diff(&desired(case), &live(case, world), None, version)
}

impl World {
    /// Applies an edit as AWS does. Panics where AWS would refuse it. `at` is the experience's position, if it exists.
    pub(super) fn take(&mut self, edit: &ExperienceEdit, name: &'static str, at: Option<usize>) {
        if let ExperienceEdit::Create(new) = edit {
            let same = |it: &&State| it.name == new.name && it.status != Archived;
            assert_eq!(self.all.iter().find(same), None, "two experiences of one name");
            let (id, requests) = (format!("exp-new{}", self.all.len()), new.user_requests);
            let description = new.description.clone().unwrap_or_default();
            let lists = Some(Listings::new());
            return self.all.push(State { id, name, description, status: Disabled, lists, requests });
        }
        let at = at.expect("there is one");
        let state = &mut self.all[at];
        let revives = matches!(edit, ExperienceEdit::Status { before: Archived, after: _ });
        assert!(revives || state.status != Archived, "nothing changes in an archived experience: {edit:?}");
        let place = |principal: &dyn ToString| PRINCIPALS.iter().position(|it| *it == principal.to_string()).unwrap();
        match edit {
            ExperienceEdit::Create(_) | ExperienceEdit::Brand { .. } => unreachable!(),
            ExperienceEdit::Describe { before, after } => {
                assert_eq!(&state.description, before);
                state.description.clone_from(after);
            }
            ExperienceEdit::Policy { name: _, user_requests } => {
                assert_eq!(state.lists.replace(Listings::new()), None);
                state.requests = *user_requests;
            }
            ExperienceEdit::Product(edit) => {
                let product = PRODUCTS.iter().find(|it| **it == edit.product.as_str()).unwrap();
                let lists = state.lists.as_mut().expect("no product moves before there is a policy");
                assert_eq!(lists.insert(product, edit.after), edit.before, "what it starts from is what is live");
            }
            ExperienceEdit::Requests(after) => {
                assert!(state.lists.is_some() && state.status == Enabled, "AWS takes it in enabled ones");
                assert_eq!(std::mem::replace(&mut state.requests, *after), !after);
            }
            ExperienceEdit::Status { before, after } => {
                assert!((*before == Disabled) != (*after == Disabled), "no step of AWS's: {edit:?}");
                assert_eq!(std::mem::replace(&mut state.status, *after), *before);
            }
            ExperienceEdit::Leave(principal) => assert_eq!(self.members.remove(&place(principal)), Some(at)),
            ExperienceEdit::Join(principal) => {
                assert_eq!(self.members.insert(place(principal), at), None, "{principal} is in two audiences");
            }
        }
    }
}
