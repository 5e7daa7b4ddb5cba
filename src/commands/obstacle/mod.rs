//! Every reason to refuse a command with exit status 4, each with its way out. The tests follow each way out to its
//! end, so a new obstacle needs a test there.

mod place;
mod request;
mod unseen;

pub use place::{LABEL, Label, Place};
pub use request::Request;
pub use unseen::{Doubt, Unseen};

use crate::plan::{Exceeded, LimitOf, Reason};

/// Why a command is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// `apply` on an event about something unmerged.
    ApplyOnEvent {
        /// The event.
        event: String,
    },
    /// `due` on an event about something unmerged.
    DueOnEvent {
        /// The event.
        event: String,
    },
    /// `request` on an event without a request.
    RequestOnEvent {
        /// The event.
        event: String,
    },
    /// A request for which no pull request can be made.
    Request(Request),
    /// `adopt` on an event about something unmerged.
    AdoptOnEvent {
        /// The event.
        event: String,
    },
    /// `drift` on an event about something unmerged.
    DriftOnEvent {
        /// The event.
        event: String,
    },
    /// A command other than `plan` after a review.
    ReviewSetsCheck {
        /// The event.
        event: String,
        /// What the command does, such as `compared`.
        done: &'static str,
    },
    /// An event that can run with credentials on what strangers wrote.
    EventOfStrangers {
        /// The event.
        event: String,
        /// What the command does, such as `planned`.
        done: &'static str,
    },
    /// A run for a branch other than the default one.
    OtherBranch {
        /// The default branch.
        branch: String,
        /// What the command does, such as `planned`.
        done: &'static str,
    },
    /// A run for which the default branch is not known.
    NoDefaultBranch {
        /// What the command does, such as `planned`.
        done: &'static str,
    },
    /// A pull request into a branch other than the default one.
    OtherBase {
        /// The branch it goes to.
        branch: String,
    },
    /// An apply of a commit older than the one that was applied last.
    Overtaken {
        /// The commit of the run.
        sha: String,
        /// The newer commit.
        later: String,
        /// The URL of the run that applied it.
        run: Option<String>,
    },
    /// `due` for a commit that is not the tip of the default branch.
    DueOvertaken {
        /// The commit of the run.
        sha: String,
        /// The default branch.
        branch: String,
    },
    /// A saved plan that was made from another catalog.
    OtherCatalog,
    /// A saved plan that was made against another base.
    OtherPlanBase,
    /// A saved plan that was made in the sandbox, given to an apply in AWS.
    PlannedInSandbox,
    /// A saved plan that was made in AWS, given to an apply in the sandbox.
    PlannedInAws,
    /// An apply that has to ask, without a terminal.
    NobodyToAsk,
    /// An answer other than `yes`.
    AnsweredOtherwise,
    /// A plan with more removals than allowed.
    TooMuch {
        /// The number of removals and the limit.
        exceeded: Exceeded,
        /// The place where this is shown.
        place: Place,
    },
    /// A plan with unseen changes.
    Unseen {
        /// The number of unseen changes.
        changes: usize,
        /// The reason why they are unseen.
        because: Unseen,
    },
}

impl Obstacle {
    /// The obstacle for a refused plan. `place` is used if it has too many removals, `because` if it has unseen
    /// changes.
    pub fn of(reason: Reason, place: Place, because: Unseen) -> Self {
        match reason {
            Reason::TooManyRemovals(exceeded) => Self::TooMuch { exceeded, place },
            Reason::Unreviewed { changes } => Self::Unseen { changes, because },
        }
    }

    /// The problem, without a full stop.
    pub fn headline(&self) -> String {
        match self {
            Self::ApplyOnEvent { event } => {
                format!("nothing is applied on the event {event}: it is about something that is not merged")
            }
            Self::DueOnEvent { event } => {
                format!("nothing is carried out on the event {event}: what is due is a matter of the default branch")
            }
            Self::RequestOnEvent { event } => format!(
                "the event {event} brings no request for a product: that is a repository_dispatch of the type \
                 catalog-sync-request"
            ),
            Self::Request(request) => request.headline(),
            Self::AdoptOnEvent { event } => {
                format!(
                    "nothing is adopted on the event {event}: what was done in the console goes to the default branch"
                )
            }
            Self::DriftOnEvent { event } => {
                format!("nothing is compared on the event {event}: drift is about the default branch")
            }
            Self::ReviewSetsCheck { event, done } => {
                format!("nothing is {done} on the event {event}: after a review the check alone is set")
            }
            Self::EventOfStrangers { event, done } => {
                format!("nothing is {done} on the event {event}: it can run with credentials on what strangers wrote")
            }
            Self::OtherBranch { branch, done } => {
                format!("nothing is {done} from another branch than the default one, {branch}")
            }
            Self::NoDefaultBranch { done } => format!(
                "nothing is {done}, because the default branch is unknown: the event does not name it, and there is no \
                 token to ask GitHub with"
            ),
            Self::OtherBase { branch } => format!(
                "nothing is planned for a pull request that goes to {branch}, which is not the default branch: its \
                 settings guard nothing"
            ),
            Self::Overtaken { sha, later, run } => {
                let run = run.as_ref().map(|run| format!(" ({run})")).unwrap_or_default();
                format!(
                    "overtaken: the commit {later}, which came after {sha}, was applied already{run}. This run would \
                     take back what it brought"
                )
            }
            Self::DueOvertaken { sha, branch } => {
                format!("overtaken: {branch} has gone on from {sha}, and a later commit may give an entry more time")
            }
            Self::OtherCatalog => "the catalog is not the one that the plan was made from".to_owned(),
            Self::OtherPlanBase => "the base is not the one that the plan was made against".to_owned(),
            Self::PlannedInSandbox => "the plan was made in the sandbox, and this apply is about AWS".to_owned(),
            Self::PlannedInAws => "the plan was made of AWS, and this apply is about the sandbox".to_owned(),
            Self::NobodyToAsk => "the apply needs a yes, and there is no terminal to ask at".to_owned(),
            Self::AnsweredOtherwise => "the answer was not `yes`".to_owned(),
            Self::TooMuch { exceeded: Exceeded { removals, limit, of, all: _ }, place: _ } => {
                let (what, there) = match of {
                    LimitOf::All => ("", ""),
                    LimitOf::Portfolios => (" in portfolios", " there"),
                    LimitOf::Marketplace => (" in product lists", " there"),
                };
                format!("it takes away {removals}{what}, and at most {limit} are allowed{there}")
            }
            Self::Unseen { changes: 1, because: _ } => "a change that nobody has seen".to_owned(),
            Self::Unseen { changes, because: _ } => format!("{changes} changes that nobody has seen"),
        }
    }

