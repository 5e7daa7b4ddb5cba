//! Compares two catalogs by organization. The lines and the layout of the files don't count.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::branding::Branding;
use crate::model::desired::{
    Desired, DesiredExperience, DesiredLaunchRole, DesiredLocal, DesiredPortfolio, DesiredPrincipal, DesiredProduct,
    DesiredProducts, DesiredRecipients, DesiredShare, ExperienceSelector, ExpiredProduct, Ignored, IgnoredReceiver,
    LocalMode, OuRef, ProductLists, Recipients, Selector, Unlisted,
};
use crate::model::experience::{ExperienceStatus, Listing};
use crate::model::experience_terms::{AudienceRef, ExperienceTerms};
use crate::model::id::{AccountId, ExperienceId, Name, PortfolioId, ProductId, Region};
use crate::model::local::LaunchRole;
use crate::model::mirror::{Mirror, Products};
use crate::model::portfolio::Share;
use crate::model::recipient::PrincipalRef;
use crate::model::settings::OrganizationSettings;
use crate::model::target::TargetName;

/// The organizations for which two catalogs ask for something different. Their `access` does not count.
pub fn differing(base: &Desired, head: &Desired) -> BTreeSet<Name> {
    let names = |catalog: &Desired| catalog.settings.organizations.keys().cloned().collect::<BTreeSet<_>>();
    let all = &names(base) | &names(head);
    all.into_iter().filter(|name| asked(base, name) != asked(head, name)).collect()
}

/// What a catalog asks for in an organization, without the places of its values.
#[derive(PartialEq)]
struct Asked<'a> {
    organization: Option<(String, Option<&'a AccountId>, Option<&'a AccountId>)>,
    portfolios: BTreeMap<&'a TargetName, Portfolio<'a>>,
    experiences: Vec<Experience<'a>>,
}

#[derive(PartialEq)]
struct Portfolio<'a> {
    account: &'a AccountId,
    region: &'a Region,
    which: &'a Selector<PortfolioId>,
    /// The shares, each with its last day.
    shares: BTreeSet<(&'a Share<OuRef>, Option<Date>)>,
    ignored: BTreeSet<&'a Ignored>,
    unlisted: Unlisted,
    recipients: BTreeMap<&'a Recipients, Inside<'a>>,
}

/// Which accounts an entry of `recipients` leaves out, and what happens in the others.
#[derive(PartialEq)]
struct Inside<'a> {
    except: &'a BTreeSet<AccountId>,
    principals: BTreeSet<&'a PrincipalRef>,
    local: Option<Local<'a>>,
}

#[derive(PartialEq)]
struct Local<'a> {
    name: &'a str,
    provider: &'a str,
    description: Option<&'a str>,
    /// `None` means all products.
    products: Option<BTreeSet<&'a str>>,
    unlisted: Unlisted,
    adopt: bool,
    mode: LocalMode,
    role: Option<&'a LaunchRole>,
}

#[derive(PartialEq)]
struct Experience<'a> {
    target: TargetName,
    account: &'a AccountId,
    one: Option<&'a Selector<ExperienceId>>,
    except: Option<&'a BTreeSet<ExperienceId>>,
    products: Content<'a>,
    own: Own<'a>,
}

/// What is asked of an experience beside its products.
#[derive(PartialEq)]
struct Own<'a> {
    create: bool,
    description: Option<&'a str>,
    status: Option<ExperienceStatus>,
    user_requests: Option<bool>,
    audience: Option<BTreeSet<&'a AudienceRef>>,
    branding: Option<&'a Branding>,
}

#[derive(PartialEq)]
enum Content<'a> {
    Listed(Lists<'a>),
    Mirrored {
        organization: &'a Name,
        account: &'a AccountId,
        which: &'a Selector<ExperienceId>,
        ignored: BTreeSet<&'a ProductId>,
        unlisted: Unlisted,
        /// The product lists of entries that may govern the mirrored experience.
        governing: Vec<(TargetName, Lists<'a>)>,
    },
}

#[derive(PartialEq)]
struct Lists<'a> {
    approved: BTreeMap<&'a ProductId, Terms<'a>>,
    rejected: BTreeMap<&'a ProductId, Terms<'a>>,
    expired: BTreeMap<&'a ProductId, (Listing, Date)>,
    ignored: BTreeSet<&'a ProductId>,
    unlisted: Unlisted,
}

fn asked<'a>(catalog: &'a Desired, name: &Name) -> Asked<'a> {
    let Desired { settings, portfolios, experiences, product_names: _, silences: _, digest: _ } = catalog;
    let organization = settings.organizations.get(name).map(|organization| {
        let OrganizationSettings { id, service_catalog_account, marketplace_account, access: _, source: _ } =
            organization;
        (id.to_string(), service_catalog_account.as_ref(), marketplace_account.as_ref())
    });
    let portfolios = portfolios.iter().filter(|(_, it)| it.organization == *name);
    let experiences = experiences.iter().filter(|experience| experience.organization == *name);
    let mut experiences: Vec<Experience<'_>> = experiences.map(|entry| experience(entry, catalog)).collect();
    experiences.sort_by_cached_key(|experience| experience.target.to_string());
    Asked { organization, portfolios: portfolios.map(|(target, it)| (target, portfolio(it))).collect(), experiences }
}

