//! The way in, step by step, for `doctor`. Each function tests what its name says and draws no conclusion. The error is
//! that of the step that fails.

use std::collections::{BTreeMap, BTreeSet};

use super::client::Seat;
use super::error::CloudError;
use super::handle::Cloud;
use super::iam_answer::Simulated;
use super::meaning::Meaning;
use super::oidc;
use super::place::Place;
use super::read::several::pages;
use super::read::{access, marketplace, organization};
use crate::model::id::{AccountId, Name, OrganizationId};
use crate::model::live::Sharing;
use crate::model::settings::Access;

/// The claims that decide which trust policy allows the token. None of them is a secret.
const CLAIMS: [&str; 11] = [
    "sub",
    "aud",
    "iss",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "ref",
    "environment",
    "job_workflow_ref",
    "event_name",
];

/// The credentials that a run starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Starting {
    /// The OIDC token of a GitHub Actions job, with its claims.
    Token(BTreeMap<&'static str, String>),
    /// Credentials of the usual AWS chain.
    Credentials {
        /// The ARN of their user or role.
        arn: String,
    },
}

/// The account of the starting credentials and its organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The account of the starting credentials.
    pub account: AccountId,
    /// Its organization.
    pub organization: OrganizationId,
    /// The account that manages the organization.
    pub manager: AccountId,
    /// The name of that account, or the error of the call.
    pub manager_name: Result<String, CloudError>,
    /// The delegated administrators of Service Catalog.
    pub of_service_catalog: Result<BTreeSet<AccountId>, CloudError>,
    /// The delegated administrators of Private Marketplace.
    pub of_marketplace: Result<BTreeSet<AccountId>, CloudError>,
}

/// The service principal of Service Catalog, for lists of delegated administrators.
pub const SERVICE_CATALOG: &str = "servicecatalog.amazonaws.com";
/// The service principal of Private Marketplace.
const PRIVATE_MARKETPLACE: &str = "private-marketplace.marketplace.amazonaws.com";

/// A role that could not be assumed, and the role before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The ARN of the role. `None` if the starting credentials are used directly.
    pub role: Option<String>,
    /// The ARN of the role that it was to be assumed from. `None` for the starting credentials.
    pub from: Option<String>,
    /// The error of the call.
    pub error: CloudError,
}

impl Cloud {
    /// The starting credentials. An error if GitHub gives no token, or if AWS does not know the credentials.
    pub async fn starting(&self, audience: &str) -> Result<Starting, CloudError> {
        let (sessions, home) = self.sessions();
        let place = Place { account: AccountId::nobody(), region: home.clone() };
        match sessions.token(audience).await {
            Some(token) => {
                let token = token.map_err(|reason| oidc::no_token(&place, &reason))?;
                let unreadable = || oidc::no_token(&place, "what GitHub gave is no token that can be read");
                oidc::claims(&token, &CLAIMS).map(Starting::Token).ok_or_else(unreadable)
            }
            None => Ok(Starting::Credentials { arn: sessions.start_arn().await? }),
        }
    }

    /// Assumes the role in `access.through`. Does nothing if the settings have none.
    pub async fn enter_first(&self, organization: &Name) -> Result<(), Refused> {
        let access = self.access(organization);
        // A role that differs by account is assumed together with the account's own role.
        let Some(template) = access.through.as_deref().filter(|it| !it.contains("{account}")) else { return Ok(()) };
        let role = Access::role_arn(template, &AccountId::nobody(), self.mode());
        let account = role.split(':').nth(4).and_then(|account| account.parse().ok());
        let place = self.home_of(&account.unwrap_or_else(AccountId::nobody));
        let refused = |error| Refused { role: Some(role.clone()), from: None, error };
        match self.sessions().0.first(&access, &place).map_err(refused)? {
            Some(session) => session.credentials().await.map(drop).map_err(refused),
            None => Ok(()),
        }
    }

    /// Assumes the roles on the way into an account. Each role is assumed once, however many accounts it leads to.
    pub async fn enter(&self, organization: &Name, account: &AccountId) -> Result<(), Refused> {
        let (access, place) = (self.access(organization), self.home_of(account));
        let (sessions, _) = self.sessions();
        let session = sessions.role(&access, &place);
        let role = session.as_ref().map(|session| session.arn().to_owned());
        let first = session.as_ref().and_then(|session| session.from());
        let from = first.map(|session| session.arn().to_owned());
        if let (Ok(Some(session)), Some(_)) = (sessions.first(&access, &place), first) {
            let refused = |error| Refused { role: from.clone(), from: None, error };
            session.credentials().await.map_err(refused)?;
        }
        sessions.identity(&access, &place).await.map(drop).map_err(|error| Refused { role, from, error })
    }

