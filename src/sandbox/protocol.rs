//! The protocols of the emulated services.

/// The protocol of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// JSON 1.1: Organizations, Service Catalog and License Manager.
    Json11,
    /// REST JSON, with the operation in the path: Marketplace Catalog and Marketplace Discovery.
    RestJson,
    /// A form with an answer in XML: STS and IAM.
    Query,
}
