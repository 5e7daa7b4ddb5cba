//! Per target, folded: its changes as a diff, with links to the lines that ask for them.

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

/// A plan with so few changes has them unfolded.
const SMALL: usize = 12;

/// The folded parts of all targets. Each change is put into words once, however often a text is put together until it
/// fits.
#[derive(Debug)]
pub(super) struct Details<'a> {
    folded: Vec<Folded<'a>>,
    /// Whether a text with few changes shows them at once.
    opens: bool,
}

#[derive(Debug)]
struct Folded<'a> {
    /// The targets, where the part about them has to be found again; otherwise empty.
    names: Vec<TargetName>,
    title: String,
    /// How much of what, escaped.
    what: String,
    /// Which accounts have it, where these are several, escaped.
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
    /// In how many targets it is made: so often it counts.
    times: usize,
    text: String,
    source: Option<&'a Source>,
}

impl<'a> Details<'a> {
    /// Of targets, each with those changes of it that are told, and what these are in numbers. What several targets
    /// share is told once.
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
        // An issue lasts longer than what can be read.
        let is_kept = matches!(view, View::Drift);
        let names = targets.iter().filter(|_| is_kept).map(|target| target.name.clone()).collect();
        let title = long_title(targets);
        self.folded.push(Folded { names, title, what: numbers(&changes), accounts: named(targets), groups });
    }

    /// How many changes that give, and that change, there is no room for, each in its word.
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

    /// The text, as far as there is room.
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

/// How many more lines may be shown, whatever target they belong to.
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
        // What comes later does not go before it.
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
        // The blank line behind the summary is what makes the rest markdown again.
        let part = format!(
            "<details{open}><summary>{title}: {what}</summary>\n\n{}{links}{accounts}\n</details>\n\n",
            fenced("diff", &block)
        );
        if names.is_empty() { part } else { framed(names, &part) }
    }
}

/// The worst first: of a plan what is drift apart, of drift by its side.
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
            (Some("live otherwise than in Git"), of(&|change| Side::of(change) == Side::Different)),
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

/// Changes as lines of a diff, which GitHub colours by their first character.
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

/// The accounts that share changes, folded where these are many; nothing where it is one.
fn named(targets: &[&Target]) -> String {
    let names: Vec<String> = accounts(targets).into_iter().map(|target| inline(&account_of(target))).collect();
    match names.len() {
        ..=1 => String::new(),
        2..=NAMED => format!("\nIn {}\n", some_of(&names, names.len())),
        many => format!("\n<details><summary>All {many} accounts</summary>{}</details>\n", names.join(", ")),
    }
}

/// How many accounts are named openly.
const NAMED: usize = 10;

fn shown(text: &str) -> String {
    visible(&clip(text)).into_owned()
}
