//! Service Catalog: portfolios, their shares, and the accounts that receive them. Everything is
//! per account and region. <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreatePortfolioShare.html>

mod access;
mod node;
mod read;
mod recipient;
mod share;

use serde_json::{Value, json};

pub(super) use share::advance;

use super::page;
use super::reply::{Failure, object};
use super::request::{required, unknown};
use super::world::{Portfolio, Region, World, is_portfolio};

/// Where a call is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
}

impl At<'_> {
    /// What the caller owns here.
    fn region<'w>(&self, world: &'w World) -> Option<&'w Region> {
        world.region(self.account, self.region)
    }

    /// A portfolio of the caller.
    fn portfolio<'w>(&self, world: &'w World, id: &str) -> Result<&'w Portfolio, Failure> {
        self.region(world).and_then(|region| region.portfolios.get(id)).ok_or_else(|| no_portfolio(id))
    }
}

pub(super) fn call(world: &mut World, at: At<'_>, operation: &str, body: &[u8]) -> Result<Value, Failure> {
    match operation {
        "ListPortfolios" => read::list_portfolios(world, at, body),
        "DescribePortfolio" => read::describe_portfolio(world, at, body),
        "DescribePortfolioShares" => read::describe_portfolio_shares(world, at, body),
        "ListPortfolioAccess" => access::list_portfolio_access(world, at, body),
        "ListOrganizationPortfolioAccess" => access::list_organization_portfolio_access(world, at, body),
        "DescribePortfolioShareStatus" => read::describe_portfolio_share_status(world, at, body),
        "GetAWSOrganizationsAccessStatus" => access::organizations_access(world, at, body),
        "CreatePortfolioShare" => share::create(world, at, body),
        "UpdatePortfolioShare" => share::update(world, at, body),
        "DeletePortfolioShare" => share::delete(world, at, body),
        "ListAcceptedPortfolioShares" => recipient::list_accepted(world, at, body),
        "AcceptPortfolioShare" => recipient::accept(world, at, body),
        other => Err(unknown(other)),
    }
}

fn no_portfolio(id: &str) -> Failure {
    Failure::new("ResourceNotFoundException", format!("Portfolio {id} not found."))
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new("InvalidParametersException", message)
}

/// The portfolio id of an input: it must be there and look like one.
fn portfolio_id(id: Option<String>, field: &str) -> Result<String, Failure> {
    let id = required(id, field)?;
    if !is_portfolio(&id) {
        let rule = "Member must satisfy regular expression pattern: ^[a-zA-Z0-9_\\-]*";
        return Err(Failure::constraint(&id, field, rule));
    }
    Ok(id)
}

/// `PortfolioDetail`, as the owner and the recipients see it alike.
fn detail(owner: &str, region: &str, id: &str, portfolio: &Portfolio) -> Value {
    let Portfolio { name, provider, description, shares: _ } = portfolio;
    object([
        ("Id", json!(id)),
        ("ARN", json!(format!("arn:aws:catalog:{region}:{owner}:portfolio/{id}"))),
        ("DisplayName", json!(name)),
        ("ProviderName", json!(provider)),
        ("Description", json!(description)),
        ("CreatedTime", json!(1_767_225_600)),
    ])
}

/// What the lists of this service are paged by.
#[derive(Debug, Default)]
struct Paging {
    size: Option<i64>,
    token: Option<String>,
}

impl Paging {
    /// A page of a list, of at most a hundred; `of` is what the list was asked with.
    fn cut(self, world: &World, member: &str, of: &str, items: Vec<Value>) -> Result<Value, Failure> {
        self.cut_at(100, world, member, of, items)
    }

    /// A page of a list, of at most `most`.
    fn cut_at(self, most: usize, world: &World, member: &str, of: &str, items: Vec<Value>) -> Result<Value, Failure> {
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
