//! The reasons why no pull request is made for a requested product.

/// The reason why no pull request is made for a requested product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// No file of the catalog governs the experience.
    Ungoverned {
        /// The experience.
        experience: String,
    },
    /// The experience mirrors another one.
    Mirrors {
        /// The experience.
        experience: String,
        /// The line with the mirror, as `FILE:LINE`.
        place: String,
        /// The organization of the mirrored experience, and its id or its name.
        mirrored: String,
    },
    /// The file can't be edited with certainty.
    NotEdited {
        /// The product.
        product: String,
        /// The line, as `FILE:LINE`.
        place: String,
        /// The reason.
        reason: String,
    },
}

impl Request {
    pub(super) fn headline(&self) -> String {
        match self {
            Self::Ungoverned { experience } => {
                format!("no file of the catalog governs the experience {experience}, in which a product is asked for")
            }
            Self::Mirrors { experience, place, mirrored } => format!(
                "the experience {experience}, in which a product is asked for, follows another one, {mirrored} ({place}): \
                 it has no list of its own"
            ),
            Self::NotEdited { product, place, reason } => {
                format!("the product {product} can't be put into {place} without a doubt: {reason}")
            }
        }
    }

    pub(super) fn way_out(&self) -> String {
        match self {
            Self::Ungoverned { .. } => {
                "Name it under `experiences` of a product list and run this again; or answer the request in the console."
                    .to_owned()
            }
            Self::Mirrors { mirrored, .. } => format!(
                "Approve the product in {mirrored}, and this one follows; or decline the request in the console."
            ),
            Self::NotEdited { .. } => {
                "Add the lines that the summary shows by hand, in a pull request; or decline the request in the console."
                    .to_owned()
            }
        }
    }
}
