//! Organizations: whether the settings name the right one, its management account, and the OU paths of the catalog.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::OnceCell;

use super::look_up::look_up;
use super::several::try_side_by_side;
use super::tree::{Organizations, children, roots};
use crate::cloud::{Cloud, CloudError};
use crate::model::id::{AccountId, Name, OrganizationId, OuId};
use crate::model::live::Reading;
use crate::model::organization::{Organization, Unit, Walk};
use crate::model::wants::OrganizationWants;

/// Why an organization could not be read.
#[derive(Debug, Clone)]
pub(super) enum Trouble {
    /// It could not be asked.
    NotAsked(String),
    /// The account of the settings belongs to another organization.
    Mismatch(String),
}

impl Trouble {
    fn sentence(&self) -> &str {
        match self {
            Self::NotAsked(sentence) | Self::Mismatch(sentence) => sentence,
        }
    }
}

/// The organizations of the settings. Each is described once, when it is first needed.
pub(super) struct Heads<'a> {
    cloud: &'a Cloud,
    heads: BTreeMap<Name, OnceCell<Result<Organization, Trouble>>>,
}

impl<'a> Heads<'a> {
    pub(super) fn new(cloud: &'a Cloud) -> Self {
        let heads = cloud.organization_names().map(|name| (name.clone(), OnceCell::new())).collect();
        Self { cloud, heads }
    }

    /// The organization by `DescribeOrganization`, which every member account may call.
    pub(super) async fn describe(&self, name: &Name) -> Result<&Organization, Trouble> {
        let Some(cell) = self.heads.get(name) else {
            return Err(Trouble::NotAsked(format!("the settings name no organization `{name}`")));
        };
        cell.get_or_init(|| self.ask(name)).await.as_ref().map_err(Clone::clone)
    }

    /// Why an organization is not the one in the settings. `None` if it is, or if it has not been described.
    pub(super) fn mismatch(&self, name: &Name) -> Option<String> {
        match self.heads.get(name)?.get()? {
            Err(Trouble::Mismatch(sentence)) => Some(sentence.clone()),
            _ => None,
        }
    }

