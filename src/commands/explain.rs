//! `explain`: what one account sees and may buy, and where a product can be bought.

use anyhow::Result;

use super::exit::{Exit, UsageError};
use super::{catalog, cloud, output, validate};
use crate::cli::{Common, Explain, Format};
use crate::cloud::read;
use crate::model::live::Live;
use crate::model::market_sight::{AskedProduct, ProductIdentity, Shop};
use crate::model::settings::Mode;
use crate::model::sight::{Asked, Identity};
use crate::plan;
use crate::render::sight as rendered;

use super::catalog::Catalog;

/// Finds the account and the product, reads what concerns them, and prints it.
pub(super) async fn run(common: &Common, Explain { account, product }: &Explain) -> Result<Exit> {
    let format = match validate::no_sarif(common)? {
        Format::Markdown => return Err(UsageError("explain prints text or json".to_owned()).into()),
        format => format,
    };
    if account.as_ref().is_some_and(|it| it.trim().is_empty()) {
        return Err(UsageError("give the account's id, its name or its e-mail address".to_owned()).into());
    }
    if product.as_ref().is_some_and(|it| it.trim().is_empty()) {
        return Err(UsageError("give the product's id or its name in the catalog".to_owned()).into());
    }
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    let product = match product.as_deref().map(|it| (it.trim(), plan::identify_product(it.trim(), &catalog.desired))) {
        None => None,
        Some((_, ProductIdentity::One(product))) => Some(product),
        Some((asked, other)) => {
            output::tell(&format!("error: {}", rendered::unidentified_product(asked, &other)));
            return Ok(Exit::Error);
        }
    };
    match (account, product) {
        (Some(account), product) => one(common, &catalog, format, account.trim(), product.as_ref()).await,
        (None, Some(product)) => everywhere(common, &catalog, format, &product).await,
        (None, None) => Err(UsageError("give an account, or a product with --product".to_owned()).into()),
    }
}

async fn one(
    common: &Common,
    catalog: &Catalog,
    format: Format,
    account: &str,
    product: Option<&AskedProduct>,
) -> Result<Exit> {
    let asked = Asked::of(account);
    let session = cloud::open(common, catalog, Mode::Plan).await?;
    let desired = &catalog.desired;
    let mut live = Live::default();
    read::read(&session.cloud, &mut live, |live| plan::sight_wants(&asked, product, desired, live)).await;
    session.close(common).await?;
    let (account, doubts) = match plan::identify(&asked, desired, &live) {
        Identity::One(account, doubts) => (account, doubts),
        other => {
            output::tell(&format!("error: {}", rendered::unidentified(account, &other)));
            return Ok(Exit::Error);
        }
    };
    let sight = plan::sight(&account, doubts, product, desired, &live);
    let is_sandboxed = common.is_sandboxed();
    output::result(common, |sink| match format {
        Format::Json => sink.write_all(rendered::json(&sight, is_sandboxed).as_bytes()),
        Format::Text | Format::Markdown | Format::Sarif | Format::Yaml | Format::Cloudformation => {
            rendered::text(&sight, is_sandboxed, sink)
        }
    })?;
    Ok(if sight.is_whole() { Exit::Done } else { Exit::Error })
}

async fn everywhere(common: &Common, catalog: &Catalog, format: Format, product: &AskedProduct) -> Result<Exit> {
    let session = cloud::open(common, catalog, Mode::Plan).await?;
    let desired = &catalog.desired;
    let mut live = Live::default();
    read::read(&session.cloud, &mut live, |live| plan::shop_wants(desired, live)).await;
    session.close(common).await?;
    let shops = plan::shops(product, desired, &live);
    let is_sandboxed = common.is_sandboxed();
    output::result(common, |sink| match format {
        Format::Json => sink.write_all(rendered::product_json(product, &shops, is_sandboxed).as_bytes()),
        Format::Text | Format::Markdown | Format::Sarif | Format::Yaml | Format::Cloudformation => {
            rendered::product_text(product, &shops, is_sandboxed, sink)
        }
    })?;
    Ok(if shops.iter().all(Shop::is_whole) { Exit::Done } else { Exit::Error })
}
