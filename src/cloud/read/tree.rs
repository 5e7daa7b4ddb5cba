//! One level of an organization's tree.

use aws_sdk_organizations::types::OrganizationalUnit;

use super::pages;
use crate::cloud::CloudError;
use crate::cloud::client::Seat;
use crate::model::id::OuId;

/// The largest page that Organizations gives (API reference, `MaxResults` of its lists).
pub(super) const PAGE: i32 = 20;

pub(super) type Organizations = Seat<aws_sdk_organizations::Client>;

/// The units right below a root or a unit, with their names.
pub(super) async fn children(seat: &Organizations, parent: &str) -> Result<Vec<(OuId, String)>, CloudError> {
    let units = pages(&seat.place, "ListOrganizationalUnitsForParent", |token| async move {
        let list = seat.client.list_organizational_units_for_parent().parent_id(parent);
        let call = list.max_results(PAGE).set_next_token(token);
        let page = seat.call(call).await?;
        Ok((page.organizational_units, page.next_token))
    })
    .await?;
    let named = |unit: OrganizationalUnit| {
        let id = seat.parse("ListOrganizationalUnitsForParent", unit.id.as_deref())?;
        Ok((id, unit.name.unwrap_or_default()))
    };
    units.into_iter().map(named).collect()
}
