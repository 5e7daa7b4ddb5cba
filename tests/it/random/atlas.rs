//! The map shows of every account what `explain` says of it, for random shares, entries and audiences.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog_sync::model::atlas::{Atlas, Governance, Resident, SeenPortfolio, View, Who};
use catalog_sync::model::audience::{AudiencePrincipal, Audiences};
use catalog_sync::model::change::CatalogVersion;
use catalog_sync::model::desired::{
    Desired, DesiredExperience, ExperienceSelector, ExperienceTerms, ProductLists, Selector, Unlisted,
};
use catalog_sync::model::experience::{Experience, ExperienceStatus};
use catalog_sync::model::finding::Source;
use catalog_sync::model::id::AccountId;
use catalog_sync::model::live::{Found, Live, Named, Reading, Shelf};
use catalog_sync::model::market_sight::{Outcome, Weight};
use catalog_sync::model::mirror::Products;
use catalog_sync::model::organization::{Account, AccountStatus};
use catalog_sync::model::portfolio::{LiveShare, Receiver, Share};
use catalog_sync::model::sight::{Governing, Liveness, Sight, State};
use catalog_sync::plan::{Scope, atlas, diff, sight};
use proptest::prelude::*;
use proptest::sample::select;

use super::recipients::{World, catalog, seen, world};
use super::world::{ACCOUNTS, HUB, ORGANIZATION, PORTFOLIOS, UNITS, above, id, reached};

const MARKET: &str = "111111111112";
const EXPERIENCES: [&str; 3] = ["exp-one", "exp-two", "exp-three"];
/// The number of principals: accounts, OUs and the organization.
const PRINCIPALS: usize = ACCOUNTS.len() + UNITS.len() + 1;

/// The random values other than the shares.
#[derive(Debug, Clone)]
struct Beside {
    /// The experience whose audience contains each principal.
    audience: Vec<Option<usize>>,
    statuses: Vec<ExperienceStatus>,
    /// Whether AWS also lists member accounts below shared nodes.
    inherited: bool,
    /// Whether an account's own data tells its place in the tree. Otherwise the lists of the OUs do.
    tells: bool,
    suspended: BTreeSet<usize>,
}

fn beside() -> impl Strategy<Value = Beside> {
    let statuses = select(vec![
        ExperienceStatus::Enabled,
        ExperienceStatus::Enabled,
        ExperienceStatus::Disabled,
        ExperienceStatus::Archived,
    ]);
    (
        proptest::collection::vec(proptest::option::of(0..EXPERIENCES.len()), PRINCIPALS),
        proptest::collection::vec(statuses, EXPERIENCES.len()),
        any::<bool>(),
        any::<bool>(),
        proptest::collection::btree_set(0..ACCOUNTS.len(), 0..=1),
    )
        .prop_map(|(audience, statuses, inherited, tells, suspended)| Beside {
            audience,
            statuses,
            inherited,
            tells,
            suspended,
        })
}

fn principal(at: usize) -> AudiencePrincipal {
    match at {
        at if at < ACCOUNTS.len() => AudiencePrincipal::Account(id(ACCOUNTS[at].0)),
        at if at + 1 < PRINCIPALS => AudiencePrincipal::Ou(id(UNITS[at - ACCOUNTS.len()].0)),
        _ => AudiencePrincipal::Organization(id(ORGANIZATION)),
    }
}

fn twins(account: usize) -> [AccountId; 3] {
    [3, 4, 5].map(|first| id(&format!("{first}2222222222{account}")))
}

