//! What `explain` says of one account, for random shares, entries and accounts, and with data that could not be read.

use std::collections::BTreeSet;

use catalog_sync::model::id::AccountId;
use catalog_sync::model::live::{Found, Live, Reading};
use catalog_sync::model::organization::Organization;
use catalog_sync::model::portfolio::{LiveShare, Receiver, Share};
use catalog_sync::model::sight::{Governing, Listed, Liveness, Seen, Sight, State, Way, Without};
use catalog_sync::plan::sight;
use proptest::prelude::*;

use super::recipients::{World, catalog, nearest, seen, world};
use super::world::{ACCOUNTS, HUB, PORTFOLIOS, above, id, reached};

/// The data that could not be read.
#[derive(Debug, Clone, Copy)]
struct Gaps {
    names: bool,
    place: bool,
    inside: bool,
    own: bool,
    portfolio: bool,
}

const NO_GAPS: Gaps = Gaps { names: false, place: false, inside: false, own: false, portfolio: false };

fn gaps() -> impl Strategy<Value = Gaps> {
    proptest::array::uniform5(proptest::bool::weighted(0.4)).prop_map(|[names, place, inside, own, portfolio]| Gaps {
        names,
        place,
        inside,
        own,
        portfolio,
    })
}

/// The live state as it is read for one account. With `inherited` AWS also lists member accounts below shared nodes.
fn read(world: &World, account: usize, inherited: bool, gaps: Gaps) -> Live {
    let mut live = seen(world);
    let it: AccountId = id(ACCOUNTS[account].0);
    let Some(Reading::Complete(tree)) = live.organizations.values_mut().next() else { panic!("it was read") };
    place(tree, account, gaps);
    let hub = (id(HUB), id("us-east-1"));
    let found = live.portfolios.get_mut(&hub).unwrap().read.get_mut(&id(PORTFOLIOS[0])).unwrap();
    if gaps.portfolio {
        *found = Found::Unreadable("no portfolio".to_owned());
    } else if let Found::There(portfolio) = found {
        let through = |receiver: &&Receiver| !matches!(receiver, Receiver::Account(_) | Receiver::Member(_));
        let has = portfolio.shares.keys().filter(through).any(|node| reached(node).contains(ACCOUNTS[account].0));
        if has && inherited {
            let share = Share::Member { account: it.clone(), tag_options: false };
            portfolio.shares.entry(share.receiver()).or_insert(LiveShare { share, accepted: true });
        }
    }
    if gaps.own {
        live.access.values_mut().for_each(|access| access.own.clear());
    }
    let received = live.received.get_mut(&(it, id("us-east-1"))).unwrap();
    // A share that does not reach the account appears on none of its lists.
    let (usable, _) = usable(&world.live.iter().map(Share::receiver).collect(), world, account);
    if usable.is_empty() {
        received.accepted = Some(Reading::Complete(BTreeSet::new()));
    }
    if gaps.inside {
        received.accepted = Some(Reading::Unreadable("no way in".to_owned()));
        received.principals.values_mut().for_each(|found| *found = Found::Unreadable("no way in".to_owned()));
    }
    live
}

fn place(tree: &mut Organization, account: usize, gaps: Gaps) {
    let it: AccountId = id(ACCOUNTS[account].0);
    tree.members.clear();
    if let Some(known) = tree.accounts.get_mut(&it) {
        known.above = Some(above(account));
    }
    if gaps.names {
        tree.units.clear();
    }
    if gaps.place {
        tree.accounts.remove(&it);
        tree.strangers.remove(&it);
    }
    let why = if gaps.names || gaps.place { vec!["no tree".to_owned()] } else { Vec::new() };
    tree.ways.insert(it, why);
}

fn look(world: &World, account: usize, inherited: bool, gaps: Gaps) -> Sight {
    let live = read(world, account, inherited, gaps);
    sight(&id(ACCOUNTS[account].0), Vec::new(), None, &catalog(world, &world.head), &live)
}

fn reaches(receiver: &Receiver, account: usize) -> bool {
    match receiver {
        Receiver::Account(of) | Receiver::Member(of) => of.as_str() == ACCOUNTS[account].0,
        node => reached(node).contains(ACCOUNTS[account].0),
    }
}

/// The shares by which an account can use the portfolio, and whether any live share reaches it.
fn usable(live: &BTreeSet<Receiver>, world: &World, account: usize) -> (BTreeSet<Receiver>, bool) {
    let (own, accepted) = world.accepted[account];
    let reaching = || live.iter().filter(|it| reaches(it, account));
    let is_usable =
        |it: &&Receiver| if it.is_of_organization() { accepted || own_is_live(live, account) && own } else { own };
    (reaching().filter(is_usable).cloned().collect(), reaching().next().is_some())
}

fn own_is_live(live: &BTreeSet<Receiver>, account: usize) -> bool {
    live.contains(&Receiver::Account(id(ACCOUNTS[account].0)))
}

fn is_live(way: &Way) -> bool {
    matches!(way.live, Liveness::Live { .. })
}

