//! The only code that names `aws_*`: how to get in, how fast to ask, what errors mean, what is read and written.
//!
//! [`Cloud`] reads. What writes is a [`Writer`], and only [`Mode::Apply`] has one.

mod barred;
mod client;
mod entry;
mod error;
mod oidc;
mod options;
mod pace;
mod quota;
pub mod read;
mod role;
mod session;
mod start;
mod write;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

pub use error::{CloudError, Meaning};
pub use options::{Endpoint, Environment, Options, Timing};
pub use pace::CallCount;
pub use write::{Ledger, Writer};

use client::Clients;
use pace::Pace;
use session::Sessions;

use crate::model::id::{AccountId, Name, Region};
use crate::model::settings::{Access, Mode, OrganizationSettings, Settings};

/// Where a call is made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

/// AWS, seen from a catalog: every account that its settings name, with the roles of one mode. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cloud(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    organizations: BTreeMap<Name, OrganizationSettings>,
    mode: Mode,
    timing: Timing,
    /// The first region of the settings, for what belongs to none.
    home: Region,
    pace: Arc<Pace>,
    sessions: Sessions,
    clients: Clients,
    /// Whose turn it is to share, for each account and region.
    share_turns: Mutex<BTreeMap<Place, Arc<tokio::sync::Mutex<()>>>>,
    /// Tells this run's change sets from those of another.
    nonce: u64,
}

impl Cloud {
    /// Nothing is asked until something is read.
    pub fn new(settings: &Settings, mode: Mode, options: Options) -> Self {
        let pace = Arc::new(Pace::new(options.concurrency, options.timing.paced));
        let home = settings.regions.first().cloned().unwrap_or_else(Region::marketplace);
        Self(Arc::new(Inner {
            organizations: settings.organizations.clone(),
            mode,
            timing: options.timing.clone(),
            sessions: Sessions::new(options, mode, &home, Arc::clone(&pace)),
            home,
            pace,
            clients: Clients::default(),
            share_turns: Mutex::default(),
            nonce: fastrand::u64(..),
        }))
    }

    /// The calls that were made so far.
    pub fn calls(&self) -> CallCount {
        self.0.pace.counts()
    }

    /// The number of calls as it grows, for a progress line.
    pub fn progress(&self) -> watch::Receiver<u64> {
        self.0.pace.made()
    }

    /// What writes; only [`Mode::Apply`] has it.
    pub fn writer(&self) -> Option<Writer> {
        match self.0.mode {
            Mode::Plan => None,
            Mode::Apply => Some(Writer::new(self.clone())),
        }
    }

    /// Tells this run's change sets from those of another.
    fn nonce(&self) -> u64 {
        self.0.nonce
    }

    /// What has to be locked for a share action.
    fn share_turn(&self, place: &Place) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.share_turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(place.clone()).or_default())
    }

    /// The organizations that the settings name.
    fn organization_names(&self) -> impl Iterator<Item = &Name> {
        self.0.organizations.keys()
    }

    /// What the settings say of an organization.
    fn organization(&self, name: &Name) -> Option<&OrganizationSettings> {
        self.0.organizations.get(name)
    }

    /// The way into an organization's accounts.
    fn access(&self, organization: &Name) -> Access {
        self.organization(organization).map(|settings| settings.access.clone()).unwrap_or_default()
    }
}

/// Where Organizations lives in the partition of `home` (AWS General Reference, "AWS Organizations endpoints").
fn organizations_region(home: &Region) -> Region {
    let elsewhere = match home.as_str() {
        region if region.starts_with("cn-") => "cn-northwest-1".parse().ok(),
        region if region.starts_with("us-gov-") => "us-gov-west-1".parse().ok(),
        _ => None,
    };
    // In the partition where Private Marketplace is, both are in the same region.
    elsewhere.unwrap_or_else(Region::marketplace)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Targets are read and written from tasks of their own.
    #[expect(dead_code, reason = "that it compiles is what it says")]
    fn everything_can_be_sent(
        cloud: &Cloud,
        writer: &Writer,
        live: &mut crate::model::live::Live,
        target: &crate::model::change::Target,
        ledger: &Ledger,
    ) {
        fn send(_: impl Send) {}
        send(read::read(cloud, live, |_| crate::model::wants::Wants::default()));
        send(writer.write(target, ledger));
    }

    #[test]
    fn organizations_has_one_region_in_each_partition() {
        let region = |home: &str| organizations_region(&home.parse().unwrap()).to_string();
        assert_eq!(region("eu-west-1"), "us-east-1");
        assert_eq!(region("us-gov-east-1"), "us-gov-west-1");
        assert_eq!(region("cn-north-1"), "cn-northwest-1");
    }
}
