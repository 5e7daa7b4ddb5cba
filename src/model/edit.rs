//! An edit: one thing that a plan does to one resource, with what it is now and what it becomes. There is no edit
//! that changes nothing.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::experience::Listing;
use super::id::{CatalogProductId, ConstraintId, PortfolioId, ProductId, VersionId};
use super::local::{LaunchRole, LocalPortfolio};
use super::portfolio::Share;
use super::recipient::{AcceptedBy, Principal};

/// A value that comes, changes or goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta<T> {
    /// It is missing and is made.
    Create(T),
    /// It exists and becomes different.
    Update {
        /// As it is.
        before: T,
        /// As it becomes.
        after: T,
    },
    /// It exists and is removed.
    Remove(T),
}

impl<T> Delta<T> {
    /// The value as it is; `None` for one that is made.
    pub fn before(&self) -> Option<&T> {
        match self {
            Self::Create(_) => None,
            Self::Update { before, after: _ } | Self::Remove(before) => Some(before),
        }
    }

    /// The value as it becomes; `None` for one that is removed.
    pub fn after(&self) -> Option<&T> {
        match self {
            Self::Create(after) | Self::Update { before: _, after } => Some(after),
            Self::Remove(_) => None,
        }
    }

    /// The value that identifies the edit: the new one, or the old one where it is removed.
    pub fn subject(&self) -> &T {
        match self {
            Self::Create(value) | Self::Update { before: _, after: value } | Self::Remove(value) => value,
        }
    }

    /// Which of the three it is.
    pub fn action(&self) -> Action {
        match self {
            Self::Create(_) => Action::Create,
            Self::Update { before: _, after: _ } => Action::Update,
            Self::Remove(_) => Action::Remove,
        }
    }
}

/// What an edit does to the thing that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Makes it.
    Create,
    /// Changes it.
    Update,
    /// Removes it.
    Remove,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Remove => "remove",
        })
    }
}

/// What an edit means for the people in the accounts, the worst first. `safety.max_removals`, the numbers of a plan
/// and the renderers all count by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Somebody loses something.
    Takes,
    /// Something changes, and nobody loses anything.
    Changes,
    /// Something is added.
    Gives,
}

/// When an edit is made among the edits of its target. Access is granted before it is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Makes what the others need.
    Open,
    /// Grants.
    Give,
    /// Changes.
    Change,
    /// Takes away.
    Take,
}

impl Phase {
    fn of(action: Action) -> Self {
        match action {
            Action::Create => Self::Give,
            Action::Update => Self::Change,
            Action::Remove => Self::Take,
        }
    }
}

/// What an edit is about. In a recipient each depends on those before it: so they are made in this order, and taken away
/// in the opposite one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A share of a portfolio.
    PortfolioShare,
    /// That a recipient has accepted a share.
    ShareAcceptance,
    /// A portfolio of a recipient's own.
    LocalPortfolio,
    /// A product in a local portfolio.
    ProductAssociation,
    /// A copy of a product in a local portfolio.
    ProductCopy,
    /// Whose rights a product of a local portfolio is launched with.
    LaunchConstraint,
    /// Who may launch from a portfolio.
    PrincipalAssociation,
    /// The policy that holds an experience's product lists.
    ProcurementPolicy,
    /// A product that can be bought.
    ProductApproval,
    /// A product that can't be bought.
    ProductDenial,
}

impl Kind {
    /// The word in the JSON of plans and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PortfolioShare => "portfolio_share",
            Self::ShareAcceptance => "share_acceptance",
            Self::LocalPortfolio => "local_portfolio",
            Self::ProductAssociation => "product_association",
            Self::ProductCopy => "product_copy",
            Self::LaunchConstraint => "launch_constraint",
            Self::PrincipalAssociation => "principal_association",
            Self::ProcurementPolicy => "procurement_policy",
            Self::ProductApproval => "product_approval",
            Self::ProductDenial => "product_denial",
        }
    }
}

/// An edit of a portfolio, made in the account that owns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubEdit {
    /// A share of the portfolio.
    Share(Delta<Share>),
    /// A share with a node that missed accounts is removed and made again on the same terms. The accounts that it
    /// reached are without it for a moment.
    Repair(Share),
}

