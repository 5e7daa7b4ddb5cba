//! Checks the fields that the settings require in every entry.

use std::collections::BTreeSet;

use crate::model::finding::Finding;

use crate::catalog::code::Code;
use crate::catalog::include::{Lists, called};
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::{At, List};
use crate::catalog::record::Field;
use crate::catalog::report::{Place, finding};
use crate::catalog::scalar::RequiredField;

use super::product::lists;
use super::share::{receiver, shares};
use super::shared::{repeated, twice};

type Fields = Option<crate::catalog::record::Given<List<RequiredField>>>;

fn required(fields: &Fields) -> BTreeSet<&'static str> {
    fields.get().into_iter().flat_map(|fields| &fields.value).map(|field| field.value.0).collect()
}

pub(super) fn required_fields_are_there(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let Some(file) = catalog.settings.as_ref() else { return };
    let Some(require) = file.content.as_ref().and_then(|settings| settings.require.get()) else { return };
    for fields in [&require.value.products, &require.value.shares] {
        let words = fields.get().into_iter().flat_map(|fields| &fields.value);
        for (word, place, first) in repeated(words.map(|At { value, place }| (value.0, *place))) {
            findings.push(twice(&format!("`{word}`"), place, first, file));
        }
    }
    let of_products = required(&require.value.products);
    for (_, file, list) in lists(catalog) {
        for product in list.products() {
            let given = [("notes", product.notes.is_some()), ("until", product.until.is_some())];
            missing(&called(product), &of_products, given, file, product.id.place, findings);
        }
    }
    let of_shares = required(&require.value.shares);
    for (file, _, At { value: share, place }) in shares(catalog) {
        let given = [("notes", share.notes.is_some()), ("until", share.until.is_some())];
        let what = receiver(share).map_or_else(|| "this share".to_owned(), |it| format!("the share with {it}"));
        missing(&what, &of_shares, given, file, *place, findings);
    }
}

fn missing<T>(
    what: &str,
    required: &BTreeSet<&'static str>,
    given: [(&str, bool); 2],
    file: &File<T>,
    place: Place,
    findings: &mut Vec<Finding>,
) {
    for (field, is_given) in given {
        if required.contains(field) && !is_given {
            let message = format!("{what} has no `{field}`, which `require` in the settings asks of every entry");
            findings.push(finding(Code::MissingRequired, file.source(place), message, format!("add `{field}: …`")));
        }
    }
}
