//! The form of each value in a file: the order of its keys, and whether it is an id. Taken from the records
//! themselves.

use crate::catalog::json_schema::FileKind;
use crate::catalog::local::LocalPortfolio;
use crate::catalog::record::Record as _;
use crate::catalog::schema::{
    Access, AudienceEntry, Branding, Experience, IgnoredShare, Marketplace, Mirror, Organization, Portfolio,
    ProductEntry, Recipients, RemovalsByKind, Require, Safety, Settings, Share,
};

/// The kind of a value, as far as formatting needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Settings,
    /// Organizations by name.
    Organizations,
    Organization,
    Access,
    Safety,
    Removals,
    Require,
    Portfolio,
    /// A list of shares, then one share.
    Shares,
    Share,
    IgnoredShares,
    IgnoredShare,
    /// The list `recipients`, then one entry.
    Recipients,
    Recipient,
    LocalPortfolio,
    Marketplace,
    Mirror,
    Products,
    Product,
    Experiences,
    Experience,
    /// The list `audience`, then one entry.
    Audience,
    AudienceEntry,
    Branding,
    Ids,
    Accounts,
    /// An AWS account id. It gets quotes, since unquoted digits would be a number.
    Account,
    /// A word of letters, digits and hyphens, which needs no quotes.
    Id,
    /// Any other value. It stays as it is.
    Other,
}

impl Shape {
    pub(super) fn of(kind: FileKind) -> Self {
        match kind {
            FileKind::Settings => Self::Settings,
            FileKind::Portfolio => Self::Portfolio,
            FileKind::Marketplace => Self::Marketplace,
        }
    }

    /// The keys in their order. Empty if the author's order is kept.
    pub(super) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Settings => Settings::KEYS,
            Self::Organization => Organization::KEYS,
            Self::Access => Access::KEYS,
            Self::Safety => Safety::KEYS,
            Self::Removals => RemovalsByKind::KEYS,
            Self::Require => Require::KEYS,
            Self::Portfolio => Portfolio::KEYS,
            Self::Share => Share::KEYS,
            Self::IgnoredShare => IgnoredShare::KEYS,
            Self::Recipient => Recipients::KEYS,
            Self::LocalPortfolio => LocalPortfolio::KEYS,
            Self::Marketplace => Marketplace::KEYS,
            Self::Mirror => Mirror::KEYS,
            Self::Product => ProductEntry::KEYS,
            Self::Experience => Experience::KEYS,
            Self::AudienceEntry => AudienceEntry::KEYS,
            Self::Branding => Branding::KEYS,
            Self::Organizations
            | Self::Shares
            | Self::IgnoredShares
            | Self::Recipients
            | Self::Accounts
            | Self::Products
            | Self::Experiences
            | Self::Audience
            | Self::Ids
            | Self::Account
            | Self::Id
            | Self::Other => &[],
        }
    }

    /// The kind of a key's value.
    pub(super) fn value(self, key: &str) -> Self {
        match (self, key) {
            (Self::Settings, "organizations") => Self::Organizations,
            (Self::Organizations, _) => Self::Organization,
            (Self::Settings | Self::Organization, "access") => Self::Access,
            (Self::Settings, "safety") => Self::Safety,
            (Self::Settings, "require") => Self::Require,
            (Self::Safety, "max_removals") => Self::Removals,
            (Self::Portfolio, "shares") => Self::Shares,
            (Self::Portfolio, "ignore") => Self::IgnoredShares,
            (Self::Portfolio, "recipients") => Self::Recipients,
            (Self::Recipient, "except") => Self::Accounts,
            (Self::Recipient, "local_portfolio") => Self::LocalPortfolio,
            (Self::Marketplace, "approved" | "rejected" | "ignore") => Self::Products,
            (Self::Marketplace, "experiences") => Self::Experiences,
            (Self::Marketplace, "mirror") => Self::Mirror,
            (Self::Experience, "audience") => Self::Audience,
            (Self::Experience, "branding") => Self::Branding,
            (Self::Settings | Self::Portfolio, "regions")
            | (Self::Marketplace, "include")
            | (Self::Experience, "except") => Self::Ids,
            (Self::Organization, "service_catalog_account" | "marketplace_account")
            | (Self::Share | Self::IgnoredShare | Self::Recipient | Self::AudienceEntry, "account") => Self::Account,
            (Self::Organization | Self::Portfolio | Self::Product | Self::Experience | Self::Mirror, "id")
            | (
                Self::Portfolio
                | Self::Share
                | Self::IgnoredShare
                | Self::Recipient
                | Self::Experience
                | Self::AudienceEntry
                | Self::Mirror,
                "organization",
            ) => Self::Id,
            _ => Self::Other,
        }
    }

    /// The kind of a list's entries.
    pub(super) fn item(self) -> Self {
        match self {
            Self::Shares => Self::Share,
            Self::IgnoredShares => Self::IgnoredShare,
            Self::Recipients => Self::Recipient,
            Self::Accounts => Self::Account,
            Self::Products => Self::Product,
            Self::Experiences => Self::Experience,
            Self::Audience => Self::AudienceEntry,
            Self::Ids => Self::Id,
            _ => Self::Other,
        }
    }

    /// Sorts entries in the order of their keys. Unknown keys come last, in their old order.
    pub(super) fn order<T>(self, entries: &mut [T], key: impl Fn(&T) -> &str) {
        let keys = self.keys();
        entries.sort_by_key(|entry| keys.iter().position(|known| *known == key(entry)).unwrap_or(usize::MAX));
    }

    /// The formatted scalar. `None` if it stays as it is.
    pub(super) fn written(self, text: &str) -> Option<String> {
        match self {
            Self::Account if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) => {
                Some(format!("\"{text}\""))
            }
            // The short form of a product is just its id.
            Self::Id | Self::Product if needs_no_quotes(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

/// Whether every YAML reader, old or new, reads the word as text without quotes.
pub(super) fn needs_no_quotes(text: &str) -> bool {
    const NOT_TEXT: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !NOT_TEXT.iter().any(|word| text.eq_ignore_ascii_case(word))
}