impl HubEdit {
    /// The share that it is about: as it becomes, or as it was where it is removed.
    pub fn share(&self) -> &Share {
        match self {
            Self::Share(delta) => delta.subject(),
            Self::Repair(share) => share,
        }
    }
}

/// An edit of what an account does with a portfolio that it receives, made in that account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientEdit {
    /// The share is accepted.
    Accept(AcceptedBy),
    /// The account's own portfolio, with its tag.
    Local(Delta<LocalPortfolio>, Option<PortfolioId>),
    /// A product of the imported portfolio is put into the local one.
    Associate(CatalogProductId),
    /// A product is taken out of the local portfolio.
    Dissociate {
        /// The product.
        product: CatalogProductId,
        /// The constraints that go with it. Launch constraints are edits of their own.
        constraints: BTreeSet<ConstraintId>,
    },
    /// A copy of a product in the local portfolio.
    Copy(CopyEdit),
    /// Whose rights a product of the local portfolio is launched with.
    Launch {
        /// The product.
        product: Held,
        /// The constraint; `None` where it is made.
        constraint: Option<ConstraintId>,
        /// The role.
        role: Delta<LaunchRole>,
    },
    /// A principal may launch from now on.
    Grant(On, Principal),
    /// A principal may launch no longer.
    Revoke(On, Principal),
}

impl RecipientEdit {
    fn kind(&self) -> Kind {
        match self {
            Self::Accept(_) => Kind::ShareAcceptance,
            Self::Local(_, _) => Kind::LocalPortfolio,
            Self::Associate(_) | Self::Dissociate { .. } => Kind::ProductAssociation,
            Self::Copy(_) => Kind::ProductCopy,
            Self::Launch { .. } => Kind::LaunchConstraint,
            Self::Grant(_, _) | Self::Revoke(_, _) => Kind::PrincipalAssociation,
        }
    }

    fn action(&self) -> Action {
        match self {
            Self::Accept(_) | Self::Associate(_) | Self::Grant(_, _) => Action::Create,
            Self::Local(portfolio, _) => portfolio.action(),
            Self::Copy(copy) => copy.action(),
            Self::Launch { product: _, constraint: _, role } => role.action(),
            Self::Dissociate { .. } | Self::Revoke(_, _) => Action::Remove,
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Accept(by) => by.to_string(),
            Self::Local(portfolio, id) => {
                id.as_ref().map_or_else(|| portfolio.subject().name.clone(), ToString::to_string)
            }
            Self::Associate(product) | Self::Dissociate { product, constraints: _ } => product.to_string(),
            Self::Copy(copy) => copy.of().to_string(),
            Self::Launch { product, constraint: _, role: _ } => product.of().to_string(),
            Self::Grant(on, principal) | Self::Revoke(on, principal) => on.key(principal),
        }
    }

    fn phase(&self) -> Phase {
        match (self, self.action()) {
            (Self::Accept(_), _) | (Self::Local(_, _), Action::Create | Action::Update) => Phase::Open,
            (_, action) => Phase::of(action),
        }
    }
}

/// Which of a recipient's portfolios a principal may launch from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// The one that it imported.
    Imported,
    /// Its own.
    Local,
}

impl On {
    /// Marks the keys of principals on a local portfolio: the same principal may go from the one and come to the other.
    pub const LOCAL: &'static str = "local/";

    fn key(self, principal: &Principal) -> String {
        match self {
            Self::Imported => principal.arn.clone(),
            Self::Local => format!("{}{}", Self::LOCAL, principal.arn),
        }
    }
}

/// A product of a local portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// The product itself.
    Itself(CatalogProductId),
    /// A copy.
    Copy {
        /// The product that it was copied from.
        of: CatalogProductId,
        /// The copy; `None` where the plan makes it.
        id: Option<CatalogProductId>,
    },
}

impl Held {
    /// The product as the owner of the shared portfolio knows it.
    pub fn of(&self) -> &CatalogProductId {
        match self {
            Self::Itself(product) | Self::Copy { of: product, id: _ } => product,
        }
    }
}

