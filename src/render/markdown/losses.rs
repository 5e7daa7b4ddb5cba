//! The box of removals: what is taken away, and from whom. It is the part of a plan that has to be read.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::change::{ChangeRef, Origin, Target};
use crate::model::edit::{Delta, Edit, ExperienceEdit, HubEdit, ProductEdit, RecipientEdit};
use crate::model::experience::Listing;
use crate::model::id::AccountId;
use crate::model::portfolio::Share;

use super::super::escape::markdown::{code, inline};
use super::super::experience::loss as end_of_sentence;
use super::super::line::{Line, NAMED, View};
use super::super::names::{Names, bare};
use super::super::title::Title;
use super::super::words::some_of;
use super::fit::Room;
use super::parts::fold;

/// A removal in one or more places.
#[derive(Debug, Clone)]
struct Loss<'a> {
    origin: Origin,
    /// The file. Only losses of the same file are merged.
    file: &'a str,
    /// The kind of loss, which decides the sentence.
    kind: LossKind,
    /// The receivers or the products, escaped.
    items: Vec<String>,
    /// The regions or experiences, escaped. For [`LossKind::Access`], the accounts.
    places: Vec<String>,
    /// What happens to the items, escaped. Only for [`LossKind::Access`].
    lost: String,
    /// The regions of the accounts, escaped. Only for [`LossKind::Access`].
    regions: Vec<String>,
    /// Further remarks, escaped.
    tail: String,
    /// All accounts that lose something, escaped. Only if they are too many for the remarks.
    who: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum LossKind {
    Share,
    Principals,
    TagOptions,
    Access,
    Products,
    Freedom,
}

/// The consequence of a denial for present subscribers.
const NO_RENEWALS: &str =
    "Running subscriptions to a product that can no longer be bought go on until they end, and can't be renewed.";

/// Up to `OPEN` accounts are named openly. Of more, the first ones are named and the others folded.
const OPEN: usize = 10;
const FIRST: usize = 3;

/// The order of the headings.
const ORDER: [Origin; 3] = [Origin::PullRequest, Origin::Drift, Origin::Mirror];

/// All removals.
#[derive(Debug, Clone)]
pub(super) struct Losses<'a>(Vec<Loss<'a>>);

impl<'a> Losses<'a> {
    /// The removals in `targets`.
    pub(super) fn of(targets: impl IntoIterator<Item = &'a Target, IntoIter: Clone>) -> Self {
        let targets = targets.into_iter();
        let names = Names::of(&targets);
        Self(merged(targets.flat_map(|target| of_target(target, &names))))
    }

    /// The removals that are left after `shown` names were shown.
    pub(super) fn after(&self, shown: usize) -> Self {
        let mut left = shown;
        let in_order = ORDER.into_iter().flat_map(|origin| self.0.iter().filter(move |loss| loss.origin == origin));
        let rest = in_order.filter_map(|loss| {
            let size = loss.size();
            let (from, rest) = (left.min(size), size.saturating_sub(left));
            left -= from;
            (rest > 0).then(|| loss.after(from))
        });
        Self(rest.collect())
    }

    /// The same removals under a single heading, independent of their origin.
    pub(super) fn whoever(mut self) -> Self {
        self.0.iter_mut().for_each(|loss| loss.origin = Origin::PullRequest);
        self
    }

    /// The number of names in the full text.
    pub(super) fn size(&self) -> usize {
        self.0.iter().map(Loss::size).sum()
    }

    /// A box of bullets with at most `room.losses` names. The headings are for removals by this pull request, by drift
    /// and by mirrored experiences. `rest` says where the others are. Empty if nothing is removed.
    pub(super) fn to_box(&self, headings: [&str; 3], room: Room, rest: &str) -> String {
        let Room { losses: room, folds, .. } = room;
        let all = self.size();
        if all == 0 {
            return String::new();
        }
        let mut out = "> [!CAUTION]\n".to_owned();
        let mut left = room;
        for (origin, heading) in ORDER.into_iter().zip(headings) {
            let mut of = self.0.iter().filter(|loss| loss.origin == origin).peekable();
            if left > 0 && of.peek().is_some() {
                // Without a blank line, the heading would continue the list before it.
                let between = if left == room { "" } else { ">\n" };
                let _ = write!(out, "{between}> <b>{heading}</b>\n>\n");
            }
            for loss in of {
                if left > 0 {
                    let _ = writeln!(out, "> - {}", loss.sentence(left, folds));
                    left = left.saturating_sub(loss.size());
                }
            }
        }
        if room > 0 && self.0.iter().any(|loss| loss.kind == LossKind::Products) {
            let _ = write!(out, ">\n> {NO_RENEWALS}\n");
        }
        if all > room {
            let (more, of) = if room == 0 { ("", "taken away, and none fits here") } else { ("more ", "taken away") };
            let _ = write!(out, ">\n> <b>{} {more}{of}{rest}.</b>\n", all - room);
        }
        out.push('\n');
        out
    }
}

