//! What stands where in which file: the order of its keys, and which values are ids. From the records themselves.

use crate::catalog::json_schema::FileKind;
use crate::catalog::local::LocalPortfolio;
use crate::catalog::record::Record as _;
use crate::catalog::schema::{
    Access, AudienceEntry, Branding, Experience, IgnoredShare, Marketplace, Mirror, Organization, Portfolio,
    ProductEntry, Recipients, RemovalsByKind, Require, Safety, Settings, Share,
};

/// What a value is, as far as its form goes.
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
    /// A list of them, and one.
    Shares,
    Share,
    IgnoredShares,
    IgnoredShare,
    /// Entries of `recipients`, and one.
    Recipients,
    Recipient,
    LocalPortfolio,
    Marketplace,
    Mirror,
    Products,
    Product,
    Experiences,
    Experience,
    /// Entries of `audience`, and one.
    Audience,
    AudienceEntry,
    Branding,
    Ids,
    Accounts,
    /// An AWS account: digits, which would be a number without quotes.
    Account,
    /// A word of letters, digits and hyphens, which needs no quotes.
    Id,
    /// Left as it is.
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

    /// The keys in their order; none where the order is the writer's.
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

    /// What a key's value is.
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

    /// What an entry of a list is.
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

    /// Entries in the order of their keys; keys that are not known stay behind, as they stand.
    pub(super) fn order<T>(self, entries: &mut [T], key: impl Fn(&T) -> &str) {
        let keys = self.keys();
        entries.sort_by_key(|entry| keys.iter().position(|known| *known == key(entry)).unwrap_or(usize::MAX));
    }

    /// A scalar as it is written here, or nothing where it stays as it is.
    pub(super) fn written(self, text: &str) -> Option<String> {
        match self {
            Self::Account if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) => {
                Some(format!("\"{text}\""))
            }
            // The short form of a product is its id.
            Self::Id | Self::Product if needs_no_quotes(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

/// A word that is text to every reader of YAML, of today and of old.
pub(super) fn needs_no_quotes(text: &str) -> bool {
    const NOT_TEXT: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !NOT_TEXT.iter().any(|word| text.eq_ignore_ascii_case(word))
}
