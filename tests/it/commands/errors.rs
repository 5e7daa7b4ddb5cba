//! Each documented error of AWS at each call: the message is right, no target is half planned, and nothing is lost.

use catalog_sync::sandbox::Access;

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
            // `DescribeOrganization` is needed for names and paths only, so targets that need neither are still
            // planned. Entities that `BatchDescribeEntities` does not give are read one by one.
            assert!(["DescribeOrganization", "BatchDescribeEntities"].contains(operation), "{operation}");
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
            bed.change_world(|world| {
                let left = world.faults.first().and_then(|fault| fault.times);
                assert_ne!(left, Some(2), "{operation} was never met by {fault}");
            });
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
        let more = catalog_sync::sandbox::World::parse("share_errors: [{account: '333333333332'}]", "w").unwrap();
        world.share_errors = more.share_errors;
    });
    let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(5);
    ran.shows("333333333332").shows("Rate exceeded");
}

#[test]
fn suspended_account_that_a_share_misses_is_no_failure() {
    let bed = Bed::example();
    bed.change_world(|world| {
        let suspended = "share_errors: [{account: '333333333335', error: InvalidStateException, message: closed}]";
        world.share_errors = catalog_sync::sandbox::World::parse(suspended, "w").unwrap().share_errors;
    });
    bed.sandbox(&["apply", "--auto-approve"]).ends(0);
}

#[test]
fn credentials_of_another_account_write_nothing_although_sts_fails_once() {
    for times in ["times: 1, ", ""] {
        let bed = Bed::example();
        bed.sandbox(&["plan"]).ends(0);
        bed.edit("catalog/settings.yaml", "  role: arn:aws:iam::{account}:role/catalog-sync-{mode}\n", "");
        bed.change_world(|world| {
            // An unintended account holds portfolios of the same names as the hub.
            let hub = world.accounts["111111111112"].clone();
            world.accounts.insert("333333333331".to_owned(), hub);
            world.start = Some("333333333331".to_owned());
        });
        let before = bed.read("world.yaml");
        let fault = "error: {code: ServiceUnavailable, message: later, status: 503}";
        bed.fault(&format!("{{operation: GetCallerIdentity, {times}{fault}}}"));
        let ran = bed.sandbox(&["apply", "--auto-approve"]).ends(1);
        let ran = ran.shows(if times.is_empty() {
            "the account of the starting credentials is unknown"
        } else {
            "WrongAccount"
        });
        assert_eq!(ran.status, 1);
        bed.change_world(|world| world.faults.clear());
        assert_eq!(bed.read("world.yaml"), before, "nothing was written anywhere");
    }
}

#[test]
fn a_profile_that_does_not_exist_is_named() {
    let bed = Bed::example();
    let variables = [("AWS_PROFILE", "nobodys"), ("AWS_EC2_METADATA_DISABLED", "true")];
    let ran = bed.run_with(&["plan"], &variables).ends(1);
    ran.shows("no credentials to start with").shows("AWS_PROFILE is `nobodys`: check that this profile exists");
}

/// A plan's warning about an account that can't share with its organization appears once, however many shares the
/// account has.
fn said_once(change: impl FnOnce(&mut catalog_sync::sandbox::World), said: &str) {
    let bed = Bed::example();
    bed.change_world(change);
    let ran = bed.sandbox(&["plan"]).ends(0);
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(text.matches(said).count(), 1, "{}", ran.stdout);
}

#[test]
fn account_that_can_not_share_through_its_organization_is_seen_in_the_plan() {
    said_once(
        |world| {
            let acme = world.organizations.get_mut("acme").unwrap();
            acme.delegated_administrators.remove("servicecatalog.amazonaws.com");
        },
        "is neither the management account nor a delegated administrator of Service Catalog",
    );
    said_once(
        |world| world.organizations.get_mut("acme").unwrap().service_catalog_access = Access::Disabled,
        "Service Catalog's access to AWS Organizations is off",
    );
    said_once(
        |world| world.organizations.get_mut("acme").unwrap().service_catalog_access = Access::UnderChange,
        "Service Catalog's access to AWS Organizations is being switched",
    );
    said_once(
        |world| {
            let acme = world.accounts.get_mut("111111111112").unwrap();
            let role = acme.roles.entry("*".to_owned()).or_default();
            role.deny.push("servicecatalog:GetAWSOrganizationsAccessStatus".to_owned());
        },
        "may share through the organization: GetAWSOrganizationsAccessStatus",
    );
}
