//! Converts a checked catalog into the desired state. It is only called if no finding is an error, and it checks
//! nothing itself. If something is missing nevertheless, the whole result is `None` and never a smaller catalog.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::desired::{
    Desired, DesiredExperience, DesiredPortfolio, DesiredProduct, DesiredShare, ExperienceSelector, ExpiredProduct,
    Ignored, IgnoredReceiver, ProductLists, Selector, Unlisted, shared_name,
};
use crate::model::experience::Listing;
use crate::model::finding::Silence;
use crate::model::id::{ExperienceId, Name, ProductId, Region};
use crate::model::mirror::{Mirror, Products};
use crate::model::portfolio::Share as ModelShare;
use crate::model::settings::{Access, MaxRemovals, OrganizationSettings, Settings};
use crate::model::target::TargetName;

use super::experience::terms;
use super::include::{Effective, Lists, Verdict};
use super::inside::recipients;
use super::parsed::{Catalog, File};
use super::read::{At, List};
use super::record::Field;
use super::scalar::{Count, Day, RequiredField};
use super::schema;
use super::until;
use super::values::{is_set, value, values};

/// The limit for removals if the settings have none.
const DEFAULT_MAX_REMOVALS: usize = 20;

/// The desired state.
pub(super) fn lower(catalog: &Catalog, lists: &Lists<'_>, silences: Vec<Silence>, digest: String) -> Option<Desired> {
    let mut portfolios = BTreeMap::new();
    for (name, file) in &catalog.portfolios {
        portfolios.extend(portfolio(catalog, name, file)?);
    }
    let mut experiences = Vec::new();
    for (name, file) in &catalog.lists {
        experiences.extend(list(catalog, name, file, lists.get(name)?)?);
    }
    let product_names = product_names(catalog);
    Some(Desired { settings: settings(catalog)?, portfolios, experiences, product_names, silences, digest })
}

fn settings(catalog: &Catalog) -> Option<Settings> {
    let file = catalog.settings.as_ref()?;
    let settings = file.content.as_ref()?;
    settings.version.get()?;
    let common = access(Access::default(), settings.access.get());
    let mut organizations = BTreeMap::new();
    for (name, organization) in catalog.organizations()? {
        let schema::Organization { id, service_catalog_account, marketplace_account, access: own } =
            organization.value.as_ref()?;
        let lowered = OrganizationSettings {
            id: id.get()?.value.clone(),
            service_catalog_account: service_catalog_account.get().map(value),
            marketplace_account: marketplace_account.get().map(value),
            access: access(common.clone(), own.get()),
            source: file.source(organization.key),
        };
        organizations.insert(name.clone(), lowered);
    }
    let max_removals = settings.safety.get().and_then(|safety| safety.value.max_removals.get());
    let limit = |count: Option<&At<Count>>| Some(count.map_or(DEFAULT_MAX_REMOVALS, |count| count.value.0));
    let max_removals = match max_removals.map(|limit| &limit.value) {
        None => MaxRemovals::all(DEFAULT_MAX_REMOVALS),
        Some(schema::MaxRemovals::Together(Count(together))) => MaxRemovals::all(*together),
        Some(schema::MaxRemovals::ByKind(schema::RemovalsByKind { portfolios, marketplace })) => {
            MaxRemovals { together: None, portfolios: limit(portfolios.get()), marketplace: limit(marketplace.get()) }
        }
    };
    let required = |of: &'static str, fields: Option<&At<List<RequiredField>>>| {
        let fields = fields.into_iter().flat_map(|fields| &fields.value);
        fields.map(|field| format!("{of}.{}", field.value.0)).collect::<Vec<_>>()
    };
    let require = settings.require.get().map(|At { value: schema::Require { products, shares }, place: _ }| {
        [required("products", products.get()), required("shares", shares.get())]
    });
    Some(Settings {
        organizations,
        regions: values(settings.regions.get()),
        max_removals,
        require: require.into_iter().flatten().flatten().collect(),
    })
}

fn access(base: Access, own: Option<&At<schema::Access>>) -> Access {
    let Some(At { value: own, place: _ }) = own else { return base };
    let schema::Access { role, through, external_id, audience, shared_role } = own;
    Access {
        role: role.get().map(|role| role.value.0.clone()).or(base.role),
        through: through.get().map(|role| role.value.0.clone()).or(base.through),
        external_id: external_id.get().map(|id| id.value.0.clone()).or(base.external_id),
        audience: audience.get().map_or(base.audience, |audience| audience.value.0.clone()),
        shared_role: shared_role.get().map_or(base.shared_role, |shared| shared.value),
    }
}

