//! The products that AWS Marketplace offers.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::product::Product;
use super::whole::World;
use crate::yaml;

/// The built-in products.
const SHOP: &str = include_str!("../products.yaml");

static BUILT_IN: LazyLock<BTreeMap<String, Product>> = LazyLock::new(|| {
    // A test parses the file, so the default is never used.
    yaml::from_str(SHOP).unwrap_or_default()
});

impl World {
    /// All products that AWS Marketplace offers, by id.
    pub(in crate::sandbox) fn offered(&self) -> BTreeMap<&String, &Product> {
        BUILT_IN.iter().chain(&self.products).collect()
    }

    /// Whether AWS Marketplace has a product of that id, private and withdrawn ones included.
    pub fn has_product(&self, id: &str) -> bool {
        BUILT_IN.contains_key(id) || self.products.contains_key(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_marketplace_has_the_products_of_the_example() {
        let world = World::example();
        assert!(world.offered().len() >= 30, "{}", world.offered().len());
        let policies = world.organizations.values().flat_map(|it| it.marketplace.experiences.values());
        for policy in policies.filter_map(|experience| experience.policy.as_ref()) {
            for id in policy.allowed.iter().chain(&policy.denied) {
                assert!(world.has_product(id), "{id}");
            }
        }
        assert!(world.offered().values().any(|product| product.withdrawn));
        assert!(world.offered().values().any(|product| product.private));
    }
}
