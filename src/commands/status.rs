//! `status`: when each organization was last brought in step, by which commit, from the deployments.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::exit::Exit;
use super::{catalog, document, output, validate};
use crate::cli::{Common, Format, Status as Options};
use crate::github::deployment::{Payload, Record, Standing, standing};
use crate::github::{Client, Environment};
use crate::render::escape;
use crate::render::escape::markdown::{html_code, inline, link};

/// Prints what the deployments say of each organization of the catalog.
pub(super) async fn run(common: &Common, options: &Options) -> Result<Exit> {
    let format = validate::no_sarif(common)?;
    let Some(catalog) = catalog::load(&common.without_base())? else { return Ok(Exit::Error) };
    let mut environment = Environment::new(|name| std::env::var(name).ok());
    if let Some(repository) = &options.repository {
        environment.repository = Some(repository.parse()?);
    }
    let client = Client::new(&environment).context("status asks GitHub")?;
    let folder = super::ci::folder(common);
    let mut histories = BTreeMap::new();
    for organization in catalog.desired.settings.organizations.keys() {
        histories.insert(organization.to_string(), standing(&client, organization.as_str(), &folder).await?);
    }
    output::result(common, |sink| match format {
        Format::Json => json(&histories, sink),
        Format::Markdown => markdown(&histories, sink),
        Format::Text | Format::Sarif | Format::Yaml | Format::Cloudformation => text(&histories, sink),
    })?;
    Ok(Exit::Done)
}

fn commit(sha: &str) -> &str {
    sha.get(..7).unwrap_or(sha)
}

fn text(histories: &BTreeMap<String, Standing>, sink: &mut dyn Write) -> io::Result<()> {
    let width = histories.keys().map(String::len).max().unwrap_or_default();
    for (organization, Standing { in_step, failed }) in histories {
        let words = match in_step {
            None => "never brought in step from here".to_owned(),
            Some(Record { at, sha, log, payload: _ }) => {
                let log = log.as_ref().map(|log| format!("  {log}")).unwrap_or_default();
                format!("in step {}  {}{log}", document::moment(at.0), commit(sha))
            }
        };
        writeln!(sink, "{organization:width$}  {}", escape::terminal(&words))?;
        if let Some(Record { at, sha, log, payload: _ }) = failed {
            let log = log.as_ref().map(|log| format!("  {log}")).unwrap_or_default();
            let words = format!("failed since: {}  {}{log}", document::moment(at.0), commit(sha));
            writeln!(sink, "{:width$}  {}", "", escape::terminal(&words))?;
        }
    }
    Ok(())
}

fn markdown(histories: &BTreeMap<String, Standing>, sink: &mut dyn Write) -> io::Result<()> {
    let cell = |record: Option<&Record>, none: &str| match record {
        None => format!("{none} | "),
        Some(Record { at, sha, log, payload: _ }) => {
            let at = document::moment(at.0);
            let at = log.as_ref().map_or_else(|| inline(&at), |log| link(&at, log));
            format!("{at} | {}", html_code(commit(sha)))
        }
    };
    writeln!(sink, "| organization | in step | commit | failed since | commit |\n| --- | --- | --- | --- | --- |")?;
    for (organization, Standing { in_step, failed }) in histories {
        let (in_step, failed) = (cell(in_step.as_ref(), "never"), cell(failed.as_ref(), ""));
        writeln!(sink, "| {} | {in_step} | {failed} |", inline(organization))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Document<'a> {
    format_version: u32,
    organizations: BTreeMap<&'a str, Organization<'a>>,
}

#[derive(Serialize)]
struct Organization<'a> {
    in_step: Option<Entry<'a>>,
    failed: Option<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    at: crate::github::Moment,
    commit: &'a str,
    digest: &'a str,
    run: Option<&'a str>,
}

fn json(histories: &BTreeMap<String, Standing>, sink: &mut dyn Write) -> io::Result<()> {
    fn entry(record: &Record) -> Entry<'_> {
        let Record { at, sha, log, payload } = record;
        let Payload { digest, run, .. } = payload;
        Entry { at: *at, commit: sha, digest, run: run.as_deref().or(log.as_deref()) }
    }
    let organizations = histories.iter().map(|(organization, Standing { in_step, failed })| {
        let entries = Organization { in_step: in_step.as_ref().map(entry), failed: failed.as_ref().map(entry) };
        (organization.as_str(), entries)
    });
    let document = Document { format_version: 1, organizations: organizations.collect() };
    serde_json::to_writer_pretty(&mut *sink, &document)?;
    writeln!(sink)
}
