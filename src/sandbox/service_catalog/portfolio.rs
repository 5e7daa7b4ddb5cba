//! Creates, updates, deletes and describes portfolios.
//! <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreatePortfolio.html>

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{At, check_length, detail, id_of, limit};
use super::recipient;
use super::tags::{self, Tag};
use super::token::{self, Asked};
use crate::sandbox::codec::{hex, word};
use crate::sandbox::reply::Failure;
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{Portfolio, TagOptions, World};

/// The default quota of portfolios in an account and region.
const MOST: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Create {
    display_name: Option<String>,
    provider_name: Option<String>,
    description: Option<String>,
    tags: Option<Vec<Tag>>,
    #[serde(rename = "IdempotencyToken")]
    _token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Creates a portfolio. A repeated token gets the first answer again, even if the portfolio was deleted since.
pub(super) fn create(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Create { display_name, provider_name, description, tags, _token, _language } = input(body)?;
    let name = required(display_name, "displayName")?;
    let provider = required(provider_name, "providerName")?;
    check_texts(Some(&name), Some(&provider), description.as_deref())?;
    let tags = tags::read(tags, "tags")?;
    let fresh = match token::read(world, at, "CreatePortfolio", body)? {
        Asked::Again(answer) => return Ok(answer),
        Asked::New(fresh) => fresh,
    };
    if at.region(world).is_some_and(|region| region.portfolios.len() >= MOST) {
        return Err(limit(format!("An account can have at most {MOST} portfolios in a region.")));
    }
    let serial = world.next_serial();
    let id = format!("port-{}", word(&format!("{at:?} portfolio {serial}"), 13));
    let portfolio = Portfolio { name, provider, description, tags, ..Portfolio::default() };
    let answer = with_tags(at, &id, &portfolio);
    world.region_mut(at.account, at.region).portfolios.insert(id, portfolio);
    Ok(fresh.answer(world, at, answer))
}

fn with_tags(at: At<'_>, id: &str, portfolio: &Portfolio) -> Value {
    json!({"PortfolioDetail": detail(at.account, at.region, id, portfolio), "Tags": tags::shown(&portfolio.tags)})
}

fn check_texts(name: Option<&str>, provider: Option<&str>, description: Option<&str>) -> Result<(), Failure> {
    name.map_or(Ok(()), |text| check_length(text, "displayName", 1, 100))?;
    provider.map_or(Ok(()), |text| check_length(text, "providerName", 1, 50))?;
    description.map_or(Ok(()), |text| check_length(text, "description", 0, 2000))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Update {
    id: Option<String>,
    display_name: Option<String>,
    provider_name: Option<String>,
    description: Option<String>,
    add_tags: Option<Vec<Tag>>,
    remove_tags: Option<Vec<String>>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Changes one of the caller's portfolios.
pub(super) fn update(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Update { id, display_name, provider_name, description, add_tags, remove_tags, _language } = input(body)?;
    let id = id_of(id, "id")?;
    check_texts(display_name.as_deref(), provider_name.as_deref(), description.as_deref())?;
    let (add, remove) = (tags::read(add_tags, "addTags")?, tags::keys(remove_tags)?);
    let before = at.portfolio(world, &id)?;
    let after = Portfolio {
        name: display_name.unwrap_or_else(|| before.name.clone()),
        provider: provider_name.unwrap_or_else(|| before.provider.clone()),
        description: description.or_else(|| before.description.clone()),
        tags: tags::change(&before.tags, add, &remove)?,
        ..before.clone()
    };
    let answer = with_tags(at, &id, &after);
    world.region_mut(at.account, at.region).portfolios.insert(id, after);
    Ok(answer)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ById {
    id: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// Deletes one of the caller's portfolios, which must be empty. What was removed from it but is still visible counts as
/// content.
pub(super) fn delete(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let ById { id, _language } = input(body)?;
    let id = id_of(id, "id")?;
    let it = at.portfolio(world, &id)?;
    let tag_options = !it.tag_options.is_empty() && world.unproven.tag_options == TagOptions::Block;
    let has = [
        (!it.products.is_empty(), "products"),
        (!it.principals.is_empty(), "principals"),
        (!it.constraints.is_empty(), "constraints"),
        (!it.shares.is_empty(), "shares"),
        (tag_options, "tag options"),
    ];
    if let Some((_, what)) = has.into_iter().find(|(is_there, _)| *is_there) {
        let message = format!("Portfolio {id} has associated {what} and can't be deleted.");
        return Err(Failure::new("ResourceInUseException", message));
    }
    world.region_mut(at.account, at.region).portfolios.remove(&id);
    Ok(json!({}))
}

/// Describes one of the caller's portfolios or an imported one. Only the owner sees tags.
pub(super) fn describe(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let ById { id, _language } = input(body)?;
    let id = id_of(id, "id")?;
    let own = at.portfolio(world, &id).map(|portfolio| (detail(at.account, at.region, &id, portfolio), portfolio));
    match own {
        Ok((it, portfolio)) => Ok(json!({
            "PortfolioDetail": it,
            "Tags": tags::shown(&portfolio.tags),
            "TagOptions": portfolio.tag_options.iter().map(|option| tag_option(at, option)).collect::<Value>(),
            "Budgets": [],
        })),
        Err(missing) => {
            let found = recipient::imported(world, at, &id).ok_or(missing)?;
            Ok(json!({"PortfolioDetail": found, "Tags": [], "TagOptions": [], "Budgets": []}))
        }
    }
}

/// `TagOptionDetail`
fn tag_option(at: At<'_>, option: &str) -> Value {
    let (key, value) = option.split_once('=').unwrap_or((option, ""));
    let id: String = hex(&format!("{at:?} {option}")).chars().take(13).collect();
    json!({"Id": format!("tag-{id}"), "Key": key, "Value": value, "Active": true, "Owner": at.account})
}
