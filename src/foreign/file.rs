//! Files of other tools, and their kinds.

use std::fmt;

use crate::model::id::Name;
use crate::model::settings::{OrganizationSettings, Settings};

use crate::yaml::{self, Broken, Node, Place};

/// The largest file that is read. Terraform states are the largest of these files.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// A file of another tool, as it was read.
#[derive(Debug, Clone)]
pub struct ForeignFile {
    /// The path, as the user gave it.
    pub path: String,
    /// The contents, without a byte order mark.
    pub text: String,
}

impl ForeignFile {
    /// The values in the file.
    pub(super) fn tree(&self) -> Result<Node<'_>, Trouble> {
        yaml::parse(&self.text).map_err(|Broken { place, what }| Trouble::at(&self.path, place, &what))
    }
}

/// The tool and the format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `customizations-config.yaml` of the Landing Zone Accelerator, with `accounts-config.yaml`.
    Lza,
    /// A manifest of Service Catalog Puppet.
    Puppet,
    /// A Terraform state, or the output of `terraform show -json`.
    Terraform,
    /// Configuration files of aws-samples/private-marketplace-automation.
    MarketplaceAutomation,
    /// A CSV file with product ids.
    Csv,
}

impl Kind {
    /// Every kind, in the order in which `recognise` tries them.
    pub const ALL: [Self; 5] = [Self::Lza, Self::Puppet, Self::Terraform, Self::MarketplaceAutomation, Self::Csv];

    /// The word for this kind on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lza => "lza",
            Self::Puppet => "puppet",
            Self::Terraform => "terraform",
            Self::MarketplaceAutomation => "marketplace-automation",
            Self::Csv => "csv",
        }
    }

    /// Whether its files are about portfolios. Otherwise they are about product lists.
    pub fn is_about_portfolios(self) -> bool {
        match self {
            Self::Lza | Self::Puppet | Self::Terraform => true,
            Self::MarketplaceAutomation | Self::Csv => false,
        }
    }
}

/// The organization that the files are imported for.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'s> {
    /// Its name in the settings.
    pub name: &'s Name,
    /// Its settings.
    pub organization: &'s OrganizationSettings,
    /// The settings of the catalog.
    pub settings: &'s Settings,
}

/// Why a file can't be read, with the place.
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
