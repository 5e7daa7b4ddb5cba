//! Per target, folded: its changes as a diff, with links to the lines that ask for them.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Origin, Target};
use crate::model::edit::{Action, Effect};
use crate::model::finding::Source;
use crate::model::target::TargetName;

use super::super::escape::markdown::fenced;
use super::super::escape::{clip, visible};
use super::super::line::{Line, View};
use super::super::words::count;
use super::fit::Room;
use super::kept::framed;
use super::parts::{long_title, places};

/// A plan with so few changes has them unfolded.
const SMALL: usize = 12;

/// The folded parts of all targets. Each change is put into words once, however often a text is put together until it
/// fits.
#[derive(Debug, Default)]
pub(super) struct Details<'a> {
    folded: Vec<Folded<'a>>,
    /// Whether a text with few changes shows them at once.
    opens: bool,
}

#[derive(Debug)]
struct Folded<'a> {
    /// The target, where the part about it has to be found again.
    name: Option<TargetName>,
    title: String,
    /// How much of what, escaped.
    what: String,
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
    text: String,
    source: Option<&'a Source>,
}

impl<'a> Details<'a> {
    /// Adds a target: `changes` of it, told from one side.
    pub(super) fn add(&mut self, target: &Target, changes: &[ChangeRef<'a>], what: String, view: View<'_>) {
        let groups = groups(changes, view).into_iter().map(|(heading, of)| Group { heading, lines: lines(&of, view) });
        // An issue lasts longer than what can be read.
        let name = matches!(view, View::Drift).then(|| target.name.clone());
        self.opens |= matches!(view, View::Plan(_));
        self.folded.push(Folded { name, title: long_title(target), what, groups: groups.collect() });
    }

    /// The text, as far as there is room.
    pub(super) fn to_text(&self, files: Option<&str>, room: Room) -> String {
        if !room.details {
            return String::new();
        }
        let mut budget = Budget { creates: room.creates, updates: room.updates };
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
    fn spend(&mut self, effect: Effect) -> bool {
        let left = match effect {
            Effect::Gives => &mut self.creates,
            Effect::Changes => &mut self.updates,
            Effect::Takes => return true,
        };
        let some = *left > 0;
        *left = left.saturating_sub(1);
        some
    }
}

impl Folded<'_> {
    fn to_text(&self, files: Option<&str>, budget: &mut Budget, is_open: bool) -> String {
        let Self { name, title, what, groups } = self;
        let mut block = String::new();
        let mut sources = Vec::new();
        let (mut shown, mut left_out) = (0, 0);
        for Group { heading, lines } in groups {
            let some: Vec<&Rendered<'_>> = lines.iter().filter(|line| budget.spend(line.effect)).collect();
            if let (Some(heading), false) = (heading, some.is_empty()) {
                let _ = writeln!(block, "@@ {heading} @@");
            }
            shown += some.len();
            left_out += lines.len() - some.len();
            for Rendered { effect: _, text, source } in some {
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
            "<details{open}><summary>{title}: {what}</summary>\n\n{}{links}\n</details>\n\n",
            fenced("diff", &block)
        );
        name.as_ref().map_or_else(|| part.clone(), |name| framed(name, &part))
    }
}

/// The worst first: of a plan what is drift apart, of drift by its side.
fn groups<'a>(changes: &[ChangeRef<'a>], view: View<'_>) -> Vec<(Option<&'static str>, Vec<ChangeRef<'a>>)> {
    let of = |is: &dyn Fn(ChangeRef<'_>) -> bool| worst_first(changes.iter().copied().filter(|change| is(*change)));
    match view {
        View::Plan(_) | View::Done => vec![
            (None, of(&|change| change.about.origin == Origin::PullRequest)),
            (Some("drift, from before"), of(&|change| change.about.origin == Origin::Drift)),
        ],
        View::Drift => vec![
            (Some("live and not in Git"), of(&|change| change.edit.action() == Action::Remove)),
            (Some("live otherwise than in Git"), of(&|change| change.edit.action() == Action::Update)),
            (Some("in Git and not live"), of(&|change| change.edit.action() == Action::Create)),
        ],
    }
}

fn worst_first<'a>(changes: impl Iterator<Item = ChangeRef<'a>>) -> Vec<ChangeRef<'a>> {
    let mut changes: Vec<ChangeRef<'a>> = changes.collect();
    changes.sort_by_key(|change| change.edit.effect());
    changes
}

/// Changes as lines of a diff, which GitHub colours by their first character.
fn lines<'a>(changes: &[ChangeRef<'a>], view: View<'_>) -> Vec<Rendered<'a>> {
    let lines: Vec<Line<'a>> = changes.iter().map(|change| Line::of(*change, view)).collect();
    let width = lines.iter().map(|line| line.what.len()).max().unwrap_or_default();
    lines.iter().map(|line| rendered(line, width)).collect()
}

fn rendered<'a>(line: &Line<'a>, width: usize) -> Rendered<'a> {
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
    Rendered { effect: *effect, text, source: *source }
}

fn shown(text: &str) -> String {
    visible(&clip(text)).into_owned()
}
