//! `import`: the files that it writes match what is live, and it overwrites no other file.

use std::fs;

use catalog_sync::sandbox::Principal;

use super::bed::Bed;

/// The example's world and settings, and no other file.
fn bed() -> Bed {
    let bed = Bed::example();
    fs::remove_dir_all(bed.path("catalog/portfolios")).unwrap();
    fs::remove_dir_all(bed.path("catalog/marketplace")).unwrap();
    bed.change_world(|_| {});
    bed
}

#[test]
fn page_about_import_shows_what_is_so() {
    let page = include_str!("../../../docs/import.md");
    let bed = bed();
    for block in page.split("```console\n").skip(1) {
        // A test in adopt.rs has the world for this block.
        if block.starts_with("$ catalog-sync import --adopt") {
            continue;
        }
        let (command, picture) = block.split("```").next().unwrap().split_once('\n').unwrap();
        let arguments: Vec<&str> = command.split(' ').skip(2).filter(|it| *it != "--sandbox").collect();
        let shown = bed.sandbox(&arguments).ends(0).stdout;
        let mut rest = shown.lines();
        for line in picture.lines().filter(|line| *line != "…") {
            assert!(rest.any(|shown| shown == line), "not so, or not here: {line}\n{shown}");
        }
    }
    bed.run(&["fmt", "--check"]).ends(0);
}

#[test]
fn files_are_shown_and_not_written() {
    let bed = bed();
    let shown =
        bed.sandbox(&["import", "--dry-run", "--portfolio", "Golden Images", "--experience", "exp-subscorp0001"]);
    insta::assert_snapshot!(shown.ends(0).stdout);
    assert!(!bed.path("catalog/portfolios").exists());
}

#[test]
fn what_a_file_governs_is_left_to_it_unless_it_is_to_be_written_anew() {
    let bed = bed();
    bed.sandbox(&["import"]).ends(0);
    bed.edit("catalog/portfolios/golden-images.yaml", "shares:\n  - organization: acme\n", "shares: [] # mine\n");
    let mine = bed.read("catalog/portfolios/golden-images.yaml");
    bed.sandbox(&["import"])
        .ends(0)
        .says("portfolios/golden-images.yaml governs it already")
        .says("Nothing to import.");
    assert_eq!(bed.read("catalog/portfolios/golden-images.yaml"), mine);
    let again = bed.sandbox(&["import", "--force", "--portfolio", "Golden Images"]).ends(0);
    assert_eq!(again.stdout, "catalog/portfolios/golden-images.yaml\n");
    assert!(bed.read("catalog/portfolios/golden-images.yaml").contains("- organization: acme"));
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
}

#[test]
fn file_that_governs_more_than_what_is_imported_stays_as_it_is() {
    let bed = bed();
    bed.sandbox(&["import"]).ends(0);
    let path = "catalog/marketplace/corporate.yaml";
    fs::remove_file(bed.path("catalog/marketplace/engineering.yaml")).unwrap();
    bed.edit(path, "experiences:\n", "experiences:\n  - {organization: subsidiary, name: Engineering}\n");
    let before = bed.read(path);
    let again = bed.sandbox(&["import", "--force", "--experience", "Corporate"]).ends(0);
    again.says("governs others, too").says("Nothing to import.");
    assert_eq!(bed.read(path), before);
}

#[test]
fn file_of_another_thing_is_not_written_over() {
    let bed = bed();
    bed.write("catalog/portfolios/golden-images.yaml", "id: port-otherimages01\nregions: [us-east-1]\nshares: []\n");
    let written = bed.sandbox(&["import", "--portfolio", "Golden Images"]).ends(0);
    assert_eq!(written.stdout, "catalog/portfolios/golden-images-us-east-1.yaml\n");
    std::os::unix::fs::symlink("elsewhere", bed.path("catalog/portfolios/network-basics.yaml")).unwrap();
    bed.sandbox(&["import", "--portfolio", "Network Basics"]).ends(1);
    assert!(!bed.path("catalog/portfolios/elsewhere").exists());
}

