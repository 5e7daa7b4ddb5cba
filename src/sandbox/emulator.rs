//! Takes one call from its request to its answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::http::Response;
use tokio::sync::watch;

use super::auth::{Caller, Sessions};
use super::call::Call;
use super::fault::{self, Buckets, Obstacle, Subject};
use super::protocol::Protocol;
use super::reply::{Body, Failure, MESSAGE, render};
use super::request::{Request, Service};
use super::world::{Drop, World};
use super::{
    clock, discovery, iam, license_manager, marketplace, organizations, permission, policy, service_catalog, sts,
};

/// The emulator behind a single lock, so that calls are handled one after the other.
pub(super) type Shared = Arc<Mutex<Emulator>>;

/// Locks the emulator. Lock poisoning is ignored: a request that panicked leaves the world consistent.
pub(super) fn lock(emulator: &Shared) -> MutexGuard<'_, Emulator> {
    emulator.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The world, and the state that lasts only as long as the process.
#[derive(Debug)]
pub(super) struct Emulator {
    pub(super) world: World,
    pub(super) calls: Vec<Call>,
    /// The number of calls so far. Watched by those who wait for a call.
    pub(super) called: watch::Sender<usize>,
    pub(super) sessions: Sessions,
    buckets: Buckets,
}

/// The answer to a request.
pub(super) struct Answer {
    pub(super) after: Duration,
    pub(super) response: Option<Response<Full<Bytes>>>,
    /// Whether a fault of the world made up the answer or dropped it.
    pub(super) fault: bool,
}

impl Answer {
    /// The answer to a request that names no known service.
    pub(super) fn refusal(failure: Failure) -> Self {
        let response = render(&Err(failure), Protocol::RestJson, MESSAGE, 0);
        Self { after: Duration::ZERO, response: Some(response), fault: false }
    }
}

impl Emulator {
    pub(super) fn new(world: World) -> Self {
        let called = watch::Sender::new(0);
        Self { sessions: Sessions::new(&world), world, calls: Vec::new(), called, buckets: Buckets::default() }
    }

    /// Takes a request and answers it.
    pub(super) fn answer(&mut self, request: &Request) -> Answer {
        let mut obstacle = Obstacle::default();
        let mut call = Call {
            account: None,
            role: None,
            region: String::new(),
            service: request.service.name().to_owned(),
            operation: request.operation.clone(),
            outcome: Ok(()),
        };
        let outcome = self.outcome(request, &mut call, &mut obstacle);
        call.outcome = match (&obstacle.drop, &outcome) {
            (Some(_), _) => Err("Dropped".to_owned()),
            (None, Ok(_)) => Ok(()),
            (None, Err(failure)) => Err(failure.code.clone()),
        };
        self.calls.push(call);
        self.called.send_replace(self.calls.len());
        let response = render(&outcome, request.service.protocol(), request.message_member(), self.calls.len());
        let Obstacle { delay, error: _, drop, fault } = obstacle;
        Answer { after: delay, response: drop.is_none().then_some(response), fault }
    }

    fn outcome(&mut self, request: &Request, call: &mut Call, obstacle: &mut Obstacle) -> Result<Body, Failure> {
        if request.service == Service::Sts && request.operation == "AssumeRoleWithWebIdentity" {
            "us-east-1".clone_into(&mut call.region);
            self.obstacle(request.service, "", call, obstacle)?;
            return sts::assume_role_with_web_identity(&self.world, &mut self.sessions, &request.body);
        }
        let (caller, scope) = self.sessions.identify(request)?;
        call.account = Some(caller.account.clone());
        call.role = Some(caller.role_name().to_owned());
        call.region.clone_from(&scope.region);
        self.obstacle(request.service, &caller.account, call, obstacle)?;
        permission::check(&self.world, &caller, request.service, &request.operation)?;
        policy::check(&self.world, &caller, request, &scope.region)?;
        self.carry_out(request, &caller, &scope.region)
    }

