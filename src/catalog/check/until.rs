//! Checks of `until`: days that have passed, days that are near, and days without effect.

use jiff::civil::Date;

use crate::model::desired::Unlisted;
use crate::model::finding::Finding;

use crate::catalog::code::Code;
use crate::catalog::include::{Lists, called};
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::At;
use crate::catalog::record::Field;
use crate::catalog::report::finding;
use crate::catalog::scalar::Day;
use crate::catalog::until::{days_left, is_over};

use super::product::lists;
use super::share::{receiver, shares};

pub(super) fn until_is_not_near(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (_, file, list) in lists(catalog) {
        for product in list.products() {
            let Some(until) = product.until.get() else { continue };
            findings.extend(ending(&called(product), until, catalog.today, file));
        }
    }
    for (file, _, At { value: share, place: _ }) in shares(catalog) {
        let (Some(until), Some(receiver)) = (share.until.get(), receiver(share)) else { continue };
        findings.extend(ending(&format!("the share with {receiver}"), until, catalog.today, file));
    }
}

fn ending<T>(what: &str, until: &At<Day>, today: Date, file: &File<T>) -> Option<Finding> {
    let day = until.value.0;
    let (code, message, help) = if is_over(until.value, today) {
        let help = "it counts as not listed: take it out, or give it a later `until`";
        (Code::UntilPassed, format!("the `until` of {what} passed on {day}"), help)
    } else {
        let left = match days_left(until.value, today)? {
            0 => "which is today".to_owned(),
            1 => "one more day".to_owned(),
            days => format!("{days} more days"),
        };
        let help = "review it: from the day after it counts as not listed";
        (Code::UntilNear, format!("{what} counts until {day}, {left}"), help)
    };
    Some(finding(code, file.source(until.place), message, help))
}

/// With `keep`, unlisted entries stay, so nothing changes when an entry ends.
pub(super) fn until_has_an_effect(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    let message = |keeps: &str| format!("`until` has no effect beside `{keeps}`: what is not listed stays as it is");
    for (file, portfolio, At { value: share, place: _ }) in shares(catalog) {
        let keeps = portfolio.unlisted_shares.get().is_some_and(|unlisted| unlisted.value.0 == Unlisted::Keep);
        if let (true, Some(until)) = (keeps, share.until.get()) {
            let help = "take `until` out, or `unlisted_shares: keep` and name what is to be kept under `ignore`";
            let message = message("unlisted_shares: keep");
            findings.push(finding(Code::UntilWithoutEffect, file.source(until.place), message, help));
        }
    }
    for (_, file, list) in lists(catalog) {
        let keeps = list.unlisted.get().is_some_and(|unlisted| unlisted.value.0 == Unlisted::Keep);
        if !keeps || list.experiences.is_none() {
            continue;
        }
        for product in list.approved.get().into_iter().flat_map(|approved| &approved.value) {
            let Some(until) = product.value.until.get() else { continue };
            let help = "take `until` out, or `unlisted: keep` and name what is to be kept under `ignore`";
            findings.push(finding(Code::UntilWithoutEffect, file.source(until.place), message("unlisted: keep"), help));
        }
    }
}

/// Only the list that governs an experience decides about its unlisted products.
pub(super) fn keep_has_an_effect(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    for (name, file, list) in lists(catalog) {
        let Some(unlisted) = &list.unlisted else { continue };
        let keeps = unlisted.value.as_ref().is_some_and(|unlisted| unlisted.value.0 == Unlisted::Keep);
        if keeps && list.experiences.is_none() {
            let message = format!("`unlisted: keep` has no effect here: `{name}` governs no experience by itself");
            let help = "write it into the list that has `experiences`; it is not inherited by including";
            findings.push(finding(Code::KeepWithoutEffect, file.source(unlisted.key), message, help));
        }
    }
}
