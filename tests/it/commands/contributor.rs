//! A person who can only change the catalog can't make the tool run a program or read a file outside of the catalog.

use std::fs;
use std::os::unix::fs::symlink;

use super::bed::Bed;

/// A Git repository with the example's catalog, committed.
fn repository() -> Bed {
    let bed = Bed::example();
    bed.git(&["init", "-q"]);
    bed.git(&["add", "-A"]);
    bed.git(&["commit", "-q", "-m", "The catalog"]);
    bed
}

/// Makes a folder look like a bare Git repository whose configuration names a program. Git runs the program when it
/// fetches a missing object.
fn plant(bed: &Bed, folder: &str) {
    let command = bed.path("ran");
    let config = format!(
        "[core]\n\trepositoryformatversion = 1\n\tbare = true\n\tfsmonitor = touch {0}\n\tsshCommand = touch {0}; false\n\
         [extensions]\n\tpartialClone = origin\n\
         [remote \"origin\"]\n\turl = ssh://nowhere.invalid/x\n\tpromisor = true\n",
        command.display()
    );
    bed.write(&format!("{folder}/config"), &config);
    bed.write(&format!("{folder}/HEAD"), "ref: refs/heads/main\n");
    bed.write(&format!("{folder}/refs/heads/main"), "0123456789012345678901234567890123456789\n");
    bed.write(&format!("{folder}/objects/info/packs"), "");
}

#[test]
fn a_planted_repository_runs_nothing_and_is_an_error() {
    let bed = repository();
    plant(&bed, "catalog");
    let commands: [&[&str]; 5] = [
        &["validate"],
        &["plan"],
        &["plan", "--base", "HEAD"],
        &["apply", "--auto-approve", "--base", "HEAD"],
        &["targets", "--base", "HEAD"],
    ];
    for command in commands {
        let ran = bed.sandbox(command).ends(1);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("looks_like_git") && said.contains("catalog/config"), "{command:?}: {said}");
        assert!(!bed.path("ran").exists(), "{command:?} ran a program that the catalog names");
    }
}

#[test]
fn a_planted_repository_in_the_base_runs_nothing() {
    let bed = repository();
    plant(&bed, "catalog");
    bed.git(&["add", "-A", "-f"]);
    bed.git(&["commit", "-q", "-m", "A repository in the catalog"]);
    for name in ["HEAD", "config"] {
        fs::remove_file(bed.path("catalog").join(name)).unwrap();
    }
    for name in ["objects", "refs"] {
        fs::remove_dir_all(bed.path("catalog").join(name)).unwrap();
    }
    bed.sandbox(&["plan", "--base", "HEAD"]).ends(0).says("the catalog of HEAD has errors");
    assert!(!bed.path("ran").exists());
}

#[test]
fn a_planted_repository_deep_in_the_catalog_is_found() {
    let bed = repository();
    plant(&bed, "catalog/portfolios/notes");
    let findings = bed.run(&["validate", "--format", "json"]).ends(1).json();
    let all = findings["findings"].as_array().unwrap();
    let of_git: Vec<&str> = all
        .iter()
        .filter(|finding| finding["code"] == "looks_like_git")
        .map(|finding| finding["source"]["file"].as_str().unwrap())
        .collect();
    let expected = ["HEAD", "config", "objects", "refs"].map(|name| format!("catalog/portfolios/notes/{name}"));
    assert_eq!(of_git, expected);
}

#[test]
fn a_readme_and_dotfiles_are_no_findings() {
    let bed = repository();
    for file in ["README.md", ".editorconfig", ".github/workflows/config", "portfolios/.keep", "notes.txt"] {
        bed.write(&format!("catalog/{file}"), "x");
    }
    let before = Bed::example().run(&["validate"]).ends(0).stdout;
    assert_eq!(bed.run(&["validate"]).ends(0).stdout, before);
}

#[test]
fn the_environment_does_not_lead_git_elsewhere() {
    let bed = repository();
    plant(&bed, "planted");
    let planted = bed.path("planted");
    let planted = planted.to_str().unwrap();
    let command = format!("touch {}", bed.path("ran").display());
    for (name, value) in [("GIT_DIR", planted), ("GIT_CONFIG_COUNT", "1"), ("GIT_EXTERNAL_DIFF", command.as_str())] {
        let variables = [
            (name, value),
            ("GIT_CONFIG_KEY_0", "core.fsmonitor"),
            ("GIT_CONFIG_VALUE_0", command.as_str()),
            ("CATALOG_SYNC_SANDBOX", "true"),
        ];
        bed.run_with(&["plan", "--base", "HEAD"], &variables).ends(0);
        assert!(!bed.path("ran").exists(), "{name}");
    }
}

#[test]
fn git_is_not_looked_for_in_the_work_tree() {
    let bed = repository();
    bed.write("git", &format!("#!/bin/sh\ntouch {}\n", bed.path("ran").display()));
    let program = bed.path("git");
    let mut permissions = fs::metadata(&program).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs::set_permissions(&program, permissions).unwrap();
    let path = format!(".::{}", std::env::var("PATH").unwrap());
    let variables = [("PATH", path.as_str()), ("CATALOG_SYNC_SANDBOX", "true")];
    bed.run_with(&["plan", "--base", "HEAD"], &variables).ends(0);
    assert!(!bed.path("ran").exists(), "the work tree's own `git` ran");
}

