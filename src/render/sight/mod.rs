//! The output of `explain`: what one account sees, for a terminal and as JSON.

mod json;
mod market_json;
mod market_text;
mod parts;
mod text;

pub use json::json;
pub use market_json::product_json;
pub use market_text::product_text;
pub use text::text;

use crate::model::market_sight::{AskedProduct, ProductIdentity};
use crate::model::sight::{Bearer, Identity};

/// The reason why `explain` can't tell which account is meant. Not escaped.
pub fn unidentified(asked: &str, identity: &Identity) -> String {
    match identity {
        Identity::One(account, _) => format!("`{asked}` is account {account}"),
        Identity::Several(bearers) => {
            let line = |Bearer { account, name: _, organization }: &Bearer| format!("{account} of {organization}");
            let all: Vec<String> = bearers.iter().map(line).collect();
            format!(
                "{} accounts are called `{asked}`: {}. Give the id of the one that is meant",
                all.len(),
                all.join(", ")
            )
        }
        Identity::Unknown { nearest } => {
            let guess = nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            format!("no account of the settings' organizations is called `{asked}`{guess}")
        }
        Identity::CantTell(reasons) => {
            format!("can't tell which account is called `{asked}`: {}. Give its id", reasons.join("; "))
        }
    }
}

/// The reason why `explain` can't tell which product is meant. Not escaped.
pub fn unidentified_product(asked: &str, identity: &ProductIdentity) -> String {
    match identity {
        ProductIdentity::One(AskedProduct { id, name: _ }) => format!("`{asked}` is product {id}"),
        ProductIdentity::Several(bearers) => {
            let ids: Vec<String> = bearers.iter().map(|it| it.id.to_string()).collect();
            format!(
                "{} products of the catalog are called `{asked}`: {}. Give the id of the one that is meant",
                ids.len(),
                ids.join(", ")
            )
        }
        ProductIdentity::Unknown { nearest } => {
            let guess = nearest.as_ref().map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default();
            format!(
                "no product of the catalog is called `{asked}`{guess}. The id of any product will do: `catalog-sync \
                 products search` finds it"
            )
        }
    }
}