fn of_target<'a>(target: &'a Target, names: &Names) -> Vec<Loss<'a>> {
    let title = Title::of(target);
    let mut losses: Vec<Loss<'a>> = Vec::new();
    let mut products = BTreeMap::new();
    for change in target.changes().filter(|change| change.edit.takes_away()) {
        for loss in of_change(&title, change, names) {
            let at = match loss.kind {
                LossKind::Products => *products.entry((loss.origin, loss.tail.clone())).or_insert(losses.len()),
                LossKind::Share
                | LossKind::Principals
                | LossKind::TagOptions
                | LossKind::Access
                | LossKind::Freedom => losses.len(),
            };
            match losses.get_mut(at) {
                Some(other) => other.items.extend(loss.items),
                None => losses.push(loss),
            }
        }
    }
    losses
}

fn of_change<'a>(title: &Title<'a>, change: ChangeRef<'a>, names: &Names) -> Vec<Loss<'a>> {
    let line = Line::of(change, View::Plan(names));
    let tail = match change.edit {
        Edit::Hub(_) | Edit::Recipient(_) => {
            line.notes.iter().fold(String::new(), |tail, note| tail + "; " + &inline(note))
        }
        Edit::Experience(_) => change.about.notes.iter().fold(String::new(), |tail, note| tail + "; " + &inline(note)),
    };
    let who = match &change.about.takes_from {
        Some(accounts) if accounts.len() > NAMED => accounts.iter().map(|(id, name)| account(id, name)).collect(),
        Some(_) | None => Vec::new(),
    };
    let name = inline(&title.name);
    let organization = inline(title.organization);
    let loss = |kind, item: String, place: String| Loss {
        origin: change.about.origin,
        file: title.file,
        kind,
        items: vec![item],
        places: vec![place],
        lost: String::new(),
        regions: Vec::new(),
        tail: tail.clone(),
        who: who.clone(),
    };
    let whom = named(&line);
    let in_region = title.region.map(inline).unwrap_or_default();
    let portfolio = format!("portfolio <b>{name}</b> ({organization})");
    let experience = format!("experience <b>{name}</b> ({organization})");
    match change.edit {
        Edit::Hub(HubEdit::Share(Delta::Remove(_))) => {
            let item = match &change.about.takes_from {
                Some(accounts) if accounts.is_empty() => format!("{whom} loses its own share of {portfolio}"),
                Some(_) | None => format!("{whom} loses {portfolio}"),
            };
            vec![loss(LossKind::Share, item, in_region)]
        }
        Edit::Hub(HubEdit::Share(Delta::Update { before, after })) => lost_terms(before, after)
            .into_iter()
            .map(|(kind, what)| loss(kind, format!("{whom} no longer gets {what} of {portfolio}"), in_region.clone()))
            .collect(),
        Edit::Hub(HubEdit::Repair(_)) => {
            let item = format!("{whom} is without {portfolio} for a moment: the share is made again");
            vec![loss(LossKind::Share, item, in_region)]
        }
        Edit::Recipient(edit) if change.edit.takes_away() => {
            let name = title.account_name.map(|it| inline(it) + " ").unwrap_or_default();
            let (item, lost) = lost_inside(edit, &line, &portfolio);
            let access = loss(LossKind::Access, item, format!("{name}{}", code(title.account)));
            vec![Loss { lost, regions: vec![in_region], ..access }]
        }
        Edit::Experience(ExperienceEdit::Product(ProductEdit {
            product: _,
            before: Some(Listing::Approved),
            after: Listing::Denied,
            notes,
        })) => {
            let notes = notes.as_ref().map(|notes| format!(" ({})", inline(notes))).unwrap_or_default();
            vec![loss(LossKind::Products, format!("{whom}{notes}"), experience)]
        }
        Edit::Experience(edit) => {
            let lost = end_of_sentence(edit, &whom);
            lost.map(|item| loss(LossKind::Freedom, item, experience)).into_iter().collect()
        }
        Edit::Hub(HubEdit::Share(Delta::Create(_))) | Edit::Recipient(_) => Vec::new(),
    }
}

/// The item that an account loses inside, and what happens to it.
fn lost_inside(edit: &RecipientEdit, line: &Line<'_>, portfolio: &str) -> (String, String) {
    let name = format!("<b>{}</b>", inline(&line.name));
    match edit {
        RecipientEdit::Dissociate { .. } | RecipientEdit::Copy(_) => {
            (name, format!("can no longer be launched as a product of {portfolio}"))
        }
        RecipientEdit::Launch { .. } => (
            name,
            "can no longer be launched with its launch role, only with the rights of whoever launches it,".to_owned(),
        ),
        RecipientEdit::Local(_, _) => (format!("the account's own portfolio {name}"), "is deleted".to_owned()),
        RecipientEdit::Accept(_)
        | RecipientEdit::Associate(_)
        | RecipientEdit::Grant(_, _)
        | RecipientEdit::Revoke(_, _) => (principal(line), format!("may no longer launch from {portfolio}")),
    }
}

