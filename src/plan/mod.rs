//! Desired against live: what would change, whether that may be done, and the form that machines read. Pure.

mod diff;
mod guard;
mod labels;
mod marketplace;
mod origin;
mod portfolio;
mod questions;
mod warnings;
pub mod wire;

#[cfg(test)]
mod tests;

pub use diff::{diff, gone, scope};
pub use guard::{ApprovedPlan, Limits, Reason, Refusal, Reviewed, approve};
pub use questions::questions;

use crate::model::desired::Selector;
use crate::model::finding::Source;
use crate::model::live::{Named, Shelf};

/// Why a target can't be planned.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Blocked {
    reason: String,
    source: Option<Source>,
}

impl Blocked {
    fn unreadable(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: None }
    }

    fn at(source: &Source, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: Some(source.clone()) }
    }
}

/// Finds what a selector names on a shelf and gives what was read of it. `what` is the kind of thing, `place` where
/// the shelf is.
fn select<'a, I, T>(
    shelf: &'a Shelf<I, T>,
    selector: &Selector<I>,
    source: &Source,
    what: &str,
    place: &str,
) -> Result<&'a T, Blocked>
where
    I: Ord + Clone + std::fmt::Display,
{
    let id = match selector {
        Selector::Id(id) => id.clone(),
        Selector::Name(name) => by_name(shelf.listed.as_deref().unwrap_or_default(), name)
            .map_err(|problem| Blocked::at(source, problem.sentence(what, name, place)))?,
    };
    match shelf.read.get(&id) {
        Some(reading) => reading.as_result().map_err(Blocked::unreadable),
        None => Err(Blocked::at(source, format!("there is no {what} {id} in {place}"))),
    }
}

enum NameProblem {
    Missing { nearest: Option<String> },
    Ambiguous { candidates: Vec<String> },
}

impl NameProblem {
    fn sentence(&self, what: &str, name: &str, place: &str) -> String {
        match self {
            Self::Missing { nearest: None } => format!("there is no {what} named `{name}` in {place}"),
            Self::Missing { nearest: Some(nearest) } => {
                format!("there is no {what} named `{name}` in {place}; did you mean `{nearest}`?")
            }
            Self::Ambiguous { candidates } => format!(
                "{} {what}s in {place} are named `{name}`: {}. Name the one that is meant by its id",
                candidates.len(),
                candidates.join(", ")
            ),
        }
    }
}

fn by_name<I: Clone + std::fmt::Display>(listed: &[Named<I>], name: &str) -> Result<I, NameProblem> {
    let found: Vec<&I> = listed.iter().filter(|named| named.name == name).map(|named| &named.id).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(NameProblem::Missing { nearest: nearest(listed.iter().map(|named| named.name.as_str()), name) }),
        several => Err(NameProblem::Ambiguous { candidates: several.iter().map(ToString::to_string).collect() }),
    }
}

/// The name that is spelt most alike, where one is alike enough to be meant.
fn nearest<'a>(names: impl Iterator<Item = &'a str>, wanted: &str) -> Option<String> {
    names
        .map(|name| (strsim::jaro_winkler(&name.to_lowercase(), &wanted.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_owned())
}
