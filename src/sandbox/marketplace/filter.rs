//! The filters of the two lists, and the trap among them: the private marketplace is *shared
//! with* a delegated administrator, who sees nothing of it without the filter `Scope` =
//! `SharedWithMe`; the management account *owns* it, and sees nothing with that filter.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::invalid;
use crate::sandbox::page;
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::required;
use crate::sandbox::world::{Organization, World};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
pub(super) struct Filter {
    name: Option<String>,
    value_list: Option<Vec<String>>,
}

/// Filters by name, all of them known.
pub(super) struct Filters(BTreeMap<String, Vec<String>>);

impl Filters {
    pub(super) fn read(filters: Option<Vec<Filter>>, known: &[&str]) -> Result<Self, Failure> {
        let mut read = BTreeMap::new();
        for Filter { name, value_list } in filters.unwrap_or_default() {
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
            read.insert(name, values);
        }
        Ok(Self(read))
    }

    /// Whether a value passes the filter of that name, if there is one.
    pub(super) fn pass(&self, name: &str, value: &str) -> bool {
        self.0.get(name).is_none_or(|values| values.iter().any(|wanted| wanted == value))
    }

    /// Whether the caller sees the organization's things at all this way.
    pub(super) fn sees(&self, organization: &Organization, account: &str) -> bool {
        let is_owner = organization.management_account == account;
        is_owner != self.0.contains_key("Scope")
    }

    fn key(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// What a list is paged by.
pub(super) struct Paging {
    pub(super) size: Option<i64>,
    /// The most that the call allows.
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
