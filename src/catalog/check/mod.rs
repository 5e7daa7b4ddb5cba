//! Checks across keys and files. Each check gets the whole catalog and adds findings. It ignores values that could
//! not be read, since these were reported already.

mod audience;
mod experience;
mod ignore;
mod local;
mod mirror;
mod organization;
mod portfolio;
mod product;
mod recipient;
mod region;
mod require;
mod settings;
mod share;
mod shared;
mod until;

use crate::model::finding::Finding;

use super::include::Lists;
use super::parsed::Catalog;

/// A check.
pub(super) type Check = fn(&Catalog, &Lists<'_>, &mut Vec<Finding>);

/// All of them.
pub(super) const CHECKS: &[Check] = &[
    settings::organizations_differ,
    settings::accounts_differ,
    settings::roles_fit_their_accounts,
    settings::the_way_leads_to_a_role,
    settings::plan_and_apply_have_roles_of_their_own,
    settings::regions_differ,
    region::regions_are_known,
    portfolio::names_one_portfolio,
    portfolio::organization_owns_portfolios,
    portfolio::lives_somewhere,
    portfolio::regions_differ,
    portfolio::governed_once,
    portfolio::name_is_no_id,
    share::names_one_receiver,
    share::terms_fit_the_receiver,
    share::stays_in_its_organization,
    share::receivers_differ,
    share::units_begin_below_the_root,
    share::principals_are_shared_by_name,
    recipient::names_one_node,
    recipient::except_fits,
    recipient::is_reached_by_a_share,
    recipient::stays_in_its_organization,
    recipient::entries_differ,
    recipient::units_begin_below_the_root,
    recipient::principals_have_one_form,
    recipient::principals_differ,
    recipient::patterns_are_few,
    local::has_a_name,
    local::products_differ,
    local::launch_role_is_of_the_account,
    local::names_differ_between_files,
    ignore::names_one_receiver,
    ignore::organization_is_its_own,
    ignore::nothing_is_listed_too,
    require::required_fields_are_there,
    until::until_is_not_near,
    until::until_has_an_effect,
    until::keep_has_an_effect,
    product::listed_once,
    product::includes_differ,
    product::ids_look_like_ids,
    product::ids_differ_in_more_than_case,
    product::notes_fit,
    product::names_agree,
    product::names_differ,
    product::list_is_used,
    mirror::stands_in_place_of_lists,
    mirror::names_one_experience,
    mirror::organization_owns_experiences,
    mirror::is_not_included,
    mirror::follows_no_follower,
    mirror::name_is_no_id,
    audience::names_one_principal,
    audience::organization_is_its_own,
    audience::units_begin_below_the_root,
    audience::principals_are_in_one_audience,
    experience::names_one_experience,
    experience::terms_fit,
    experience::own_terms_are_of_one,
    experience::archived_ones_are_left_alone,
    experience::branding_says_something,
    experience::organization_owns_experiences,
    experience::governed_once,
    experience::name_is_no_id,
    experience::something_is_approved,
];
