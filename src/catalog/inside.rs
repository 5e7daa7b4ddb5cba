//! Converts the `recipients` of a checked portfolio into the desired state.

use crate::model::desired::{
    DesiredLaunchRole, DesiredLocal, DesiredPrincipal, DesiredProducts, DesiredRecipients, LocalMode, Recipients,
    Unlisted,
};

use super::local::{Launcher, LocalPortfolio, Products};
use super::parsed::{Catalog, File};
use super::read::At;
use super::record::Field;
use super::report::Place;
use super::schema;
use super::values::{is_set, value, values};

/// The entries of a portfolio. `None` if one is invalid.
pub(super) fn recipients(
    catalog: &Catalog,
    file: &File<schema::Portfolio>,
    content: &schema::Portfolio,
) -> Option<Vec<DesiredRecipients>> {
    let entries = content.recipients.get().into_iter().flat_map(|entries| &entries.value);
    let entry = |At { value: entry, place }: &At<schema::Recipients>| {
        let schema::Recipients { account, ou, organization, except, local_portfolio, principals } = entry;
        let who = match (account.get(), ou.get(), organization.get()) {
            (Some(account), None, None) => Recipients::Account(value(account)),
            (None, Some(ou), None) => Recipients::Ou(value(ou)),
            (None, None, Some(name)) => Recipients::Organization(value(catalog.organization(&name.value)?.id.get()?)),
            _ => return None,
        };
        let principals = principals.get().into_iter().flat_map(|principals| &principals.value);
        let principal = |at: &At<super::principal::Principal>| {
            Some(DesiredPrincipal { who: at.value.who()?, source: file.source(at.place) })
        };
        let principals = principals.map(principal).collect::<Option<_>>()?;
        let local = match local_portfolio.get() {
            Some(At { value, place }) => Some(local(file, content, value, *place)?),
            None => None,
        };
        Some(DesiredRecipients { who, except: values(except.get()), principals, local, source: file.source(*place) })
    };
    entries.map(entry).collect()
}

/// `None` if it is invalid.
fn local(
    file: &File<schema::Portfolio>,
    content: &schema::Portfolio,
    local: &LocalPortfolio,
    place: Place,
) -> Option<DesiredLocal> {
    let LocalPortfolio { name, provider, description, products, unlisted_products, adopt, mode, launch_role } = local;
    let name = match name.get() {
        Some(name) => name.value.0.clone(),
        None => content.portfolio.get()?.value.0.clone(),
    };
    let products = match products.get() {
        Some(At { value: Products::All, place }) => DesiredProducts::All(file.source(*place)),
        Some(At { value, place: _ }) => {
            DesiredProducts::Named(value.names().map(|at| (at.value.0.clone(), file.source(at.place))).collect())
        }
        None => DesiredProducts::All(file.source(place)),
    };
    let role = |at: &At<Launcher>| DesiredLaunchRole { role: at.value.0.clone(), source: file.source(at.place) };
    Some(DesiredLocal {
        name,
        provider: provider.get()?.value.0.clone(),
        description: description.get().map(|description| description.value.0.clone()),
        products,
        unlisted: unlisted_products.get().map_or(Unlisted::Keep, |unlisted| unlisted.value.0),
        adopt: is_set(adopt.get()),
        mode: mode.get().map_or(LocalMode::Reference, |mode| mode.value.0),
        launch_role: launch_role.get().map(role),
        source: file.source(place),
    })
}
