//! The handle to AWS that everything else uses.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::client::{Conduct, Seat};
use super::clients::{Client, Clients};
use super::connection::Connection;
use super::error::CloudError;
use super::license_manager::LicenseManager;
use super::meaning::Meaning;
use super::options::Options;
use super::pace::{Pace, Scope};
use super::place::{Place, organizations_region};
use super::refusals::Refusals;
use super::session::Sessions;
use super::start::Start;
use super::tally::{CallCount, Tally};
use super::turn::ShareTurn;
use crate::model::id::{AccountId, Name, Region};
use crate::model::settings::{Access, Mode, OrganizationSettings, Settings};

/// The code of the error when the settings name no account of an organization.
const UNNAMED: &str = "NoAccount";

/// Every account that a catalog's settings name, with the roles of one mode. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cloud(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    organizations: BTreeMap<Name, OrganizationSettings>,
    /// The first region of the settings, for calls that belong to no region.
    home: Region,
    conduct: Arc<Conduct>,
    tally: Arc<Tally>,
    sessions: Sessions,
    service_catalog: Clients<aws_sdk_servicecatalog::Client>,
    marketplace: Clients<aws_sdk_marketplacecatalog::Client>,
    discovery: Clients<aws_sdk_marketplacediscovery::Client>,
    organization_trees: Clients<aws_sdk_organizations::Client>,
    /// Locked during a share action, for each account and region.
    share_turns: Mutex<BTreeMap<Place, Arc<tokio::sync::Mutex<ShareTurn>>>>,
    /// Locked during a change to an audience, for each account that experiences are changed from.
    audience_turns: Mutex<BTreeMap<Place, Arc<tokio::sync::Mutex<()>>>>,
}

impl Cloud {
    /// A handle. No call is made until something is read.
    pub fn new(settings: &Settings, mode: Mode, options: Options) -> Self {
        let Options { environment, concurrency, timing, endpoint, waits, barred } = options;
        let pace = Arc::new(Pace::new(timing.paced));
        let tally = Arc::new(Tally::default());
        let connection = Connection::new(endpoint.as_ref(), concurrency, timing.patience, Arc::clone(&tally));
        let conduct = Arc::new(Conduct { mode, timing, pace, waits, refusals: Refusals::default() });
        let home = settings.regions.first().cloned().unwrap_or_else(Region::marketplace);
        let start = Start::new(environment, endpoint, connection, Arc::clone(&conduct), &home);
        Self(Arc::new(Inner {
            organizations: settings.organizations.clone(),
            home,
            conduct,
            tally,
            sessions: Sessions::new(start, barred),
            service_catalog: Clients::default(),
            marketplace: Clients::default(),
            discovery: Clients::default(),
            organization_trees: Clients::default(),
            share_turns: Mutex::default(),
            audience_turns: Mutex::default(),
        }))
    }

    /// The calls that were sent so far, by operation.
    pub fn calls(&self) -> CallCount {
        self.0.tally.counts()
    }

    /// A receiver of the total number of calls, for a progress line.
    pub fn progress(&self) -> watch::Receiver<u64> {
        self.0.tally.made()
    }

    /// Service Catalog in an account and region.
    pub(crate) async fn service_catalog(
        &self,
        organization: &Name,
        place: Place,
    ) -> Result<Seat<aws_sdk_servicecatalog::Client>, CloudError> {
        let scope = Scope::Place(place.clone());
        self.seat(&self.0.service_catalog, organization, place, scope).await
    }

    /// Marketplace Catalog in an account, always in its own region: the region is part of the signature.
    pub(crate) async fn marketplace(
        &self,
        organization: &Name,
        account: &AccountId,
    ) -> Result<Seat<aws_sdk_marketplacecatalog::Client>, CloudError> {
        let place = Place { account: account.clone(), region: Region::marketplace() };
        let scope = Scope::Place(place.clone());
        self.seat(&self.0.marketplace, organization, place, scope).await
    }