/// An edit of a copy of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyEdit {
    /// It is made, tagged and put into the local portfolio.
    Make {
        /// The product that is copied.
        of: CatalogProductId,
        /// Its versions.
        versions: BTreeSet<VersionId>,
    },
    /// Versions that the product has got meanwhile are copied into it.
    Renew {
        /// The product that is copied.
        of: CatalogProductId,
        /// The copy.
        copy: CatalogProductId,
        /// The versions that it has.
        before: BTreeSet<VersionId>,
        /// The versions that it has afterwards.
        after: BTreeSet<VersionId>,
    },
    /// One that somebody else made gets the tag.
    Adopt {
        /// The product that is copied.
        of: CatalogProductId,
        /// The copy.
        copy: CatalogProductId,
    },
    /// It is taken out of the local portfolio and deleted.
    Drop {
        /// The product that it was copied from.
        of: CatalogProductId,
        /// The copy.
        copy: CatalogProductId,
        /// The constraints that go with it. Launch constraints are edits of their own.
        constraints: BTreeSet<ConstraintId>,
    },
}

impl CopyEdit {
    /// The product that is copied.
    pub fn of(&self) -> &CatalogProductId {
        match self {
            Self::Make { of, .. } | Self::Renew { of, .. } | Self::Adopt { of, .. } | Self::Drop { of, .. } => of,
        }
    }

    fn action(&self) -> Action {
        match self {
            Self::Make { .. } => Action::Create,
            Self::Renew { .. } | Self::Adopt { .. } => Action::Update,
            Self::Drop { .. } => Action::Remove,
        }
    }
}

/// A product that moves onto a list. AWS can take no product off both lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductEdit {
    /// The product.
    pub product: ProductId,
    /// The list it is on.
    pub before: Option<Listing>,
    /// The list it moves to: never the same.
    pub after: Listing,
    /// Sent with the change.
    pub notes: Option<String>,
}

/// An edit of an experience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExperienceEdit {
    /// A procurement policy for an experience that has none. Until then every product can be bought in it,
    /// afterwards the approved ones alone.
    Policy {
        /// The policy's name.
        name: String,
    },
    /// A product of the experience.
    Product(ProductEdit),
}

/// An edit of any family, by reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit<'a> {
    /// Of a portfolio.
    Hub(&'a HubEdit),
    /// Of a recipient.
    Recipient(&'a RecipientEdit),
    /// Of an experience.
    Experience(&'a ExperienceEdit),
}

/// The edits of one family of work.
pub trait Family {
    /// The edit, as code that handles all families sees it.
    fn edit(&self) -> Edit<'_>;
}

impl Family for HubEdit {
    fn edit(&self) -> Edit<'_> {
        Edit::Hub(self)
    }
}

impl Family for RecipientEdit {
    fn edit(&self) -> Edit<'_> {
        Edit::Recipient(self)
    }
}

impl Family for ExperienceEdit {
    fn edit(&self) -> Edit<'_> {
        Edit::Experience(self)
    }
}

