//! What is left out of a file.

/// Whether a value need not be written.
pub(in crate::sandbox) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
