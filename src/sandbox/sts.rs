//! STS: assumes roles and names the caller. Requests are forms, answers XML.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use std::collections::BTreeMap;

use serde_json::Value;

use super::auth::{Caller, Credentials, Sessions};
use super::codec::{base64url, form, matches, xml_escape};
use super::permission::{self, Known};
use super::policy;
use super::reply::{Body, Failure};
use super::request::{Service, required, unknown};
use super::world::{Role, World};

/// The seconds of one hour: the default maximum of a role's session, and the limit of role chaining.
const HOUR: u32 = 3600;

type Form = BTreeMap<String, String>;

/// The signed calls.
pub(super) fn call(
    world: &World,
    sessions: &mut Sessions,
    caller: &Caller,
    operation: &str,
    body: &[u8],
) -> Result<Body, Failure> {
    let outcome = match operation {
        "AssumeRole" => assume_role(world, sessions, caller, body),
        "GetCallerIdentity" => {
            read(body, &[])?;
            let id = format!("{}:{}", caller.role_id(), caller.session);
            let account = &caller.account;
            let members = format!("<Arn>{}</Arn><UserId>{id}</UserId><Account>{account}</Account>", caller.arn());
            Ok(answer("GetCallerIdentity", &members))
        }
        other => Err(unknown(other)),
    };
    outcome.map_err(Failure::in_a_form)
}

fn assume_role(world: &World, sessions: &mut Sessions, caller: &Caller, body: &[u8]) -> Result<Body, Failure> {
    let form = read(body, &["RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId"])?;
    let wanted = wanted(&form)?;
    let arn = wanted.role_arn();
    let refused = || {
        let message = format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn());
        Service::Sts.denied(message)
    };
    let role = known_role(world, &wanted).ok_or_else(refused)?;
    let trusted = role.trusts.is_empty() || role.trusts.iter().any(|pattern| matches(pattern, &caller.role_arn()));
    let external_id = form.get("ExternalId");
    let context = external_id.map(|id| ("sts:ExternalId".to_owned(), id.clone())).into_iter().collect();
    let by_policy = |trust: &Value| policy::trusts(trust, "sts:AssumeRole", "AWS", &caller.role_arn(), context);
    if !role.trust_policy.as_ref().is_none_or(by_policy) {
        return Err(refused());
    }
    if !trusted || role.external_id.as_ref().is_some_and(|id| Some(id) != external_id) {
        return Err(refused());
    }
    // The caller is always a role session, so AWS's limit for role chaining applies.
    let seconds = duration(&form, HOUR, || {
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.".to_owned()
    })?;
    let entered = entered(&role, wanted)?;
    let credentials = sessions.open(entered.clone(), seconds, world);
    Ok(answer("AssumeRole", &session(&credentials, &entered)))
}

/// Exchanges the token of an identity provider for a role session. This call is not signed.
pub(super) fn assume_role_with_web_identity(
    world: &World,
    sessions: &mut Sessions,
    body: &[u8],
) -> Result<Body, Failure> {
    exchange(world, sessions, body).map_err(Failure::in_a_form)
}

fn exchange(world: &World, sessions: &mut Sessions, body: &[u8]) -> Result<Body, Failure> {
    let form = read(body, &["RoleArn", "RoleSessionName", "DurationSeconds", "WebIdentityToken"])?;
    let wanted = wanted(&form)?;
    let token = required(form.get("WebIdentityToken"), "webIdentityToken")?;
    let (audience, subject, issuer) = identity(world, &wanted.account, token)?;
    let refused = || Service::Sts.denied("Not authorized to perform sts:AssumeRoleWithWebIdentity");
    let role = known_role(world, &wanted).ok_or_else(refused)?;
    let lets_in = |subjects: &[String]| subjects.is_empty() || subjects.iter().any(|it| matches(it, &subject));
    if !lets_in(&world.oidc.subjects) || !lets_in(&role.subjects) {
        return Err(refused());
    }
    let host = issuer.trim_start_matches("https://");
    let provider = format!("arn:aws:iam::{}:oidc-provider/{host}", wanted.account);
    let context = vec![(format!("{host}:aud"), audience.clone()), (format!("{host}:sub"), subject.clone())];
    let action = "sts:AssumeRoleWithWebIdentity";
    let by_policy = |trust: &Value| policy::trusts(trust, action, "Federated", &provider, context);
    if !role.trust_policy.as_ref().is_none_or(by_policy) {
        return Err(refused());
    }
    let most = role.max_session_seconds.unwrap_or(HOUR);
    let seconds = duration(&form, most, || {
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.".to_owned()
    })?;
    let entered = entered(&role, wanted)?;
    let credentials = sessions.open(entered.clone(), seconds, world);
    let [audience, subject, issuer] = [&audience, &subject, &issuer].map(|text| xml_escape(text));
    let members = format!(
        "<SubjectFromWebIdentityToken>{subject}</SubjectFromWebIdentityToken><Audience>{audience}</Audience>\
         <Provider>{issuer}</Provider>{}",
        session(&credentials, &entered)
    );
    Ok(answer("AssumeRoleWithWebIdentity", &members))
}

