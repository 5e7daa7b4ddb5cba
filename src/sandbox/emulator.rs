//! One call, from who asks to what is answered.

use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::http::Response;

use super::auth::{Caller, Sessions};
use super::fault::{self, Buckets, Obstacle, Subject};
use super::reply::{Body, Failure, render};
use super::request::{Request, Service};
use super::world::{Drop, World};
use super::{Call, clock, marketplace, organizations, permission, service_catalog, sts};

/// The world, and what is known only while it runs.
#[derive(Debug)]
pub(super) struct Emulator {
    pub(super) world: World,
    pub(super) calls: Vec<Call>,
    pub(super) sessions: Sessions,
    buckets: Buckets,
}

/// What becomes of a request: an answer, or none.
pub(super) struct Answer {
    pub(super) after: Duration,
    pub(super) response: Option<Response<Full<Bytes>>>,
}

impl Emulator {
    pub(super) fn new(world: World) -> Self {
        Self { sessions: Sessions::new(&world), world, calls: Vec::new(), buckets: Buckets::default() }
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
        let response = render(&outcome, request.service.protocol(), self.calls.len());
        Answer { after: obstacle.delay, response: obstacle.drop.is_none().then_some(response) }
    }

    fn outcome(&mut self, request: &Request, call: &mut Call, obstacle: &mut Obstacle) -> Result<Body, Failure> {
        if request.service == Service::Sts && request.operation == "AssumeRoleWithWebIdentity" {
            "us-east-1".clone_into(&mut call.region);
            self.obstacle(request.service, "", call, obstacle)?;
            return sts::assume_role_with_web_identity(&mut self.world, &mut self.sessions, &request.body);
        }
        let (caller, scope) = self.sessions.identify(request)?;
        call.account = Some(caller.account.clone());
        call.role = Some(caller.role_name().to_owned());
        call.region.clone_from(&scope.region);
        self.obstacle(request.service, &caller.account, call, obstacle)?;
        permission::check(&self.world, &caller, request.service, &request.operation)?;
        self.carry_out(request, &caller, &scope.region)
    }

    /// Faults and rates; a call that is dropped before it takes effect ends here too.
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
        if self.buckets.take(&self.world.rates, &subject) { Ok(()) } else { Err(service.throttled()) }
    }

    fn carry_out(&mut self, request: &Request, caller: &Caller, region: &str) -> Result<Body, Failure> {
        let Request { service, operation, query, headers: _, body } = request;
        clock::tick(&mut self.world, *service, &caller.account, region);
        match service {
            Service::Sts => sts::call(&mut self.world, &mut self.sessions, caller, operation, body),
            Service::Organizations => {
                organizations::call(&self.world, &caller.account, operation, body).map(Body::Json)
            }
            Service::Portfolios => {
                let at = service_catalog::At { account: &caller.account, region };
                service_catalog::call(&mut self.world, at, operation, body).map(Body::Json)
            }
            Service::Marketplace => {
                marketplace::call(&mut self.world, &caller.account, operation, query, body).map(Body::Json)
            }
        }
    }
}
