//! Leaves default values out of a file.

/// Whether a value is the default, and so need not be written.
pub(in crate::sandbox) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
