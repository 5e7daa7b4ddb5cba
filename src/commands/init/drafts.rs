//! The files that `init` writes. The workflows are taken from docs/adopt.md, so that page and command can't differ.
//! The roles are what `iam` makes for the new catalog.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::answers::{Action, Answers};
use crate::commands::iam::Kind;
use crate::model::id::AccountId;

/// The page about getting started. The first line of each of its examples is a path.
const PAGE: &str = include_str!("../../../docs/adopt.md");
/// The page's placeholder for the Action.
const ACTION: &str = "ACTION@COMMIT";
const REVIEW: &str = ".github/workflows/catalog-review.yml";

/// A file to write.
#[derive(Debug)]
pub(super) struct Draft {
    /// Relative to the current folder.
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// Whether it belongs to the catalog.
    pub(super) is_of_the_catalog: bool,
}

/// The files of the catalog in `folder`, and the workflows.
pub(super) fn all(answers: &Answers, folder: &Path, sandboxed: bool) -> Result<Vec<Draft>> {
    let mut drafts = catalog(answers, folder);
    let shown = folder.to_str().context("the catalog's folder is not Unicode")?;
    for (path, text) in examples() {
        if path.starts_with(".github/workflows/") {
            let mut inputs = Vec::new();
            if shown != "catalog" {
                // The Action calls the current folder `.`. JSON text is valid YAML.
                let folder = if shown.is_empty() { "." } else { shown };
                inputs.push(format!("catalog: {}", serde_json::to_string(folder)?));
            }
            // This workflow asks nothing of AWS, so it needs no sandbox.
            if sandboxed && path != REVIEW {
                inputs.push("sandbox: \"true\" # an AWS inside the job; without this line, AWS itself".to_owned());
            }
            let action = answers.action.as_ref().map_or(ACTION, Action::as_str);
            drafts.push(foreign(path, with_inputs(text, &inputs).replace(ACTION, action)));
        }
    }
    Ok(drafts)
}

/// A template for each kind of account.
pub(super) fn roles(kinds: &[Kind]) -> Vec<Draft> {
    kinds.iter().map(|kind| foreign(&path_of(kind, kinds), kind.template.clone())).collect()
}

fn path_of(kind: &Kind, kinds: &[Kind]) -> String {
    if kinds.len() == 1 { "roles.yaml".to_owned() } else { format!("roles-{}.yaml", kind.name) }
}

fn foreign(path: &str, text: String) -> Draft {
    Draft { path: PathBuf::from(path), text, is_of_the_catalog: false }
}

/// The examples of the page, each with the path in its first line.
fn examples() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.split("```yaml\n# ").skip(1).filter_map(|block| {
        let (first, text) = block.split("```").next()?.split_once('\n')?;
        Some((first.split([':', ' ']).next()?, text))
    })
}

/// Adds inputs to each step that uses the Action.
fn with_inputs(text: &str, inputs: &[String]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut given = text.lines().peekable();
    while let Some(line) = given.next() {
        lines.push(line.to_owned());
        if line.trim_start() == "- uses: ACTION@COMMIT" && !inputs.is_empty() {
            let indent = " ".repeat(line.len() - line.trim_start().len() + 2);
            let with = format!("{indent}with:");
            given.next_if(|next| *next == with);
            lines.push(with);
            lines.extend(inputs.iter().map(|input| format!("{indent}  {input}")));
        }
    }
    lines.join("\n") + "\n"
}

fn catalog(answers: &Answers, folder: &Path) -> Vec<Draft> {
    let own = |path: &str, text: String| Draft { path: folder.join(path), text, is_of_the_catalog: true };
    let mut drafts = vec![own("settings.yaml", settings(answers))];
    if answers.service_catalog_account.is_some() {
        drafts.push(own("portfolios/example.yaml", PORTFOLIO.to_owned()));
    }
    if answers.marketplace_account.is_some() {
        drafts.push(own("marketplace/example.yaml", marketplace(answers)));
    }
    drafts
}

fn settings(answers: &Answers) -> String {
    let Answers { name, organization, service_catalog_account, marketplace_account, region, action: _ } = answers;
    let account = |key: &str, account: &Option<AccountId>, comment: &str| {
        account.as_ref().map(|account| format!("    {key}: \"{account}\" # {comment}\n")).unwrap_or_default()
    };
    let owner = account("service_catalog_account", service_catalog_account, "owns the portfolios");
    let governor = account("marketplace_account", marketplace_account, "governs the private marketplace");
    let regions = region.as_ref().map_or_else(String::new, |region| {
        format!("regions: [{region}] # where portfolios live unless their file says otherwise\n")
    });
    format!(
        "# Where things live, and how to get in.\n\
         version: 1\n\
         organizations:\n  {name}: # the other files call it so\n    id: {organization}\n{owner}{governor}\
         access:\n  role: arn:aws:iam::{{account}}:role/catalog-sync-{{mode}} # a role for each: {{mode}} becomes plan \
         or apply\n\
         {regions}\
         safety:\n  max_removals: 20 # more removals need a person's approval\n"
    )
}

