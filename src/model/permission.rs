//! What each operation of AWS is for, and what IAM has to allow for it. The table of operations says it row by row; the
//! policies of a catalog are folded from it.

use super::settings::Mode;

/// The kinds of accounts that a catalog has AWS do something in. An account may be several at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Where the role is by which the others are entered.
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

/// What a catalog may need operations for. Each is asked in accounts of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Roles of other accounts are entered.
    EnterRoles,
    /// Each organization is the one that the settings name, and its administrators have names.
    Organization,
    /// Accounts have names, and are of the organization.
    Accounts,
    /// Units are named by their path.
    UnitPaths,
    /// Units have names, and accounts below them.
    Units,
    /// `map` shows every unit and account.
    Tree,
    /// Portfolios are found by name, or several are named at once.
    PortfolioList,
    /// A portfolio that is listed by id has a name.
    PortfolioName,
    /// Portfolios are shared.
    Shares,
    /// Shares go through the organization.
    NodeShares,
    /// `map` tells a share of an account or unit from one that it inherits.
    Inheritance,
    /// What a share with a node has come to is waited for.
    ShareProgress,
    /// Shares with nodes reach accounts.
    Reach,
    /// Principals that a portfolio's owner shares by name are told from those of the recipient.
    OwnersPrincipals,
    /// Something happens inside the accounts that receive portfolios.
    Recipients,
    /// Accounts that receive portfolios have portfolios of their own.
    LocalPortfolios,
    /// Products of these have launch roles.
    LaunchRoles,
    /// Products of these are copies.
    Copies,
    /// What a copy has come to is waited for, and one that was begun is looked for.
    CopyProgress,
    /// Local portfolios hold what a portfolio of the account offers.
    OfferedProducts,
    /// Its products are copied.
    OfferedVersions,
    /// Experiences are found by name, or all of them are governed.
    ExperienceList,
    /// It is looked whether experiences are seen at all.
    SeenExperiences,
    /// Product lists govern experiences.
    Experiences,
    /// Experiences are made.
    MadeExperiences,
    /// Their description, their status and whether users may ask for products are governed.
    ExperienceTerms,
    /// Whom they govern is governed.
    Audiences,
    /// It is asked which experience governs an account, and what is approved in any.
    Governing,
    /// It is asked which accounts an experience governs.
    GovernedAccounts,
    /// How they look is governed.
    Brandings,
    /// Experiences are followed by others.
    MirroredExperiences,
    /// What a change set has come to is waited for.
    ChangeSets,
    /// A plan names the change sets that are under way in what it changes.
    RunningSets,
    /// Somebody asks who holds licences for what a plan denies.
    Licences,
    /// Products have names.
    ProductNames,
    /// Somebody asks what a listing is.
    Listings,
    /// `doctor` asks who administers what in an organization.
    Administrators,
    /// `doctor` asks what a role may do.
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

    /// Whether a session of a mode has it.
    pub fn is_in(self, mode: Mode) -> bool {
        match self {
            // Only what was begun is waited for.
            Self::ShareProgress | Self::ChangeSets | Self::CopyProgress => mode == Mode::Apply,
            // An apply waits for change sets and denies what was decided. `products`, `doctor`, `explain` and `map` ask as the
            // plan's role, and a plan for people says whom it reaches.
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

/// What a statement about an operation can be limited to (Service Authorization Reference, the column "Resource types").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Nothing: AWS takes `*` alone.
    Everything,
    /// Roles.
    Role,
    /// Portfolios: an account's own, or those that it receives.
    Portfolio,
    /// The account's catalog in a region: what a portfolio is made in.
    Catalog,
    /// The launch roles of the catalog.
    LaunchRole,
    /// The role that asks.
    OwnRole,
    /// Experiences, and what belongs to them.
    Entity,
    /// Experiences, and the change set that is made for them.
    Change,
}

/// What has to be allowed for an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The action, such as `servicecatalog:ListPortfolios`.
    pub action: String,
    /// What it is for.
    pub uses: &'static [Use],
    /// Whether only an apply may do it.
    pub writes: bool,
    /// What it is allowed for.
    pub scope: Scope,
    /// A condition key and the values that it may have.
    pub condition: Option<(&'static str, &'static [&'static str])>,
}
