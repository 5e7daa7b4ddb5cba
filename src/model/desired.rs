//! The desired state: the checked catalog, in which every value knows its place in a file.

use std::collections::{BTreeMap, BTreeSet};

pub use super::experience_terms::ExperienceTerms;
use super::finding::{Silence, Source};
use super::id::{AccountId, ExperienceId, Name, OrganizationId, PortfolioId, ProductId, Region};
pub use super::lists::{DesiredProduct, ExpiredProduct, ProductLists, Selector, Unlisted, Until};
use super::local::LaunchRole;
use super::mirror::Products;
use super::portfolio::Share;
use super::recipient::PrincipalRef;
use super::settings::Settings;
use super::target::{ExperienceKey, TargetName};
pub use super::unit_ref::OuRef;

/// A whole catalog. The default is empty and sets no limit.
#[derive(Debug, Clone, Default)]
pub struct Desired {
    /// `settings.yaml`.
    pub settings: Settings,
    /// Every portfolio in each of its regions, by target.
    pub portfolios: BTreeMap<TargetName, DesiredPortfolio>,
    /// Every entry of every product list's `experiences`, in the order of the files.
    pub experiences: Vec<DesiredExperience>,
    /// The names that the catalog gives to products, from all files.
    pub product_names: BTreeMap<ProductId, String>,
    /// Comments that silence warnings.
    pub silences: Vec<Silence>,
    /// `sha256:…` of the files' paths and bytes.
    pub digest: String,
}

impl Desired {
    /// The portfolio of a target, for the owner's target as well as for a recipient's. `None` for experiences, and if
    /// no file names it.
    pub fn portfolio_of(&self, target: &TargetName) -> Option<&DesiredPortfolio> {
        match target {
            TargetName::Portfolio { .. } => self.portfolios.get(target),
            TargetName::Recipient { file, account: _, region } => {
                let of_it = |(name, it): &(&TargetName, &DesiredPortfolio)| name.file() == file && it.region == *region;
                self.portfolios.iter().find(of_it).map(|(_, it)| it)
            }
            TargetName::Marketplace { .. } => None,
        }
    }
}

/// The text behind a product's name if another product of the catalog has the same name.
const NAMESAKE: (&str, &str) = (" (the name of ", ", too)");

/// A product's name with the remark that `other` has the same name. A list may give any name to any product, so equal
/// names would mislead a reader.
pub fn shared_name(name: &str, other: &ProductId) -> String {
    format!("{name}{}{other}{}", NAMESAKE.0, NAMESAKE.1)
}

/// A product's name as it stands in the catalog, without the remark that [`shared_name`] adds.
pub fn own_name(name: &str) -> &str {
    let own = name.strip_suffix(NAMESAKE.1).and_then(|rest| rest.rsplit_once(NAMESAKE.0));
    own.map_or(name, |(own, _)| own)
}

/// A portfolio in one region, and its desired shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredPortfolio {
    /// The organization's name in the settings.
    pub organization: Name,
    /// The owning account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// The portfolio, by id or by name.
    pub portfolio: Selector<PortfolioId>,
    /// The line of `portfolio:` or `id:`.
    pub source: Source,
    /// The desired shares.
    pub shares: Vec<DesiredShare>,
    /// Entries of `shares` whose `until` has passed. A plan treats them as not listed.
    pub expired: Vec<DesiredShare>,
    /// Receivers whose live shares are left alone.
    pub ignored: Vec<IgnoredReceiver>,
    /// What happens to other live shares.
    pub unlisted: Unlisted,
    /// The desired state inside the accounts that receive it.
    pub recipients: Vec<DesiredRecipients>,
}

/// A desired share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredShare {
    /// The receiver and the terms.
    pub share: Share<OuRef>,
    /// Notes for the reader of a plan.
    pub notes: Option<String>,
    /// The last day on which the entry counts.
    pub until: Option<Until>,
    /// The place where the entry begins.
    pub source: Source,
}

/// An entry of a portfolio's `recipients`: the desired state inside some of the accounts that receive it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredRecipients {
    /// The accounts that it covers.
    pub who: Recipients,
    /// Accounts that this entry leaves out. An entry for a node further up may still cover them.
    pub except: BTreeSet<AccountId>,
    /// The complete list of principals that may launch. They launch from the local portfolio if there is one,
    /// otherwise from the imported portfolio.
    pub principals: Vec<DesiredPrincipal>,
    /// The account's own portfolio that holds the received products.
    pub local: Option<DesiredLocal>,
    /// The place where the entry begins.
    pub source: Source,
}