#[test]
fn what_can_not_be_read_is_said_and_the_rest_is_written() {
    let bed = bed();
    bed.fault("{operation: ListPortfolios, error: {code: AccessDeniedException, message: 'no'}}");
    let ran = bed.sandbox(&["import"]).ends(1).says("ListPortfolios").says("4 files written");
    assert!(ran.stdout.lines().all(|line| line.starts_with("catalog/marketplace/")), "{}", ran.stdout);
    let bed = self::bed();
    bed.sandbox(&["import", "--experience", "Nobody"])
        .ends(1)
        .says("no experience of that name or id was found: Nobody");
    bed.sandbox(&["import", "--organization", "nobody"]).ends(2).says("there is no organization `nobody`");
}

#[test]
fn who_may_launch_becomes_entries_of_recipients() {
    let bed = bed();
    bed.change_world(|world| {
        for account in ["555555555551", "555555555552"] {
            let import =
                world.region_mut(account, "us-east-1").imports.entry("port-goldenimages1".to_owned()).or_default();
            import.principals = vec![Principal::new(format!("arn:aws:iam::{account}:role/team/Engineer"))];
        }
        let import = world.region_mut("555555555551", "us-east-1").imports.get_mut("port-goldenimages1").unwrap();
        let pattern = "arn:aws:iam:::role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Data_????????????????";
        import.principals.push(Principal::new(pattern));
    });
    bed.sandbox(&["import", "--recipients", "--portfolio", "Golden Images"]).ends(0);
    insta::assert_snapshot!(bed.read("catalog/portfolios/golden-images.yaml"));
    bed.run(&["fmt", "--check"]).ends(0);
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
    // The same principals in all accounts below an OU become one entry.
    bed.change_world(|world| {
        for account in ["555555555551", "555555555552"] {
            let import =
                world.region_mut(account, "us-east-1").imports.entry("port-sandboxtools1".to_owned()).or_default();
            import.principals = vec![Principal::new(format!("arn:aws:iam::{account}:role/Developer"))];
        }
    });
    bed.sandbox(&["import", "--recipients", "--force", "--portfolio", "Developer Sandbox"]).ends(0);
    insta::assert_snapshot!(bed.read("catalog/portfolios/developer-sandbox.yaml"));
    bed.sandbox(&["plan", "--target", "*/developer-sandbox/**"]).ends(0).shows("nothing to change");
}

#[test]
fn region_that_can_not_be_read_takes_no_names_from_the_others() {
    let bed = bed();
    bed.edit("catalog/settings.yaml", "regions: [us-east-1]", "regions: [us-east-1, eu-west-1]");
    bed.fault("{operation: ListPortfolios, region: eu-west-1, error: {code: AccessDeniedException, message: 'no'}}");
    bed.sandbox(&["import"]).ends(1).says("eu-west-1");
    assert!(bed.read("catalog/portfolios/developer-sandbox.yaml").contains("- ou: Sandboxes\n"));
}

#[test]
fn whom_a_unit_reaches_is_no_small_matter_where_entries_depend_on_it() {
    for (more, status) in [(&[][..], 0), (&["--recipients"][..], 1)] {
        let bed = bed();
        bed.fault(
            "{service: organizations, operation: 'ListAccounts*', error: {code: AccessDeniedException, message: 'no'}}",
        );
        bed.sandbox(&[&["import", "--portfolio", "Golden Images"], more].concat()).ends(status);
        assert!(!bed.read("catalog/portfolios/golden-images.yaml").contains("recipients:"));
    }
}

#[test]
fn catalog_may_be_named_in_any_way_that_leads_to_it() {
    for is_absolute in [false, true] {
        let bed = bed();
        let path = if is_absolute { bed.path("catalog").display().to_string() } else { "./catalog/".to_owned() };
        let import = |more: &[&str]| {
            let catalog = format!("--catalog={path}");
            bed.sandbox(&[&["import", &catalog, "--portfolio", "Golden Images"], more].concat()).ends(0)
        };
        import(&[]).shows("catalog/portfolios/golden-images.yaml");
        assert!(bed.read("catalog/portfolios/golden-images.yaml").contains("organization: acme"));
        import(&[]).says("governs it already");
        import(&["--force"]).shows("catalog/portfolios/golden-images.yaml");
    }
}

