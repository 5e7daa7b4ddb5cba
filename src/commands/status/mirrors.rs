//! A line for each experience that mirrors another: when it was last in step with that one.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anyhow::Result;
use serde::Serialize;

use super::record::{Entry, cell, entry, words};
use crate::github::Client;
use crate::github::following::{Following, last};
use crate::model::desired::Desired;
use crate::model::id::Name;
use crate::model::mirror::Mirror;
use crate::model::target::TargetName;
use crate::render::escape;
use crate::render::escape::markdown::inline;

/// An experience that mirrors another. It stands for all live ones of an organization if no run has recorded any of
/// them yet.
pub(super) struct Mirroring {
    target: TargetName,
    mirrored: String,
    following: Following,
}

/// The mirroring experiences of an organization.
pub(super) async fn of(
    client: &Client,
    desired: &Desired,
    organization: &Name,
    folder: &str,
) -> Result<Vec<Mirroring>> {
    let entries = desired.experiences.iter().filter(|entry| entry.organization == *organization);
    let entries = entries.filter_map(|entry| Some((entry.target(), entry.products.mirrored()?)));
    let entries: BTreeMap<TargetName, &Mirror> = entries.collect();
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let told = last(client, organization.as_str(), folder).await?;
    let mut all = Vec::new();
    for (name, mirror) in entries {
        let mirrored = format!("{} of {}", mirror.experience, mirror.organization);
        let is_one =
            |target: &TargetName| *target == name || (name.is_family() && target.family().as_ref() == Some(&name));
        let known: Vec<(&TargetName, &Following)> = told.iter().filter(|(target, _)| is_one(target)).collect();
        let line = |target: &TargetName, following: Following| Mirroring {
            target: target.clone(),
            mirrored: mirrored.clone(),
            following,
        };
        if known.is_empty() {
            all.push(line(&name, Following::default()));
        }
        all.extend(known.into_iter().map(|(target, following)| line(target, following.clone())));
    }
    Ok(all)
}

pub(super) fn text(mirroring: &Mirroring, width: usize, sink: &mut dyn Write) -> io::Result<()> {
    let Mirroring { target, mirrored, following: Following { in_step, behind } } = mirroring;
    let in_step = match in_step {
        None => format!("{target}: never seen in step with {mirrored}"),
        Some(record) => format!("{target}: in step with {mirrored} {}", words(record)),
    };
    writeln!(sink, "{:width$}  {}", "", escape::terminal(&in_step))?;
    if let Some(record) = behind {
        let words = format!("behind it since: {}", words(record));
        writeln!(sink, "{:width$}    {}", "", escape::terminal(&words))?;
    }
    Ok(())
}

/// A table of them. Writes nothing if there are none.
pub(super) fn markdown<'a>(all: impl Iterator<Item = &'a Mirroring>, sink: &mut dyn Write) -> io::Result<()> {
    let mut all = all.peekable();
    if all.peek().is_none() {
        return Ok(());
    }
    writeln!(
        sink,
        "\n| experience | mirrors | in step | commit | behind since | commit |\n| --- | --- | --- | --- | --- | --- |"
    )?;
    for Mirroring { target, mirrored, following: Following { in_step, behind } } in all {
        let (in_step, behind) = (cell(in_step.as_ref(), "never"), cell(behind.as_ref(), ""));
        writeln!(sink, "| {} | {} | {in_step} | {behind} |", inline(&target.to_string()), inline(mirrored))?;
    }
    Ok(())
}

#[derive(Serialize)]
pub(super) struct Document<'a> {
    target: &'a TargetName,
    mirrors: &'a str,
    in_step: Option<Entry<'a>>,
    behind: Option<Entry<'a>>,
}

pub(super) fn document(mirroring: &Mirroring) -> Document<'_> {
    let Mirroring { target, mirrored, following: Following { in_step, behind } } = mirroring;
    Document { target, mirrors: mirrored, in_step: in_step.as_ref().map(entry), behind: behind.as_ref().map(entry) }
}
