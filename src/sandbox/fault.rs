//! Faults and rates, which the world configures to disturb calls.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::codec::matches;
use super::reply::Failure;
use super::world::{Drop, Fault, World};

/// Organizations counts the calls of all accounts of an organization together.
const ORGANIZATIONS: &str = "organizations";

/// The properties of a call that faults and rates are matched by.
pub(super) struct Subject<'a> {
    pub(super) service: &'a str,
    pub(super) operation: &'a str,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
}

/// The disturbances that a call meets.
#[derive(Default)]
pub(super) struct Obstacle {
    pub(super) delay: Duration,
    pub(super) error: Option<Failure>,
    pub(super) drop: Option<Drop>,
    /// Whether the fault makes up the answer or drops it.
    pub(super) fault: bool,
}

/// Applies the first fault that matches the call, and counts that in the world.
pub(super) fn meet(world: &mut World, subject: &Subject<'_>) -> Obstacle {
    let mut obstacle = Obstacle { delay: Duration::from_millis(world.latency_ms), ..Obstacle::default() };
    for fault in world.faults.iter_mut().filter(|fault| is_about(fault, subject)) {
        if fault.skip > 0 {
            fault.skip -= 1;
            continue;
        }
        fault.times = fault.times.map(|times| times.saturating_sub(1));
        obstacle.delay += Duration::from_millis(fault.delay_ms);
        obstacle.drop = fault.drop;
        obstacle.fault = fault.error.is_some() || fault.drop.is_some();
        obstacle.error = fault.error.as_ref().map(|it| Failure::with_status(&it.code, it.status, &*it.message));
        break;
    }
    world.faults.retain(|fault| fault.times != Some(0));
    obstacle
}

fn is_about(fault: &Fault, subject: &Subject<'_>) -> bool {
    let Fault { service, operation, account, region, skip: _, times: _, error: _, drop: _, delay_ms: _ } = fault;
    let pairs = [
        (service, subject.service),
        (operation, subject.operation),
        (account, subject.account),
        (region, subject.region),
    ];
    pairs.into_iter().all(|(pattern, text)| pattern.as_ref().is_none_or(|pattern| matches(pattern, text)))
}

/// Token buckets, by rate, owner (an account or an organization) and region.
#[derive(Debug, Default)]
pub(super) struct Buckets(BTreeMap<(String, String, String), (f64, Instant)>);

impl Buckets {
    /// Takes a token. `false` means that none is left. Rates use the real time.
    pub(super) fn take(&mut self, world: &World, subject: &Subject<'_>) -> bool {
        let Some((name, rate)) = world.rates.of(subject.service, subject.operation) else { return true };
        let now = Instant::now();
        let organization = world.organization_of(subject.account).filter(|_| subject.service == ORGANIZATIONS);
        let key = match organization {
            Some(organization) => (name, organization.id.clone(), String::new()),
            None => (name, subject.account.to_owned(), subject.region.to_owned()),
        };
        let most = f64::from(rate.burst);
        let (tokens, since) = self.0.entry(key).or_insert((most, now));
        *tokens = (*tokens + now.duration_since(*since).as_secs_f64() * rate.per_second).min(most);
        *since = now;
        let enough = *tokens >= 1.0;
        if enough {
            *tokens -= 1.0;
        }
        enough
    }
}
