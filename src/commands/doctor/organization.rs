//! The links of one organization: the accounts that the settings name, and the organization's own answers about them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all, join3};

use super::link::{Check, failed, of_account};
use super::policy::Part;
use super::{accounts, mend};
use crate::cloud::CloudError;
use crate::model::checkup::{Kind, Link, Mend, Trouble, Verdict};
use crate::model::id::{AccountId, Name};
use crate::model::live::{Reading, Sharing};
use crate::model::organization::Organization;
use crate::model::portfolio::Share;
use crate::model::settings::OrganizationSettings;

/// The service principal of Service Catalog for delegated administration.
const SERVICE_CATALOG: &str = "servicecatalog.amazonaws.com";
/// The service principal of Private Marketplace (AWS Marketplace buyer guide, "Trusted access and delegated
/// administrators").
const PRIVATE_MARKETPLACE: &str = "private-marketplace.marketplace.amazonaws.com";

/// The result for an organization.
pub(super) struct Found {
    pub(super) links: Vec<Link>,
    /// The organization. `None` if it could not be read or is not the one in the settings.
    pub(super) described: Option<Reading<Organization>>,
}

/// Checks an organization. `can_enter`: whether the links before its accounts hold.
pub(super) async fn check(check: Check<'_>, name: &Name, can_enter: bool) -> Found {
    let Some(settings) = check.settings(name) else { return Found { links: Vec::new(), described: None } };
    let mut parts: BTreeMap<&AccountId, Vec<Part>> = BTreeMap::new();
    for (account, part) in
        [(&settings.service_catalog_account, Part::ServiceCatalog), (&settings.marketplace_account, Part::Marketplace)]
    {
        if let Some(account) = account {
            parts.entry(account).or_default().push(part);
        }
    }
    let asked = parts.iter().map(|(account, parts)| accounts::check(check, name, account, can_enter, parts));
    let mut links: Vec<Link> = join_all(asked).await.into_iter().flatten().collect();
    let is_entered = |link: &Link| link.kind == Kind::Role && matches!(link.verdict, Verdict::Holds(_));
    let entered: BTreeSet<AccountId> =
        links.iter().filter(|link| is_entered(link)).filter_map(|link| link.account.clone()).collect();
    let of = Of { check, name, settings, entered: &entered };
    let (verdict, described) = of.describe().await;
    links.extend(settings.reader().map(|reader| of_account(Kind::Organization, name, reader, verdict)));
    let (sharing, catalog, marketplace) =
        // Boxed, since the futures of SDK calls are large.
        join3(
            Box::pin(of.sharing()),
            Box::pin(of.catalog_administrator(described.as_ref())),
            Box::pin(of.marketplace(described.as_ref())),
        )
        .await;
    links.extend(sharing.into_iter().chain(catalog).chain(marketplace));
    Found { links, described: described.map(Reading::Complete) }
}

/// An organization and what is known of it.
struct Of<'a> {
    check: Check<'a>,
    name: &'a Name,
    settings: &'a OrganizationSettings,
    entered: &'a BTreeSet<AccountId>,
}

