//! Reads what is live, with as few calls as possible, side by side. `plan::wants` decides what to read.
//! No function here fails as a whole: a part that could not be read becomes [`Reading::Unreadable`] or
//! [`Found::Unreadable`].

pub(crate) mod access;
mod accounts;
pub(crate) mod current;
pub(crate) mod entities;
mod entity;
pub(crate) mod local;
mod look_up;
pub(crate) mod marketplace;
mod names;
pub(super) mod organization;
mod parts;
pub(crate) mod portfolio;
pub(crate) mod received;
mod running;
pub(super) mod several;
mod subtree;
mod titles;
mod tree;
mod usage;
mod way;

use std::collections::BTreeSet;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::{Instant, timeout_at};

use super::{Cloud, Place};
use crate::model::experience::Experience;
use crate::model::id::{AccountId, ExperienceId, Name};
use crate::model::live::{Access, Found, HubPlace, Live, Reading, Received, Shelf};
use crate::model::running::RunningSet;
use crate::model::usage::Usage;
use crate::model::wants::Wants;
use organization::{Heads, Organized};
use portfolio::Shelved;

/// Reads into `live` what `next` asks for, until `next` asks for nothing new. Everything that is asked for at one time
/// is read side by side, and `next` is called again after arrivals. It looks at the whole world, so it is not called
/// after each of thousands: at most a ninth of the time is spent in it.
///
/// If the settings name an account of another organization, everything of that organization becomes unreadable. If an
/// organization can't be asked, only the organization itself becomes unreadable, and what needs its tree.
pub async fn read(cloud: &Cloud, live: &mut Live, next: impl Fn(&Live) -> Wants + Sync) {
    live.began.get_or_insert_with(jiff::Timestamp::now);
    let heads = Heads::new(cloud);
    let mut reader = Reader { cloud, heads: &heads, asked: Wants::default(), busy: BTreeSet::new() };
    let mut under_way: FuturesUnordered<BoxFuture<'_, Answer>> = FuturesUnordered::new();
    loop {
        let began = Instant::now();
        under_way.extend(reader.start(next(live), live));
        let rested = Instant::now() + began.elapsed() * REST;
        let Some(answer) = under_way.next().await else { break };
        reader.enter(answer, live);
        // The deadline is looked at last: what is there already is entered also when it has passed.
        while let Ok(Some(answer)) = timeout_at(rested, under_way.next()).await {
            reader.enter(answer, live);
        }
    }
    let Reader { cloud: _, heads: _, asked, busy: _ } = reader;
    distrust(&heads, &asked, live);
}

/// How much longer than `next` took its next call waits, while something is under way.
const REST: u32 = 8;

struct Reader<'a> {
    cloud: &'a Cloud,
    heads: &'a Heads<'a>,
    asked: Wants,
    /// The organizations that are being read now. Each gets one set of questions at a time.
    busy: BTreeSet<Name>,
}

/// The result of one read.
enum Answer {
    Organization(Name, Organized),
    Portfolios(HubPlace, Shelved),
    Access(HubPlace, access::Accessed),
    Received(HubPlace, Received),
    Experiences(AccountId, Shelf<ExperienceId, Experience>),
    Parts(parts::Parts),
    Products(titles::Titled),
    Running(AccountId, Reading<Vec<RunningSet>>),
    Usage(AccountId, Usage),
}

