//! The pull request that writes a change made in the console into the catalog.

use std::fmt::Write as _;

use super::context::Link;
use super::foot;
use crate::render::escape::clip;
use crate::render::escape::markdown::{html_code, inline};

/// The most differences that are listed. GitHub limits the text of a pull request to some 65,000 characters.
const MOST: usize = 150;

/// A difference between the catalog and what is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept<'a> {
    /// The target's name.
    pub target: &'a str,
    /// The key of the change.
    pub key: &'a str,
    /// The display name. Empty if there is none.
    pub label: &'a str,
    /// The reason why the pull request can't include it. `None` if it does.
    pub left: Option<&'a str>,
}

/// The content of the pull request.
#[derive(Debug, Clone, Copy)]
pub struct Adopting<'a> {
    /// The hidden first line. Empty in a job summary.
    pub marker: &'a str,
    /// The differences, in order.
    pub differences: &'a [Kept<'a>],
    /// The files that the pull request changes.
    pub files: &'a [&'a str],
    /// The workflow that runs an apply, which undoes the differences instead.
    pub undo: Option<Link<'a>>,
    /// Whether others have pushed to the branch. catalog-sync doesn't write to it any more then.
    pub is_theirs: bool,
}

/// The title.
pub const ADOPTED_TITLE: &str = "Keep what was done in the console";

/// The text of the pull request.
pub fn adopted(adopting: &Adopting<'_>) -> String {
    let Adopting { marker, differences, files, undo, is_theirs } = adopting;
    let taken: Vec<&Kept<'_>> = differences.iter().filter(|it| it.left.is_none()).collect();
    let left: Vec<&Kept<'_>> = differences.iter().filter(|it| it.left.is_some()).collect();
    let mut out = if marker.is_empty() { String::new() } else { format!("{marker}\n") };
    let number = |count: usize| if count == 1 { "1 difference".to_owned() } else { format!("{count} differences") };
    let _ = write!(out, "### What is live becomes what Git says: {}\n\n", number(taken.len()));
    out.push_str(
        "Somebody changed this in AWS since the catalog was applied. Merged, the catalog says what is live, and nothing of \
         this changes in AWS.\n\n",
    );
    list(&mut out, &taken);
    let paths: Vec<String> = files.iter().map(|file| html_code(file)).collect();
    let _ = write!(out, "Edited: {}. Every other line stays as it is.\n\n", paths.join(", "));
    let undo = match undo {
        Some(undo) => format!("run {}", foot::of_link(undo)),
        None => "run <code>catalog-sync apply</code>".to_owned(),
    };
    let _ = write!(out, "- <b>Keep it:</b> merge this.\n- <b>Undo it:</b> close this and {undo}.\n\n");
    if !left.is_empty() {
        let _ = write!(out, "#### Not in here: {}\n\n", number(left.len()));
        list(&mut out, &left);
    }
    if *is_theirs {
        out.push_str("This branch has commits by others: it is theirs now, and catalog-sync does not write to it.\n\n");
    }
    out
}

fn list(out: &mut String, differences: &[&Kept<'_>]) {
    for Kept { target, key, label, left } in differences.iter().take(MOST) {
        let name = if label.is_empty() { String::new() } else { format!("{} ", inline(&clip(label))) };
        let why = left.map(|why| format!(": {}", inline(&clip(why)))).unwrap_or_default();
        let _ = writeln!(out, "- {}: {name}{}{why}", html_code(target), html_code(key));
    }
    if let Some(more) = differences.len().checked_sub(MOST).filter(|more| *more > 0) {
        let _ = writeln!(out, "- and {more} more");
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample::NASTY;

    #[test]
    fn names_stay_names() {
        for nasty in NASTY {
            let kept = [
                Kept { target: nasty, key: nasty, label: nasty, left: None },
                Kept { target: nasty, key: nasty, label: nasty, left: Some(nasty) },
            ];
            let files = [*nasty];
            let adopting =
                Adopting { marker: "<!-- m -->", differences: &kept, files: &files, undo: None, is_theirs: true };
            let text = adopted(&adopting);
            assert!(text.starts_with("<!-- m -->\n### What is live"), "{text}");
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(lines.iter().filter(|line| line.starts_with("- ")).count(), 4, "{text}");
            assert_eq!(text.matches("<!--").count(), 1, "{text}");
        }
    }

    #[test]
    fn text_fits_whatever_there_is_to_tell() {
        let long = "x".repeat(5_000);
        let one = Kept { target: "t", key: "k", label: "", left: None };
        let other = Kept { left: Some(&long), ..one };
        let all: Vec<Kept<'_>> = std::iter::repeat_n(one, 400).collect();
        let adopting = Adopting { marker: "", differences: &all, files: &["f"], undo: None, is_theirs: false };
        let text = adopted(&adopting);
        assert!(text.contains("400 differences") && text.contains("- and 250 more\n"), "{text}");
        let all: Vec<Kept<'_>> = std::iter::repeat_n(other, 30).collect();
        assert!(adopted(&Adopting { differences: &all, ..adopting }).len() < 65_000);
    }
}
