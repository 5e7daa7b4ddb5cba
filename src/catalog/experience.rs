//! Converts the properties of experiences in a checked catalog into the desired state.

use std::collections::BTreeMap;

use crate::model::branding::Branding;
use crate::model::experience_terms::{AudienceRef, DesiredAudience, ExperienceTerms, Said};

use super::parsed::{Catalog, File};
use super::read::At;
use super::record::{Field, Given};
use super::schema;
use super::values::value;

/// `None` if a part of it is invalid.
pub(super) fn terms(
    catalog: &Catalog,
    file: &File<schema::Marketplace>,
    entry: &schema::Experience,
) -> Option<ExperienceTerms> {
    let schema::Experience {
        organization: _,
        id: _,
        name: _,
        all_live: _,
        except: _,
        create,
        description,
        status,
        user_requests,
        audience,
        branding,
    } = entry;
    let audience = match audience {
        None => None,
        Some(Given { key, value }) => {
            let entries = value.as_ref()?.value.iter();
            let principal = |At { value, place }: &At<schema::AudienceEntry>| {
                Some((principal(catalog, value)?, file.source(*place)))
            };
            let principals = entries.map(principal).collect::<Option<BTreeMap<_, _>>>()?;
            Some(DesiredAudience { principals, source: file.source(*key) })
        }
    };
    Some(ExperienceTerms {
        create: create.get().filter(|create| create.value).map(|create| file.source(create.place)),
        description: said(file, description.get(), |text| text.0.clone()),
        status: said(file, status.get(), |status| status.0),
        user_requests: said(file, user_requests.get(), |requests| *requests),
        audience,
        branding: said(file, branding.get(), look),
    })
}

fn said<T, U>(file: &File<schema::Marketplace>, field: Option<&At<T>>, lowered: impl Fn(&T) -> U) -> Option<Said<U>> {
    field.map(|At { value, place }| Said { value: lowered(value), source: file.source(*place) })
}

fn principal(catalog: &Catalog, entry: &schema::AudienceEntry) -> Option<AudienceRef> {
    let schema::AudienceEntry { account, ou, organization } = entry;
    Some(match (account.get(), ou.get(), organization.get()) {
        (Some(account), None, None) => AudienceRef::Account(value(account)),
        (None, Some(ou), None) => AudienceRef::Ou(value(ou)),
        (None, None, Some(name)) => AudienceRef::Organization(value(catalog.organization(&name.value)?.id.get()?)),
        _ => return None,
    })
}

fn look(branding: &schema::Branding) -> Branding {
    let schema::Branding { title, information, theme_color, logo_url } = branding;
    Branding {
        information: information.get().map(|text| text.value.0.clone()),
        logo_url: logo_url.get().map(|address| address.value.0.clone()),
        theme_color: theme_color.get().map(|color| color.value.0.clone()),
        title: title.get().map(|text| text.value.0.clone()),
    }
}
