//! The ways out of a plan that takes away too much.

/// The label on a pull request that allows its plan to take away more than the settings do.
pub const LABEL: &str = "catalog-sync:allow-removals";

/// Where it is said that a plan takes away too much: there are other ways out in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On the command line.
    CommandLine {
        /// Whether there is a base, whose limit counts as well.
        with_base: bool,
    },
    /// Beside the plan of an open pull request.
    PullRequest(Label),
    /// In the apply of a merged pull request.
    Merge {
        /// The pull request.
        number: u64,
        /// What its label lacks.
        label: Label,
    },
    /// In a run without a pull request: an apply by hand, or a look at drift.
    ByHand,
    /// In a run that carries out what is due.
    Due,
}

/// What the label [`LABEL`] on a pull request lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// It is not there.
    Missing,
    /// It was put on before the plan was shown.
    TooOld,
    /// It was put on by somebody who may not write to the repository, or by a bot.
    NotBy(String),
}

impl Place {
    /// How a plan is carried out that takes away `all`.
    pub(super) fn way_out(&self, all: usize) -> String {
        match self {
            Self::CommandLine { with_base: false } => format!(
                "If all of this is meant, apply with `--allow-removals {all}`, or raise `safety.max_removals` in the \
                 settings."
            ),
            // The lower limit of catalog and base counts.
            Self::CommandLine { with_base: true } => {
                format!("If all of this is meant, apply with `--allow-removals {all}`.")
            }
            Self::PullRequest(Label::Missing) => {
                format!(
                    "It will be applied only with the label `{LABEL}`, put on this pull request after the plan was \
                     shown, by somebody who may write to the repository."
                )
            }
            Self::PullRequest(label) => label.way_out("the pull request"),
            Self::Merge { number, label } => format!(
                "{} Then run this again. Without the label, start the apply by hand with `allow-removals: {all}`.",
                label.way_out(&format!("#{number}"))
            ),
            Self::ByHand => format!(
                "If all of this is meant, start the apply by hand with `allow-removals: {all}`, or raise \
                 `safety.max_removals` in a pull request, merge it, and start the apply by hand after that."
            ),
            Self::Due => format!(
                "If all of this is meant, start this workflow by hand with `allow-removals: {all}`; if not, give the \
                 entries a later `until` in a pull request."
            ),
        }
    }
}

impl Label {
    /// What to do about the label on `pull`.
    fn way_out(&self, pull: &str) -> String {
        match self {
            Self::Missing => format!("If all of this is meant, put the label `{LABEL}` on {pull}."),
            Self::TooOld => format!(
                "The label `{LABEL}` was put on {pull} before this plan was shown, and counts for what was shown then: \
                 take it off and put it on again."
            ),
            Self::NotBy(login) => format!(
                "The label `{LABEL}` was put on {pull} by {login}, who may not write to the repository: somebody who \
                 may has to take it off and put it on again."
            ),
        }
    }
}
