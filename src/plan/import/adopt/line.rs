//! The line that asks for a change.

use crate::model::because::Because;
use crate::model::finding::Source;

/// The line that asks for a change. `None` if the change is there because something live is not listed. An error says
/// why the change can't be adopted.
pub(super) fn listed(because: &Because) -> Result<Option<&Source>, String> {
    match because {
        Because::Listed(source) => Ok(Some(source)),
        Because::Unlisted => Ok(None),
        Because::NoLongerListed(source) => Err(format!(
            "the catalog no longer has it ({} line {} of the base had it): apply that instead",
            source.file, source.line
        )),
        Because::Expired(expiry) => Err(format!(
            "{} line {} lists it until {}, which is over: give it another day to keep it",
            expiry.source.file, expiry.source.line, expiry.day
        )),
        Because::Mirrors(mirrored) => Err(format!(
            "{} line {} lets it follow the experience {}: change that one, or let this one have lists of its own",
            mirrored.source.file, mirrored.source.line, mirrored.name
        )),
    }
}
