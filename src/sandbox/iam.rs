//! IAM's `SimulatePrincipalPolicy`. The request is a form, the answer XML.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::auth::Caller;
use super::codec::{form, xml_escape};
use super::page;
use super::permission::{self, Decision, Known};
use super::policy;
use super::reply::{Body, Failure};
use super::request::{required, unknown};
use super::world::World;

/// The most decisions on a page.
const MOST: usize = 1000;

/// The most characters of an action.
const LONGEST: usize = 128;

pub(super) fn call(world: &World, caller: &Caller, operation: &str, body: &[u8]) -> Result<Body, Failure> {
    match operation {
        "SimulatePrincipalPolicy" => {
            simulate(world, caller, &form(&String::from_utf8_lossy(body))).map_err(Failure::in_a_form)
        }
        other => Err(unknown(other)),
    }
}

fn simulate(world: &World, caller: &Caller, form: &BTreeMap<String, String>) -> Result<Body, Failure> {
    let mut input = Input::read(form)?;
    let arn = required(input.role.take(), "policySourceArn")?;
    if input.actions.is_empty() {
        return Err(Failure::missing("actionNames"));
    }
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let name = match *parts {
        ["arn", "aws", "iam", "", account, resource] if account == caller.account => resource.strip_prefix("role/"),
        ["arn", "aws", "iam", "", _, _] => {
            let message = format!("{arn} is of another account than {}.", caller.account);
            return Err(Failure::new("InvalidInput", message));
        }
        _ => None,
    };
    let name =
        name.ok_or_else(|| Failure::new("InvalidInput", format!("Invalid Entity Arn: {arn} does not exist.")))?;
    if let Known::No = permission::role(world, &caller.account, name) {
        let message = format!("The role with name {} cannot be found.", name.rsplit('/').next().unwrap_or(name));
        return Err(Failure::with_status("NoSuchEntity", 404, message));
    }
    let results = input.actions.iter().map(|action| {
        let told = |key: &str| input.context.iter().any(|known| known == key);
        let (decision, untold) = permission::simulate(world, &caller.account, name, action, told);
        let policies = match permission::role(world, &caller.account, name) {
            Known::Yes(role) => role.policies.as_deref(),
            Known::No | Known::Unsaid => None,
        };
        let decision = match (decision, policies) {
            (Decision::Allowed, Some(policies)) if !policy::allows_everywhere(policies, action) => {
                Decision::ImplicitDeny
            }
            (decision, _) => decision,
        };
        member(action, decision, untold.as_deref())
    });
    let size = input.most.unwrap_or(MOST);
    let list = format!("SimulatePrincipalPolicy {arn} {:?}", input.actions);
    let page = page::cut(results.collect(), &list, size, input.marker.as_deref(), &world.pages)
        .map_err(|page::BadToken| Failure::new("InvalidInput", "Invalid marker"))?;
    let marker = page.next.as_ref().map(|next| format!("<Marker>{next}</Marker>")).unwrap_or_default();
    Ok(Body::Xml(format!(
        "<SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <SimulatePrincipalPolicyResult><IsTruncated>{}</IsTruncated>{marker}<EvaluationResults>{}</EvaluationResults>\
         </SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>{{request-id}}</RequestId></ResponseMetadata>\
         </SimulatePrincipalPolicyResponse>",
        page.next.is_some(),
        page.items.concat()
    )))
}

fn member(action: &str, decision: Decision, untold: Option<&str>) -> String {
    let mut keys = String::new();
    if let Some(key) = untold {
        // Writing to a String can't fail.
        let _ = write!(keys, "<member>{}</member>", xml_escape(key));
    }
    format!(
        "<member><EvalActionName>{}</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>{}\
         </EvalDecision><MatchedStatements/><MissingContextValues>{keys}</MissingContextValues></member>",
        xml_escape(action),
        decision.word()
    )
}

/// The parameters. A parameter that is not emulated is an error.
#[derive(Default)]
struct Input {
    role: Option<String>,
    actions: Vec<String>,
    /// The condition keys for which the caller gives values.
    context: Vec<String>,
    most: Option<usize>,
    marker: Option<String>,
}

impl Input {
    fn read(form: &BTreeMap<String, String>) -> Result<Self, Failure> {
        let invalid = |message: String| Failure::new("ValidationError", message);
        let mut input = Self::default();
        let mut numbered = BTreeMap::new();
        for (name, value) in form {
            match name.split('.').collect::<Vec<_>>().as_slice() {
                ["Action" | "Version"] | ["ContextEntries", "member", _, "ContextKeyValues", "member", "1"] => {}
                ["PolicySourceArn"] if (20..=2048).contains(&value.len()) => input.role = Some(value.clone()),
                ["Marker"] => input.marker = Some(value.clone()),
                ["MaxItems"] => {
                    let most = value.parse().ok().filter(|most| (1..=MOST).contains(most));
                    input.most = Some(most.ok_or_else(|| invalid(format!("MaxItems is {value}, not 1 to 1000")))?);
                }
                ["ActionNames", "member", number] => {
                    let is_action = (3..=LONGEST).contains(&value.len()) && value.contains(':');
                    let at = number.parse::<u16>().ok().filter(|_| is_action);
                    let at = at.ok_or_else(|| Failure::new("InvalidInput", format!("Invalid Action: {value}")))?;
                    numbered.insert(at, value.clone());
                }
                ["ContextEntries", "member", _, "ContextKeyName"] => input.context.push(value.clone()),
                ["ContextEntries", "member", _, "ContextKeyType"] if value == "string" => {}
                _ => return Err(invalid(format!("The sandbox does not emulate the parameter {name} = {value}"))),
            }
        }
        input.actions = numbered.into_values().collect();
        Ok(input)
    }
}