/// The audience, subject and issuer of a token. The token must have the form of a JWT and must not have expired, and
/// the account must have the identity provider. The token's signature is not checked.
fn identity(world: &World, account: &str, token: &str) -> Result<(String, String, String), Failure> {
    let invalid = |message: &str| Failure::new("InvalidIdentityToken", message);
    let parts: Vec<&str> = token.split('.').collect();
    let payload = match *parts {
        [_, payload, _] => base64url(payload).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()),
        _ => None,
    };
    let claims = payload.ok_or_else(|| invalid("The ID Token provided is not a valid JWT."))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let has_provider = world.oidc.accounts.is_empty() || world.oidc.accounts.iter().any(|it| matches(it, account));
    if !has_provider {
        let issuer = text("iss").unwrap_or_default();
        return Err(invalid(&format!("No OpenIDConnect provider found in your account for {issuer}")));
    }
    let audiences = match claims.get("aud") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let accepted = audiences.into_iter().find(|audience| world.oidc.audiences.contains(audience));
    let audience = accepted.ok_or_else(|| invalid("Incorrect token audience"))?;
    if claims.get("exp").and_then(Value::as_i64).is_some_and(|end| end <= jiff::Timestamp::now().as_second()) {
        let message = "Token expired: current date/time must be before the expiration date/time";
        return Err(Failure::new("ExpiredTokenException", message));
    }
    let subject = text("sub").ok_or_else(|| invalid("The ID Token provided has no subject."))?;
    Ok((audience, subject, text("iss").unwrap_or_default()))
}

/// Reads the parameters of a form. A parameter that is not emulated is an error.
fn read(body: &[u8], known: &[&str]) -> Result<Form, Failure> {
    let form = form(&String::from_utf8_lossy(body));
    let odd = form.keys().find(|key| !known.contains(&key.as_str()) && *key != "Action" && *key != "Version");
    match odd {
        Some(key) => Err(Failure::new("ValidationError", format!("The sandbox does not emulate the parameter {key}"))),
        None => Ok(form),
    }
}

/// Splits a role's ARN into account and role.
fn account_and_role(arn: &str) -> Result<(&str, &str), Failure> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let (account, role) = match *parts {
        ["arn", "aws", "iam", "", account, resource] => (account, resource.strip_prefix("role/")),
        _ => ("", None),
    };
    let role = role.filter(|role| !role.is_empty() && account.len() == 12);
    Ok((account, role.ok_or_else(|| Failure::new("ValidationError", format!("{arn} is invalid")))?))
}

/// The session that the caller gets. If the world sets `answers_as`, it belongs to that other role.
fn entered(role: &Role, wanted: Caller) -> Result<Caller, Failure> {
    let Some(arn) = &role.answers_as else { return Ok(wanted) };
    let (account, role) = account_and_role(arn)?;
    Ok(Caller { account: account.to_owned(), role: role.to_owned(), session: wanted.session })
}

/// The session that the request asks for.
fn wanted(form: &Form) -> Result<Caller, Failure> {
    let arn = required(form.get("RoleArn"), "roleArn")?;
    let (account, role) = account_and_role(arn)?;
    let session = required(form.get("RoleSessionName"), "roleSessionName")?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if !(2..=64).contains(&session.len()) || !session.chars().all(fits) {
        let rule = "Member must satisfy regular expression pattern: [\\w+=,.@-]* and have length between 2 and 64";
        return Err(Failure {
            code: "ValidationError".to_owned(),
            ..Failure::constraint(session, "roleSessionName", rule)
        });
    }
    Ok(Caller { account: account.to_owned(), role: role.to_owned(), session: session.clone() })
}

/// The role, if it exists and its account can be entered.
fn known_role(world: &World, wanted: &Caller) -> Option<Role> {
    if !world.is_open(&wanted.account) {
        return None;
    }
    match permission::role(world, &wanted.account, &wanted.role) {
        Known::No => None,
        Known::Unsaid => Some(Role::default()),
        Known::Yes(role) => Some(role.clone()),
    }
}

fn duration(form: &Form, most: u32, too_long: impl FnOnce() -> String) -> Result<u32, Failure> {
    let Some(text) = form.get("DurationSeconds") else { return Ok(HOUR.min(most)) };
    match text.parse::<u32>() {
        Ok(seconds) if (900..=43_200).contains(&seconds) && seconds <= most => Ok(seconds),
        Ok(seconds) if (900..=43_200).contains(&seconds) => Err(Failure::new("ValidationError", too_long())),
        _ => Err(Failure::new("ValidationError", format!("{text} is no number of seconds from 900 to 43200"))),
    }
}

fn session(credentials: &Credentials, caller: &Caller) -> String {
    let Credentials { access_key, secret, token, expires } = credentials;
    let (arn, id) = (xml_escape(&caller.arn()), caller.role_id());
    let session = xml_escape(&caller.session);
    let expires = expires.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        "<AssumedRoleUser><AssumedRoleId>{id}:{session}</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>\
         <Credentials><AccessKeyId>{access_key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
         <SessionToken>{token}</SessionToken><Expiration>{expires}</Expiration></Credentials>"
    )
}

fn answer(operation: &str, members: &str) -> Body {
    Body::Xml(format!(
        "<{operation}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{operation}Result>{members}\
         </{operation}Result><ResponseMetadata><RequestId>{{request-id}}</RequestId></ResponseMetadata>\
         </{operation}Response>"
    ))
}
