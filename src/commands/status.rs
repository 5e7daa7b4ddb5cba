//! `status`: when each organization was last brought in step, and by which commit; when mirroring experiences were
//! last in step. Read from GitHub deployments.

mod mirrors;
mod record;

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::{Context as _, Result};
use serde::Serialize;

use mirrors::Mirroring;
use record::{Entry, cell, entry, words};

use super::exit::Exit;
use super::{catalog, output, validate};
use crate::cli::{Common, Format, Status as Options};
use crate::github::deployment::{Standing, standing};
use crate::github::{Client, Environment};
use crate::render::escape;
use crate::render::escape::markdown::inline;

/// Prints the deployment records of each organization of the catalog.
pub(super) async fn run(common: &Common, options: &Options) -> Result<Exit> {
    let format = validate::no_sarif(common)?;
    let Some(catalog) = catalog::load(&common.without_base())? else { return Ok(Exit::Error) };
    let mut environment = Environment::new(|name| std::env::var(name).ok());
    if let Some(repository) = &options.repository {
        environment.repository = Some(repository.parse()?);
    }
    let client = Client::new(&environment, common.timeout).context("status asks GitHub")?;
    let folder = super::ci::folder(common);
    let mut histories = BTreeMap::new();
    for organization in catalog.desired.settings.organizations.keys() {
        let standing = standing(&client, organization.as_str(), &folder).await?;
        let mirrors = mirrors::of(&client, &catalog.desired, organization, &folder).await?;
        histories.insert(organization.to_string(), History { standing, mirrors });
    }
    output::result(common, |sink| match format {
        Format::Json => json(&histories, sink),
        Format::Markdown => markdown(&histories, sink),
        Format::Text | Format::Sarif | Format::Yaml | Format::Cloudformation => text(&histories, sink),
    })?;
    Ok(Exit::Done)
}

/// The deployment records of an organization.
struct History {
    standing: Standing,
    /// Its experiences that mirror others.
    mirrors: Vec<Mirroring>,
}

fn text(histories: &BTreeMap<String, History>, sink: &mut dyn Write) -> io::Result<()> {
    let width = histories.keys().map(String::len).max().unwrap_or_default();
    for (organization, History { standing: Standing { in_step, failed }, mirrors }) in histories {
        let words = match in_step {
            None => "never brought in step from here".to_owned(),
            Some(record) => format!("in step {}", words(record)),
        };
        writeln!(sink, "{organization:width$}  {}", escape::terminal(&words))?;
        if let Some(record) = failed {
            let words = format!("failed since: {}", self::words(record));
            writeln!(sink, "{:width$}  {}", "", escape::terminal(&words))?;
        }
        for mirroring in mirrors {
            mirrors::text(mirroring, width, sink)?;
        }
    }
    Ok(())
}

fn markdown(histories: &BTreeMap<String, History>, sink: &mut dyn Write) -> io::Result<()> {
    writeln!(sink, "| organization | in step | commit | failed since | commit |\n| --- | --- | --- | --- | --- |")?;
    for (organization, History { standing: Standing { in_step, failed }, mirrors: _ }) in histories {
        let (in_step, failed) = (cell(in_step.as_ref(), "never"), cell(failed.as_ref(), ""));
        writeln!(sink, "| {} | {in_step} | {failed} |", inline(organization))?;
    }
    mirrors::markdown(histories.values().flat_map(|history| &history.mirrors), sink)
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mirrors: Vec<mirrors::Document<'a>>,
}

fn json(histories: &BTreeMap<String, History>, sink: &mut dyn Write) -> io::Result<()> {
    let organizations = histories.iter().map(|(organization, History { standing, mirrors })| {
        let Standing { in_step, failed } = standing;
        let (in_step, failed) = (in_step.as_ref().map(entry), failed.as_ref().map(entry));
        let mirrors = mirrors.iter().map(mirrors::document).collect();
        (organization.as_str(), Organization { in_step, failed, mirrors })
    });
    let document = Document { format_version: 1, organizations: organizations.collect() };
    serde_json::to_writer_pretty(&mut *sink, &document)?;
    writeln!(sink)
}
