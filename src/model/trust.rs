//! The roles that a plan must not assume. The author of a pull request can change the settings too, so a setting that
//! loosens a guard counts only if the base's settings contain it.

use std::collections::BTreeSet;

use super::id::AccountId;
use super::settings::{Access, Mode, Settings};

/// The settings of the base, as they were before a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// There is no base, or no catalog in it yet.
    Nothing,
    /// The base has a catalog, but its settings can't be used.
    Unusable,
    /// The base's settings.
    Known(Settings),
}

impl Before {
    /// The settings, if they can be used.
    pub fn settings(&self) -> Option<&Settings> {
        match self {
            Self::Known(settings) => Some(settings),
            Self::Nothing | Self::Unusable => None,
        }
    }
}

/// The roles that `apply` uses, according to the settings of the head and of the base. The default is empty: it bars
/// no role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApplyRoles {
    /// Templates of role ARNs, as the settings have them.
    templates: BTreeSet<String>,
    /// Those templates that the plan may use as well, because trusted settings say so.
    shared: BTreeSet<String>,
    /// The accounts that the settings name.
    accounts: BTreeSet<AccountId>,
}

impl ApplyRoles {
    /// The apply roles of `head` and of the settings before it. `shared_role` counts only in the settings before. The
    /// one in `head` counts only if there is no base.
    pub fn of(head: &Settings, before: &Before) -> Self {
        let trusted = match before {
            Before::Nothing => Some(head),
            Before::Unusable => None,
            Before::Known(settings) => Some(settings),
        };
        let mut roles = Self::default();
        for settings in [Some(head), before.settings()].into_iter().flatten() {
            for organization in settings.organizations.values() {
                roles.templates.extend(organization.access.templates().map(str::to_owned));
                let accounts = [&organization.service_catalog_account, &organization.marketplace_account];
                roles.accounts.extend(accounts.into_iter().flatten().cloned());
            }
        }
        let trusted = trusted.into_iter().flat_map(|settings| settings.organizations.values());
        roles.shared.extend(trusted.flat_map(|organization| organization.access.shared()).map(str::to_owned));
        roles
    }

    /// Whether an ARN is an apply role that a plan must not assume. Templates are filled in with the account of the
    /// ARN and with every account of the settings.
    pub fn bars(&self, arn: &str) -> bool {
        let role = key(arn);
        let own = arn.split(':').nth(4).and_then(|account| account.parse().ok());
        let is_one_of = |templates: &BTreeSet<String>| {
            templates.iter().any(|template| {
                let mut accounts = self.accounts.iter().chain(&own);
                accounts.any(|account| key(&Access::role_arn(template, account, Mode::Apply)) == role)
            })
        };
        is_one_of(&self.templates) && !is_one_of(&self.shared)
    }
}

/// The identity of a role: its account and its name in lower case, without the path. IAM ignores case and path when
/// it checks that a name is unique in its account (IAM, "Names and identifiers").
fn key(arn: &str) -> (String, String) {
    let account = arn.split(':').nth(4).unwrap_or_default();
    let name = arn.rsplit('/').next().unwrap_or_default();
    (account.to_owned(), name.to_ascii_lowercase())
}

impl Access {
    /// The templates of the roles that it names.
    fn templates(&self) -> impl Iterator<Item = &str> {
        let Self { role, through, external_id: _, audience: _, shared_role: _ } = self;
        [role, through].into_iter().flatten().map(String::as_str)
    }

    /// The templates that plan and apply use alike, because `shared_role` allows it.
    pub fn shared(&self) -> impl Iterator<Item = &str> {
        self.templates().filter(|template| self.shared_role && !Self::tells_modes_apart(template))
    }

    /// Whether a template gives plan and apply different roles.
    pub fn tells_modes_apart(template: &str) -> bool {
        template.contains("{mode}")
    }
}

