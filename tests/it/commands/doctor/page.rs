//! The examples of docs/doctor.md are the real output.

use super::super::bed::Bed;

const PAGE: &str = include_str!("../../../../docs/doctor.md");

/// The first code block of a language that is no workflow.
pub(super) fn block(language: &str) -> &'static str {
    let fence = format!("```{language}\n");
    let mut blocks = PAGE.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.find(|block| !block.contains("uses: ")).unwrap()
}

/// Asserts that the lines of an example appear in this order; `…` stands for lines that are left out.
#[track_caller]
pub(super) fn pictures(picture: &str, shown: &str) {
    let mut rest = shown.lines();
    for line in picture.lines().filter(|line| *line != "…") {
        assert!(rest.any(|shown| shown == line), "not so, or not here: {line}\n{shown}");
    }
}

#[test]
fn the_picture_of_a_check_is_a_check() {
    let settings = "
version: 1
organizations: {acme: {id: o-acme000001, service_catalog_account: '111111111111', marketplace_account: '111111111112'}}
access:
  role: arn:aws:iam::{account}:role/catalog-sync-{mode}
  through: arn:aws:iam::111111111111:role/catalog-sync-entry-{mode}
regions: [us-east-1]
";
    let portfolio = "
portfolio: Data Platform
shares: [{ou: Workloads}]
recipients: [{ou: Workloads, principals: [role/DataEngineer]}]
";
    let files = [("catalog/settings.yaml", settings), ("catalog/portfolios/data-platform.yaml", portfolio)];
    let bed = Bed::new(block("yaml"), &files);
    let (command, picture) = block("console").split_once('\n').unwrap();
    let arguments: Vec<&str> = command.split(' ').skip(2).collect();
    pictures(picture, &bed.run(&arguments).ends(1).stdout);
}
