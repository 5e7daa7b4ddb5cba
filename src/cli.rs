//! Every command-line option with its environment variable, documented once. Nothing else.

#[cfg(feature = "sandbox")]
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
#[cfg(feature = "sandbox")]
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

mod ci;
mod doctor;
mod effect;
mod explain;
mod fmt;
mod foreign;
mod iam;
mod import;
mod init;
mod map;
mod products;
mod reach;
#[cfg(feature = "sandbox")]
mod slips;
mod values;

pub use ci::{Ci, CiCommand};
pub use doctor::{Doctor, DoctorMode};
pub use explain::Explain;
pub use fmt::Fmt;
pub use foreign::{Foreign, ForeignKind};
pub use iam::Iam;
pub use import::Import;
pub use init::Init;
pub use map::Map;
pub use products::Products;
pub use reach::Reach;
#[cfg(feature = "sandbox")]
pub use values::Sandbox;
pub use values::{Comment, SchemaKind};

/// Keeps AWS Service Catalog portfolio shares and AWS Private Marketplace product lists in step with YAML in Git.
#[derive(Debug, Parser)]
#[command(
    name = "catalog-sync",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "Exit status: 0 done, or in step · 1 error · 2 wrong usage · 3 differences found · \
                  4 refused · 5 applied in part"
)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// All commands and options as they are shown in help, manual pages and completions.
    pub fn definition() -> clap::Command {
        effect::shown(Self::command())
    }

    /// Reads the command line and the environment. An empty variable counts as not set, because the Action sets a
    /// variable to an empty text for an input without a value.
    pub fn read() -> Self {
        let matches = Self::matches();
        let mut cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let matches = matches.subcommand().map_or(&matches, |(_, matches)| matches);
        let source = matches.try_contains_id("sandbox").ok().and_then(|_| matches.value_source("sandbox"));
        cli.common.sandbox_by_variable = source == Some(ValueSource::EnvVariable);
        cli
    }
}

#[cfg(feature = "sandbox")]
impl Cli {
    /// Reports `--sandbox FILE` (without `=`) as an error before clap takes FILE for something else.
    fn matches() -> clap::ArgMatches {
        let words: Vec<OsString> = std::env::args_os().collect();
        let command = Self::definition();
        match slips::parted_world(&words, &command) {
            Some(message) => command.clone().error(ErrorKind::InvalidValue, message).exit(),
            None => without_empty(command).get_matches_from(words),
        }
    }
}

#[cfg(not(feature = "sandbox"))]
impl Cli {
    fn matches() -> clap::ArgMatches {
        without_empty(Self::definition()).get_matches()
    }
}

fn without_empty(command: clap::Command) -> clap::Command {
    let is_empty = |arg: &clap::Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    command.mut_args(|arg| if is_empty(&arg) { arg.env(None::<&str>) } else { arg }).mut_subcommands(without_empty)
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The folder of the catalog
    #[arg(long, value_name = "DIR", global = true, env = "CATALOG_SYNC_CATALOG", default_value = "catalog",
          value_hint = ValueHint::DirPath)]
    pub catalog: PathBuf,
    /// Only this target, by its name, or targets that match globs, such as `portfolio/*` or `marketplace/baseline/*`
    /// (repeatable; several in one value are parted by commas or lines)
    #[arg(long = "target", value_name = "GLOB", global = true, env = "CATALOG_SYNC_TARGET")]
    pub targets: Vec<String>,
    /// The catalog as it was in this Git revision: tells what was drift before, and cleans up after what it listed
    #[arg(long, value_name = "REF", global = true, env = "CATALOG_SYNC_BASE")]
    pub base: Option<String>,
    /// The form of the result
    #[arg(long, value_name = "FORMAT", global = true, env = "CATALOG_SYNC_FORMAT")]
    pub format: Option<Format>,
    /// When to use colour; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", global = true, env = "CATALOG_SYNC_COLOR", default_value = "auto")]
    pub color: Color,
    /// Say nothing but the result and errors
    #[arg(short, long, global = true, env = "CATALOG_SYNC_QUIET", overrides_with = "quiet", conflicts_with = "verbose",
          value_parser = BoolishValueParser::new())]
    pub quiet: bool,
    /// Say more: targets in step, calls by operation
    #[arg(short, long, global = true, env = "CATALOG_SYNC_VERBOSE", overrides_with = "verbose",
          value_parser = BoolishValueParser::new())]
    pub verbose: bool,
    /// How many AWS calls may be in flight at once
    #[arg(long, value_name = "N", global = true, env = "CATALOG_SYNC_CONCURRENCY", default_value = "16",
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub concurrency: u16,
    /// How long to wait for one change, or for AWS to take a call that it throttles, before the rest of that account and
    /// region is left for the next run: `90s`, `30m`, `2h`. One answer of AWS or GitHub may take a quarter of that, at most a
    /// minute
    /// [default: 30m]
    #[arg(long, value_name = "TIME", global = true, env = "CATALOG_SYNC_TIMEOUT", value_parser = time)]
    pub timeout: Option<Duration>,
    /// The pause between two shares with units, the organization or member accounts in an account and region, without
    /// which AWS makes them and leaves accounts out: `15s` or more, `0s` against an emulation [default: 15s]
    #[arg(long, value_name = "TIME", global = true, env = "CATALOG_SYNC_SHARE_PAUSE", value_parser = pause)]
    pub share_pause: Option<Duration>,
    /// Run against an AWS inside the process, its world kept in FILE (made if it is not there); without FILE, or with
    /// `true`, in a world that fits the catalog and is forgotten afterwards; `false` is off
    #[cfg(feature = "sandbox")]
    #[arg(long, value_name = "FILE", global = true, env = "CATALOG_SYNC_SANDBOX", num_args = 0..=1,
          require_equals = true, default_missing_value = "true", value_hint = ValueHint::FilePath)]
    pub sandbox: Option<Sandbox>,
    /// Whether `sandbox` was set by its variable and not on the command line
    #[arg(skip)]
    pub sandbox_by_variable: bool,
}