    /// More about the reason, in one or two sentences. Empty if the headline says it all.
    pub fn why(&self) -> String {
        match self {
            Self::TooMuch { .. } => {
                "Limits count changes: a share with a unit of 300 accounts is one. Look at each of \
                                     them before you allow them."
                    .to_owned()
            }
            Self::Unseen { changes: _, because } => because.why(),
            Self::ApplyOnEvent { .. }
            | Self::DueOnEvent { .. }
            | Self::RequestOnEvent { .. }
            | Self::Request(_)
            | Self::AdoptOnEvent { .. }
            | Self::DriftOnEvent { .. }
            | Self::ReviewSetsCheck { .. }
            | Self::EventOfStrangers { .. }
            | Self::OtherBranch { .. }
            | Self::NoDefaultBranch { .. }
            | Self::OtherBase { .. }
            | Self::Overtaken { .. }
            | Self::DueOvertaken { .. }
            | Self::OtherCatalog
            | Self::OtherPlanBase
            | Self::PlannedInSandbox
            | Self::PlannedInAws
            | Self::NobodyToAsk
            | Self::AnsweredOtherwise => String::new(),
        }
    }

    /// The next step, in one or two sentences.
    pub fn way_out(&self) -> String {
        let words = match self {
            Self::ApplyOnEvent { .. } => "Merge it: the push to the default branch applies it.",
            Self::DueOnEvent { .. } | Self::AdoptOnEvent { .. } => "Run it there, on a schedule or by hand.",
            Self::RequestOnEvent { .. } => {
                "Send the event with the rule of docs/events.md; or run an earlier run of that workflow again."
            }
            Self::Request(request) => return request.way_out(),
            Self::DriftOnEvent { .. } => "Run it there, on a schedule or by hand; a pull request has its plan.",
            Self::ReviewSetsCheck { .. } => "Give `command: plan`, which does that, or leave `command` out.",
            Self::EventOfStrangers { .. } => {
                "Use pull_request or merge_group, and on the default branch push, schedule, workflow_dispatch or \
                 repository_dispatch."
            }
            Self::OtherBranch { branch, done: _ } => return format!("Start it on {branch}."),
            Self::NoDefaultBranch { .. } => "Give `github-token`.",
            Self::OtherBase { .. } => "Point it to the default branch and push again, and the plan is made.",
            Self::Overtaken { .. } => {
                "If something is left to do, run that one again, or start an apply by hand on the default branch."
            }
            Self::DueOvertaken { sha: _, branch } => return format!("Start a new run on {branch}."),
            Self::OtherCatalog => "Make a new plan, look at it, and apply that.",
            Self::OtherPlanBase => {
                "Give the plan's own base or leave `--base` out; or make a new plan against the base that you mean, look \
                 at it, and apply that."
            }
            Self::PlannedInSandbox => {
                "Make a new plan without `--sandbox`, look at it, and apply that; or give `--sandbox` here, too."
            }
            Self::PlannedInAws => "Leave `--sandbox` out; or make a new plan with it, look at it, and apply that.",
            Self::NobodyToAsk => "Give `--auto-approve`, or apply a plan that was saved with `plan --out plan.json`.",
            Self::AnsweredOtherwise => "Run it again and answer `yes`, or give `--auto-approve`.",
            Self::TooMuch { exceeded, place } => return place.way_out(exceeded.all),
            Self::Unseen { changes: _, because } => return because.way_out(),
        };
        words.to_owned()
    }

    /// Headline, reason and way out in one line, for a log.
    pub fn sentence(&self) -> String {
        let parts = [format!("{}.", self.headline()), self.why(), self.way_out()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The value of the Action's output `reason`. `None` if the run itself is out of place.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::TooMuch { .. } => Some("removals"),
            Self::Unseen { .. } => Some("unreviewed"),
            Self::Overtaken { .. } | Self::DueOvertaken { .. } => Some("overtaken"),
            Self::Request(_) => Some("catalog"),
            Self::ApplyOnEvent { .. }
            | Self::DueOnEvent { .. }
            | Self::RequestOnEvent { .. }
            | Self::AdoptOnEvent { .. }
            | Self::DriftOnEvent { .. }
            | Self::ReviewSetsCheck { .. }
            | Self::EventOfStrangers { .. }
            | Self::OtherBranch { .. }
            | Self::NoDefaultBranch { .. }
            | Self::OtherBase { .. }
            | Self::OtherCatalog
            | Self::OtherPlanBase
            | Self::PlannedInSandbox
            | Self::PlannedInAws
            | Self::NobodyToAsk
            | Self::AnsweredOtherwise => None,
        }
    }
}