fn lost_terms(before: &Share, after: &Share) -> Vec<(LossKind, &'static str)> {
    let principals = before.principals() == Some(true) && after.principals() != Some(true);
    let tag_options = before.tag_options() && !after.tag_options();
    [(principals, LossKind::Principals, "principals"), (tag_options, LossKind::TagOptions, "tag options")]
        .into_iter()
        .filter(|(lost, _, _)| *lost)
        .map(|(_, kind, what)| (kind, what))
        .collect()
}

/// `shop 333333333331`, or only the id if the name is unknown.
fn account(id: &AccountId, name: &str) -> String {
    inline(format!("{name} {id}").trim_start())
}

/// The ARN of a principal without its account, so that the same principal in several accounts reads the same.
fn principal(line: &Line<'_>) -> String {
    let arn = if line.id.is_empty() { &line.name } else { &line.id };
    code(bare(arn))
}

/// `<b>partner</b> `999999999999``
pub(super) fn named(line: &Line<'_>) -> String {
    let id = if line.id.is_empty() { String::new() } else { format!(" {}", code(&line.id)) };
    format!("<b>{}</b>{id}", inline(&line.name))
}

/// Merges losses that differ only in their place: a share in several regions, a list in several experiences.
fn merged<'a>(losses: impl Iterator<Item = Loss<'a>>) -> Vec<Loss<'a>> {
    let mut merged: Vec<Loss<'a>> = Vec::new();
    let mut known = BTreeMap::new();
    for loss in losses {
        let words = (loss.items.clone(), loss.lost.clone(), loss.tail.clone());
        let key = (loss.origin, loss.file, loss.kind, words, loss.regions.clone());
        let at = *known.entry(key).or_insert(merged.len());
        match merged.get_mut(at) {
            Some(same) => same.places.extend(loss.places),
            None => merged.push(loss),
        }
    }
    for join in [regions_joined, items_joined] {
        merged = join(merged);
    }
    merged
}

/// Merges what the same accounts lose in several regions.
fn regions_joined(losses: Vec<Loss<'_>>) -> Vec<Loss<'_>> {
    joined(losses, |loss| (loss.items.clone(), loss.places.clone()), |same, loss| same.regions.extend(loss.regions))
}

/// Merges items that are lost in the same accounts and regions, such as principals or products.
fn items_joined(losses: Vec<Loss<'_>>) -> Vec<Loss<'_>> {
    joined(losses, |loss| (loss.regions.clone(), loss.places.clone()), |same, loss| same.items.extend(loss.items))
}

fn joined<'a>(
    losses: Vec<Loss<'a>>,
    alike: impl Fn(&Loss<'a>) -> (Vec<String>, Vec<String>),
    join: impl Fn(&mut Loss<'a>, Loss<'a>),
) -> Vec<Loss<'a>> {
    let mut merged: Vec<Loss<'a>> = Vec::new();
    let mut known = BTreeMap::new();
    for loss in losses {
        let is_access = loss.kind == LossKind::Access;
        let key = is_access.then(|| (loss.origin, loss.lost.clone(), loss.tail.clone(), alike(&loss)));
        let at = key.map_or(merged.len(), |key| *known.entry(key).or_insert(merged.len()));
        match merged.get_mut(at) {
            Some(same) => join(same, loss),
            None => merged.push(loss),
        }
    }
    merged
}

impl Loss<'_> {
    /// The same loss without the first names.
    fn after(&self, shown: usize) -> Self {
        let mut rest = self.clone();
        let names = if rest.items.len() >= rest.places.len() { &mut rest.items } else { &mut rest.places };
        names.drain(..shown.min(names.len()));
        rest
    }

    /// The number of names in the full sentence.
    fn size(&self) -> usize {
        self.items.len().max(self.places.len())
    }

    /// The loss as a sentence with at most `room` names.
    fn sentence(&self, room: usize, folds: bool) -> String {
        let items = some_of(&self.items, room);
        let places = some_of(&self.places, room);
        let tail = &self.tail;
        match self.kind {
            LossKind::Access => {
                let (lost, regions) = (&self.lost, some_of(&self.regions, usize::MAX));
                let said = format!("{items} {lost} in");
                let number = self.places.len();
                if number <= OPEN {
                    return format!("{said} {places} in {regions}{tail}");
                }
                let shown: Vec<String> = self.places.iter().take(room).cloned().collect();
                let more =
                    if shown.len() < number { format!("; {} more", number - shown.len()) } else { String::new() };
                format!("{said} <b>{number} accounts</b> in {regions}{tail}{}{more}", fold("", &shown, FIRST))
            }
            LossKind::Share | LossKind::Principals | LossKind::TagOptions => {
                let who = if folds && !self.who.is_empty() { fold("who", &self.who, 0) } else { String::new() };
                format!("{items} in {places}{tail}{who}")
            }
            LossKind::Products => match self.items.len() {
                0..=3 => format!("{items} can no longer be bought in {places}{tail}"),
                many => {
                    format!("<b>{many} products</b> can no longer be bought in {places}{tail}: {items}")
                }
            },
            LossKind::Freedom => format!("{places}{items}{tail}"),
        }
    }
}