impl Of<'_> {
    fn is_entered(&self, account: &AccountId) -> bool {
        self.entered.contains(account)
    }

    async fn describe(&self) -> (Verdict, Option<Organization>) {
        let Some(reader) = self.settings.reader().filter(|reader| self.is_entered(reader)) else {
            return (Verdict::NotTried, None);
        };
        match self.check.cloud.describe(self.name).await {
            Ok((id, management)) if id == self.settings.id => {
                let verdict = Verdict::Holds(format!("belongs to {id}, which {management} manages"));
                (verdict, Some(Organization::new(id, management)))
            }
            Ok((id, _)) => {
                let said = format!(
                    "belongs to organization {id}, and settings.yaml says that it belongs to `{}` ({})",
                    self.name, self.settings.id
                );
                let mend = Mend::of("Correct the id or the account in settings.yaml.");
                (Verdict::Fails(Trouble::of(said).mend(mend)), None)
            }
            Err(error) => (Verdict::Fails(self.denied(&error, reader)), None),
        }
    }

    /// The trouble of a failed call, with the missing permission.
    fn denied(&self, error: &CloudError, account: &AccountId) -> Trouble {
        mend::permission(failed(error), error, self.check.role(self.name, account).as_deref())
    }

    /// Whether the catalog shares a portfolio through the organization.
    fn shares_through_it(&self) -> bool {
        let mut portfolios = self.check.desired.portfolios.values().filter(|it| it.organization == *self.name);
        portfolios.any(|it| it.shares.iter().any(|share| !matches!(share.share, Share::Account { .. })))
    }

    async fn sharing(&self) -> Option<Link> {
        let account = self.settings.service_catalog_account.as_ref()?;
        let link = |verdict| Some(of_account(Kind::Sharing, self.name, account, verdict));
        if !self.is_entered(account) {
            return link(Verdict::NotTried);
        }
        let is_needed = self.shares_through_it();
        let without = |said: String, mend: Mend| {
            if is_needed {
                Verdict::Fails(Trouble::of(said).mend(mend))
            } else {
                Verdict::Holds(format!("{said}; nothing in the catalog needs it"))
            }
        };
        link(match self.check.cloud.sharing(self.name, account).await {
            Ok(Sharing::On) => Verdict::Holds("may share portfolios through the organization".to_owned()),
            Ok(Sharing::Off) => without(
                "sharing with AWS Organizations is off in AWS Service Catalog".to_owned(),
                Mend::pasting(
                    "Switch it on, in the management account of the organization:",
                    "aws servicecatalog enable-aws-organizations-access",
                ),
            ),
            Ok(Sharing::UnderChange) => Verdict::Untold(Trouble::of(
                "sharing with AWS Organizations is just being switched on or off: ask again in a minute",
            )),
            Ok(Sharing::NotAdministrator(said)) => without(said, register(account, SERVICE_CATALOG)),
            Err(error) if is_needed => Verdict::Fails(self.denied(&error, account)),
            Err(error) => Verdict::Untold(self.denied(&error, account)),
        })
    }

    async fn catalog_administrator(&self, described: Option<&Organization>) -> Option<Link> {
        let account = self.settings.service_catalog_account.as_ref()?;
        let verdict = self.administrator(account, SERVICE_CATALOG, described).await;
        let verdict = match verdict {
            Ok(verdict) => verdict,
            Err(said) if self.shares_through_it() => {
                Verdict::Fails(Trouble::of(said).mend(register(account, SERVICE_CATALOG)))
            }
            Err(said) => Verdict::Holds(format!("{said}; nothing in the catalog needs it")),
        };
        Some(of_account(Kind::ServiceCatalogAdministrator, self.name, account, verdict))
    }

    async fn marketplace(&self, described: Option<&Organization>) -> Vec<Link> {
        let Some(account) = self.settings.marketplace_account.as_ref() else { return Vec::new() };
        let manages = described.is_some_and(|it| it.management_account == *account);
        let list = async {
            if self.is_entered(account) && !self.only_mirrors(account) {
                Some(self.check.cloud.experiences(self.name, account, manages).await)
            } else {
                None
            }
        };
        let (listed, administrator) =
            join(Box::pin(list), Box::pin(self.administrator(account, PRIVATE_MARKETPLACE, described))).await;
        let administrator = match (administrator, &listed) {
            (Ok(verdict), _) => verdict,
            // Experiences made before Private Marketplace supported organizations can belong to any account.
            (Err(said), Some(Ok(1..))) => Verdict::Holds(format!("{said}; it has experiences of its own all the same")),
            (Err(said), _) => Verdict::Fails(Trouble::of(said).mend(register(account, PRIVATE_MARKETPLACE))),
        };
        let administrator = (Kind::MarketplaceAdministrator, administrator);
        let experiences = match listed {
            None if self.is_entered(account) => {
                return vec![of_account(administrator.0, self.name, account, administrator.1)];
            }
            None => Verdict::NotTried,
            Some(Ok(1)) => Verdict::Holds("sees 1 experience".to_owned()),
            Some(Ok(count)) => Verdict::Holds(format!("sees {count} experiences")),
            Some(Err(error)) => Verdict::Fails(self.denied(&error, account)),
        };
        [administrator, (Kind::Experiences, experiences)]
            .map(|(kind, verdict)| of_account(kind, self.name, account, verdict))
            .into()
    }

    /// Whether experiences of an account are mirrored and none is governed. Its roles then need no permission to list
    /// them.
    fn only_mirrors(&self, account: &AccountId) -> bool {
        let all = &self.check.desired.experiences;
        let mut mirrored = all.iter().filter_map(|entry| entry.products.mirrored());
        mirrored.any(|mirror| mirror.account == *account) && all.iter().all(|entry| entry.account != *account)
    }

    /// Whether an account administers a service for the organization. The error is a sentence that says it does not.
    async fn administrator(
        &self,
        account: &AccountId,
        principal: &str,
        described: Option<&Organization>,
    ) -> Result<Verdict, String> {
        let Some(described) = described else { return Ok(Verdict::NotTried) };
        let service = if principal == SERVICE_CATALOG { "AWS Service Catalog" } else { "Private Marketplace" };
        match self.check.cloud.administrators(self.name, principal).await {
            Ok(administrators) => {
                let all: Vec<&str> = administrators.iter().map(AccountId::as_str).collect();
                let all = match all.as_slice() {
                    [] => format!("{service} has no delegated administrator"),
                    [one] => format!("the delegated administrator of {service} is {one}"),
                    several => format!("the delegated administrators of {service} are {}", several.join(", ")),
                };
                if administrators.contains(account) {
                    Ok(Verdict::Holds(all))
                } else if described.management_account == *account {
                    Ok(Verdict::Holds(format!("is the management account; {all}")))
                } else {
                    Err(format!("is neither the management account nor a delegated administrator of {service}; {all}"))
                }
            }
            // Unknown is no failure: no plan makes this call.
            Err(error) => {
                let reader = self.settings.reader().unwrap_or(account);
                Ok(Verdict::Untold(self.denied(&error, reader)))
            }
        }
    }
}

fn register(account: &AccountId, principal: &str) -> Mend {
    Mend::pasting(
        "Register it, in the management account of the organization:",
        format!(
            "aws organizations register-delegated-administrator --account-id {account} --service-principal {principal}"
        ),
    )
}
