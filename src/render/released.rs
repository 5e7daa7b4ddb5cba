//! Released resources, which the catalog no longer governs, in parts for every renderer.

use std::collections::BTreeMap;

use crate::model::change::{Released, Resource};
use crate::model::edit::Kind;
use crate::model::finding::Source;
use crate::model::id::Name;
use crate::model::target::TargetName;

use super::words::count;

/// A released resource in parts. All parts but `kind` and `keeps` are foreign text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Freed<'a> {
    /// `portfolio`, `recipient` or `experience`.
    pub(super) kind: &'static str,
    /// The name of the resource, or its name in the base.
    pub(super) name: &'a str,
    /// The id, if it is known and not the name already.
    pub(super) id: Option<&'a str>,
    /// The organization's name in the settings of the base.
    pub(super) organization: &'a str,
    /// The account's id.
    pub(super) account: &'a str,
    /// The region. `None` for experiences, which have only one.
    pub(super) region: Option<&'a str>,
    /// The content that stays, as in `its 5 shares stay`.
    pub(super) keeps: String,
    /// The line of the base that governed the resource.
    pub(super) source: &'a Source,
    /// Whether the release was applied although no review is known to have shown it.
    pub(super) unseen: bool,
}

impl<'a> Freed<'a> {
    pub(super) fn of(released: &'a Released) -> Self {
        let Released { target, account, region, resource: Resource { id, name }, keeps, source, unseen } = released;
        let (kind, region) = match target {
            TargetName::Portfolio { .. } => ("portfolio", Some(region.as_str())),
            TargetName::Recipient { .. } => ("recipient", Some(region.as_str())),
            TargetName::Marketplace { .. } => ("experience", None),
        };
        Self {
            kind,
            name,
            id: id.as_deref().filter(|id| *id != name),
            organization: target.organization().map(Name::as_str).unwrap_or_default(),
            account: account.as_str(),
            region,
            keeps: stays(keeps),
            source,
            unseen: *unseen,
        }
    }
}

/// Added to a released resource that no review is known to have shown.
pub(super) const UNSEEN: &str = "The review is not known to have shown this.";

/// `its 5 shares stay`, or `nothing is in it`.
fn stays(keeps: &BTreeMap<Kind, usize>) -> String {
    let parts: Vec<String> = keeps
        .iter()
        .map(|(kind, number)| match kind {
            Kind::PortfolioShare => count(*number, "share"),
            Kind::ShareAcceptance => "acceptance".to_owned(),
            Kind::LocalPortfolio => count(*number, "local portfolio"),
            Kind::ProductAssociation => count(*number, "product"),
            Kind::ProductCopy => count(*number, "copied product"),
            Kind::LaunchConstraint => count(*number, "launch role"),
            Kind::PrincipalAssociation | Kind::Audience => count(*number, "principal"),
            Kind::ProcurementPolicy => "procurement policy".to_owned(),
            Kind::ProductApproval => count(*number, "approved product"),
            Kind::ProductDenial => count(*number, "denied product"),
            Kind::Experience => "description".to_owned(),
            Kind::UserRequests => "setting of user requests".to_owned(),
            Kind::Branding => "branding".to_owned(),
            Kind::ExperienceStatus => "status".to_owned(),
        })
        .collect();
    let one = keeps.values().sum::<usize>() == 1;
    match parts.as_slice() {
        [] => "nothing is in it".to_owned(),
        parts => format!("its {} {}", parts.join(" and "), if one { "stays" } else { "stay" }),
    }
}

/// `1 portfolio and 2 experiences no longer governed`. `None` if nothing was released.
pub(super) fn headline(released: &[Released]) -> Option<String> {
    let number = |kind: &str| released.iter().filter(|released| Freed::of(released).kind == kind).count();
    let parts = ["portfolio", "recipient", "experience"].map(|kind| (number(kind), kind));
    let parts = parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, kind)| count(number, kind));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| format!("{} no longer governed", parts.join(" and ")))
}
