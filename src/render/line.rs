//! A change as one line, in parts. All renderers build on these parts, so a change reads the same in a terminal, a pull
//! request and an issue.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::change::ChangeRef;
use crate::model::edit::{Action, CopyEdit, Delta, Edit, Effect, ExperienceEdit, HubEdit, Kind, RecipientEdit};
use crate::model::experience::Listing;
use crate::model::finding::Source;
use crate::model::id::AccountId;
use crate::model::portfolio::{Receiver, Share};

use super::experience;
use super::term::terms;
pub(super) use super::term::{Term, Word, plain};
pub(super) use super::view::View;
use super::words::count;

/// A change in parts. The texts are foreign and not escaped yet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line<'a> {
    /// The effect on people in the accounts. It decides the position and the colour.
    pub(super) effect: Effect,
    /// The verb or noun, such as `share` or `approve`.
    pub(super) what: &'static str,
    /// The display name, or the id if there is none.
    pub(super) name: String,
    /// The id. Empty if it is the name already.
    pub(super) id: String,
    /// Details and changed values.
    pub(super) terms: Vec<Term>,
    /// The line of YAML that asks for it.
    pub(super) source: Option<&'a Source>,
    /// Further remarks.
    pub(super) notes: Vec<Cow<'a, str>>,
    /// A consequence that all changes of this kind have.
    pub(super) so: Option<&'static str>,
    /// `-`, `~` or `+`. In a plan it stands for the effect on people, in drift for the side of the difference.
    pub(super) sigil: &'static str,
}

#[cfg(test)]
thread_local! {
    /// The number of lines made, for tests that count work.
    static WORDED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The number of lines made so far.
#[cfg(test)]
pub(super) fn worded() -> usize {
    WORDED.with(std::cell::Cell::get)
}

impl<'a> Line<'a> {
    /// The line of `change` in a view.
    pub(super) fn of(change: ChangeRef<'a>, view: View<'_>) -> Self {
        #[cfg(test)]
        WORDED.with(|worded| worded.set(worded.get() + 1));
        let ChangeRef { edit, about } = change;
        let id = id(edit);
        let (name, id) =
            if about.label.is_empty() || about.label == id { (id, String::new()) } else { (about.label.clone(), id) };
        Self {
            effect: edit.effect(),
            what: what(edit, view),
            name,
            id,
            terms: match edit {
                Edit::Experience(of) if !matches!(of, ExperienceEdit::Product(_)) => experience::terms(of),
                _ => terms(change, view),
            },
            source: about.because.source(),
            notes: notes(change, view),
            so: (edit.kind() == Kind::ProductDenial && edit.takes_away()).then_some(NO_RENEWALS),
            sigil: sigil(edit, view),
        }
    }
}

impl Line<'_> {
    /// The same line without the account's id, so that it holds for every account that shares the change.
    pub(super) fn without(mut self, account: &str) -> Self {
        self.name = without(&self.name, account);
        self.id = without(&self.id, account);
        if self.id == self.name {
            self.id.clear();
        }
        for term in &mut self.terms {
            match term {
                Term::Is(text) => *text = without(text, account),
                Term::Turns { field: _, words } => {
                    for Word::Kept(text) | Word::Gone(text) | Word::Come(text) in words {
                        *text = without(text, account);
                    }
                }
            }
        }
        for note in self.notes.iter_mut().filter(|note| note.contains(account)) {
            *note = Cow::Owned(without(note, account));
        }
        self
    }
}

/// Replaces `arn:aws:iam::ACCOUNT:role/x` by `role/x`, and the account's id by `{account}` elsewhere.
fn without(text: &str, account: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(account) {
        out.push_str(before);
        let arn = out.rfind("arn:").map(|at| out.split_at(at)).filter(|(_, arn)| is_before_account(arn));
        if let (Some(before), Some(name)) = (arn.map(|(before, _)| before.len()), behind.strip_prefix(':')) {
            out.truncate(before);
            rest = name;
        } else {
            out.push_str("{account}");
            rest = behind;
        }
    }
    out + rest
}

/// Whether a text is the part of an ARN before its account.
fn is_before_account(text: &str) -> bool {
    text.ends_with(':') && text.matches(':').count() == 4 && !text.contains(char::is_whitespace)
}

