//! The way in, looked at link by link: for those who set it up. Each function asks what its name says and decides
//! nothing; an error is that of the one link that fails.

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

/// The claims of a token that tell which trust policy would let it in. None of them is a secret.
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

/// What everything starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Starting {
    /// The OIDC token of a job of GitHub Actions: what it says of itself.
    Token(BTreeMap<&'static str, String>),
    /// The usual credentials of AWS.
    Credentials {
        /// The ARN of who has them.
        arn: String,
    },
}

/// Whose the starting credentials are, and what its organization says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The account.
    pub account: AccountId,
    /// Its organization.
    pub organization: OrganizationId,
    /// The account that manages the organization.
    pub manager: AccountId,
    /// The name of that account; or why it can't be told.
    pub manager_name: Result<String, CloudError>,
    /// The delegated administrators of Service Catalog.
    pub of_service_catalog: Result<BTreeSet<AccountId>, CloudError>,
    /// The delegated administrators of Private Marketplace.
    pub of_marketplace: Result<BTreeSet<AccountId>, CloudError>,
}

/// The principal of Service Catalog, for which an organization can have delegated administrators.
pub const SERVICE_CATALOG: &str = "servicecatalog.amazonaws.com";
/// That of Private Marketplace.
const PRIVATE_MARKETPLACE: &str = "private-marketplace.marketplace.amazonaws.com";

/// A role that was not entered, and the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The ARN of the role; `None` where the starting credentials serve as they are.
    pub role: Option<String>,
    /// The ARN of the role that it was to be entered from; `None` where that is the start.
    pub from: Option<String>,
    /// What was said.
    pub error: CloudError,
}

impl Cloud {
    /// What everything starts from. A token that GitHub does not give is an error, and so are credentials that nobody
    /// knows.
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

    /// Enters the role that comes before those of an organization's accounts; nothing to do where there is none.
    pub async fn enter_first(&self, organization: &Name) -> Result<(), Refused> {
        let access = self.access(organization);
        // A role of each account comes with the account's own.
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

    /// Enters an account of an organization: each role on the way is entered once, however many accounts it leads to.
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

    /// The organization that its account belongs to, and the one that manages it.
    pub async fn describe(&self, organization: &Name) -> Result<(OrganizationId, AccountId), CloudError> {
        organization::described(&self.tree(organization).await?).await
    }

    /// Whether an account can share portfolios through its organization.
    pub async fn sharing(&self, organization: &Name, account: &AccountId) -> Result<Sharing, CloudError> {
        access::may_share(&self.service_catalog(organization, self.home_of(account)).await?).await
    }

    /// The delegated administrators of an organization for the service of a principal.
    pub async fn administrators(
        &self,
        organization: &Name,
        principal: &str,
    ) -> Result<BTreeSet<AccountId>, CloudError> {
        administrators(&self.tree(organization).await?, principal).await
    }

    /// What the account of the starting credentials and its organization say of themselves, for somebody who has no settings
    /// yet. Without a word on who is an administrator the rest is still told.
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

    /// What the role of an account may do, of some actions, as IAM works it out: nothing is tried. `context` are keys of
    /// conditions with their values. `None` where the settings name no role.
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

/// The delegated administrators for the service of a principal.
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
