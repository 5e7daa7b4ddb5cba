//! The line above a target's changes.

use std::io::{self, Write};

use crate::model::change::Target;

use super::super::escape::terminal;
use super::super::title::Title;
use super::style::{BOLD, DIM};

/// `portfolio data-platform · Data Platform port-… · acme/hub 111111111111 · us-east-1`
pub(super) fn write(target: &Target, sink: &mut impl Write) -> io::Result<()> {
    let title = Title::of(target);
    write!(sink, "{BOLD}{} {}{BOLD:#}", title.kind, title.file)?;
    if title.name != title.file {
        write!(sink, " · {BOLD}{}{BOLD:#}", terminal(&title.name))?;
    }
    if let Some(id) = title.id {
        write!(sink, " {DIM}{id}{DIM:#}")?;
    }
    write!(sink, " · {} {DIM}{}{DIM:#}", terminal(&title.owner()), title.account)?;
    if let Some(region) = title.region {
        write!(sink, " · {region}")?;
    }
    writeln!(sink)
}
