//! Checks of regions in all files.

use crate::model::finding::Finding;
use crate::model::id::Region;

use crate::catalog::code::Code;
use crate::catalog::include::Lists;
use crate::catalog::parsed::{Catalog, File};
use crate::catalog::read::{At, List};
use crate::catalog::record::Field;
use crate::catalog::region::{is_known, nearest_region};
use crate::catalog::report::finding;

use super::portfolio::portfolios;

pub(super) fn regions_are_known(catalog: &Catalog, _: &Lists<'_>, findings: &mut Vec<Finding>) {
    if let Some(file) = &catalog.settings {
        known(file, file.content.as_ref().and_then(|settings| settings.regions.get()), findings);
    }
    for (file, portfolio) in portfolios(catalog) {
        known(file, portfolio.regions.get(), findings);
    }
}

fn known<T>(file: &File<T>, regions: Option<&At<List<Region>>>, findings: &mut Vec<Finding>) {
    let regions = regions.into_iter().flat_map(|regions| &regions.value);
    for At { value: region, place } in regions.filter(|region| !is_known(&region.value)) {
        let message = format!("this version of catalog-sync knows no region `{region}`");
        let help = match nearest_region(region.as_str()) {
            Some(near) => format!("did you mean `{near}`? A region that AWS has opened since can stay"),
            None => "check it for a typo; a region that AWS has opened since can stay".to_owned(),
        };
        findings.push(finding(Code::UnknownRegion, file.source(*place), message, help));
    }
}
