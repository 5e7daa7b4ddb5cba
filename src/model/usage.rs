//! Who uses what a plan denies.

use std::collections::{BTreeMap, BTreeSet};

use super::id::ProductId;

/// Who holds licences for products, as far as that was asked for and could be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// By product, the accounts of the organization that hold one. A product that is not here could not be told.
    pub holders: BTreeMap<ProductId, BTreeSet<String>>,
    /// Why others can't be told, in sentences.
    pub troubles: BTreeSet<String>,
}
