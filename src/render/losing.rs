//! Lists who loses something by a plan, for its headline.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::change::{ChangeRef, Target};
use crate::model::edit::Edit;
use crate::model::id::AccountId;
use crate::model::portfolio::Share;

use super::title::Title;
use super::words::{count, some_of};

/// The accounts and experiences that something is taken from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Losing<'a> {
    accounts: BTreeMap<&'a AccountId, &'a str>,
    experiences: BTreeSet<String>,
    /// Whether a removed share reaches accounts that were not looked up.
    untold: bool,
}

/// The most accounts and experiences that are named. If there are more, they are only counted.
const ACCOUNTS: usize = 3;
const EXPERIENCES: usize = 2;

impl<'a> Losing<'a> {
    /// Collects who loses something by these changes.
    pub(super) fn of(changes: impl IntoIterator<Item = (&'a Target, ChangeRef<'a>)>) -> Self {
        let mut losing = Self::default();
        for (target, change) in changes.into_iter().filter(|(_, change)| change.edit.takes_away()) {
            match change.edit {
                Edit::Hub(edit) => match (&change.about.takes_from, edit.share()) {
                    (Some(accounts), _) => {
                        losing.accounts.extend(accounts.iter().map(|(id, name)| (id, name.as_str())));
                    }
                    (None, Share::Account { account, tag_options: _ } | Share::Member { account, tag_options: _ }) => {
                        losing.accounts.insert(account, &change.about.label);
                    }
                    (None, Share::Ou { .. } | Share::Organization { .. }) => losing.untold = true,
                },
                Edit::Recipient(_) => {
                    let name = target.account_name.as_deref().unwrap_or_default();
                    losing.accounts.insert(&target.account, name);
                }
                Edit::Experience(_) => {
                    losing.experiences.insert(Title::of(target).name);
                }
            }
        }
        losing
    }

    /// `taken from shop, billing and experience Baseline`, unescaped. `None` if nobody loses anything.
    pub(super) fn sentence(&self) -> Option<String> {
        let Self { accounts, experiences, untold } = self;
        let called =
            |(id, name): (&&AccountId, &&str)| if name.is_empty() { id.to_string() } else { (*name).to_owned() };
        let mut parts: Vec<String> = if accounts.len() > ACCOUNTS {
            vec![count(accounts.len(), "account")]
        } else {
            accounts.iter().map(called).collect()
        };
        if *untold {
            parts.push("accounts that were not looked up".to_owned());
        }
        if experiences.len() > EXPERIENCES {
            parts.push(count(experiences.len(), "experience"));
        } else {
            parts.extend(experiences.iter().map(|name| format!("experience {name}")));
        }
        (!parts.is_empty()).then(|| format!("taken from {}", some_of(&parts, parts.len())))
    }
}
