//! Adopts changes inside accounts that receive a portfolio: who may launch. An entry covers many accounts, so only a
//! plan from the edited files shows whether it can describe one of them.

use super::super::recipients::written;
use super::line::listed;
use crate::model::amend::{Amendment, ListPlace, NewEntry};
use crate::model::change::{Change, Target};
use crate::model::desired::Desired;
use crate::model::edit::{CopyEdit, RecipientEdit};
use crate::model::live::Live;
use crate::plan::coverage::covered;

pub(super) fn amendments(
    target: &Target,
    Change { edit, about }: &Change<RecipientEdit>,
    desired: &Desired,
    live: &Live,
) -> Result<Vec<Amendment>, String> {
    let line = listed(&about.because);
    let kept = |why: &str| Err(why.to_owned());
    match edit {
        RecipientEdit::Grant(_, _) => match line? {
            Some(source) => Ok(vec![Amendment::Drop(source.clone())]),
            None => kept("no line asks for it"),
        },
        RecipientEdit::Revoke(_, principal) => {
            line?;
            let wanted = desired.portfolio_of(&target.name);
            let covered = wanted.and_then(|wanted| covered(wanted, live).ok());
            let Some(entry) = covered.as_ref().and_then(|it| it.get(&target.account)) else {
                return kept("no entry of `recipients` is about the account");
            };
            let Some(named) = written(principal, &target.account, &target.region) else {
                return kept("no entry can name this principal");
            };
            let within = entry.entry.source.clone();
            let place = ListPlace { file: within.file.clone(), within: Some(within), key: "principals" };
            Ok(vec![Amendment::Add(place, NewEntry::Principal(named))])
        }
        RecipientEdit::Accept(_) => kept(
            "no file says that a share is not accepted: take the account's entry out of \
            `recipients` to leave it so",
        ),
        RecipientEdit::Local(_, _) => kept(
            "the account's own portfolio is as its entry of `recipients` says, or is left to \
            the account: change the entry, or apply",
        ),
        RecipientEdit::Associate(_) | RecipientEdit::Dissociate { .. } => kept(
            "which products an account's own portfolio \
            holds is said for all accounts of the entry: change its `products` or `unlisted_products`, or apply",
        ),
        RecipientEdit::Copy(CopyEdit::Renew { .. }) => {
            kept("no file says that a copy lags behind: an apply brings the new versions")
        }
        RecipientEdit::Copy(_) => kept(
            "which copies an account holds is said for all accounts of the entry: change its \
            `products` or `mode`, or apply",
        ),
        RecipientEdit::Launch { .. } => kept(
            "whose rights products are launched with is said for all accounts of the entry: \
            change its `launch_role`, or apply",
        ),
    }
}
