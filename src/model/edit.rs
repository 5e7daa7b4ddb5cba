//! An edit: one thing that a plan does to one resource, with its state before and after. The types allow no edit
//! without a difference.

pub use super::action::{Action, Delta, Effect, Kind, Phase};
pub use super::experience_edit::{ExperienceEdit, NewExperience, ProductEdit, part_name};
use super::portfolio::Share;
pub use super::recipient_edit::{CopyEdit, Held, On, RecipientEdit};

/// An edit of a portfolio, made in the account that owns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubEdit {
    /// A share of the portfolio.
    Share(Delta<Share>),
    /// A share with a node that missed accounts is removed and made again on the same terms. In between, the accounts
    /// that it reached don't have the portfolio.
    Repair(Share),
}

impl HubEdit {
    /// The share after the edit, or the share before it if it is removed.
    pub fn share(&self) -> &Share {
        match self {
            Self::Share(delta) => delta.subject(),
            Self::Repair(share) => share,
        }
    }
}

/// An edit of any family, by reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit<'a> {
    /// An edit of a portfolio.
    Hub(&'a HubEdit),
    /// An edit inside a recipient.
    Recipient(&'a RecipientEdit),
    /// An edit of an experience.
    Experience(&'a ExperienceEdit),
}

/// The edits of one family of work.
pub trait Family {
    /// The edit as an [`Edit`], for code that handles all families.
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
    /// The kind of thing that it edits.
    pub fn kind(self) -> Kind {
        match self {
            Self::Hub(HubEdit::Share(_) | HubEdit::Repair(_)) => Kind::PortfolioShare,
            Self::Recipient(edit) => edit.kind(),
            Self::Experience(edit) => edit.kind(),
        }
    }

    /// Whether it creates, updates or removes.
    pub fn action(self) -> Action {
        match self {
            Self::Hub(HubEdit::Share(share)) => share.action(),
            Self::Hub(HubEdit::Repair(_)) => Action::Update,
            Self::Recipient(edit) => edit.action(),
            Self::Experience(edit) => edit.action(),
        }
    }

    /// The key of what it edits. Kind and key together are unique within a target.
    pub fn key(self) -> String {
        match self {
            Self::Hub(edit) => edit.share().receiver().to_string(),
            Self::Recipient(edit) => edit.key(),
            Self::Experience(edit) => edit.key(),
        }
    }

    /// What the edit means for the people in the accounts. This is the only place that defines "takes away":
    ///
    /// - a removal;
    /// - a share that is removed and made again;
    /// - principals or TagOptions that are no longer shared;
    /// - a product that can no longer be bought;
    /// - a first procurement policy, since until then everything could be bought;
    /// - an edit that puts accounts under another experience than before.
    pub fn effect(self) -> Effect {
        let takes = match self {
            Self::Experience(edit) => return edit.effect(),
            // An edit inside a recipient takes something away only if its action is a removal, which is handled
            // below.
            Self::Hub(HubEdit::Share(Delta::Create(_))) | Self::Recipient(_) => false,
            Self::Hub(HubEdit::Share(Delta::Update { before, after })) => {
                (before.tag_options() && !after.tag_options())
                    || (before.principals() == Some(true) && after.principals() != Some(true))
            }
            Self::Hub(HubEdit::Share(Delta::Remove(_)) | HubEdit::Repair(_)) => true,
        };
        match self.action() {
            _ if takes => Effect::Takes,
            Action::Create => Effect::Gives,
            Action::Update => Effect::Changes,
            Action::Remove => Effect::Takes,
        }
    }

    /// Whether somebody loses something by it. `safety.max_removals` counts these.
    pub fn takes_away(self) -> bool {
        self.effect() == Effect::Takes
    }

    /// The phase in which it is made among the edits of its target.
    pub fn phase(self) -> Phase {
        match self {
            Self::Hub(HubEdit::Share(share)) => Phase::of(share.action()),
            Self::Hub(HubEdit::Repair(_)) => Phase::Change,
            Self::Recipient(edit) => edit.phase(),
            Self::Experience(edit) => edit.phase(),
        }
    }

    /// Whether two edits do the same. Different notes alone do not count as a difference.
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
    use super::super::experience::Listing;
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
        assert!(ExperienceEdit::Policy { name: "P".to_owned(), user_requests: true }.edit().takes_away());
        let product = |before, after| {
            ExperienceEdit::Product(ProductEdit { product: "prod-1".parse().unwrap(), before, after, notes: None })
        };
        assert!(product(Some(Listing::Approved), Listing::Denied).edit().takes_away());
        assert_eq!(product(None, Listing::Denied).edit().effect(), Effect::Gives);
        assert_eq!(product(Some(Listing::Denied), Listing::Approved).edit().effect(), Effect::Gives);
    }
}