const PORTFOLIO: &str = "\
# An example: there is a file like this for each portfolio. Give it the name of one of yours.
portfolio: Example
shares:
  - ou: Example/Production # names from the root down, or an ou-… id
    tag_options: true
  - ou: Example/Staging
unlisted_shares: keep # begin without removing anything; later: remove
";

fn marketplace(answers: &Answers) -> String {
    let name = &answers.name;
    format!(
        "# An example: there is a file like this for each list of products. `catalog-sync products search` finds ids.\n\
         approved:\n  - id: prod-4xk6p2ab3cdef\n    name: Datadog Pro # for people\n  - id: prod-a1b2c3d4e5f60\n    \
         name: CrowdStrike Falcon\n\
         unlisted: keep # begin without denying anything; later: deny\n\
         experiences:\n  - organization: {name}\n    name: Example\n"
    )
}

/// The next steps, in the order of the page.
pub(super) fn next_steps(
    answers: &Answers,
    folder: &Path,
    drafts: &[Draft],
    kinds: &[Kind],
    around: Option<&Path>,
) -> Vec<String> {
    let mut steps = Vec::new();
    let catalog = drafts.iter().filter(|draft| draft.is_of_the_catalog);
    let examples = catalog.filter(|draft| !draft.path.ends_with("settings.yaml"));
    let examples: Vec<String> = examples.map(|draft| draft.path.display().to_string()).collect();
    let option =
        if folder == Path::new("catalog") { String::new() } else { format!(" --catalog {}", folder.display()) };
    if let Some(world) = drafts.iter().find(|draft| draft.is_world()) {
        steps.push(format!(
            "Try it, without AWS: `catalog-sync plan{option} --sandbox={}`, then `apply`, then `drift`. The workflows \
             run in a sandbox, too, until the line `sandbox:` is taken out of them.",
            world.path.display()
        ));
    }
    if let Some(top) = around {
        steps.push(format!(
            "GitHub looks for workflows only at the top of a repository, which is {}: move .github there, and give each \
             workflow's step the input `working-directory`.",
            top.display()
        ));
    }
    steps.push(format!(
        "Put your own in place of what {} says; `catalog-sync validate{option}` checks it.",
        examples.join(" and ")
    ));
    if answers.action.is_none() {
        steps.push(format!(
            "Put the repository of catalog-sync and the full commit that you have looked at in place of {ACTION} in \
             .github/workflows/catalog-*.yml."
        ));
    }
    steps.push(if kinds.is_empty() {
        format!(
            "Make the roles: `catalog-sync iam{option} --repository OWNER/NAME --owner-id … --repository-id …` says which, \
             and with `--format cloudformation` prints a template for each kind of account. The numbers are those of `gh \
             api repos/OWNER/NAME --jq '.owner.id, .id'`."
        )
    } else {
        let deployed = kinds.iter().map(|kind| {
            let path = path_of(kind, kinds);
            format!("{path} in {}", kind.accounts)
        });
        format!(
            "Make the roles, each stack in its account: {}. `aws cloudformation deploy --template-file FILE --stack-name \
             catalog-sync --capabilities CAPABILITY_NAMED_IAM`. When the catalog comes to use more, `catalog-sync iam` \
             prints them anew.",
            deployed.collect::<Vec<_>>().join("; ")
        )
    });
    steps.push(
        "In the repository's settings make the environment `catalog-sync-apply`, for the default branch alone: the apply \
         role trusts it. Where that branch is not called main, say so in catalog-apply.yml and to `catalog-sync iam` (`--branch`)."
            .to_owned(),
    );
    steps.push("Commit all of it on a branch and open a pull request: its comment is the first plan.".to_owned());
    steps
}

impl Draft {
    fn is_of_roles(&self) -> bool {
        self.path.to_str().is_some_and(|path| path.starts_with("roles"))
    }

    fn is_world(&self) -> bool {
        !self.is_of_the_catalog && !self.path.starts_with(".github") && !self.is_of_roles()
    }
}
