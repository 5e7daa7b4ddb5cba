//! The heading above a target's changes.

use std::io::{self, Write};

use crate::model::change::Target;

use super::super::alike::{accounts, regions};
use super::super::escape::terminal;
use super::super::title::Title;
use super::super::words::count;
use super::style::{BOLD, DIM};

/// Writes the heading for changes that several targets share: `… · acme/hub 111111111111 · eu-west-1 port-… · us-east-1
/// port-…`, `… · acme · 498 accounts · us-east-1 port-…`
pub(super) fn write_shared(targets: &[&Target], sink: &mut impl Write) -> io::Result<()> {
    let Some(first) = targets.first() else { return Ok(()) };
    let title = Title::of(first);
    begin(&title, None, sink)?;
    match accounts(targets).len() {
        1 => owner(&title, sink)?,
        number => write!(sink, " · {} · {}", terminal(title.organization), count(number, "account"))?,
    }
    for (region, target) in regions(targets) {
        let id = Title::of(target).id.map(|id| format!(" {id}")).unwrap_or_default();
        write!(sink, " · {region}{DIM}{id}{DIM:#}")?;
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
    Ok(())
}

fn owner(title: &Title<'_>, sink: &mut impl Write) -> io::Result<()> {
    write!(sink, " · {} {DIM}{}{DIM:#}", terminal(&title.owner()), title.account)
}

/// `portfolio data-platform · Data Platform port-… · acme/hub 111111111111 · us-east-1`
pub(super) fn write(target: &Target, sink: &mut impl Write) -> io::Result<()> {
    let title = Title::of(target);
    begin(&title, title.id, sink)?;
    owner(&title, sink)?;
    if let Some(region) = title.region {
        write!(sink, " · {region}")?;
    }
    writeln!(sink)
}
