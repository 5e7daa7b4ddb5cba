//! A user's request for a product that their private marketplace does not offer, as AWS's events report it.

use super::id::{ExperienceId, ProductId, RequestId};

/// The state of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A user has made the request.
    Created,
    /// An administrator has approved the product.
    Approved,
    /// An administrator has declined the request.
    Declined,
    /// The user has withdrawn the request.
    Cancelled,
    /// The request was not answered in time.
    Expired,
}

impl Stage {
    /// Every stage with the name of its event.
    pub const ALL: [(&'static str, Self); 5] = [
        ("Product Request Created", Self::Created),
        ("Product Request Approved", Self::Approved),
        ("Product Request Declined", Self::Declined),
        ("Product Request Cancelled", Self::Cancelled),
        ("Product Request Expired", Self::Expired),
    ];

    /// Why the request needs no decision any more. `None` if it still does.
    pub fn is_over(self) -> Option<&'static str> {
        match self {
            Self::Created | Self::Approved => None,
            Self::Declined => Some("it was declined in the console"),
            Self::Cancelled => Some("who asked has taken it back"),
            Self::Expired => Some("it has expired: nobody answered it in the console in time"),
        }
    }
}

/// A request. Its texts come from the event and are untrusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductRequest {
    /// The request's id.
    pub id: RequestId,
    /// The state of the request.
    pub stage: Stage,
    /// The requested product.
    pub product: ProductId,
    /// The product's name.
    pub title: Option<String>,
    /// The product's vendor.
    pub vendor: Option<String>,
    /// The experience for which it is requested.
    pub experience: ExperienceId,
    /// The user who made the request.
    pub requester: Option<String>,
    /// The time until which it can be answered.
    pub expires: Option<String>,
}
