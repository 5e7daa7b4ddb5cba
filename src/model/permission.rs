//! The purpose of each AWS operation, and the IAM permission that it needs. Each row of the table of operations says
//! it. The policies of a catalog are computed from the rows.

use super::settings::Mode;

/// The kinds of accounts in which a catalog needs AWS calls. An account may be of several kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Holds the role through which the roles of other accounts are assumed.
    Entry,
    /// Owns portfolios.
    Hub,
    /// Governs a private marketplace.
    Marketplace,
    /// Receives portfolios.
    Recipient,
}

impl Part {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Hub => "hub",
            Self::Marketplace => "marketplace",
            Self::Recipient => "recipient",
        }
    }
}

/// The purposes for which a catalog needs operations. Each belongs to accounts of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Assuming roles of other accounts.
    EnterRoles,
    /// Checking that an organization has the id of the settings, and reading the names of its administrators.
    Organization,
    /// Reading accounts' names, and whether they belong to the organization.
    Accounts,
    /// Resolving the paths of units.
    UnitPaths,
    /// Reading units' names, and the accounts below them.
    Units,
    /// Showing every unit and account in `map`.
    Tree,
    /// Finding portfolios by name, or naming several at once.
    PortfolioList,
    /// Reading the name of a portfolio that the catalog gives by id.
    PortfolioName,
    /// Sharing portfolios.
    Shares,
    /// Sharing through the organization.
    NodeShares,
    /// Telling, for `map`, a share with an account or unit from one that it inherits.
    Inheritance,
    /// Waiting for the end of a share with a node.
    ShareProgress,
    /// Reading which accounts a share with a node reached.
    Reach,
    /// Telling principals that a portfolio's owner shares by name from the recipient's own.
    OwnersPrincipals,
    /// Governing what happens inside the accounts that receive portfolios.
    Recipients,
    /// Governing the local portfolios of recipients.
    LocalPortfolios,
    /// Setting launch roles on the products of local portfolios.
    LaunchRoles,
    /// Copying products into local portfolios.
    Copies,
    /// Waiting for the end of a copy, and finding one that was begun before.
    CopyProgress,
    /// Reading the products that the shared portfolio offers to local portfolios.
    OfferedProducts,
    /// Reading the versions of these products, to copy them.
    OfferedVersions,
    /// Finding experiences by name, or governing all of them.
    ExperienceList,
    /// Checking whether any experiences are visible.
    SeenExperiences,
    /// Governing experiences by product lists.
    Experiences,
    /// Creating experiences.
    MadeExperiences,
    /// Governing the description and the status of experiences, and whether users may request products.
    ExperienceTerms,
    /// Governing the audiences of experiences.
    Audiences,
    /// Finding which experience governs an account, and what is approved in an experience.
    Governing,
    /// Finding which accounts an experience governs.
    GovernedAccounts,
    /// Governing the branding of experiences.
    Brandings,
    /// Reading the experiences that others mirror.
    MirroredExperiences,
    /// Waiting for the end of a change set.
    ChangeSets,
    /// Naming in a plan the change sets that are running in what it changes.
    RunningSets,
    /// Finding who holds licences for products that a plan denies.
    Licences,
    /// Reading the names of products.
    ProductNames,
    /// Looking up a listing of AWS Marketplace.
    Listings,
    /// Asking, in `doctor`, for the administrators of an organization's services.
    Administrators,
    /// Asking, in `doctor`, what a role may do.
    Simulation,
}

impl Use {
    /// Every use there is.
    pub const ALL: [Self; 38] = [
        Self::EnterRoles,
        Self::Organization,
        Self::Accounts,
        Self::UnitPaths,
        Self::Units,
        Self::Tree,
        Self::PortfolioList,
        Self::PortfolioName,
        Self::Shares,
        Self::NodeShares,
        Self::Inheritance,
        Self::ShareProgress,
        Self::Reach,
        Self::OwnersPrincipals,
        Self::Recipients,
        Self::LocalPortfolios,
        Self::LaunchRoles,
        Self::Copies,
        Self::CopyProgress,
        Self::OfferedProducts,
        Self::OfferedVersions,
        Self::ExperienceList,
        Self::SeenExperiences,
        Self::Experiences,
        Self::MadeExperiences,
        Self::ExperienceTerms,
        Self::Audiences,
        Self::Governing,
        Self::GovernedAccounts,
        Self::Brandings,
        Self::MirroredExperiences,
        Self::ChangeSets,
        Self::RunningSets,
        Self::Licences,
        Self::ProductNames,
        Self::Listings,
        Self::Administrators,
        Self::Simulation,
    ];

    /// Whether a session in this mode needs the permissions of this use.
    pub fn is_in(self, mode: Mode) -> bool {
        match self {
            // Only an apply starts something that has to be waited for.
            Self::ShareProgress | Self::ChangeSets | Self::CopyProgress => mode == Mode::Apply,
            // An apply waits for running change sets and carries out denials that were already decided, so it needs
            // none of these. `products`, `doctor`, `explain` and `map` use the plan's role, and only a plan for
            // people says which accounts it reaches.
            Self::Tree
            | Self::Inheritance
            | Self::RunningSets
            | Self::Licences
            | Self::Listings
            | Self::SeenExperiences
            | Self::Governing
            | Self::GovernedAccounts
            | Self::Administrators
            | Self::Simulation => mode == Mode::Plan,
            Self::EnterRoles
            | Self::Organization
            | Self::Accounts
            | Self::UnitPaths
            | Self::Units
            | Self::PortfolioList
            | Self::PortfolioName
            | Self::Shares
            | Self::NodeShares
            | Self::Reach
            | Self::OwnersPrincipals
            | Self::Recipients
            | Self::LocalPortfolios
            | Self::LaunchRoles
            | Self::Copies
            | Self::OfferedProducts
            | Self::OfferedVersions
            | Self::ExperienceList
            | Self::Experiences
            | Self::MadeExperiences
            | Self::ExperienceTerms
            | Self::Audiences
            | Self::Brandings
            | Self::MirroredExperiences
            | Self::ProductNames => true,
        }
    }
}

/// The resources to which a statement can limit an operation (Service Authorization Reference, column "Resource
/// types").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// No limit: AWS accepts only `*`.
    Everything,
    /// Roles.
    Role,
    /// Portfolios: the account's own or received ones.
    Portfolio,
    /// The account's catalog in a region, in which portfolios are created.
    Catalog,
    /// The launch roles of the catalog.
    LaunchRole,
    /// The caller's own role.
    OwnRole,
    /// Experiences, and the entities that belong to them.
    Entity,
    /// Experiences, and the change set that changes them.
    Change,
}

/// The permission that an operation needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The action, such as `servicecatalog:ListPortfolios`.
    pub action: String,
    /// What it is for.
    pub uses: &'static [Use],
    /// Whether only an apply needs it.
    pub writes: bool,
    /// The resources that it is allowed for.
    pub scope: Scope,
    /// A condition key and the values that it may have.
    pub condition: Option<(&'static str, &'static [&'static str])>,
}