/// Everything that the map reads, and the shares that each account has accepted.
fn live(world: &World, beside: &Beside) -> Live {
    let mut live = seen(world);
    let Some(Reading::Complete(tree)) = live.organizations.values_mut().next() else { panic!("it was read") };
    // Adds three accounts beside each account of an OU, which the catalog does not name. One of them may be suspended.
    for (at, (_, unit)) in ACCOUNTS.iter().enumerate().filter(|(_, (_, unit))| unit.is_some()) {
        for twin in twins(at) {
            let is_suspended = twin == twins(at)[1] && beside.suspended.contains(&at);
            let status = if is_suspended { AccountStatus::Suspended } else { AccountStatus::Active };
            let above = beside.tells.then(|| above(at));
            let known = Account { name: "twin".to_owned(), email: None, status, joined: None, above };
            let mut next = *unit;
            while let Some(unit) = next {
                tree.members.entry(id(unit)).or_default().insert(twin.clone());
                next = UNITS.iter().find(|(known, ..)| *known == unit).unwrap().2;
            }
            tree.accounts.insert(twin, known);
        }
    }
    tree.listed = UNITS.iter().map(|(unit, ..)| Some(id(unit))).chain([None]).collect();
    for (at, (account, _)) in ACCOUNTS.iter().enumerate() {
        let Some(known) = tree.accounts.get_mut(&id(account)) else { continue };
        known.above = beside.tells.then(|| above(at));
        if beside.suspended.contains(&at) {
            known.status = AccountStatus::Suspended;
        }
    }
    let shelf = live.portfolios.get_mut(&(id(HUB), id("us-east-1"))).unwrap();
    let Some(Found::There(portfolio)) = shelf.read.get_mut(&id(PORTFOLIOS[0])) else { panic!("it was read") };
    if beside.inherited {
        inherit(&mut portfolio.shares);
    }
    let mut audiences = Audiences::new();
    for (at, of) in beside.audience.iter().enumerate() {
        if let Some(of) = of {
            audiences.entry(id(EXPERIENCES[*of])).or_default().insert(principal(at));
        }
    }
    live.audiences.insert(id(MARKET), Reading::Complete(audiences));
    let experience = |(at, name): (usize, &&str)| {
        let found = Experience {
            id: id(name),
            name: (*name).to_owned(),
            description: String::new(),
            status: beside.statuses[at],
            policy: None,
            branding: None,
        };
        (id(name), Found::There(found))
    };
    let listed = EXPERIENCES.iter().map(|name| Named { id: id(name), name: (*name).to_owned() }).collect();
    let read = EXPERIENCES.iter().enumerate().map(experience).collect();
    live.experiences.insert(id(MARKET), Shelf { listed: Some(Reading::Complete(listed)), read });
    live
}

/// Adds the rows of accounts below a shared node, with the flags of the nearest node above.
fn inherit(shares: &mut BTreeMap<Receiver, LiveShare>) {
    for (account, (name, unit)) in ACCOUNTS.iter().enumerate() {
        let units = above(account).into_iter().rev().map(Receiver::Ou);
        let organization = unit.map(|_| Receiver::Organization(id(ORGANIZATION)));
        let nearest = units.chain(organization).find_map(|node| shares.get(&node));
        if let Some(tag_options) = nearest.map(|it| it.share.tag_options()) {
            let share = Share::Member { account: id(name), tag_options };
            shares.entry(share.receiver()).or_insert(LiveShare { share, accepted: true });
        }
    }
}

fn desired(world: &World) -> Desired {
    let mut desired = catalog(world, &world.head);
    desired.settings.organizations.values_mut().for_each(|it| it.marketplace_account = Some(id(MARKET)));
    let lists = ProductLists {
        approved: [].into(),
        rejected: [].into(),
        expired: [].into(),
        ignored: [].into(),
        unlisted: Unlisted::Keep,
    };
    desired.experiences.push(DesiredExperience {
        file: id("list"),
        organization: id("acme"),
        account: id(MARKET),
        selector: ExperienceSelector::One(Selector::Id(id(EXPERIENCES[0]))),
        products: Products::Listed(Arc::new(lists)),
        terms: ExperienceTerms::default(),
        source: Source { file: "catalog/list.yaml".to_owned(), line: 9, column: 1, end_column: None },
    });
    desired
}

fn mapped(desired: &Desired, live: &Live) -> Atlas {
    let version = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
    let plan = diff(desired, live, None, version);
    atlas(Scope { wanted: &|_| true, ungoverned: true }, desired, live, &plan)
}

