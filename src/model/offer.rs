//! Products of AWS Marketplace, and the ways in which users refer to them.

use std::fmt;

use serde::Serialize;

/// A product of AWS Marketplace, as its page shows it. All of it is untrusted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// The product id, as a product list needs it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The company that makes or sells it.
    pub vendor: Option<String>,
    /// How it is delivered, such as `SaaS`.
    pub kinds: Vec<String>,
    /// The pricing models, as far as the answer has them.
    pub pricing: Vec<String>,
    /// The listing's id in the URL of its page.
    pub listing: Option<String>,
    /// Whether AWS says that it can no longer be bought.
    #[serde(rename = "withdrawn", skip_serializing_if = "std::ops::Not::not")]
    pub is_withdrawn: bool,
}

/// The name of a product in AWS Marketplace. All of it is untrusted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// Its name.
    pub name: String,
    /// The company that makes or sells it.
    pub vendor: Option<String>,
    /// Whether AWS says that it can no longer be bought.
    pub is_withdrawn: bool,
}

impl fmt::Display for Title {
    /// `Datadog Pro by Datadog`. Each part is cut if it is too long for a line. A vendor with the product's name is
    /// left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, vendor, is_withdrawn: _ } = self;
        f.write_str(&cut(name))?;
        match vendor.as_deref().map(str::trim) {
            Some(vendor) if !vendor.is_empty() && !vendor.eq_ignore_ascii_case(name.trim()) => {
                write!(f, " by {}", cut(vendor))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// The number of characters of a name or vendor that are shown.
const SHOWN: usize = 72;

fn cut(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

/// A user's reference to a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A product's id.
    Product(String),
    /// The id of a listing's page, `prodview-…`.
    Listing(String),
}

/// The prefix of a listing's id.
const LISTING: &str = "prodview-";

/// The longest id that AWS accepts.
const LONGEST: usize = 255;

impl Reference {
    /// Parses an id or a pasted URL. `None` if the text holds no id.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        let parameter = lower.find("productid=").map(|at| at + "productid=".len());
        let page = lower.find("/pp/").map(|at| at + "/pp/".len());
        let is_address = text.contains('/') || text.contains('?');
        let id = match parameter.or(page) {
            Some(at) => text.get(at..)?.split(['/', '?', '#', '&']).next()?,
            None if is_address => return None,
            None => text,
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if id.is_empty() || id.len() > LONGEST || !id.chars().all(fits) {
            return None;
        }
        let is_listing = id.get(..LISTING.len()).is_some_and(|start| start.eq_ignore_ascii_case(LISTING));
        Some(if is_listing { Self::Listing(id.to_ascii_lowercase()) } else { Self::Product(id.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_pasted_addresses_are_understood() {
        let product = |id: &str| Some(Reference::Product(id.to_owned()));
        let listing = Some(Reference::Listing("prodview-abc123".to_owned()));
        assert_eq!(Reference::of(" prod-4xk6p2ab3cdef "), product("prod-4xk6p2ab3cdef"));
        assert_eq!(Reference::of("PRODVIEW-abc123"), listing);
        assert_eq!(Reference::of("https://aws.amazon.com/marketplace/pp/prodview-abc123?sr=0-1&ref_=x#top"), listing);
        assert_eq!(Reference::of("https://aws.amazon.com/marketplace/pp/prodview-abc123/"), listing);
        let page = "https://aws.amazon.com/marketplace/procurement?region=x&productId=1a2b-3c&ref=y";
        assert_eq!(Reference::of(page), product("1a2b-3c"));
    }

    #[test]
    fn title_names_the_vendor_once_and_is_cut() {
        let title = |name: &str, vendor: Option<&str>| {
            let vendor = vendor.map(str::to_owned);
            Title { name: name.to_owned(), vendor, is_withdrawn: false }.to_string()
        };
        assert_eq!(title("Datadog Pro", Some("Datadog")), "Datadog Pro by Datadog");
        assert_eq!(title("Snyk", Some(" SNYK ")), "Snyk");
        assert_eq!(title("Snyk", Some("")), "Snyk");
        assert_eq!(title("Snyk", None), "Snyk");
        let long = title(&"é".repeat(500), Some(&"v".repeat(500)));
        assert_eq!(long.chars().count(), 2 * (72 + 1) + " by ".len());
    }

    #[test]
    fn what_holds_no_id_is_not_sent() {
        let long = "x".repeat(256);
        for text in ["", "Datadog Pro", "https://example.com/", "productId=", "a/b", "é", &long] {
            assert_eq!(Reference::of(text), None, "{text}");
        }
    }
}
