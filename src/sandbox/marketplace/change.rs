//! Reads and checks changes. `StartChangeSet` refuses a change whose details are invalid.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde::Deserialize;
use serde_json::Value;

use super::limits::{Problem, Problems};
use crate::sandbox::world::{Configuration, ExperienceStatus, Permission};

/// The most product ids in one change, entries in `Products`, and principals in an audience change.
const MOST: usize = 50;

/// Product ids with the notes that were sent for them.
pub(super) type Noted = BTreeMap<String, Option<String>>;

/// A change to an experience.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    CreateExperience(Naming),
    UpdateExperience { naming: Naming, status: Option<ExperienceStatus> },
    CreatePolicy(PolicyDetails),
    UpdatePolicy(PolicyDetails),
    Allow(Noted),
    Deny(Noted),
    CreateBranding(BrandingDetails),
    UpdateBranding(BrandingDetails),
    Associate(AudienceDetails),
    Disassociate(BTreeSet<String>),
    Restrict,
    Revive,
}

/// Name and description.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct Naming {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ExperienceDetails {
    name: Option<String>,
    description: Option<String>,
    status: Option<ExperienceStatus>,
}

/// The details of a policy change.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct PolicyDetails {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) configuration: Option<PolicyConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct PolicyConfiguration {
    pub(super) policy_resource_requests: Option<Permission>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ProductDetails {
    products: Option<Vec<Product>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Product {
    ids: Option<Vec<String>>,
    notes: Option<String>,
}

/// The details of a branding change.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct BrandingDetails {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) configuration: Option<BrandingConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct BrandingConfiguration {
    pub(super) title: Option<String>,
    pub(super) information: Option<String>,
    pub(super) theme_color: Option<String>,
    pub(super) logo_url: Option<String>,
}

/// The details of an audience change.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct AudienceDetails {
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    pub(super) principals: BTreeSet<String>,
}

/// The details of `DisassociateAudience`, which has principals and no name.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Principals {
    principals: BTreeSet<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Nothing {}

impl Change {
    /// Reads a change. The error lists every problem with its details.
    pub(super) fn read(kind: &str, details: &Value, configuration: Configuration) -> Result<Self, Vec<Problem>> {
        if !details.is_object() {
            return Err(vec![Problem::new("Details", "is no object")]);
        }
        match kind {
            "CreateExperience" => {
                let naming: Naming = read(details)?;
                let mut problems = naming.problems();
                problems.required("Details.Name", naming.name.as_ref());
                problems.or(Self::CreateExperience(naming))
            }
            "UpdateExperience" => {
                let ExperienceDetails { name, description, status } = read(details)?;
                let naming = Naming { name, description };
                naming.problems().or(Self::UpdateExperience { naming, status })
            }
            // AWS allows 100 characters for the description of a new policy, and 1000 everywhere else.
            "CreateProcurementPolicy" => policy(details, configuration, 0..=100).map(Self::CreatePolicy),
            "UpdateProcurementPolicy" => policy(details, configuration, 1..=1000).map(Self::UpdatePolicy),
            "AllowProductProcurement" => products(details).map(Self::Allow),
            "DenyProductProcurement" => products(details).map(Self::Deny),
            "CreateBrandingSettings" => {
                let (details, mut problems) = branding(details)?;
                problems.required("Details.Name", details.name.as_ref());
                problems.or(Self::CreateBranding(details))
            }
            "UpdateBrandingSettings" => {
                let (details, problems) = branding(details)?;
                problems.or(Self::UpdateBranding(details))
            }
            "AssociateAudience" => audience(details).map(Self::Associate),
            "DisassociateAudience" => {
                let Principals { principals } = read(details)?;
                let mut problems = Problems::default();
                problems.principals(&principals);
                problems.or(Self::Disassociate(principals))
            }
            "RestrictExperience" => read(details).map(|Nothing {}| Self::Restrict),
            "ReviveExperience" => read(details).map(|Nothing {}| Self::Revive),
            other => Err(vec![Problem::new("ChangeType", format!("{other} is not supported for Experience@1.0"))]),
        }
    }

    /// Whether it touches an audience.
    pub(super) fn is_about_audience(&self) -> bool {
        matches!(self, Self::Associate(_) | Self::Disassociate(_))
    }
}

