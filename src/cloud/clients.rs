//! The SDK clients: one per organization, account, region and service, all over one pool of connections.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::Region as AwsRegion;

use super::client::{Conduct, Ended, Seat};
use super::connection::Label;
use super::error::CloudError;
use super::pace::Scope;
use super::place::Place;
use super::session::{Identity, Sessions};
use crate::model::id::Name;
use crate::model::settings::Access;

/// The clients that exist, by organization and place.
type Made<C> = BTreeMap<(Name, Place), (C, Option<Ended>)>;

#[derive(Debug)]
pub(crate) struct Clients<C>(Mutex<Made<C>>);

impl<C> Default for Clients<C> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// A client of the SDK.
pub(crate) trait Client: Clone {
    fn new(identity: &Identity, place: &Place) -> Self;
}

macro_rules! clients {
    ($($sdk:ident)*) => {
        $(
            impl Client for $sdk::Client {
                fn new(identity: &Identity, place: &Place) -> Self {
                    let config = $sdk::config::Builder::from(&identity.config)
                        .region(AwsRegion::new(place.region.to_string()))
                        .interceptor(Label);
                    Self::from_conf(config.build())
                }
            }
        )*
    };
}

clients! { aws_sdk_servicecatalog aws_sdk_marketplacecatalog aws_sdk_marketplacediscovery aws_sdk_organizations }

impl<C: Client> Clients<C> {
    /// A client for a place, created on first use.
    pub(crate) async fn seat(
        &self,
        sessions: &Sessions,
        conduct: &Arc<Conduct>,
        access: &Access,
        (organization, place): (&Name, Place),
        scope: Scope,
    ) -> Result<Seat<C>, CloudError> {
        let key = (organization.clone(), place);
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let (client, ended) = if let Some(known) = known {
            known
        } else {
            let identity = sessions.identity(access, &key.1).await?;
            let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            clients.entry(key.clone()).or_insert_with(|| (C::new(&identity, &key.1), identity.ended)).clone()
        };
        let (timing, conduct) = (conduct.timing.clone(), Arc::clone(conduct));
        Ok(Seat { client, place: key.1, timing, scope, conduct, until: None, ended })
    }
}
