//! Organizations: that the settings name the right one, who manages it, and the paths that the catalog names.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_organizations::types::OrganizationalUnit;
use tokio::sync::OnceCell;

use super::{pages, reading, side_by_side, try_side_by_side};
use crate::cloud::client::Seat;
use crate::cloud::{Cloud, CloudError};
use crate::model::desired::{Desired, OuRef};
use crate::model::id::{Name, OrganizationId, OuId};
use crate::model::live::Reading;
use crate::model::organization::{Organization, Unit};
use crate::model::portfolio::Share;

/// The largest page that Organizations gives (API reference, `MaxResults` of its lists).
pub(super) const PAGE: i32 = 20;

pub(super) type Organizations = Seat<aws_sdk_organizations::Client>;

/// Why an organization could not be made out.
#[derive(Debug, Clone)]
pub(super) enum Trouble {
    /// It could not be asked.
    NotAsked(String),
    /// The account belongs to another one than the settings say.
    Mismatch(String),
}

impl Trouble {
    fn sentence(&self) -> &str {
        match self {
            Self::NotAsked(sentence) | Self::Mismatch(sentence) => sentence,
        }
    }
}

/// The organizations of the settings, each described once, by whoever asks first.
pub(super) struct Heads<'a> {
    cloud: &'a Cloud,
    heads: BTreeMap<Name, OnceCell<Result<Organization, Trouble>>>,
}

impl<'a> Heads<'a> {
    pub(super) fn new(cloud: &'a Cloud) -> Self {
        let heads = cloud.organization_names().map(|name| (name.clone(), OnceCell::new())).collect();
        Self { cloud, heads }
    }

    /// The organization as `DescribeOrganization` shows it: every member account may ask that.
    pub(super) async fn describe(&self, name: &Name) -> Result<&Organization, Trouble> {
        let Some(cell) = self.heads.get(name) else {
            return Err(Trouble::NotAsked(format!("the settings name no organization `{name}`")));
        };
        cell.get_or_init(|| self.ask(name)).await.as_ref().map_err(Clone::clone)
    }

    /// Why an organization is not the one that the settings name, if that is so and has been asked.
    pub(super) fn mismatch(&self, name: &Name) -> Option<String> {
        match self.heads.get(name)?.get()? {
            Err(Trouble::Mismatch(sentence)) => Some(sentence.clone()),
            _ => None,
        }
    }

    async fn ask(&self, name: &Name) -> Result<Organization, Trouble> {
        let seat = self.cloud.organizations_of(name).await.map_err(Trouble::NotAsked)?;
        let answer = seat.call("DescribeOrganization", seat.client.describe_organization().send()).await;
        let answer = answer.map_err(|error| Trouble::NotAsked(error.to_string()))?;
        let found = answer.organization.as_ref();
        let unclear = |error: CloudError| Trouble::NotAsked(error.to_string());
        let operation = "DescribeOrganization";
        let id: OrganizationId = seat.parse(operation, found.and_then(|found| found.id())).map_err(unclear)?;
        let management = seat.parse(operation, found.and_then(|found| found.master_account_id())).map_err(unclear)?;
        let wanted = self.cloud.organization(name).map(|settings| &settings.id);
        if wanted != Some(&id) {
            return Err(Trouble::Mismatch(format!(
                "account {} belongs to organization {id}, but the settings say that it belongs to `{name}` ({}): \
                 correct the id or the account in settings.yaml",
                seat.place.account,
                wanted.map(ToString::to_string).unwrap_or_default(),
            )));
        }
        Ok(Organization::new(id, management))
    }
}

/// Every organization that a target of `desired` belongs to.
pub(super) async fn read(heads: &Heads<'_>, desired: &Desired) -> BTreeMap<Name, Reading<Organization>> {
    let mut wanted: BTreeMap<&Name, BTreeSet<&str>> = BTreeMap::new();
    for (target, portfolio) in &desired.portfolios {
        let paths = wanted.entry(target.organization()).or_default();
        paths.extend(portfolio.shares.iter().filter_map(|share| match &share.share {
            Share::Ou { ou: OuRef::Path(path), tag_options: _, principals: _ } => Some(path.as_str()),
            _ => None,
        }));
    }
    for experience in &desired.experiences {
        wanted.entry(&experience.organization).or_default();
    }
    let read = wanted.into_iter().map(|(name, paths)| async move { (name.clone(), one(heads, name, &paths).await) });
    side_by_side(read).await.into_iter().collect()
}

async fn one(heads: &Heads<'_>, name: &Name, paths: &BTreeSet<&str>) -> Reading<Organization> {
    let mut organization = match heads.describe(name).await {
        Ok(organization) => organization.clone(),
        Err(trouble) => return Reading::Unreadable(trouble.sentence().to_owned()),
    };
    if paths.is_empty() {
        return Reading::Complete(organization);
    }
    let units = async {
        let seat = heads.cloud.organizations_of(name).await?;
        walk(&seat, paths).await.map_err(|error| error.to_string())
    };
    reading(units.await.map(|units| {
        organization.units = units;
        organization
    }))
}

/// A node whose children some of the paths go through.
struct Node<'a> {
    /// As Organizations names it: a root or a unit.
    id: String,
    unit: Option<OuId>,
    /// What is left of each path below it.
    rests: BTreeSet<&'a str>,
}

/// The units beside and on the way to `paths`, level by level; no deeper than they go. A name may hold a slash, so a
/// path may go through several children of one node (see [`Organization::resolve`]).
async fn walk(seat: &Organizations, paths: &BTreeSet<&str>) -> Result<BTreeMap<OuId, Unit>, CloudError> {
    let roots = pages(|token| async move {
        let call = seat.client.list_roots().max_results(PAGE).set_next_token(token);
        let page = seat.call("ListRoots", call.send()).await?;
        Ok((page.roots, page.next_token))
    })
    .await?;
    let mut units = BTreeMap::new();
    let mut level: Vec<Node<'_>> =
        roots.into_iter().filter_map(|root| Some(Node { id: root.id?, unit: None, rests: paths.clone() })).collect();
    while !level.is_empty() {
        let listed = try_side_by_side(level.iter().map(|node| children(seat, &node.id))).await?;
        let mut next = Vec::new();
        for (node, children) in level.iter().zip(listed) {
            for (id, name) in children {
                let below = |rest: &&'_ str| rest.strip_prefix(name.as_str())?.strip_prefix('/').map(str::len);
                let rests: BTreeSet<&str> = node
                    .rests
                    .iter()
                    .filter_map(|rest| below(rest).and_then(|length| rest.get(rest.len() - length..)))
                    .collect();
                if !rests.is_empty() {
                    next.push(Node { id: id.to_string(), unit: Some(id.clone()), rests });
                }
                units.insert(id, Unit { name, parent: node.unit.clone() });
            }
        }
        level = next;
    }
    Ok(units)
}

/// The units right below a root or a unit, with their names.
pub(super) async fn children(seat: &Organizations, parent: &str) -> Result<Vec<(OuId, String)>, CloudError> {
    let units = pages(|token| async move {
        let list = seat.client.list_organizational_units_for_parent().parent_id(parent);
        let call = list.max_results(PAGE).set_next_token(token);
        let page = seat.call("ListOrganizationalUnitsForParent", call.send()).await?;
        Ok((page.organizational_units, page.next_token))
    })
    .await?;
    let named = |unit: OrganizationalUnit| {
        let id = seat.parse("ListOrganizationalUnitsForParent", unit.id.as_deref())?;
        Ok((id, unit.name.unwrap_or_default()))
    };
    units.into_iter().map(named).collect()
}
