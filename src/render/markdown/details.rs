//! Foldable details for each target: its changes as a diff, with links to the lines of YAML that ask for them.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Origin, Target};
use crate::model::edit::Effect;
use crate::model::finding::Source;
use crate::model::target::TargetName;

use super::super::alike::{Alike, Shared, With, account_of, accounts, each, line_in};
use super::super::escape::markdown::{fenced, inline};
use super::super::escape::{clip, visible};
use super::super::line::{Line, View};
use super::super::sides::Side;
use super::super::words::{count, some_of};
use super::fit::Room;
use super::kept::framed;
use super::parts::{long_title, places};

/// The most lines of a plan whose details are shown open.
const SMALL: usize = 12;

/// The details of all targets. They are worded once, even if a text has to be composed several times until it fits.
#[derive(Debug)]
pub(super) struct Details<'a> {
    folded: Vec<Folded<'a>>,
    /// Whether the details are open if there are few lines.
    opens: bool,
}

#[derive(Debug)]
struct Folded<'a> {
    /// The targets, for details that have to be found again in the issue. Otherwise empty.
    names: Vec<TargetName>,
    title: String,
    /// The numbers of changes, escaped.
    what: String,
    /// The accounts, escaped. Empty for a single account.
    accounts: String,
    groups: Vec<Group<'a>>,
}

#[derive(Debug)]
struct Group<'a> {
    heading: Option<&'static str>,
    lines: Vec<Rendered<'a>>,
}

/// A change as lines of a diff.
#[derive(Debug)]
struct Rendered<'a> {
    effect: Effect,
    /// The number of targets with this change. Each counts for the limit.
    times: usize,
    text: String,
    source: Option<&'a Source>,
}