#[test]
fn git_is_given_no_token() {
    let bed = repository();
    let real = std::env::split_paths(&std::env::var_os("PATH").unwrap())
        .map(|folder| folder.join("git"))
        .find(|program| program.exists())
        .unwrap();
    bed.write(
        "tools/git",
        &format!("#!/bin/sh\nenv >> {}\nexec {} \"$@\"\n", bed.path("seen").display(), real.display()),
    );
    let program = bed.path("tools/git");
    let mut permissions = fs::metadata(&program).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs::set_permissions(&program, permissions).unwrap();
    let path = format!("{}:{}", bed.path("tools").display(), std::env::var("PATH").unwrap());
    let secrets = ["GITHUB_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    let mut variables = vec![("PATH", path.as_str()), ("CATALOG_SYNC_SANDBOX", "true")];
    variables.extend(secrets.map(|name| (name, "s3cret")));
    bed.run_with(&["plan", "--base", "HEAD"], &variables).ends(0);
    let seen = bed.read("seen");
    assert!(seen.contains("GIT_NO_LAZY_FETCH=1"), "{seen}");
    assert!(!seen.contains("s3cret"), "{seen}");
}

#[test]
fn a_catalog_behind_a_link_is_not_read() {
    let bed = repository();
    fs::rename(bed.path("catalog"), bed.path("elsewhere")).unwrap();
    bed.write("elsewhere/settings.yaml", "secret: content\n");
    symlink("elsewhere", bed.path("catalog")).unwrap();
    let ran = bed.run(&["validate"]).ends(1);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(said.contains("not_a_file") && said.contains("`catalog` is a symbolic link"), "{said}");
    assert!(!said.contains("secret"), "{said}");
    // A symbolic link higher up in the path is an error too.
    fs::create_dir(bed.path("teams")).unwrap();
    symlink("../elsewhere", bed.path("teams/platform")).unwrap();
    fs::create_dir(bed.path("elsewhere/catalog")).unwrap();
    fs::rename(bed.path("elsewhere/settings.yaml"), bed.path("elsewhere/catalog/settings.yaml")).unwrap();
    let ran = bed.run(&["validate", "--catalog", "teams/platform/catalog"]).ends(1);
    ran.shows("`teams/platform` is a symbolic link");
}

#[test]
fn a_base_behind_a_link_tells_nothing_and_is_no_empty_catalog() {
    let bed = repository();
    fs::create_dir(bed.path("teams")).unwrap();
    fs::rename(bed.path("catalog"), bed.path("real")).unwrap();
    symlink("../real", bed.path("teams/platform")).unwrap();
    symlink("real", bed.path("catalog")).unwrap();
    bed.git(&["add", "-A"]);
    bed.git(&["commit", "-q", "-m", "Links"]);
    for name in ["teams/platform", "catalog"] {
        fs::remove_file(bed.path(name)).unwrap();
    }
    fs::create_dir(bed.path("teams/platform")).unwrap();
    fs::rename(bed.path("real"), bed.path("catalog")).unwrap();
    bed.sandbox(&["plan", "--base", "HEAD"]).ends(0).says("the catalog of HEAD has errors");
    fs::rename(bed.path("catalog"), bed.path("teams/platform/catalog")).unwrap();
    let arguments = ["plan", "--base", "HEAD", "--catalog", "teams/platform/catalog"];
    bed.sandbox(&arguments).ends(0).says("the catalog of HEAD has errors");
}

#[test]
fn a_link_above_the_work_tree_is_followed() {
    let bed = repository();
    let outside = tempfile::tempdir().unwrap();
    symlink(bed.path(""), outside.path().join("repository")).unwrap();
    let catalog = outside.path().join("repository/catalog");
    let arguments = ["plan", "--base", "HEAD", "--catalog", catalog.to_str().unwrap()];
    bed.sandbox(&arguments).ends(0).shows("from before this change");
}

#[test]
fn a_link_in_an_artifact_is_not_followed() {
    let bed = Bed::example();
    fs::create_dir_all(bed.path("plans/job")).unwrap();
    bed.sandbox(&["plan", "--out", "plans/job/plan.json"]).ends(0);
    bed.write("elsewhere.json", "no plan");
    symlink("..", bed.path("plans/job/loop")).unwrap();
    symlink(bed.path("elsewhere.json"), bed.path("plans/job/link.json")).unwrap();
    bed.run(&["report", "plans"]).ends(0).shows("11 targets");
}

#[test]
fn a_plan_is_not_written_through_a_link_of_the_checkout() {
    let bed = repository();
    bed.write("precious", "as it was");
    symlink("precious", bed.path("plan.json")).unwrap();
    bed.sandbox(&["plan", "--out", "plan.json"]).ends(1).says("it is a symbolic link to a file");
    assert_eq!(bed.read("precious"), "as it was");
}

#[test]
fn a_repository_that_can_not_be_read_is_said() {
    let bed = Bed::example();
    fs::create_dir(bed.path(".git")).unwrap();
    bed.sandbox(&["plan"]).ends(0).says("the commit of this catalog is unknown").says("not a git repository");
}

#[test]
fn a_region_is_one_of_awss_and_no_part_of_another_host() {
    let bed = Bed::example();
    bed.edit("catalog/settings.yaml", "regions: [us-east-1]", "regions: [evil-example-1]");
    bed.run(&["validate"]).ends(1).shows("`evil-example-1` is not an AWS region");
}
