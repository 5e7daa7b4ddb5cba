//! Which accounts and OUs have a portfolio through the organization.

use std::collections::BTreeSet;

use aws_sdk_servicecatalog::types::{AccessStatus, OrganizationNode, OrganizationNodeType};
use futures_util::future::join3;

use super::portfolio::ServiceCatalog;
use super::several::{pages, reading, side_by_side};
use crate::cloud::{Cloud, CloudError, Meaning, Operation, Place};
use crate::model::id::{AccountId, PortfolioId};
use crate::model::live::{Access, Reading, Sharing};
use crate::model::portfolio::{NodeKind, Receiver};
use crate::model::wants::AccessWants;

/// The largest page of `ListOrganizationPortfolioAccess` (Service Catalog API reference).
const PAGE: i32 = 20;

/// The largest page of `ListPortfolioAccess`.
const ACCOUNTS_PAGE: i32 = 100;

/// The result for one account and region.
pub(super) struct Accessed {
    pub(super) access: Access,
    /// Whether the account can share through its organization. `None` if not asked for.
    pub(super) sharing: Option<Reading<Sharing>>,
}

/// Reads what is wanted of one account and region.
pub(super) async fn access(cloud: &Cloud, place: Place, wants: AccessWants) -> Accessed {
    let AccessWants { organization, own, reached, sharing } = wants;
    let seat = match cloud.service_catalog(&organization, place).await {
        Ok(seat) => seat,
        Err(error) => {
            let reason = error.to_string();
            let own = own.into_iter().map(|key| (key, Reading::Unreadable(reason.clone())));
            let reached = reached.into_iter().map(|key| (key, Reading::Unreadable(reason.clone())));
            let sharing = sharing.then_some(Reading::Unreadable(reason.clone()));
            return Accessed { access: Access { own: own.collect(), reached: reached.collect() }, sharing };
        }
    };
    let seat = &seat;
    let own = side_by_side(own.into_iter().map(|(id, kind)| async move {
        let nodes = reading(nodes(seat, &id, kind).await);
        ((id, kind), nodes)
    }));
    let reached = side_by_side(reached.into_iter().map(|(id, node)| async move {
        let accounts = reading(accounts_below(seat, &id, &node).await);
        ((id, node), accounts)
    }));
    let sharing = async { if sharing { Some(reading(may_share(seat).await)) } else { None } };
    let (own, reached, sharing) = join3(own, reached, sharing).await;
    let access = Access { own: own.into_iter().collect(), reached: reached.into_iter().collect() };
    Accessed { access, sharing }
}

/// Whether an account can share through its organization.
pub(crate) async fn may_share(seat: &ServiceCatalog) -> Result<Sharing, CloudError> {
    match seat.call(seat.client.get_aws_organizations_access_status()).await {
        Ok(answer) => match answer.access_status {
            Some(AccessStatus::Enabled) => Ok(Sharing::On),
            Some(AccessStatus::UnderChange) => Ok(Sharing::UnderChange),
            Some(AccessStatus::Disabled) => Ok(Sharing::Off),
            other => {
                let message = format!("AWS answered with an access status that is not known: {other:?}");
                let operation = Operation::GetAWSOrganizationsAccessStatus.name();
                Err(CloudError::own(operation, &seat.place, "UnreadableAnswer", Meaning::Other, message))
            }
        },
        Err(error) if error.code == "OperationNotSupportedException" => Ok(Sharing::NotAdministrator(error.message)),
        Err(error) => Err(error),
    }
}

/// The accounts below a node that have a portfolio through the organization, by `ListPortfolioAccess`.
pub(crate) async fn accounts_below(
    seat: &ServiceCatalog,
    id: &PortfolioId,
    node: &Receiver,
) -> Result<BTreeSet<AccountId>, CloudError> {
    const OPERATION: &str = "ListPortfolioAccess";
    let parent = &node.to_string();
    let listed = pages(&seat.place, OPERATION, |token| async move {
        let list = seat.client.list_portfolio_access().portfolio_id(id.as_str()).organization_parent_id(parent);
        let page = seat.call(list.page_size(ACCOUNTS_PAGE).set_page_token(token)).await?;
        Ok((page.account_ids, page.next_page_token))
    })
    .await?;
    listed.iter().map(|account| seat.parse(OPERATION, Some(account))).collect()
}

/// The nodes of a kind that a portfolio is shared with directly.
pub(crate) async fn nodes(
    seat: &ServiceCatalog,
    id: &PortfolioId,
    kind: NodeKind,
) -> Result<BTreeSet<Receiver>, CloudError> {
    const OPERATION: &str = "ListOrganizationPortfolioAccess";
    let node_type = &match kind {
        NodeKind::Account => OrganizationNodeType::Account,
        NodeKind::Unit => OrganizationNodeType::OrganizationalUnit,
    };
    let listed = pages(&seat.place, OPERATION, |token| async move {
        let list = seat.client.list_organization_portfolio_access().portfolio_id(id.as_str());
        let call = list.organization_node_type(node_type.clone()).page_size(PAGE).set_page_token(token);
        let page = seat.call(call).await?;
        Ok((page.organization_nodes, page.next_page_token))
    })
    .await?;
    let receiver = |node: OrganizationNode| {
        let value = node.value.as_deref();
        Ok(match kind {
            NodeKind::Account => Receiver::Member(seat.parse(OPERATION, value)?),
            NodeKind::Unit => Receiver::Ou(seat.parse(OPERATION, value)?),
        })
    };
    listed.into_iter().map(receiver).collect()
}
