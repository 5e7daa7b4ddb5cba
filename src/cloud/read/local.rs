//! The portfolios that an account owns, their contents, and the source of copied products.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use aws_sdk_servicecatalog::types::{
    ConstraintDetail, PortfolioDetail, ProductSource, ProductViewDetail, ProductViewFilterBy,
    ProvisioningArtifactDetail, ProvisioningArtifactSummary, Status, Tag,
};

use super::portfolio::{ServiceCatalog, list};
use super::several::{pages, try_side_by_side};
use crate::cloud::{CloudError, Meaning};
use crate::model::id::{CatalogProductId, ConstraintId, PortfolioId, VersionId};
use crate::model::live::Named;
use crate::model::local::{
    Constraint, LaunchRole, LocalPortfolio, Offered, OwnProduct, Rule, SOURCE_TAG, TAG, Version, Versions,
};

/// The largest page of `SearchProductsAsAdmin` and `ListConstraintsForPortfolio` (Service Catalog API reference).
const PAGE: i32 = 20;

const LIST_CONSTRAINTS: &str = "ListConstraintsForPortfolio";

/// The key in the metadata of a copied version that names the version it was copied from
/// (<https://docs.aws.amazon.com/servicecatalog/latest/dg/API_ProvisioningArtifactSummary.html>).
const COPIED_FROM: &str = "SourceProvisioningArtifactId";

/// The portfolios that the account owns. The list does not give their tags, so each is described, side by side.
pub(crate) async fn own(seat: &ServiceCatalog) -> Result<BTreeMap<PortfolioId, LocalPortfolio>, CloudError> {
    each_described(seat, list(seat).await?).await
}

/// The portfolios that the account owns with a given name.
pub(crate) async fn of_name(
    seat: &ServiceCatalog,
    name: &str,
) -> Result<BTreeMap<PortfolioId, LocalPortfolio>, CloudError> {
    let named = list(seat).await?.into_iter().filter(|listed| listed.name == name);
    each_described(seat, named).await
}

async fn each_described(
    seat: &ServiceCatalog,
    listed: impl IntoIterator<Item = Named<PortfolioId>>,
) -> Result<BTreeMap<PortfolioId, LocalPortfolio>, CloudError> {
    let described = listed.into_iter().map(|Named { id, name: _ }| async move {
        // A portfolio may have been deleted since the list.
        match describe(seat, &id).await {
            Ok(portfolio) => Ok(Some((id, portfolio))),
            Err(error) if error.meaning == Meaning::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    });
    Ok(try_side_by_side(described.collect::<Vec<_>>()).await?.into_iter().flatten().collect())
}

/// A portfolio that the account owns.
pub(crate) async fn describe(seat: &ServiceCatalog, id: &PortfolioId) -> Result<LocalPortfolio, CloudError> {
    let answer = seat.call(seat.client.describe_portfolio().id(id.as_str())).await?;
    let detail = answer.portfolio_detail.unwrap_or_else(|| PortfolioDetail::builder().build());
    Ok(LocalPortfolio {
        name: detail.display_name.unwrap_or_default(),
        provider: detail.provider_name.unwrap_or_default(),
        description: detail.description.unwrap_or_default(),
        tag: tag(answer.tags.as_deref().unwrap_or_default(), TAG),
    })
}

/// The value of a tag. `None` if there is no such tag, or if its value can't be parsed.
fn tag<T: FromStr>(tags: &[Tag], key: &str) -> Option<T> {
    tags.iter().find(|tag| tag.key == key)?.value.parse().ok()
}

/// The products of a portfolio.
pub(crate) async fn products(
    seat: &ServiceCatalog,
    portfolio: &PortfolioId,
) -> Result<BTreeMap<CatalogProductId, Offered>, CloudError> {
    const OPERATION: &str = "SearchProductsAsAdmin";
    let listed = pages(&seat.place, OPERATION, |token| async move {
        let call = seat.client.search_products_as_admin().portfolio_id(portfolio.as_str());
        let page = seat.call(call.page_size(PAGE).set_page_token(token)).await?;
        Ok((page.product_view_details, page.next_page_token))
    });
    let product = |detail: ProductViewDetail| {
        let summary = detail.product_view_summary;
        let id = seat.parse(OPERATION, summary.as_ref().and_then(|summary| summary.product_id.as_deref()))?;
        let name = summary.and_then(|summary| summary.name).unwrap_or_default();
        Ok((id, Offered { name, arn: detail.product_arn.unwrap_or_default() }))
    };
    listed.await?.into_iter().map(product).collect()
}

/// The constraints of a portfolio that the account itself owns. Those that come with a product of another account are
/// left out: AWS's documentation contradicts itself about whether they are listed, and only the owner tells them apart
/// reliably.
pub(crate) async fn constraints(
    seat: &ServiceCatalog,
    portfolio: &PortfolioId,
) -> Result<BTreeSet<Constraint>, CloudError> {
    let own = own_constraints(seat, portfolio).await?.into_iter();
    let read = own.map(|detail| async move {
        let id = seat.parse(LIST_CONSTRAINTS, detail.constraint_id.as_deref())?;
        let product = seat.parse(LIST_CONSTRAINTS, detail.product_id.as_deref())?;
        let rule = match detail.r#type.as_deref() {
            // The list does not give the parameters.
            Some("LAUNCH") => match launch_state(seat, &id).await {
                // AWS failed to create the constraint.
                Ok((Some(Status::Failed), _)) => Rule::Launch(None),
                Ok((_, role)) => Rule::Launch(role),
                Err(error) if error.meaning == Meaning::NotFound => return Ok(None),
                Err(error) => return Err(error),
            },
            Some("STACKSET") => Rule::StackSet,
            other => Rule::Other(other.unwrap_or_default().to_owned()),
        };
        Ok(Some(Constraint { id, product, rule }))
    });
    Ok(try_side_by_side(read).await?.into_iter().flatten().collect())
}

