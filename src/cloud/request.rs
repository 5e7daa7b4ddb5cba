//! Maps the SDK's request builders to the rows of the table of operations.

use std::error::Error;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::future::BoxFuture;

use super::operation::Operation;

/// A call that is being made.
pub(crate) type Answer<T, E> = BoxFuture<'static, Result<T, SdkError<E, Response>>>;

/// A request that can be sent several times. A call that takes an idempotency token must set it: the SDK would generate
/// another token for each attempt.
pub(crate) trait Request: Clone + Send + Sync {
    /// Its row in the table.
    const OPERATION: Operation;

    type Output: Send;
    type Error: ProvideErrorMetadata + Error + Send + Sync + 'static;

    /// Makes one attempt.
    fn attempt(self) -> Answer<Self::Output, Self::Error>;
}

macro_rules! requests {
    ($($sdk:ident { $($module:ident: $operation:ident $builder:ident $output:ident $error:ident;)* })*) => {
        $($(
            impl Request for $sdk::operation::$module::builders::$builder {
                const OPERATION: Operation = Operation::$operation;

                type Output = $sdk::operation::$module::$output;
                type Error = $sdk::operation::$module::$error;

                fn attempt(self) -> Answer<Self::Output, Self::Error> {
                    Box::pin(self.send())
                }
            }
        )*)*
    };
}

