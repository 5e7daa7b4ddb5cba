//! Details of a change: terms, reasons and changed values, in parts for every renderer.

use similar::{ChangeTag, TextDiff};

use super::view::View;
use super::words::count;
use crate::model::change::{Because, ChangeRef, Expiry, Mirrored};
use crate::model::edit::{CopyEdit, Delta, Edit, ExperienceEdit, HubEdit, ProductEdit, RecipientEdit};
use crate::model::experience::Listing;
use crate::model::id::Name;
use crate::model::local::{LaunchRole, LocalPortfolio};
use crate::model::portfolio::Share;
use crate::model::recipient::AcceptedBy;

/// A detail of a change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Term {
    /// A fact.
    Is(String),
    /// A changed value.
    Turns {
        /// The name of the field.
        field: &'static str,
        /// The words of the old and the new value.
        words: Vec<Word>,
    },
}

/// A piece of a changed value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    /// In both values.
    Kept(String),
    /// Only in the old value.
    Gone(String),
    /// Only in the new value.
    Come(String),
}

impl Term {
    /// The detail as plain text.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Is(text) => text.clone(),
            Self::Turns { field, words } => format!("{field}: {}", words.iter().map(plain(words)).collect::<String>()),
        }
    }
}

/// Writes a word without colour. If the whole value changes, an arrow stands between the old and the new one. Otherwise
/// brackets mark removed and added words.
pub(super) fn plain(words: &[Word]) -> impl Fn(&Word) -> String + use<> {
    let whole = !words.iter().any(|word| matches!(word, Word::Kept(_)));
    move |word| match word {
        Word::Kept(text) => text.clone(),
        Word::Gone(text) if whole => format!("{text} → "),
        Word::Come(text) if whole => text.clone(),
        Word::Gone(text) => format!("[-{text}-]"),
        Word::Come(text) => format!("{{+{text}+}}"),
    }
}

/// The details of a change in a view.
pub(super) fn terms(change: ChangeRef<'_>, view: View<'_>) -> Vec<Term> {
    match change.edit {
        Edit::Hub(HubEdit::Share(Delta::Update { before, after })) => share_changes(before, after),
        Edit::Hub(HubEdit::Share(Delta::Create(share))) => share_terms(share),
        Edit::Hub(HubEdit::Share(Delta::Remove(share))) => {
            let over = match &change.about.because {
                Because::Expired(expiry) => Some(Term::Is(until(expiry))),
                Because::Listed(_) | Because::Unlisted | Because::NoLongerListed(_) | Because::Mirrors(_) => None,
            };
            let was = match (share_terms(share), view) {
                (terms, View::Drift) => terms,
                (terms, View::Plan(_) | View::Done) if terms.is_empty() => terms,
                (terms, View::Plan(_) | View::Done) => {
                    vec![Term::Is(format!("was: {}", terms.iter().map(Term::text).collect::<Vec<_>>().join(", ")))]
                }
            };
            over.into_iter().chain(was).collect()
        }
        Edit::Recipient(edit) => recipient_terms(change, edit, view),
        Edit::Experience(ExperienceEdit::Product(product)) => product_terms(change, product, view),
        // The details of other changes to an experience are in `experience::terms`.
        Edit::Hub(HubEdit::Repair(_)) | Edit::Experience(_) => Vec::new(),
    }
}

fn recipient_terms(change: ChangeRef<'_>, edit: &RecipientEdit, view: View<'_>) -> Vec<Term> {
    let is = |text: &str| vec![Term::Is(text.to_owned())];
    match (edit, view, &change.about.because) {
        (RecipientEdit::Accept(AcceptedBy::Imported), _, _) => is("from account to account"),
        (RecipientEdit::Accept(AcceptedBy::AwsOrganizations), _, _) => is("through the organization"),
        (RecipientEdit::Local(Delta::Update { before, after }, _), _, _) => local_changes(before, after),
        (RecipientEdit::Local(Delta::Create(portfolio), _), _, _) => is(&format!("provider {}", portfolio.provider)),
        (RecipientEdit::Launch { product: _, constraint: _, role }, _, because) => role_terms(role, because, view),
        (RecipientEdit::Copy(CopyEdit::Make { of: _, versions }), _, _) => is(&count(versions.len(), "version")),
        (RecipientEdit::Copy(CopyEdit::Renew { of: _, copy: _, before, after }), _, _) => {
            is(&count(after.difference(before).count(), "new version"))
        }
        (_, View::Plan(_) | View::Done, because) if change.edit.takes_away() => why(because).into_iter().collect(),
        (
            RecipientEdit::Local(Delta::Remove(_), _)
            | RecipientEdit::Associate(_)
            | RecipientEdit::Dissociate { .. }
            | RecipientEdit::Copy(CopyEdit::Adopt { .. } | CopyEdit::Drop { .. })
            | RecipientEdit::Grant(_, _)
            | RecipientEdit::Revoke(_, _),
            _,
            _,
        ) => Vec::new(),
    }
}

/// The reason why something inside a recipient is removed.
fn why(because: &Because) -> Option<Term> {
    let text = match because {
        Because::Unlisted => "not listed",
        Because::NoLongerListed(_) => "no longer listed",
        Because::Listed(_) | Because::Expired(_) | Because::Mirrors(_) => return None,
    };
    Some(Term::Is(text.to_owned()))
}

fn role_terms(role: &Delta<LaunchRole>, because: &Because, view: View<'_>) -> Vec<Term> {
    match (role, view) {
        (Delta::Update { before, after }, _) => {
            turns("role", &before.to_string(), &after.to_string()).into_iter().collect()
        }
        (Delta::Create(role), _) | (Delta::Remove(role), View::Drift) => vec![Term::Is(role.to_string())],
        (Delta::Remove(role), View::Plan(_) | View::Done) => {
            why(because).into_iter().chain([Term::Is(format!("was: {role}"))]).collect()
        }
    }
}