impl Edit<'_> {
    /// What it is about.
    pub fn kind(self) -> Kind {
        match self {
            Self::Hub(HubEdit::Share(_) | HubEdit::Repair(_)) => Kind::PortfolioShare,
            Self::Recipient(edit) => edit.kind(),
            Self::Experience(ExperienceEdit::Policy { name: _ }) => Kind::ProcurementPolicy,
            Self::Experience(ExperienceEdit::Product(product)) => match product.after {
                Listing::Approved => Kind::ProductApproval,
                Listing::Denied => Kind::ProductDenial,
            },
        }
    }

    /// What it does. Denying a product removes something only where the product could be bought.
    pub fn action(self) -> Action {
        match self {
            Self::Hub(HubEdit::Share(share)) => share.action(),
            Self::Hub(HubEdit::Repair(_)) => Action::Update,
            Self::Recipient(edit) => edit.action(),
            Self::Experience(ExperienceEdit::Policy { name: _ }) => Action::Create,
            Self::Experience(ExperienceEdit::Product(product)) => match (product.before, product.after) {
                (Some(Listing::Approved), Listing::Denied) => Action::Remove,
                _ => Action::Create,
            },
        }
    }

    /// What it is about, unique together with the kind inside its target.
    pub fn key(self) -> String {
        match self {
            Self::Hub(edit) => edit.share().receiver().to_string(),
            Self::Recipient(edit) => edit.key(),
            Self::Experience(ExperienceEdit::Policy { name: _ }) => "procurement-policy".to_owned(),
            Self::Experience(ExperienceEdit::Product(product)) => product.product.to_string(),
        }
    }

    /// What it means for the people in the accounts. The only place that says what "takes away" is: what is removed, a
    /// share that is removed and made again, principals or TagOptions that are no longer shared, a product that can no
    /// longer be bought, and a first procurement policy, since everything could be bought until then.
    pub fn effect(self) -> Effect {
        let takes = match self {
            // What is done in a recipient takes something away where it removes something.
            Self::Hub(HubEdit::Share(Delta::Create(_))) | Self::Recipient(_) => false,
            Self::Hub(HubEdit::Share(Delta::Update { before, after })) => {
                (before.tag_options() && !after.tag_options())
                    || (before.principals() == Some(true) && after.principals() != Some(true))
            }
            Self::Hub(HubEdit::Share(Delta::Remove(_)) | HubEdit::Repair(_))
            | Self::Experience(ExperienceEdit::Policy { name: _ }) => true,
            Self::Experience(ExperienceEdit::Product(product)) => product.before == Some(Listing::Approved),
        };
        match self.action() {
            _ if takes => Effect::Takes,
            Action::Create => Effect::Gives,
            Action::Update => Effect::Changes,
            Action::Remove => Effect::Takes,
        }
    }

    /// Whether somebody loses something by it: what `safety.max_removals` counts.
    pub fn takes_away(self) -> bool {
        self.effect() == Effect::Takes
    }

    /// When it is made among the edits of its target.
    pub fn phase(self) -> Phase {
        match self {
            Self::Hub(HubEdit::Share(share)) => Phase::of(share.action()),
            Self::Hub(HubEdit::Repair(_)) => Phase::Change,
            Self::Recipient(edit) => edit.phase(),
            Self::Experience(ExperienceEdit::Policy { name: _ }) => Phase::Open,
            Self::Experience(ExperienceEdit::Product(product)) => match product.after {
                Listing::Approved => Phase::Give,
                Listing::Denied => Phase::Take,
            },
        }
    }

    /// Whether two edits do the same. Other notes alone don't make an edit another.
    pub fn does_the_same(self, other: Edit<'_>) -> bool {
        match (self, other) {
            (
                Edit::Experience(ExperienceEdit::Product(ProductEdit { product, before, after, notes: _ })),
                Edit::Experience(ExperienceEdit::Product(other)),
            ) => (product, before, after) == (&other.product, &other.before, &other.after),
            (one, other) => one == other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(tag_options: bool, principals: bool) -> Share {
        Share::Ou { ou: "ou-acme-prod0001".parse().unwrap(), tag_options, principals }
    }

    fn update(before: Share, after: Share) -> HubEdit {
        HubEdit::Share(Delta::Update { before, after })
    }

    #[test]
    fn turning_off_principals_or_tag_options_takes_something_away() {
        assert!(update(unit(false, true), unit(false, false)).edit().takes_away());
        assert!(update(unit(true, false), unit(false, true)).edit().takes_away());
        assert_eq!(update(unit(false, false), unit(true, true)).edit().effect(), Effect::Changes);
        assert_eq!(HubEdit::Share(Delta::Create(unit(true, true))).edit().effect(), Effect::Gives);
    }

    #[test]
    fn a_first_policy_and_a_denied_approval_take_something_away() {
        assert!(ExperienceEdit::Policy { name: "P".to_owned() }.edit().takes_away());
        let product = |before, after| {
            ExperienceEdit::Product(ProductEdit { product: "prod-1".parse().unwrap(), before, after, notes: None })
        };
        assert!(product(Some(Listing::Approved), Listing::Denied).edit().takes_away());
        assert_eq!(product(None, Listing::Denied).edit().effect(), Effect::Gives);
        assert_eq!(product(Some(Listing::Denied), Listing::Approved).edit().effect(), Effect::Gives);
    }
}
