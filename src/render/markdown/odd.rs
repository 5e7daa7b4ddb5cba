//! The box of problems: unreadable targets and warnings, grouped by cause so that each cause is shown once.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::model::change::Target;

use super::super::cause::Cause;
use super::super::escape::markdown::{code, inline};
use super::super::trouble::{self, Unread, Warned, called, distinct};
use super::super::words::{count, file_name};
use super::fit::Room;
use super::parts::{beside, fold, short_title};

/// All problems. They are worded once, even if a text has to be composed several times until it fits.
#[derive(Debug, Default)]
pub(super) struct Odd(Vec<Bullet>);

#[derive(Debug)]
struct Bullet {
    text: String,
    /// The targets or lines that it concerns, folded, if there are many.
    fold: String,
    /// The names of the targets that could not be read, if there are several.
    unread: Vec<String>,
}

/// The most names before the rest is folded.
const NAMED: usize = 3;

/// The most unreadable targets that are named without folding.
const OPEN: usize = 10;

impl Odd {
    /// The problems of some targets. `so` states the consequence of a target that could not be read.
    pub(super) fn of(targets: &[&Target], so: &str, files: Option<&str>) -> Self {
        let mut odd = Self::unreadable(targets, so, files);
        odd.0.extend(trouble::warnings(targets.iter().copied()).iter().map(|cause| warned(cause, files)));
        odd
    }

    /// The warnings that comments silence.
    pub(super) fn silenced(targets: &[Target], files: Option<&str>) -> Self {
        Self(trouble::silenced(targets).iter().map(|cause| warned(cause, files)).collect())
    }

    /// All of it folded, as part of the details. Empty if there is none or no room.
    pub(super) fn folded(&self, title: &str, room: Room) -> String {
        let Self(bullets) = self;
        if bullets.is_empty() || !room.details {
            return String::new();
        }
        let bullets: Vec<String> =
            bullets.iter().map(|Bullet { text, fold, unread: _ }| format!("- {text}{fold}\n")).collect();
        format!("<details><summary>{title}</summary>\n\n{}\n</details>\n\n", bullets.concat())
    }

    /// The unreadable targets without the warnings.
    pub(super) fn unreadable(targets: &[&Target], so: &str, files: Option<&str>) -> Self {
        Self(trouble::unreadable(targets.iter().copied()).iter().map(|cause| unread(cause, so, files)).collect())
    }

    /// The number of bullets, or of names, in the full text.
    pub(super) fn len(&self) -> usize {
        self.0.len().max(self.0.iter().map(|bullet| bullet.unread.len()).sum())
    }

    /// A box of bullets, as far as they fit into `room`. Empty if there is no problem.
    pub(super) fn to_box(&self, room: Room) -> String {
        let Self(bullets) = self;
        if bullets.is_empty() {
            return String::new();
        }
        let mut out = "> [!WARNING]\n".to_owned();
        let mut left = room.unread;
        for Bullet { text, fold, unread } in bullets.iter().take(room.odd) {
            let fold = if room.folds { fold.as_str() } else { "" };
            let _ = writeln!(out, "> - {text}{fold}{}", named(unread, left));
            left = left.saturating_sub(unread.len());
        }
        let more = bullets.len().saturating_sub(room.odd);
        if more > 0 {
            let _ = writeln!(out, "> - … and {more} more that would not fit here");
        }
        out.push('\n');
        out
    }
}

fn unread(cause: &Cause<(), Unread<'_>>, so: &str, files: Option<&str>) -> Bullet {
    let Cause { key: (), sentence, members } = cause;
    let names: Vec<String> = members.iter().map(|it| code(&called(it.target, sentence))).collect();
    let sentence = inline(sentence);
    if let [Unread { target, source }] = members.as_slice() {
        let text =
            format!("{} <b>could not be read</b>: {sentence}{}. {so}", short_title(target), beside(*source, files));
        return Bullet { text, fold: String::new(), unread: Vec::new() };
    }
    let number = count(members.len(), "target");
    let text = format!("<b>{number} could not be read</b>: {sentence}. {so}");
    Bullet { text, fold: String::new(), unread: names }
}

/// At most `room` names. Many names are folded.
fn named(names: &[String], room: usize) -> String {
    let more = names.len().saturating_sub(room);
    let shown = names.get(..names.len() - more).unwrap_or_default();
    let text = match shown.len() {
        0 => String::new(),
        number => fold("which", shown, if number <= OPEN { OPEN } else { 0 }),
    };
    if more == 0 { text } else { format!("{text} … and {more} more that would not fit here") }
}

fn warned(cause: &Cause<&str, Warned<'_>>, files: Option<&str>) -> Bullet {
    let Cause { key, sentence, members } = cause;
    let (word, sentence) = (inline(&key.replace('_', " ")), inline(sentence));
    let targets = distinct(members.iter().map(|it| it.target));
    let whose = match targets.as_slice() {
        [one] => short_title(one),
        many => count(many.len(), "target"),
    };
    let sources: BTreeSet<_> = members.iter().filter_map(|it| it.source).collect();
    if sources.len() < 2 {
        let place = beside(sources.first().copied(), files);
        let names: Vec<String> = targets.iter().map(|target| code(&called(target, &sentence))).collect();
        let fold = if targets.len() < 2 { String::new() } else { fold("which", &names, 0) };
        let text = format!("<b>{word}</b> in {whose}: {sentence}{place}");
        return Bullet { text, fold, unread: Vec::new() };
    }
    let mut items: Vec<String> = Vec::new();
    for Warned { target: _, source, subject } in members {
        let place = source.map(|source| format!("{}:{}", file_name(&source.file), source.line)).unwrap_or_default();
        let item = if subject.is_empty() { place } else { format!("{subject} ({place})") };
        items.push(inline(&item));
    }
    items.dedup();
    let number = items.len();
    let text = format!("<b>{word}</b> in {whose}, {number} times: {sentence}");
    Bullet { text, fold: fold("where", &items, NAMED), unread: Vec::new() }
}