/// The ids of the constraints of a portfolio that the account itself owns. Makes no call per constraint.
pub(crate) async fn constraint_ids(
    seat: &ServiceCatalog,
    portfolio: &PortfolioId,
) -> Result<BTreeSet<ConstraintId>, CloudError> {
    let own = own_constraints(seat, portfolio).await?;
    own.iter().map(|detail| seat.parse(LIST_CONSTRAINTS, detail.constraint_id.as_deref())).collect()
}

async fn own_constraints(seat: &ServiceCatalog, portfolio: &PortfolioId) -> Result<Vec<ConstraintDetail>, CloudError> {
    let listed = pages(&seat.place, LIST_CONSTRAINTS, |token| async move {
        let call = seat.client.list_constraints_for_portfolio().portfolio_id(portfolio.as_str());
        let page = seat.call(call.page_size(PAGE).set_page_token(token)).await?;
        Ok((page.constraint_details, page.next_page_token))
    });
    let is_own = |detail: &ConstraintDetail| {
        detail.owner.as_deref() == Some(seat.place.account.as_str())
            && detail.portfolio_id.as_deref().is_none_or(|id| id == portfolio.as_str())
    };
    Ok(listed.await?.into_iter().filter(is_own).collect())
}

/// The status of a launch constraint, and its role. `None` for the role if the parameters can't be parsed.
pub(crate) async fn launch_state(
    seat: &ServiceCatalog,
    id: &ConstraintId,
) -> Result<(Option<Status>, Option<LaunchRole>), CloudError> {
    let answer = seat.call(seat.client.describe_constraint().id(id.as_str())).await?;
    Ok((answer.status, parameters(answer.constraint_parameters.as_deref().unwrap_or_default())))
}

/// The role in the parameters of a launch constraint (Service Catalog API reference, `CreateConstraint`).
fn parameters(text: &str) -> Option<LaunchRole> {
    let parameters: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let mut parameters = parameters.into_iter();
    match (parameters.next()?, parameters.next()) {
        ((key, serde_json::Value::String(role)), None) if key == "LocalRoleName" => Some(LaunchRole::Name(role)),
        ((key, serde_json::Value::String(role)), None) if key == "RoleArn" => Some(LaunchRole::Arn(role)),
        _ => None,
    }
}

