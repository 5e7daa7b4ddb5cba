//! AWS that does not answer, throttles, or gives a nonsensical answer: `doctor` reports it, and no account stops
//! another.

use super::{bed, links, one, verdicts};

const JSON: [&str; 3] = ["doctor", "--format", "json"];

#[test]
fn throttle_and_lost_answers_that_pass_are_borne() {
    let bed = bed();
    for operation in [
        "AssumeRole",
        "GetCallerIdentity",
        "SimulatePrincipalPolicy",
        "ListDelegatedAdministrators",
        "DescribeOrganization",
        "GetAWSOrganizationsAccessStatus",
        "ListEntities",
    ] {
        bed.fault(&format!("{{operation: {operation}, times: 2, error: {{code: Throttling, message: slow}}}}"));
        bed.fault(&format!("{{operation: {operation}, times: 1, drop: before}}"));
    }
    let ran = bed.sandbox(&JSON).ends(0);
    assert_eq!(ran.json()["summary"]["unknown"], 0, "{}", ran.stdout);
}

#[test]
fn account_without_an_answer_fails_alone() {
    let bed = bed();
    bed.fault("{operation: ListEntities, drop: before}");
    bed.fault("{operation: SimulatePrincipalPolicy, account: '111111111112', drop: before}");
    let ran = bed.sandbox(&JSON).ends(1);
    assert_eq!(verdicts(&ran, "experiences"), ["fails"]);
    assert_eq!(verdicts(&ran, "policy"), ["holds", "unknown"]);
    assert!(one(&ran, "experiences")["mends"].as_array().unwrap().is_empty(), "no statement mends that");
}

#[test]
fn answer_of_iam_that_is_not_understood_is_no_answer() {
    let bed = bed();
    bed.fault("{operation: SimulatePrincipalPolicy, error: {code: ServiceFailure, message: '<b>', status: 500}}");
    let ran = bed.sandbox(&JSON).ends(0);
    let link = &links(&ran, "policy")[0];
    assert_eq!((link["verdict"].as_str(), link["error"]["code"].as_str()), (Some("unknown"), Some("ServiceFailure")));
    assert!(link["message"].as_str().unwrap().contains("<b>"), "{link}");
}

#[test]
fn what_others_wrote_is_no_command_for_the_runner_and_no_escape_sequence() {
    let bed = bed();
    bed.edit("world.yaml", "'111111111112': shop", "'111111111112': \"::error::x\\e[31m\\n::set-output name=a::b\"");
    bed.fault("{operation: ListEntities, error: {code: AccessDeniedException, message: \"\\n::error::boo\\e[2J\", status: 403}}");
    let ran = bed.sandbox(&["doctor"]).ends(1);
    assert!(!ran.stdout.contains('\u{1b}'), "{:?}", ran.stdout);
    assert!(!ran.stdout.lines().any(|line| line.trim_start().starts_with("::")), "{}", ran.stdout);
}

#[test]
fn catalog_with_errors_asks_aws_nothing() {
    let bed = bed();
    bed.write("catalog/settings.yaml", "version: 2\n");
    let ran = bed.sandbox(&["doctor"]).ends(1);
    assert!(ran.stdout.is_empty() && !ran.stderr.contains("AWS calls"), "{}", ran.stderr);
}
