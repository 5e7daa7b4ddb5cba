//! What `iam` prints, and what it refuses.

use serde_json::{Value, json};

use super::super::bed::Bed;
use super::{iam, kinds};

const PORTFOLIO: &str = "id: port-data00000001\nshares: [{ou: Shops}]\nrecipients:\n  - ou: Shops\n    principals: \
                         [role/Shop]\n";
const PRODUCTS: &str = "approved: [prod-4xk6p2ab3cdef]\nexperiences: [{organization: acme, id: exp-1234abcd}]\n";

fn settings(marketplace: &str, access: &str) -> String {
    format!(
        "version: 1\norganizations:\n  acme:\n    id: o-acme000001\n    service_catalog_account: \"111111111111\"\n    \
         marketplace_account: \"{marketplace}\"\naccess: {{{access}}}\nregions: [us-east-1]\n"
    )
}

fn bed(marketplace: &str, access: &str) -> Bed {
    let settings = settings(marketplace, access);
    Bed::new(
        "",
        &[
            ("catalog/settings.yaml", &*settings),
            ("catalog/portfolios/data.yaml", PORTFOLIO),
            ("catalog/marketplace/base.yaml", PRODUCTS),
        ],
    )
}

const ROLE: &str = "role: 'arn:aws:iam::{account}:role/catalog-sync-{mode}'";

fn names(bed: &Bed) -> Vec<String> {
    kinds(bed).iter().map(|kind| kind["kind"].as_str().unwrap().to_owned()).collect()
}

fn template(bed: &Bed, kind: &str) -> Value {
    let text = iam(bed, &["--format=cloudformation", "--kind", kind]).ends(0).stdout;
    serde_yaml::from_str(&text).unwrap()
}