impl<'a> Reader<'a> {
    fn start(&mut self, mut wants: Wants, live: &Live) -> Vec<BoxFuture<'a, Answer>> {
        wants.organizations.retain(|name, _| !self.busy.contains(name));
        let Wants { organizations, portfolios, access, received, experiences, parts, products, running, usage } =
            wants.take_new(&mut self.asked);
        let (cloud, heads) = (self.cloud, self.heads);
        let mut started: Vec<BoxFuture<'a, Answer>> = Vec::new();
        for (name, wants) in organizations {
            self.busy.insert(name.clone());
            let known = live.organizations.get(&name).cloned();
            started.push(Box::pin(async move {
                let organized = organization::read(heads, &name, known, &wants).await;
                Answer::Organization(name, organized)
            }));
        }
        for (place, wants) in portfolios {
            let listed = live.portfolios.get(&place).and_then(|shelf| shelf.listed.clone());
            started.push(Box::pin(async move {
                let at = Place { account: place.0.clone(), region: place.1.clone() };
                Answer::Portfolios(place, portfolio::shelf(cloud, at, listed, wants).await)
            }));
        }
        for (place, wants) in access {
            started.push(Box::pin(async move {
                let at = Place { account: place.0.clone(), region: place.1.clone() };
                Answer::Access(place, access::access(cloud, at, wants).await)
            }));
        }
        for (place, wants) in received {
            started.push(Box::pin(async move {
                let at = Place { account: place.0.clone(), region: place.1.clone() };
                Answer::Received(place, received::received(cloud, at, wants).await)
            }));
        }
        for (account, wants) in experiences {
            let listed = live.experiences.get(&account).and_then(|shelf| shelf.listed.clone());
            started.push(Box::pin(async move {
                let shelf = marketplace::shelf(cloud, heads, &account, listed, wants).await;
                Answer::Experiences(account, shelf)
            }));
        }
        for (account, wants) in parts {
            started.push(Box::pin(async move { Answer::Parts(parts::parts(cloud, heads, account, wants).await) }));
        }
        for (account, wants) in products {
            started.push(Box::pin(async move { Answer::Products(titles::titles(cloud, &account, wants).await) }));
        }
        for (account, wants) in running {
            let organization = live.organization(&wants.organization);
            let manages = organization.is_some_and(|it| it.management_account == account);
            started.push(Box::pin(async move {
                let sets = running::running(cloud, &account, manages, wants).await;
                Answer::Running(account, sets)
            }));
        }
        for (account, wants) in usage {
            started.push(Box::pin(async move {
                let usage = usage::usage(cloud, &account, wants).await;
                Answer::Usage(account, usage)
            }));
        }
        started
    }

    fn enter(&mut self, answer: Answer, live: &mut Live) {
        match answer {
            Answer::Organization(name, Organized { organization, troubles }) => {
                self.busy.remove(&name);
                live.organizations.insert(name, organization);
                live.troubles.extend(troubles);
            }
            Answer::Portfolios(place, Shelved { shelf, names, troubles }) => {
                let known = live.portfolios.entry(place).or_default();
                merge(known, shelf);
                for (id, name) in names {
                    if let Some(Found::There(portfolio)) = known.read.get_mut(&id) {
                        portfolio.name = Some(name);
                    }
                }
                live.troubles.extend(troubles);
            }
            Answer::Access(place, access::Accessed { access: Access { own, reached }, sharing }) => {
                live.sharing.extend(sharing.map(|sharing| (place.0.clone(), sharing)));
                let known = live.access.entry(place).or_default();
                known.own.extend(own);
                known.reached.extend(reached);
            }
            Answer::Received(place, received) => live.received.entry(place).or_default().add(received),
            Answer::Experiences(account, shelf) => merge(live.experiences.entry(account).or_default(), shelf),
            Answer::Parts(parts::Parts { account, audiences, brandings }) => {
                live.audiences.extend(audiences.map(|audiences| (account.clone(), audiences)));
                live.brandings.extend(brandings.into_iter().map(|(id, found)| ((account.clone(), id), found)));
            }
            Answer::Products(titles::Titled { products, troubles }) => {
                live.products.extend(products);
                live.troubles.extend(troubles);
            }
            Answer::Running(account, sets) => drop(live.running.insert(account, sets)),
            Answer::Usage(account, usage) => drop(live.usage.insert(account, usage)),
        }
    }
}

fn merge<I: Ord, T>(known: &mut Shelf<I, T>, new: Shelf<I, T>) {
    let Shelf { listed, read } = new;
    if listed.is_some() {
        known.listed = listed;
    }
    known.read.extend(read);
}

/// Makes everything unreadable that belongs to an organization other than the one in the settings: it is somebody
/// else's.
fn distrust(heads: &Heads<'_>, asked: &Wants, live: &mut Live) {
    // Access and recipients count only together with a portfolio that could be read, so they need no check.
    let Wants {
        organizations: _,
        portfolios,
        access: _,
        received: _,
        experiences,
        parts: _,
        products: _,
        running: _,
        usage: _,
    } = asked;
    for (place, wants) in portfolios {
        if let (Some(reason), Some(shelf)) = (heads.mismatch(&wants.organization), live.portfolios.get_mut(place)) {
            make_unreadable(shelf, &reason);
        }
    }
    for (account, wants) in experiences {
        if let (Some(reason), Some(shelf)) = (heads.mismatch(&wants.organization), live.experiences.get_mut(account)) {
            make_unreadable(shelf, &reason);
        }
    }
}

fn make_unreadable<I: Ord, T>(shelf: &mut Shelf<I, T>, reason: &str) {
    let Shelf { listed, read } = shelf;
    *listed = Some(Reading::Unreadable(reason.to_owned()));
    for found in read.values_mut() {
        *found = Found::Unreadable(reason.to_owned());
    }
}
