//! One level of an organization's tree, and the paths of accounts and OUs.

use aws_sdk_organizations::types::OrganizationalUnit;

use super::several::{Part, pages, pages_while};
use crate::cloud::CloudError;
use crate::cloud::client::Seat;
use crate::model::id::{OrganizationId, OuId};

/// The largest page that Organizations gives (API reference, `MaxResults` of its lists).
pub(super) const PAGE: i32 = 20;

/// How many accounts or OUs a page holds.
pub(super) const PER_PAGE: usize = 20;

pub(super) type Organizations = Seat<aws_sdk_organizations::Client>;

/// The ids of the roots. An organization has one root, but AWS gives a list.
pub(super) async fn roots(seat: &Organizations) -> Result<Vec<String>, CloudError> {
    let roots = pages(&seat.place, "ListRoots", |token| async move {
        let page = seat.call(seat.client.list_roots().max_results(PAGE).set_next_token(token)).await?;
        Ok((page.roots, page.next_token))
    })
    .await?;
    Ok(roots.into_iter().filter_map(|root| root.id).collect())
}

/// The id of the root above an OU, which is part of the OU's id: `ou-ROOT-UNIT` (API reference,
/// `OrganizationalUnit.Id`).
pub(super) fn root_of(unit: &OuId) -> Option<String> {
    let (root, _) = unit.as_str().strip_prefix("ou-")?.split_once('-')?;
    Some(format!("r-{root}"))
}

/// The child OUs of a root or an OU, with their names.
pub(super) async fn children(seat: &Organizations, parent: &str) -> Result<Vec<(OuId, String)>, CloudError> {
    let Part { items, is_whole: _ } = children_while(seat, parent, |_, _| true).await?;
    Ok(items)
}

/// The same, as long as `go_on` returns true for the OUs and the number of pages so far.
pub(super) async fn children_while(
    seat: &Organizations,
    parent: &str,
    go_on: impl Fn(&[(OuId, String)], usize) -> bool + Send,
) -> Result<Part<(OuId, String)>, CloudError> {
    const OPERATION: &str = "ListOrganizationalUnitsForParent";
    let named = |unit: OrganizationalUnit| {
        let id = seat.parse(OPERATION, unit.id.as_deref())?;
        Ok((id, unit.name.unwrap_or_default()))
    };
    let page = |token| async move {
        let list = seat.client.list_organizational_units_for_parent().parent_id(parent);
        let page = seat.call(list.max_results(PAGE).set_next_token(token)).await?;
        let units = page.organizational_units.unwrap_or_default().into_iter().map(named);
        Ok((Some(units.collect::<Result<Vec<_>, CloudError>>()?), page.next_token))
    };
    pages_while(&seat.place, OPERATION, page, go_on).await
}

/// The OUs in a path of AWS, from the root down: `o-…/r-…/ou-…/`, with or without the id `own` of the account or OU
/// itself at its end. Both forms match AWS's model, and the API reference does not say which one AWS sends. `None` if
/// the path can't be parsed.
pub(super) fn units_above(organization: &OrganizationId, path: &str, own: &str) -> Option<Vec<OuId>> {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.last() == Some(&own) {
        parts.pop();
    }
    let mut parts = parts.into_iter();
    let begins = parts.next() == Some(organization.as_str()) && parts.next().is_some_and(|root| root.starts_with("r-"));
    if !begins {
        return None;
    }
    parts.map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn above(path: &str, own: &str) -> Option<Vec<String>> {
        let units = units_above(&"o-acme000001".parse().unwrap(), path, own)?;
        Some(units.into_iter().map(String::from).collect())
    }

    #[test]
    fn path_may_end_with_what_it_is_given_for() {
        let units = Some(vec!["ou-acme-work0001".to_owned()]);
        assert_eq!(above("o-acme000001/r-acme/ou-acme-work0001/111111111111/", "111111111111"), units);
        assert_eq!(above("o-acme000001/r-acme/ou-acme-work0001/", "111111111111"), units);
        assert_eq!(above("o-acme000001/r-acme/ou-acme-work0001/ou-acme-prod0001/", "ou-acme-prod0001"), units);
        assert_eq!(above("o-acme000001/r-acme/", "111111111111"), Some(Vec::new()), "it is right below the root");
    }

    #[test]
    fn path_that_is_not_understood_says_nothing() {
        for path in ["", "o-elsewhere1/r-acme/", "o-acme000001/", "o-acme000001/r-acme/somewhere/111111111111/"] {
            assert_eq!(above(path, "111111111111"), None, "{path}");
        }
    }

    #[test]
    fn root_is_in_the_id_of_each_unit() {
        assert_eq!(root_of(&"ou-acme-work0001".parse().unwrap()), Some("r-acme".to_owned()));
    }
}
