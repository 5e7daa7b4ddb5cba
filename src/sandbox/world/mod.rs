//! The world: everything that the emulated AWS knows, as a value that can be read from and written to YAML.
//!
//! The file is meant for people. Default values are left out, so it says only what is special about a world. Pending
//! work is kept: a change set that one process started is finished by the next process that reads the file.

mod account;
mod catalog_product;
mod change_set;
mod check;
mod constraint;
mod file;
mod knobs;
mod lag;
mod marketplace;
mod member;
mod organization;
mod pending;
mod portfolio;
mod principal;
mod product;
mod rates;
mod share;
mod shop;
mod token;
mod unproven;
mod unproven_recipient;
mod usual;
mod whole;

pub use account::{Account, Region, Role};
pub use catalog_product::{CatalogProduct, CopyAction, CopyStatus, Version};
pub use change_set::{ChangeError, ChangeRecord, ChangeSet, ChangeSetFate, ChangeSetStatus};
pub(super) use check::{is_account, is_portfolio};
pub use constraint::{Constraint, ConstraintStatus};
pub use knobs::{ChangeSetFault, Drop, Fault, FaultError, Oidc, Pages, Sessions, ShareFailure};
pub use lag::Lag;
pub use marketplace::{
    Audience, Branding, Experience, ExperienceStatus, Marketplace, OtherResource, Permission, Policy,
};
pub use member::{AccountStatus, Member};
pub use organization::{Access, Node, Organization, Unit};
pub(super) use organization::{LICENSE_MANAGER, PRIVATE_MARKETPLACE, SERVICE_CATALOG};
pub use pending::{Pending, ProductFailure};
pub use portfolio::{Association, Import, Portfolio};
pub use principal::Principal;
pub(super) use principal::is_pattern;
pub use product::Product;
pub use rates::{Rate, Rates};
pub use share::{FailedShare, Share, ShareAct, ShareAction, ShareStatus, ShareTarget};
pub use token::Token;
pub use unproven::{
    AcceptAgain, AccessBelow, BatchDescribe, Configuration, ExperienceRevision, InheritedRows, NothingReached, Paths,
    RefusedProduct, RequestsChange, Unproven,
};
pub use unproven_recipient::{
    CopyCarries, ImportPatterns, ImportPrincipals, InheritedConstraints, MissingPrincipal, MissingRole,
    ProductsOfShare, RejectedShare, SharedPatterns, TagOptions,
};
pub(super) use usual::is_default;
pub use whole::World;
