//! Portfolios and their shares, as the owning account sees them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_servicecatalog::types::{DescribePortfolioShareType as ShareType, PortfolioDetail, PortfolioShareDetail};
use futures_util::future::join;

use super::several::{pages, reading, side_by_side, try_side_by_side, unreachable};
use crate::cloud::client::Seat;
use crate::cloud::{Cloud, CloudError, Meaning, Place};
use crate::model::id::PortfolioId;
use crate::model::live::{Found, Named, Reading, Shelf};
use crate::model::portfolio::{LiveShare, Portfolio, Receiver, Share};
use crate::model::wants::ShelfWants;

/// The largest page of `ListPortfolios` and `DescribePortfolioShares` (Service Catalog API reference).
const PAGE: i32 = 100;

/// Every type of share, since drift may be of any type.
const TYPES: [ShareType; 4] =
    [ShareType::Account, ShareType::OrganizationMemberAccount, ShareType::OrganizationalUnit, ShareType::Organization];

pub(crate) type ServiceCatalog = Seat<aws_sdk_servicecatalog::Client>;

/// The result for one account and region.
pub(super) struct Shelved {
    pub(super) shelf: Shelf<PortfolioId, Portfolio>,
    /// The names that were asked for separately.
    pub(super) names: BTreeMap<PortfolioId, String>,
    /// Sentences about names that could not be read.
    pub(super) troubles: Vec<String>,
}

/// The portfolios of one account and region. The list also gives the names of portfolios that are wanted by id.
pub(super) async fn shelf(
    cloud: &Cloud,
    place: Place,
    listed: Option<Reading<Vec<Named<PortfolioId>>>>,
    wants: ShelfWants<PortfolioId>,
) -> Shelved {
    let ShelfWants { organization, list: is_listed, read, names } = wants;
    let seat = match cloud.service_catalog(&organization, place).await {
        Ok(seat) => seat,
        Err(error) => {
            let troubles = names.first().map(|_| error.to_string());
            let shelf = unreachable(&error, is_listed, read);
            return Shelved { shelf, names: BTreeMap::new(), troubles: troubles.into_iter().collect() };
        }
    };
    let (shelf, names) = join(read_shelf(&seat, is_listed, listed, read), named(&seat, names)).await;
    let (names, troubles) = names;
    Shelved { shelf, names, troubles }
}

async fn read_shelf(
    seat: &ServiceCatalog,
    is_listed: bool,
    listed: Option<Reading<Vec<Named<PortfolioId>>>>,
    read: BTreeSet<PortfolioId>,
) -> Shelf<PortfolioId, Portfolio> {
    let listed = if is_listed { Some(reading(list(seat).await)) } else { listed };
    let mut names: BTreeMap<&PortfolioId, &str> = BTreeMap::new();
    if let Some(Reading::Complete(listed)) = &listed {
        names.extend(listed.iter().map(|named| (&named.id, named.name.as_str())));
    }
    let found = read.into_iter().map(|id| {
        let name = names.get(&id).map(|name| (*name).to_owned());
        portfolio(seat, id, name)
    });
    Shelf { read: side_by_side(found).await.into_iter().collect(), listed: listed.clone() }
}

/// The names of portfolios that exist. One portfolio is described; for several, the list is read, which gives a hundred
/// names per call.
async fn named(seat: &ServiceCatalog, ids: BTreeSet<PortfolioId>) -> (BTreeMap<PortfolioId, String>, Vec<String>) {
    if ids.len() > 1 {
        return match list(seat).await {
            Ok(listed) => {
                let wanted = listed.into_iter().filter(|named| ids.contains(&named.id));
                (wanted.map(|Named { id, name }| (id, name)).collect(), Vec::new())
            }
            Err(error) => (BTreeMap::new(), vec![error.to_string()]),
        };
    }
    let (mut names, mut troubles) = (BTreeMap::new(), Vec::new());
    for id in ids {
        match describe(seat, &id).await {
            Ok(name) => drop(names.insert(id, name)),
            Err(error) => troubles.push(error.to_string()),
        }
    }
    (names, troubles)
}

/// The portfolios that the account owns, with their names.
pub(super) async fn list(seat: &ServiceCatalog) -> Result<Vec<Named<PortfolioId>>, CloudError> {
    let listed = pages(&seat.place, "ListPortfolios", |token| async move {
        let call = seat.client.list_portfolios().page_size(PAGE).set_page_token(token);
        let page = seat.call(call).await?;
        Ok((page.portfolio_details, page.next_page_token))
    })
    .await?;
    let named = |detail: PortfolioDetail| {
        let id = seat.parse("ListPortfolios", detail.id.as_deref())?;
        Ok(Named { id, name: detail.display_name.unwrap_or_default() })
    };
    listed.into_iter().map(named).collect()
}

