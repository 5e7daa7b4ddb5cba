//! A change of a share in the terms of Service Catalog, and its comparison with what is live.

use std::collections::BTreeMap;

use aws_sdk_servicecatalog::types::{DescribePortfolioShareType as ShareType, OrganizationNode, OrganizationNodeType};

use super::task::Standing;
use crate::cloud::Operation;
use crate::model::edit::{Delta, HubEdit};
use crate::model::portfolio::{LiveShare, Receiver, Share};

/// The live shares of a portfolio.
pub(super) type Live = BTreeMap<Receiver, LiveShare>;

/// The first call of an edit. A repair first removes the share, then creates it again.
pub(super) fn first(edit: &HubEdit) -> Delta<Share> {
    match edit {
        HubEdit::Share(delta) => delta.clone(),
        HubEdit::Repair(share) => Delta::Remove(share.clone()),
    }
}

/// The operation that makes a change.
pub(super) fn operation(delta: &Delta<Share>) -> Operation {
    match delta {
        Delta::Create(_) => Operation::CreatePortfolioShare,
        Delta::Update { before: _, after: _ } => Operation::UpdatePortfolioShare,
        Delta::Remove(_) => Operation::DeletePortfolioShare,
    }
}

/// Compares a change with what is live.
pub(super) fn standing(delta: &Delta<Share>, live: &Live) -> Standing {
    let live = live.get(&delta.subject().receiver()).map(|live| &live.share);
    if live == delta.after() {
        return Standing::Done;
    }
    if live == delta.before() {
        return Standing::Open;
    }
    Standing::Conflict(match live {
        None => "the share no longer exists".to_owned(),
        Some(share) => {
            let principals = share.principals().map(|on| format!(" and principals {}", word(on))).unwrap_or_default();
            format!("the share has TagOptions {}{principals}", word(share.tag_options()))
        }
    })
}

fn word(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

pub(super) fn share_type(receiver: &Receiver) -> ShareType {
    match receiver {
        Receiver::Account(_) => ShareType::Account,
        Receiver::Member(_) => ShareType::OrganizationMemberAccount,
        Receiver::Ou(_) => ShareType::OrganizationalUnit,
        Receiver::Organization(_) => ShareType::Organization,
    }
}

/// Whether a change has ended when its call returns. True only for shares from account to account.
pub(super) fn is_at_once(delta: &Delta<Share>) -> bool {
    match delta.subject() {
        Share::Account { account: _, tag_options: _ } => true,
        Share::Member { account: _, tag_options: _ }
        | Share::Ou { ou: _, tag_options: _, principals: _ }
        | Share::Organization { organization: _, tag_options: _, principals: _ } => false,
    }
}

/// The receiver in the terms of a call: an account id, or a node of the organization.
pub(super) fn addressee(receiver: &Receiver) -> (Option<String>, Option<OrganizationNode>) {
    let node = |node_type, value: &str| Some(OrganizationNode::builder().r#type(node_type).value(value).build());
    match receiver {
        Receiver::Account(account) => (Some(account.to_string()), None),
        Receiver::Member(account) => (None, node(OrganizationNodeType::Account, account.as_str())),
        Receiver::Ou(ou) => (None, node(OrganizationNodeType::OrganizationalUnit, ou.as_str())),
        Receiver::Organization(id) => (None, node(OrganizationNodeType::Organization, id.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(tag_options: bool) -> Share {
        Share::Account { account: "333333333333".parse().unwrap(), tag_options }
    }

    fn live(share: Option<Share>) -> Live {
        share.into_iter().map(|share| (share.receiver(), LiveShare { share, accepted: false })).collect()
    }

    #[test]
    fn what_somebody_made_already_is_done() {
        assert_eq!(standing(&Delta::Create(share(true)), &live(Some(share(true)))), Standing::Done);
        assert_eq!(standing(&Delta::Remove(share(true)), &live(None)), Standing::Done);
    }

    #[test]
    fn what_is_as_the_plan_saw_it_is_open() {
        let update = Delta::Update { before: share(false), after: share(true) };
        assert_eq!(standing(&update, &live(Some(share(false)))), Standing::Open);
        assert_eq!(standing(&Delta::Create(share(true)), &live(None)), Standing::Open);
    }

    #[test]
    fn anything_else_is_a_conflict() {
        let update = Delta::Update { before: share(false), after: share(true) };
        assert!(matches!(standing(&update, &live(None)), Standing::Conflict(_)));
        assert!(matches!(standing(&Delta::Create(share(true)), &live(Some(share(false)))), Standing::Conflict(_)));
        assert!(matches!(standing(&Delta::Remove(share(true)), &live(Some(share(false)))), Standing::Conflict(_)));
    }
}
