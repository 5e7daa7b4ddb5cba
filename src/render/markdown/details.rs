//! Per target, folded: its changes as a diff, with links to the lines that ask for them.

use std::fmt::Write;

use crate::model::change::{ChangeRef, Origin, Target};
use crate::model::edit::{Action, Effect};

use super::super::escape::markdown::fenced;
use super::super::escape::{clip, visible};
use super::super::line::{Line, View};
use super::super::words::count;
use super::fit::Room;
use super::parts::{long_title, places};

/// How many more lines may be shown, whatever target they belong to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    creates: usize,
    updates: usize,
}

impl Budget {
    /// All of the room.
    pub(super) fn of(room: Room) -> Self {
        Self { creates: room.creates, updates: room.updates }
    }

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

/// The folded part of a target: `changes` of it, told from one side.
pub(super) fn of_target(
    target: &Target,
    changes: &[ChangeRef<'_>],
    what: &str,
    view: View,
    files: Option<&str>,
    budget: &mut Budget,
) -> String {
    let mut block = String::new();
    let mut shown: Vec<ChangeRef<'_>> = Vec::new();
    for (heading, of) in groups(changes, view) {
        let some: Vec<ChangeRef<'_>> = of.into_iter().filter(|change| budget.spend(change.edit.effect())).collect();
        if let (Some(heading), false) = (heading, some.is_empty()) {
            let _ = writeln!(block, "@@ {heading} @@");
        }
        block.push_str(&lines(&some, view));
        shown.extend(some);
    }
    if shown.is_empty() {
        return String::new();
    }
    let left_out = changes.len() - shown.len();
    if left_out > 0 {
        let _ = writeln!(block, "  … {} not shown here", count(left_out, "more line"));
    }
    let links = places(shown.iter().filter_map(|change| change.about.because.source()), files);
    let links = if links.is_empty() { String::new() } else { format!("\nAsked for in {links}\n") };
    // The blank line behind the summary is what makes the rest markdown again.
    format!(
        "<details><summary>{}: {what}</summary>\n\n{}{links}\n</details>\n\n",
        long_title(target),
        fenced("diff", &block)
    )
}

/// The worst first: of a plan what is drift apart, of drift by its side.
fn groups<'a>(changes: &[ChangeRef<'a>], view: View) -> Vec<(Option<&'static str>, Vec<ChangeRef<'a>>)> {
    let of = |is: &dyn Fn(ChangeRef<'_>) -> bool| worst_first(changes.iter().copied().filter(|change| is(*change)));
    match view {
        View::Plan => vec![
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
pub(super) fn lines(changes: &[ChangeRef<'_>], view: View) -> String {
    let lines: Vec<Line<'_>> = changes.iter().map(|change| Line::of(*change, view)).collect();
    let width = lines.iter().map(|line| line.what.len()).max().unwrap_or_default();
    let mut out = String::new();
    for line in &lines {
        let sigil = if line.action == Action::Update { "!" } else { line.sigil() };
        let _ = write!(out, "{sigil} {:width$}  {}", line.what, shown(&line.name));
        if !line.id.is_empty() {
            let _ = write!(out, " {}", shown(&line.id));
        }
        let terms = line.terms.iter().map(|term| shown(&term.text())).collect::<Vec<_>>().join(", ");
        if !terms.is_empty() {
            let _ = write!(out, "   {terms}");
        }
        out.push('\n');
        for note in &line.notes {
            let _ = writeln!(out, "  {:width$}  ↳ {}", "", shown(note));
        }
    }
    out
}

fn shown(text: &str) -> String {
    visible(&clip(text)).into_owned()
}
