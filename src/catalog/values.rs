//! The values of keys, without their places.

use super::read::{At, List};

/// The values of a list. Empty if there is no list.
pub(super) fn values<T: Clone, C: FromIterator<T>>(list: Option<&At<List<T>>>) -> C {
    list.iter().flat_map(|list| &list.value).map(value).collect()
}

/// Whether a flag is present and true.
pub(super) fn is_set(flag: Option<&At<bool>>) -> bool {
    flag.is_some_and(|flag| flag.value)
}

/// The value without its place.
pub(super) fn value<T: Clone>(at: &At<T>) -> T {
    at.value.clone()
}