/// A portfolio with its shares, without a call for its name: a portfolio in step needs none.
async fn portfolio(seat: &ServiceCatalog, id: PortfolioId, name: Option<String>) -> (PortfolioId, Found<Portfolio>) {
    let found = match shares(seat, &id, &TYPES).await {
        Ok(shares) => Found::There(Portfolio { id: id.clone(), name, shares }),
        Err(error) if error.meaning == Meaning::NotFound && name.is_some() => {
            Found::Unreadable(format!("{id} was listed, but AWS says that there is none"))
        }
        // Only the list of shares shows whether the portfolio exists.
        Err(error) if error.meaning == Meaning::NotFound => Found::NotThere,
        Err(error) => Found::Unreadable(error.to_string()),
    };
    (id, found)
}

async fn describe(seat: &ServiceCatalog, id: &PortfolioId) -> Result<String, CloudError> {
    let answer = seat.call(seat.client.describe_portfolio().id(id.as_str())).await?;
    Ok(answer.portfolio_detail.and_then(|detail| detail.display_name).unwrap_or_default())
}

/// The shares of some types, side by side. AWS lists each type separately.
pub(crate) async fn shares(
    seat: &ServiceCatalog,
    id: &PortfolioId,
    types: &[ShareType],
) -> Result<BTreeMap<Receiver, LiveShare>, CloudError> {
    let all = try_side_by_side(types.iter().map(|share_type| async move {
        let details = pages(&seat.place, "DescribePortfolioShares", |token| async move {
            let describe = seat.client.describe_portfolio_shares().portfolio_id(id.as_str());
            let call = describe.r#type(share_type.clone()).page_size(PAGE).set_page_token(token);
            let page = seat.call(call).await?;
            Ok((page.portfolio_share_details, page.next_page_token))
        });
        let shares: Result<Vec<_>, String> =
            details.await?.iter().map(|detail| live_share(share_type, detail)).collect();
        let unclear =
            |reason| CloudError::own("DescribePortfolioShares", &seat.place, "NotUnderstood", Meaning::Other, reason);
        shares.map_err(unclear)
    }));
    Ok(all.await?.into_iter().flatten().map(|share| (share.share.receiver(), share)).collect())
}

/// Parses a row of `DescribePortfolioShares`. A row that can't be parsed makes the portfolio unreadable: without it,
/// the plan would miss a share.
fn live_share(share_type: &ShareType, detail: &PortfolioShareDetail) -> Result<LiveShare, String> {
    let named = detail.principal_id.as_deref().unwrap_or_default();
    // AWS gives bare ids. Of an ARN, the id would be the last part.
    let principal = named.rsplit('/').next().unwrap_or_default();
    let tag_options = detail.share_tag_options;
    let principals = detail.share_principals;
    let invalid = |error: crate::model::id::InvalidId| error.to_string();
    let share = match share_type {
        ShareType::Account => Share::Account { account: principal.parse().map_err(invalid)?, tag_options },
        ShareType::OrganizationMemberAccount => {
            Share::Member { account: principal.parse().map_err(invalid)?, tag_options }
        }
        ShareType::OrganizationalUnit => Share::Ou { ou: principal.parse().map_err(invalid)?, tag_options, principals },
        ShareType::Organization => {
            Share::Organization { organization: principal.parse().map_err(invalid)?, tag_options, principals }
        }
        other => return Err(format!("share type {other} is not known")),
    };
    Ok(LiveShare { share, accepted: detail.accepted })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(principal: &str) -> PortfolioShareDetail {
        PortfolioShareDetail::builder().principal_id(principal).share_principals(true).accepted(true).build()
    }

    #[test]
    fn an_arn_is_as_good_as_a_bare_id() {
        let bare = live_share(&ShareType::OrganizationalUnit, &row("ou-acme-prod0001")).unwrap();
        let arn = "arn:aws:organizations::111111111111:ou/o-acme000001/ou-acme-prod0001";
        assert_eq!(live_share(&ShareType::OrganizationalUnit, &row(arn)).unwrap(), bare);
    }

    #[test]
    fn principals_are_no_part_of_a_share_to_an_account() {
        let share = live_share(&ShareType::Account, &row("333333333333")).unwrap().share;
        assert_eq!(share.principals(), None);
    }

    #[test]
    fn a_row_that_is_not_understood_is_no_absence() {
        assert!(live_share(&ShareType::Account, &row("everyone")).is_err());
    }
}
