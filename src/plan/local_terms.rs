//! The before and the after of changes to a local portfolio, as JSON. The canonical form needs the fields in
//! alphabetical order.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::edit::{CopyEdit, Delta, Held, RecipientEdit};
use crate::model::id::{CatalogProductId, ConstraintId, Name, PortfolioId, VersionId};
use crate::model::local::{LaunchRole, LocalPortfolio};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LocalTerms {
    description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<PortfolioId>,
    name: String,
    provider: String,
    tag: Option<Name>,
}

impl LocalTerms {
    pub(super) fn of(portfolio: &LocalPortfolio, id: Option<&PortfolioId>) -> Self {
        let LocalPortfolio { name, provider, description, tag } = portfolio.clone();
        Self { description, id: id.cloned(), name, provider, tag }
    }

    fn portfolio(&self) -> LocalPortfolio {
        let Self { description, id: _, name, provider, tag } = self.clone();
        LocalPortfolio { name, provider, description, tag }
    }
}

/// A product in a local portfolio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssociationTerms {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) constraints: BTreeSet<ConstraintId>,
    pub(super) in_portfolio: bool,
}

impl Default for AssociationTerms {
    fn default() -> Self {
        Self { constraints: BTreeSet::new(), in_portfolio: true }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CopyTerms {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    constraints: BTreeSet<ConstraintId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    copy: Option<CatalogProductId>,
    tagged: bool,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    versions: BTreeSet<VersionId>,
}

impl CopyTerms {
    pub(super) fn of(edit: &CopyEdit) -> (Option<Self>, Option<Self>) {
        let with = |copy: Option<&CatalogProductId>, tagged: bool, versions: &BTreeSet<VersionId>| {
            let (copy, versions) = (copy.cloned(), versions.clone());
            Some(Self { constraints: BTreeSet::new(), copy, tagged, versions })
        };
        let none = BTreeSet::new();
        match edit {
            CopyEdit::Make { of: _, versions } => (None, with(None, true, versions)),
            CopyEdit::Renew { of: _, copy, before, after } => {
                (with(Some(copy), true, before), with(Some(copy), true, after))
            }
            CopyEdit::Adopt { of: _, copy } => (with(Some(copy), false, &none), with(Some(copy), true, &none)),
            CopyEdit::Drop { of: _, copy, constraints } => {
                let before = with(Some(copy), true, &none);
                (before.map(|it| Self { constraints: constraints.clone(), ..it }), None)
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LaunchTerms {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    constraint: Option<ConstraintId>,
    /// The copy that is launched, if it exists already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    copy: Option<CatalogProductId>,
    /// Whether a copy is launched.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_copy: bool,
    launch_role: LaunchRole,
}

impl LaunchTerms {
    pub(super) fn of(product: &Held, constraint: Option<&ConstraintId>, role: &LaunchRole) -> Self {
        let (is_copy, copy) = match product {
            Held::Itself(_) => (false, None),
            Held::Copy { of: _, id } => (true, id.clone()),
        };
        Self { constraint: constraint.cloned(), copy, is_copy, launch_role: role.clone() }
    }

    fn held(&self, of: CatalogProductId) -> Held {
        if self.is_copy { Held::Copy { of, id: self.copy.clone() } } else { Held::Itself(of) }
    }
}

/// The edit of a local portfolio that these terms describe.
pub(super) fn local(before: Option<&LocalTerms>, after: Option<&LocalTerms>) -> Option<RecipientEdit> {
    let portfolio = |terms: &LocalTerms| terms.portfolio();
    let id = after.or(before)?.id.clone();
    Some(RecipientEdit::Local(delta(before.map(portfolio), after.map(portfolio))?, id))
}

/// The edit of a launch role that these terms describe.
pub(super) fn launch(key: &str, before: Option<&LaunchTerms>, after: Option<&LaunchTerms>) -> Option<RecipientEdit> {
    let role = |terms: &LaunchTerms| terms.launch_role.clone();
    let terms = after.or(before)?;
    let (product, constraint) = (terms.held(key.parse().ok()?), terms.constraint.clone());
    Some(RecipientEdit::Launch { product, constraint, role: delta(before.map(role), after.map(role))? })
}

fn delta<T>(before: Option<T>, after: Option<T>) -> Option<Delta<T>> {
    match (before, after) {
        (None, None) => None,
        (None, Some(after)) => Some(Delta::Create(after)),
        (Some(before), Some(after)) => Some(Delta::Update { before, after }),
        (Some(before), None) => Some(Delta::Remove(before)),
    }
}

/// The edit of a copy that these terms describe.
pub(super) fn copy(key: &str, before: Option<&CopyTerms>, after: Option<&CopyTerms>) -> Option<RecipientEdit> {
    let of: CatalogProductId = key.parse().ok()?;
    let edit = match (before, after) {
        (None, None) => return None,
        (None, Some(after)) => CopyEdit::Make { of, versions: after.versions.clone() },
        (Some(before), Some(after)) => {
            let copy = after.copy.clone()?;
            if before.tagged {
                CopyEdit::Renew { of, copy, before: before.versions.clone(), after: after.versions.clone() }
            } else {
                CopyEdit::Adopt { of, copy }
            }
        }
        (Some(before), None) => {
            CopyEdit::Drop { of, copy: before.copy.clone()?, constraints: before.constraints.clone() }
        }
    };
    Some(RecipientEdit::Copy(edit))
}
