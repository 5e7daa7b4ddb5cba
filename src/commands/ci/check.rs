//! Checks the catalog before anything else. Its findings become annotations on its lines.

use anyhow::Result;
use serde_json::{Value, json};

use super::job::Job;
use crate::catalog::source;
use crate::commands::{catalog, output};
use crate::model::finding::{Finding, Severity, Source};
use crate::render::escape::markdown::{fenced, inline};
use crate::render::{annotations, escape, findings};

/// Whether the catalog has no errors. If it has, the summary lists them.
pub(super) fn is_sound(job: &mut Job) -> Result<bool> {
    let files = source::read_dir(&job.common.catalog)?;
    let loaded = crate::catalog::load(&files, catalog::today());
    job.print(&annotations::findings(&loaded.findings, &output::pages()))?;
    if loaded.errors() == 0 {
        job.findings = loaded.findings;
        return Ok(true);
    }
    job.group("Findings", |mut sink| {
        findings::text(&loaded.findings, &output::pages(), |file| catalog::contents(&files, file), &mut sink)
    })?;
    job.reason("catalog");
    job.summarize(&summary(&loaded.findings))?;
    Ok(false)
}

/// GitHub shows at most this many annotations of one level that a step prints.
const SHOWN: usize = 10;

/// The most findings that go into a check run.
const MOST: usize = 500;

/// The findings beyond those that GitHub shows for a step, as annotations of a check run.
pub(super) fn further(found: &[Finding]) -> Vec<Value> {
    let of = |level: Severity| found.iter().filter(move |finding| finding.severity == level).skip(SHOWN);
    let annotation = |finding: &Finding| {
        let Finding { severity, code, message, help, source: Source { file, line, column: _, end_column: _ } } =
            finding;
        let level = match severity {
            Severity::Error => "failure",
            Severity::Warning => "warning",
        };
        json!({
            "path": file, "start_line": line, "end_line": line, "annotation_level": level, "title": code,
            "message": format!("{message}\n{help}"),
        })
    };
    of(Severity::Error).chain(of(Severity::Warning)).take(MOST).map(annotation).collect()
}

/// The errors as markdown. A hundred lines are far below the size limit of a summary.
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
