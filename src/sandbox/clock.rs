//! The logical clock. Each request moves pending work of its service by one step, for the account or organization that
//! owns it. So whatever a client polls or retries comes to an end, and no test waits for real time.

use super::request::Service;
use super::world::World;
use super::{marketplace, service_catalog};

/// Moves pending work on by one step: in the caller's account and region for Service Catalog, in the caller's
/// organization for the Marketplace Catalog.
pub(super) fn tick(world: &mut World, service: Service, account: &str, region: &str) {
    match service {
        Service::Portfolios => service_catalog::advance(world, account, region),
        Service::Marketplace => marketplace::advance(world, account),
        Service::Sts | Service::Iam | Service::LicenseManager | Service::Organizations => {}
    }
}
