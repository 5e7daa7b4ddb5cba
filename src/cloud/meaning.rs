//! Groups AWS's errors by how the code has to react.

use crate::model::error_code::{self, Kind};

/// How the code has to react to an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The caller may not do this: a policy is missing, or the account is no administrator of the service.
    Denied,
    /// Too many calls in too short a time. `Seat::call` retries until the deadline, so callers see this only after it.
    Throttled,
    /// The thing that the call names does not exist, or AWS does not show it yet.
    NotFound,
    /// A running change set locks the thing that the call names.
    Locked,
    /// Another action of the same kind is under way; AWS takes one at a time.
    Busy,
    /// The thing exists already, or somebody changed it meanwhile.
    Conflict,
    /// A quota is used up: trying again does not help.
    Quota,
    /// The call itself is wrong.
    Invalid,
    /// The credentials have run out.
    Expired,
    /// A temporary error on AWS's side: the same call, made again, may succeed.
    Passing,
    /// It is unknown whether anything was done: connection lost, timeout, or a fault inside AWS.
    Unreachable,
    /// Anything else.
    Other,
}

impl Meaning {
    /// The meaning of an error code inside an answer, for one of several things that were asked for.
    pub(crate) fn of_code(code: &str) -> Self {
        Self::of(code, "", 200)
    }

    /// The meaning of a code, with the message and status of its answer. Codes that AWS's service models omit
    /// (`ThrottlingException`, `AccessDeniedException` in Service Catalog) arrive as strings like the others. After a
    /// fault inside AWS (5xx) it is unknown whether anything was done.
    pub(crate) fn of(code: &str, message: &str, status: u16) -> Self {
        match code {
            // STS sometimes fails to fetch GitHub's keys and then refuses a valid token with this message.
            "InvalidIdentityToken" if message.contains("verification key") => Self::Passing,
            "InvalidParametersException" if message.contains("profile does not exist") => Self::Passing,
            "InvalidStateException" if passes(message) => Self::Busy,
            _ => Self::of_kind(error_code::known(code).0, status),
        }
    }

    fn of_kind(kind: Kind, status: u16) -> Self {
        match kind {
            Kind::Denied => Self::Denied,
            Kind::Expired => Self::Expired,
            Kind::Throttled => Self::Throttled,
            Kind::NotFound => Self::NotFound,
            Kind::Locked => Self::Locked,
            Kind::Conflict => Self::Conflict,
            Kind::Quota => Self::Quota,
            Kind::Invalid => Self::Invalid,
            Kind::Passing => Self::Passing,
            Kind::Unreachable => Self::Unreachable,
            Kind::Untold if status == 429 => Self::Throttled,
            Kind::Untold if status >= 500 => Self::Unreachable,
            Kind::Untold => Self::Other,
        }
    }
}

/// Whether an `InvalidStateException` is about something temporary. Only its message tells, since there is no code for
/// it.
fn passes(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["at the same time", "in progress", "in_progress", "being created"].iter().any(|sign| message.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(code: &str, message: &str, status: u16) -> Meaning {
        Meaning::of(code, message, status)
    }

    #[test]
    fn codes_that_the_models_leave_out_are_known_by_their_name() {
        assert_eq!(meaning("ThrottlingException", "", 400), Meaning::Throttled);
        assert_eq!(meaning("AccessDeniedException", "", 400), Meaning::Denied);
        assert_eq!(meaning("AccountNotFoundException", "", 400), Meaning::NotFound);
    }

    #[test]
    fn only_a_state_that_passes_is_worth_waiting_for() {
        let busy = "Cannot process more than one portfolio share action at the same time";
        assert_eq!(meaning("InvalidStateException", busy, 400), Meaning::Busy);
        assert_eq!(meaning("InvalidStateException", "The portfolio is imported", 400), Meaning::Other);
    }

    #[test]
    fn a_quota_is_not_throttling() {
        assert_eq!(meaning("LimitExceededException", "", 400), Meaning::Quota);
    }

    #[test]
    fn a_fault_inside_aws_leaves_open_what_was_done() {
        assert_eq!(meaning("InternalFailure", "", 500), Meaning::Unreachable);
        assert_eq!(meaning("SomethingNew", "", 400), Meaning::Other);
    }

    #[test]
    fn slips_of_aws_pass_by_themselves() {
        let key = "Couldn't retrieve verification key from your identity provider";
        assert_eq!(meaning("InvalidIdentityToken", key, 400), Meaning::Passing);
        assert_eq!(meaning("InvalidIdentityToken", "Incorrect token audience", 400), Meaning::Denied);
        let profile = "Portfolio share profile does not exist";
        assert_eq!(meaning("InvalidParametersException", profile, 400), Meaning::Passing);
        assert_eq!(meaning("InvalidParametersException", "Id is wrong", 400), Meaning::Invalid);
        assert_eq!(Meaning::of_code("SERVER_FAULT"), Meaning::Passing);
    }
}
