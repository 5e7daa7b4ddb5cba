//! A place in a file, and the error that names it.

/// A place in a file. Lines and columns count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Why a text can't be read, with the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) place: Place,
    pub(crate) what: String,
}

impl Broken {
    pub(super) fn at(place: Place, what: &str) -> Self {
        Self { place, what: what.to_owned() }
    }
}
