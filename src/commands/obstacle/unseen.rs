//! The ways out for a merge with unseen changes.

/// The reason why changes count as unseen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unseen {
    /// The saved plan does not contain them.
    NotInSavedPlan,
    /// The plans of the merge's pull requests did not show them.
    NotShown,
    /// The merge's pull requests have no record of a plan by us.
    NoPlan,
    /// There is no pull request.
    NoPullRequest,
    /// The records don't count, or not in full.
    Doubts(Vec<Doubt>),
}

/// The reason why a record does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The pull request changes its own jobs, and nobody else has approved it.
    Workflow {
        /// The pull request.
        number: u64,
        /// The changed file.
        file: String,
    },
    /// Some changes were shown after the last approval.
    AfterApproval {
        /// The pull request.
        number: u64,
    },
    /// The record was written by an app other than the one that the run acts as.
    AnotherApp {
        /// The pull request.
        number: u64,
        /// The slug of the app.
        app: String,
        /// The login that the run acts as.
        me: String,
    },
    /// The issue about drift was opened by somebody other than the login that the run acts as.
    IssueOfAnother {
        /// The issue.
        number: u64,
        /// The login that opened it.
        login: String,
        /// The login that the run acts as.
        me: String,
    },
}

impl Unseen {
    pub(super) fn why(&self) -> String {
        match self {
            Self::NotInSavedPlan => "What is live has moved since the plan was made, or the catalog has.".to_owned(),
            Self::NotShown => {
                "The pull request's plan did not show this: what is live has moved since, or another merge came between."
                    .to_owned()
            }
            Self::NoPlan => "The pull request has no plan by us, so nobody has seen any of it.".to_owned(),
            Self::NoPullRequest => "This commit came without a pull request, so nobody has seen any of it.".to_owned(),
            Self::Doubts(doubts) => doubts.iter().map(Doubt::why).collect::<Vec<_>>().join(" "),
        }
    }

    pub(super) fn way_out(&self) -> String {
        let another = "open a pull request whose plan shows them, or run the apply by hand once the issue about drift \
                       does; `require-reviewed-plan: false` applies without a review.";
        match self {
            Self::NotInSavedPlan => "Make a new plan, look at it, and apply that.".to_owned(),
            Self::NotShown | Self::NoPlan | Self::NoPullRequest => {
                format!("Look at the changes below. To have them applied, {another}")
            }
            Self::Doubts(doubts) => {
                let first = doubts.iter().map(Doubt::way_out).collect::<Vec<_>>().join(" ");
                format!("{first} Then run this again. Otherwise, to have the changes below applied, {another}")
            }
        }
    }
}

impl Doubt {
    /// The problem, in one sentence.
    pub fn why(&self) -> String {
        match self {
            Self::Workflow { number, file } => format!(
                "The pull request #{number} changes {file}, so its own jobs could have forged the record of its plan, \
                 and only its author has approved it."
            ),
            Self::AfterApproval { number } => {
                format!("The plan of #{number} has shown changes after its last approval.")
            }
            Self::AnotherApp { number, app, me } => format!(
                "The record of #{number}'s plan is by the app {app}, and this run acts as {me}. Records by another app \
                 do not count."
            ),
            Self::IssueOfAnother { number, login, me } => format!(
                "The issue about drift, #{number}, is by {login}, and this run acts as {me}. Issues by somebody else do \
                 not count."
            ),
        }
    }

    /// The next step, in one sentence.
    pub fn way_out(&self) -> String {
        match self {
            Self::Workflow { number, file: _ } => {
                format!("Let somebody else who may write to the repository approve #{number}.")
            }
            Self::AfterApproval { number } => format!("Approve #{number} again."),
            Self::AnotherApp { number: _, app, me: _ } => {
                format!("If that one is meant to write it, {}.", act_as(&format!("{app}[bot]")))
            }
            Self::IssueOfAnother { number: _, login, me: _ } => {
                format!("If that one is meant to write it, {}.", act_as(login))
            }
        }
    }
}

/// How to make a job act as a login. The workflow's own token needs no login. GitHub does not tell whose an app's
/// token is, so that one needs it.
fn act_as(login: &str) -> String {
    match login.strip_suffix("[bot]") {
        Some("github-actions") => {
            "leave `github-token` and `CATALOG_SYNC_GITHUB_LOGIN` out of this job, as in the one that wrote it"
                .to_owned()
        }
        Some(_) => format!(
            "give this job the `github-token` of the one that wrote it, and the variable \
             `CATALOG_SYNC_GITHUB_LOGIN` as `{login}`"
        ),
        None => "give this job the `github-token` of the one that wrote it".to_owned(),
    }
}