impl Common {
    /// The same options without `--base`, for a command that compares with no earlier catalog.
    pub fn without_base(&self) -> Self {
        Self { base: None, ..self.clone() }
    }

    /// Whether the sandbox stands in for AWS.
    #[cfg(feature = "sandbox")]
    pub fn is_sandboxed(&self) -> bool {
        self.sandbox.as_ref().is_some_and(|sandbox| *sandbox != Sandbox::Off)
    }

    /// Whether the sandbox stands in for AWS: this build has none.
    #[cfg(not(feature = "sandbox"))]
    pub fn is_sandboxed(&self) -> bool {
        false
    }
}

/// A time as in [`time`], or `0s`.
fn pause(text: &str) -> Result<Duration, String> {
    if text == "0s" { Ok(Duration::ZERO) } else { time(text) }
}

/// A time of at least a second: a number and its unit.
fn time(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let seconds = match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    let number = number.parse::<u32>().ok().filter(|number| *number > 0);
    match (number, seconds) {
        (Some(number), Some(seconds)) => Ok(Duration::from_secs(u64::from(number) * seconds)),
        _ => Err("give a number with its unit, such as 90s, 30m or 2h".to_owned()),
    }
}

/// The form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people at a terminal
    Text,
    /// For comments and summaries
    Markdown,
    /// For machines
    Json,
    /// For code scanning (`validate` alone)
    Sarif,
    /// To paste into a product list (`products` alone)
    Yaml,
    /// A template for a StackSet (`iam` alone)
    Cloudformation,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the files to begin with: settings, examples, workflows, roles; never over a file
    ///
    /// Asks on a terminal for what was not given. With `--sandbox` nothing is asked: what was not given is made up, and a
    /// world to try it in is written too, world.yaml or FILE. Either everything is written, or nothing.
    Init(Init),
    /// Write catalog files of what is live: portfolios with their shares, experiences with their product lists
    ///
    /// What a file of the catalog governs already is left out, and no file is written over. A plan after it is empty. Exit status 1
    /// where something could not be read: the files of the rest are written. With `--from` the files are those of another tool's, and AWS is
    /// not asked.
    Import(Import),
    /// Read and check the catalog: every finding with file, line, column and what to do
    Validate,
    /// Put catalog files into one form: order of keys, quotes of ids, blanks; comments stay
    Fmt(Fmt),
    /// Show what would change
    Plan(Plan),
    /// Carry out a plan: a saved one, or a fresh one after a yes
    Apply(Apply),
    /// Compare what is live with what Git says; exit status 3 when they differ
    Drift(Drift),
    /// What the Action runs: plan, apply or drift by the event, with annotations, summary, outputs, comment, issue
    Ci(Ci),
    /// Several plans, or several results of apply, as one
    Report(Report),
    /// What one account sees: which portfolios reach it by which share, who may launch there, and what it may buy
    ///
    /// Says what is live beside what the catalog lists. Exit status 1 where something could not be read, or where no account
    /// or product, or several, are called so.
    Explain(Explain),
    /// Who sees what: every organization's tree with its portfolios and experiences, as one HTML file
    ///
    /// Looks at what is live, and marks what a plan would change: with `--base` a plan against it, with `--plan` a saved one.
    /// No account that receives a portfolio is entered. Exit status 1 where something could not be read; the file is written
    /// all the same.
    Map(Map),
    /// When each organization was last brought in step, by which commit
    Status(Status),
    /// Check the way in, from the token to every account: which role refuses, why, and what would let it in
    ///
    /// Exit status 1 where a link fails. What can't be told, and no plan needs, is said and is no failure. Nothing is
    /// changed, and no write is tried.
    Doctor(Doctor),
    /// The catalog's targets as JSON, for a job matrix
    Targets(Targets),
    /// What the roles in AWS have to be allowed for this catalog and nothing else, and what may enter them
    ///
    /// Each kind of account has its roles: `hub` owns portfolios, `marketplace` governs a private marketplace, `recipient`
    /// receives portfolios, and `entry` is the one that the others are entered through; an account that is several of
    /// these at once has the roles of all. With `--base`, what that catalog governed is cleaned up after, too.
    Iam(Iam),
    /// What AWS Marketplace offers: search it, and see what an id or a web address is
    ///
    /// The role of the first marketplace account of the settings asks; without a catalog, or without such an account, the
    /// starting credentials do. Every account gets the same answers.
    #[command(subcommand)]
    Products(Products),
    /// JSON Schema of a catalog file, for editors
    Schema {
        /// The kind of file
        #[arg(value_name = "KIND")]
        kind: SchemaKind,
    },
    /// Shell completions, with the targets of the catalog
    ///
    /// Prints the script that a shell reads when it starts: `source <(catalog-sync completions bash)` in ~/.bashrc, the
    /// same with `zsh` in ~/.zshrc after compinit, `catalog-sync completions fish | source` in config.fish. The script
    /// asks this program what completes a word, by the name or path under which it is called now.
    Completions {
        /// The shell
        shell: Shell,
    },
    /// The manual page, or that of a command
    Man {
        /// The command
        #[arg(value_name = "COMMAND")]
        command: Vec<String>,
    },
}