#[test]
fn where_there_is_no_catalog_one_is_begun() {
    let bed = Bed::example();
    fs::remove_dir_all(bed.path("catalog")).unwrap();
    bed.change_world(|world| world.start = Some("111111111112".to_owned()));
    let shown = bed.sandbox(&["import", "--dry-run", "--experience", "Data Science", "--portfolio", "Golden Images"]);
    let shown = shown.ends(0).says("# GAP: AWS_REGION names none");
    assert!(!bed.path("catalog").exists());
    insta::assert_snapshot!(shown.stdout);
    let ran = bed.sandbox(&["import", "--organization", "corp"]).ends(0);
    assert!(
        ran.stdout.contains("catalog/settings.yaml\n") && ran.stdout.contains("catalog/portfolios/"),
        "{}",
        ran.stdout
    );
    assert!(bed.read("catalog/settings.yaml").contains("\n  corp: # the other files call it so\n"));
    bed.run(&["fmt", "--check"]).ends(0);
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
    // A second import leaves the settings as they are.
    let settings = bed.read("catalog/settings.yaml");
    bed.sandbox(&["import"]).ends(0).says("Nothing to import.");
    assert_eq!(bed.read("catalog/settings.yaml"), settings);
    // The catalog is the current folder.
    let here = Bed::new("", &[]);
    fs::remove_file(here.path("world.yaml")).unwrap();
    let world = format!("--sandbox={}", bed.path("world.yaml").display());
    let ran = here.run(&["import", "--catalog", ".", "--portfolio", "Golden Images", &world]).ends(0);
    assert_eq!(ran.stdout, "portfolios/golden-images.yaml\nsettings.yaml\n");
    // If AWS does not answer what the settings need, no file is written.
    fs::remove_dir_all(bed.path("catalog")).unwrap();
    bed.fault("{operation: DescribeOrganization, error: {code: AccessDeniedException, message: 'no'}}");
    bed.sandbox(&["import"]).ends(1).says("catalog-sync init").says("DescribeOrganization");
    assert!(!bed.path("catalog").exists());
    bed.sandbox(&["import", "--organization", "a", "--organization", "b"]).ends(2);
}

#[test]
fn what_a_catalog_has_made_in_the_accounts_comes_into_its_entries() {
    let bed = Bed::in_step();
    fs::remove_dir_all(bed.path("catalog/portfolios")).unwrap();
    fs::remove_dir_all(bed.path("catalog/marketplace")).unwrap();
    bed.sandbox(&["import", "--recipients"]).ends(0);
    insta::assert_snapshot!(bed.read("catalog/portfolios/developer-sandbox.yaml"));
    bed.run(&["fmt", "--check"]).ends(0);
    bed.sandbox(&["plan"]).ends(0).shows("nothing to change");
    // In one account the local portfolio has lost its products, so it does not become part of an entry.
    let path = "catalog/portfolios/developer-sandbox.yaml";
    fs::remove_file(bed.path(path)).unwrap();
    bed.change_world(|world| {
        let region = world.region_mut("555555555551", "us-east-1");
        let local = region.portfolios.values_mut().find(|it| it.name == "Developer Sandbox").unwrap();
        local.products.clear();
        local.constraints.clear();
    });
    bed.sandbox(&["import", "--recipients", "--portfolio", "Developer Sandbox"])
        .ends(0)
        .says("account 555555555551 with the tag `developer-sandbox`")
        .says("it holds copies, or none of the products");
    assert_eq!(bed.read(path).matches("local_portfolio").count(), 1, "{}", bed.read(path));
    bed.sandbox(&["plan", "--target", "*/developer-sandbox/**"]).ends(0).shows("nothing to change");
    // A file of another name would not recognise the portfolios that were made: they are tagged with the first file's
    // name.
    fs::remove_file(bed.path(path)).unwrap();
    bed.write(path, "id: port-goldenimages1\nregions: [us-east-1]\nshares: [{organization: acme}]\n");
    let ran = bed.sandbox(&["import", "--recipients", "--portfolio", "Developer Sandbox"]).ends(0);
    ran.says("they carry the name of another file than developer-sandbox-us-east-1.yaml");
}
