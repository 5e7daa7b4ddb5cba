//! The types of change for experiences (AWS Marketplace Catalog API reference, "Working with private marketplace").

use crate::model::permission::Use;

pub(crate) const ALLOW: &str = "AllowProductProcurement";
pub(crate) const ASSOCIATE: &str = "AssociateAudience";
pub(crate) const CREATE_BRANDING: &str = "CreateBrandingSettings";
pub(crate) const CREATE_EXPERIENCE: &str = "CreateExperience";
pub(crate) const CREATE_POLICY: &str = "CreateProcurementPolicy";
pub(crate) const DENY: &str = "DenyProductProcurement";
pub(crate) const DISASSOCIATE: &str = "DisassociateAudience";
pub(crate) const RESTRICT: &str = "RestrictExperience";
pub(crate) const REVIVE: &str = "ReviveExperience";
pub(crate) const UPDATE_BRANDING: &str = "UpdateBrandingSettings";
pub(crate) const UPDATE_EXPERIENCE: &str = "UpdateExperience";
pub(crate) const UPDATE_POLICY: &str = "UpdateProcurementPolicy";

/// The change types that each use of a catalog needs.
pub(crate) const BY_USE: &[(&[Use], &[&str])] = &[
    (&[Use::Experiences], &[ALLOW, CREATE_POLICY, DENY]),
    (&[Use::MadeExperiences], &[CREATE_EXPERIENCE]),
    (&[Use::ExperienceTerms], &[RESTRICT, REVIVE, UPDATE_EXPERIENCE, UPDATE_POLICY]),
    (&[Use::Audiences], &[ASSOCIATE, DISASSOCIATE]),
    (&[Use::Brandings], &[CREATE_BRANDING, UPDATE_BRANDING]),
];
