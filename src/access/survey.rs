//! What a catalog needs to do in which account. Derived from the catalog alone; AWS is not called.

use std::collections::{BTreeMap, BTreeSet};

use super::duty::{Duty, Entered, Portfolio, Where};
use crate::model::desired::{
    Desired, DesiredExperience, DesiredLocal, DesiredPortfolio, ExperienceSelector, Ignored, LocalMode, OuRef,
    Recipients, Selector, Unlisted,
};
use crate::model::experience_terms::{AudienceRef, ExperienceTerms};
use crate::model::id::{AccountId, Name, PortfolioId, Region};
use crate::model::mirror::Mirror;
use crate::model::permission::{Part, Use};
use crate::model::portfolio::Share;
use crate::model::settings::{OrganizationSettings, Settings};

/// An account, or the recipient accounts of an organization, whose ids only AWS knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Site {
    Account(AccountId),
    Recipients(Name),
}

/// What is done at a site for an organization, and the parts that the site plays for it.
#[derive(Debug, Clone, Default)]
pub(super) struct Service {
    pub(super) parts: BTreeSet<Part>,
    /// What is done there, without assuming other roles.
    pub(super) duty: Duty,
    /// What is done to assume other roles.
    pub(super) entry: Duty,
    /// The accounts that the catalog names, for a site of several accounts.
    pub(super) named: BTreeSet<AccountId>,
    /// Whether the site may have further accounts.
    pub(super) is_open: bool,
}

/// The result of the survey, by site and organization.
#[derive(Debug)]
pub(super) struct Survey<'a> {
    settings: &'a Settings,
    /// Accounts of the settings that, as the caller says, are below an OU of `recipients`.
    covered: &'a BTreeSet<AccountId>,
    pub(super) sites: BTreeMap<Site, BTreeMap<Name, Service>>,
    /// The selectors of portfolios, by account and region.
    named: BTreeMap<(AccountId, Region), BTreeSet<&'a Selector<PortfolioId>>>,
}

/// Surveys the catalogs: the present one and its base. What only the base governs still has to be cleaned up.
pub(super) fn survey<'a>(
    settings: &'a Settings,
    catalogs: &[&'a Desired],
    covered: &'a BTreeSet<AccountId>,
) -> Survey<'a> {
    let mut survey = Survey { settings, covered, sites: BTreeMap::new(), named: BTreeMap::new() };
    for catalog in catalogs {
        for it in catalog.portfolios.values() {
            if survey
                .settings_of(&it.organization)
                .is_some_and(|of| of.service_catalog_account.as_ref() == Some(&it.account))
            {
                survey.portfolio(it);
            }
        }
        for it in &catalog.experiences {
            if survey
                .settings_of(&it.organization)
                .is_some_and(|of| of.marketplace_account.as_ref() == Some(&it.account))
            {
                survey.experience(it);
                if let Some(mirror) = it.products.mirrored() {
                    survey.mirror(mirror);
                }
            }
        }
    }
    survey.names();
    survey.entries();
    survey
}

/// Adds what an account does with a portfolio of its own.
fn own(duty: &mut Duty, local: Option<&DesiredLocal>) {
    let Some(local) = local else { return };
    duty.uses.insert(Use::LocalPortfolios);
    if local.mode == LocalMode::Copy {
        duty.uses.extend([Use::Copies, Use::CopyProgress]);
    }
    if let Some(role) = &local.launch_role {
        duty.uses.insert(Use::LaunchRoles);
        duty.launch_roles.insert(role.role.clone());
    }
}