/// Options of `plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// Save the plan as JSON
    #[arg(long, value_name = "FILE", env = "CATALOG_SYNC_OUT")]
    pub out: Option<PathBuf>,
    /// Exit with 3 when something would change
    #[arg(long, env = "CATALOG_SYNC_DETAILED_EXITCODE", value_parser = BoolishValueParser::new())]
    pub detailed_exitcode: bool,
    /// Whom shares reached
    #[command(flatten)]
    pub reach: Reach,
    /// Ask AWS License Manager how many accounts hold a licence for what would be denied
    #[arg(long, env = "CATALOG_SYNC_USAGE", value_parser = BoolishValueParser::new())]
    pub usage: bool,
    /// Show every line, however many are alike, and notes that differ from Git's
    #[arg(long, env = "CATALOG_SYNC_ALL", value_parser = BoolishValueParser::new())]
    pub all: bool,
}

/// Options of `apply`.
#[derive(Debug, Args)]
pub struct Apply {
    /// A plan that `plan --out` saved; refused when what it was made from has changed
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// Apply without asking for approval
    #[arg(long, env = "CATALOG_SYNC_AUTO_APPROVE", value_parser = BoolishValueParser::new())]
    pub auto_approve: bool,
    /// Allow a plan that takes away up to N, if that is more than safety.max_removals
    #[arg(long, value_name = "N", env = "CATALOG_SYNC_ALLOW_REMOVALS")]
    pub allow_removals: Option<usize>,
    /// Remove shares that missed accounts and make them again: it takes access away for a moment
    #[arg(long, env = "CATALOG_SYNC_REPAIR_SHARES", value_parser = BoolishValueParser::new())]
    pub repair_shares: bool,
    /// Save the report as JSON
    #[arg(long, value_name = "FILE", env = "CATALOG_SYNC_OUT")]
    pub out: Option<PathBuf>,
    /// Show every line, however many are alike
    #[arg(long, env = "CATALOG_SYNC_ALL", value_parser = BoolishValueParser::new())]
    pub all: bool,
}

/// Options of `drift`.
#[derive(Debug, Args)]
pub struct Drift {
    /// Save what differs as JSON, in the form of a plan
    #[arg(long, value_name = "FILE", env = "CATALOG_SYNC_OUT")]
    pub out: Option<PathBuf>,
    /// Show every line, however many are alike, and notes that differ from Git's
    #[arg(long, env = "CATALOG_SYNC_ALL", value_parser = BoolishValueParser::new())]
    pub all: bool,
}

/// Options of `targets`.
#[derive(Debug, Args)]
pub struct Targets {
    /// Print at most N bundles of targets instead, between which no change can wait for another
    #[arg(long, value_name = "N", env = "CATALOG_SYNC_BUNDLES", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub bundles: Option<u16>,
}

/// Options of `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// Plans or results of apply, or folders of them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Show every line, however many are alike
    #[arg(long, env = "CATALOG_SYNC_ALL")]
    pub all: bool,
}

/// Options of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// The repository, as OWNER/NAME
    #[arg(long, value_name = "REPOSITORY", env = "GITHUB_REPOSITORY")]
    pub repository: Option<String>,
}
