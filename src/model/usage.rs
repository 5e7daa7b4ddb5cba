//! Licence holders of products that a plan denies.

use std::collections::{BTreeMap, BTreeSet};

use super::id::ProductId;

/// The accounts that hold licences for products, as far as they were asked for and could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The accounts of the organization that hold a licence, by product. A product that is missing here is unknown.
    pub holders: BTreeMap<ProductId, BTreeSet<String>>,
    /// Why the others are unknown, in sentences.
    pub troubles: BTreeSet<String>,
}
