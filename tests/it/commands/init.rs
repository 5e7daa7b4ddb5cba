//! `init` as a new user runs it.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

use super::bed::Bed;

const ACTION: &str = "acme/catalog-sync@0123456789abcdef0123456789abcdef01234567";
const GIVEN: [&str; 6] = [
    "init",
    "--name=acme",
    "--organization=o-acme000001",
    "--service-catalog-account=111111111111",
    "--marketplace-account=111111111112",
    "--region=eu-west-1",
];
const WRITTEN: [&str; 8] = [
    "catalog/settings.yaml",
    "catalog/portfolios/example.yaml",
    "catalog/marketplace/example.yaml",
    ".github/workflows/catalog-plan.yml",
    ".github/workflows/catalog-review.yml",
    ".github/workflows/catalog-apply.yml",
    ".github/workflows/catalog-drift.yml",
    ".github/workflows/catalog-due.yml",
];

fn folder() -> Bed {
    let bed = Bed::new("", &[]);
    fs::remove_file(bed.path("world.yaml")).unwrap();
    bed
}

/// Every file in a folder, by its path.
fn files(bed: &Bed) -> Vec<String> {
    fn collect(folder: &Path, before: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{before}{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                collect(&entry.path(), &format!("{path}/"), found);
            } else {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    collect(&bed.path(""), "", &mut found);
    found.sort();
    found
}

fn sorted(paths: &[&str]) -> Vec<String> {
    let mut paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    paths.sort();
    paths
}

/// The example of docs/adopt.md that begins with this path, without its first line.
fn of_the_page(path: &str) -> String {
    let page = include_str!("../../../docs/adopt.md");
    let block = page.split(&format!("```yaml\n# {path}")).nth(1).unwrap().split("```").next().unwrap();
    block.split_once('\n').unwrap().1.to_owned()
}

#[test]
fn files_are_written_named_and_sound() {
    let bed = folder();
    let action = format!("--action={ACTION}");
    let ran = bed
        .run(&[&GIVEN[..], &[&action]].concat())
        .ends(0)
        .says("Make the roles: `catalog-sync iam --repository OWNER/NAME");
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), WRITTEN);
    assert_eq!(files(&bed), sorted(&WRITTEN));
    assert_snapshot!(bed.read("catalog/settings.yaml"), @r#"
    # Where things live, and how to get in.
    version: 1
    organizations:
      acme: # the other files call it so
        id: o-acme000001
        service_catalog_account: "111111111111" # owns the portfolios
        marketplace_account: "111111111112" # governs the private marketplace
    access:
      role: arn:aws:iam::{account}:role/catalog-sync-{mode} # a role for each: {mode} becomes plan or apply
    regions: [eu-west-1] # where portfolios live unless their file says otherwise
    safety:
      max_removals: 20 # more removals need a person's approval
    "#);
    for path in WRITTEN.iter().filter(|path| !path.starts_with("catalog/")) {
        assert_eq!(bed.read(path), of_the_page(path).replace("ACTION@COMMIT", ACTION), "{path}");
    }
    let findings = bed.run(&["validate", "--format", "json"]).ends(0).json();
    assert_eq!(findings["findings"], serde_json::json!([]));
    bed.run(&["fmt", "--check"]).ends(0);
    let plan = bed.run(&["plan", "--sandbox", "--format", "json"]).ends(0).json();
    assert_eq!(plan["summary"]["unreadable"], 0, "{plan:#}");
}

#[test]
fn roles_are_those_that_iam_describes() {
    let bed = folder();
    let repository = ["--repository=acme/catalog", "--owner-id=1", "--repository-id=22"];
    let ran = bed.run(&[&GIVEN[..], &repository].concat()).ends(0);
    let ran = ran.says("roles-hub.yaml in 111111111111; roles-marketplace.yaml in 111111111112");
    assert!(ran.stdout.contains("roles-hub.yaml\nroles-marketplace.yaml\n"), "{}", ran.stdout);
    for kind in ["hub", "marketplace"] {
        let kind_option = format!("--kind={kind}");
        let iam = [&["iam", "--format=cloudformation", &kind_option], &repository[..]].concat();
        assert_eq!(bed.run(&iam).ends(0).stdout, bed.read(&format!("roles-{kind}.yaml")));
    }
    let bed = folder();
    bed.run(&[&GIVEN[..4], &["--region=us-east-1"], &repository].concat()).ends(0).says("roles.yaml in 111111111111");
    folder().run(&[&GIVEN[..], &repository[..1]].concat()).ends(2).says("--owner-id");
}

#[test]
fn words_of_the_page_stay_where_no_action_was_given() {
    let bed = folder();
    bed.run(&GIVEN).ends(0).says("in place of ACTION@COMMIT");
    assert_eq!(bed.read(WRITTEN[3]), of_the_page(WRITTEN[3]));
}

#[test]
fn only_what_is_used_is_written() {
    let bed = folder();
    bed.run(&["init", "--name=acme", "--organization=o-acme000001", "--marketplace-account=111111111112"]).ends(0);
    assert!(!bed.path("catalog/portfolios").exists());
    assert!(!bed.read("catalog/settings.yaml").contains("regions"));
    bed.run(&["validate"]).ends(0);
    let bed = folder();
    bed.run(&[&GIVEN[..4], &GIVEN[5..]].concat()).ends(0);
    assert!(!bed.path("catalog/marketplace").exists());
    bed.run(&["validate"]).ends(0);
    bed.run(&["fmt", "--check"]).ends(0);
}

#[test]
fn catalog_in_another_folder_is_told_to_the_workflows() {
    let bed = folder();
    bed.run(&[&GIVEN[..], &["--catalog", "./infra/the catalog/"]].concat()).ends(0);
    bed.run(&["validate", "--catalog", "infra/the catalog"]).ends(0);
    for path in &WRITTEN[3..] {
        let workflow: serde_json::Value = serde_yaml::from_str(&bed.read(path)).unwrap();
        let jobs = workflow["jobs"].as_object().unwrap().values();
        let steps = jobs.flat_map(|job| job["steps"].as_array().unwrap());
        let step = steps.filter(|step| step["uses"] == "ACTION@COMMIT").collect::<Vec<_>>();
        assert_eq!(step.len(), 1, "{path}");
        assert_eq!(step[0]["with"]["catalog"], "infra/the catalog", "{path}");
    }
    assert!(bed.read(WRITTEN[7]).contains("\n          command: due\n"));
    for path in ["/tmp/catalog", "../catalog", "a/../../b"] {
        folder().run(&[&GIVEN[..], &["--catalog", path]].concat()).ends(2).says("give a path below it");
    }
}

#[test]
fn world_to_try_it_in_is_written_and_nothing_has_to_be_given() {
    let bed = folder();
    let ran = bed.run(&["init", "--sandbox"]).ends(0).says("catalog-sync plan --sandbox=world.yaml");
    assert!(ran.stdout.ends_with("\nworld.yaml\n"), "{}", ran.stdout);
    bed.run(&["validate"]).ends(0);
    bed.run(&["fmt", "--check"]).ends(0);
    let plan = bed.run(&["plan", "--sandbox=world.yaml", "--format", "json"]).ends(0).json();
    let summary = &plan["summary"];
    assert_eq!((&summary["targets"], &summary["unreadable"]), (&2.into(), &0.into()), "{plan:#}");
    assert!(summary["creates"].as_u64().unwrap() > 0, "{plan:#}");
    assert_eq!(summary["warnings"], 0, "{plan:#}");
    bed.run(&["apply", "--auto-approve", "--sandbox=world.yaml"]).ends(0);
    bed.run(&["plan", "--sandbox=world.yaml", "--detailed-exitcode"]).ends(0).shows("In step");
    let sandboxed = |path: &str| bed.read(path).contains("\n          sandbox: \"true\"");
    let sandboxed: Vec<&str> = WRITTEN[3..].iter().copied().filter(|path| sandboxed(path)).collect();
    assert_eq!(sandboxed, [WRITTEN[3], WRITTEN[5], WRITTEN[6], WRITTEN[7]]);

    let bed = folder();
    let ran = bed.run(&[&GIVEN[..], &["--sandbox=try/mine.yaml"]].concat()).ends(0);
    assert!(ran.stdout.ends_with("\ntry/mine.yaml\n"), "{}", ran.stdout);
    bed.run(&["plan", "--sandbox=try/mine.yaml"]).ends(0);
}

#[test]
fn nothing_is_written_over_or_by_way_of_a_link() {
    let bed = folder();
    bed.run(&GIVEN).ends(0);
    fs::remove_file(bed.path(WRITTEN[0])).unwrap();
    bed.write(WRITTEN[1], "mine");
    let ran = bed.run(&GIVEN).ends(1).says("nothing was written");
    for path in &WRITTEN[1..] {
        assert!(ran.stderr.contains(&format!("\n  {path}\n")), "{path}: {}", ran.stderr);
    }
    assert!(!bed.path(WRITTEN[0]).exists() && !ran.stderr.contains(WRITTEN[0]), "{}", ran.stderr);
    assert_eq!((bed.read(WRITTEN[1]).as_str(), ran.stdout.as_str()), ("mine", ""));

    let bed = folder();
    fs::create_dir(bed.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", bed.path(".github")).unwrap();
    bed.run(&GIVEN).ends(1).says(".github, a symbolic link in place of a folder");
    assert_eq!(files(&bed), [".github"]);
}

#[test]
fn bad_values_are_told_at_once_with_what_to_write() {
    let bed = folder();
    let ran = bed
        .run(&[
            "init",
            "--name=Acme Inc",
            "--organization=acme",
            "--service-catalog-account=11111111111",
            "--marketplace-account=1111-1111-1111",
            "--region=Ireland",
            "--action=acme/catalog-sync@v1",
        ])
        .ends(2);
    assert_snapshot!(ran.stderr, @"error: --name: `Acme Inc` is not a name of lower-case letters, digits and hyphens: write one such as `acme`. --organization: `acme` is not an organization id (o-…, 10 to 32 letters or digits): `aws organizations describe-organization` shows it. --service-catalog-account: `11111111111` is not an AWS account id (12 digits): `aws sts get-caller-identity` shows the number of the account that one is in. --marketplace-account: `1111-1111-1111` is not an AWS account id (12 digits): write the 12 digits of the management account or a delegated administrator. --region: `Ireland` is not an AWS region (such as us-east-1): write its code, such as us-east-1. --action: `acme/catalog-sync@v1` is not OWNER/REPOSITORY@COMMIT with a full commit (40 digits 0-9, a-f): write the full commit that you have looked at: a branch or a tag can be moved");
    bed.run_with(&GIVEN[..5], &[("CATALOG_SYNC_REGION", "us-east-1"), ("CATALOG_SYNC_ACTION", "x")]).ends(2);
    assert_eq!(files(&bed), [""; 0]);
}

#[test]
fn region_that_may_be_new_is_warned_of_as_validate_does() {
    let bed = folder();
    let given = [&GIVEN[..5], &["--region=eu-west-7"]].concat();
    bed.run(&given).ends(0).says("warning: ").says("`eu-west-7`").says("did you mean `eu-west-1`?");
}

#[test]
fn options_that_are_missing_are_named_where_nobody_can_be_asked() {
    let bed = folder();
    let ran = bed.run(&["init"]).ends(2);
    assert_snapshot!(ran.stderr, @"error: there is no terminal to ask on, and these options are missing: --name; --organization; --service-catalog-account or --marketplace-account, or both; --region, where there is an account that owns portfolios. For a try without AWS: `catalog-sync init --sandbox`");
    bed.run(&GIVEN[..5]).ends(2).says("are missing: --region");
    bed.run(&[&GIVEN[..3], &GIVEN[5..]].concat()).ends(2).says("missing: --service-catalog-account or");
    assert_eq!(files(&bed), [""; 0]);
}

#[test]
fn folder_inside_of_a_repository_is_told() {
    let bed = folder();
    fs::create_dir_all(bed.path(".git")).unwrap();
    fs::create_dir_all(bed.path("inside")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_catalog-sync"));
    let ran = command.args(GIVEN).current_dir(bed.path("inside")).output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.success() && said.contains("only at the top of a repository"), "{said}");
    let ran = bed.run(&GIVEN).ends(0);
    assert!(!ran.stderr.contains("at the top"), "{}", ran.stderr);
}

/// What a terminal shows and the exit status, after this input was typed.
fn typed(bed: &Bed, command: &str, words: &str) -> (i32, String) {
    let command = format!("{} {command}", env!("CARGO_BIN_EXE_catalog-sync"));
    let mut script = Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).current_dir(bed.path("")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut script = script.spawn().expect("util-linux has `script`");
    script.stdin.take().unwrap().write_all(words.as_bytes()).unwrap();
    let output = script.wait_with_output().unwrap();
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
#[cfg(target_os = "linux")]
fn answers_are_asked_for_on_a_terminal() {
    let bed = folder();
    let words = "acme\no-short\no-acme000001\n\n\n111111111111\n\n\neu-west-1\n\n";
    let (status, shown) = typed(&bed, "init", words);
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("`o-short` is not an organization id"), "{shown}");
    assert!(shown.contains("one of the two is needed") && shown.contains("This is needed"), "{shown}");
    assert!(bed.read("catalog/settings.yaml").contains("service_catalog_account: \"111111111111\""));
    bed.run(&["validate"]).ends(0);

    let bed = folder();
    let (status, shown) = typed(&bed, "init --name=acme --organization=o-acme000001", "\n111111111112\n\n");
    assert_eq!(status, 0, "{shown}");
    assert!(!shown.contains("A name for"), "{shown}");
    assert!(bed.path("catalog/marketplace/example.yaml").exists() && !bed.path("catalog/portfolios").exists());
}

#[test]
#[cfg(target_os = "linux")]
fn answers_that_end_in_the_middle_write_nothing() {
    let bed = folder();
    for words in ["", "acme\n", "acme\no-acme000001\n111111111111\n"] {
        let (status, shown) = typed(&bed, "init", words);
        assert_eq!(status, 1, "{shown}");
        assert!(shown.contains("the input ended before --"), "{shown}");
        assert_eq!(files(&bed), [""; 0]);
    }
}
