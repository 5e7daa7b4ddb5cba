//! The catalog, checked before anything else: its findings are annotations on its lines.

use anyhow::Result;

use super::job::Job;
use crate::catalog::source;
use crate::commands::catalog;
use crate::model::finding::{Finding, Severity};
use crate::render::escape::markdown::{fenced, inline};
use crate::render::{annotations, escape, findings};

/// Whether the catalog can be used. Where not, the summary says why.
pub(super) fn is_sound(job: &mut Job) -> Result<bool> {
    let files = source::read_dir(&job.common.catalog)?;
    let loaded = crate::catalog::load(&files, catalog::today());
    job.print(&annotations::findings(&loaded.findings))?;
    if loaded.errors() == 0 {
        return Ok(true);
    }
    job.group("Findings", |mut sink| {
        findings::text(&loaded.findings, |file| catalog::contents(&files, file), &mut sink)
    })?;
    job.reason("catalog");
    job.summarize(&summary(&loaded.findings))?;
    Ok(false)
}

/// The errors, as markdown. The limit of a summary is far away: there are ten at most of a level that GitHub shows.
fn summary(found: &[Finding]) -> String {
    let errors: Vec<&Finding> = found.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let lines: Vec<String> = errors
        .iter()
        .take(100)
        .map(|Finding { severity: _, code, message, help: _, source }| {
            escape::visible(&format!("{}:{}:{}: {message} [{code}]", source.file, source.line, source.column))
                .into_owned()
        })
        .collect();
    let title = match errors.len() {
        1 => "The catalog has an error".to_owned(),
        number => format!("The catalog has {number} errors"),
    };
    format!("### {}\n\n{}", inline(&title), fenced("text", &lines.join("\n")))
}
