//! An SDK client bound to an account and region. Every call goes through [`Seat::call`].

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::time::Instant;

use super::error::{CloudError, find};
use super::line::Line;
use super::meaning::Meaning;
use super::operation::Operation;
use super::options::Timing;
use super::pace::{Pace, Patience, Scope};
use super::place::Place;
use super::refusals::Refusals;
use super::request::Request;
use super::retry::Retry;
use super::waits::{Waits, for_people};
use crate::model::id::InvalidId;
use crate::model::settings::Mode;

/// What all calls of a run share.
#[derive(Debug)]
pub(crate) struct Conduct {
    pub(crate) mode: Mode,
    pub(crate) timing: Timing,
    pub(crate) pace: Arc<Pace>,
    pub(crate) waits: Waits,
    pub(crate) refusals: Refusals,
}

/// Set when AWS says that a role session has ended, even before its credentials expire: the runner's clock may be
/// wrong, or the session was revoked. The next call opens the session again.
pub(crate) type Ended = Arc<AtomicBool>;

/// A client bound to the account and region that it calls.
#[derive(Debug)]
pub(crate) struct Seat<C> {
    pub(crate) client: C,
    pub(crate) place: Place,
    pub(crate) timing: Timing,
    pub(crate) scope: Scope,
    pub(crate) conduct: Arc<Conduct>,
    /// A common deadline for all calls and waits. `None`: each has its own time, from `timing`.
    pub(crate) until: Option<Instant>,
    /// The flag of the role session. `None` if there is no session to open again.
    pub(crate) ended: Option<Ended>,
}

impl<C: Sync> Seat<C> {
    /// Makes a call when its turn has come, and retries it as long as that helps.
    ///
    /// An operation that writes is refused in [`Mode::Plan`], before anything is sent.
    pub(crate) async fn call<R: Request>(&self, request: R) -> Result<R::Output, CloudError> {
        let operation = R::OPERATION;
        self.allow(operation)?;
        let line = self.line(operation);
        let mut retry = Retry::new(&self.timing, Instant::now()).by(self.until);
        loop {
            line.turn(&self.conduct.waits, self.timing.quiet).await;
            let sent = Instant::now();
            let error = match request.clone().attempt().await {
                Ok(output) => return Ok(output),
                // The credentials could not be fetched. That call has been retried already.
                Err(error) if find::<CloudError>(&error).is_some() => {
                    return Err(CloudError::of(operation, &self.place, &error));
                }
                Err(error) => CloudError::of(operation, &self.place, &error),
            };
            self.go_on(&line, &mut retry, sent, error).await?;
        }
    }
}

impl<C> Seat<C> {
    /// Waits until the next attempt. Returns the error if there is to be none.
    async fn go_on(&self, line: &Line, retry: &mut Retry, sent: Instant, error: CloudError) -> Result<(), CloudError> {
        match (error.meaning, &self.ended) {
            (Meaning::Throttled, _) => line.throttled(sent),
            (Meaning::Expired, Some(ended)) => ended.store(true, Ordering::Relaxed),
            // The starting credentials can't be renewed.
            (Meaning::Expired, None) => return Err(error),
            _ => {}
        }
        let now = Instant::now();
        let waited = for_people(now - retry.begun);
        let Some(pause) = retry.after(error.meaning, now) else {
            return Err(match error.meaning {
                Meaning::Throttled => {
                    let message =
                        format!("{}: AWS has throttled this call for {waited}", error.message.trim_end_matches('.'));
                    CloudError { message, ..error }
                }
                _ => error,
            });
        };
        line.remind(retry.begun, &self.conduct.waits, self.timing.quiet, || {
            format!("waiting for {waited}, and trying again: {error}")
        });
        tokio::time::sleep(pause).await;
        Ok(())
    }

    fn allow(&self, operation: Operation) -> Result<(), CloudError> {
        match self.conduct.mode {
            Mode::Plan if operation.writes() => {
                let message = "a plan changes nothing, so this call was not sent. This is a fault of catalog-sync";
                Err(CloudError::own(operation.name(), &self.place, "PlanOnly", Meaning::Denied, message))
            }
            Mode::Plan | Mode::Apply => Ok(()),
        }
    }

    fn line(&self, operation: Operation) -> Arc<Line> {
        self.conduct.pace.line(&self.scope, operation)
    }

    /// A wait until something ends, polled with `operation`. `reason` is a sentence without a full stop, such as
    /// `change set abc runs`.
    pub(crate) fn patience(&self, operation: Operation, reason: impl Into<String>) -> Patience {
        Patience::aloud(&self.timing, self.line(operation), reason.into(), self.conduct.waits.clone()).by(self.until)
    }

    /// Parses an id from an answer. A missing or invalid id is an error: leaving it out would make the thing look
    /// absent.
    pub(crate) fn parse<T: FromStr<Err = InvalidId>>(
        &self,
        operation: &'static str,
        id: Option<&str>,
    ) -> Result<T, CloudError> {
        id.unwrap_or_default().parse().map_err(|error: InvalidId| {
            CloudError::own(operation, &self.place, "NotUnderstood", Meaning::Other, format!("AWS's answer: {error}"))
        })
    }
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "sandbox")]
    #[tokio::test]
    async fn a_plan_sends_no_write() {
        use std::collections::{BTreeMap, BTreeSet};

        use super::*;
        use crate::cloud::{Cloud, Endpoint, Options};
        use crate::model::settings::{MaxRemovals, Settings};
        use crate::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

        let sandbox = Sandbox::start(World::parse("accounts: {'111111111111': {}}", "world").unwrap()).await.unwrap();
        let endpoint = Endpoint {
            url: sandbox.url(),
            access_key_id: START_ACCESS_KEY.to_owned(),
            secret_access_key: START_SECRET.to_owned(),
        };
        let settings = Settings {
            organizations: BTreeMap::new(),
            regions: Vec::new(),
            max_removals: MaxRemovals::default(),
            require: BTreeSet::new(),
        };
        let cloud = Cloud::new(&settings, Mode::Plan, Options::loopback(endpoint));
        let place = Place { account: "111111111111".parse().unwrap(), region: "us-east-1".parse().unwrap() };
        let seat = cloud.service_catalog(&"acme".parse().unwrap(), place).await.unwrap();
        let before = sandbox.calls().len();
        let error = seat.call(seat.client.delete_portfolio_share().portfolio_id("port-1")).await.unwrap_err();
        assert_eq!(error.code, "PlanOnly");
        assert_eq!(sandbox.calls().len(), before, "nothing was sent");
    }
}
