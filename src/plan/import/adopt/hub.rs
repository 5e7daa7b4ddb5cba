//! Adopts changes of shares.

use super::super::naming::{self, unit};
use super::line::listed;
use crate::model::amend::{Amendment, ListPlace, NewEntry, NewValue};
use crate::model::change::{Change, Target};
use crate::model::desired::Desired;
use crate::model::draft::Commented;
use crate::model::edit::{Delta, HubEdit};
use crate::model::live::Live;
use crate::model::portfolio::Share;

pub(super) fn amendments(
    target: &Target,
    Change { edit, about }: &Change<HubEdit>,
    desired: &Desired,
    live: &Live,
) -> Result<Vec<Amendment>, String> {
    let of_file = || desired.portfolios.get(&target.name);
    let line = listed(&about.because);
    match edit {
        HubEdit::Repair(_) => Err("a file can't describe which accounts a share missed: an apply mends it".to_owned()),
        HubEdit::Share(Delta::Create(_)) => match line? {
            Some(source) => Ok(vec![Amendment::Drop(source.clone())]),
            None => Err("no line asks for it".to_owned()),
        },
        HubEdit::Share(Delta::Remove(share)) => {
            line?;
            let Some(wanted) = of_file() else { return Err("no file is about the portfolio any more".to_owned()) };
            let tree = live.organization(&wanted.organization);
            let Ok(named) = share.map_ou(|id| Ok::<_, std::convert::Infallible>(unit(tree, id)));
            let comment = naming::remark(&share.receiver(), &named, tree);
            let place = ListPlace { file: wanted.source.file.clone(), within: None, key: "shares" };
            let entry = NewEntry::Share(Commented { value: named, comment }, wanted.organization.clone());
            Ok(vec![Amendment::Add(place, entry)])
        }
        HubEdit::Share(Delta::Update { before, after }) => {
            let Some(within) = line? else { return Err("no line asks for it".to_owned()) };
            let flag = |key, was: bool, becomes: bool| {
                let value = Some(NewValue::Flag(was));
                (was != becomes).then(|| Amendment::Set { within: within.clone(), key, value })
            };
            let tag_options = flag("tag_options", before.tag_options(), after.tag_options());
            let principals = |share: &Share| share.principals().unwrap_or_default();
            Ok(tag_options.into_iter().chain(flag("principals", principals(before), principals(after))).collect())
        }
    }
}
