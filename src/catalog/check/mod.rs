//! What can be wrong across keys and files: a list of small checks. Each looks at the whole catalog, adds what it
//! finds and stays silent about what could not be read, which was reported already.

use crate::model::finding::Finding;

use super::include::Lists;
use super::parsed::Catalog;

/// A check.
pub(super) type Check = fn(&Catalog, &Lists<'_>, &mut Vec<Finding>);

/// All of them.
pub(super) const CHECKS: &[Check] = &[];