// `GetProduct` is in `get_product.rs`, which reads a field that the SDK leaves out. `SimulatePrincipalPolicy` is in
// `iam.rs` and `ListReceivedLicensesForOrganization` in `license_manager.rs`, because the SDK crates for them are not
// used.
requests! {
    aws_sdk_sts {
        assume_role: AssumeRole AssumeRoleFluentBuilder AssumeRoleOutput AssumeRoleError;
        assume_role_with_web_identity: AssumeRoleWithWebIdentity AssumeRoleWithWebIdentityFluentBuilder
            AssumeRoleWithWebIdentityOutput AssumeRoleWithWebIdentityError;
        get_caller_identity: GetCallerIdentity GetCallerIdentityFluentBuilder GetCallerIdentityOutput
            GetCallerIdentityError;
    }
    aws_sdk_organizations {
        describe_organization: DescribeOrganization DescribeOrganizationFluentBuilder DescribeOrganizationOutput
            DescribeOrganizationError;
        list_roots: ListRoots ListRootsFluentBuilder ListRootsOutput ListRootsError;
        list_organizational_units_for_parent: ListOrganizationalUnitsForParent
            ListOrganizationalUnitsForParentFluentBuilder ListOrganizationalUnitsForParentOutput
            ListOrganizationalUnitsForParentError;
        list_accounts_for_parent: ListAccountsForParent ListAccountsForParentFluentBuilder ListAccountsForParentOutput
            ListAccountsForParentError;
        list_accounts: ListAccounts ListAccountsFluentBuilder ListAccountsOutput ListAccountsError;
        describe_organizational_unit: DescribeOrganizationalUnit DescribeOrganizationalUnitFluentBuilder
            DescribeOrganizationalUnitOutput DescribeOrganizationalUnitError;
        list_parents: ListParents ListParentsFluentBuilder ListParentsOutput ListParentsError;
        describe_account: DescribeAccount DescribeAccountFluentBuilder DescribeAccountOutput DescribeAccountError;
        list_delegated_administrators: ListDelegatedAdministrators ListDelegatedAdministratorsFluentBuilder
            ListDelegatedAdministratorsOutput ListDelegatedAdministratorsError;
    }
    aws_sdk_servicecatalog {
        list_portfolios: ListPortfolios ListPortfoliosFluentBuilder ListPortfoliosOutput ListPortfoliosError;
        describe_portfolio: DescribePortfolio DescribePortfolioFluentBuilder DescribePortfolioOutput
            DescribePortfolioError;
        describe_portfolio_shares: DescribePortfolioShares DescribePortfolioSharesFluentBuilder
            DescribePortfolioSharesOutput DescribePortfolioSharesError;
        describe_portfolio_share_status: DescribePortfolioShareStatus DescribePortfolioShareStatusFluentBuilder
            DescribePortfolioShareStatusOutput DescribePortfolioShareStatusError;
        get_aws_organizations_access_status: GetAWSOrganizationsAccessStatus
            GetAWSOrganizationsAccessStatusFluentBuilder GetAwsOrganizationsAccessStatusOutput
            GetAWSOrganizationsAccessStatusError;
        list_portfolio_access: ListPortfolioAccess ListPortfolioAccessFluentBuilder ListPortfolioAccessOutput
            ListPortfolioAccessError;
        list_organization_portfolio_access: ListOrganizationPortfolioAccess
            ListOrganizationPortfolioAccessFluentBuilder ListOrganizationPortfolioAccessOutput
            ListOrganizationPortfolioAccessError;
        list_accepted_portfolio_shares: ListAcceptedPortfolioShares ListAcceptedPortfolioSharesFluentBuilder
            ListAcceptedPortfolioSharesOutput ListAcceptedPortfolioSharesError;
        list_principals_for_portfolio: ListPrincipalsForPortfolio ListPrincipalsForPortfolioFluentBuilder
            ListPrincipalsForPortfolioOutput ListPrincipalsForPortfolioError;
        accept_portfolio_share: AcceptPortfolioShare AcceptPortfolioShareFluentBuilder AcceptPortfolioShareOutput
            AcceptPortfolioShareError;
        associate_principal_with_portfolio: AssociatePrincipalWithPortfolio
            AssociatePrincipalWithPortfolioFluentBuilder AssociatePrincipalWithPortfolioOutput
            AssociatePrincipalWithPortfolioError;
        disassociate_principal_from_portfolio: DisassociatePrincipalFromPortfolio
            DisassociatePrincipalFromPortfolioFluentBuilder DisassociatePrincipalFromPortfolioOutput
            DisassociatePrincipalFromPortfolioError;
        search_products_as_admin: SearchProductsAsAdmin SearchProductsAsAdminFluentBuilder SearchProductsAsAdminOutput SearchProductsAsAdminError;
        list_constraints_for_portfolio: ListConstraintsForPortfolio ListConstraintsForPortfolioFluentBuilder ListConstraintsForPortfolioOutput ListConstraintsForPortfolioError;
        describe_constraint: DescribeConstraint DescribeConstraintFluentBuilder DescribeConstraintOutput DescribeConstraintError;
        describe_product_as_admin: DescribeProductAsAdmin DescribeProductAsAdminFluentBuilder DescribeProductAsAdminOutput DescribeProductAsAdminError;
        list_provisioning_artifacts: ListProvisioningArtifacts ListProvisioningArtifactsFluentBuilder ListProvisioningArtifactsOutput ListProvisioningArtifactsError;
        list_portfolios_for_product: ListPortfoliosForProduct ListPortfoliosForProductFluentBuilder ListPortfoliosForProductOutput ListPortfoliosForProductError;
        describe_copy_product_status: DescribeCopyProductStatus DescribeCopyProductStatusFluentBuilder DescribeCopyProductStatusOutput DescribeCopyProductStatusError;
        create_portfolio: CreatePortfolio CreatePortfolioFluentBuilder CreatePortfolioOutput CreatePortfolioError;
        update_portfolio: UpdatePortfolio UpdatePortfolioFluentBuilder UpdatePortfolioOutput UpdatePortfolioError;
        delete_portfolio: DeletePortfolio DeletePortfolioFluentBuilder DeletePortfolioOutput DeletePortfolioError;
        associate_product_with_portfolio: AssociateProductWithPortfolio AssociateProductWithPortfolioFluentBuilder AssociateProductWithPortfolioOutput AssociateProductWithPortfolioError;
        disassociate_product_from_portfolio: DisassociateProductFromPortfolio DisassociateProductFromPortfolioFluentBuilder DisassociateProductFromPortfolioOutput DisassociateProductFromPortfolioError;
        create_constraint: CreateConstraint CreateConstraintFluentBuilder CreateConstraintOutput CreateConstraintError;
        update_constraint: UpdateConstraint UpdateConstraintFluentBuilder UpdateConstraintOutput UpdateConstraintError;
        delete_constraint: DeleteConstraint DeleteConstraintFluentBuilder DeleteConstraintOutput DeleteConstraintError;
        copy_product: CopyProduct CopyProductFluentBuilder CopyProductOutput CopyProductError;
        update_product: UpdateProduct UpdateProductFluentBuilder UpdateProductOutput UpdateProductError;
        delete_product: DeleteProduct DeleteProductFluentBuilder DeleteProductOutput DeleteProductError;
        create_portfolio_share: CreatePortfolioShare CreatePortfolioShareFluentBuilder CreatePortfolioShareOutput
            CreatePortfolioShareError;
        update_portfolio_share: UpdatePortfolioShare UpdatePortfolioShareFluentBuilder UpdatePortfolioShareOutput
            UpdatePortfolioShareError;
        delete_portfolio_share: DeletePortfolioShare DeletePortfolioShareFluentBuilder DeletePortfolioShareOutput
            DeletePortfolioShareError;
    }
    aws_sdk_marketplacecatalog {
        list_entities: ListEntities ListEntitiesFluentBuilder ListEntitiesOutput ListEntitiesError;
        batch_describe_entities: BatchDescribeEntities BatchDescribeEntitiesFluentBuilder BatchDescribeEntitiesOutput
            BatchDescribeEntitiesError;
        describe_entity: DescribeEntity DescribeEntityFluentBuilder DescribeEntityOutput DescribeEntityError;
        start_change_set: StartChangeSet StartChangeSetFluentBuilder StartChangeSetOutput StartChangeSetError;
        list_change_sets: ListChangeSets ListChangeSetsFluentBuilder ListChangeSetsOutput ListChangeSetsError;
        describe_change_set: DescribeChangeSet DescribeChangeSetFluentBuilder DescribeChangeSetOutput
            DescribeChangeSetError;
    }
    aws_sdk_marketplacediscovery {
        get_listing: GetListing GetListingFluentBuilder GetListingOutput GetListingError;
        search_listings: SearchListings SearchListingsFluentBuilder SearchListingsOutput SearchListingsError;
    }
}
