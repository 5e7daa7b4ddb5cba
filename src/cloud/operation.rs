//! The table of operations: every API operation that the tool calls, with its service, whether it writes, what a
//! catalog needs it for, how IAM can limit it, and how often AWS accepts it.
//!
//! An operation that is not in the table can't be called: `Seat::call` takes a `Request`, and a request belongs to
//! one row. `request.rs` says which SDK type belongs to which row.

use super::change_type;
use crate::model::permission::{Need, Scope, Use};

/// A service of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// AWS Security Token Service.
    Sts,
    /// AWS Organizations.
    Organizations,
    /// AWS Service Catalog.
    ServiceCatalog,
    /// AWS Marketplace Catalog.
    Marketplace,
    /// AWS Marketplace Discovery: what AWS Marketplace has on sale. Its actions have the prefix of Marketplace Catalog.
    Discovery,
    /// AWS License Manager.
    LicenseManager,
    /// AWS Identity and Access Management.
    Iam,
}

impl Service {
    /// The prefix of its actions in IAM policies, such as `servicecatalog` in `servicecatalog:ListPortfolios`.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Organizations => "organizations",
            Self::ServiceCatalog => "servicecatalog",
            Self::Marketplace | Self::Discovery => "aws-marketplace",
            Self::LicenseManager => "license-manager",
            Self::Iam => "iam",
        }
    }
}

/// A rate that AWS publishes: `burst` calls at once, then `per_second`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) per_second: u32,
    pub(crate) burst: u32,
}

macro_rules! operations {
    (writes Read) => { false };
    (writes Write) => { true };
    (scope) => { Scope::Everything };
    (scope $scope:ident) => { Scope::$scope };
    ($($service:ident { $($name:ident: $effect:ident for [$($use:ident)*] $(on $scope:ident)? $(, $per_second:literal per second, burst $burst:literal)?;)* })*) => {
        /// An API operation, by the name that AWS gives it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Operation {
            $($(#[doc = concat!("`", stringify!($name), "`")] $name,)*)*
        }

        impl Operation {
            /// Every row of the table.
            pub const ALL: &[Self] = &[$($(Self::$name,)*)*];

            /// The name, such as `ListPortfolios`.
            pub fn name(self) -> &'static str {
                match self { $($(Self::$name => stringify!($name),)*)* }
            }

            /// The service that the operation belongs to.
            pub fn service(self) -> Service {
                match self { $($(Self::$name)|* => Service::$service,)* }
            }

            /// Whether the operation changes anything. Such a call is refused in
            /// [`Mode::Plan`](crate::model::settings::Mode).
            pub fn writes(self) -> bool {
                match self { $($(Self::$name => operations!(writes $effect),)*)* }
            }

            /// What a catalog needs the operation for. Empty if IAM requires no permission for it.
            pub fn uses(self) -> &'static [Use] {
                match self { $($(Self::$name => &[$(Use::$use),*],)*)* }
            }

            fn scope(self) -> Scope {
                match self { $($(Self::$name => operations!(scope $($scope)?),)*)* }
            }

            /// The rate that AWS publishes. `None` if it publishes none; the pace then adapts when AWS throttles.
            pub(crate) fn rate(self) -> Option<Rate> {
                match self {
                    $($(Self::$name => None$(.or(Some(Rate { per_second: $per_second, burst: $burst })))?,)*)*
                }
            }
        }
    };
}

