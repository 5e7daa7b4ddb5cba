//! The links of one account: entering its role, and the permissions of that role.

use super::link::{Check, of_account};
use super::mend;
use super::policy::{self, Part};
use crate::model::checkup::{Kind, Link, Verdict};
use crate::model::id::{AccountId, Name};

/// Enters an account and asks for the permissions of its role. `parts`: what the account does besides receiving
/// portfolios.
pub(super) async fn check(
    check: Check<'_>,
    organization: &Name,
    account: &AccountId,
    can_enter: bool,
    parts: &[Part],
) -> Vec<Link> {
    let link = |kind, verdict| of_account(kind, organization, account, verdict);
    let Some(settings) = check.settings(organization).filter(|_| can_enter) else {
        return vec![link(Kind::Role, Verdict::NotTried)];
    };
    match check.cloud.enter(organization, account).await {
        Ok(()) => {
            let role = check.role(organization, account);
            let said = match &role {
                Some(role) => format!("entered {role}"),
                None => "the starting credentials are of this account".to_owned(),
            };
            let may = policy::check(check, organization, account, role.as_deref(), parts).await;
            vec![link(Kind::Role, Verdict::Holds(said)), link(Kind::Policy, may)]
        }
        Err(refused) => {
            let start = check.start(&settings.access);
            let trouble = mend::role(&refused, &settings.access, start, check.mode);
            vec![link(Kind::Role, Verdict::Fails(trouble))]
        }
    }
}