fn portfolio(
    catalog: &Catalog,
    name: &Name,
    file: &File<schema::Portfolio>,
) -> Option<BTreeMap<TargetName, DesiredPortfolio>> {
    let content = file.content.as_ref()?;
    let (organization, settings) = catalog.portfolio_organization(content)?;
    let (selector, place) = content.selector()?;
    let (mut shares, mut expired) = (Vec::new(), Vec::new());
    for At { value: share, place } in &content.shares.get()?.value {
        let until = share.until.get().map(|until| until::lowered(until.value, catalog.today));
        let is_over = share.until.get().is_some_and(|until| until::is_over(until.value, catalog.today));
        let desired = DesiredShare {
            share: lower_share(catalog, share)?,
            notes: share.notes.get().map(|notes| notes.value.0.clone()),
            until,
            source: file.source(*place),
        };
        if is_over { expired.push(desired) } else { shares.push(desired) }
    }
    let mut ignored = Vec::new();
    for At { value, place } in content.ignore.get().iter().flat_map(|ignore| &ignore.value) {
        ignored.push(IgnoredReceiver { who: lower_ignored(catalog, value)?, source: file.source(*place) });
    }
    let recipients = recipients(catalog, file, content)?;
    let unlisted = content.unlisted_shares.get().map_or(Unlisted::Remove, |unlisted| unlisted.value.0);
    let desired = |region: &Region| {
        Some(DesiredPortfolio {
            organization: organization.clone(),
            account: settings.service_catalog_account.get().map(value)?,
            region: region.clone(),
            portfolio: selector.clone(),
            source: file.source(place),
            shares: shares.clone(),
            expired: expired.clone(),
            ignored: ignored.clone(),
            unlisted,
            recipients: recipients.clone(),
        })
    };
    let target = |region: &Region| TargetName::Portfolio {
        file: name.clone(),
        organization: organization.clone(),
        region: region.clone(),
        former: None,
    };
    catalog.portfolio_regions(content).iter().map(|region| Some((target(region), desired(region)?))).collect()
}

fn lower_share(catalog: &Catalog, share: &schema::Share) -> Option<ModelShare<crate::model::desired::OuRef>> {
    let schema::Share { account, through_organization, ou, organization, tag_options, principals, notes: _, until: _ } =
        share;
    let tag_options = is_set(tag_options.get());
    let principals = is_set(principals.get());
    Some(match (account.get(), ou.get(), organization.get()) {
        (Some(account), None, None) if is_set(through_organization.get()) => {
            ModelShare::Member { account: value(account), tag_options }
        }
        (Some(account), None, None) => ModelShare::Account { account: value(account), tag_options },
        (None, Some(ou), None) => ModelShare::Ou { ou: value(ou), tag_options, principals },
        (None, None, Some(organization)) => {
            let id = &catalog.organization(&organization.value)?.id;
            ModelShare::Organization { organization: value(id.get()?), tag_options, principals }
        }
        _ => return None,
    })
}

fn lower_ignored(catalog: &Catalog, ignored: &schema::IgnoredShare) -> Option<Ignored> {
    let schema::IgnoredShare { account, ou, organization } = ignored;
    Some(match (account.get(), ou.get(), organization.get()) {
        (Some(account), None, None) => Ignored::Account(value(account)),
        (None, Some(ou), None) => Ignored::Ou(value(ou)),
        (None, None, Some(name)) => Ignored::Organization(value(catalog.organization(&name.value)?.id.get()?)),
        _ => return None,
    })
}

fn list(
    catalog: &Catalog,
    name: &Name,
    file: &File<schema::Marketplace>,
    effective: &Effective<'_>,
) -> Option<Vec<DesiredExperience>> {
    let content = file.content.as_ref()?;
    let Some(experiences) = content.experiences.get().filter(|experiences| !experiences.value.is_empty()) else {
        return Some(Vec::new());
    };
    let products = match &content.mirror {
        Some(_) => Products::Mirrored(Arc::new(mirror(catalog, file, content)?)),
        None => Products::Listed(Arc::new(products(catalog, content, effective))),
    };
    let mut lowered = Vec::new();
    for experience in &experiences.value {
        let organization = &experience.value.organization.get()?.value;
        let settings = catalog.organization(organization)?;
        lowered.push(DesiredExperience {
            file: name.clone(),
            organization: organization.clone(),
            account: settings.marketplace_account.get().map(value)?,
            selector: experience.value.selector()?,
            products: products.clone(),
            terms: terms(catalog, file, &experience.value)?,
            source: file.source(experience.place),
        });
    }
    Some(lowered)
}

fn mirror(catalog: &Catalog, file: &File<schema::Marketplace>, content: &schema::Marketplace) -> Option<Mirror> {
    let At { value: mirror, place } = content.mirror.get()?;
    let organization = &mirror.organization.get()?.value;
    let ignored = content.ignore.get().into_iter().flat_map(|ignore| &ignore.value);
    let ignored = ignored.map(|it| (value(&it.value.0.id), file.source(it.value.0.id.place)));
    Some(Mirror {
        organization: organization.clone(),
        account: catalog.organization(organization)?.marketplace_account.get().map(value)?,
        experience: mirror.selector()?,
        ignored: ignored.collect(),
        unlisted: unlisted(content),
        source: file.source(*place),
    })
}

