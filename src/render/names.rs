//! Names for the changes that other changes wait for.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::change::{ChangeId, ChangeRef, Target};
use crate::model::edit::Kind;

use super::words::some_of;

/// The names of the changes that a removal waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Names(BTreeMap<ChangeId, String>);

/// The most changes that a sentence names. The rest are counted.
const NAMED: usize = 3;

impl Names {
    /// Collects the names in some targets.
    pub(super) fn of<'a>(targets: &(impl IntoIterator<Item = &'a Target> + Clone)) -> Self {
        let changes = || targets.clone().into_iter().flat_map(|it| it.changes().map(move |change| (it, change)));
        let taken = changes().filter(|(_, change)| change.edit.takes_away());
        let waited: BTreeSet<&ChangeId> = taken.flat_map(|(_, change)| &change.about.waits_for).collect();
        if waited.is_empty() {
            return Self::default();
        }
        let ids = changes().map(|(target, change)| (change.id(&target.name), change));
        Self(ids.filter(|(id, _)| waited.contains(id)).map(|(id, change)| (id, called(change))).collect())
    }

    /// `after the share with Workloads ou-… is made`. `None` if the change waits for nothing.
    pub(super) fn after(&self, waits_for: &BTreeSet<ChangeId>) -> Option<String> {
        let items = waits_for.iter().map(|id| match id.kind {
            Kind::PortfolioShare => format!("the share with {}", self.called(id)),
            Kind::ShareAcceptance => "the acceptance of the share".to_owned(),
            // Removals wait for these kinds only if they are removals themselves.
            Kind::PrincipalAssociation | Kind::ProductAssociation | Kind::ProductCopy | Kind::LocalPortfolio => {
                format!("the removal of {}", self.called(id))
            }
            Kind::LaunchConstraint => format!("the removal of the launch role of {}", self.called(id)),
            Kind::ProcurementPolicy => "the procurement policy".to_owned(),
            Kind::ProductApproval => format!("the approval of {}", self.called(id)),
            Kind::ProductDenial => format!("the denial of {}", self.called(id)),
            Kind::Experience => "the experience that takes it over".to_owned(),
            Kind::UserRequests => "the setting of user requests".to_owned(),
            Kind::Branding => "the branding".to_owned(),
            // A principal can join an audience only after it has left the other one.
            Kind::Audience => "its removal from the other audience".to_owned(),
            Kind::ExperienceStatus => format!("the step to {}", id.key),
        });
        let items: Vec<String> = items.collect();
        let is = if items.len() == 1 { "is" } else { "are" };
        (!items.is_empty()).then(|| format!("after {} {is} made", some_of(&items, NAMED)))
    }

    fn called<'a>(&'a self, id: &'a ChangeId) -> &'a str {
        self.0.get(id).map_or_else(|| bare(&id.key), String::as_str)
    }
}

fn called(change: ChangeRef<'_>) -> String {
    let (label, key) = (&change.about.label, change.edit.key());
    let id = bare(&key);
    if label.is_empty() || label == id { id.to_owned() } else { format!("{label} {id}") }
}

/// The id in the key of a change, without the prefix for the type.
pub(super) fn bare(key: &str) -> &str {
    let short = if key.starts_with("arn:") { key.splitn(6, ':').nth(5) } else { key.rsplit('/').next() };
    short.unwrap_or(key)
}
