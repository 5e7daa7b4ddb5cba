//! The table of operations: every API operation that the tool calls, with its service, whether it writes, and how often
//! AWS accepts it.
//!
//! An operation that is not in the table can't be called: `Seat::call` takes a `Request`, and a request belongs to
//! one row. `request.rs` says which SDK type belongs to which row.

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
    /// AWS Marketplace Discovery: what the marketplace offers. It shares its prefix with the catalog.
    Discovery,
}

impl Service {
    /// The prefix of its actions in IAM policies, such as `servicecatalog` in `servicecatalog:ListPortfolios`.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Organizations => "organizations",
            Self::ServiceCatalog => "servicecatalog",
            Self::Marketplace | Self::Discovery => "aws-marketplace",
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
    ($($service:ident { $($name:ident: $effect:ident $(, $per_second:literal per second, burst $burst:literal)?;)* })*) => {
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

            /// The service that has it.
            pub fn service(self) -> Service {
                match self { $($(Self::$name)|* => Service::$service,)* }
            }

            /// Whether it changes anything: refused in [`Mode::Plan`](crate::model::settings::Mode).
            pub fn writes(self) -> bool {
                match self { $($(Self::$name => operations!(writes $effect),)*)* }
            }

            /// The published rate. `None` where AWS publishes none: the pace then adapts to what AWS throttles.
            pub(crate) fn rate(self) -> Option<Rate> {
                match self {
                    $($(Self::$name => None$(.or(Some(Rate { per_second: $per_second, burst: $burst })))?,)*)*
                }
            }
        }
    };
}

// Organizations: its user guide, "Quotas", "Throttling limits"; the rates are for a whole organization. Marketplace
// Catalog: AWS General Reference, "AWS Marketplace endpoints and quotas", per account; it names no burst, so a second's
// worth is taken; Marketplace Discovery likewise. Service Catalog and STS publish none, nor does Marketplace Catalog for `BatchDescribeEntities`.
operations! {
    Sts {
        AssumeRole: Read;
        AssumeRoleWithWebIdentity: Read;
        GetCallerIdentity: Read;
    }
    Organizations {
        DescribeOrganization: Read, 1 per second, burst 2;
        ListRoots: Read, 1 per second, burst 2;
        ListOrganizationalUnitsForParent: Read, 5 per second, burst 8;
        ListAccountsForParent: Read, 5 per second, burst 8;
        ListAccounts: Read, 8 per second, burst 12;
        DescribeOrganizationalUnit: Read, 2 per second, burst 2;
        ListParents: Read, 5 per second, burst 8;
        DescribeAccount: Read, 20 per second, burst 30;
    }
    ServiceCatalog {
        ListPortfolios: Read;
        DescribePortfolio: Read;
        DescribePortfolioShares: Read;
        GetAWSOrganizationsAccessStatus: Read;
        ListOrganizationPortfolioAccess: Read;
        ListPortfolioAccess: Read;
        DescribePortfolioShareStatus: Read;
        ListAcceptedPortfolioShares: Read;
        ListPrincipalsForPortfolio: Read;
        SearchProductsAsAdmin: Read;
        ListConstraintsForPortfolio: Read;
        DescribeConstraint: Read;
        DescribeProductAsAdmin: Read;
        ListProvisioningArtifacts: Read;
        ListPortfoliosForProduct: Read;
        DescribeCopyProductStatus: Read;
        AcceptPortfolioShare: Write;
        AssociatePrincipalWithPortfolio: Write;
        DisassociatePrincipalFromPortfolio: Write;
        CreatePortfolio: Write;
        UpdatePortfolio: Write;
        DeletePortfolio: Write;
        AssociateProductWithPortfolio: Write;
        DisassociateProductFromPortfolio: Write;
        CreateConstraint: Write;
        UpdateConstraint: Write;
        DeleteConstraint: Write;
        CopyProduct: Write;
        UpdateProduct: Write;
        DeleteProduct: Write;
        CreatePortfolioShare: Write;
        UpdatePortfolioShare: Write;
        DeletePortfolioShare: Write;
    }
    Marketplace {
        ListEntities: Read, 10 per second, burst 10;
        BatchDescribeEntities: Read;
        DescribeEntity: Read, 20 per second, burst 20;
        StartChangeSet: Write, 5 per second, burst 5;
        DescribeChangeSet: Read, 10 per second, burst 10;
        ListChangeSets: Read, 5 per second, burst 5;
    }
    Discovery {
        GetListing: Read, 5 per second, burst 5;
        GetProduct: Read, 5 per second, burst 5;
        SearchListings: Read, 10 per second, burst 10;
    }
}

impl Operation {
    /// The row of a name that the SDK uses.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.name() == name)
    }

    /// The action that an IAM policy has to allow, such as `servicecatalog:ListPortfolios`.
    pub fn action(self) -> String {
        format!("{}:{}", self.service().prefix(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_reads_from_writes() {
        for operation in Operation::ALL {
            let reads = ["List", "Describe", "Get", "BatchDescribe", "AssumeRole", "Search"];
            let looks = reads.iter().any(|read| operation.name().starts_with(read));
            assert_eq!(operation.writes(), !looks, "{operation:?}");
            assert_eq!(Operation::named(operation.name()), Some(*operation));
        }
    }
}