/// Compares one portfolio with the result of looking at every share and every entry.
fn holds(world: &World, account: usize, seen: Option<&Seen>) -> Result<(), TestCaseError> {
    let live: BTreeSet<Receiver> = world.live.iter().map(Share::receiver).collect();
    let (usable_now, is_shared) = usable(&live, world, account);
    let expected = match (usable_now.is_empty(), is_shared) {
        (false, _) => State::Has,
        (true, false) => State::HasNot,
        (true, true) if live.iter().any(|it| it.is_of_organization() && reaches(it, account)) => State::Rejected,
        (true, true) => State::Waits,
    };
    let wanted = nearest(&world.head, account);
    let Some(seen) = seen else {
        prop_assert!(expected == State::HasNot && wanted.is_none());
        return Ok(());
    };
    prop_assert_eq!(&seen.state, &expected);
    prop_assert_eq!(matches!(seen.entry, Governing::Entry(_)), wanted.is_some());
    let own = seen.ways.iter().filter(|way| matches!(way.live, Liveness::Live { inherited: Some(false), .. }));
    let own: BTreeSet<Receiver> = own.filter_map(|way| way.receiver.clone()).collect();
    prop_assert_eq!(own, live.iter().filter(|it| reaches(it, account)).cloned().collect::<BTreeSet<_>>());
    for way in seen.ways.iter().filter(|way| is_live(way)) {
        let (Some(without), Some(receiver)) = (&way.without, &way.receiver) else { continue };
        let rest: BTreeSet<Receiver> = live.iter().filter(|it| *it != receiver).cloned().collect();
        let reaching: BTreeSet<Receiver> = rest.iter().filter(|it| reaches(it, account)).cloned().collect();
        let own = own_is_live(&rest, account);
        match without {
            Without::Keeps(by) | Without::KeepsUnlessRejected(by) => {
                let unaccepted = |it: &Receiver| !it.is_of_organization() && !world.accepted[account].0;
                let by: BTreeSet<Receiver> = by.iter().cloned().collect();
                let left: BTreeSet<Receiver> = reaching.into_iter().filter(|it| !unaccepted(it)).collect();
                prop_assert_eq!((by.is_empty(), by), (false, left));
            }
            Without::Waits => prop_assert!(own && reaching.len() == 1 && !world.accepted[account].0),
            Without::Loses => prop_assert!(reaching.is_empty()),
            Without::Nothing => prop_assert_ne!(&seen.state, &State::Has),
            Without::CantTell(reason) => prop_assert!(false, "everything was read: {}", reason),
        }
    }
    let there = if seen.state == State::Has { world.principals[account].len() } else { 0 };
    let live = seen.inside.principals.iter().filter(|it| it.live == Some(true)).count();
    let listed = seen.inside.principals.iter().filter(|it| it.listed.is_some()).count();
    prop_assert_eq!((live, listed), (there, wanted.map_or(0, BTreeSet::len)));
    Ok(())
}

/// Checks that every certain statement is the same as if everything could be read.
fn agrees(part: &Seen, whole: &Seen) -> Result<(), TestCaseError> {
    prop_assert!(part.state == whole.state || matches!(part.state, State::CantTell(_)), "{:?}", part.state);
    prop_assert!(part.entry == whole.entry || matches!(part.entry, Governing::CantTell(_)), "{:?}", part.entry);
    for way in part.ways.iter().filter(|way| way.untold.is_none()) {
        let Some(same) = whole.ways.iter().find(|it| it.receiver == way.receiver) else {
            prop_assert!(false, "{:?} does not reach it", way);
            continue;
        };
        prop_assert!(way.listed == same.listed || way.listed == Listed::CantTell);
        prop_assert!(matches!(way.live, Liveness::CantTell) || is_live(way) == is_live(same));
        if let (Some(said), Some(true_one)) = (&way.without, &same.without) {
            // The shares by which the account keeps the portfolio may not all be known, so only the kind of answer is
            // compared.
            let kind = std::mem::discriminant::<Without>;
            prop_assert!(kind(said) == kind(true_one) || matches!(said, Without::CantTell(_)), "{:?}", way);
        }
    }
    for said in &part.inside.principals {
        let same = whole.inside.principals.iter().find(|it| it.principal == said.principal);
        prop_assert!(said.live.is_none() || same.is_some_and(|same| same.live == said.live), "{:?}", said);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_an_account_sees_is_what_a_slow_look_says(world in world(), inherited in any::<bool>()) {
        for account in 0..ACCOUNTS.len() {
            let sight = look(&world, account, inherited, NO_GAPS);
            prop_assert!(sight.is_whole(), "{:?}", sight);
            holds(&world, account, sight.portfolios.first())?;
        }
    }

    #[test]
    fn what_could_not_be_read_is_said_and_nothing_is_said_wrong(world in world(), inherited in any::<bool>(), gaps in gaps()) {
        for account in 0..ACCOUNTS.len() {
            let (whole, part) = (look(&world, account, inherited, NO_GAPS), look(&world, account, inherited, gaps));
            match (part.portfolios.first(), whole.portfolios.first()) {
                (Some(part), Some(whole)) => agrees(part, whole)?,
                // Only an entry that leaves the account out by `except` may go unmentioned.
                (None, Some(whole)) => {
                    let is_told = whole.ways.is_empty() && whole.passed_over.iter().all(|passed| passed.except);
                    prop_assert!(is_told && whole.entry == Governing::None, "{:?}", whole);
                }
                (Some(seen), None) => prop_assert!(!part.is_whole(), "{:?}", seen),
                (None, None) => {}
            }
            prop_assert!(!part.is_whole() || part == whole, "{:?}", part);
        }
    }
}