fn resident<'a>(atlas: &'a Atlas, account: &AccountId) -> Option<&'a Resident> {
    atlas.nodes.iter().find_map(|node| match &node.who {
        Who::Account(resident) if resident.id == *account => Some(&**resident),
        Who::Account(_) | Who::Root(_) | Who::Unit(_) => None,
    })
}

/// The portfolio that the catalog governs.
fn first(view: &View) -> Option<&SeenPortfolio> {
    view.portfolios.iter().find(|seen| seen.portfolio.0 == 0)
}

/// The receivers of a portfolio's shares in a view, with AWS's type names.
fn receivers(atlas: &Atlas, seen: &SeenPortfolio) -> BTreeSet<(&'static str, String)> {
    let shares = &atlas.portfolios[0].shares;
    seen.shares.iter().map(|at| (shares[at.0].kind, shares[at.0].receiver.clone())).collect()
}

fn agrees(atlas: &Atlas, view: &View, sight: &Sight) -> Result<(), TestCaseError> {
    let told = sight.portfolios.first();
    let state = told.map_or(State::HasNot, |told| told.state.clone());
    let seen = first(view);
    prop_assert_eq!(seen.map_or(State::HasNot, |seen| seen.state.clone()), state);
    if let (Some(seen), Some(told)) = (seen, told) {
        let own = told.ways.iter().filter(|way| matches!(way.live, Liveness::Live { inherited: Some(false), .. }));
        let own: BTreeSet<_> = own.map(|way| (way.kind, bare(way.receiver.as_ref().unwrap()))).collect();
        prop_assert_eq!(receivers(atlas, seen), own);
    }
    agrees_beside(atlas, view, sight)
}

/// Checks the parts that can be known without entering the account.
fn agrees_beside(atlas: &Atlas, view: &View, sight: &Sight) -> Result<(), TestCaseError> {
    if let (Some(seen), Some(told)) = (first(view), sight.portfolios.first()) {
        let entry = seen.recipients.map(|at| atlas.portfolios[0].recipients[at.0].source.clone());
        let counts = match &told.entry {
            Governing::Entry(source) => Some(source.clone()),
            Governing::None | Governing::Owner | Governing::Suspended | Governing::CantTell(_) => None,
        };
        prop_assert_eq!(entry, counts);
    }
    let market = &sight.markets[0];
    let counting = market.ties.iter().find(|tie| tie.weight == Weight::Counts);
    match (&view.market, &market.outcome) {
        (Governance::Governed(at, by), Outcome::Governed(rules)) => {
            prop_assert_eq!(&atlas.experiences[at.0].id, &rules.id);
            let principal = counting.unwrap().principal.as_ref().unwrap().to_string();
            let node = match &atlas.nodes[by.unwrap().0].who {
                Who::Root(id) => id.to_string(),
                Who::Unit(id) => id.to_string(),
                Who::Account(it) => it.id.to_string(),
            };
            prop_assert_eq!(node, principal);
        }
        (Governance::Free, Outcome::Free) => {}
        (Governance::CantTell(one), Outcome::CantTell(other)) => prop_assert_eq!(one, other),
        (one, other) => prop_assert!(false, "{:?} is not {:?}", one, other),
    }
    Ok(())
}

fn bare(receiver: &Receiver) -> String {
    receiver.to_string().trim_start_matches("member/").to_owned()
}

