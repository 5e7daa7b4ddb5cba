//! The filters of `ListEntities` and `ListChangeSets`.
//!
//! The filter `Scope` = `SharedWithMe` is easily forgotten. The private marketplace is *shared with* a delegated
//! administrator, who sees nothing of it without this filter. The account that *owns* it, mostly the management
//! account, sees nothing with it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{invalid, owner};
use crate::sandbox::codec::moment;
use crate::sandbox::page;
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::required;
use crate::sandbox::world::{ChangeSetStatus, Organization, PRIVATE_MARKETPLACE, World};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct Filter {
    name: Option<String>,
    value_list: Option<Vec<String>>,
}

/// The filters of `ListChangeSets` that compare with a time. Each takes one value.
pub(super) const TIMES: [&str; 4] = ["BeforeStartTime", "AfterStartTime", "BeforeEndTime", "AfterEndTime"];

/// The values of each filter, by its name. All names are known.
pub(super) struct Filters(BTreeMap<String, Vec<String>>);

impl Filters {
    pub(super) fn read(filters: Option<Vec<Filter>>, known: &[&str]) -> Result<Self, Failure> {
        let mut read = BTreeMap::new();
        let Some(filters) = filters else { return Ok(Self(read)) };
        if !(1..=8).contains(&filters.len()) {
            return Err(invalid(format!("FilterList must have 1 to 8 filters and has {}.", filters.len())));
        }
        for Filter { name, value_list } in filters {
            let name = required(name, "filterList.member.name")?;
            let values = required(value_list, "filterList.member.valueList")?;
            if !known.contains(&name.as_str()) {
                return Err(invalid(format!("Filter {name} is not supported.")));
            }
            if values.is_empty() || values.len() > 10 {
                return Err(invalid(format!("Filter {name} must have 1 to 10 values.")));
            }
            if name == "Scope" && values != ["SharedWithMe"] {
                return Err(invalid("Filter Scope has an invalid value."));
            }
            let is_moment = |value: &String| value.parse::<Timestamp>().is_ok();
            if TIMES.contains(&name.as_str()) && !(values.len() == 1 && values.iter().all(is_moment)) {
                return Err(invalid(format!("Filter {name} must have one value, a time in ISO 8601 format.")));
            }
            let is_status = |value: &String| ChangeSetStatus::WORDS.contains(&value.as_str());
            if name == "Status" && !values.iter().all(is_status) {
                return Err(invalid("Filter Status has an invalid value."));
            }
            if read.insert(name.clone(), values).is_some() {
                return Err(invalid(format!("Filter {name} must not be there twice.")));
            }
        }
        Ok(Self(read))
    }

    /// Whether a value passes the filter of that name. Without such a filter every value passes.
    pub(super) fn pass(&self, name: &str, value: &str) -> bool {
        self.0.get(name).is_none_or(|values| values.iter().any(|wanted| wanted == value))
    }

    /// Whether the time of a serial number passes the filters `Before…` and `After…`. A set that has not ended passes
    /// neither.
    pub(super) fn pass_times(&self, what: &str, serial: Option<u64>) -> bool {
        let bound = |name: String| self.0.get(&name)?.first()?.parse::<Timestamp>().ok();
        let at = serial.and_then(|serial| moment(serial).parse::<Timestamp>().ok());
        let passes = |bound: Option<Timestamp>, fits: fn(Timestamp, Timestamp) -> bool| match (bound, at) {
            (None, _) => true,
            (Some(bound), Some(at)) => fits(at, bound),
            (Some(_), None) => false,
        };
        passes(bound(format!("Before{what}")), |at, bound| at < bound)
            && passes(bound(format!("After{what}")), |at, bound| at > bound)
    }

    /// Whether the caller sees an entity of the owner `owned_by` (`None`: the management account). Without the filter
    /// `Scope` the caller sees its own entities. With it, those of the management account that it administers.
    pub(super) fn sees(&self, organization: &Organization, account: &str, owned_by: Option<&String>) -> bool {
        let is_owner = owner(organization, owned_by) == account;
        let is_shared = !is_owner && owned_by.is_none() && organization.administers(account, PRIVATE_MARKETPLACE);
        if self.0.contains_key("Scope") { is_shared } else { is_owner }
    }

    fn key(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// The paging parameters of a request.
pub(super) struct Paging {
    pub(super) size: Option<i64>,
    /// The largest page that the call allows.
    pub(super) most: usize,
    pub(super) token: Option<String>,
}

impl Paging {
    /// A page of a list.
    pub(super) fn cut(
        self,
        world: &World,
        member: &str,
        of: &str,
        filters: &Filters,
        items: Vec<Value>,
    ) -> Result<Value, Failure> {
        let size = self.size.map_or(Ok(self.most), usize::try_from);
        let size = size.ok().filter(|size| (1..=self.most).contains(size));
        let size = size.ok_or_else(|| invalid(format!("MaxResults must be from 1 to {}.", self.most)))?;
        let list = format!("{member} {of} {}", filters.key());
        let page = page::cut(items, &list, size, self.token.as_deref(), &world.pages)
            .map_err(|_| invalid("NextToken is invalid."))?;
        Ok(object([(member, Value::Array(page.items)), ("NextToken", json!(page.next))]))
    }
}
