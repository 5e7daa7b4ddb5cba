//! The ways out for a plan with too many removals.

/// The label that allows a pull request's plan to exceed the limit on removals.
pub const LABEL: &str = "catalog-sync:allow-removals";

/// The place where too many removals are reported. Each place has other ways out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On the command line.
    CommandLine {
        /// Whether there is a base. Its limit counts as well.
        with_base: bool,
    },
    /// With the plan of an open pull request.
    PullRequest(Label),
    /// In the apply of a merged pull request.
    Merge {
        /// The pull request.
        number: u64,
        /// Why its label does not count.
        label: Label,
    },
    /// In a run without a pull request: an apply by hand, or drift.
    ByHand,
    /// In a run of `ci due`.
    Due,
}

/// Why the label [`LABEL`] on a pull request does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// It is not set.
    Missing,
    /// It was set before the plan was shown.
    TooOld,
    /// It was not set by a person who may write to the repository, but by this login. `None` if GitHub names nobody.
    NotBy(Option<String>),
}

impl Place {
    /// How to apply a plan with `all` removals.
    pub(super) fn way_out(&self, all: usize) -> String {
        match self {
            Self::CommandLine { with_base: false } => format!(
                "If all of this is meant, apply with `--allow-removals {all}`, or raise `safety.max_removals` in the \
                 settings."
            ),
            // The lower limit of catalog and base counts, so raising the catalog's limit does not help.
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
                "The label `{LABEL}` was put on {pull} by {}. It counts only from a person who may write to the \
                 repository, who has to take it off and put it on again.",
                login.as_deref().unwrap_or("somebody whom GitHub does not name")
            ),
        }
    }
}
