//! The permissions of an account's role, as IAM simulates them. No write is ever tried.

use super::link::{Check, failed};
use super::mend;
use crate::cloud::{CloudError, Decision, Operation, Simulated};
use crate::model::checkup::{Mend, Trouble, Verdict};
use crate::model::id::{AccountId, Name};
use crate::model::permission::Use;
use crate::model::settings::Mode;

/// The purpose of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// It owns portfolios.
    ServiceCatalog,
    /// It governs a private marketplace.
    Marketplace,
}

/// A condition key in the documented policy for product lists, with a value that the policy allows.
const CHANGE_TYPE: (&str, &str) = ("catalog:ChangeType", "AllowProductProcurement");

/// Checks a role's write permissions: a plan role must have none, an apply role those for its account's purpose.
pub(super) async fn check(
    check: Check<'_>,
    organization: &Name,
    account: &AccountId,
    role: Option<&str>,
    parts: &[Part],
) -> Verdict {
    let writes = Operation::ALL.iter().copied().filter(|operation| operation.writes());
    let (actions, context): (Vec<String>, &[(&str, &str)]) = match check.mode {
        // A plan role must not write under any condition, so no condition key is given.
        Mode::Plan => (writes.map(Operation::action).collect(), &[]),
        Mode::Apply => (writes.filter(|it| is_needed(*it, parts)).map(Operation::action).collect(), &[CHANGE_TYPE]),
    };
    let answer = check.cloud.simulate(organization, account, &actions, context).await;
    let shared = check.settings(organization).is_some_and(|it| it.access.shared().next().is_some());
    match (answer, role) {
        (Ok(Some(decisions)), Some(role)) => match check.mode {
            Mode::Plan => plan(&decisions, role, shared),
            Mode::Apply => apply(&decisions, role),
        },
        (Ok(_), _) | (_, None) => Verdict::Untold(Trouble::of(
            "can't tell what the starting credentials may do: the settings name no role (`access.role`)",
        )),
        (Err(error), Some(role)) => Verdict::Untold(untold(&error, role)),
    }
}

/// Whether every apply makes this call in an account with these purposes.
fn is_needed(operation: Operation, parts: &[Part]) -> bool {
    let serves = |part, it| parts.contains(&part) && operation.uses().contains(&it);
    let is_recipients = parts.is_empty() && operation.uses().contains(&Use::Recipients);
    is_recipients || serves(Part::ServiceCatalog, Use::Shares) || serves(Part::Marketplace, Use::Experiences)
}

fn untold(error: &CloudError, role: &str) -> Trouble {
    let trouble = failed(error);
    let said = format!("can't tell what {role} may do: {}", trouble.said);
    mend::permission(Trouble { said, ..trouble }, error, Some(role))
}

fn plan(decisions: &[Simulated], role: &str, shared: bool) -> Verdict {
    let allowed: Vec<String> =
        decisions.iter().filter(|it| it.decision == Decision::Allowed).map(|it| it.action.clone()).collect();
    let hangs_on: Vec<&str> = decisions
        .iter()
        .filter(|it| it.decision != Decision::Allowed)
        .flat_map(|it| &it.untold)
        .map(String::as_str)
        .collect();
    match (allowed.as_slice(), shared) {
        ([], _) if !hangs_on.is_empty() => Verdict::Untold(Trouble::of(format!(
            "can't tell whether {role} can write: it hangs on the condition {}",
            distinct(&hangs_on).join(", ")
        ))),
        ([], _) => Verdict::Holds(format!("{role} can't write (asked for all resources at once)")),
        (allowed, true) => Verdict::Holds(format!(
            "{role} can write ({}), as `shared_role: true` in settings.yaml means it to",
            some(allowed)
        )),
        (allowed, false) => Verdict::Fails(
            Trouble::of(format!("{role} can write, and plans run with it: {}", some(allowed)))
                .mend(mend::deny(role, allowed)),
        ),
    }
}

/// Judges an apply role. An action that is not allowed for all resources may still be allowed for the right ones, so
/// only an explicit denial fails.
fn apply(decisions: &[Simulated], role: &str) -> Verdict {
    let of = |decision| -> Vec<String> {
        decisions.iter().filter(|it| it.decision == decision).map(|it| it.action.clone()).collect()
    };
    let (denied, open) = (of(Decision::Denied), of(Decision::NotAllowed));
    if !denied.is_empty() {
        let said = format!("a policy denies {role} {}", some(&denied));
        let mend = Mend::of("Take the denial out: no other statement can allow it.");
        return Verdict::Fails(Trouble::of(said).mend(mend));
    }
    if open.is_empty() {
        return Verdict::Holds(format!("{role} can make every change"));
    }
    let said = format!(
        "can't tell whether {role} can make every change: nothing allows it {} for all resources. Where that is not \
         limited to some on purpose, it is missing",
        some(&open)
    );
    Verdict::Untold(Trouble::of(said).mend(mend::allow(role, &open, "*")))
}

/// The first action, and the number of further ones.
fn some(actions: &[String]) -> String {
    match actions {
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        [] => String::new(),
    }
}

fn distinct<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let all: std::collections::BTreeSet<&str> = words.iter().copied().collect();
    all.into_iter().collect()
}
