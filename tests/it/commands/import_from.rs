//! `import --from`: other tools' files become catalog files, and what a catalog can't hold is reported.

use std::fs;
use std::path::Path;

use super::bed::{Bed, Ran};

const SETTINGS: &str = include_str!("../foreign/samples/settings.yaml");

/// A catalog with settings alone, and the samples beside it.
fn bed() -> Bed {
    let bed = Bed::new("", &[("catalog/settings.yaml", SETTINGS)]);
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/foreign/samples");
    for entry in fs::read_dir(samples).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, bed.path(path.file_name().unwrap().to_str().unwrap())).unwrap();
    }
    bed
}

/// The output of a dry run. The files of the real run pass `fmt` and `validate`.
fn imported(bed: &Bed, files: &[&str]) -> String {
    let from: Vec<String> = files.iter().map(|file| format!("--from={file}")).collect();
    let mut arguments = vec!["import"];
    arguments.extend(from.iter().map(String::as_str));
    let shown = bed.run(&[&arguments[..], &["--dry-run"]].concat()).ends(0);
    bed.run(&arguments).ends(0);
    bed.run(&["fmt", "--check"]).ends(0);
    bed.run(&["validate"]).ends(0);
    format!("{}\n--- said\n{}", shown.stdout, shown.stderr)
}

#[test]
fn landing_zone_accelerator() {
    insta::assert_snapshot!(imported(&bed(), &["customizations-config.yaml"]));
}

#[test]
fn accounts_of_the_accelerator_are_found_beside_its_file_or_given() {
    let bed = bed();
    fs::create_dir(bed.path("elsewhere")).unwrap();
    fs::rename(bed.path("accounts-config.yaml"), bed.path("elsewhere/accounts-config.yaml")).unwrap();
    bed.run(&["import", "--dry-run", "--from=customizations-config.yaml"])
        .ends(0)
        .says("whether it lives in the `service_catalog_account` of acme can't be told")
        .says("the id of account `SharedServices` is not known")
        .lacks("444444444444")
        .shows("unlisted_shares: keep");
    bed.run(&["import", "--dry-run", "--from=customizations-config.yaml", "--from=elsewhere/accounts-config.yaml"])
        .ends(0)
        .shows("- account: \"444444444444\" # SharedServices");
}

#[test]
fn service_catalog_puppet() {
    insta::assert_snapshot!(imported(&bed(), &["manifest.yaml"]));
}

#[test]
fn terraform_state() {
    insta::assert_snapshot!(imported(&bed(), &["terraform.tfstate"]));
}

