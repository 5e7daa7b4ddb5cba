//! License Manager's `ListReceivedLicensesForOrganization`.
//! <https://docs.aws.amazon.com/license-manager/latest/APIReference/API_ListReceivedLicensesForOrganization.html>

use serde::Deserialize;
use serde_json::{Value, json};

use super::page;
use super::reply::{Failure, object};
use super::request::{input, required, unknown};
use super::world::{LICENSE_MANAGER, Organization, World};

/// The largest page.
const MOST: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Input {
    filters: Option<Vec<Filter>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Filter {
    name: Option<String>,
    values: Option<Vec<String>>,
}

pub(super) fn call(world: &World, account: &str, operation: &str, body: &[u8]) -> Result<Value, Failure> {
    match operation {
        "ListReceivedLicensesForOrganization" => list(world, account, input(body)?),
        other => Err(unknown(other)),
    }
}

/// The organization's licences that pass the filters, by product and then by account.
fn list(world: &World, account: &str, input: Input) -> Result<Value, Failure> {
    let Input { filters, max_results, next_token } = input;
    let invalid = |message: String| Failure::new("InvalidParameterValueException", message);
    let (mut product, mut beneficiary) = (None, None);
    for Filter { name, values } in filters.unwrap_or_default() {
        let (name, values) = (required(name, "Name")?, required(values, "Values")?);
        let [value] = <[String; 1]>::try_from(values)
            .map_err(|_| invalid(format!("Only one value can be specified for the filter {name}")))?;
        let place = match name.as_str() {
            "ProductSKU" => &mut product,
            "Beneficiary" => &mut beneficiary,
            other => return Err(invalid(format!("Filter {other} is not supported"))),
        };
        if place.replace(value).is_some() {
            return Err(invalid(format!("Filter {name} is there twice")));
        }
    }
    let size = max_results.map_or(Ok(MOST), usize::try_from).ok().filter(|size| (1..=MOST).contains(size));
    let size = size.ok_or_else(|| Failure::new("ValidationException", "MaxResults must be from 1 to 100"))?;
    let denied = || {
        let message = "Only the management account or a delegated administrator of License Manager may see the licenses \
                       of the organization";
        Failure::new("AccessDeniedException", message)
    };
    let organization = world.organization_of(account).ok_or_else(denied)?;
    if !organization.administers(account, LICENSE_MANAGER) {
        return Err(denied());
    }
    let passes = |filter: &Option<String>, value: &str| filter.as_deref().is_none_or(|wanted| wanted == value);
    let held = organization.licences.iter().filter(|(id, _)| passes(&product, id));
    let held = held.flat_map(|(id, accounts)| accounts.iter().map(move |account| (id, account)));
    let items = held.filter(|(_, account)| passes(&beneficiary, account));
    let items = items.map(|(id, account)| license(world, organization, id, account)).collect();
    let list = format!("licenses {account} {product:?} {beneficiary:?}");
    let page = page::cut(items, &list, size, next_token.as_deref(), &world.pages)
        .map_err(|page::BadToken| invalid("NextToken is invalid".to_owned()))?;
    Ok(object([("Licenses", Value::Array(page.items)), ("NextToken", json!(page.next))]))
}

fn license(world: &World, organization: &Organization, product: &str, account: &str) -> Value {
    let name = world.offered().get(&product.to_owned()).map(|it| it.name.clone());
    json!({
        "LicenseArn": format!("arn:aws:license-manager::{}:license:l-{product}-{account}", organization.management_account),
        "LicenseName": product,
        "ProductName": name.unwrap_or_else(|| product.to_owned()),
        "ProductSKU": product,
        "Issuer": {"Name": "AWS/Marketplace"},
        "HomeRegion": "us-east-1",
        "Status": "AVAILABLE",
        "Validity": {"Begin": "2026-01-01T00:00:00Z"},
        "Beneficiary": account,
        "Version": "1",
        "ReceivedMetadata": {"ReceivedStatus": "ACTIVE"},
    })
}
