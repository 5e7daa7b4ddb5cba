//! Progress: bars on a terminal, lines in a log.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::output;
use crate::apply::Listener;
use crate::cli::Common;
use crate::cloud::Count;
use crate::model::report::{Outcome, TargetReport};
use crate::model::target::TargetName;

/// How often a log line reports progress.
const IN_A_LOG: Duration = Duration::from_secs(30);

/// How often a bar is redrawn.
const ON_A_TERMINAL: Duration = Duration::from_millis(200);

/// The most targets that a progress line names.
const NAMED: usize = 3;

/// Standard error, with progress bars below the messages.
#[derive(Debug, Clone)]
pub(super) struct Screen {
    bars: MultiProgress,
    watched: bool,
    quiet: bool,
}

impl Screen {
    pub(super) fn new(common: &Common) -> Self {
        let watched = output::watched(common);
        let target = if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self { bars: MultiProgress::with_draw_target(target), watched, quiet: common.quiet }
    }

    /// Whether progress bars are drawn.
    pub(super) fn is_watched(&self) -> bool {
        self.watched
    }

    /// Prints a line above the bars, even with `--quiet`.
    pub(super) fn tell(&self, text: &str) {
        self.bars.suspend(|| output::tell(text));
    }

    /// Shows the number of AWS calls.
    pub(super) fn calls(&self, mut made: watch::Receiver<u64>) -> Calls {
        let bar = self.bars.add(styled(ProgressBar::no_length(), "{pos} AWS calls …"));
        let moved = bar.clone();
        let task = tokio::spawn(async move {
            while made.changed().await.is_ok() {
                moved.set_position(*made.borrow_and_update());
            }
        });
        Calls { bar, task }
    }

    /// Shows the progress of an apply.
    pub(super) fn apply(&self) -> Applying {
        let bar = self.watched.then(|| {
            self.bars.add(styled(ProgressBar::new(0), "{bar:30} {pos} of {len} changes, {elapsed}{wide_msg}"))
        });
        Applying { screen: self.clone(), bar }
    }
}

/// Sets a template. An invalid one is ignored, and the bar keeps its default look.
fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The number of AWS calls on the screen. Dropping it removes it.
#[derive(Debug)]
pub(super) struct Calls {
    bar: ProgressBar,
    task: JoinHandle<()>,
}

impl Drop for Calls {
    fn drop(&mut self) {
        self.task.abort();
        self.bar.finish_and_clear();
    }
}

/// The progress of an apply on the screen. Dropping it removes it.
#[derive(Debug)]
pub(super) struct Applying {
    screen: Screen,
    bar: Option<ProgressBar>,
}

impl Listener for Applying {
    fn every(&self) -> Duration {
        if self.bar.is_some() { ON_A_TERMINAL } else { IN_A_LOG }
    }

    fn goes_on(&mut self, counts: &BTreeMap<TargetName, Count>) {
        let Count { settled, all } = total(counts);
        match &self.bar {
            Some(bar) => {
                let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
                bar.set_length(number(all));
                bar.set_position(number(settled));
                bar.set_message(under_way(counts).map(|what| format!(": {what}")).unwrap_or_default());
            }
            None if self.screen.quiet => {}
            None => {
                let what = under_way(counts).map(|what| format!("; under way: {what}")).unwrap_or_default();
                output::tell(&format!("{settled} of {all} changes have ended{what}"));
            }
        }
    }

    fn ended(&mut self, target: &TargetReport) {
        if !self.screen.quiet {
            let applied = target.outcomes.iter().filter(|outcome| **outcome == Outcome::Applied).count();
            self.screen.tell(&format!("{}: {applied} of {} applied", target.target.name, target.outcomes.len()));
        }
    }
}

impl Drop for Applying {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn total(counts: &BTreeMap<TargetName, Count>) -> Count {
    let sum = |total: Count, of: &Count| Count { settled: total.settled + of.settled, all: total.all + of.all };
    counts.values().fold(Count::default(), sum)
}

/// The targets with unfinished changes, those with the most unfinished changes first. `None` if there are none.
fn under_way(counts: &BTreeMap<TargetName, Count>) -> Option<String> {
    let mut open: Vec<(&TargetName, &Count)> = counts.iter().filter(|(_, it)| it.settled < it.all).collect();
    open.sort_by_key(|(_, count)| std::cmp::Reverse(count.all - count.settled));
    let named = open.iter().take(NAMED).map(|(name, count)| format!("{name} {} of {}", count.settled, count.all));
    let mut named: Vec<String> = named.collect();
    if open.len() > NAMED {
        named.push(format!("and {} more", open.len() - NAMED));
    }
    (!named.is_empty()).then(|| named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(of: &[(usize, usize)]) -> BTreeMap<TargetName, Count> {
        let named = |(number, (settled, all)): (usize, &(usize, usize))| {
            (format!("portfolio/p{number}/acme/us-east-1").parse().unwrap(), Count { settled: *settled, all: *all })
        };
        of.iter().enumerate().map(named).collect()
    }

    #[test]
    fn line_names_what_has_most_left() {
        let counts = counts(&[(1, 2), (0, 100), (5, 5), (2, 9), (0, 3)]);
        let said = "portfolio/p1/acme/us-east-1 0 of 100, portfolio/p3/acme/us-east-1 2 of 9, \
                    portfolio/p4/acme/us-east-1 0 of 3, and 1 more";
        assert_eq!(under_way(&counts).as_deref(), Some(said));
        assert_eq!(total(&counts), Count { settled: 8, all: 119 });
    }

    #[test]
    fn nothing_is_under_way_when_all_has_ended() {
        assert_eq!(under_way(&counts(&[(2, 2)])), None);
    }
}
