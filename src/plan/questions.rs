//! What a plan still wants to know to speak of its changes.

use std::collections::BTreeMap;

use crate::model::change::{Edit, Plan};
use crate::model::id::Name;
use crate::model::live::Questions;
use crate::model::portfolio::Receiver;

/// The names and audiences of what changes, by organization. A plan without changes asks nothing.
pub fn questions(plan: &Plan) -> BTreeMap<Name, Questions> {
    let mut all: BTreeMap<Name, Questions> = BTreeMap::new();
    for (target, change) in plan.changes() {
        let questions = all.entry(target.name.organization().clone()).or_default();
        questions.accounts.insert(target.account.clone());
        match &change.edit {
            Edit::PortfolioShare(share) => match share.subject().receiver() {
                Receiver::Account(account) | Receiver::Member(account) => {
                    questions.accounts.insert(account);
                }
                Receiver::Ou(ou) => {
                    questions.units.insert(ou);
                }
                Receiver::Organization(_) => questions.everyone = true,
            },
            Edit::ProcurementPolicy { name: _ } | Edit::Product(_) => {}
        }
    }
    all
}