#[test]
fn account_that_is_several_things_has_one_template() {
    assert_eq!(names(&bed("111111111112", ROLE)), ["hub", "marketplace", "recipient"]);
    assert_eq!(names(&bed("111111111111", ROLE)), ["hub-marketplace", "recipient"]);
    let through = format!("{ROLE}, through: 'arn:aws:iam::111111111111:role/entry-{{mode}}', external_id: acme");
    let chained = bed("111111111111", &through);
    assert_eq!(names(&chained), ["entry-hub-marketplace", "recipient"]);
    let resources = template(&chained, "entry-hub-marketplace")["Resources"].as_object().unwrap().clone();
    let wanted = [
        "ApplyPolicy",
        "ApplyRole",
        "EntryApplyPolicy",
        "EntryApplyRole",
        "EntryPlanPolicy",
        "EntryPlanRole",
        "PlanPolicy",
        "PlanRole",
        "Provider",
    ];
    let mut keys: Vec<&String> = resources.keys().collect();
    keys.sort();
    assert_eq!(keys, wanted);
    let entry = &resources["EntryPlanPolicy"]["Properties"]["PolicyDocument"]["Statement"][0];
    let entered = json!(["arn:aws:iam::111111111111:role/catalog-sync-plan", "arn:aws:iam::*:role/catalog-sync-plan"]);
    assert_eq!(super::strings(&entry["Resource"]).len(), 2, "{entry}");
    assert!(super::strings(&entered).iter().all(|arn| super::strings(&entry["Resource"]).contains(arn)), "{entry}");
    let recipient = template(&chained, "recipient");
    assert_eq!(recipient.get("Parameters"), None, "no token gets in here");
    let trust = &recipient["Resources"]["PlanRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0];
    assert_eq!(trust["Principal"]["AWS"], "arn:aws:iam::111111111111:role/entry-plan");
    assert_eq!(trust["Condition"]["StringEquals"]["sts:ExternalId"], "acme");
}

#[test]
fn account_below_a_unit_that_has_other_roles_is_said_by_an_option() {
    let bed = bed("111111111112", ROLE);
    let both = iam(&bed, &["--recipient=111111111112", "--format=json"]).ends(0).json();
    assert_eq!(both["kinds"][1]["kind"], "marketplace-recipient");
    iam(&bed, &["--recipient=222222222222"]).ends(2).says("the settings name no such account");
    iam(&bed, &["--recipient=12"]).ends(2).says("is not an AWS account id");
}

#[test]
fn missing_ids_are_named_all_at_once() {
    let bed = bed("111111111112", ROLE);
    let ran = bed.run(&["iam", "--format=json"]).ends(2);
    let ran = ran.says("--repository (or GITHUB_REPOSITORY), --owner-id (or GITHUB_REPOSITORY_OWNER_ID)");
    ran.says("--repository-id (or GITHUB_REPOSITORY_ID)");
    let variables =
        [("GITHUB_REPOSITORY", "acme/catalog"), ("GITHUB_REPOSITORY_OWNER_ID", "1"), ("GITHUB_REPOSITORY_ID", "22")];
    let given = bed.run_with(&["iam", "--format=json"], &variables).ends(0).stdout;
    assert_eq!(given, iam(&bed, &["--format=json"]).ends(0).stdout);
}

#[test]
fn shared_role_is_one_role_that_trusts_both() {
    let shared = bed("111111111111", "role: 'arn:aws:iam::{account}:role/path/catalog-sync', shared_role: true");
    let all = kinds(&shared);
    let [role] = &all[0]["roles"].as_array().unwrap()[..] else { panic!("{all:?}") };
    assert_eq!(role["modes"], json!(["plan", "apply"]));
    assert_eq!(role["trust_policy"]["Statement"].as_array().unwrap().len(), 2);
    let properties = &template(&shared, "recipient")["Resources"]["SharedRole"]["Properties"];
    assert_eq!((&properties["RoleName"], &properties["Path"]), (&json!("catalog-sync"), &json!("/path/")));
}

#[test]
fn other_partitions_stand_in_every_arn() {
    let gov = bed("111111111112", "role: 'arn:aws-us-gov:iam::{account}:role/catalog-sync-{mode}'");
    let text = iam(&gov, &["--format=json"]).ends(0).stdout;
    assert!(
        text.contains("arn:aws-us-gov:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"),
        "{text}"
    );
    assert!(text.contains("arn:aws-us-gov:catalog:us-east-1:*:portfolio/port-data00000001"), "{text}");
    assert!(!text.contains("arn:aws:"), "{text}");
}

#[test]
fn hostile_names_stay_names_or_are_refused() {
    let bed = bed("111111111112", ROLE);
    let name = "--environment=a\"'b${AWS::AccountId}${aws:username}: *";
    let text = iam(&bed, &["--format=cloudformation", "--kind=hub", name]).ends(0).stdout;
    let template: Value = serde_yaml::from_str(&text).unwrap();
    let trust = &template["Resources"]["ApplyRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0];
    let subjects = super::strings(&trust["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]);
    assert_eq!(subjects[0], "repo:acme/catalog:environment:a\"'b${$}{AWS%3A%3AAccountId}${$}{aws%3Ausername}%3A *");
    iam(&bed, &["--format=json", "--environment={{resolve:ssm:x}}"]).ends(2).says("--environment: ");
    iam(&bed, &["--format=json", "--branch=a\nb"]).ends(2).says("holds a control character");
    iam(&bed, &["--issuer=evil.example?x"]).ends(2).says("is not a host");
    let odd = ["iam", "--format=json", "--repository=acme/${x}", "--owner-id=1", "--repository-id=2"];
    bed.run(&odd).ends(2).says("is not a repository's name");
}

#[test]
fn what_can_not_be_told_is_said() {
    let bed = bed("111111111112", ROLE);
    iam(&bed, &["--format=cloudformation"]).ends(2).says("give --kind with one of hub, marketplace, recipient");
    iam(&bed, &["--kind=spoke"]).ends(2).says("there are hub, marketplace, recipient");
    iam(&bed, &["--format=yaml"]).ends(2).says("iam prints text, json or cloudformation");
    iam(&bed, &[])
        .ends(0)
        .shows("each account below the units of `recipients`")
        .shows("servicecatalog:AcceptPortfolioShare");
    bed.write("catalog/settings.yaml", &settings("111111111112", ""));
    iam(&bed, &[]).ends(1).says("there is no role to describe");
}

#[test]
fn policies_that_are_too_long_for_one_are_several() {
    let bed = bed("111111111112", ROLE);
    for at in 0..200 {
        let text = format!("id: port-{at:013}\norganization: acme\nshares: [{{account: \"333333333331\"}}]\n");
        bed.write(&format!("catalog/portfolios/p{at}.yaml"), &text);
    }
    iam(&bed, &[]).ends(0).shows("managed policies: one holds 6,144 characters");
    let kinds = kinds(&bed);
    let policies = kinds[0]["roles"][1]["policies"].as_array().unwrap();
    assert!((3..=10).contains(&policies.len()), "{}", policies.len());
    assert!(policies.iter().all(|policy| policy.to_string().len() <= 6144));
}

/// The example of docs/adopt.md with this path, without its first line.
fn of_the_page(path: &str) -> String {
    let page = include_str!("../../../../docs/adopt.md");
    let block = page.split(&format!("```yaml\n# {path}\n")).nth(1).unwrap();
    block.split("```").next().unwrap().to_owned()
}

#[test]
fn template_of_the_page_is_what_the_page_s_catalog_gives() {
    let files = ["catalog/settings.yaml", "catalog/portfolios/data-platform.yaml", "catalog/marketplace/baseline.yaml"];
    let texts = files.map(of_the_page);
    let pairs: Vec<(&str, &str)> = files.iter().copied().zip(texts.iter().map(String::as_str)).collect();
    let bed = Bed::new("", &pairs);
    assert_eq!(iam(&bed, &["--format=cloudformation"]).ends(0).stdout, of_the_page("roles.yaml"));
}

#[test]
fn kinds_that_the_page_on_many_accounts_names_are_there() {
    let page = include_str!("../../../../docs/many-accounts.md");
    let settings = page.split("```yaml\n# catalog/settings.yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let list = |organization: &str, id: &str| {
        format!("approved: [prod-4xk6p2ab3cdef]\nexperiences: [{{organization: {organization}, id: {id}}}]\n")
    };
    let bed = Bed::new(
        "",
        &[
            ("catalog/settings.yaml", settings),
            ("catalog/portfolios/data.yaml", "portfolio: Data\nshares: [{ou: Shops}]\n"),
            ("catalog/marketplace/one.yaml", &list("acme", "exp-1234abcd")),
            ("catalog/marketplace/two.yaml", &list("subsidiary", "exp-9999zzzz")),
        ],
    );
    assert_eq!(names(&bed), ["entry-hub", "marketplace-acme", "marketplace-subsidiary"]);
    for line in page.lines().filter(|line| line.starts_with("catalog-sync iam")) {
        let line = line.replace("OWNER/REPO", "acme/catalog").replace('…', "1");
        let words = line.split([' ']).skip(1).take_while(|word| !["#", ">"].contains(word));
        bed.run(&words.collect::<Vec<_>>()).ends(0);
    }
    // The roles behind an entry role need no repository, since no token enters them. A token enters these, so the
    // command needs one.
    bed.run(&["iam", "--kind=entry-hub", "--format=cloudformation"]).ends(2);
}