    /// Marketplace Discovery for `products`. Any account may call it, and all get the same answers. The first
    /// marketplace account of the settings is used, since its role exists anyway; without one, the starting
    /// credentials.
    pub(crate) async fn discovery(&self) -> Result<Seat<aws_sdk_marketplacediscovery::Client>, CloudError> {
        let mut organizations = self.0.organizations.iter();
        let asker = organizations.find_map(|(name, it)| Some((name.clone(), it.marketplace_account.clone()?)));
        let (organization, account) = match asker {
            Some(asker) => asker,
            None => (Name::nobody(), self.0.sessions.start_account(&Region::marketplace()).await?),
        };
        self.discovery_from(&organization, account).await
    }

    /// Marketplace Discovery, asked from an account.
    pub(crate) async fn discovery_from(
        &self,
        organization: &Name,
        account: AccountId,
    ) -> Result<Seat<aws_sdk_marketplacediscovery::Client>, CloudError> {
        let place = Place { account, region: Region::marketplace() };
        let scope = Scope::Place(place.clone());
        self.seat(&self.0.discovery, organization, place, scope).await
    }

    /// License Manager in a marketplace account, in the marketplace's region, which is the home region of the licences
    /// of its products.
    pub(crate) async fn license_manager(
        &self,
        organization: &Name,
        account: &AccountId,
    ) -> Result<Seat<LicenseManager>, CloudError> {
        let place = Place { account: account.clone(), region: Region::marketplace() };
        let identity = self.0.sessions.identity(&self.access(organization), &place).await?;
        Ok(self.0.sessions.license_manager(identity, place))
    }

    /// Organizations, called from the account that the settings name for it. The error is a sentence.
    pub(crate) async fn organizations_of(
        &self,
        organization: &Name,
    ) -> Result<Seat<aws_sdk_organizations::Client>, String> {
        self.tree(organization).await.map_err(|error| match error.code.as_str() {
            UNNAMED => error.message,
            _ => error.to_string(),
        })
    }

    /// The same, with the error of the call that failed.
    pub(super) async fn tree(&self, organization: &Name) -> Result<Seat<aws_sdk_organizations::Client>, CloudError> {
        let settings = self.organization(organization);
        let region = organizations_region(&self.0.home);
        let (Some(settings), Some(account)) = (settings, settings.and_then(OrganizationSettings::reader)) else {
            let message = format!("the settings name no account of organization `{organization}`");
            let place = Place { account: AccountId::nobody(), region };
            return Err(CloudError::own("DescribeOrganization", &place, UNNAMED, Meaning::Other, message));
        };
        let place = Place { account: account.clone(), region };
        let scope = Scope::Organization(settings.id.clone());
        self.seat(&self.0.organization_trees, organization, place, scope).await
    }

    /// Organizations, called with the starting credentials.
    pub(super) async fn own_tree(&self) -> Result<Seat<aws_sdk_organizations::Client>, CloudError> {
        let region = organizations_region(&self.0.home);
        let place = Place { account: self.0.sessions.start_account(&region).await?, region };
        let scope = Scope::Place(place.clone());
        self.seat(&self.0.organization_trees, &Name::nobody(), place, scope).await
    }

    async fn seat<C: Client>(
        &self,
        clients: &Clients<C>,
        organization: &Name,
        place: Place,
        scope: Scope,
    ) -> Result<Seat<C>, CloudError> {
        clients.seat(&self.0.sessions, &self.0.conduct, &self.access(organization), (organization, place), scope).await
    }

    /// The sessions and the default region, for looking at the way in step by step.
    pub(super) fn sessions(&self) -> (&Sessions, &Region) {
        (&self.0.sessions, &self.0.home)
    }

    pub(super) fn mode(&self) -> Mode {
        self.0.conduct.mode
    }

