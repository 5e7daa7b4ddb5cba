//! Checks that a world is consistent. Each message names the place.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};

use super::{Organization, Portfolio, Share, ShareTarget, World};

impl World {
    /// Refuses an inconsistent world.
    pub(super) fn check(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        for (name, organization) in &self.organizations {
            check_organization(name, organization, &mut seen)?;
        }
        for (id, account) in &self.accounts {
            ensure!(is_account(id), "`accounts`: `{id}` is not 12 digits");
            for (region, here) in &account.regions {
                for (portfolio, it) in &here.portfolios {
                    let place = format!("portfolio {portfolio} of {id} in {region}");
                    ensure!(is_portfolio(portfolio), "{place}: an id has 1 to 100 letters, digits, `-` or `_`");
                    it.shares.iter().try_for_each(|share| self.check_share(&place, share))?;
                    self.check_content(&place, region, id, it)?;
                }
            }
        }
        if let Some(start) = &self.start {
            ensure!(self.is_open(start), "`start`: there is no account {start}");
        }
        Ok(())
    }

    /// Checks that a portfolio's products exist, and that its constraints are on products in it.
    fn check_content(&self, place: &str, region: &str, owner: &str, portfolio: &Portfolio) -> Result<()> {
        let has = |account: &str, product: &str| {
            self.region(account, region).is_some_and(|here| here.products.contains_key(product))
        };
        for (product, association) in &portfolio.products {
            let mut accounts = self.accounts.keys();
            let exists = match &association.from {
                None => has(owner, product),
                Some(_) => accounts.any(|account| account != owner && has(account, product)),
            };
            ensure!(exists, "{place}: its product {product} is nowhere in this world");
        }
        for (id, constraint) in &portfolio.constraints {
            let product = &constraint.product;
            ensure!(portfolio.products.contains_key(product), "{place}: {id} is about {product}, which is not in it");
        }
        Ok(())
    }

    fn check_share(&self, place: &str, share: &Share) -> Result<()> {
        let mut organizations = self.organizations.values();
        let exists = match &share.to {
            ShareTarget::Account(id) => is_account(id),
            ShareTarget::Member(id) => self.organization_of(id).is_some(),
            ShareTarget::Ou(id) => organizations.any(|organization| organization.has_unit(id)),
            ShareTarget::Organization(id) => organizations.any(|organization| organization.id == *id),
        };
        ensure!(exists, "{place}: it is shared with {}, which is nowhere in this world", share.to.id());
        Ok(())
    }
}

fn check_organization(name: &str, organization: &Organization, seen: &mut BTreeSet<String>) -> Result<()> {
    let Organization { id, management_account, root: _, delegated_administrators, .. } = organization;
    ensure!(id.starts_with("o-"), "organization {name}: its id `{id}` does not begin with `o-`");
    ensure!(seen.insert(id.clone()), "organization {name}: another one has the id {id} too");
    let root = organization.root_id();
    for node in organization.nodes(&root) {
        ensure!(seen.insert(node.id.to_owned()), "organization {name}: `{}` is there twice", node.id);
        for (account, member) in node.accounts {
            let joined = member.joined.as_ref().is_none_or(|at| at.parse::<jiff::Timestamp>().is_ok());
            ensure!(
                joined,
                "organization {name}: `joined` of account {account} is no time such as 2026-05-01T00:00:00Z"
            );
            ensure!(is_account(account), "organization {name}: `{account}` is not 12 digits");
            ensure!(seen.insert(account.clone()), "organization {name}: account {account} is there twice");
        }
    }
    let administrators = delegated_administrators.values().flatten();
    for account in administrators.chain([management_account]) {
        if organization.member(account).is_none() {
            bail!("organization {name}: account {account} is not in its tree");
        }
    }
    for experience in organization.marketplace.experiences.keys() {
        ensure!(experience.starts_with("exp-"), "organization {name}: `{experience}` does not begin with `exp-`");
    }
    Ok(())
}

/// Whether a text is an account id.
pub(in crate::sandbox) fn is_account(id: &str) -> bool {
    id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether Service Catalog accepts a text as a portfolio id. Most ids begin with `port-`, but AWS does not document
/// that all do.
pub(in crate::sandbox) fn is_portfolio(id: &str) -> bool {
    (1..=100).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
