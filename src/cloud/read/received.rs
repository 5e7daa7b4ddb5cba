//! Accounts that receive portfolios: which ones they have accepted, and who may launch from them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_servicecatalog::types::{PortfolioShareType, Principal as AwsPrincipal, PrincipalType as AwsType};
use futures_util::future::{join, join4};

use super::local;
use super::portfolio::ServiceCatalog;
use super::several::{pages, reading, side_by_side, try_side_by_side};
use crate::cloud::{Cloud, CloudError, Meaning, Place};
use crate::model::id::PortfolioId;
use crate::model::live::{Found, Reading, Received};
use crate::model::recipient::{AcceptedBy, Principal, PrincipalType};
use crate::model::wants::ReceivedWants;

/// The largest page of `ListAcceptedPortfolioShares` (Service Catalog API reference).
const ACCEPTED_PAGE: i32 = 100;

/// The largest page of `ListPrincipalsForPortfolio` (Service Catalog API reference).
const PRINCIPALS_PAGE: i32 = 20;

/// The kinds of share that an account may have accepted. The kind `AWS_SERVICECATALOG` is obsolete.
const TYPES: [AcceptedBy; 2] = [AcceptedBy::AwsOrganizations, AcceptedBy::Imported];

/// AWS's name of the kind.
pub(crate) fn share_type(by: AcceptedBy) -> PortfolioShareType {
    match by {
        AcceptedBy::Imported => PortfolioShareType::Imported,
        AcceptedBy::AwsOrganizations => PortfolioShareType::AwsOrganizations,
    }
}

/// Reads what is wanted of one account and region.
pub(super) async fn received(cloud: &Cloud, place: Place, wants: ReceivedWants) -> Received {
    let seat = match cloud.service_catalog(&wants.organization, place).await {
        Ok(seat) => seat,
        Err(error) => return unreachable(wants, &error.to_string()),
    };
    let seat = &seat;
    let ReceivedWants {
        organization: _,
        accepted: is_accepted,
        principals: of_principals,
        own: is_own,
        products: of_products,
        constraints: of_constraints,
        copies: of_copies,
        versions: of_versions,
    } = wants;
    let accepted = async { if is_accepted { Some(reading(accepted(seat).await)) } else { None } };
    let own = async { if is_own { Some(reading(local::own(seat).await)) } else { None } };
    let lists = join4(
        join(accepted, own),
        each(of_principals, move |id| async move { principals(seat, &id).await }),
        each(of_products, move |id| async move { local::products(seat, &id).await }),
        each(of_constraints, move |id| async move { local::constraints(seat, &id).await }),
    );
    let products = join(
        each(of_copies, move |id| async move { local::own_product(seat, &id).await }),
        each(of_versions, move |id| async move { local::versions(seat, &id).await }),
    );
    let (((accepted, own), principals, products, constraints), (copies, versions)) = join(lists, products).await;
    Received { accepted, principals, own, products, constraints, copies, versions }
}

/// Reads each id, side by side.
async fn each<'a, I, T, F>(ids: BTreeSet<I>, read: impl Fn(I) -> F + Send + Copy + 'a) -> BTreeMap<I, Found<T>>
where
    I: Ord + Clone + Send + 'a,
    T: Send + 'a,
    F: Future<Output = Result<T, CloudError>> + Send + 'a,
{
    let found = ids.into_iter().map(|id| async move {
        let found = match read(id.clone()).await {
            Ok(value) => Found::There(value),
            Err(error) if error.meaning == Meaning::NotFound => Found::NotThere,
            Err(error) => Found::Unreadable(error.to_string()),
        };
        (id, found)
    });
    side_by_side(found).await.into_iter().collect()
}

/// Marks everything as unreadable, for an account that can't be entered.
fn unreachable(wants: ReceivedWants, reason: &str) -> Received {
    fn all<I: Ord, T>(ids: BTreeSet<I>, reason: &str) -> BTreeMap<I, Found<T>> {
        ids.into_iter().map(|id| (id, Found::Unreadable(reason.to_owned()))).collect()
    }
    let ReceivedWants { organization: _, accepted, principals, own, products, constraints, copies, versions } = wants;
    Received {
        accepted: accepted.then(|| Reading::Unreadable(reason.to_owned())),
        principals: all(principals, reason),
        own: own.then(|| Reading::Unreadable(reason.to_owned())),
        products: all(products, reason),
        constraints: all(constraints, reason),
        copies: all(copies, reason),
        versions: all(versions, reason),
    }
}

/// The portfolios that an account has accepted.
async fn accepted(seat: &ServiceCatalog) -> Result<BTreeSet<PortfolioId>, CloudError> {
    let lists = try_side_by_side(TYPES.iter().map(|by| accepted_by(seat, *by)));
    Ok(lists.await?.into_iter().flatten().collect())
}

/// The portfolios that an account has accepted by one kind of share.
async fn accepted_by(seat: &ServiceCatalog, by: AcceptedBy) -> Result<BTreeSet<PortfolioId>, CloudError> {
    const OPERATION: &str = "ListAcceptedPortfolioShares";
    let listed = pages(&seat.place, OPERATION, |token| async move {
        let call = seat.client.list_accepted_portfolio_shares().portfolio_share_type(share_type(by));
        let page = seat.call(call.page_size(ACCEPTED_PAGE).set_page_token(token)).await?;
        Ok((page.portfolio_details, page.next_page_token))
    });
    listed.await?.iter().map(|detail| seat.parse(OPERATION, detail.id.as_deref())).collect()
}

/// Whether an account has accepted a portfolio by a kind of share.
pub(crate) async fn has_accepted(
    seat: &ServiceCatalog,
    portfolio: &PortfolioId,
    by: AcceptedBy,
) -> Result<bool, CloudError> {
    Ok(accepted_by(seat, by).await?.contains(portfolio))
}

/// The principals that may launch from a portfolio in the account that is asked.
pub(crate) async fn principals(
    seat: &ServiceCatalog,
    portfolio: &PortfolioId,
) -> Result<BTreeSet<Principal>, CloudError> {
    const OPERATION: &str = "ListPrincipalsForPortfolio";
    let listed = pages(&seat.place, OPERATION, |token| async move {
        let call = seat.client.list_principals_for_portfolio().portfolio_id(portfolio.as_str());
        let page = seat.call(call.page_size(PRINCIPALS_PAGE).set_page_token(token)).await?;
        Ok((page.principals, page.next_page_token))
    });
    let unclear = |what: String| CloudError::own(OPERATION, &seat.place, "NotUnderstood", Meaning::Other, what);
    listed.await?.into_iter().map(|row| principal(row).map_err(unclear)).collect()
}

/// Parses a row of `ListPrincipalsForPortfolio`. A row that can't be parsed makes the list unreadable: without it, a
/// principal would look missing.
fn principal(row: AwsPrincipal) -> Result<Principal, String> {
    let AwsPrincipal { principal_arn, principal_type, .. } = row;
    let Some(arn) = principal_arn.filter(|arn| !arn.is_empty()) else {
        return Err("AWS's answer: a principal without an ARN".to_owned());
    };
    let kind = match principal_type {
        Some(AwsType::Iam) | None => PrincipalType::Iam,
        Some(AwsType::IamPattern) => PrincipalType::Pattern,
        Some(other) => return Err(format!("AWS's answer: the type {other} of the principal {arn} is not known")),
    };
    Ok(Principal { arn, kind })
}