    /// The lock for share actions in an account and region.
    pub(super) fn share_turn(&self, place: &Place) -> Arc<tokio::sync::Mutex<ShareTurn>> {
        let mut turns = self.0.share_turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(place.clone()).or_default())
    }

    /// The lock for changes to audiences made from an account.
    pub(super) fn audience_turn(&self, place: &Place) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.audience_turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(place.clone()).or_default())
    }

    pub(super) fn organization_names(&self) -> impl Iterator<Item = &Name> {
        self.0.organizations.keys()
    }

    /// The settings of an organization.
    pub(super) fn organization(&self, name: &Name) -> Option<&OrganizationSettings> {
        self.0.organizations.get(name)
    }

    /// The `access` settings of an organization.
    pub(super) fn access(&self, organization: &Name) -> Access {
        self.organization(organization).map(|settings| settings.access.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #[cfg(feature = "sandbox")]
    #[tokio::test]
    async fn accounts_of_one_organization_stand_in_one_line_for_its_tree() {
        use std::collections::BTreeSet;

        use super::*;
        use crate::cloud::operation::Operation;
        use crate::cloud::options::Endpoint;
        use crate::model::finding::Source;
        use crate::model::settings::MaxRemovals;
        use crate::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

        let world = "accounts: {'111111111111': {}, '222222222222': {}}";
        let sandbox = Sandbox::start(World::parse(world, "world").unwrap()).await.unwrap();
        let endpoint = Endpoint {
            url: sandbox.url(),
            access_key_id: START_ACCESS_KEY.to_owned(),
            secret_access_key: START_SECRET.to_owned(),
        };
        let organization = |account: &str| OrganizationSettings {
            id: "o-acme000001".parse().unwrap(),
            service_catalog_account: Some(account.parse().unwrap()),
            marketplace_account: None,
            access: Access { role: Some("arn:aws:iam::{account}:role/r".to_owned()), ..Access::default() },
            source: Source { file: "settings.yaml".to_owned(), line: 1, column: 1, end_column: None },
        };
        let [one, two] = ["one", "two"].map(|name| name.parse::<Name>().unwrap());
        let organizations = [(&one, "111111111111"), (&two, "222222222222")];
        let organizations = organizations.map(|(name, account)| (name.clone(), organization(account)));
        let settings = Settings {
            organizations: organizations.into(),
            regions: Vec::new(),
            max_removals: MaxRemovals::default(),
            require: BTreeSet::new(),
        };
        let cloud = Cloud::new(&settings, Mode::Plan, Options::loopback(endpoint));

        let trees = (cloud.organizations_of(&one).await.unwrap(), cloud.organizations_of(&two).await.unwrap());
        assert_ne!(trees.0.place, trees.1.place);
        let line = |scope: &Scope| cloud.0.conduct.pace.line(scope, Operation::ListRoots);
        assert!(Arc::ptr_eq(&line(&trees.0.scope), &line(&trees.1.scope)));
        let place = |account: &str| Place { account: account.parse().unwrap(), region: Region::marketplace() };
        let portfolios = cloud.service_catalog(&one, place("111111111111")).await.unwrap();
        let others = cloud.service_catalog(&two, place("222222222222")).await.unwrap();
        assert!(!Arc::ptr_eq(&line(&portfolios.scope), &line(&others.scope)));
    }

    /// With the SDK's stalled stream protection on, the wait for a permit counted as a stall: with 500 accounts most
    /// calls were given up before they were sent.
    #[cfg(feature = "sandbox")]
    #[tokio::test]
    async fn call_that_waits_for_its_turn_is_not_given_up_by_the_sdk() {
        use super::*;
        use crate::cloud::options::Endpoint;
        use crate::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

        let sandbox = Sandbox::start(World::parse("accounts: {'111111111111': {}}", "world").unwrap()).await.unwrap();
        let endpoint = Endpoint {
            url: sandbox.url(),
            access_key_id: START_ACCESS_KEY.to_owned(),
            secret_access_key: START_SECRET.to_owned(),
        };
        let cloud = Cloud::new(&Settings::default(), Mode::Plan, Options::loopback(endpoint));
        let place = Place { account: "111111111111".parse().unwrap(), region: Region::marketplace() };
        let seat = cloud.service_catalog(&"acme".parse().unwrap(), place).await.unwrap();
        let config = seat.client.config();
        assert!(config.stalled_stream_protection().is_some_and(|guard| !guard.is_enabled()));
    }
}
