//! What the catalog says: the desired state, checked and with every value's place.

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

/// A whole catalog. The default says nothing, and sets no limit.
#[derive(Debug, Clone, Default)]
pub struct Desired {
    /// `settings.yaml`.
    pub settings: Settings,
    /// Every portfolio in every region of its, by target.
    pub portfolios: BTreeMap<TargetName, DesiredPortfolio>,
    /// Every entry of every product list's `experiences`, in the order of the files.
    pub experiences: Vec<DesiredExperience>,
    /// Product names, for people, from all files.
    pub product_names: BTreeMap<ProductId, String>,
    /// Comments that silence warnings.
    pub silences: Vec<Silence>,
    /// `sha256:…` of the files' paths and bytes.
    pub digest: String,
}

impl Desired {
    /// The portfolio that a target is about, as the one that is shared or as what is received; `None` for experiences and
    /// where no file names it.
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

/// What stands behind a product's name that another product of the catalog bears too.
const NAMESAKE: (&str, &str) = (" (the name of ", ", too)");

/// A product's name that `other` bears too: whoever writes a list can call any product what they like.
pub fn shared_name(name: &str, other: &ProductId) -> String {
    format!("{name}{}{other}{}", NAMESAKE.0, NAMESAKE.1)
}

/// A product's name as the catalog has it, without what [`shared_name`] says of it.
pub fn own_name(name: &str) -> &str {
    let own = name.strip_suffix(NAMESAKE.1).and_then(|rest| rest.rsplit_once(NAMESAKE.0));
    own.map_or(name, |(own, _)| own)
}

/// A portfolio in one region and with whom it should be shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredPortfolio {
    /// The organization's name in the settings.
    pub organization: Name,
    /// The owning account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// Which portfolio.
    pub portfolio: Selector<PortfolioId>,
    /// The line of `portfolio:` or `id:`.
    pub source: Source,
    /// With whom it should be shared.
    pub shares: Vec<DesiredShare>,
    /// Entries of `shares` whose `until` has passed: as if they were not listed.
    pub expired: Vec<DesiredShare>,
    /// Receivers whose live shares are left alone.
    pub ignored: Vec<IgnoredReceiver>,
    /// What becomes of other live shares.
    pub unlisted: Unlisted,
    /// What happens inside the accounts that receive it.
    pub recipients: Vec<DesiredRecipients>,
}

/// A share that should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredShare {
    /// With whom, on what terms.
    pub share: Share<OuRef>,
    /// For people.
    pub notes: Option<String>,
    /// The last day that the entry counts.
    pub until: Option<Until>,
    /// Where the entry begins.
    pub source: Source,
}

/// An entry of a portfolio's `recipients`: what happens inside some of the accounts that receive it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredRecipients {
    /// Which accounts.
    pub who: Recipients,
    /// But not these. An entry for a node further up may still cover them.
    pub except: BTreeSet<AccountId>,
    /// Who may launch: all of them, and nobody else. From the local portfolio where there is one, else from the imported
    /// one.
    pub principals: Vec<DesiredPrincipal>,
    /// The portfolio of the account's own that holds what it receives.
    pub local: Option<DesiredLocal>,
    /// Where the entry begins.
    pub source: Source,
}

/// A `local_portfolio` of an entry of `recipients`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredLocal {
    /// Its display name.
    pub name: String,
    /// Its provider.
    pub provider: String,
    /// Its description; `None` where the catalog leaves it as it is.
    pub description: Option<String>,
    /// Which products of the shared portfolio are in it.
    pub products: DesiredProducts,
    /// What becomes of products that are no products of the shared portfolio.
    pub unlisted: Unlisted,
    /// Whether one of that name without the tag is taken over.
    pub adopt: bool,
    /// Whether it holds the products themselves, or copies.
    pub mode: LocalMode,
    /// Whose rights its products are launched with; `None` where those of whoever launches are meant.
    pub launch_role: Option<DesiredLaunchRole>,
    /// Where it begins.
    pub source: Source,
}

/// Which products of a shared portfolio are in a local one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DesiredProducts {
    /// All that the shared portfolio has.
    All(Source),
    /// Some, each with its line.
    Named(BTreeMap<String, Source>),
}

/// How a local portfolio holds products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LocalMode {
    /// The products themselves: they stay in step by themselves.
    #[default]
    Reference,
    /// Copies, which are copied again when the product has new versions.
    Copy,
}

/// A `launch_role`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredLaunchRole {
    /// The role.
    pub role: LaunchRole,
    /// Where it stands.
    pub source: Source,
}

/// Which accounts an entry of `recipients` is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipients {
    /// One.
    Account(AccountId),
    /// The active accounts below an organizational unit.
    Ou(OuRef),
    /// The active accounts of the organization.
    Organization(OrganizationId),
}

/// A principal that may launch, as the catalog names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredPrincipal {
    /// Who.
    pub who: PrincipalRef,
    /// Where it stands.
    pub source: Source,
}

/// An entry of a portfolio's `ignore`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredReceiver {
    /// Whose shares are left alone.
    pub who: Ignored,
    /// Where the entry begins.
    pub source: Source,
}

/// Whose shares are left alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ignored {
    /// An account's, by itself or as a member.
    Account(AccountId),
    /// An organizational unit's.
    Ou(OuRef),
    /// The organization's.
    Organization(OrganizationId),
}

/// Which experiences of an organization a product list governs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExperienceSelector {
    /// A single one.
    One(Selector<ExperienceId>),
    /// Every enabled, unarchived one.
    AllLive {
        /// But for these.
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
    /// Which experiences.
    pub selector: ExperienceSelector,
    /// The products that it brings them to.
    pub products: Products,
    /// What it says of the experiences themselves.
    pub terms: ExperienceTerms,
    /// Where the entry begins.
    pub source: Source,
}

impl DesiredExperience {
    /// How the target's name tells the experience, as far as the catalog alone can: `*` for all live ones.
    pub fn experience(&self) -> ExperienceKey {
        match &self.selector {
            ExperienceSelector::One(Selector::Id(id)) => ExperienceKey::Id(id.clone()),
            ExperienceSelector::One(Selector::Name(name)) => ExperienceKey::Name(name.clone()),
            ExperienceSelector::AllLive { except: _ } => ExperienceKey::AllLive,
        }
    }

    /// The target's name as far as the catalog alone can tell.
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