fn unlisted(content: &schema::Marketplace) -> Unlisted {
    content.unlisted.get().map_or(Unlisted::Remove, |unlisted| unlisted.value.0)
}

fn products(catalog: &Catalog, content: &schema::Marketplace, effective: &Effective<'_>) -> ProductLists {
    let (mut approved, mut rejected) = (BTreeMap::new(), BTreeMap::new());
    let (mut expired, mut ignored) = (BTreeMap::new(), BTreeMap::new());
    for (id, decision) in effective {
        let id = (*id).clone();
        let source = decision.file.source(decision.product.id.place);
        let day = decision.product.until.get().map(|until| until.value);
        let product = |source| {
            let notes = decision.product.notes.get().map(|notes| notes.value.0.clone());
            DesiredProduct { notes, until: day.map(|day| until::lowered(day, catalog.today)), source }
        };
        match (decision.verdict, day) {
            (Verdict::Approved, _) => drop(approved.insert(id, product(source))),
            (Verdict::Rejected, _) => drop(rejected.insert(id, product(source))),
            (Verdict::Ignored, _) => drop(ignored.insert(id, source)),
            (Verdict::Over { approved }, Some(Day(day))) => {
                let listing = if approved { Listing::Approved } else { Listing::Denied };
                expired.insert(id, ExpiredProduct { listing, day, source });
            }
            (Verdict::Over { approved: _ }, None) => {}
        }
    }
    ProductLists { approved, rejected, expired, ignored, unlisted: unlisted(content) }
}

/// The first name that a file gives to each product. If several products have the same name, the name says so, since
/// the author of a list can give any name to any product.
fn product_names(catalog: &Catalog) -> BTreeMap<ProductId, String> {
    let mut names = BTreeMap::new();
    for product in
        catalog.lists.values().filter_map(|file| file.content.as_ref()).flat_map(schema::Marketplace::products)
    {
        if let Some(name) = product.name.get() {
            names.entry(value(&product.id)).or_insert_with(|| name.value.0.clone());
        }
    }
    let mut namesakes: BTreeMap<String, Vec<ProductId>> = BTreeMap::new();
    for (id, name) in &names {
        namesakes.entry(same_name(name)).or_default().push(id.clone());
    }
    for ids in namesakes.into_values().filter(|ids| ids.len() > 1) {
        for (at, id) in ids.iter().enumerate() {
            let other = ids.get(usize::from(at == 0));
            if let (Some(name), Some(other)) = (names.get_mut(id), other) {
                *name = shared_name(name, other);
            }
        }
    }
    names
}

/// A key that is equal for names that a reader would take for the same: letters and digits only, in lower case.
pub(super) fn same_name(name: &str) -> String {
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if letters.is_empty() { name.trim().to_owned() } else { letters }
}

impl schema::Portfolio {
    /// The name or id of the portfolio, and its place.
    pub(super) fn selector(&self) -> Option<(Selector<crate::model::id::PortfolioId>, super::report::Place)> {
        match (self.portfolio.get(), self.id.get()) {
            (Some(name), None) => Some((Selector::Name(name.value.0.clone()), name.place)),
            (None, Some(id)) => Some((Selector::Id(id.value.clone()), id.place)),
            _ => None,
        }
    }
}

impl schema::Experience {
    /// The experiences that the entry names.
    pub(super) fn selector(&self) -> Option<ExperienceSelector> {
        match (self.id.get(), self.name.get(), self.all_live.get()) {
            (Some(id), None, None) => Some(ExperienceSelector::One(Selector::Id(id.value.clone()))),
            (None, Some(name), None) => Some(ExperienceSelector::One(Selector::Name(name.value.0.clone()))),
            (None, None, Some(At { value: true, place: _ })) => {
                Some(ExperienceSelector::AllLive { except: values(self.except.get()) })
            }
            _ => None,
        }
    }
}

impl schema::Mirror {
    /// The experience that it names.
    pub(super) fn selector(&self) -> Option<Selector<ExperienceId>> {
        match (self.id.get(), self.name.get()) {
            (Some(id), None) => Some(Selector::Id(id.value.clone())),
            (None, Some(name)) => Some(Selector::Name(name.value.0.clone())),
            _ => None,
        }
    }
}

impl schema::Marketplace {
    /// The file's own entries, approved ones first.
    pub(super) fn products(&self) -> impl Iterator<Item = &schema::Product> {
        let lists = [&self.approved, &self.rejected];
        lists.into_iter().filter_map(Field::get).flat_map(|list| list.value.iter().map(|product| &product.value))
    }
}
