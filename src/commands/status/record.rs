//! Formats the record of a deployment.

use serde::Serialize;

use crate::commands::document;
use crate::github::deployment::{Payload, Record};
use crate::render::escape::markdown::{html_code, inline, link};

/// The time, the commit and the run's address.
pub(super) fn words(record: &Record) -> String {
    let Record { at, sha, log, payload: _ } = record;
    let log = log.as_ref().map(|log| format!("  {log}")).unwrap_or_default();
    format!("{}  {}{log}", document::moment(at.0), commit(sha))
}

/// The time and the commit as two cells of a table. The time links to the run.
pub(super) fn cell(record: Option<&Record>, none: &str) -> String {
    match record {
        None => format!("{none} | "),
        Some(Record { at, sha, log, payload: _ }) => {
            let at = document::moment(at.0);
            let at = log.as_ref().map_or_else(|| inline(&at), |log| link(&at, log));
            format!("{at} | {}", html_code(commit(sha)))
        }
    }
}

fn commit(sha: &str) -> &str {
    sha.get(..7).unwrap_or(sha)
}

/// The record in JSON.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    at: crate::github::Moment,
    commit: &'a str,
    digest: &'a str,
    run: Option<&'a str>,
}

pub(super) fn entry(record: &Record) -> Entry<'_> {
    let Record { at, sha, log, payload } = record;
    let Payload { digest, run, .. } = payload;
    Entry { at: *at, commit: sha, digest, run: run.as_deref().or(log.as_deref()) }
}
