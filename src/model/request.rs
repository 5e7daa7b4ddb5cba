//! Somebody's request for a product that their private marketplace does not offer, as its events tell it.

use super::id::{ExperienceId, ProductId, RequestId};

/// What has become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Somebody asks.
    Created,
    /// An administrator has approved the product.
    Approved,
    /// An administrator has said no.
    Declined,
    /// Who asked has taken it back.
    Cancelled,
    /// Nobody has answered in time.
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

    /// Why there is nothing left to decide; `None` while there is.
    pub fn is_over(self) -> Option<&'static str> {
        match self {
            Self::Created | Self::Approved => None,
            Self::Declined => Some("it was declined in the console"),
            Self::Cancelled => Some("who asked has taken it back"),
            Self::Expired => Some("it has expired: nobody answered it in the console in time"),
        }
    }
}

/// A request. Names are as the event has them: anybody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductRequest {
    /// Which one.
    pub id: RequestId,
    /// What has become of it.
    pub stage: Stage,
    /// The product that is wanted.
    pub product: ProductId,
    /// Its name.
    pub title: Option<String>,
    /// Who makes it.
    pub vendor: Option<String>,
    /// In which experience it is wanted.
    pub experience: ExperienceId,
    /// Who asks.
    pub requester: Option<String>,
    /// Until when it can be answered.
    pub expires: Option<String>,
}
