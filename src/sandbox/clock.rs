//! The logical clock. Time passes for what is under way with each later request to its
//! service that concerns its owner; then it moves on by one step. Whatever is polled ends, and
//! whatever is tried again finds the way free in the end, without anyone waiting.

use super::request::Service;
use super::world::World;
use super::{marketplace, service_catalog};

/// A request arrived: what is under way there moves on.
pub(super) fn tick(world: &mut World, service: Service, account: &str, region: &str) {
    match service {
        Service::Portfolios => service_catalog::advance(world, account, region),
        Service::Marketplace => marketplace::advance(world, account),
        Service::Sts | Service::Iam | Service::LicenseManager | Service::Organizations => {}
    }
}