    /// The id of an organization, as AWS reports it to the account of the settings, and its management account.
    pub async fn describe(&self, organization: &Name) -> Result<(OrganizationId, AccountId), CloudError> {
        organization::described(&self.tree(organization).await?).await
    }

    /// Whether an account can share portfolios with OUs and accounts of its organization.
    pub async fn sharing(&self, organization: &Name, account: &AccountId) -> Result<Sharing, CloudError> {
        access::may_share(&self.service_catalog(organization, self.home_of(account)).await?).await
    }

    /// The delegated administrators of an organization for a service principal.
    pub async fn administrators(
        &self,
        organization: &Name,
        principal: &str,
    ) -> Result<BTreeSet<AccountId>, CloudError> {
        administrators(&self.tree(organization).await?, principal).await
    }

    /// The account of the starting credentials and its organization, for somebody who has no settings yet. The lists of
    /// delegated administrators and the name may fail on their own.
    pub async fn own(&self) -> Result<Own, CloudError> {
        let seat = self.own_tree().await?;
        let (id, manager) = organization::described(&seat).await?;
        let describe = seat.client.describe_account().account_id(manager.as_str());
        let manager_name = seat
            .call(describe)
            .await
            .map(|answer| answer.account().and_then(|account| account.name()).unwrap_or_default().to_owned());
        let (of_service_catalog, of_marketplace) =
            tokio::join!(administrators(&seat, SERVICE_CATALOG), administrators(&seat, PRIVATE_MARKETPLACE));
        let account = seat.place.account.clone();
        Ok(Own { account, organization: id, manager, manager_name, of_service_catalog, of_marketplace })
    }

    /// How many experiences the marketplace account of an organization sees. `manages`: whether it is the management
    /// account.
    pub async fn experiences(
        &self,
        organization: &Name,
        account: &AccountId,
        manages: bool,
    ) -> Result<usize, CloudError> {
        let seat = self.marketplace(organization, account).await?;
        Ok(marketplace::list(&seat, !manages).await?.len())
    }

    /// Which of some actions an account's role may call, as IAM simulates it; none of them is called. `context` holds
    /// condition keys with their values. `None` if the settings name no role.
    pub async fn simulate(
        &self,
        organization: &Name,
        account: &AccountId,
        actions: &[String],
        context: &[(&str, &str)],
    ) -> Result<Option<Vec<Simulated>>, CloudError> {
        let (access, place) = (self.access(organization), self.home_of(account));
        let (sessions, _) = self.sessions();
        let Some(session) = sessions.role(&access, &place) else { return Ok(None) };
        let identity = sessions.identity(&access, &place).await?;
        let (seat, role) = (&sessions.iam(identity, place), session.arn());
        let listed = pages(&seat.place, "SimulatePrincipalPolicy", |marker| async move {
            let page = seat.call(seat.client.simulate(role, actions, context, marker)).await?;
            Ok((Some(page.decisions), page.next))
        });
        let decisions = listed.await?;
        let left_out = actions.iter().find(|action| !decisions.iter().any(|it| it.action == **action));
        match left_out {
            None => Ok(Some(decisions)),
            Some(action) => {
                let message = format!("AWS's answer says nothing of {action}");
                Err(CloudError::own("SimulatePrincipalPolicy", &seat.place, "NotUnderstood", Meaning::Other, message))
            }
        }
    }

    fn home_of(&self, account: &AccountId) -> Place {
        Place { account: account.clone(), region: self.sessions().1.clone() }
    }
}

/// The delegated administrators for a service principal.
async fn administrators(
    seat: &Seat<aws_sdk_organizations::Client>,
    principal: &str,
) -> Result<BTreeSet<AccountId>, CloudError> {
    const OPERATION: &str = "ListDelegatedAdministrators";
    let listed = pages(&seat.place, OPERATION, |token| async move {
        let list = seat.client.list_delegated_administrators().service_principal(principal);
        let page = seat.call(list.max_results(20).set_next_token(token)).await?;
        Ok((page.delegated_administrators, page.next_token))
    });
    listed.await?.iter().map(|found| seat.parse(OPERATION, found.id())).collect()
}