/// The account's own products that are copies of a product.
pub(crate) async fn copies_of(
    seat: &ServiceCatalog,
    source: &CatalogProductId,
) -> Result<Vec<CatalogProductId>, CloudError> {
    const OPERATION: &str = "SearchProductsAsAdmin";
    let listed = pages(&seat.place, OPERATION, |token| async move {
        let call = seat.client.search_products_as_admin().product_source(ProductSource::Account);
        let call = call.filters(ProductViewFilterBy::SourceProductId, vec![source.to_string()]);
        let page = seat.call(call.page_size(PAGE).set_page_token(token)).await?;
        Ok((page.product_view_details, page.next_page_token))
    });
    let id = |detail: &ProductViewDetail| {
        let summary = detail.product_view_summary.as_ref();
        seat.parse(OPERATION, summary.and_then(|summary| summary.product_id.as_deref()))
    };
    listed.await?.iter().map(id).collect()
}

/// Whether a product is in any portfolio.
pub(crate) async fn is_in_a_portfolio(seat: &ServiceCatalog, product: &CatalogProductId) -> Result<bool, CloudError> {
    let listed = pages(&seat.place, "ListPortfoliosForProduct", |token| async move {
        let call = seat.client.list_portfolios_for_product().product_id(product.as_str());
        let page = seat.call(call.page_size(PAGE).set_page_token(token)).await?;
        Ok((page.portfolio_details, page.next_page_token))
    });
    Ok(!listed.await?.is_empty())
}

/// The source of a copied product, and its tag.
pub(crate) async fn own_product(seat: &ServiceCatalog, product: &CatalogProductId) -> Result<OwnProduct, CloudError> {
    const OPERATION: &str = "DescribeProductAsAdmin";
    let answer = seat.call(seat.client.describe_product_as_admin().id(product.as_str())).await?;
    let source = |version: &ProvisioningArtifactSummary| {
        let metadata = version.provisioning_artifact_metadata.as_ref()?;
        Some(seat.parse(OPERATION, metadata.get(COPIED_FROM).map(String::as_str)))
    };
    let versions = answer.provisioning_artifact_summaries.unwrap_or_default();
    let copied = versions.iter().filter_map(source).collect::<Result<BTreeSet<VersionId>, _>>()?;
    let tags = answer.tags.as_deref().unwrap_or_default();
    Ok(OwnProduct { tag: tag(tags, TAG), of: tag(tags, SOURCE_TAG), copied })
}

/// The versions of a product. `ListProvisioningArtifacts` can't ask for a further page.
pub(crate) async fn versions(seat: &ServiceCatalog, product: &CatalogProductId) -> Result<Versions, CloudError> {
    const OPERATION: &str = "ListProvisioningArtifacts";
    let answer = seat.call(seat.client.list_provisioning_artifacts().product_id(product.as_str())).await?;
    // With an incomplete answer, versions would look withdrawn.
    if answer.next_page_token.is_some_and(|token| !token.is_empty()) {
        let message = "AWS's answer has a next page, and the operation takes no page token".to_owned();
        return Err(CloudError::own(OPERATION, &seat.place, "NotUnderstood", Meaning::Other, message));
    }
    let version = |detail: ProvisioningArtifactDetail| {
        let id = seat.parse(OPERATION, detail.id.as_deref())?;
        Ok((id, Version { name: detail.name.unwrap_or_default(), is_active: detail.active != Some(false) }))
    };
    answer.provisioning_artifact_details.unwrap_or_default().into_iter().map(version).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_of_a_launch_constraint_is_read_and_nothing_else() {
        assert_eq!(parameters(r#"{"LocalRoleName": "R"}"#), Some(LaunchRole::Name("R".to_owned())));
        let arn = "arn:aws:iam::111111111111:role/R";
        assert_eq!(parameters(&format!(r#"{{ "RoleArn" : "{arn}" }}"#)), Some(LaunchRole::Arn(arn.to_owned())));
        for text in ["", "{}", "[]", r#"{"RoleArn": 1}"#, r#"{"LocalRoleName": "R", "RoleArn": "S"}"#] {
            assert_eq!(parameters(text), None, "{text}");
        }
    }
}
