//! What the README says was tried.

use super::bed::Bed;

const README: &str = include_str!("../../../README.md");

/// The fenced blocks of a language in the README.
fn blocks(language: &str) -> Vec<&'static str> {
    blocks_of(README, language)
}

fn blocks_of(page: &'static str, language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
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
fn page_about_products_shows_what_is_so() {
    let page = include_str!("../../../docs/products.md");
    let bed = Bed::example();
    let (command, shown) = blocks_of(page, "console")[0].split_once('\n').unwrap();
    let arguments: Vec<&str> = command.split(' ').skip(2).chain(["--sandbox"]).collect();
    assert_eq!(bed.run(&arguments).ends(0).stdout, shown);
    let experiences = "experiences:\n  - {organization: subsidiary, name: Engineering}\n";
    let entry = format!("{}{experiences}", blocks_of(page, "yaml")[0]);
    let warns = |entry: &str| {
        bed.write("catalog/marketplace/engineering.yaml", entry);
        bed.run(&["plan", "--reach", "--sandbox"]).ends(0).stdout.contains("is not known to AWS Marketplace")
    };
    assert!(!warns(&entry), "the comment silences it");
    assert!(warns(&entry.replace("unknown_product", "withdrawn_product")));
}

#[test]
fn page_about_an_account_shows_what_is_so() {
    let page = include_str!("../../../docs/explain.md");
    let bed = Bed::example();
    for block in blocks_of(page, "console") {
        let (command, shown) = block.split_once('\n').unwrap();
        let arguments: Vec<&str> = command.split(' ').skip(2).collect();
        assert_eq!(bed.run(&arguments).ends(0).stdout, shown);
    }
}

#[test]
fn the_commands_are_the_commands() {
    let help = Bed::example().run(&["--help"]).ends(0).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for command in commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|it| !it.is_empty()) {
        assert!(README.contains(&format!("`{command}")), "the README does not tell of `{command}`");
    }
}
