//! Finds the unit of an organization that the catalog names.

use crate::model::desired::OuRef;
use crate::model::id::{Name, OuId};
use crate::model::live::{Live, Reading};
use crate::model::organization::PathProblem;

/// Why a unit of the catalog is no single unit of the organization.
pub(super) enum UnitProblem {
    /// The tree could not be read; the sentence says why.
    Unreadable(String),
    /// There is none, or several. The sentence says which.
    Unknown(String),
}

/// The unit that a catalog names.
pub(super) fn resolve_unit(ou: &OuRef, name: &Name, live: &Live) -> Result<OuId, UnitProblem> {
    let path = match ou {
        // Known only once names were asked for. A new share with a unit that is gone can't be made. An existing one can
        // still be removed.
        OuRef::Id(id) if live.organization(name).is_some_and(|it| it.missing.contains(id)) => {
            let sentence = format!("organization {name} has no organizational unit {id}");
            return Err(UnitProblem::Unknown(sentence));
        }
        OuRef::Id(id) => return Ok(id.clone()),
        OuRef::Path(path) => path,
    };
    let organization = match live.organizations.get(name) {
        Some(Reading::Complete(organization)) => organization,
        Some(Reading::Unreadable(reason)) => return Err(UnitProblem::Unreadable(reason.clone())),
        None => return Err(UnitProblem::Unreadable(format!("organization {name} was not read"))),
    };
    organization.resolve(path).map_err(|problem| path_problem(path, name, problem))
}

/// How many other paths an error names.
const CANDIDATES: usize = 5;

fn path_problem(path: &str, organization: &Name, problem: PathProblem) -> UnitProblem {
    match problem {
        PathProblem::Unreadable(reason) => UnitProblem::Unreadable(reason),
        PathProblem::Missing { candidates } => {
            let missing = format!("organization {organization} has no organizational unit `{path}`");
            let mut others = candidates.iter();
            let sentence = match others.next() {
                None => missing,
                Some(first) => {
                    let others: Vec<String> = others.take(CANDIDATES).map(|path| format!("`{path}`")).collect();
                    match others.as_slice() {
                        [] => format!("{missing}; did you mean `{first}`?"),
                        others => format!("{missing}; did you mean `{first}`? There is also {}", others.join(", ")),
                    }
                }
            };
            UnitProblem::Unknown(sentence)
        }
        PathProblem::Ambiguous { candidates } => {
            let ids: Vec<&str> = candidates.iter().map(OuId::as_str).collect();
            let sentence = format!(
                "`{path}` names {} organizational units of {organization}: {}. Write the id of the one that is meant",
                ids.len(),
                ids.join(", ")
            );
            UnitProblem::Unknown(sentence)
        }
    }
}
