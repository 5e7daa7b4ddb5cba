//! Files of other tools, and whose they are.

use std::fmt;

use crate::model::id::Name;
use crate::model::settings::{OrganizationSettings, Settings};

use super::place::Place;

/// The largest file that is read. States of Terraform are the largest of these.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// A file of another tool, as it was read.
#[derive(Debug, Clone)]
pub struct ForeignFile {
    /// Its path, as people gave it.
    pub path: String,
    /// What is in it, without a byte order mark.
    pub text: String,
}

/// Whose files these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `customizations-config.yaml` of the Landing Zone Accelerator, with `accounts-config.yaml`.
    Lza,
    /// A manifest of Service Catalog Puppet.
    Puppet,
    /// A state of Terraform, or what `terraform show -json` prints.
    Terraform,
    /// Configuration files of aws-samples/private-marketplace-automation.
    MarketplaceAutomation,
    /// Product ids.
    Csv,
}

impl Kind {
    /// Every kind, in the order in which they are tried.
    pub const ALL: [Self; 5] = [Self::Lza, Self::Puppet, Self::Terraform, Self::MarketplaceAutomation, Self::Csv];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lza => "lza",
            Self::Puppet => "puppet",
            Self::Terraform => "terraform",
            Self::MarketplaceAutomation => "marketplace-automation",
            Self::Csv => "csv",
        }
    }

    /// Whether its files are about portfolios; otherwise they are about product lists.
    pub fn is_about_portfolios(self) -> bool {
        match self {
            Self::Lza | Self::Puppet | Self::Terraform => true,
            Self::MarketplaceAutomation | Self::Csv => false,
        }
    }
}

/// The organization that the files are to be for.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'s> {
    /// Its name in the settings.
    pub name: &'s Name,
    /// Its settings.
    pub organization: &'s OrganizationSettings,
    /// Those of the catalog.
    pub settings: &'s Settings,
}

/// Why a file can't be understood, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble(pub(super) String);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    pub(super) fn at(path: &str, place: Place, what: &str) -> Self {
        let Place { line, column } = place;
        Self(format!("{path}:{line}:{column}: {what}"))
    }
}
