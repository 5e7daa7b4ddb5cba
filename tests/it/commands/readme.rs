//! What the README says was tried.

use super::bed::Bed;

const README: &str = include_str!("../../../README.md");

/// The fenced blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    README.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

#[test]
fn the_picture_of_a_plan_is_a_plan() {
    let picture = blocks("console")[0];
    let plan = Bed::example().run(&["plan", "--sandbox"]).ends(0).stdout;
    for line in picture.lines().filter(|line| !line.starts_with("$ ") && *line != "…") {
        assert!(plan.lines().any(|shown| shown == line), "not in the plan: {line}\n{plan}");
    }
}

#[test]
fn the_catalog_in_one_screen_is_valid() {
    let bed = Bed::example();
    std::fs::remove_dir_all(bed.path("catalog/portfolios")).unwrap();
    std::fs::remove_file(bed.path("catalog/marketplace/engineering.yaml")).unwrap();
    bed.write("catalog/marketplace/baseline.yaml", "approved: [prod-a1b2c3d4e5f60]\n");
    std::fs::remove_file(bed.path("catalog/marketplace/data-science.yaml")).unwrap();
    let files: Vec<&str> = blocks("yaml").into_iter().filter(|text| !text.starts_with("# .github/")).collect();
    assert_eq!(files.len(), 2);
    for text in files {
        let path = text.trim_start_matches("# ").split(':').next().unwrap();
        bed.write(&format!("catalog/{path}"), text);
    }
    bed.run(&["validate"]).ends(0);
}

#[test]
fn the_commands_are_the_commands() {
    let help = Bed::example().run(&["--help"]).ends(0).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for command in commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|it| !it.is_empty()) {
        assert!(README.contains(&format!("`{command}")), "the README does not tell of `{command}`");
    }
}
