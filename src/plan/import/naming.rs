//! Chooses names of files, and writes units and accounts as people would.

use std::collections::BTreeSet;

use crate::model::audience::AudiencePrincipal;
use crate::model::desired::OuRef;
use crate::model::draft::Commented;
use crate::model::experience_terms::AudienceRef;
use crate::model::id::{Name, OuId};
use crate::model::organization::Organization;
use crate::model::portfolio::{Receiver, Share};

/// A line of a file, with the key that it is sorted by.
pub(super) type Ranked<T> = ((u8, String), Commented<T>);

/// A file name made of a resource's name: its letters and digits in lower case, with hyphens between them. If it is
/// taken, `apart` is added to it. If that is taken too, a number is.
pub(super) fn file_name(name: &str, otherwise: &str, apart: &str, taken: &BTreeSet<Name>) -> Option<Name> {
    let stem = [name, otherwise].into_iter().find_map(Name::made_of)?;
    let with_more = Name::made_of(apart).map(|apart| format!("{stem}-{apart}"));
    let numbered = (2..1_000_usize).map(|number| format!("{stem}-{number}"));
    [Some(stem.to_string()), with_more].into_iter().flatten().chain(numbered).find_map(|name| {
        let name: Name = name.parse().ok()?;
        (!taken.contains(&name)).then_some(name)
    })
}

/// A unit as a path, names from the root down. Its id if a name is unknown, or if the path would mean something else in
/// a file.
pub(super) fn unit(organization: Option<&Organization>, unit: &OuId) -> OuRef {
    let id = || OuRef::Id(unit.clone());
    let Some(organization) = organization else { return id() };
    let Some(way) = organization.way_to(unit) else { return id() };
    let mut names = Vec::new();
    for step in &way {
        match organization.units.get(step) {
            Some(unit) if is_writable(&unit.name) => names.push(unit.name.as_str()),
            _ => return id(),
        }
    }
    // A path that begins with the root's name, or with the prefix of an id, is taken for a mistake in a catalog.
    let begins_odd = names.first().is_some_and(|first| {
        first.eq_ignore_ascii_case("root") || ["ou-", "o-", "r-", "arn:"].iter().any(|odd| first.starts_with(odd))
    });
    if begins_odd { id() } else { OuRef::Path(names.join("/")) }
}

/// A line of an audience, with its key: the organization first, then units by path, then accounts by name. Accounts
/// without a name come last.
pub(super) fn governed(principal: &AudiencePrincipal, tree: Option<&Organization>) -> Ranked<AudienceRef> {
    match principal {
        AudiencePrincipal::Organization(id) => {
            ((0, id.to_string()), Commented { value: AudienceRef::Organization(id.clone()), comment: None })
        }
        AudiencePrincipal::Ou(id) => {
            let named = unit(tree, id);
            ((1, named.to_string()), Commented { value: AudienceRef::Ou(named), comment: None })
        }
        AudiencePrincipal::Account(id) => {
            let comment = tree.and_then(|tree| tree.account_name(id)).map(str::to_owned);
            let sorted = format!("{}\u{0}{id}", comment.as_deref().unwrap_or("\u{10ffff}"));
            ((2, sorted), Commented { value: AudienceRef::Account(id.clone()), comment })
        }
    }
}

/// The comment behind a share in a file: an account's name, or the path of a unit that is written as its id.
pub(super) fn remark(receiver: &Receiver, share: &Share<OuRef>, tree: Option<&Organization>) -> Option<String> {
    match receiver {
        Receiver::Organization(_) => None,
        Receiver::Ou(_) if matches!(share, Share::Ou { ou: OuRef::Path(_), .. }) => None,
        Receiver::Ou(id) => tree.map(|it| it.path(id)).filter(|path| path != id.as_str()),
        Receiver::Member(id) | Receiver::Account(id) => tree.and_then(|it| it.account_name(id)).map(str::to_owned),
    }
}

/// Whether a unit's name can be part of a path.
fn is_writable(name: &str) -> bool {
    !name.contains('/') && !name.chars().any(char::is_control) && name.trim() == name && !name.is_empty()
}

/// Whether a text of several lines can stand in a file as it is.
pub(super) fn is_text(text: &str, longest: usize) -> bool {
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    !text.trim().is_empty() && text.chars().count() <= longest && !text.chars().any(is_odd)
}

/// Whether a name can stand in a file as it is.
pub(super) fn is_plain_text(name: &str, longest: usize) -> bool {
    !name.trim().is_empty() && name.chars().count() <= longest && !name.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_like_what_they_are_about() {
        let taken: BTreeSet<Name> = ["data".parse().unwrap(), "data-acme".parse().unwrap()].into();
        let called = |name: &str| file_name(name, "port-1", "acme", &taken).unwrap().to_string();
        assert_eq!(called("Developer  Sandbox (EU)"), "developer-sandbox-eu");
        assert_eq!(called("Data"), "data-2");
        assert_eq!(called("データ"), "port-1");
        assert_eq!(called(&"x".repeat(200)).len(), 60);
    }
}
