//! The place of a call, paging and the usual refusals, shared by the calls of Service Catalog.

use serde_json::{Value, json};

use crate::sandbox::page;
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::required;
use crate::sandbox::world::{Portfolio, Region, World, is_portfolio};

/// The account and region that a call is made in.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct At<'a> {
    pub(in crate::sandbox) account: &'a str,
    pub(in crate::sandbox) region: &'a str,
}

impl At<'_> {
    /// The caller's objects in this region.
    pub(super) fn region<'w>(&self, world: &'w World) -> Option<&'w Region> {
        world.region(self.account, self.region)
    }

    /// A portfolio of the caller.
    pub(super) fn portfolio<'w>(&self, world: &'w World, id: &str) -> Result<&'w Portfolio, Failure> {
        self.region(world).and_then(|region| region.portfolios.get(id)).ok_or_else(|| no_portfolio(id))
    }
}

pub(super) fn no_portfolio(id: &str) -> Failure {
    Failure::new("ResourceNotFoundException", format!("Portfolio {id} not found."))
}

pub(super) fn not_found(message: impl Into<String>) -> Failure {
    Failure::new("ResourceNotFoundException", message)
}

pub(super) fn limit(message: impl Into<String>) -> Failure {
    Failure::new("LimitExceededException", message)
}

pub(super) fn invalid(message: impl Into<String>) -> Failure {
    Failure::new("InvalidParametersException", message)
}

/// Reads a required id of any kind, and checks its characters.
pub(super) fn id_of(id: Option<String>, field: &str) -> Result<String, Failure> {
    let id = required(id, field)?;
    if !is_portfolio(&id) {
        let rule = "Member must satisfy regular expression pattern: ^[a-zA-Z0-9_\\-]*";
        return Err(Failure::constraint(&id, field, rule));
    }
    Ok(id)
}

/// Reads an optional id.
pub(super) fn optional_id(id: Option<String>, field: &str) -> Result<Option<String>, Failure> {
    id.map(|id| id_of(Some(id), field)).transpose()
}

/// Checks the number of characters of a text.
pub(super) fn check_length(text: &str, field: &str, least: usize, most: usize) -> Result<(), Failure> {
    let rule = format!("Member must have length between {least} and {most}");
    if (least..=most).contains(&text.chars().count()) { Ok(()) } else { Err(Failure::constraint(text, field, &rule)) }
}

/// `PortfolioDetail`, the same for the owner and the recipients.
pub(super) fn detail(owner: &str, region: &str, id: &str, portfolio: &Portfolio) -> Value {
    let Portfolio { name, provider, description, .. } = portfolio;
    // AWS requires a provider, but the world may leave it out.
    let provider = if provider.is_empty() { "Somebody" } else { provider };
    object([
        ("Id", json!(id)),
        ("ARN", json!(format!("arn:aws:catalog:{region}:{owner}:portfolio/{id}"))),
        ("DisplayName", json!(name)),
        ("ProviderName", json!(provider)),
        ("Description", json!(description)),
        ("CreatedTime", json!(1_767_225_600)),
    ])
}

/// The paging parameters of a request.
#[derive(Debug, Default)]
pub(super) struct Paging {
    pub(super) size: Option<i64>,
    pub(super) token: Option<String>,
}

impl Paging {
    /// A page of at most 100 entries. `of` holds the parameters of the request, which the token is bound to.
    pub(super) fn cut(self, world: &World, member: &str, of: &str, items: Vec<Value>) -> Result<Value, Failure> {
        self.cut_at(100, world, member, of, items)
    }

    /// A page of at most `most` entries.
    pub(super) fn cut_at(
        self,
        most: usize,
        world: &World,
        member: &str,
        of: &str,
        items: Vec<Value>,
    ) -> Result<Value, Failure> {
        let size = match self.size.map(|size| (size, usize::try_from(size))) {
            None => 20,
            Some((_, Ok(size))) if size <= most => size,
            Some((given, _)) => {
                let rule = format!("Member must have value less than or equal to {most}");
                return Err(Failure::constraint(&given.to_string(), "pageSize", &rule));
            }
        };
        let list = format!("{member} {of}");
        let page = page::cut(items, &list, size, self.token.as_deref(), &world.pages)
            .map_err(|_| invalid("The page token is not one of this list."))?;
        Ok(object([(member, Value::Array(page.items)), ("NextPageToken", json!(page.next))]))
    }
}
