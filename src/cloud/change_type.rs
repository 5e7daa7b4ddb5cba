//! The changes that are made to experiences (AWS Marketplace Catalog API reference, "Working with private marketplace").

pub(crate) const CREATE_POLICY: &str = "CreateProcurementPolicy";
pub(crate) const ALLOW: &str = "AllowProductProcurement";
pub(crate) const DENY: &str = "DenyProductProcurement";

/// All of them.
pub(crate) const ALL: &[&str] = &[ALLOW, CREATE_POLICY, DENY];