/// A `local_portfolio` of an entry of `recipients`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredLocal {
    /// Its display name.
    pub name: String,
    /// Its provider.
    pub provider: String,
    /// Its description. `None` if the catalog leaves the live description as it is.
    pub description: Option<String>,
    /// The products of the shared portfolio that it holds.
    pub products: DesiredProducts,
    /// What happens to products that are not in the shared portfolio.
    pub unlisted: Unlisted,
    /// Whether to take over an existing portfolio of that name that does not have the tag.
    pub adopt: bool,
    /// Whether it holds the shared products themselves or copies.
    pub mode: LocalMode,
    /// The launch role of its products. `None` if products are launched with the rights of the user who launches
    /// them.
    pub launch_role: Option<DesiredLaunchRole>,
    /// The place where it begins.
    pub source: Source,
}

/// The products of a shared portfolio that a local portfolio holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DesiredProducts {
    /// All products of the shared portfolio.
    All(Source),
    /// The named products, each with its line.
    Named(BTreeMap<String, Source>),
}

/// How a local portfolio holds products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LocalMode {
    /// The shared products themselves. New versions appear in them without any change by this tool.
    #[default]
    Reference,
    /// Copies. They are updated when the shared product has new versions.
    Copy,
}

/// A `launch_role`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredLaunchRole {
    /// The role.
    pub role: LaunchRole,
    /// The place where it stands.
    pub source: Source,
}

/// The accounts that an entry of `recipients` covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipients {
    /// One account.
    Account(AccountId),
    /// The active accounts below an organizational unit.
    Ou(OuRef),
    /// The active accounts of the organization.
    Organization(OrganizationId),
}

/// A principal that may launch, as the catalog names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredPrincipal {
    /// The principal.
    pub who: PrincipalRef,
    /// The place where it stands.
    pub source: Source,
}

/// An entry of a portfolio's `ignore`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredReceiver {
    /// The receiver whose shares are left alone.
    pub who: Ignored,
    /// The place where the entry begins.
    pub source: Source,
}

/// A receiver whose shares are left alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ignored {
    /// An account, with both types of share: direct and as a member of the organization.
    Account(AccountId),
    /// An organizational unit.
    Ou(OuRef),
    /// The organization.
    Organization(OrganizationId),
}

/// The experiences of an organization that a product list governs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExperienceSelector {
    /// A single experience.
    One(Selector<ExperienceId>),
    /// Every experience that is enabled and not archived.
    AllLive {
        /// Except these.
        except: BTreeSet<ExperienceId>,
    },
}

/// An entry of a product list's `experiences`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredExperience {
    /// The product list's file stem.
    pub file: Name,
    /// The organization's name in the settings.
    pub organization: Name,
    /// The organization's marketplace account.
    pub account: AccountId,
    /// The experiences.
    pub selector: ExperienceSelector,
    /// The products that the file wants in them.
    pub products: Products,
    /// Desired properties of the experiences themselves.
    pub terms: ExperienceTerms,
    /// The place where the entry begins.
    pub source: Source,
}

impl DesiredExperience {
    /// The part of the target's name that identifies the experience, from the catalog alone: `*` for `all_live`.
    pub fn experience(&self) -> ExperienceKey {
        match &self.selector {
            ExperienceSelector::One(Selector::Id(id)) => ExperienceKey::Id(id.clone()),
            ExperienceSelector::One(Selector::Name(name)) => ExperienceKey::Name(name.clone()),
            ExperienceSelector::AllLive { except: _ } => ExperienceKey::AllLive,
        }
    }

    /// The target's name, from the catalog alone.
    pub fn target(&self) -> TargetName {
        let (file, organization) = (self.file.clone(), self.organization.clone());
        TargetName::Marketplace { file, organization, experience: self.experience() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_that_is_shared_can_be_had_without_its_remark() {
        let shared = shared_name("Snyk (SaaS)", &"prod-1".parse().unwrap());
        assert_eq!(shared, "Snyk (SaaS) (the name of prod-1, too)");
        assert_eq!((own_name(&shared), own_name("Snyk (SaaS)")), ("Snyk (SaaS)", "Snyk (SaaS)"));
    }
}
