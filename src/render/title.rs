//! The title of a target, in parts for every renderer.

use std::collections::BTreeSet;

use crate::model::change::{OtherNotes, Resource, Target, TargetState, Untouched, Work};
use crate::model::target::TargetName;

/// The title of a target in parts. All parts but `kind` are foreign text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Title<'a> {
    /// `portfolio`, `recipient` or `experience`.
    pub(super) kind: &'static str,
    /// The stem of the catalog file.
    pub(super) file: &'a str,
    /// The name of the resource. If it could not be read, its name in the catalog.
    pub(super) name: String,
    /// The id of the resource, if it was found and is not the name already.
    pub(super) id: Option<&'a str>,
    /// The organization's name in the settings.
    pub(super) organization: &'a str,
    /// The account's name, if it is known.
    pub(super) account_name: Option<&'a str>,
    /// The account's id.
    pub(super) account: &'a str,
    /// The region. `None` for experiences, which have only one.
    pub(super) region: Option<&'a str>,
}

impl<'a> Title<'a> {
    /// The title of `target`.
    pub(super) fn of(target: &'a Target) -> Self {
        let (name, id) = match target.work().map(Work::resource) {
            Some(Resource { id, name }) => (Some(name), id),
            None => (None, None),
        };
        let (kind, region, named) = match &target.name {
            TargetName::Marketplace { file: _, organization: _, experience } => {
                ("experience", None, experience.to_string())
            }
            TargetName::Portfolio { file, organization: _, region, former: _ } => {
                ("portfolio", Some(region.as_str()), file.to_string())
            }
            TargetName::Recipient { file, account: _, region } => {
                ("recipient", Some(region.as_str()), file.to_string())
            }
        };
        Self {
            kind,
            file: target.name.file().as_str(),
            name: name.filter(|name| !name.is_empty()).unwrap_or(named),
            id,
            organization: target.organization.as_str(),
            account_name: target.account_name.as_deref(),
            account: target.account.as_str(),
            region,
        }
    }

    /// `acme/hub`, or `acme` if the account's name is unknown.
    pub(super) fn owner(&self) -> String {
        match self.account_name {
            Some(name) => format!("{}/{name}", self.organization),
            None => self.organization.to_owned(),
        }
    }
}

/// The number of live resources in a target that are not listed and left alone.
pub(super) fn left_alone(target: &Target) -> usize {
    match &target.state {
        TargetState::Complete { work: _, left_alone } => left_alone.unlisted,
        TargetState::Unreadable { reason: _, source: _ } => 0,
    }
}

/// The products of a target that differ only in their notes.
pub(super) fn other_notes(target: &Target) -> &[OtherNotes] {
    match &target.state {
        TargetState::Complete { work: _, left_alone } => &left_alone.other_notes,
        TargetState::Unreadable { reason: _, source: _ } => &[],
    }
}

/// The most names in the sentence. The rest are counted.
const NAMED: usize = 6;

/// `2 are left alone by `ignore`: Sandbox ou-…, 777777777777`, unescaped. `None` if `ignore` matches nothing.
pub(super) fn ignored<'a>(targets: impl IntoIterator<Item = &'a Target>) -> Option<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut number = 0;
    for target in targets {
        let TargetState::Complete { work: _, left_alone: Untouched { unlisted: _, ignored, other_notes: _ } } =
            &target.state
        else {
            continue;
        };
        number += ignored.len();
        names.extend(ignored.iter().map(|(key, label)| match label.as_str() {
            "" => key.clone(),
            label if label == key => key.clone(),
            label => format!("{label} {key}"),
        }));
    }
    let verb = if number == 1 { "is" } else { "are" };
    let more = names.len().saturating_sub(NAMED);
    let mut names: Vec<String> = names.into_iter().take(NAMED).collect();
    names.extend((more > 0).then(|| format!("{more} more")));
    (number > 0).then(|| format!("{number} {verb} left alone by `ignore`: {}", names.join(", ")))
}

/// Whether a target was read and has nothing to show.
pub(super) fn is_in_step(target: &Target) -> bool {
    !target.is_spoken_of() && !target.is_unreadable()
}
