//! Which entry of `recipients` counts for one account.

use super::above::{Above, Below};
use crate::model::desired::{DesiredPortfolio, DesiredRecipients, Recipients};
use crate::model::id::AccountId;
use crate::model::sight::{Governing, PassedOver};

/// The entry that counts for an account, and the entries that would cover it and don't count.
pub(in crate::plan) struct Entries<'a> {
    pub(in crate::plan) counts: Result<Option<&'a DesiredRecipients>, Governing>,
    pub(super) passed_over: Vec<PassedOver>,
}

impl<'a> Entries<'a> {
    pub(in crate::plan) fn of(wanted: &'a DesiredPortfolio, account: &AccountId, above: &Above<'_>) -> Self {
        let (mut near, mut except, mut untold) = (Vec::new(), Vec::new(), Vec::new());
        for entry in &wanted.recipients {
            let is_excepted = entry.except.contains(account);
            // The account itself is the nearest, then the units from the lowest up, and the organization last.
            let nearness = match &entry.who {
                Recipients::Account(of) => (of == account).then_some(usize::MAX),
                Recipients::Organization(_) => {
                    let is_member = above.is_member();
                    if is_member.is_none() {
                        untold.push((entry, is_excepted));
                    }
                    (is_member == Some(true)).then_some(0)
                }
                Recipients::Ou(ou) => match above.below(ou) {
                    Below::At(depth, _) => Some(depth + 1),
                    Below::No => None,
                    Below::Untold => {
                        untold.push((entry, is_excepted));
                        None
                    }
                },
            };
            match nearness {
                Some(_) if is_excepted => except.push(entry),
                Some(nearness) => near.push((nearness, entry)),
                None => {}
            }
        }
        near.sort_by_key(|(nearness, _)| *nearness);
        let nearest = near.pop();
        let passed =
            |except: bool| move |entry: &DesiredRecipients| PassedOver { source: entry.source.clone(), except };
        let mut passed_over: Vec<PassedOver> = near.iter().rev().map(|(_, entry)| passed(false)(entry)).collect();
        passed_over.extend(except.into_iter().map(passed(true)));
        // An entry for the account itself is always the nearest, so those that can't be told don't matter.
        let is_own = nearest.is_some_and(|(nearness, _)| nearness == usize::MAX);
        let open = untold.iter().find(|(_, is_excepted)| !is_excepted).filter(|_| !is_own);
        let counts = if *account == wanted.account {
            Err(Governing::Owner)
        } else if above.is_suspended() {
            Err(Governing::Suspended)
        } else if open.is_some() {
            Err(Governing::CantTell(above.reason()))
        } else {
            Ok(nearest.map(|(_, entry)| entry))
        };
        if counts.is_err() {
            passed_over.clear();
        }
        Self { counts, passed_over }
    }

    pub(super) fn governing(&self) -> Governing {
        match &self.counts {
            Ok(Some(entry)) => Governing::Entry(entry.source.clone()),
            Ok(None) => Governing::None,
            Err(why) => why.clone(),
        }
    }
}
