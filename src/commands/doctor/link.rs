//! Data that all links share, and functions that make links.

use std::collections::BTreeMap;

use crate::cloud::{Cloud, CloudError};
use crate::model::checkup::{Beginning, Kind, Link, Trouble, Verdict};
use crate::model::desired::Desired;
use crate::model::id::{AccountId, Name};
use crate::model::settings::{Access, Mode, OrganizationSettings};

/// Data that all links share.
#[derive(Clone, Copy)]
pub(super) struct Check<'a> {
    pub(super) cloud: &'a Cloud,
    pub(super) desired: &'a Desired,
    pub(super) mode: Mode,
    /// The start for each audience: a token or credentials, or the error.
    pub(super) starts: &'a BTreeMap<&'a str, Result<Beginning, CloudError>>,
}

impl<'a> Check<'a> {
    /// The settings of an organization of the catalog.
    pub(super) fn settings(&self, organization: &Name) -> Option<&'a OrganizationSettings> {
        self.desired.settings.organizations.get(organization)
    }

    /// The start of the sessions of an access. `None` if it failed.
    pub(super) fn start(&self, access: &Access) -> Option<&'a Beginning> {
        self.starts.get(access.audience.as_str())?.as_ref().ok()
    }

    /// The role that is entered in an account. `None` if the settings name no role.
    pub(super) fn role(&self, organization: &Name, account: &AccountId) -> Option<String> {
        let template = self.settings(organization)?.access.role.as_ref()?;
        Some(Access::role_arn(template, account, self.mode))
    }

    /// The role that reads an organization.
    pub(super) fn reader_role(&self, organization: &Name) -> Option<String> {
        self.role(organization, self.settings(organization)?.reader()?)
    }
}

/// A link without an account.
pub(super) fn of_all(kind: Kind, verdict: Verdict) -> Link {
    Link { kind, organization: None, account: None, account_name: None, of_recipient: false, verdict }
}

/// A link of an account.
pub(super) fn of_account(kind: Kind, organization: &Name, account: &AccountId, verdict: Verdict) -> Link {
    Link { organization: Some(organization.clone()), account: Some(account.clone()), ..of_all(kind, verdict) }
}

/// A trouble made of a failed call.
pub(super) fn failed(error: &CloudError) -> Trouble {
    Trouble { said: error.to_string(), failure: Some(error.clone().into()), mends: Vec::new() }
}
