//! Parts that several texts share.

use crate::model::change::{Summary, Target};
use crate::model::finding::Source;
use crate::model::target::TargetName;

use super::super::alike::{accounts, regions};
use super::super::escape::markdown::{html_code, inline, link, url_path};
use super::super::sandbox::{BEFORE_HEADLINE, MEANING};
use super::super::title::Title;
use super::super::words::{count, file_name, some_of};
use super::context::Context;

/// The beginning of a text: the marker, the headline, and the boxes that have to be read first.
pub(super) fn head(context: &Context<'_>, headline: &str) -> String {
    let newline = if context.marker.is_empty() { "" } else { "\n" };
    let (before, meaning) =
        if context.sandbox { (BEFORE_HEADLINE, format!("> [!NOTE]\n> {MEANING}\n\n")) } else { ("", String::new()) };
    format!("{}{newline}### {before}{headline}\n\n{meaning}{}", context.marker, context.notice)
}

/// `portfolio <b>Data Platform</b> · acme · us-east-1`, for table cells and sentences. A recipient's title names its
/// account too.
pub(super) fn short_title(target: &Target) -> String {
    let title = Title::of(target);
    let region = title.region.map(|region| format!(" · {}", inline(region))).unwrap_or_default();
    let whose = match &target.name {
        TargetName::Recipient { .. } => format!("{} {}", inline(&title.owner()), html_code(title.account)),
        TargetName::Portfolio { .. } | TargetName::Marketplace { .. } => inline(title.organization),
    };
    format!("{} <b>{}</b> · {whose}{region}", title.kind, inline(&title.name))
}

/// `portfolio <b>Data Platform</b> <code>port-…</code> · acme/hub <code>111111111111</code> · us-east-1`, for
/// summaries. Several targets have several regions or a number of accounts: ` · acme · 498 accounts · eu-west-1,
/// us-east-1`.
pub(super) fn long_title(targets: &[&Target]) -> String {
    let Some(first) = targets.first() else { return String::new() };
    let title = Title::of(first);
    let in_regions = regions(targets);
    let region = match title.region {
        Some(_) => {
            let names: Vec<String> = in_regions.keys().map(|region| inline(region.as_str())).collect();
            format!(" · {}", names.join(", "))
        }
        None => String::new(),
    };
    let whose = match accounts(targets).len() {
        1 => format!("{} {}", inline(&title.owner()), html_code(title.account)),
        number => format!("{} · {}", inline(title.organization), count(number, "account")),
    };
    let name = inline(&title.name);
    // The portfolio of each region has its own id.
    let titles = in_regions.values().map(|target| Title::of(target));
    let mut ids: Vec<String> = titles.filter_map(|it| it.id.filter(|id| *id != it.name).map(html_code)).collect();
    ids.dedup();
    let id = if ids.is_empty() { String::new() } else { format!(" {}", ids.join(", ")) };
    format!("{} <b>{name}</b>{id} · {whose}{region}", title.kind)
}

/// `2 to remove, 1 to update, 121 to create` in the given words. Zeros are left out.
pub(super) fn numbers(summary: &Summary, words: [&str; 3]) -> String {
    counted([summary.removes, summary.updates, summary.creates], words)
}

/// The same for any numbers.
pub(super) fn counted<const N: usize>(numbers: [usize; N], words: [&str; N]) -> String {
    let parts: Vec<String> = numbers
        .into_iter()
        .zip(words)
        .filter(|(number, _)| *number > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    parts.join(", ")
}

/// The words of [`numbers`] for a plan.
pub(super) const TO_DO: [&str; 3] = ["to remove", "to update", "to create"];

/// ` ([data-platform.yaml:8](…))`. Empty without a source.
pub(super) fn beside(source: Option<&Source>, files: Option<&str>) -> String {
    source.map(|source| format!(" ({})", place(source, files))).unwrap_or_default()
}

/// `[data-platform.yaml:8](…)`, or only the text if there is no address for links.
fn place(source: &Source, files: Option<&str>) -> String {
    let text = format!("{}:{}", file_name(&source.file), source.line);
    lines_link(&text, &source.file, (source.line, source.line), files)
}

/// Links to lines, with nearby lines as one range: `[baseline.yaml:4](…) · [10–24](…)`.
pub(super) fn places<'a>(sources: impl IntoIterator<Item = &'a Source>, files: Option<&str>) -> String {
    /// Entries of a list are seldom longer than this, so the lines between two of them belong to the first.
    const NEAR: u32 = 4;
    let mut sources: Vec<&Source> = sources.into_iter().collect();
    sources.sort();
    let mut runs: Vec<(&str, u32, u32)> = Vec::new();
    for source in sources {
        match runs.last_mut() {
            Some((file, _, last)) if *file == source.file && source.line <= *last + NEAR => *last = source.line,
            _ => runs.push((&source.file, source.line, source.line)),
        }
    }
    let mut before = "";
    let mut links = Vec::new();
    for (file, first, last) in runs {
        let lines = if first == last { first.to_string() } else { format!("{first}–{last}") };
        let text = if file == before { lines } else { format!("{}:{lines}", file_name(file)) };
        before = file;
        links.push(lines_link(&text, file, (first, last), files));
    }
    links.join(" · ")
}

/// Whether a path stays inside the repository. A browser resolves `..` in an address, so it could lead anywhere on
/// GitHub.
fn is_inside(file: &str) -> bool {
    file.split(['/', '\\']).all(|part| part != "..")
}

fn lines_link(text: &str, file: &str, (first, last): (u32, u32), files: Option<&str>) -> String {
    let Some(files) = files.filter(|_| is_inside(file)) else { return inline(text) };
    let lines = if first == last { format!("#L{first}") } else { format!("#L{first}-L{last}") };
    link(text, &format!("{files}{}{lines}", url_path(file)))
}

/// Lists names and folds all but the first `open`: `: a, b and <details>…</details>`.
pub(super) fn fold(word: &str, names: &[String], open: usize) -> String {
    let (shown, folded) =
        names.split_at_checked(if names.len() <= open { names.len() } else { open }).unwrap_or((names, &[]));
    match (shown, folded) {
        (shown, []) => format!(": {}", some_of(shown, shown.len())),
        ([], folded) => format!(" <details><summary>{word}</summary>{}</details>", folded.join(", ")),
        (shown, folded) => {
            let more = format!("{} more", folded.len());
            format!(": {} and <details><summary>{more}</summary>{}</details>", shown.join(", "), folded.join(", "))
        }
    }
}
