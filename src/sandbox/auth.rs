//! Authentication. The scope of the signature, the access key and the session token are checked. The signature itself
//! is not, because the port is on the loopback interface.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::codec::{hex, word};
use super::protocol::Protocol;
use super::reply::Failure;
use super::request::{Request, Service};
use super::world::World;

/// The access key of the starting credentials: a session of the role `sandbox-entry` in the world's first account
/// ([`World::start_account`]), which may assume whatever the world allows.
pub const START_ACCESS_KEY: &str = "ASIASANDBOXENTRY0001";

/// The secret key that belongs to [`START_ACCESS_KEY`]; there is no session token.
pub const START_SECRET: &str = "sandbox-entry-secret-not-a-real-one-0001";

/// The role session that signed a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) account: String,
    /// The role, with its path if it has one.
    pub(super) role: String,
    pub(super) session: String,
}

impl Caller {
    /// The role's name, without its path.
    pub(super) fn role_name(&self) -> &str {
        self.role.rsplit('/').next().unwrap_or(&self.role)
    }

    /// The ARN of the session as errors and `GetCallerIdentity` give it: without the role's path.
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:sts::{}:assumed-role/{}/{}", self.account, self.role_name(), self.session)
    }

    /// The ARN of the role, with its path, as in trust policies.
    pub(super) fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.role)
    }

    /// The unique id of the role, derived from its ARN.
    pub(super) fn role_id(&self) -> String {
        format!("AROA{}", word(&self.role_arn(), 17).to_uppercase())
    }
}

/// The credential scope of a signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scope {
    key: String,
    pub(super) region: String,
    pub(super) service: String,
}

impl Scope {
    /// Reads an `Authorization` header:
    /// `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=…, Signature=…`
    pub(super) fn read(authorization: &str) -> Option<Self> {
        let parts = authorization.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let find = |name: &str| parts.split(',').find_map(|part| part.trim().strip_prefix(name));
        let signature = find("Signature=")?;
        let is_signature = signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit());
        find("SignedHeaders=").filter(|headers| headers.contains("host") && is_signature)?;
        match *find("Credential=")?.split('/').collect::<Vec<_>>() {
            [key, _date, region, service, "aws4_request"] => {
                Some(Self { key: key.to_owned(), region: region.to_owned(), service: service.to_owned() })
            }
            _ => None,
        }
    }

    /// Checks that the scope names the service that the request is for. The APIs of Marketplace Catalog, IAM and
    /// License Manager's marketplace licences exist in us-east-1 only.
    fn check(&self, service: Service) -> Result<(), Failure> {
        let wrong = |what: &str| {
            let (code, status) = match service.protocol() {
                Protocol::Query => ("SignatureDoesNotMatch", 403),
                Protocol::Json11 => ("InvalidSignatureException", 400),
                Protocol::RestJson => ("InvalidSignatureException", 403),
            };
            Failure::with_status(code, status, format!("Credential should be scoped to {what}."))
        };
        if self.service != service.name() {
            return Err(wrong(&format!("correct service: '{}'", service.name())));
        }
        let valid = match service {
            Service::Marketplace | Service::LicenseManager | Service::Iam => self.region == "us-east-1",
            Service::Sts | Service::Organizations | Service::Portfolios => self.region.split('-').count() >= 3,
        };
        if valid { Ok(()) } else { Err(wrong(&format!("a valid region, not '{}'", self.region))) }
    }
}

/// A session and what is left of it.
#[derive(Debug)]
struct Session {
    caller: Caller,
    token: Option<String>,
    expires: Timestamp,
    calls_left: Option<u32>,
}

/// The credentials that `AssumeRole` returns.
pub(super) struct Credentials {
    pub(super) access_key: String,
    pub(super) secret: String,
    pub(super) token: String,
    pub(super) expires: Timestamp,
}

/// All sessions, by access key.
#[derive(Debug)]
pub(super) struct Sessions(BTreeMap<String, Session>);

impl Sessions {
    /// Starts with the session of the starting credentials and no other.
    pub(super) fn new(world: &World) -> Self {
        let account = world.start_account().unwrap_or("000000000000").to_owned();
        let caller = Caller { account, role: "sandbox-entry".to_owned(), session: "start".to_owned() };
        let session = Session { caller, token: None, expires: Timestamp::MAX, calls_left: None };
        Self(BTreeMap::from([(START_ACCESS_KEY.to_owned(), session)]))
    }

    /// Opens a session. The world can make it shorter than `seconds`, or limit its number of calls.
    pub(super) fn open(&mut self, caller: Caller, seconds: u32, world: &World) -> Credentials {
        let seconds = world.sessions.seconds.map_or(seconds, |most| most.min(seconds));
        let expires =
            Timestamp::now().saturating_add(SignedDuration::from_secs(seconds.into())).unwrap_or(Timestamp::MAX);
        let seed = format!("{} {expires} {}", caller.arn(), self.0.len());
        let credentials = Credentials {
            access_key: format!("ASIA{}", word(&seed, 16).to_uppercase()),
            secret: hex(&format!("{START_SECRET} {seed}")).chars().take(40).collect(),
            token: format!("sandbox-{}", hex(&seed)),
            expires,
        };
        let token = Some(credentials.token.clone());
        let session = Session { caller, token, expires, calls_left: world.sessions.calls };
        self.0.insert(credentials.access_key.clone(), session);
        credentials
    }

    /// The caller and the scope of a signed request. Uses up one call of the session.
    pub(super) fn identify(&mut self, request: &Request) -> Result<(Caller, Scope), Failure> {
        let query = request.service.protocol() == Protocol::Query;
        let status = if request.service.protocol() == Protocol::Json11 { 400 } else { 403 };
        let refuse = |json: &str, xml: &str, message: &str| {
            Err(Failure::with_status(if query { xml } else { json }, status, message))
        };
        let Some(scope) = request.header("authorization").and_then(Scope::read) else {
            let message = "Missing Authentication Token";
            return refuse("MissingAuthenticationTokenException", "MissingAuthenticationToken", message);
        };
        scope.check(request.service)?;
        let session = self.0.get_mut(&scope.key);
        let token = request.header("x-amz-security-token");
        let Some(session) = session.filter(|session| session.token.as_deref() == token) else {
            let message = "The security token included in the request is invalid.";
            return refuse("UnrecognizedClientException", "InvalidClientTokenId", message);
        };
        if session.expires <= Timestamp::now() || session.calls_left == Some(0) {
            let message = "The security token included in the request is expired";
            return refuse("ExpiredTokenException", "ExpiredToken", message);
        }
        session.calls_left = session.calls_left.map(|left| left.saturating_sub(1));
        Ok((session.caller.clone(), scope))
    }
}