impl Problems {
    /// Checks the principals of an audience.
    fn principals(&mut self, principals: &BTreeSet<String>) {
        self.count("Details.Principals", principals.len(), 1..=MOST, "entries");
        for (index, principal) in principals.iter().enumerate() {
            if principal.starts_with("r-") {
                self.add(format!("Details.Principals[{index}]"), format!("the root {principal} is no principal"));
            }
        }
    }
}

impl Naming {
    fn problems(&self) -> Problems {
        let mut problems = Problems::default();
        problems.name("Details.Name", self.name.as_ref());
        problems.text("Details.Description", self.description.as_ref(), 1..=1000);
        problems
    }
}

fn read<'de, T: Deserialize<'de>>(details: &'de Value) -> Result<T, Vec<Problem>> {
    T::deserialize(details).map_err(|error| vec![Problem::new("Details", error.to_string())])
}

fn policy(
    details: &Value,
    configuration: Configuration,
    description: RangeInclusive<usize>,
) -> Result<PolicyDetails, Vec<Problem>> {
    let details: PolicyDetails = read(details)?;
    let mut problems = Problems::default();
    problems.name("Details.Name", details.name.as_ref());
    problems.text("Details.Description", details.description.as_ref(), description);
    match (&details.configuration, configuration) {
        (Some(given), _) => {
            let requests = given.policy_resource_requests.as_ref();
            problems.required("Details.Configuration.PolicyResourceRequests", requests);
        }
        (None, Configuration::Required) => problems.add("Details.Configuration", "is required"),
        (None, Configuration::Optional) => {}
    }
    problems.or(details)
}

fn products(details: &Value) -> Result<Noted, Vec<Problem>> {
    let ProductDetails { products } = read(details)?;
    let products = products.unwrap_or_default();
    let mut problems = Problems::default();
    problems.count("Details.Products", products.len(), 1..=MOST, "entries");
    let mut noted = Noted::new();
    for (index, Product { ids, notes }) in products.into_iter().enumerate() {
        let place = format!("Details.Products[{index}]");
        let ids = ids.unwrap_or_default();
        problems.text(&format!("{place}.Notes"), notes.as_ref(), 1..=50);
        problems.count(&format!("{place}.Ids"), ids.len(), 1..=MOST, "entries");
        for (index, id) in ids.into_iter().enumerate() {
            let place = format!("{place}.Ids[{index}]");
            problems.text(&place, Some(&id), 1..=50);
            if !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                problems.add(&place, format!("{id} is not a product id"));
            }
            if noted.insert(id.clone(), notes.clone()).is_some() {
                problems.add(&place, format!("product id {id} is there twice"));
            }
        }
    }
    if noted.len() > MOST {
        let message = format!("must have at most {MOST} product ids, all entries together, and has {}", noted.len());
        problems.add("Details.Products", message);
    }
    problems.or(noted)
}

fn branding(details: &Value) -> Result<(BrandingDetails, Problems), Vec<Problem>> {
    let details: BrandingDetails = read(details)?;
    let mut problems = Problems::default();
    problems.name("Details.Name", details.name.as_ref());
    problems.text("Details.Description", details.description.as_ref(), 1..=1000);
    if let Some(BrandingConfiguration { title, information, theme_color, logo_url }) = &details.configuration {
        problems.text("Details.Configuration.Title", title.as_ref(), 1..=50);
        problems.text("Details.Configuration.Information", information.as_ref(), 1..=1000);
        problems.text("Details.Configuration.LogoUrl", logo_url.as_ref(), 1..=2048);
        if theme_color.as_ref().is_some_and(|color| !is_color(color)) {
            let rule = "must validate the regular expression /^#[0-9A-Fa-f]{6}$/";
            problems.add("Details.Configuration.ThemeColor", rule);
        }
        let is_web = |url: &String| url.starts_with("http://") || url.starts_with("https://");
        if logo_url.as_ref().is_some_and(|url| !is_web(url)) {
            let rule = "must validate the regular expression /^https?:\\/\\/.*$/";
            problems.add("Details.Configuration.LogoUrl", rule);
        }
    }
    Ok((details, problems))
}

fn is_color(color: &str) -> bool {
    color.strip_prefix('#').is_some_and(|it| it.len() == 6 && it.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn audience(details: &Value) -> Result<AudienceDetails, Vec<Problem>> {
    let details: AudienceDetails = read(details)?;
    let mut problems = Problems::default();
    problems.name("Details.Name", details.name.as_ref());
    problems.text("Details.Description", details.description.as_ref(), 1..=1000);
    problems.principals(&details.principals);
    problems.or(details)
}