    async fn ask(&self, name: &Name) -> Result<Organization, Trouble> {
        let seat = self.cloud.organizations_of(name).await.map_err(Trouble::NotAsked)?;
        let (id, management) = described(&seat).await.map_err(|error| Trouble::NotAsked(error.to_string()))?;
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

/// The organization id and the management account, as reported to the account that calls.
pub(crate) async fn described(seat: &Organizations) -> Result<(OrganizationId, AccountId), CloudError> {
    const OPERATION: &str = "DescribeOrganization";
    let answer = seat.call(seat.client.describe_organization()).await?;
    let found = answer.organization.as_ref();
    let id = seat.parse(OPERATION, found.and_then(|found| found.id()))?;
    Ok((id, seat.parse(OPERATION, found.and_then(|found| found.master_account_id()))?))
}

/// The result of reading an organization.
pub(super) struct Organized {
    pub(super) organization: Reading<Organization>,
    /// Sentences about names and audiences that could not be read.
    pub(super) troubles: Vec<String>,
}

/// Describes an organization, unless that was done before, and reads what is wanted of it.
pub(super) async fn read(
    heads: &Heads<'_>,
    name: &Name,
    known: Option<Reading<Organization>>,
    wants: &OrganizationWants,
) -> Organized {
    let unreadable = |reason| Organized { organization: Reading::Unreadable(reason), troubles: Vec::new() };
    let mut organization = match known {
        Some(Reading::Complete(organization)) => organization,
        Some(Reading::Unreadable(reason)) => return unreadable(reason),
        None => match heads.describe(name).await {
            Ok(organization) => organization.clone(),
            Err(trouble) => return unreadable(trouble.sentence().to_owned()),
        },
    };
    let OrganizationWants { paths, accounts: _, ways: _, units: _, everyone: _, tree } = wants;
    let only_units = OrganizationWants { paths: paths.clone(), tree: *tree, ..OrganizationWants::default() };
    let mut troubles = Vec::new();
    if *wants != OrganizationWants::default() {
        match heads.cloud.organizations_of(name).await {
            Ok(seat) => {
                // With the whole tree read first, no path needs a call of its own.
                if *tree && let Err(error) = list_all(&seat, &mut organization).await {
                    troubles.push(error.to_string());
                }
                if !paths.is_empty() {
                    find(&seat, &mut organization, paths).await;
                }
                if *wants != only_units {
                    troubles.extend(look_up(&seat, &mut organization, wants).await);
                }
            }
            Err(reason) if paths.is_empty() => {
                organization.ways.extend(wants.ways.iter().map(|account| (account.clone(), vec![reason.clone()])));
                troubles.push(reason);
            }
            Err(reason) => organization.walk = Walk::Failed(reason),
        }
    }
    Organized { organization: Reading::Complete(organization), troubles }
}

async fn find(seat: &Organizations, organization: &mut Organization, paths: &BTreeSet<String>) {
    let paths = paths.iter().map(String::as_str).collect();
    match walk(seat, organization, &paths).await {
        Ok(()) if organization.walk == Walk::NotAsked => organization.walk = Walk::Complete,
        Ok(()) => {}
        Err(error) => organization.walk = Walk::Failed(error.to_string()),
    }
}

/// A node on the way of some paths.
struct Node<'a> {
    /// The OU. `None` for the root.
    unit: Option<OuId>,
    /// The rest of each path below the node.
    rests: BTreeSet<&'a str>,
}

/// Lists the OUs on the way of `paths`, level by level, and no level that is known already. An OU name may hold a
/// slash, so a path may go through several children of one node (see [`Organization::resolve`]).
async fn walk(seat: &Organizations, organization: &mut Organization, paths: &BTreeSet<&str>) -> Result<(), CloudError> {
    let mut level = vec![Node { unit: None, rests: paths.clone() }];
    while !level.is_empty() {
        let unlisted = level.iter().map(|node| &node.unit).filter(|unit| !organization.listed.contains(unit));
        let listed = try_side_by_side(unlisted.map(|unit| list(seat, unit.as_ref()))).await?;
        enter(organization, listed);
        let mut next = Vec::new();
        for node in &level {
            for (id, unit) in organization.children(node.unit.as_ref()) {
                let below = |rest: &&'_ str| rest.strip_prefix(unit.name.as_str())?.strip_prefix('/').map(str::len);
                let rests: BTreeSet<&str> = node
                    .rests
                    .iter()
                    .filter_map(|rest| below(rest).and_then(|length| rest.get(rest.len() - length..)))
                    .collect();
                if !rests.is_empty() {
                    next.push(Node { unit: Some(id.clone()), rests });
                }
            }
        }
        level = next;
    }
    Ok(())
}

/// An OU, or `None` for the root, and its child OUs.
type Listed = (Option<OuId>, Vec<(OuId, String)>);

/// Lists every OU, level by level. Each OU takes one call, since only its own list shows that it has no children.
async fn list_all(seat: &Organizations, organization: &mut Organization) -> Result<(), CloudError> {
    let mut level: Vec<Option<OuId>> = vec![None];
    while !level.is_empty() {
        let unlisted = level.iter().filter(|unit| !organization.listed.contains(unit));
        let listed = try_side_by_side(unlisted.map(|unit| list(seat, unit.as_ref()))).await?;
        enter(organization, listed);
        let below =
            |unit: &Option<OuId>| organization.children(unit.as_ref()).map(|(id, _)| Some(id.clone())).collect();
        level = level.iter().flat_map(|unit| -> Vec<_> { below(unit) }).collect();
    }
    if organization.walk == Walk::NotAsked {
        organization.walk = Walk::Complete;
    }
    Ok(())
}

fn enter(organization: &mut Organization, listed: Vec<Listed>) {
    for (unit, children) in listed {
        let named = children.into_iter().map(|(id, name)| (id, Unit { name, parent: unit.clone() }));
        organization.units.extend(named);
        organization.listed.insert(unit);
    }
}

/// The child OUs of an OU, or of the root.
async fn list(seat: &Organizations, unit: Option<&OuId>) -> Result<Listed, CloudError> {
    let parents = match unit {
        Some(unit) => vec![unit.to_string()],
        None => roots(seat).await?,
    };
    let mut found = Vec::new();
    for parent in parents {
        found.extend(children(seat, &parent).await?);
    }
    Ok((unit.cloned(), found))
}