impl<'a> Details<'a> {
    /// Makes the details of targets with their changes. `numbers` puts the numbers of changes into words. Changes that
    /// several targets share are shown once.
    pub(super) fn of(
        targets: impl IntoIterator<Item = (&'a Target, Vec<ChangeRef<'a>>)>,
        view: View<'_>,
        numbers: impl Fn(&[ChangeRef<'a>]) -> String,
    ) -> Self {
        let targets: Vec<(&'a Target, Vec<With<'a, ()>>)> =
            targets.into_iter().map(|(it, all)| (it, all.into_iter().map(|change| (change, ())).collect())).collect();
        let order: Vec<&'a Target> = targets.iter().map(|(target, _)| *target).collect();
        let alike = Alike::of(targets, view);
        let mut details = Self { folded: Vec::new(), opens: matches!(view, View::Plan(_)) };
        for target in order {
            for Shared { targets, changes } in alike.beginning_at(target) {
                let each = format!(" in each of {}", each(targets));
                details.add(targets, changes, |changes| numbers(changes) + &each, view);
            }
            details.add(&[target], alike.own(target), &numbers, view);
        }
        details
    }

    fn add(
        &mut self,
        targets: &[&'a Target],
        changes: &[With<'a, ()>],
        numbers: impl Fn(&[ChangeRef<'a>]) -> String,
        view: View<'_>,
    ) {
        let changes: Vec<ChangeRef<'a>> = changes.iter().map(|(change, ())| *change).collect();
        let groups = groups(&changes, view).into_iter();
        let groups = groups.map(|(heading, of)| Group { heading, lines: lines(targets, &of, view) }).collect();
        // Only an issue about drift is updated when a target can't be read, so only there the details have to be found
        // again.
        let is_kept = matches!(view, View::Drift);
        let names = targets.iter().filter(|_| is_kept).map(|target| target.name.clone()).collect();
        let title = long_title(targets);
        self.folded.push(Folded { names, title, what: numbers(&changes), accounts: named(targets), groups });
    }

    /// The numbers of additions and updates that don't fit, each with its word.
    pub(super) fn left_out(&self, room: Room, words: [&'static str; 2]) -> [(usize, &'static str); 2] {
        let [gives, changes] = words;
        let mut left = [(0, gives), (0, changes)];
        let mut budget = Budget::of(room);
        for line in self.folded.iter().flat_map(|folded| &folded.groups).flat_map(|group| &group.lines) {
            if !budget.spend(line) {
                let [gives, changes] = &mut left;
                let number = if line.effect == Effect::Gives { gives } else { changes };
                number.0 += line.times;
            }
        }
        left
    }

    /// The text that fits into `room`.
    pub(super) fn to_text(&self, files: Option<&str>, room: Room) -> String {
        if !room.details {
            return String::new();
        }
        let mut budget = Budget::of(room);
        let lines: usize = self.folded.iter().flat_map(|folded| &folded.groups).map(|group| group.lines.len()).sum();
        let is_open = self.opens && lines <= SMALL;
        self.folded.iter().map(|folded| folded.to_text(files, &mut budget, is_open)).collect()
    }
}

/// The number of lines that may still be shown, over all targets.
#[derive(Debug, Clone, Copy)]
struct Budget {
    creates: usize,
    updates: usize,
}

impl Budget {
    fn of(room: Room) -> Self {
        Self { creates: room.creates, updates: room.updates }
    }

    fn spend(&mut self, line: &Rendered<'_>) -> bool {
        let left = match line.effect {
            Effect::Gives => &mut self.creates,
            Effect::Changes => &mut self.updates,
            Effect::Takes => return true,
        };
        let fits = *left >= line.times;
        // After one line that does not fit, no later line is shown, even if it would fit.
        *left = if fits { *left - line.times } else { 0 };
        fits
    }
}

impl Folded<'_> {
    fn to_text(&self, files: Option<&str>, budget: &mut Budget, is_open: bool) -> String {
        let Self { names, title, what, accounts, groups } = self;
        let mut block = String::new();
        let mut sources = Vec::new();
        let (mut shown, mut left_out) = (0, 0);
        for Group { heading, lines } in groups {
            let some: Vec<&Rendered<'_>> = lines.iter().filter(|line| budget.spend(line)).collect();
            if let (Some(heading), false) = (heading, some.is_empty()) {
                let _ = writeln!(block, "@@ {heading} @@");
            }
            shown += some.len();
            left_out += lines.len() - some.len();
            for Rendered { effect: _, times: _, text, source } in some {
                block.push_str(text);
                sources.extend(*source);
            }
        }
        if shown == 0 {
            return String::new();
        }
        if left_out > 0 {
            let _ = writeln!(block, "  … {} not shown here", count(left_out, "more line"));
        }
        let links = places(sources, files);
        let links = if links.is_empty() { String::new() } else { format!("\nAsked for in {links}\n") };
        let open = if is_open { " open" } else { "" };
        // After the summary, a blank line is needed for GitHub to read markdown again.
        let part = format!(
            "<details{open}><summary>{title}: {what}</summary>\n\n{}{links}{accounts}\n</details>\n\n",
            fenced("diff", &block)
        );
        if names.is_empty() { part } else { framed(names, &part) }
    }
}

/// The changes in groups with headings, the worst first. In a plan, drift has a group of its own. For drift, each side
/// has one.
fn groups<'a>(changes: &[ChangeRef<'a>], view: View<'_>) -> Vec<(Option<&'static str>, Vec<ChangeRef<'a>>)> {
    let of = |is: &dyn Fn(ChangeRef<'_>) -> bool| worst_first(changes.iter().copied().filter(|change| is(*change)));
    match view {
        View::Plan(_) | View::Done => vec![
            (None, of(&|change| change.about.origin == Origin::PullRequest)),
            (Some("drift, from before"), of(&|change| change.about.origin == Origin::Drift)),
            (Some("behind what is mirrored, not by this"), of(&|change| change.about.origin == Origin::Mirror)),
        ],
        View::Drift => vec![
            (Some("live and not in Git"), of(&|change| Side::of(change) == Side::TooMuch)),
            (Some("different from Git"), of(&|change| Side::of(change) == Side::Different)),
            (Some("in Git and not live"), of(&|change| Side::of(change) == Side::Missing)),
            (Some("behind what is mirrored"), of(&|change| Side::of(change) == Side::Behind)),
        ],
    }
}

fn worst_first<'a>(changes: impl Iterator<Item = ChangeRef<'a>>) -> Vec<ChangeRef<'a>> {
    let mut changes: Vec<ChangeRef<'a>> = changes.collect();
    changes.sort_by_key(|change| change.edit.effect());
    changes
}

/// The changes as lines of a diff, which GitHub colours by their first character.
fn lines<'a>(targets: &[&Target], changes: &[ChangeRef<'a>], view: View<'_>) -> Vec<Rendered<'a>> {
    let lines: Vec<Line<'a>> = changes.iter().map(|change| line_in(targets, *change, view)).collect();
    let times = targets.len();
    let width = lines.iter().map(|line| line.what.len()).max().unwrap_or_default();
    lines.iter().map(|line| rendered(line, width, times)).collect()
}

fn rendered<'a>(line: &Line<'a>, width: usize, times: usize) -> Rendered<'a> {
    let Line { effect, what, name, id, terms, source, notes, so: _, sigil } = line;
    let sigil = if *sigil == "~" { "!" } else { sigil };
    let mut text = String::new();
    let _ = write!(text, "{sigil} {what:width$}  {}", shown(name));
    if !id.is_empty() {
        let _ = write!(text, " {}", shown(id));
    }
    let terms = terms.iter().map(|term| shown(&term.text())).collect::<Vec<_>>().join(", ");
    if !terms.is_empty() {
        let _ = write!(text, "   {terms}");
    }
    text.push('\n');
    for note in notes {
        let _ = writeln!(text, "  {:width$}  ↳ {}", "", shown(note));
    }
    Rendered { effect: *effect, times, text, source: *source }
}

/// The accounts that share changes, folded if there are many. Empty for a single account.
fn named(targets: &[&Target]) -> String {
    let names: Vec<String> = accounts(targets).into_iter().map(|target| inline(&account_of(target))).collect();
    match names.len() {
        ..=1 => String::new(),
        2..=NAMED => format!("\nIn {}\n", some_of(&names, names.len())),
        many => format!("\n<details><summary>All {many} accounts</summary>{}</details>\n", names.join(", ")),
    }
}

/// The most accounts that are shown without folding.
const NAMED: usize = 10;

fn shown(text: &str) -> String {
    visible(&clip(text)).into_owned()
}
