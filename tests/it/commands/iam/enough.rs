//! The policies allow all that every command does, and allow nothing that no command uses.

use std::collections::BTreeSet;

use catalog_sync::sandbox::{Paths, Principal, World};

use super::super::bed::Bed;
use super::aws::Aws;
use super::{actions, kinds, strings};

const RECIPIENTS: &str = "
recipients:
  - account: \"999999999992\"
    principals: [role/Auditor]
  - account: \"999999999993\"
    local_portfolio: {name: Partner Data, provider: Acme, mode: copy, launch_role: Other}
    principals: [role/Partner]
  - ou: Workloads/Production
    local_portfolio: {name: Our Data, provider: Acme, launch_role: Launcher}
    principals: [role/DataEngineer, role/Analyst]
";

/// The example's catalog, entered through a third account, with entries for recipients.
fn everything() -> Bed {
    let bed = Bed::committed();
    bed.edit(
        "catalog/settings.yaml",
        "  audience: sts.amazonaws.com",
        "  through: arn:aws:iam::111111111113:role/entry-{mode}\n  external_id: acme-catalog",
    );
    let file = "catalog/portfolios/data-platform.yaml";
    bed.write(file, &(bed.read(file) + RECIPIENTS));
    bed.edit(file, "shares:\n", "shares:\n  - account: \"999999999993\"\n");
    bed.run(&["validate"]).ends(0);
    bed.git(&["add", "catalog"]);
    bed.git(&["commit", "-qm", "Recipients"]);
    bed
}

/// The example's world, with an unlisted share with an OU that the catalog does not mention.
fn world() -> World {
    let more = "accounts: {'111111111112': {regions: {us-east-1: {portfolios: {port-more: {name: More, shares: [{ou: \
                ou-acme-deep0001}]}}}}}}\norganizations: {acme: {id: o-acme000001, management_account: '111111111111', \
                accounts: {'111111111111': m}, ous: [{name: Deep, id: ou-acme-deep0001}]}}";
    let more = World::parse(more, "more").unwrap();
    let mut world = World::example();
    let shared = world.organizations["acme"].ous.iter().position(|unit| unit.name == "Shared Services").unwrap();
    let organization = world.organizations.get_mut("acme").unwrap();
    organization.ous[shared].ous.extend(more.organizations["acme"].ous.clone());
    let shares = more.accounts["111111111112"].regions["us-east-1"].portfolios["port-more"].shares.clone();
    let hub = world.accounts.get_mut("111111111112").unwrap().regions.get_mut("us-east-1").unwrap();
    hub.portfolios.get_mut("port-dataplatform1").unwrap().shares.extend(shares);
    // The marketplace has no name for this approved product.
    let experiences = &mut world.organizations.get_mut("subsidiary").unwrap().marketplace.experiences;
    let policy = experiences.get_mut("exp-subscorp0001").unwrap().policy.as_mut().unwrap();
    policy.allowed.extend(["prod-9999999999999".to_owned()]);
    world
}

/// Puts a change set of another user under way in an experience of each organization. It does not end.
fn set_of_somebody_else(world: &mut World) {
    world.pending.change_set = 1000;
    for (organization, experience) in [("acme", "exp-acmebase0001"), ("subsidiary", "exp-subscorp0001")] {
        let set = format!(
            "organizations: {{o: {{id: o-o, management_account: '111111111111', accounts: {{'111111111111': m}}, \
             marketplace: {{change_sets: {{cs-{organization}: {{status: APPLYING, changes: [{{change_type: \
             UpdateExperience, entity_type: Experience@1.0, entity: {experience}, details: {{Description: x}}}}]}}}}}}}}}}"
        );
        let sets = World::parse(&set, "sets").unwrap().organizations["o"].marketplace.change_sets.clone();
        world.organizations.get_mut(organization).unwrap().marketplace.change_sets.extend(sets);
    }
}