/// The state of an account's portfolio as its owner knows it: from the live shares and their acceptance.
fn by_owner(shares: &BTreeSet<Receiver>, account: usize, has_accepted: bool, is_suspended: bool) -> State {
    let name = ACCOUNTS[account].0;
    let direct = shares.contains(&Receiver::Account(id(name)));
    let is_reached = |it: &&Receiver| match it {
        Receiver::Account(_) => false,
        Receiver::Member(of) => of.as_str() == name,
        node => reached(node).contains(name),
    };
    let through = shares.iter().any(|it| is_reached(&it));
    match (direct, through) {
        (false, false) => State::HasNot,
        _ if is_suspended => State::Suspended,
        (_, true) => State::Has,
        (true, false) if has_accepted => State::Has,
        (true, false) => State::Waits,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_account_sees_what_explain_says(world in world(), beside in beside()) {
        let (desired, live) = (desired(&world), live(&world, &beside));
        let atlas = mapped(&desired, &live);
        for (account, unit) in ACCOUNTS {
            let account: AccountId = id(account);
            let Some(resident) = resident(&atlas, &account) else {
                prop_assert!(unit.is_none(), "{} is not in the map", account);
                continue;
            };
            prop_assert_eq!(&resident.untold, &None);
            let sight = sight(&account, Vec::new(), None, &desired, &live);
            agrees(&atlas, &atlas.views[resident.now.0], &sight)?;
        }
    }

    #[test]
    fn without_entering_accounts_the_owner_s_view_counts_now_and_after(world in world(), beside in beside()) {
        let (desired, mut live) = (desired(&world), live(&world, &beside));
        live.received.clear();
        let atlas = mapped(&desired, &live);
        let unit = |path: &str| id(UNITS.iter().find(|(_, name, _)| path.rsplit('/').next() == Some(*name)).unwrap().0);
        let now: BTreeSet<Receiver> = world.live.iter().map(Share::receiver).collect();
        let then = world.shares.iter().map(|share| {
            let named = share.map_ou(|ou| Ok::<_, ()>(match ou {
                catalog_sync::model::desired::OuRef::Id(unit) => unit.clone(),
                catalog_sync::model::desired::OuRef::Path(path) => unit(path),
            }));
            named.unwrap().receiver()
        });
        let then: BTreeSet<Receiver> = then.collect();
        for (at, (account, unit)) in ACCOUNTS.iter().enumerate() {
            let Some(resident) = resident(&atlas, &id(account)).filter(|_| unit.is_some()) else { continue };
            let direct = Receiver::Account(id(account));
            let (has_accepted, is_suspended) = (world.accepted[at].0, beside.suspended.contains(&at));
            let view = &atlas.views[resident.now.0];
            let state = |view: &View| first(view).map_or(State::HasNot, |seen| seen.state.clone());
            prop_assert_eq!(state(view), by_owner(&now, at, has_accepted, is_suspended));
            let after = resident.after.map_or(view, |after| &atlas.views[after.0]);
            let has_accepted = has_accepted && now.contains(&direct);
            prop_assert_eq!(state(after), by_owner(&then, at, has_accepted, is_suspended), "{} after", account);
            prop_assert!(resident.after != Some(resident.now));
        }
        // Accounts of one OU that the catalog does not name see the same, unless one is suspended.
        for (at, _) in ACCOUNTS.iter().enumerate().filter(|(_, (_, unit))| unit.is_some()) {
            let nodes: BTreeSet<Receiver> =
                now.iter().filter(|it| matches!(it, Receiver::Ou(_) | Receiver::Organization(_))).cloned().collect();
            for twin in twins(at) {
                let is_suspended = twin == twins(at)[1] && beside.suspended.contains(&at);
                let view = &atlas.views[resident(&atlas, &twin).unwrap().now.0];
                let state = first(view).map_or(State::HasNot, |seen| seen.state.clone());
                prop_assert_eq!(state, by_owner(&nodes, at, false, is_suspended), "{}", twin);
                agrees_beside(&atlas, view, &sight(&twin, Vec::new(), None, &desired, &live))?;
            }
        }
        // Every share that differs is marked as a change.
        let changes = atlas.portfolios[0].shares.iter().filter(|share| share.change.is_some());
        let changed: BTreeSet<_> = changes.map(|share| (share.kind, share.receiver.clone())).collect();
        for receiver in now.symmetric_difference(&then).filter(|_| !beside.inherited) {
            let kind = match receiver {
                Receiver::Account(_) => "ACCOUNT",
                Receiver::Member(_) => "ORGANIZATION_MEMBER_ACCOUNT",
                Receiver::Ou(_) => "ORGANIZATIONAL_UNIT",
                Receiver::Organization(_) => "ORGANIZATION",
            };
            prop_assert!(changed.contains(&(kind, bare(receiver))), "{} is not marked", receiver);
        }
    }
}
