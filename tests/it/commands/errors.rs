//! Each documented error of AWS at each call: the right words, nothing half-said, nothing lost.

use super::bed::Bed;

const READS: &[&str] = &[
    "AssumeRole",
    "DescribeOrganization",
    "ListRoots",
    "ListOrganizationalUnitsForParent",
    "ListPortfolios",
    "DescribePortfolioShares",
    "ListEntities",
    "BatchDescribeEntities",
];

#[test]
fn a_read_that_is_denied_is_an_error_and_never_an_empty_live_state() {
    for operation in READS {
        let bed = Bed::example();
        bed.fault(&format!(
            "{{operation: {operation}, error: {{code: AccessDeniedException, message: 'you may not'}}}}"
        ));
        let ran = bed.sandbox(&["plan", "--format", "json"]);
        let plan = ran.json();
        if plan["summary"]["unreadable"] == 0 {
            // Organizations is asked for names and paths: targets that need neither go on.
            assert_eq!(*operation, "DescribeOrganization");
            continue;
        }
        let ran = ran.ends(1);
        let reasons: String =
            plan["targets"].as_array().unwrap().iter().filter_map(|target| target["reason"].as_str()).collect();
        assert!(reasons.contains(operation), "{operation}: {reasons}");
        assert!(reasons.contains("AccessDeniedException"), "{operation}: {reasons}");
        assert!(reasons.contains("you may not"), "{operation}: {reasons}");
        for target in plan["targets"].as_array().unwrap() {
            if target["state"] == "unreadable" {
                assert_eq!(target["changes"].as_array().unwrap().len(), 0);
            }
        }
        drop(ran);
    }
}

#[test]
fn passing_faults_are_tried_again() {
    let faults = [
        "error: {code: ThrottlingException, message: 'Rate exceeded'}",
        "error: {code: InternalFailure, message: 'oops', status: 500}",
        "drop: before",
        "drop: after",
    ];
    for fault in faults {
        for operation in READS.iter().chain(&["CreatePortfolioShare", "StartChangeSet", "DescribeChangeSet"]) {
            let bed = Bed::example();
            bed.fault(&format!("{{operation: {operation}, times: 2, {fault}}}"));
            bed.sandbox(&["apply", "--auto-approve"]).ends(0);
            bed.sandbox(&["plan", "--detailed-exitcode"]).ends(0);
        }
    }
}

#[test]
fn what_can_not_succeed_is_not_tried_again() {
    let bed = Bed::example();
    bed.fault(
        "{operation: DescribePortfolioShares, times: 1, error: {code: InvalidParametersException, message: 'no'}}",
    );
    bed.sandbox(&["plan"]).ends(1).shows("InvalidParametersException");
}

#[test]
fn a_write_that_is_denied_names_operation_account_region_and_message() {
    for (operation, code) in [
        ("CreatePortfolioShare", "AccessDeniedException"),
        ("CreatePortfolioShare", "OperationNotSupportedException"),
        ("UpdatePortfolioShare", "InvalidParametersException"),
        ("DeletePortfolioShare", "ResourceNotFoundException"),
        ("StartChangeSet", "AccessDeniedException"),
        ("StartChangeSet", "ServiceQuotaExceededException"),
        ("StartChangeSet", "ValidationException"),
    ] {
        let bed = Bed::example();
        bed.fault(&format!("{{operation: {operation}, error: {{code: {code}, message: 'for a reason'}}}}"));
        let report = bed.sandbox(&["apply", "--auto-approve", "--format", "json"]).ends(5).json();
        let failed: Vec<&serde_json::Value> = report["targets"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|target| target["changes"].as_array().unwrap())
            .filter(|change| change["result"] == "failed")
            .collect();
        assert!(!failed.is_empty(), "{operation} {code}");
        for change in failed {
            let error = &change["error"];
            assert_eq!(error["operation"], operation);
            assert_eq!(error["code"], code);
            assert!(error["message"].as_str().unwrap().contains("for a reason"), "{error}");
            assert_eq!(error["account"].as_str().unwrap().len(), 12);
            assert!(error["region"].as_str().unwrap().contains('-'));
        }
    }
}

#[test]
fn a_share_that_misses_accounts_is_a_failure_that_names_them() {
    let bed = Bed::example();
    bed.change_world(|world| {
        let more =
            catalog_sync::sandbox::World::parse("share_errors: [{account: '333333333332', times: 1}]", "w").unwrap();
        world.share_errors = more.share_errors;
    });
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    ran.shows("333333333332").shows("Rate exceeded");
}