/// Runs every command that a role needs permissions for. Returns the runs with an unexpected exit status.
fn tour(bed: &Bed, aws: &Aws) -> Vec<String> {
    let mut odd = Vec::new();
    let mut run = |status: i32, arguments: &[&str]| {
        let ran = aws.run(bed, arguments);
        if ran.status != status {
            odd.push(format!("{arguments:?} {}\n{}\n{}", ran.status, ran.stdout, ran.stderr));
        }
    };
    let only = "--target=portfolio/network-basics/*";
    run(0, &["validate"]);
    aws.sandbox.change(set_of_somebody_else);
    run(0, &["plan"]);
    aws.sandbox.change(|world| {
        world.pending = World::example().pending;
        world.organizations.values_mut().for_each(|it| it.marketplace.change_sets.clear());
    });
    run(0, &["plan", "--reach", only]);
    run(0, &["doctor"]);
    run(0, &["explain", "444444444441"]);
    run(0, &["explain", "ledger", "--product", "Snyk"]);
    run(0, &["explain", "--product", "Snyk"]);
    run(0, &["map", "--output=-"]);
    run(0, &["map", "--output=-", only]);
    run(0, &["plan", "--target=marketplace/*/subsidiary/*"]);
    run(0, &["products", "search", "datadog"]);
    run(0, &["products", "show", "prod-4xk6p2ab3cdef", "prodview-none"]);
    // A locked experience: the run looks for a change set that an earlier run may have started.
    aws.sandbox.change(|world| {
        for account in ["111111111112", "222222222222"] {
            let locked = format!(
                "faults: [{{operation: StartChangeSet, account: '{account}', times: 1, error: {{code: \
                 ResourceInUseException, message: locked, status: 423}}}}]"
            );
            world.faults.extend(World::parse(&locked, "faults").unwrap().faults);
        }
    });
    run(0, &["apply", "--auto-approve", only]);
    run(0, &["apply", "--auto-approve", "--target=marketplace/*/subsidiary/*"]);
    run(0, &["apply", "--auto-approve", "--allow-removals=50"]);
    run(0, &["plan", "--detailed-exitcode"]);
    run(0, &["drift"]);

    // Changes from the console, and answers without paths.
    aws.sandbox.change(|world| {
        let hub = world.accounts.get_mut("111111111112").unwrap();
        for region in hub.regions.values_mut() {
            for portfolio in region.portfolios.values_mut() {
                portfolio.principals.push(Principal::new("arn:aws:iam:::role/Owner*"));
            }
            if let Some(portfolio) = region.portfolios.get_mut("port-dataplatform1") {
                let deep = self::world().accounts["111111111112"].regions["us-east-1"].portfolios["port-dataplatform1"]
                    .clone();
                portfolio.shares.extend(deep.shares.into_iter().last());
            }
        }
        world.unproven.paths = Paths::LeftOut;
        // Only the owner's list tells whether this pattern came with the share.
        let auditor = world.region_mut("999999999992", "us-east-1");
        let import = auditor.imports.entry("port-dataplatform1".to_owned()).or_default();
        import.principals.push(Principal::new("arn:aws:iam:::role/Theirs*"));
        // A product to deny, in an organization where a nearer experience governs an OU.
        let subsidiary = &mut world.organizations.get_mut("subsidiary").unwrap().marketplace.experiences;
        let policy = subsidiary.get_mut("exp-subscorp0001").unwrap().policy.as_mut().unwrap();
        policy.denied.retain(|product| product != "prod-9999999999999");
        policy.allowed.insert("prod-9999999999999".to_owned());
        // The state after a run that was stopped between making a copy and tagging it.
        let partner = world.region_mut("999999999993", "us-east-1");
        partner.products.values_mut().for_each(|product| product.tags.clear());
        for portfolio in partner.portfolios.values_mut() {
            portfolio.products.clear();
            portfolio.constraints.clear();
        }
    });
    run(0, &["plan"]);
    run(0, &["explain", "777777777771"]);
    run(0, &["map", "--output=-"]);
    run(3, &["drift"]);
    run(0, &["apply", "--auto-approve"]);
    run(0, &["apply", "--auto-approve", "--repair-shares", "--allow-removals=50"]);
    run(0, &["drift"]);

    // A smaller catalog, so that things are removed.
    let file = "catalog/portfolios/data-platform.yaml";
    bed.edit(file, ", role/Analyst", "");
    let (ours, theirs) = ("name: Our Data, provider: Acme, launch_role: Launcher", "name: Their Data, provider: Acme");
    bed.edit(file, ours, &format!("{theirs}, launch_role: Other, products: [Warehouse]"));
    let partner = "    local_portfolio: {name: Partner Data, provider: Acme, mode: copy, launch_role: Other}\n";
    bed.edit(file, partner, "");
    bed.edit(file, "    tag_options: true # the portfolio", "    # the portfolio");
    bed.edit(file, "  - account: \"333333333341\" # shop-staging\n    through_organization: true\n", "");
    run(0, &["plan", "--base=HEAD"]);
    run(0, &["apply", "--auto-approve", "--base=HEAD", "--allow-removals=50"]);
    run(0, &["plan", "--base=HEAD", "--detailed-exitcode"]);
    odd
}