    /// Applies faults and rates. Also ends a call that a fault drops before it takes effect.
    fn obstacle(
        &mut self,
        service: Service,
        account: &str,
        call: &Call,
        obstacle: &mut Obstacle,
    ) -> Result<(), Failure> {
        let subject = Subject { service: service.name(), operation: &call.operation, account, region: &call.region };
        *obstacle = fault::meet(&mut self.world, &subject);
        if let Some(error) = obstacle.error.take() {
            return Err(error);
        }
        if obstacle.drop == Some(Drop::Before) {
            return Err(Failure::new("Dropped", ""));
        }
        if self.buckets.take(&self.world, &subject) { Ok(()) } else { Err(service.throttled()) }
    }

    fn carry_out(&mut self, request: &Request, caller: &Caller, region: &str) -> Result<Body, Failure> {
        let Request { service, operation, discovery, query, headers: _, body } = request;
        clock::tick(&mut self.world, *service, &caller.account, region);
        match service {
            Service::Sts => sts::call(&self.world, &mut self.sessions, caller, operation, body),
            Service::Iam => iam::call(&self.world, caller, operation, body),
            Service::LicenseManager => {
                license_manager::call(&self.world, &caller.account, operation, body).map(Body::Json)
            }
            Service::Organizations => {
                organizations::call(&self.world, &caller.account, operation, body).map(Body::Json)
            }
            Service::Portfolios => {
                let at = service_catalog::At { account: &caller.account, region };
                service_catalog::call(&mut self.world, at, operation, body).map(Body::Json)
            }
            Service::Marketplace if *discovery => discovery::call(&self.world, operation, body).map(Body::Json),
            Service::Marketplace => {
                marketplace::call(&mut self.world, &caller.account, operation, query, body).map(Body::Json)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::http::{HeaderMap, HeaderValue};

    use super::super::auth::START_ACCESS_KEY;
    use super::super::world::{Fault, FaultError};
    use super::*;

    const OPERATIONS: [(&str, &str); 6] = [
        ("sts", "AssumeRole AssumeRoleWithWebIdentity GetCallerIdentity"),
        ("iam", "SimulatePrincipalPolicy"),
        ("license-manager", "ListReceivedLicensesForOrganization"),
        (
            "organizations",
            "DescribeOrganization ListRoots ListOrganizationalUnitsForParent ListAccountsForParent ListAccounts \
             DescribeAccount DescribeOrganizationalUnit ListParents ListDelegatedAdministrators \
             ListAWSServiceAccessForOrganization",
        ),
        (
            "servicecatalog",
            "ListPortfolios DescribePortfolio DescribePortfolioShares ListPortfolioAccess ListOrganizationPortfolioAccess \
             DescribePortfolioShareStatus GetAWSOrganizationsAccessStatus CreatePortfolioShare \
             UpdatePortfolioShare DeletePortfolioShare ListAcceptedPortfolioShares AcceptPortfolioShare \
             RejectPortfolioShare ListPrincipalsForPortfolio AssociatePrincipalWithPortfolio \
             DisassociatePrincipalFromPortfolio CreatePortfolio UpdatePortfolio DeletePortfolio \
             SearchProductsAsAdmin DescribeProductAsAdmin ListProvisioningArtifacts ListPortfoliosForProduct \
             AssociateProductWithPortfolio DisassociateProductFromPortfolio UpdateProduct DeleteProduct \
             ListConstraintsForPortfolio DescribeConstraint CreateConstraint UpdateConstraint DeleteConstraint \
             CopyProduct DescribeCopyProductStatus",
        ),
        (
            "aws-marketplace",
            "ListEntities DescribeEntity BatchDescribeEntities StartChangeSet DescribeChangeSet ListChangeSets \
             CancelChangeSet GetListing GetProduct SearchListings",
        ),
    ];

    fn request(service: &str, operation: &str, query: &str, body: &str) -> Request {
        let signature = "0".repeat(64);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={START_ACCESS_KEY}/20261121/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature={signature}"
        );
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_str(&authorization).expect("a header"));
        let (path, target, body) = match service {
            "sts" => ("/".to_owned(), None, format!("Action={operation}&{body}")),
            "iam" => ("/".to_owned(), None, format!("Action={operation}&Version=2010-05-08&{body}")),
            "aws-marketplace" if ["GetListing", "GetProduct", "SearchListings"].contains(&operation) => {
                (format!("/2026-02-05/{operation}"), None, body.to_owned())
            }
            "aws-marketplace" => (format!("/{operation}"), None, body.to_owned()),
            "license-manager" => ("/".to_owned(), Some("AWSLicenseManager"), body.to_owned()),
            "organizations" => ("/".to_owned(), Some("AWSOrganizationsV20161128"), body.to_owned()),
            _ => ("/".to_owned(), Some("AWS242ServiceCatalogService"), body.to_owned()),
        };
        if let Some(target) = target {
            let target = HeaderValue::from_str(&format!("{target}.{operation}")).expect("a header");
            headers.insert("x-amz-target", target);
        }
        let read = Request::read(&path, query, headers, Bytes::from(body));
        read.unwrap_or_else(|_| panic!("{service} {operation} is a call"))
    }

    #[test]
    fn every_input_is_answered() {
        let values = ["null", "0", "-1", "9223372036854775807", "\"\"", "\"$\"", "\"o-\"", "[]", "[{}]", "{}", "true"];
        let names = [
            "PageSize",
            "PageToken",
            "PortfolioId",
            "Id",
            "AccountId",
            "OrganizationNode",
            "OrganizationNodeType",
            "OrganizationParentId",
            "Type",
            "MaxResults",
            "NextToken",
            "ParentId",
            "ChildId",
            "PortfolioShareType",
            "PrincipalARN",
            "PrincipalType",
            "DisplayName",
            "Tags",
            "AddTags",
            "RemoveTags",
            "IdempotencyToken",
            "ProductId",
            "SourcePortfolioId",
            "Filters",
            "Parameters",
            "SourceProductArn",
            "SourceProvisioningArtifactIdentifiers",
            "CopyProductToken",
            "ChangeSet",
            "EntityRequestList",
            "FilterList",
            "EntityType",
            "productId",
            "listingId",
            "filters",
            "maxResults",
            "nextToken",
            "searchText",
            "PolicySourceArn",
            "ActionNames.member.1",
            "MaxItems",
            "Marker",
        ];
        let mut emulator = Emulator::new(World::example());
        emulator.world.serial = u64::MAX;
        let mut sent = 0;
        for (service, operation) in
            OPERATIONS.iter().flat_map(|(service, all)| all.split_whitespace().map(move |it| (*service, it)))
        {
            let pairs = names.iter().flat_map(|name| values.iter().map(move |value| format!("\"{name}\": {value}")));
            for pair in pairs.chain([String::new(), "\"Catalog\"".to_owned()]) {
                let body = format!("{{\"Catalog\": \"AWSMarketplace\", {pair}}}");
                let form = body.replace([':', ' ', '"'], "=").replace(',', "&");
                let body = if ["sts", "iam"].contains(&service) { form.clone() } else { body };
                let answer = emulator.answer(&request(service, operation, &form, &body));
                let status = answer.response.expect("an answer").status();
                assert!(status.as_u16() < 500, "{service} {operation} {body}: {status}");
                sent += 1;
            }
        }
        assert_eq!(emulator.calls.len(), sent);
    }

    #[test]
    fn every_operation_meets_its_faults() {
        for (service, operation) in
            OPERATIONS.iter().flat_map(|(it, all)| all.split_whitespace().map(move |op| (*it, op)))
        {
            let error = FaultError { code: "Odd".to_owned(), message: String::new(), status: 418 };
            let fault = Fault { operation: Some(operation.to_owned()), times: Some(1), ..Fault::default() };
            let mut emulator = Emulator::new(World::example());
            emulator.world.faults = vec![
                Fault { error: Some(error), ..fault.clone() },
                Fault { drop: Some(Drop::Before), ..fault.clone() },
                Fault { drop: Some(Drop::After), ..fault },
            ];
            let mut answer = || emulator.answer(&request(service, operation, "", "{}")).response;
            assert_eq!(answer().map(|it| it.status().as_u16()), Some(418), "{operation}");
            assert!(answer().is_none() && answer().is_none(), "{operation}");
            assert!(emulator.world.faults.is_empty(), "{operation}");
            assert_eq!(emulator.calls[1].outcome, Err("Dropped".to_owned()));
        }
    }
}
