//! Advice for a failed link: sentences, and policy statements to paste.

use super::link::failed;
use super::statement::{self, host, issuer};
use crate::cloud::{CloudError, Meaning, Operation, Refused};
use crate::model::checkup::{Beginning, Mend, Trouble};
use crate::model::settings::{Access, Mode};

/// Advice for a start that failed.
pub(super) fn start(error: &CloudError) -> Trouble {
    // The account is left out of the sentence: before the first session it is a placeholder.
    let said = format!("{}: {}: {}", error.operation, error.code, error.message);
    let trouble = Trouble::of(said);
    if error.code == "NoToken" && error.message.contains("id-token") {
        return trouble.mend(Mend::pasting(
            "Give the job the permission, beside what it has:",
            "permissions:\n  id-token: write",
        ));
    }
    trouble
}

/// Advice for a role that could not be entered.
pub(super) fn role(refused: &Refused, access: &Access, start: Option<&Beginning>, mode: Mode) -> Trouble {
    let Refused { role, from, error } = refused;
    let trouble = failed(error);
    let Some(role) = role else { return trouble };
    match (error.operation, error.code.as_str(), start) {
        ("AssumeRoleWithWebIdentity", "InvalidIdentityToken", Some(Beginning::Token(claims))) => {
            Trouble { mends: provider(error, role, issuer(claims), access).into_iter().collect(), ..trouble }
        }
        ("AssumeRoleWithWebIdentity", "AccessDenied", Some(Beginning::Token(claims))) => {
            let subject = claims.get("sub").map(String::as_str).unwrap_or_default();
            let trouble = match mode {
                Mode::Apply if !subject.contains(":environment:") => trouble.mend(Mend::of(format!(
                    "This job's token is of {subject}. An apply role lets in jobs of its environment alone: check it in the \
                     apply job."
                ))),
                Mode::Plan | Mode::Apply => trouble,
            };
            let advice = format!("Where this job is meant to get in, let its token in by the trust policy of {role}:");
            with(trouble, advice, statement::for_token(role, &access.audience, claims))
        }
        ("AssumeRole", "AccessDenied", start) => {
            let caller = match (from, start) {
                (Some(from), _) => Some(from.as_str()),
                (None, Some(Beginning::Credentials(arn))) => Some(arn.as_str()),
                (None, _) => None,
            };
            let Some(caller) = caller else { return trouble };
            let trouble = match from {
                Some(_) => trouble,
                None => trouble.mend(Mend::of(
                    "On a laptop that may be as it should: most roles of catalog-sync let in GitHub's token alone. Check \
                     them in the job, as docs/doctor.md shows. Otherwise:",
                )),
            };
            // Only the roles of the accounts get the external id, not the one of `access.through`.
            let is_first = from.is_none() && access.through.is_some();
            let external_id = access.external_id.as_deref().filter(|_| !is_first);
            let trust = statement::for_caller(role, caller, external_id);
            with(trouble, format!("Let the caller in by the trust policy of {role}:"), trust).mend(Mend::pasting(
                format!("And allow the caller, {caller}, to enter it:"),
                statement::allow(&["sts:AssumeRole".to_owned()], role),
            ))
        }
        _ => trouble,
    }
}

fn with(trouble: Trouble, advice: String, statement: Option<String>) -> Trouble {
    match statement {
        Some(statement) => trouble.mend(Mend::pasting(advice, statement)),
        None => trouble,
    }
}

/// The command that creates the identity provider in an account, or adds the audience to it.
fn provider(error: &CloudError, role: &str, issuer: &str, access: &Access) -> Option<Mend> {
    let account = account_of(role);
    let audience = &access.audience;
    let (url, client) = (word(issuer), word(audience));
    if error.message.starts_with("No OpenIDConnect provider") {
        return Some(Mend::pasting(
            format!("Give account {account} the identity provider:"),
            format!("aws iam create-open-id-connect-provider --url {url} --client-id-list {client}"),
        ));
    }
    let arn = word(&provider_arn(role, issuer));
    error.message.starts_with("Incorrect token audience").then(|| {
        Mend::pasting(
            format!("The identity provider of account {account} does not know the audience {audience}. Add it:"),
            format!(
                "aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {arn} --client-id \
                 {client}"
            ),
        )
    })
}

fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

fn partition_of(arn: &str) -> &str {
    arn.split(':').nth(1).unwrap_or("aws")
}

fn provider_arn(role: &str, issuer: &str) -> String {
    format!("arn:{}:iam::{}:oidc-provider/{}", partition_of(role), account_of(role), host(issuer))
}

/// Advice for a call that was denied: the statement that allows it.
pub(super) fn permission(trouble: Trouble, error: &CloudError, role: Option<&str>) -> Trouble {
    let operation = Operation::ALL.iter().find(|operation| operation.name() == error.operation);
    let is_denied = error.meaning == Meaning::Denied && error.code.starts_with("AccessDenied");
    match (operation, role) {
        (Some(operation), Some(role)) if is_denied => {
            let resource = if *operation == Operation::SimulatePrincipalPolicy { role } else { "*" };
            let mend = lacking(&trouble.said, role, &[operation.action()], resource);
            trouble.mend(mend)
        }
        _ => trouble,
    }
}

/// Advice for a sentence about something that could not be read: the statement for the action that it names.
pub(super) fn reading(said: &str, role: Option<&str>) -> Trouble {
    let trouble = Trouble::of(said);
    let is_denied = said.contains("AccessDenied");
    let actions = Operation::ALL.iter().map(|operation| operation.action()).filter(|action| said.contains(action));
    // If one action's name is the beginning of another, the sentence means the longer one.
    match (actions.max_by_key(String::len), role) {
        (Some(action), Some(role)) if is_denied => trouble.mend(lacking(said, role, &[action], "*")),
        _ => trouble,
    }
}

/// Advice for actions that a role was refused.
fn lacking(said: &str, role: &str, actions: &[String], resource: &str) -> Mend {
    if said.contains("explicit deny") {
        let actions = actions.join(", ");
        return Mend::of(format!(
            "A policy denies {actions}, which no other statement can allow: take it out of there."
        ));
    }
    allow(role, actions, resource)
}

/// A statement that allows actions, with its advice.
pub(super) fn allow(role: &str, actions: &[String], resource: &str) -> Mend {
    Mend::pasting(format!("Add this statement to a policy of {role}:"), statement::allow(actions, resource))
}

/// A statement that denies actions, with its advice.
pub(super) fn deny(role: &str, actions: &[String]) -> Mend {
    Mend::pasting(format!("Take the writes out of the policies of {role}, or deny them:"), statement::deny(actions))
}

/// A word for a command line, quoted unless a shell reads it as one plain word.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:/@".contains(c);
    if text.chars().all(is_plain) && !text.is_empty() {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn settings_are_no_commands_of_a_shell() {
        assert_eq!(word("sts.amazonaws.com"), "sts.amazonaws.com");
        assert_eq!(word("a $(b)"), "'a $(b)'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word(""), "''");
    }
}
