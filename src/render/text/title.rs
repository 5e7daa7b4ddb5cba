//! The line above a target's changes.

use std::io::{self, Write};

use crate::model::change::Target;

use super::super::escape::terminal;
use super::super::title::Title;
use super::style::{BOLD, DIM};

/// The same above changes that several regions share: `… · acme/hub 111111111111 · eu-west-1 port-… · us-east-1 port-…`
pub(super) fn write_shared(targets: &[&Target], sink: &mut impl Write) -> io::Result<()> {
    let Some(first) = targets.first() else { return Ok(()) };
    begin(&Title::of(first), None, sink)?;
    for title in targets.iter().map(|target| Title::of(target)) {
        let id = title.id.map(|id| format!(" {id}")).unwrap_or_default();
        write!(sink, " · {}{DIM}{id}{DIM:#}", title.region.unwrap_or_default())?;
    }
    writeln!(sink)
}

fn begin(title: &Title<'_>, id: Option<&str>, sink: &mut impl Write) -> io::Result<()> {
    write!(sink, "{BOLD}{} {}{BOLD:#}", title.kind, title.file)?;
    if title.name != title.file {
        write!(sink, " · {BOLD}{}{BOLD:#}", terminal(&title.name))?;
    }
    if let Some(id) = id {
        write!(sink, " {DIM}{id}{DIM:#}")?;
    }
    write!(sink, " · {} {DIM}{}{DIM:#}", terminal(&title.owner()), title.account)
}

/// `portfolio data-platform · Data Platform port-… · acme/hub 111111111111 · us-east-1`
pub(super) fn write(target: &Target, sink: &mut impl Write) -> io::Result<()> {
    let title = Title::of(target);
    begin(&title, title.id, sink)?;
    if let Some(region) = title.region {
        write!(sink, " · {region}")?;
    }
    writeln!(sink)
}