/// The consequence of a denial for present subscribers.
const NO_RENEWALS: &str = "running subscriptions go on until they end, and can't be renewed";

fn sigil(edit: Edit<'_>, view: View<'_>) -> &'static str {
    match view {
        View::Plan(_) | View::Done => match edit.effect() {
            Effect::Gives => "+",
            Effect::Changes => "~",
            Effect::Takes => "-",
        },
        View::Drift => match edit.action() {
            Action::Create => "+",
            Action::Update => "~",
            Action::Remove => "-",
        },
    }
}

fn notes<'a>(change: ChangeRef<'a>, view: View<'_>) -> Vec<Cow<'a, str>> {
    let ChangeRef { edit, about } = change;
    let after = match view {
        View::Plan(names) if edit.takes_away() => names.after(&about.waits_for),
        View::Plan(_) | View::Done | View::Drift => None,
    };
    let consequence = consequence(edit).map(Cow::Borrowed);
    let notes = consequence.into_iter().chain(about.notes.iter().map(|note| Cow::Borrowed(note.as_str())));
    notes.chain(losers(change, view).into_iter().chain(after).map(Cow::Owned)).collect()
}

/// The most accounts that a note names. The rest are counted.
pub(super) const NAMED: usize = 6;

/// The accounts that lose something by a change to a share, if the share itself does not name them.
fn losers(change: ChangeRef<'_>, view: View<'_>) -> Option<String> {
    let Edit::Hub(HubEdit::Share(share)) = change.edit else { return None };
    let is_taken = match share {
        Delta::Create(_) => return None,
        Delta::Update { before: _, after: _ } => false,
        Delta::Remove(_) => true,
    };
    let is_node = match share.subject().receiver() {
        Receiver::Ou(_) | Receiver::Organization(_) => true,
        Receiver::Account(_) | Receiver::Member(_) => false,
    };
    match (&change.about.takes_from, is_node, is_taken) {
        _ if !change.edit.takes_away() => None,
        (None, true, _) => Some("the accounts that lose something were not looked up".to_owned()),
        (Some(accounts), true, true) => {
            let (lose, loses) = match view {
                View::Plan(_) => ("lose", "loses"),
                View::Done => ("lost", "lost"),
                View::Drift => ("would lose", "would lose"),
            };
            Some(match accounts.len() {
                0 => format!("no account {loses} it: other shares reach the same accounts, or there are none"),
                1 => format!("1 account {loses} it: {}", some_accounts(accounts)),
                number => format!("{number} accounts {lose} it: {}", some_accounts(accounts)),
            })
        }
        (Some(accounts), true, false) => Some(match accounts.len() {
            0 => "reaches no account".to_owned(),
            number => format!("concerns {}: {}", count(number, "account"), some_accounts(accounts)),
        }),
        (Some(accounts), false, true) if accounts.is_empty() => Some("keeps it by another share".to_owned()),
        (None | Some(_), false, _) => None,
    }
}

fn some_accounts(accounts: &BTreeMap<AccountId, String>) -> String {
    let mut words: Vec<String> = accounts.iter().take(NAMED).map(|(id, name)| account(id, name)).collect();
    if accounts.len() > NAMED {
        words.push(format!("{} more", accounts.len() - NAMED));
    }
    words.join(", ")
}

/// `shop 333333333331`, or only the id if the name is unknown.
fn account(id: &AccountId, name: &str) -> String {
    if name.is_empty() { id.to_string() } else { format!("{name} {id}") }
}

fn what(edit: Edit<'_>, view: View<'_>) -> &'static str {
    match (edit, view) {
        (Edit::Hub(HubEdit::Share(Delta::Remove(_))), View::Plan(_) | View::Done) => "unshare",
        (Edit::Hub(HubEdit::Share(_)), _) => "share",
        (Edit::Hub(HubEdit::Repair(_)), _) => "repair",
        (Edit::Recipient(edit), View::Plan(_) | View::Done) => done_in_recipient(edit),
        (Edit::Recipient(edit), View::Drift) => found_in_recipient(edit),
        (Edit::Experience(ExperienceEdit::Product(product)), View::Plan(_) | View::Done) => match product.after {
            Listing::Approved => "approve",
            Listing::Denied => "deny",
        },
        // The list that the product is live on by mistake, or is missing from.
        (Edit::Experience(ExperienceEdit::Product(product)), View::Drift) => match (product.before, product.after) {
            (_, Listing::Approved) | (Some(Listing::Approved), Listing::Denied) => "approved",
            (_, Listing::Denied) => "denied",
        },
        (Edit::Experience(edit), View::Plan(_) | View::Done) => experience::done(edit),
        (Edit::Experience(edit), View::Drift) => experience::found(edit),
    }
}