impl<'a> Survey<'a> {
    fn settings_of(&self, organization: &Name) -> Option<&'a OrganizationSettings> {
        self.settings.organizations.get(organization)
    }

    fn at(&mut self, site: Site, organization: &Name, part: Part) -> &mut Service {
        let service = self.sites.entry(site).or_default().entry(organization.clone()).or_default();
        service.parts.insert(part);
        if part != Part::Entry {
            service.duty.uses.insert(Use::Simulation);
        }
        service
    }

    /// Adds calls about the organization. They are made from the account for portfolios, or if there is none, from the
    /// account for the marketplace.
    fn reader(&mut self, organization: &Name, uses: &[Use]) {
        let Some(settings) = self.settings_of(organization) else { return };
        let part = if settings.service_catalog_account.is_some() { Part::Hub } else { Part::Marketplace };
        if let Some(account) = settings.reader() {
            let service = self.at(Site::Account(account.clone()), organization, part);
            service.duty.uses.extend([Use::Administrators, Use::Tree]);
            service.duty.uses.extend(uses);
        }
    }

    fn portfolio(&mut self, it: &'a DesiredPortfolio) {
        let shares = || it.shares.iter().chain(&it.expired).map(|share| &share.share);
        let has_recipients = !it.recipients.is_empty();
        // A live share that is not listed may be of any type.
        let is_open = it.unlisted == Unlisted::Remove;
        let is_ou = |share: &Share<OuRef>| matches!(share, Share::Ou { .. });
        let is_node = |share: &Share<OuRef>| is_ou(share) || matches!(share, Share::Organization { .. });
        let has_nodes = is_open || shares().any(|share| !matches!(share, Share::Account { .. }));
        let mut hub = BTreeSet::from([Use::Shares, Use::Inheritance]);
        if has_nodes {
            hub.extend([Use::NodeShares, Use::ShareProgress]);
        }
        if shares().any(is_node) {
            hub.insert(Use::Reach);
        }
        if has_recipients {
            hub.insert(Use::OwnersPrincipals);
        }
        for local in it.recipients.iter().filter_map(|entry| entry.local.as_ref()) {
            hub.insert(Use::OfferedProducts);
            if local.mode == LocalMode::Copy {
                hub.insert(Use::OfferedVersions);
            }
        }
        let named = self.named.entry((it.account.clone(), it.region.clone())).or_default();
        named.insert(&it.portfolio);
        let is_by_name = named.iter().any(|it| matches!(it, Selector::Name(_)));
        // The list gives the names of portfolios that are selected by id. For a single portfolio, `DescribePortfolio`
        // gives it.
        if is_by_name || named.len() > 1 {
            hub.insert(Use::PortfolioList);
        }
        let id = match &it.portfolio {
            Selector::Id(id) => Some(id.clone()),
            Selector::Name(_) => None,
        };
        let portfolio = (it.region.clone(), id);
        let service = self.at(Site::Account(it.account.clone()), &it.organization, Part::Hub);
        service.duty.uses.extend(hub);
        service.duty.owned.insert(portfolio.clone());

        let mut reader = vec![Use::Organization, Use::Accounts];
        if units_of(it).any(|ou| matches!(ou, OuRef::Path(_))) {
            reader.push(Use::UnitPaths);
        }
        if is_open || has_recipients || shares().any(is_ou) {
            reader.push(Use::Units);
        }
        self.reader(&it.organization, &reader);
        self.recipients(it, &portfolio);
    }

    /// Adds `DescribePortfolio` where every portfolio is selected by id: a portfolio that is planned alone is described
    /// for its name.
    fn names(&mut self) {
        let is_by_id = |selectors: &BTreeSet<&Selector<PortfolioId>>| {
            selectors.iter().all(|selector| matches!(selector, Selector::Id(_)))
        };
        let alone: Vec<AccountId> = self
            .named
            .iter()
            .filter(|(_, selectors)| is_by_id(selectors))
            .map(|((account, _), _)| account.clone())
            .collect();
        for account in alone {
            let services = self.sites.get_mut(&Site::Account(account)).into_iter().flat_map(BTreeMap::values_mut);
            for service in services.filter(|service| service.parts.contains(&Part::Hub)) {
                service.duty.uses.insert(Use::PortfolioName);
            }
        }
    }

    fn recipients(&mut self, it: &DesiredPortfolio, portfolio: &Portfolio) {
        let named_site = |survey: &Self, account: &AccountId| survey.has_a_stack(account);
        let received = |survey: &mut Self, site: Site, named: Option<&AccountId>, local: Option<&DesiredLocal>| {
            let is_site_of_many = matches!(site, Site::Recipients(_));
            let service = survey.at(site, &it.organization, Part::Recipient);
            service.duty.uses.insert(Use::Recipients);
            service.duty.received.insert(portfolio.clone());
            own(&mut service.duty, local);
            service.named.extend(named.filter(|_| is_site_of_many).cloned());
            service.is_open |= named.is_none() && is_site_of_many;
        };
        for entry in &it.recipients {
            let local = entry.local.as_ref();
            match &entry.who {
                Recipients::Account(account) if named_site(self, account) => {
                    received(self, Site::Account(account.clone()), None, local);
                }
                Recipients::Account(account) => {
                    received(self, Site::Recipients(it.organization.clone()), Some(account), local);
                }
                Recipients::Ou(_) | Recipients::Organization(_) => {
                    received(self, Site::Recipients(it.organization.clone()), None, local);
                    let everyone = matches!(entry.who, Recipients::Organization(_));
                    let marketplace = self.settings_of(&it.organization).and_then(|of| of.marketplace_account.clone());
                    let also = marketplace.into_iter().filter(|_| everyone).chain(self.covered.iter().cloned());
                    for account in also.collect::<BTreeSet<_>>() {
                        // The owner of the portfolio is not a recipient.
                        if account != it.account && !entry.except.contains(&account) {
                            received(self, Site::Account(account), None, local);
                        }
                    }
                }
            }
        }
    }

    /// Whether an account has roles for reasons other than receiving portfolios.
    pub(super) fn has_a_stack(&self, account: &AccountId) -> bool {
        self.covered.contains(account)
            || self.settings.organizations.values().any(|of| {
                let entry = of.access.through.as_deref().and_then(account_of);
                [of.service_catalog_account.as_ref(), of.marketplace_account.as_ref(), entry.as_ref()]
                    .into_iter()
                    .flatten()
                    .any(|own| own == account)
            })
    }

    fn experience(&mut self, it: &DesiredExperience) {
        let service = self.at(Site::Account(it.account.clone()), &it.organization, Part::Marketplace);
        // `doctor` lists the experiences that the account sees, even if all are selected by id.
        service.duty.uses.extend([
            Use::Experiences,
            Use::SeenExperiences,
            Use::Governing,
            Use::ChangeSets,
            Use::RunningSets,
            Use::Licences,
            Use::ProductNames,
        ]);
        let ExperienceTerms { create, description, status, user_requests, audience, branding } = &it.terms;
        let is_managed = description.is_some() || status.is_some() || user_requests.is_some();
        let uses = [
            (create.is_some(), Use::MadeExperiences),
            (is_managed, Use::ExperienceTerms),
            (audience.is_some(), Use::Audiences),
            (branding.is_some(), Use::Brandings),
        ];
        service.duty.uses.extend(uses.iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, it)| *it));
        match &it.selector {
            ExperienceSelector::One(Selector::Id(id)) => drop(service.duty.experiences.insert(Some(id.clone()))),
            ExperienceSelector::One(Selector::Name(_)) | ExperienceSelector::AllLive { except: _ } => {
                service.duty.experiences.insert(None);
                service.duty.uses.insert(Use::ExperienceList);
            }
        }
        // `products` calls from the first marketplace account of the settings.
        let first = self.settings.organizations.values().find_map(|of| of.marketplace_account.as_ref());
        if first == Some(&it.account) {
            let account = Site::Account(it.account.clone());
            self.at(account, &it.organization, Part::Marketplace).duty.uses.insert(Use::Listings);
        }
        let mut reader = vec![Use::Organization, Use::GovernedAccounts];
        if let Some(audience) = audience {
            let is_path = |who: &AudienceRef| matches!(who, AudienceRef::Ou(OuRef::Path(_)));
            reader.extend(audience.principals.keys().any(is_path).then_some(Use::UnitPaths));
            // A principal that joins or leaves is shown with its name, and an OU with its accounts.
            reader.extend([Use::Accounts, Use::Units]);
        }
        self.reader(&it.organization, &reader);
    }

    /// An experience that others mirror is only read.
    fn mirror(&mut self, it: &Mirror) {
        let Mirror { organization, account, experience, ignored: _, unlisted: _, source: _ } = it;
        if self.settings_of(organization).is_none_or(|of| of.marketplace_account.as_ref() != Some(account)) {
            return;
        }
        let service = self.at(Site::Account(account.clone()), organization, Part::Marketplace);
        service.duty.uses.insert(Use::MirroredExperiences);
        match experience {
            Selector::Id(id) => drop(service.duty.mirrored.insert(Some(id.clone()))),
            Selector::Name(_) => {
                service.duty.mirrored.insert(None);
                service.duty.uses.insert(Use::ExperienceList);
            }
        }
        self.reader(organization, &[Use::Organization]);
    }

    /// Adds the roles from which the others are assumed.
    fn entries(&mut self) {
        let mut entered = Vec::new();
        for (site, services) in &self.sites {
            for (organization, service) in services {
                let Some(of) = self.settings.organizations.get(organization) else { continue };
                let (Some(role), Some(through)) = (&of.access.role, &of.access.through) else { continue };
                let to = |account: Where| Entered { template: role.clone(), account };
                match (account_of(through), site) {
                    (Some(entry), Site::Account(account)) => {
                        entered.push((Site::Account(entry), organization, to(Where::Account(account.clone()))));
                    }
                    (Some(entry), Site::Recipients(_)) if service.is_open => {
                        entered.push((Site::Account(entry), organization, to(Where::Anywhere)));
                    }
                    (Some(entry), Site::Recipients(_)) => entered.extend(service.named.iter().map(|account| {
                        (Site::Account(entry.clone()), organization, to(Where::Account(account.clone())))
                    })),
                    // The role in `access.through` is in each account itself.
                    (None, site) => entered.push((site.clone(), organization, to(Where::Here))),
                }
            }
        }
        let entered: Vec<_> = entered.into_iter().map(|(site, of, role)| (site, of.clone(), role)).collect();
        for (site, organization, role) in entered {
            let entry = &mut self.at(site, &organization, Part::Entry).entry;
            entry.uses.insert(Use::EnterRoles);
            entry.enters.insert(role);
        }
    }
}

fn units_of(it: &DesiredPortfolio) -> impl Iterator<Item = &OuRef> {
    let shares = it.shares.iter().chain(&it.expired).filter_map(|share| match &share.share {
        Share::Ou { ou, tag_options: _, principals: _ } => Some(ou),
        Share::Account { .. } | Share::Member { .. } | Share::Organization { .. } => None,
    });
    let ignored = it.ignored.iter().filter_map(|ignored| match &ignored.who {
        Ignored::Ou(ou) => Some(ou),
        Ignored::Account(_) | Ignored::Organization(_) => None,
    });
    let recipients = it.recipients.iter().filter_map(|entry| match &entry.who {
        Recipients::Ou(ou) => Some(ou),
        Recipients::Account(_) | Recipients::Organization(_) => None,
    });
    shares.chain(ignored).chain(recipients)
}

/// The account id in a role's ARN. `None` if the ARN has `{account}` in its place.
fn account_of(template: &str) -> Option<AccountId> {
    template.split(':').nth(4)?.parse().ok()
}
