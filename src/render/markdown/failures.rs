//! Failed and skipped changes, grouped by cause so that each cause is shown once.

use std::fmt::Write;

use crate::model::change::Target;
use crate::model::report::Report;

use super::super::cause::Cause;
use super::super::escape::markdown::{code, inline};
use super::super::line::{Line, View};
use super::super::trouble::{self, Failed, distinct};
use super::super::words::{count, some_of};
use super::fit::Room;
use super::losses::named;
use super::parts::{beside, short_title};

/// All failed and skipped changes. They are worded once, even if a text has to be composed several times until it fits.
#[derive(Debug)]
pub(super) struct Failures {
    failed: Vec<Bullet>,
    skipped: Vec<(usize, String)>,
}

#[derive(Debug)]
struct Bullet {
    /// The changes, escaped.
    items: Vec<String>,
    /// The target, escaped. `None` if there are several, which `items` name then.
    place: Option<String>,
    /// AWS's error, escaped.
    said: String,
}

impl Failures {
    pub(super) fn of(report: &Report, files: Option<&str>) -> Self {
        let failed = trouble::failures(&report.targets);
        let skipped = trouble::skipped(&report.targets);
        Self {
            failed: failed.iter().map(|cause| bullet(cause, files)).collect(),
            skipped: skipped.iter().map(untried).collect(),
        }
    }

    /// The number of bullets and names in the full text.
    pub(super) fn len(&self) -> usize {
        self.failed.iter().map(Bullet::size).sum::<usize>().max(self.skipped.len())
    }

    /// The failures as a box of bullets, and the skipped changes as a list below it, as far as they fit into `room`.
    pub(super) fn to_text(&self, room: Room) -> String {
        format!("{}{}", self.failed(room), self.skipped(room))
    }

    fn failed(&self, room: Room) -> String {
        if self.failed.is_empty() {
            return String::new();
        }
        let mut out = "> [!CAUTION]\n> <b>Failed:</b>\n>\n".to_owned();
        let mut left = room.losses;
        for bullet in &self.failed {
            if left > 0 {
                let _ = writeln!(out, "> - {}", bullet.to_text(left));
            }
            left = left.saturating_sub(bullet.size());
        }
        let more = self.failed.iter().map(Bullet::size).sum::<usize>().saturating_sub(room.losses);
        if more > 0 {
            let _ = write!(out, ">\n> <b>{more} more failed.</b>\n");
        }
        out.push('\n');
        out
    }

    fn skipped(&self, room: Room) -> String {
        let Self { failed: _, skipped } = self;
        let mut out = String::new();
        for (_, text) in skipped.iter().take(room.odd) {
            let _ = writeln!(out, "- {text}");
        }
        if skipped.len() > room.odd {
            let more: usize = skipped.iter().skip(room.odd).map(|(number, _)| number).sum();
            let _ = writeln!(out, "- <b>{} not tried</b>", count(more, "more change"));
        }
        if out.is_empty() { out } else { format!("{out}\n") }
    }
}

impl Bullet {
    /// The number of names in the full bullet.
    fn size(&self) -> usize {
        self.items.len()
    }

    /// The bullet with at most `left` changes. If they are in several targets, each has its own line.
    fn to_text(&self, left: usize) -> String {
        let Self { items, place, said } = self;
        if let Some(place) = place {
            return format!("{} in {place}: {said}", some_of(items, left));
        }
        let text = format!("<b>{}</b>: {said}", count(items.len(), "change"));
        items.iter().take(left).fold(text, |text, item| text + "\n>   - " + item)
    }
}

fn bullet(cause: &Cause<(&str, &str), Failed<'_>>, files: Option<&str>) -> Bullet {
    let Cause { key: (operation, aws), sentence, members } = cause;
    let targets = distinct(members.iter().map(|it| &it.of.target));
    let place = match targets.as_slice() {
        [one] => Some(short_title(one)),
        _ => None,
    };
    let item = |Failed { of, change, failure: _ }: &Failed<'_>| {
        let line = Line::of(*change, View::Done);
        if place.is_some() {
            return format!("{} {}{}", line.what, named(&line), beside(line.source, files));
        }
        // The target that follows names the account. Without it here, 500 failures fit into a comment.
        let line = line.without(of.target.account.as_str());
        format!("{} {} in {}", line.what, named(&line), code(&trouble::called(&of.target, sentence)))
    };
    let items = members.iter().map(item).collect();
    let said = format!("<b>{}</b>: {} ({}{})", inline(aws), inline(sentence), code(operation), called(members));
    Bullet { items, place, said }
}

/// ` in hub 111111111111 us-east-1`. Empty if the calls were made in several places.
fn called(members: &[Failed<'_>]) -> String {
    let Some((name, account, region)) = trouble::one_place(members) else { return String::new() };
    let name = name.map(|name| format!("{} ", inline(name))).unwrap_or_default();
    format!(" in {name}{} {}", code(account.as_str()), inline(region.as_str()))
}

/// The number of skipped changes, and a sentence with their place and reason.
fn untried<C>(cause: &Cause<(), (&Target, C)>) -> (usize, String) {
    let Cause { key: (), sentence, members } = cause;
    let targets = distinct(members.iter().map(|(target, _)| *target));
    let place = match targets.as_slice() {
        [one] => short_title(one),
        many => count(many.len(), "target"),
    };
    let number = members.len();
    (number, format!("<b>{} not tried</b> in {place}: {}", count(number, "change"), inline(sentence)))
}