/// A setting that a pull request changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SettingChange {
    /// Its key, such as `organizations.acme.access.role`.
    pub key: String,
    /// The value before. `None` if it was not set.
    pub before: Option<String>,
    /// The value after. `None` if it is no longer set.
    pub after: Option<String>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::finding::Source;
    use super::super::settings::OrganizationSettings;
    use super::*;

    fn settings(role: &str, through: Option<&str>, shared_role: bool) -> Settings {
        let access = Access {
            role: Some(role.to_owned()),
            through: through.map(str::to_owned),
            shared_role,
            ..Access::default()
        };
        let organization = OrganizationSettings {
            id: "o-acme000001".parse().unwrap(),
            service_catalog_account: "111111111111".parse().ok(),
            marketplace_account: "111111111112".parse().ok(),
            access,
            source: Source { file: String::new(), line: 1, column: 1, end_column: None },
        };
        let organizations = BTreeMap::from([("acme".parse().unwrap(), organization)]);
        Settings {
            organizations,
            regions: Vec::new(),
            max_removals: crate::model::settings::MaxRemovals::all(20),
            require: BTreeSet::new(),
        }
    }

    const USUAL: &str = "arn:aws:iam::{account}:role/catalog-sync-{mode}";
    const APPLY: &str = "arn:aws:iam::111111111111:role/catalog-sync-apply";

    #[test]
    fn a_plan_enters_plan_roles_alone() {
        let usual = settings(USUAL, Some("arn:aws:iam::111111111119:role/entry-{mode}"), false);
        let roles = ApplyRoles::of(&usual, &Before::Known(usual.clone()));
        assert!(!roles.bars("arn:aws:iam::111111111111:role/catalog-sync-plan"));
        assert!(!roles.bars("arn:aws:iam::111111111119:role/entry-plan"));
        assert!(roles.bars(APPLY) && roles.bars("arn:aws:iam::111111111119:role/entry-apply"));
        assert!(!ApplyRoles::default().bars(APPLY));
    }

    #[test]
    fn another_path_case_or_account_hides_no_apply_role() {
        let usual = settings(USUAL, None, false);
        let roles = ApplyRoles::of(&usual, &Before::Nothing);
        for arn in [
            "arn:aws:iam::111111111111:role/x/catalog-sync-apply",
            "arn:aws:iam::111111111112:role/Catalog-Sync-APPLY",
            "arn:aws:iam::999999999999:role/catalog-sync-apply",
        ] {
            assert!(roles.bars(arn), "{arn}");
        }
    }

    #[test]
    fn the_settings_of_a_pull_request_share_no_role() {
        let (base, head) = (settings(USUAL, None, false), settings(APPLY, None, true));
        let bars = |before: Before| ApplyRoles::of(&head, &before).bars(APPLY);
        assert!(bars(Before::Known(base)), "the base keeps the modes apart");
        assert!(bars(Before::Unusable), "and where it can't be read nothing is shared");
        assert!(!bars(Before::Nothing), "a first catalog has nobody else to ask");
        assert!(!bars(Before::Known(head.clone())));
    }

    #[test]
    fn a_template_that_spells_an_apply_role_in_plan_mode_is_barred() {
        let base = settings("arn:aws:iam::{account}:role/planner-{mode}", None, false);
        let head = settings("arn:aws:iam::{account}:role/{mode}ner-apply", None, false);
        let roles = ApplyRoles::of(&head, &Before::Known(base));
        assert!(roles.bars("arn:aws:iam::111111111111:role/planner-apply"));
    }

    #[test]
    fn a_shared_role_is_shared_in_every_account() {
        let base = settings("arn:aws:iam::{account}:role/catalog-sync", None, true);
        let roles = ApplyRoles::of(&base, &Before::Known(base.clone()));
        assert!(!roles.bars("arn:aws:iam::333333333333:role/catalog-sync"));
        let other = settings("arn:aws:iam::{account}:role/admin", None, true);
        assert!(ApplyRoles::of(&other, &Before::Known(base)).bars("arn:aws:iam::111111111111:role/admin"));
    }
}