#[test]
fn what_terraform_shows_is_what_its_state_says() {
    let files = |file: &str| bed().run(&["import", "--dry-run", "--from", file]).ends(0);
    let (state, shown) = (files("terraform.tfstate"), files("show.json"));
    assert_eq!(state.stdout, shown.stdout);
    let without_places = |ran: &Ran| {
        let lines = ran.stderr.lines().map(|line| line.splitn(5, ':').last().unwrap().to_owned());
        lines.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(without_places(&state), without_places(&shown));
}

#[test]
fn private_marketplace_automation() {
    insta::assert_snapshot!(imported(&bed(), &["Experience_Corporate#1_0.json", "Experience_Corporate#1_1.json"]));
}

#[test]
fn csv_of_product_ids() {
    insta::assert_snapshot!(imported(&bed(), &["approved-2026.csv"]));
}

#[test]
fn file_that_is_none_of_them_is_told_why() {
    let bed = bed();
    bed.write("other.yaml", "kind: Deployment\nspec: {}\n");
    let ran = bed.run(&["import", "--from=other.yaml"]).ends(1);
    insta::assert_snapshot!(ran.stderr);
    bed.run(&["import", "--from=other.yaml", "--from-format=lza"]).ends(1).says("there is no `customizations` here");
    bed.run(&["import", "--from=manifest.yaml", "--from=show.json"]).ends(2).says("one tool at a time");
    bed.run(&["import", "--from=nothing.yaml"]).ends(1).says("can't read nothing.yaml");
    bed.run(&["import", "--from=catalog"]).ends(1).says("it is a folder");
    assert!(!bed.path("catalog/portfolios").exists());
}

#[test]
fn terraform_share_without_a_portfolio_keeps_the_live_shares_of_every_portfolio() {
    let bed = Bed::new("", &[("catalog/settings.yaml", SETTINGS)]);
    let share = |address: &str, portfolio: &str| {
        format!(
            r#"{{"mode": "managed", "type": "aws_servicecatalog_portfolio_share", "name": "{address}", "instances": [{{
            "attributes": {{{portfolio}"type": "ACCOUNT", "principal_id": "333333333331"}}}}]}}"#
        )
    };
    let (lost, outside) =
        (share("a", ""), share("b", r#""portfolio_id": "port-elsewhere0001", "region": "us-east-1", "#));
    let state = format!(r#"{{"version": 4, "terraform_version": "1.13.4", "resources": [{lost}, {outside}]}}"#);
    bed.write("terraform.tfstate", &state);
    bed.run(&["import", "--dry-run", "--from=terraform.tfstate"])
        .ends(0)
        .says("a share without a `portfolio_id`")
        .shows("port-elsewhere0001")
        .shows("unlisted_shares: keep");
}

#[test]
fn bad_files_are_errors_with_their_place() {
    let bed = bed();
    let fails = |name: &str, text: &str, more: &[&str], says: &str| {
        bed.write(name, text);
        bed.run(&[&["import", "--from", name], more].concat()).ends(1).says(says);
    };
    let state = bed.read("terraform.tfstate");
    fails("cut.json", &state[..state.len() / 2], &["--from-format=terraform"], "cut.json:");
    fails("cut.yaml", "customizations:\n  serviceCatalogPortfolios: [", &["--from-format=lza"], "cut.yaml:2:");
    fails("jinja.yaml", "accounts:\n{% for x in y %}\n", &["--from-format=puppet"], "have to be filled in first");
    fails("empty.yaml", "# nothing\n", &["--from-format=puppet"], "empty.yaml:1:1: this file says nothing");
    fails("old.tfstate", r#"{"version": 3, "terraform_version": "0.11", "resources": []}"#, &[], "old.tfstate:1:13");
    fails(
        "plan.json",
        r#"{"format_version": "1.2", "terraform_version": "1.9", "planned_values": {}}"#,
        &[],
        "this is a plan",
    );
    fails(
        "list.csv",
        "id,name\nprod-4xk6p2ab3cdef,\"open\n",
        &[],
        "list.csv:2:20: a quotation mark here is never closed",
    );
    fails("two.csv", "prod-4xk6p2ab3cdef,Datadog\n", &["--from-format=csv"], "two.csv:1:1: the first line has to name");
    fs::write(bed.path("latin.csv"), b"id,name\nprod-4xk6p2ab3cdef,B\xfcro\n").unwrap();
    bed.run(&["import", "--from=latin.csv"]).ends(1).says("latin.csv:2:21: this is not UTF-8");
    let large = fs::File::create(bed.path("large.json")).unwrap();
    large.set_len(100 * 1024 * 1024).unwrap();
    bed.run(&["import", "--from=large.json"]).ends(1).says("it has more than 64 MiB");
    let bomb = (1..40).fold("accounts: &a0 [x, x]\n".to_owned(), |text, level| {
        format!("{text}x{level}: &a{level} [*a{0}, *a{0}]\n", level - 1)
    });
    fails("bomb.yaml", &bomb, &["--from-format=puppet"], "with each alias counted in full");
    let deep = format!("customizations: {}{}", "[".repeat(90_000), "]".repeat(90_000));
    bed.write("deep.yaml", &deep);
    bed.run(&["import", "--from=deep.yaml", "--from-format=lza"]).ends(1);
    assert!(!bed.path("catalog/portfolios").exists() && !bed.path("catalog/marketplace").exists());
}

#[test]
fn wrong_types_are_left_out_with_their_place() {
    let bed = bed();
    bed.write(
        "customizations-config.yaml",
        "customizations:\n  serviceCatalogPortfolios:\n    - name: [Data]\n    - name: A\n      account: Management\n      regions: us-east-1\n    \
         - name: B\n      account: Management\n      regions: [us-east-1, nowhere]\n      shareTargets: [x]\n      shareTagOptions: maybe\n    \
         - !Include portfolios.yaml\n    - name: \"{{ name }}\"\n    - <<: {name: C, account: Management, regions: [us-east-1]}\n      \
         name: D\n      name: E\n",
    );
    let ran = bed.run(&["import", "--dry-run", "--from=customizations-config.yaml"]).ends(0);
    insta::assert_snapshot!(format!("{}\n--- said\n{}", ran.stdout, ran.stderr));
}

#[test]
fn names_stay_names_whatever_they_hold() {
    let bed = bed();
    let nasty = "\u{1b}[31mred: \\\"#!&*\\u202e{{\\n- x";
    bed.write(
        "x.json",
        &format!(r#"{{"Name": "{}", "AllowProducts": ["prod-4xk6p2ab3cdef"]}}"#, nasty.replace('\u{1b}', "\\u001b")),
    );
    let ran = bed.run(&["import", "--from=x.json"]).ends(0);
    assert!(!ran.stderr.contains('\u{1b}') && ran.stderr.contains("control characters"), "{}", ran.stderr);
    bed.write("y.json", r#"{"Name": "a: \"b\" # c\u202e - &d *e !f", "AllowProducts": ["prod-4xk6p2ab3cdef"]}"#);
    bed.run(&["import", "--from=y.json"]).ends(0).shows("catalog/marketplace/a-b-c-d-e-f.yaml");
    bed.run(&["validate"]).ends(0);
    assert!(bed.read("catalog/marketplace/a-b-c-d-e-f.yaml").contains(r#"name: "a: \"b\" # c\u202e - &d *e !f""#));
}

#[test]
fn nothing_is_written_over_without_force() {
    let bed = bed();
    bed.write("catalog/marketplace/approved-2026.yaml", "approved: [prod-4xk6p2ab3cdef] # mine\n");
    bed.run(&["import", "--from=approved-2026.csv"])
        .ends(0)
        .says("marketplace/approved-2026.yaml is there already, and stays as it is without --force")
        .says("Nothing to import.");
    assert!(bed.read("catalog/marketplace/approved-2026.yaml").contains("# mine"));
    bed.run(&["import", "--from=approved-2026.csv", "--force"]).ends(0).shows("catalog/marketplace/approved-2026.yaml");
    assert!(bed.read("catalog/marketplace/approved-2026.yaml").contains("Snyk"));
    bed.run(&["import", "--from=approved-2026.csv", "--name=procurement"])
        .ends(0)
        .shows("catalog/marketplace/procurement.yaml");
    bed.run(&["import", "--from=approved-2026.csv", "--name=Not a name"]).ends(2);
    bed.run(&["import", "--from=manifest.yaml", "--name=one"]).ends(2).says("--name is for a single file");
    // A file of another name holds the same portfolio already.
    bed.run(&["import", "--from=terraform.tfstate"]).ends(0);
    fs::rename(bed.path("catalog/portfolios/golden-images.yaml"), bed.path("catalog/portfolios/images.yaml")).unwrap();
    bed.run(&["import", "--from=terraform.tfstate"]).ends(1).says("nothing was written");
    assert!(!bed.path("catalog/portfolios/golden-images.yaml").exists());
}

#[test]
fn organization_is_named_where_it_can_not_be_told() {
    let bed = bed();
    let more = "  subsidiary: {id: o-subs000001, marketplace_account: \"222222222221\"}\nregions";
    bed.edit("catalog/settings.yaml", "regions", more);
    bed.run(&["import", "--dry-run", "--from=terraform.tfstate"]).ends(0);
    let files = "--from=Experience_Corporate#1_0.json";
    bed.run(&["import", "--dry-run", files]).ends(2).says("Say it with --organization: acme, subsidiary");
    bed.run(&["import", "--dry-run", files, "--organization=subsidiary"])
        .ends(0)
        .shows("- organization: subsidiary")
        .says("o-acme000001 is another organization than subsidiary");
    bed.run(&["import", "--dry-run", "--from=manifest.yaml", "--organization=subsidiary"])
        .ends(2)
        .says("`subsidiary` has no `service_catalog_account`");
    bed.run(&["import", "--from=manifest.yaml", "--organization=acme", "--organization=subsidiary"]).ends(2);
    bed.run(&["import", "--from=manifest.yaml", "--recipients"]).ends(2);
    bed.run(&["import", "--from-format=csv"]).ends(2);
}

/// The fenced blocks of a page: the text after the fence, and the block.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let text: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        blocks.push((info.to_owned(), text.join("\n") + "\n"));
    }
    blocks
}

#[test]
fn pages_about_other_tools_show_what_is_so() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coming-from");
    let mut tried = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let page = fs::read_to_string(&path).unwrap();
        let bed = Bed::new("", &[("catalog/settings.yaml", SETTINGS)]);
        for (info, text) in blocks(&page) {
            match info.split_once(' ') {
                Some((_, file)) if file.starts_with("catalog/") => {
                    assert_eq!(bed.read(file), text, "{}: {file}", path.display());
                    bed.run(&["fmt", "--check"]).ends(0);
                    bed.run(&["validate"]).ends(0);
                }
                Some((_, file)) => bed.write(file, &text),
                None if info == "console" => {
                    let (command, shown) = text.split_once('\n').unwrap();
                    let arguments: Vec<&str> = command.split(' ').skip(2).collect();
                    let ran = bed.run(&arguments).ends(0);
                    assert_eq!(ran.stdout + &ran.stderr, shown, "{}", path.display());
                    tried += 1;
                }
                None => {}
            }
        }
    }
    assert_eq!(tried, 5, "an example of each");
}
