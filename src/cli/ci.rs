//! Options of `ci`, what the Action runs.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ValueEnum};

use super::reach::Reach;
use super::values::Comment;

/// Options of `ci`.
#[derive(Debug, Clone, Args)]
pub struct Ci {
    /// What to do, where the event does not say it
    #[arg(value_name = "COMMAND", env = "CATALOG_SYNC_COMMAND")]
    pub command: Option<CiCommand>,
    /// For `report`: plans or results of apply, or folders of them
    #[arg(value_name = "FILE", env = "CATALOG_SYNC_FILES", value_delimiter = '\n')]
    pub files: Vec<PathBuf>,
    /// For `targets`: at most N bundles of targets instead, between which no change can wait for another
    #[arg(long, value_name = "N", env = "CATALOG_SYNC_BUNDLES", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub bundles: Option<u16>,
    /// Whom shares reached
    #[command(flatten)]
    pub reach: Reach,
    /// In a plan: ask AWS License Manager how many accounts hold a licence for what would be denied
    #[arg(long, env = "CATALOG_SYNC_USAGE", value_parser = BoolishValueParser::new())]
    pub usage: bool,
    /// Write comments and record deployments: `true`, `false`, or `changes-only` for no comment on a pull request that
    /// changes nothing; the jobs of a matrix leave it to `ci report`
    #[arg(long, value_name = "WHEN", env = "CATALOG_SYNC_COMMENT", default_value = "true")]
    pub comment: Comment,
    /// Allow a plan that takes away up to N, if that is more than safety.max_removals
    #[arg(long, value_name = "N", env = "CATALOG_SYNC_ALLOW_REMOVALS")]
    pub allow_removals: Option<usize>,
    /// Apply nothing but what a comment on the merged pull request has shown
    #[arg(long, value_name = "BOOL", env = "CATALOG_SYNC_REQUIRE_REVIEWED_PLAN", default_value = "true",
          value_parser = BoolishValueParser::new(), action = ArgAction::Set)]
    pub require_reviewed_plan: bool,
    /// Exit with 3 when there is drift
    #[arg(long, value_name = "BOOL", env = "CATALOG_SYNC_FAIL_ON_DRIFT", default_value = "false",
          value_parser = BoolishValueParser::new(), action = ArgAction::Set)]
    pub fail_on_drift: bool,
    /// Keep an issue about drift
    #[arg(long, value_name = "BOOL", env = "CATALOG_SYNC_DRIFT_ISSUE", default_value = "true",
          value_parser = BoolishValueParser::new(), action = ArgAction::Set)]
    pub drift_issue: bool,
    /// The labels of that issue
    #[arg(
        long,
        value_name = "LABEL",
        env = "CATALOG_SYNC_DRIFT_ISSUE_LABELS",
        default_value = "catalog-drift",
        value_delimiter = ','
    )]
    pub drift_issue_labels: Vec<String>,
    /// Make the map of a plan, of drift or of what `report` gathers, too: one HTML file that shows who sees what
    #[arg(long, value_name = "BOOL", env = "CATALOG_SYNC_MAP", default_value = "false", default_missing_value = "true",
          num_args = 0..=1, require_equals = true, value_parser = BoolishValueParser::new(), action = ArgAction::Set)]
    pub map: bool,
    /// Where the map goes; otherwise map.html among the runner's temporary files
    #[arg(long, value_name = "FILE", env = "CATALOG_SYNC_MAP_FILE")]
    pub map_file: Option<PathBuf>,
    /// Where the plan goes, or what differs; otherwise plan.json among the runner's temporary files
    #[arg(long, value_name = "FILE", env = "CATALOG_SYNC_PLAN_FILE")]
    pub plan_file: Option<PathBuf>,
    /// Where the result of an apply goes; otherwise report.json among the runner's temporary files
    #[arg(long, value_name = "FILE", env = "CATALOG_SYNC_REPORT_FILE")]
    pub report_file: Option<PathBuf>,
    /// As whom the token writes, for the token of an app: `NAME[bot]`
    #[arg(long, value_name = "LOGIN", env = "CATALOG_SYNC_GITHUB_LOGIN")]
    pub github_login: Option<String>,
}

/// What `ci` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CiCommand {
    /// Show what would change, and comment
    Plan,
    /// Carry out what was reviewed
    Apply,
    /// Look for drift, and keep an issue about it
    Drift,
    /// One comment from the files of several jobs
    Report,
    /// Carry out what has fallen due: entries whose `until` has passed, and what mirrored experiences bring
    Due,
    /// The targets for the jobs of a matrix, as the output `targets`
    Targets,
    /// Keep a pull request for a product that somebody asked for in a private marketplace
    Request,
    /// Keep a pull request with what was done in the console
    Adopt,
}
