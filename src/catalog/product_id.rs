//! Product ids in the catalog's files, with suggestions for common mistakes.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::model::id::ProductId;

use super::code::Code;
use super::read::{Scalar, Value, text};
use super::report::{Report, shown};
use super::scalar::scalars;
use super::yaml::Node;

scalars! {
    ProductId: {
        "type": ["string", "integer"],
        "pattern": "^[A-Za-z0-9_-]{1,255}$",
        "not": {"type": "string", "pattern": "^[Pp][Rr][Oo][Dd][Vv][Ii][Ee][Ww]-"}
    };
}

impl Scalar for ProductId {
    const CODE: Code = Code::InvalidId;
    const EXPECTED: &'static str = ProductId::EXPECTED;

    fn known_mistake(text: &str) -> Option<(Code, String, String)> {
        let (what, help) = listing(text)?;
        Some((Code::ListingId, format!("{} is {what}, and a product's id is wanted", shown(text)), help))
    }

    fn parse(text: &str, _plain: bool) -> Result<Self, String> {
        text.parse().map_err(|_| {
            "write the product id alone, such as prod-4xk6p2ab3cdef; its name goes under `name`".to_owned()
        })
    }
}

/// A description of a text that names a listing of AWS Marketplace instead of a product, and what to write instead.
fn listing(text: &str) -> Option<(&'static str, String)> {
    let lower = text.to_ascii_lowercase();
    let is_address = lower.contains('/') && (lower.contains("marketplace") || lower.contains("prodview-"));
    let what = if lower.starts_with("prodview-") && !is_address {
        "a listing's id"
    } else if is_address {
        "an address in AWS Marketplace"
    } else {
        return None;
    };
    let product =
        after(text, &lower, "productid=").filter(|id| id.parse::<ProductId>().is_ok() && listing(id).is_none());
    let help = if let Some(id) = product {
        format!("write `{id}`, the product's id in this address")
    } else {
        let how = at(text, &lower, "prodview-").map_or_else(
            || "`catalog-sync products search NAME` finds it".to_owned(),
            |id| format!("`catalog-sync products show {id}` tells it"),
        );
        format!("write the id of the listing's product (`prod-…` or a UUID): {how}")
    };
    Some((what, help))
}

/// The word after `mark`, up to the first character that ids can't contain. `lower` is the text in lower case.
fn after<'t>(text: &'t str, lower: &str, mark: &str) -> Option<&'t str> {
    word(text.get(lower.find(mark)? + mark.len()..)?)
}

/// The word that begins with `mark`.
fn at<'t>(text: &'t str, lower: &str, mark: &str) -> Option<&'t str> {
    word(text.get(lower.find(mark)?..)?)
}

fn word(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(text.len());
    text.get(..end).filter(|word| !word.is_empty())
}

/// The id in the usual form that a misspelt id most likely stands for, judged by its own characters.
pub(super) fn mended(id: &str) -> Option<String> {
    let lower = id.to_ascii_lowercase().replace('_', "-");
    let (prefix, rest) = lower.split_once('-').unwrap_or(("", &lower));
    let hex = |from: usize, to: usize| lower.get(from..to).unwrap_or_default();
    let misspelt = prefix.len() <= 10 && (prefix.starts_with("prod") || strsim::osa_distance(prefix, "prod") <= 2);
    let candidates = [
        lower.clone(),
        rest.to_owned(),
        if prefix.is_empty() || misspelt { format!("prod-{rest}") } else { String::new() },
        [hex(0, 8), hex(8, 12), hex(12, 16), hex(16, 20), hex(20, lower.len())].join("-"),
    ];
    candidates.into_iter().find(|candidate| ProductId::is_usual(candidate))
}

/// The most similar candidate with at most two different letters.
pub(super) fn near<'c>(id: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    const SLIPS: usize = 2;
    let like_long = |candidate: &&str| candidate.len().abs_diff(id.len()) <= SLIPS;
    let scored = candidates.into_iter().filter(like_long).map(|it| (strsim::osa_distance(id, it), it));
    scored.filter(|(slips, _)| *slips <= SLIPS).min().map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_and_addresses_are_told_with_what_they_hold() {
        let told = |text: &str| ProductId::known_mistake(text).map(|(code, _, help)| (code, help));
        for (text, holds) in [
            ("prodview-ajc3gw4mjy7my", "products show prodview-ajc3gw4mjy7my`"),
            ("Prodview-ajc3gw4mjy7my", "products show Prodview-ajc3gw4mjy7my`"),
            (
                "https://aws.amazon.com/marketplace/pp/prodview-ajc3gw4mjy7my?sr=0-1",
                "products show prodview-ajc3gw4mjy7my`",
            ),
            ("aws.amazon.com/marketplace/seller-profile?id=x", "products search NAME`"),
            (
                "https://aws.amazon.com/marketplace/procurement?productId=1a2b3c4d-1111-2222-3333-444455556666&x=y",
                "write `1a2b3c4d-1111-2222-3333-444455556666`,",
            ),
            (
                "https://console.aws.amazon.com/marketplace/home#/x?PRODUCTID=prod-4xk6p2ab3cdef",
                "write `prod-4xk6p2ab3cdef`,",
            ),
            (
                "https://aws.amazon.com/marketplace/x?productId=prodview-ajc3gw4mjy7my",
                "products show prodview-ajc3gw4mjy7my`",
            ),
            ("https://aws.amazon.com/marketplace/x?productId=", "products search NAME`"),
        ] {
            let (code, help) = told(text).unwrap();
            assert!(code == Code::ListingId && help.contains(holds), "{text}: {help}");
        }
        for other in ["prod-4xk6p2ab3cdef", "Datadog Pro", "https://example.com/x", "marketplace", "prodview"] {
            assert_eq!(told(other), None, "{other}");
        }
    }

    #[test]
    fn slip_in_the_form_of_an_id_is_mended() {
        for (odd, meant) in [
            ("PROD-4XK6P2AB3CDEF", "prod-4xk6p2ab3cdef"),
            ("prod_4xk6p2ab3cdef", "prod-4xk6p2ab3cdef"),
            ("pord-4xk6p2ab3cdef", "prod-4xk6p2ab3cdef"),
            ("product-4xk6p2ab3cdef", "prod-4xk6p2ab3cdef"),
            ("4xk6p2ab3cdef", "prod-4xk6p2ab3cdef"),
            ("1a2b3c4d111122223333444455556666", "1a2b3c4d-1111-2222-3333-444455556666"),
            ("prod-1a2b3c4d-1111-2222-3333-444455556666", "1a2b3c4d-1111-2222-3333-444455556666"),
        ] {
            assert_eq!(mended(odd).as_deref(), Some(meant), "{odd}");
        }
        for lost in ["prod-4xk6p2ab3cde", "prod", "-", "", "exp-4xk6p2ab3cdef", "ü"] {
            assert_eq!(mended(lost), None, "{lost}");
        }
    }

    #[test]
    fn neighbour_differs_in_two_letters_at_most() {
        let known = ["prod-4xk6p2ab3cdef", "prod-77aa00bb11cc2"];
        assert_eq!(near("prod-4xk6p2ab3cde", known), Some("prod-4xk6p2ab3cdef"));
        assert_eq!(near("prod-77aa00bb11c2c", known), Some("prod-77aa00bb11cc2"));
        assert_eq!(near("prod-4xk6p2ab3", known), None);
    }
}