fn done_in_recipient(edit: &RecipientEdit) -> &'static str {
    match edit {
        RecipientEdit::Accept(_) => "accept",
        RecipientEdit::Local(Delta::Create(_), _) => "make portfolio",
        RecipientEdit::Local(Delta::Update { before: _, after: _ }, _) => "portfolio",
        RecipientEdit::Local(Delta::Remove(_), _) => "delete portfolio",
        RecipientEdit::Associate(_) => "add product",
        RecipientEdit::Dissociate { .. } => "take out product",
        RecipientEdit::Copy(CopyEdit::Make { .. }) => "copy product",
        RecipientEdit::Copy(CopyEdit::Renew { .. }) => "copy versions",
        RecipientEdit::Copy(CopyEdit::Adopt { .. }) => "take over copy",
        RecipientEdit::Copy(CopyEdit::Drop { .. }) => "delete copy",
        RecipientEdit::Launch { product: _, constraint: _, role: Delta::Create(_) | Delta::Update { .. } } => {
            "launch role"
        }
        RecipientEdit::Launch { product: _, constraint: _, role: Delta::Remove(_) } => "drop launch role",
        RecipientEdit::Grant(_, _) => "grant",
        RecipientEdit::Revoke(_, _) => "revoke",
    }
}

fn found_in_recipient(edit: &RecipientEdit) -> &'static str {
    match edit {
        RecipientEdit::Accept(_) => "accepted",
        RecipientEdit::Local(_, _) => "portfolio",
        RecipientEdit::Associate(_) | RecipientEdit::Dissociate { .. } => "product",
        RecipientEdit::Copy(_) => "copy",
        RecipientEdit::Launch { .. } => "launch role",
        RecipientEdit::Grant(_, _) | RecipientEdit::Revoke(_, _) => "grant",
    }
}

fn id(edit: Edit<'_>) -> String {
    match edit {
        Edit::Hub(edit) => match edit.share() {
            Share::Account { account, tag_options: _ } | Share::Member { account, tag_options: _ } => {
                account.to_string()
            }
            Share::Ou { ou, tag_options: _, principals: _ } => ou.to_string(),
            Share::Organization { organization, tag_options: _, principals: _ } => organization.to_string(),
        },
        Edit::Recipient(RecipientEdit::Accept(_)) => "the share".to_owned(),
        Edit::Recipient(RecipientEdit::Grant(_, principal) | RecipientEdit::Revoke(_, principal)) => {
            principal.arn.clone()
        }
        Edit::Recipient(RecipientEdit::Local(portfolio, _)) => portfolio.subject().name.clone(),
        Edit::Recipient(_) => edit.key(),
        Edit::Experience(edit) => experience::id(edit),
    }
}

/// A consequence of a change that its words don't make obvious.
fn consequence(edit: Edit<'_>) -> Option<&'static str> {
    match edit {
        Edit::Experience(edit) => experience::consequence(edit),
        Edit::Hub(HubEdit::Repair(_)) => {
            Some("the share is removed and made again: the accounts that it reached are without it for a moment")
        }
        Edit::Hub(HubEdit::Share(_)) | Edit::Recipient(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_same_difference_is_told_from_both_sides() {
        let lost = sample::unshare("999999999999", "partner");
        assert_eq!(Line::of(lost.seen(), View::Done).what, "unshare");
        assert_eq!(Line::of(lost.seen(), View::Drift).what, "share");
        let denied = sample::deny("prod-1", "Splunk");
        assert_eq!(Line::of(denied.seen(), View::Done).what, "deny");
        assert_eq!(Line::of(denied.seen(), View::Drift).what, "approved");
    }

    #[test]
    fn without_a_name_the_id_stands_for_it() {
        let change = sample::unshare("999999999999", "");
        let line = Line::of(change.seen(), View::Done);
        assert_eq!((line.name.as_str(), line.id.as_str()), ("999999999999", ""));
    }
}
