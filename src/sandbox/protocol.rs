//! The protocols of AWS's services, as far as they are emulated.

/// How a service is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// JSON 1.1: Organizations and Service Catalog.
    Json11,
    /// JSON over paths: the Marketplace Catalog.
    RestJson,
    /// A form that is answered with XML: STS and IAM.
    Query,
}
