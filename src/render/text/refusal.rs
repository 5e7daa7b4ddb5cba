//! Refusals and objections for a terminal.

use std::io::{self, Write};

use super::super::escape::terminal;
use super::super::line::View;
use super::super::{Objection, Refusal};
use super::options::Options;
use super::style::{BOLD, ERROR};
use super::table::Table;
use super::targets::{alike_of, write_shared};
use super::wrap::Wrap;
use super::{changes, title};

/// Writes that an apply will be refused, and the way out. Nothing without an objection.
pub(super) fn objection(objection: Option<&Objection<'_>>, sink: &mut impl Write) -> io::Result<()> {
    let Some(Objection { headline, way_out }) = objection else { return Ok(()) };
    writeln!(sink, "{ERROR}An apply will be refused{ERROR:#}: {BOLD}{}{BOLD:#}.", terminal(headline))?;
    writeln!(sink, "{}", terminal(way_out))
}

/// Writes the refused changes, the reason and the way out.
pub fn refusal(refusal: &Refusal<'_>, options: &Options, sink: &mut impl Write) -> io::Result<()> {
    Wrap::lines(sink, options.width, |sink| written(refusal, options, sink))
}

fn written(refusal: &Refusal<'_>, options: &Options, sink: &mut impl Write) -> io::Result<()> {
    let Refusal { headline, why, targets, way_out, digest: _ } = refusal;
    let alike = alike_of(*targets, View::Done);
    for target in targets.iter().filter(|target| target.has_changes()) {
        write_shared(alike.beginning_at(target), View::Done, *options, sink)?;
        let own = alike.own(target);
        if own.is_empty() {
            continue;
        }
        title::write(target, sink)?;
        let mut table = Table::default();
        changes::add(&mut table, &[target], own.iter().map(|(change, ())| *change), View::Done, *options);
        table.write(options.width, sink)?;
        writeln!(sink)?;
    }
    writeln!(sink, "{ERROR}Not applied{ERROR:#}: {BOLD}{}{BOLD:#}. Nothing was changed.", terminal(headline))?;
    writeln!(sink, "{}", terminal(why))?;
    writeln!(sink, "{}", terminal(way_out))
}