fn local_changes(before: &LocalPortfolio, after: &LocalPortfolio) -> Vec<Term> {
    let tag = |tag: &Option<Name>| tag.as_ref().map_or("none", Name::as_str).to_owned();
    let terms = [
        turns("name", &before.name, &after.name),
        turns("provider", &before.provider, &after.provider),
        turns("description", &before.description, &after.description),
        turns("tag", &tag(&before.tag), &tag(&after.tag)),
    ];
    terms.into_iter().flatten().collect()
}

fn share_terms(share: &Share) -> Vec<Term> {
    let through = matches!(share, Share::Member { account: _, tag_options: _ }).then_some("through the organization");
    let tag_options = share.tag_options().then_some("tag options");
    let principals = (share.principals() == Some(true)).then_some("principals by name");
    [through, tag_options, principals].into_iter().flatten().map(|term| Term::Is(term.to_owned())).collect()
}

fn share_changes(before: &Share, after: &Share) -> Vec<Term> {
    let yes_no = |yes| if yes { "yes" } else { "no" };
    let tag_options = turns("tag options", yes_no(before.tag_options()), yes_no(after.tag_options()));
    let principals = before.principals().zip(after.principals());
    let principals = principals.and_then(|(before, after)| turns("principals by name", yes_no(before), yes_no(after)));
    [tag_options, principals].into_iter().flatten().collect()
}

fn product_terms(change: ChangeRef<'_>, product: &ProductEdit, view: View<'_>) -> Vec<Term> {
    let why = match (view, product.before, product.after) {
        (View::Plan(_) | View::Done, Some(Listing::Approved), Listing::Denied) => match &change.about.because {
            Because::Listed(_) => Some("was approved".to_owned()),
            Because::Unlisted => Some("not listed".to_owned()),
            Because::NoLongerListed(_) => Some("no longer listed".to_owned()),
            Because::Expired(expiry) => Some(until(expiry)),
            Because::Mirrors(_) => None,
        },
        (View::Plan(_) | View::Done, Some(Listing::Denied), _) => Some("was denied".to_owned()),
        (View::Drift, Some(Listing::Denied), _) => Some("is denied".to_owned()),
        (View::Drift, Some(Listing::Approved), _) => match &change.about.because {
            Because::Listed(_) => Some("should be denied".to_owned()),
            Because::Expired(expiry) => Some(until(expiry)),
            Because::Unlisted | Because::NoLongerListed(_) | Because::Mirrors(_) => None,
        },
        _ => None,
    };
    let mirrors = match &change.about.because {
        Because::Mirrors(mirrored) => Some(there(mirrored)),
        Because::Listed(_) | Because::Unlisted | Because::NoLongerListed(_) | Because::Expired(_) => None,
    };
    why.into_iter().chain(mirrors).chain(product.notes.clone()).map(Term::Is).collect()
}

/// The state of a product in the mirrored experience: `not approved in Curated exp-1234abcd`.
fn there(mirrored: &Mirrored) -> String {
    let Mirrored { account: _, experience, name, listing, source: _ } = mirrored;
    let says = match listing {
        Some(Listing::Approved) => "approved",
        Some(Listing::Denied) => "denied",
        None => "not approved",
    };
    format!("{says} in {name} {experience}")
}

/// `approved until 2026-11-01`.
fn until(expiry: &Expiry) -> String {
    let Expiry { day, listing, source: _, is_due: _ } = expiry;
    let was = match listing {
        None => "listed",
        Some(Listing::Approved) => "approved",
        Some(Listing::Denied) => "rejected",
    };
    format!("{was} until {day}")
}

/// A changed field. `None` if the value is the same.
pub(super) fn turns(field: &'static str, before: &str, after: &str) -> Option<Term> {
    (before != after).then(|| Term::Turns { field, words: words(before, after) })
}

/// The difference between two texts, word by word. If they have little in common, the whole texts.
pub(super) fn words(before: &str, after: &str) -> Vec<Word> {
    /// Texts that are less alike than this are shown in full, as a mix of old and new words would be hard to read.
    const ALIKE: f32 = 0.5;
    let diff = TextDiff::from_words(before, after);
    if diff.ratio() < ALIKE {
        return vec![Word::Gone(before.to_owned()), Word::Come(after.to_owned())];
    }
    let mut words: Vec<Word> = Vec::new();
    for change in diff.iter_all_changes() {
        let text = change.value();
        match (change.tag(), words.last_mut()) {
            (ChangeTag::Equal, Some(Word::Kept(last)))
            | (ChangeTag::Delete, Some(Word::Gone(last)))
            | (ChangeTag::Insert, Some(Word::Come(last))) => last.push_str(text),
            (ChangeTag::Equal, _) => words.push(Word::Kept(text.to_owned())),
            (ChangeTag::Delete, _) => words.push(Word::Gone(text.to_owned())),
            (ChangeTag::Insert, _) => words.push(Word::Come(text.to_owned())),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(before: &str, after: &str) -> String {
        turns("description", before, after).unwrap().text()
    }

    #[test]
    fn a_changed_value_shows_its_words() {
        assert_eq!(text("no", "yes"), "description: no → yes");
        assert_eq!(
            text("Imported from the hub", "Imported from the centre"),
            "description: Imported from the [-hub-]{+centre+}"
        );
        assert_eq!(text("a b c", "d e f"), "description: a b c → d e f");
        assert_eq!(turns("description", "same", "same"), None);
    }
}