fn portfolio(wanted: &DesiredPortfolio) -> Portfolio<'_> {
    let DesiredPortfolio {
        organization: _,
        account,
        region,
        portfolio,
        source: _,
        shares,
        expired,
        ignored,
        unlisted,
        recipients,
    } = wanted;
    let listed = shares.iter().chain(expired);
    let listed = listed.map(|DesiredShare { share, notes: _, until, source: _ }| (share, until.map(|until| until.day)));
    let ignored = ignored.iter().map(|IgnoredReceiver { who, source: _ }| who).collect();
    let unlisted = *unlisted;
    let recipients = recipients.iter().map(|DesiredRecipients { who, except, principals, local, source: _ }| {
        let principals = principals.iter().map(|DesiredPrincipal { who, source: _ }| who).collect();
        (who, Inside { except, principals, local: local.as_ref().map(inside_local) })
    });
    let recipients = recipients.collect();
    Portfolio { account, region, which: portfolio, shares: listed.collect(), ignored, unlisted, recipients }
}

fn inside_local(wanted: &DesiredLocal) -> Local<'_> {
    let DesiredLocal { name, provider, description, products, unlisted, adopt, mode, launch_role, source: _ } = wanted;
    let products = match products {
        DesiredProducts::All(_) => None,
        DesiredProducts::Named(names) => Some(names.keys().map(String::as_str).collect()),
    };
    let role = launch_role.as_ref().map(|DesiredLaunchRole { role, source: _ }| role);
    let (description, unlisted, adopt, mode) = (description.as_deref(), *unlisted, *adopt, *mode);
    Local { name, provider, description, products, unlisted, adopt, mode, role }
}

fn experience<'a>(entry: &'a DesiredExperience, catalog: &'a Desired) -> Experience<'a> {
    let DesiredExperience { file: _, organization: _, account, selector, products, terms, source: _ } = entry;
    let (one, except) = match selector {
        ExperienceSelector::One(one) => (Some(one), None),
        ExperienceSelector::AllLive { except } => (None, Some(except)),
    };
    let products = match products {
        Products::Listed(products) => Content::Listed(lists(products)),
        Products::Mirrored(mirror) => mirrored(mirror, catalog),
    };
    Experience { target: entry.target(), account, one, except, products, own: own(terms) }
}

fn own(terms: &ExperienceTerms) -> Own<'_> {
    let ExperienceTerms { create, description, status, user_requests, audience, branding } = terms;
    Own {
        create: create.is_some(),
        description: description.as_ref().map(|it| it.value.as_str()),
        status: status.as_ref().map(|it| it.value),
        user_requests: user_requests.as_ref().map(|it| it.value),
        audience: audience.as_ref().map(|it| it.principals.keys().collect()),
        branding: branding.as_ref().map(|it| &it.value),
    }
}

fn lists(products: &ProductLists) -> Lists<'_> {
    let ProductLists { approved, rejected, expired, ignored, unlisted } = products;
    let (approved, rejected) = (terms(approved), terms(rejected));
    let expired = expired.iter().map(|(id, ExpiredProduct { listing, day, source: _ })| (id, (*listing, *day)));
    let (expired, ignored) = (expired.collect(), ignored.keys().collect());
    Lists { approved, rejected, expired, ignored, unlisted: *unlisted }
}

fn mirrored<'a>(mirror: &'a Mirror, catalog: &'a Desired) -> Content<'a> {
    let Mirror { organization, account, experience: which, ignored, unlisted, source: _ } = mirror;
    let may_govern = |entry: &&DesiredExperience| {
        entry.account == *account
            && match (&entry.selector, which) {
                (ExperienceSelector::One(Selector::Id(one)), Selector::Id(mirrored)) => one == mirrored,
                (ExperienceSelector::One(Selector::Name(one)), Selector::Name(mirrored)) => one == mirrored,
                (ExperienceSelector::AllLive { except }, Selector::Id(mirrored)) => !except.contains(mirrored),
                // Only AWS knows which experience bears a name, so any of them may be meant.
                (ExperienceSelector::One(_) | ExperienceSelector::AllLive { except: _ }, _) => true,
            }
    };
    let governing = catalog.experiences.iter().filter(may_govern);
    let governing = governing.filter_map(|entry| Some((entry.target(), lists(entry.products.listed()?))));
    let mut governing: Vec<(TargetName, Lists<'a>)> = governing.collect();
    governing.sort_by_cached_key(|(target, _)| target.to_string());
    Content::Mirrored {
        organization,
        account,
        which,
        ignored: ignored.keys().collect(),
        unlisted: *unlisted,
        governing,
    }
}

/// The notes of a product, and the last day that its entry counts.
type Terms<'a> = (Option<&'a str>, Option<Date>);

fn terms(products: &BTreeMap<ProductId, DesiredProduct>) -> BTreeMap<&ProductId, Terms<'_>> {
    let mut all = BTreeMap::new();
    for (id, DesiredProduct { notes, until, source: _ }) in products {
        all.insert(id, (notes.as_deref(), until.map(|until| until.day)));
    }
    all
}