// Organizations: its user guide, "Quotas", "Throttling limits"; the rates are for a whole organization. Marketplace
// Catalog: AWS General Reference, "AWS Marketplace endpoints and quotas", per account. It names no burst, so the burst
// is one second's worth of calls; Marketplace Discovery likewise. Service Catalog, License Manager, STS and IAM publish
// no rate, and Marketplace Catalog publishes none for `BatchDescribeEntities`.
//
// A row without `for` does not compile. `on` is the column "Resource types" of the Service Authorization Reference; a
// row without `on` can only be allowed for `*`.
operations! {
    Sts {
        AssumeRole: Read for [EnterRoles] on Role;
        AssumeRoleWithWebIdentity: Read for [];
        GetCallerIdentity: Read for [];
    }
    Organizations {
        DescribeOrganization: Read for [Organization], 1 per second, burst 2;
        ListRoots: Read for [UnitPaths Tree], 1 per second, burst 2;
        ListOrganizationalUnitsForParent: Read for [UnitPaths Units Tree GovernedAccounts], 5 per second, burst 8;
        ListAccountsForParent: Read for [Units Tree GovernedAccounts], 5 per second, burst 8;
        ListAccounts: Read for [Accounts Tree GovernedAccounts], 8 per second, burst 12;
        DescribeOrganizationalUnit: Read for [Units GovernedAccounts], 2 per second, burst 2;
        ListParents: Read for [Units GovernedAccounts], 5 per second, burst 8;
        DescribeAccount: Read for [Organization], 20 per second, burst 30;
        ListDelegatedAdministrators: Read for [Administrators];
    }
    ServiceCatalog {
        ListPortfolios: Read for [PortfolioList LocalPortfolios];
        DescribePortfolio: Read for [PortfolioName LocalPortfolios] on Portfolio;
        DescribePortfolioShares: Read for [Shares] on Portfolio;
        GetAWSOrganizationsAccessStatus: Read for [NodeShares];
        ListOrganizationPortfolioAccess: Read for [NodeShares Inheritance];
        ListPortfolioAccess: Read for [Reach] on Portfolio;
        DescribePortfolioShareStatus: Read for [ShareProgress];
        ListAcceptedPortfolioShares: Read for [Recipients];
        ListPrincipalsForPortfolio: Read for [OwnersPrincipals Recipients LocalPortfolios] on Portfolio;
        SearchProductsAsAdmin: Read for [OfferedProducts LocalPortfolios];
        ListConstraintsForPortfolio: Read for [LocalPortfolios];
        DescribeConstraint: Read for [LocalPortfolios];
        DescribeProductAsAdmin: Read for [Copies];
        ListProvisioningArtifacts: Read for [OfferedVersions];
        ListPortfoliosForProduct: Read for [CopyProgress];
        DescribeCopyProductStatus: Read for [CopyProgress];
        AcceptPortfolioShare: Write for [Recipients] on Portfolio;
        AssociatePrincipalWithPortfolio: Write for [Recipients LocalPortfolios] on Portfolio;
        DisassociatePrincipalFromPortfolio: Write for [Recipients LocalPortfolios] on Portfolio;
        CreatePortfolio: Write for [LocalPortfolios] on Catalog;
        UpdatePortfolio: Write for [LocalPortfolios] on Portfolio;
        DeletePortfolio: Write for [LocalPortfolios] on Portfolio;
        AssociateProductWithPortfolio: Write for [LocalPortfolios];
        DisassociateProductFromPortfolio: Write for [LocalPortfolios];
        CreateConstraint: Write for [LaunchRoles];
        UpdateConstraint: Write for [LaunchRoles];
        DeleteConstraint: Write for [LocalPortfolios];
        CopyProduct: Write for [Copies];
        UpdateProduct: Write for [Copies];
        DeleteProduct: Write for [Copies];
        CreatePortfolioShare: Write for [Shares] on Portfolio;
        UpdatePortfolioShare: Write for [Shares] on Portfolio;
        DeletePortfolioShare: Write for [Shares] on Portfolio;
    }
    Marketplace {
        ListEntities: Read for [ExperienceList SeenExperiences Audiences Governing], 10 per second, burst 10;
        BatchDescribeEntities: Read for [Experiences MirroredExperiences Audiences Governing Brandings] on Entity;
        DescribeEntity: Read for [Experiences MirroredExperiences Audiences Governing Brandings] on Entity, 20 per second, burst 20;
        StartChangeSet: Write for [Experiences MadeExperiences ExperienceTerms Audiences Brandings] on Change, 5 per second, burst 5;
        DescribeChangeSet: Read for [ChangeSets RunningSets], 10 per second, burst 10;
        ListChangeSets: Read for [ChangeSets RunningSets], 5 per second, burst 5;
    }
    Discovery {
        GetListing: Read for [Listings], 5 per second, burst 5;
        GetProduct: Read for [ProductNames], 5 per second, burst 5;
        SearchListings: Read for [ProductNames], 10 per second, burst 10;
    }
    LicenseManager {
        ListReceivedLicensesForOrganization: Read for [Licences];
    }
    Iam {
        SimulatePrincipalPolicy: Read for [Simulation] on OwnRole;
    }
}

impl Operation {
    /// The row for an operation name of the SDK.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    /// The action that an IAM policy has to allow, such as `servicecatalog:ListPortfolios`.
    pub fn action(self) -> String {
        let name = match self {
            // IAM has no action of this name (AWS Marketplace Catalog API reference, `BatchDescribeEntities`).
            Self::BatchDescribeEntities => Self::DescribeEntity.name(),
            other => other.name(),
        };
        format!("{}:{name}", self.service().prefix())
    }

    /// The permissions that a call needs: its own action, and further ones that AWS checks (Service Authorization
    /// Reference, the column "Dependent actions").
    pub fn needs(self) -> Vec<Need> {
        let (uses, writes, scope) = (self.uses(), self.writes(), self.scope());
        let own = Need { action: self.action(), uses, writes, scope, condition: None };
        let with = |action: &str| Need { action: action.to_owned(), ..own.clone() };
        let besides = match self {
            // IAM limits the kinds of change only by this condition, so each use gets a permission of its own.
            Self::StartChangeSet => {
                let of = |(uses, types): &(&'static [Use], &'static [&'static str])| Need {
                    uses,
                    condition: Some(("catalog:ChangeType", types)),
                    ..own.clone()
                };
                return change_type::BY_USE.iter().map(of).collect();
            }
            Self::CreatePortfolio => vec![with("servicecatalog:TagResource")],
            Self::UpdatePortfolio | Self::UpdateProduct => {
                vec![with("servicecatalog:TagResource"), with("servicecatalog:UntagResource")]
            }
            Self::CreateConstraint | Self::UpdateConstraint => {
                let condition = Some(("iam:PassedToService", PASSED_TO));
                vec![Need { scope: Scope::LaunchRole, condition, ..with("iam:PassRole") }]
            }
            _ => Vec::new(),
        };
        std::iter::once(own).chain(besides).collect()
    }
}

/// The service that a launch role is passed to.
const PASSED_TO: &[&str] = &["servicecatalog.amazonaws.com"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_use_of_change_sets_has_its_changes() {
        let uses: Vec<Use> = change_type::BY_USE.iter().flat_map(|(uses, _)| uses.iter().copied()).collect();
        assert_eq!(uses, Operation::StartChangeSet.uses());
    }

    #[test]
    fn names_tell_reads_from_writes() {
        for operation in Operation::ALL {
            let reads = ["List", "Describe", "Get", "BatchDescribe", "AssumeRole", "Search", "Simulate"];
            let looks = reads.iter().any(|read| operation.name().starts_with(read));
            assert_eq!(operation.writes(), !looks, "{operation:?}");
            assert_eq!(Operation::named(operation.name()), Some(*operation));
        }
    }
}
