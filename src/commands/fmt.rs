//! `fmt`: catalog files in one form.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::exit::{Exit, UsageError};
use super::{catalog, files, output};
use crate::catalog::source;
use crate::catalog::{Formed, form};
use crate::cli::{Common, Fmt, Format};
use crate::model::finding::{Finding, Severity};
use crate::render::{escape, findings};

/// Rewrites each file in its canonical form. With `--check`, lists the files that are not in it.
pub(super) fn run(common: &Common, options: &Fmt) -> Result<Exit> {
    if common.format.is_some_and(|format| format != Format::Text) {
        return Err(UsageError("fmt has no result but the names of files: leave --format out".to_owned()).into());
    }
    let Fmt { check } = options;
    let read = source::read_dir(&common.catalog)?;
    // Includes the findings of the read: a file that was not read can't be formatted. Other findings are for
    // `validate`.
    let mut unreadable: Vec<Finding> = read.findings.clone();
    let (mut changed, mut failed): (Vec<&str>, Vec<String>) = (Vec::new(), Vec::new());
    for (path, formed) in form(&read) {
        match formed {
            Formed::Same => {}
            Formed::Unreadable(findings) => unreadable.extend(findings),
            Formed::Refused { line, reason } => {
                failed.push(format!("{path}:{line}: left as it is: {reason}. Write this file by hand as you want it"));
            }
            Formed::Changed(_) if *check => changed.push(path),
            Formed::Changed(new) => {
                let before = read.files.get(path).map(Vec::as_slice).unwrap_or_default();
                match files::replace(Path::new(path), before, new.as_bytes()) {
                    Ok(()) => changed.push(path),
                    Err(error) => failed.push(format!("{error:#}")),
                }
            }
        }
    }
    output::result(common, |sink| changed.iter().try_for_each(|path| writeln!(sink, "{}", escape::terminal(path))))?;
    unreadable.retain(|finding| finding.severity == Severity::Error);
    if !unreadable.is_empty() {
        let mut sink = output::beside(common);
        findings::text(&unreadable, &output::pages(), |file| catalog::contents(&read, file), &mut sink)
            .context("can't write to standard error")?;
    }
    for line in &failed {
        output::tell(&format!("error: {line}"));
    }
    let is_whole = unreadable.is_empty() && failed.is_empty();
    // If a file could not be formatted, "Nothing to change." might be wrong.
    if is_whole || !changed.is_empty() {
        output::say(common, &told(changed.len(), *check));
    }
    if !is_whole {
        return Ok(Exit::Error);
    }
    Ok(if *check && !changed.is_empty() { Exit::Differences } else { Exit::Done })
}

fn told(changed: usize, check: bool) -> String {
    match (changed, check) {
        (0, _) => "Nothing to change.".to_owned(),
        (1, true) => "1 file is not in its form: `catalog-sync fmt` puts it there.".to_owned(),
        (count, true) => format!("{count} files are not in their form: `catalog-sync fmt` puts them there."),
        (1, false) => "1 file changed.".to_owned(),
        (count, false) => format!("{count} files changed."),
    }
}
