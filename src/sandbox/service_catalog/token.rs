//! Idempotency tokens. A repeated request gets the first answer again, even if its object was deleted since.

use serde_json::{Map, Value};

use super::common::{At, check_length, invalid};
use crate::sandbox::codec::hex;
use crate::sandbox::reply::Failure;
use crate::sandbox::world::{Token, World};

/// The number of tokens that a region keeps by default.
const REMEMBERED: u64 = 300;

/// A request with a new token.
pub(super) struct Fresh {
    key: String,
    request: String,
}

/// A request with an idempotency token: repeated or new.
pub(super) enum Asked {
    /// The token was used before. Holds the first answer.
    Again(Value),
    New(Fresh),
}

/// Looks up the token of a request. The body without the token identifies the request.
pub(super) fn read(world: &World, at: At<'_>, operation: &str, body: &[u8]) -> Result<Asked, Failure> {
    let mut members: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    let Some(Value::String(token)) = members.remove("IdempotencyToken") else {
        return Err(Failure::missing("idempotencyToken"));
    };
    check_length(&token, "idempotencyToken", 1, 128)?;
    let first = token.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !first || !token.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        let rule = "Member must satisfy regular expression pattern: [a-zA-Z0-9][a-zA-Z0-9_-]*";
        return Err(Failure::constraint(&token, "idempotencyToken", rule));
    }
    let key = format!("{operation} {token}");
    let request = hex(&Value::Object(members).to_string());
    match at.region(world).and_then(|region| region.tokens.get(&key)) {
        Some(before) if before.request == request => Ok(Asked::Again(before.answer.clone())),
        Some(_) => Err(invalid(format!("The idempotency token {token} was used with other parameters."))),
        None => Ok(Asked::New(Fresh { key, request })),
    }
}

impl Fresh {
    /// Stores the answer under the token, and returns it.
    pub(super) fn answer(self, world: &mut World, at: At<'_>, answer: Value) -> Value {
        let most = world.unproven.tokens_kept.unwrap_or(REMEMBERED);
        let serial = world.next_serial();
        let tokens = &mut world.region_mut(at.account, at.region).tokens;
        tokens.insert(self.key, Token { request: self.request, answer: answer.clone(), serial });
        while u64::try_from(tokens.len()).unwrap_or(u64::MAX) > most {
            let oldest = tokens.iter().min_by_key(|(_, token)| token.serial).map(|(key, _)| key.clone());
            oldest.and_then(|key| tokens.remove(&key));
        }
        answer
    }
}
