//! Compares the settings with those before: the differences that a reviewer has to see, and the limit that counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::settings::{Access, MaxRemovals, OrganizationSettings, Settings};
use crate::model::trust::{Before, SettingChange};

/// How much a plan may take away: the lower of two limits, so that a pull request can't raise its own. If one of the
/// two has limits by kind and the other one a limit for all, both hold.
pub fn max_removals(head: &Settings, before: &Before) -> MaxRemovals {
    before.settings().map_or(head.max_removals, |before| before.max_removals.strictest(head.max_removals))
}

/// The settings that differ: limits first, then access, accounts and regions. In each of these, changed settings come
/// before added ones.
pub fn setting_changes(before: &Settings, head: &Settings) -> Vec<SettingChange> {
    let (before, after) = (flat(before), flat(head));
    let keys: BTreeSet<&(Rank, String)> = before.keys().chain(after.keys()).collect();
    let differing = keys.into_iter().filter(|key| before.get(key) != after.get(key));
    let mut changes: Vec<(Rank, bool, SettingChange)> = differing
        .map(|key| {
            let (old, new) = (before.get(key).cloned(), after.get(key).cloned());
            (key.0, old.is_none(), SettingChange { key: key.1.clone(), before: old, after: new })
        })
        .collect();
    changes.sort();
    changes.into_iter().map(|(_, _, change)| change).collect()
}

/// The order in which a reviewer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Safety,
    Access,
    Accounts,
    Regions,
}

/// Every setting by its key. Those of `access` are the ones in force for each organization.
fn flat(settings: &Settings) -> BTreeMap<(Rank, String), String> {
    let Settings { organizations, regions, max_removals, require } = settings;
    let mut flat = BTreeMap::from([((Rank::Safety, "safety.max_removals".to_owned()), max_removals.to_string())]);
    let regions: Vec<&str> = regions.iter().map(crate::model::id::Region::as_str).collect();
    if !require.is_empty() {
        let require: Vec<&str> = require.iter().map(String::as_str).collect();
        flat.insert((Rank::Safety, "require".to_owned()), require.join(", "));
    }
    if !regions.is_empty() {
        flat.insert((Rank::Regions, "regions".to_owned()), regions.join(", "));
    }
    for (name, organization) in organizations {
        let OrganizationSettings { id, service_catalog_account, marketplace_account, access, source: _ } = organization;
        let Access { role, through, external_id, audience, shared_role } = access;
        let accounts = [
            ("id", Some(id.to_string())),
            ("service_catalog_account", service_catalog_account.as_ref().map(ToString::to_string)),
            ("marketplace_account", marketplace_account.as_ref().map(ToString::to_string)),
        ];
        let access = [
            ("access.role", role.clone()),
            ("access.through", through.clone()),
            ("access.external_id", external_id.clone()),
            ("access.audience", Some(audience.clone())),
            ("access.shared_role", Some(shared_role.to_string())),
        ];
        let ranked = accounts.map(|it| (Rank::Accounts, it)).into_iter().chain(access.map(|it| (Rank::Access, it)));
        for (rank, (key, value)) in ranked {
            if let Some(value) = value {
                flat.insert((rank, format!("organizations.{name}.{key}")), value);
            }
        }
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Source;

    fn settings(max_removals: usize) -> Settings {
        let organization = OrganizationSettings {
            id: "o-acme000001".parse().unwrap(),
            service_catalog_account: "111111111111".parse().ok(),
            marketplace_account: None,
            access: Access::default(),
            source: Source { file: String::new(), line: 1, column: 1, end_column: None },
        };
        let organizations = BTreeMap::from([("acme".parse().unwrap(), organization)]);
        let (max_removals, require) = (MaxRemovals::all(max_removals), BTreeSet::new());
        Settings { organizations, regions: vec!["us-east-1".parse().unwrap()], max_removals, require }
    }

    #[test]
    fn a_limit_can_be_lowered_and_not_raised() {
        let limit = |before: Before, head: usize| max_removals(&settings(head), &before);
        assert_eq!(limit(Before::Known(settings(5)), 5000), MaxRemovals::all(5));
        assert_eq!(limit(Before::Known(settings(5)), 0), MaxRemovals::all(0));
        assert_eq!(limit(Before::Nothing, 7), MaxRemovals::all(7));
    }

    #[test]
    fn limits_by_kind_do_not_lift_a_limit_for_all() {
        let mut head = settings(0);
        head.max_removals = MaxRemovals { together: None, portfolios: Some(3), marketplace: Some(5000) };
        let limit = max_removals(&head, &Before::Known(settings(20)));
        assert_eq!(limit, MaxRemovals { together: Some(20), portfolios: Some(3), marketplace: Some(5000) });
        assert_eq!(limit.to_string(), "together: 20, portfolios: 3, marketplace: 5000");
    }

    #[test]
    fn differences_are_told_the_weightiest_first() {
        let before = settings(5);
        let mut head = settings(50);
        head.regions.push("eu-west-1".parse().unwrap());
        let organization = head.organizations.values_mut().next().unwrap();
        organization.service_catalog_account = None;
        organization.access.role = Some("arn:aws:iam::{account}:role/x-{mode}".to_owned());
        let told: Vec<String> = setting_changes(&before, &head)
            .into_iter()
            .map(|SettingChange { key, before, after }| {
                format!("{key}: {} → {}", before.unwrap_or_default(), after.unwrap_or_default())
            })
            .collect();
        assert_eq!(
            told,
            [
                "safety.max_removals: 5 → 50",
                "organizations.acme.access.role:  → arn:aws:iam::{account}:role/x-{mode}",
                "organizations.acme.service_catalog_account: 111111111111 → ",
                "regions: us-east-1 → us-east-1, eu-west-1",
            ]
        );
        assert_eq!(setting_changes(&before, &before), []);
    }
}