/// The actions that the roles of a catalog are allowed and that no command used.
fn unused(bed: &Bed, aws: &Aws) -> Vec<String> {
    let used = aws.used();
    let mut unused = Vec::new();
    for kind in kinds(bed) {
        let named = strings(&kind["accounts"]);
        for role in kind["roles"].as_array().unwrap() {
            let name = role["arn"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
            let of_kind = |account: &String| named.contains(account) || kind["and_others"] == true;
            let did: BTreeSet<&String> = used
                .iter()
                .filter(|((account, role), _)| *role == name && of_kind(account))
                .flat_map(|(_, actions)| actions)
                .collect();
            let idle = actions(role).into_iter().filter(|action| !did.contains(action));
            unused.extend(idle.map(|action| format!("{} {name} {action}", kind["kind"])));
        }
    }
    unused
}

#[test]
fn policies_let_every_command_work_and_hold_nothing_more() {
    let bed = everything();
    let aws = Aws::start(&bed, world());
    let odd = tour(&bed, &aws);
    assert_eq!(aws.refused(), Vec::<String>::new(), "{}", odd.join("\n"));
    bed.git(&["checkout", "-q", "catalog"]);
    let unused = unused(&bed, &aws);
    assert_eq!(unused, Vec::<String>::new(), "{}", odd.join("\n"));
    assert!(odd.is_empty(), "{}", odd.join("\n"));
    drop(aws.stop());
}

#[test]
fn plan_roles_hold_no_action_that_writes() {
    for kind in kinds(&everything()) {
        for role in kind["roles"].as_array().unwrap().iter().filter(|role| role["modes"] == serde_json::json!(["plan"]))
        {
            for action in actions(role) {
                let (_, operation) = action.split_once(':').unwrap();
                let reads =
                    ["List", "Describe", "Get", "Search", "Simulate"].iter().any(|read| operation.starts_with(read));
                assert!(reads || action == "sts:AssumeRole", "{action}");
            }
        }
    }
}

const SETTINGS: &str = "version: 1\norganizations:\n  acme:\n    id: o-acme000001\n    service_catalog_account: \
                        \"111111111112\"\naccess:\n  role: arn:aws:iam::{account}:role/catalog-sync-{mode}\nregions: \
                        [us-east-1]\n";

#[test]
fn catalog_that_uses_less_is_allowed_less() {
    let portfolio = "id: port-network000001\nshares: [{account: \"333333333331\"}]\nunlisted_shares: keep\n";
    let bed = Bed::new("", &[("catalog/settings.yaml", SETTINGS), ("catalog/portfolios/network.yaml", portfolio)]);
    let [kind] = &kinds(&bed)[..] else { panic!("one kind") };
    assert_eq!(kind["kind"], "hub");
    let plan = [
        "iam:SimulatePrincipalPolicy",
        "organizations:DescribeAccount",
        "organizations:DescribeOrganization",
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListDelegatedAdministrators",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListRoots",
        "servicecatalog:DescribePortfolio",
        "servicecatalog:DescribePortfolioShares",
        "servicecatalog:ListOrganizationPortfolioAccess",
    ];
    assert_eq!(actions(&kind["roles"][0]), plan);
    let statements = kind["roles"][0]["policies"][0]["Statement"].as_array().unwrap();
    let statement = statements.iter().find(|it| it["Action"].to_string().contains("DescribePortfolioShares")).unwrap();
    assert_eq!(statement["Resource"], "arn:aws:catalog:us-east-1:111111111112:portfolio/port-network000001");
    let aws = Aws::start(&bed, World::example());
    aws.run(&bed, &["apply", "--auto-approve"]).ends(0);
    aws.run(&bed, &["drift"]).ends(0);
    // `map` may read the whole organization tree, whatever the catalog contains.
    aws.run(&bed, &["map", "--output=-"]).ends(0);
    assert_eq!(aws.refused(), Vec::<String>::new());

    // The roles give no access to another portfolio until they are made again.
    bed.edit("catalog/portfolios/network.yaml", "id: port-network000001", "portfolio: Data Platform");
    aws.run(&bed, &["plan"]).ends(1).shows("is not authorized to perform: servicecatalog:ListPortfolios");
    aws.install(&bed);
    aws.run(&bed, &["plan"]).ends(0);
}

#[test]
fn only_the_jobs_that_are_meant_are_let_in() {
    let portfolio = "id: port-network000001\nshares: [{account: \"333333333331\"}]\nunlisted_shares: keep\n";
    let bed = Bed::new("", &[("catalog/settings.yaml", SETTINGS), ("catalog/portfolios/network.yaml", portfolio)]);
    let aws = Aws::start(&bed, World::example());
    for repository in ["repo:acme/catalog", "repo:acme@1/catalog@22"] {
        for place in ["pull_request", "ref:refs/heads/main", "ref:refs/heads/gh-readonly-queue/main/pr-1-abc"] {
            aws.run_as(&bed, &format!("{repository}:{place}"), &["plan"]).ends(0);
        }
        aws.run_as(&bed, &format!("{repository}:pull_request"), &["apply", "--auto-approve"]).ends(1);
        let environment = format!("{repository}:environment:catalog-sync-apply");
        aws.run_as(&bed, &environment, &["plan"]).ends(1);
        aws.run_as(&bed, &environment, &["apply", "--auto-approve"]).ends(0);
    }
    for other in
        ["repo:acme/other:pull_request", "repo:acme/catalog:ref:refs/heads/mine", "repo:acme@2/catalog@22:pull_request"]
    {
        aws.run_as(&bed, other, &["plan"]).ends(1);
    }
}

/// The change types that the apply role may start and the entities that it may read, for an experience whose entry has
/// these terms.
fn may_do(terms: &str) -> (Vec<String>, String) {
    let settings = "version: 1\norganizations:\n  acme: {id: o-acme000001, marketplace_account: \"111111111112\"}\n\
                    access: {role: \"arn:aws:iam::{account}:role/catalog-sync-{mode}\"}\n";
    let list = format!("approved: [prod-4xk6p2ab3cdef]\nexperiences: [{{organization: acme, name: Data{terms}}}]\n");
    let bed = Bed::new("", &[("catalog/settings.yaml", settings), ("catalog/marketplace/data.yaml", &list)]);
    let roles = kinds(&bed).iter().flat_map(|kind| kind["roles"].as_array().unwrap().clone()).collect::<Vec<_>>();
    let roles: Vec<_> = roles.into_iter().filter(|role| role["arn"].as_str().unwrap().ends_with("-apply")).collect();
    let policies = roles.iter().flat_map(|role| role["policies"].as_array().unwrap());
    let statements = policies.flat_map(|policy| policy["Statement"].as_array().unwrap());
    let (mut types, mut entities) = (Vec::new(), String::new());
    for statement in statements {
        for action in strings(&statement["Action"]) {
            match action.as_str() {
                "aws-marketplace:StartChangeSet" => {
                    types.push(strings(&statement["Condition"]["StringEquals"]["catalog:ChangeType"]));
                }
                "aws-marketplace:DescribeEntity" => entities += &statement["Resource"].to_string(),
                _ => {}
            }
        }
    }
    assert_eq!(types.len(), 1, "one statement, however many of its changes a set holds");
    (types.remove(0), entities)
}

#[test]
fn role_may_make_the_changes_that_the_catalog_manages_alone() {
    let products = ["AllowProductProcurement", "CreateProcurementPolicy", "DenyProductProcurement"];
    let terms = ["RestrictExperience", "ReviveExperience", "UpdateExperience", "UpdateProcurementPolicy"];
    for (said, more, entity) in [
        ("", &[][..], ""),
        (", create: true", &["CreateExperience"], ""),
        (", status: enabled", &terms, ""),
        (", user_requests: false", &terms, ""),
        (", audience: [{account: \"333333333331\"}]", &["AssociateAudience", "DisassociateAudience"], "Audience/*"),
        (", branding: {title: T}", &["CreateBrandingSettings", "UpdateBrandingSettings"], "BrandingSettings/*"),
    ] {
        let (types, entities) = may_do(said);
        let mut expected = [&products[..], more].concat();
        expected.sort_unstable();
        assert_eq!(types, expected, "{said}");
        assert!(entities.contains(entity), "{entities}");
        assert_eq!(entities.contains("Audience/"), entity == "Audience/*", "{entities}");
    }
}

#[test]
fn roles_of_plans_may_ask_for_licences_by_an_option_alone() {
    const ACTION: &str = "license-manager:ListReceivedLicensesForOrganization";
    let bed = Bed::example();
    let allowed = |more: &[&str]| {
        let kinds = super::iam(&bed, &[&["--format=json"], more].concat()).ends(0).json()["kinds"].clone();
        let roles = kinds.as_array().unwrap().iter().flat_map(|kind| kind["roles"].as_array().unwrap().clone());
        let roles = roles.filter(|role| actions(role).iter().any(|action| action == ACTION));
        roles.map(|role| role["arn"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(allowed(&[]), [""; 0]);
    let roles = allowed(&["--usage"]);
    assert!(!roles.is_empty() && roles.iter().all(|arn| arn.ends_with("-plan")), "{roles:?}");
}

#[test]
fn mirrored_experience_is_only_read() {
    let settings = "version: 1\norganizations:\n  acme: {id: o-acme000001, marketplace_account: \"111111111112\"}\n  \
                    subsidiary: {id: o-subs000001, marketplace_account: \"222222222222\"}\naccess: {role: \
                    \"arn:aws:iam::{account}:role/catalog-sync-{mode}\"}\n";
    let mirror = |which: &str| {
        format!(
            "mirror: {{organization: acme, {which}}}\nexperiences: [{{organization: subsidiary, id: exp-subscorp0001}}]\n"
        )
    };
    let file = "catalog/marketplace/follow.yaml";
    let bed = Bed::new("", &[("catalog/settings.yaml", settings), (file, &mirror("id: exp-acmebase0001"))]);
    let in_account = |account: &str| {
        let kinds = kinds(&bed);
        let kind = kinds.iter().find(|kind| strings(&kind["accounts"]).contains(&account.to_owned())).unwrap();
        kind["roles"].as_array().unwrap().clone()
    };
    for role in in_account("111111111112") {
        let of_experiences = actions(&role).into_iter().filter(|action| action.starts_with("aws-marketplace:"));
        assert_eq!(of_experiences.collect::<Vec<_>>(), ["aws-marketplace:DescribeEntity"], "{role}");
        assert!(role["policies"].to_string().contains("Experience/exp-acmebase0001"), "{role}");
    }
    assert!(
        in_account("222222222222")
            .iter()
            .any(|role| actions(role).contains(&"aws-marketplace:StartChangeSet".to_owned()))
    );
    for which in ["id: exp-acmebase0001", "name: Baseline"] {
        bed.write(file, &mirror(which));
        let aws = Aws::start(&bed, World::example());
        aws.run(&bed, &["plan"]).ends(0);
        aws.run(&bed, &["apply", "--auto-approve"]).ends(0);
        aws.run(&bed, &["drift"]).ends(0);
        assert_eq!(aws.refused(), Vec::<String>::new());
        drop(aws.stop());
    }
}
