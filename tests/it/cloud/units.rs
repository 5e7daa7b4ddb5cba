//! The accounts that OUs reach and the names of OUs, in large and small organizations, and the calls that this takes.

use std::collections::{BTreeMap, BTreeSet};

use catalog_sync::model::id::OuId;
use catalog_sync::model::wants::OrganizationWants as Questions;
use catalog_sync::sandbox::{Fault, FaultError, Member, Paths, Unit, World};

use super::bed::{Bed, by_id, id};
use super::organization::{deny_organizations, look_up, ou, units};

/// A hundred OUs, twenty in each of five groups. Each has five accounts, except the last, which is empty.
fn hundred_units(world: &mut World) {
    let unit = |group: usize, unit: usize| {
        let number = group * 20 + unit;
        let accounts = (0..if number == 99 { 0 } else { 5 }).map(|account| {
            let name = format!("resident {account}");
            (format!("7{number:05}{account:06}"), Member { name, ..Member::default() })
        });
        Unit {
            name: format!("Unit {unit}"),
            id: format!("ou-acme-unit{number:04}"),
            accounts: accounts.collect(),
            ous: Vec::new(),
        }
    };
    let group = |group: usize| Unit {
        name: format!("Group {group}"),
        id: format!("ou-acme-group{group:03}"),
        accounts: BTreeMap::new(),
        ous: (0..20).map(|number| unit(group, number)).collect(),
    };
    world.organizations.get_mut("acme").unwrap().ous.extend((0..5).map(group));
}

fn hundred() -> BTreeSet<OuId> {
    (0..100).map(|number| id(&format!("ou-acme-unit{number:04}"))).collect()
}

fn organizations_calls(bed: &Bed) -> usize {
    bed.sandbox.calls().iter().filter(|call| call.service == "organizations").count()
}

#[tokio::test]
async fn many_units_are_found_in_the_list_of_accounts() {
    let mut bed = Bed::new(hundred_units).await;
    let (organization, troubles) = look_up(&mut bed, Questions { units: hundred(), ..Questions::default() }).await;
    assert!(troubles.is_empty(), "{troubles:?}");
    for unit in hundred() {
        let expected = if unit.as_str() == "ou-acme-unit0099" { 0 } else { 5 };
        assert_eq!(organization.members[&unit].len(), expected, "{unit}");
    }
    assert_eq!(organization.path(&id("ou-acme-unit0021")), "Group 1/Unit 1");
    assert_eq!(organization.path(&id("ou-acme-unit0099")), "Group 4/Unit 19");
    // `DescribeOrganization`, 26 pages for 502 accounts, and one call each for the five groups, the empty OU and the
    // root.
    assert_eq!(bed.calls("ListAccounts"), 26);
    assert_eq!(bed.calls("ListAccountsForParent"), 0);
    assert_eq!(organizations_calls(&bed), 1 + 26 + 5 + 1 + 1);
}

#[tokio::test]
async fn paths_of_many_units_and_who_is_below_them_take_few_calls() {
    let mut bed = Bed::new(hundred_units).await;
    let paths: Vec<String> = (0..60).map(|unit| format!("Group {}/Unit {}", unit / 20, unit % 20)).collect();
    bed.want_portfolio("us-east-1", by_id("port-data"), paths.iter().map(|path| ou(path)));
    let wanted: BTreeSet<OuId> = hundred().into_iter().take(60).collect();
    let (organization, troubles) = look_up(&mut bed, Questions { units: wanted, ..Questions::default() }).await;
    assert!(troubles.is_empty(), "{troubles:?}");
    assert!(paths.iter().all(|path| organization.members[&organization.resolve(path).unwrap()].len() == 5));
    // The organization, its root, the OUs below the root and below three groups; then all accounts.
    assert_eq!(organizations_calls(&bed), 1 + 1 + 1 + 3 + 26);
}

#[tokio::test]
async fn few_units_of_a_large_organization_are_asked_one_by_one() {
    let mut bed = Bed::new(hundred_units).await;
    let three = hundred().into_iter().take(3).collect();
    let (organization, _) = look_up(&mut bed, Questions { units: three, ..Questions::default() }).await;
    assert_eq!(organization.members.len(), 3);
    assert_eq!((bed.calls("ListAccounts"), bed.calls("ListAccountsForParent")), (0, 3));
}

#[tokio::test]
async fn list_that_costs_more_than_the_units_is_given_up() {
    let mut bed = Bed::new(hundred_units).await;
    let six = hundred().into_iter().take(6).collect();
    let (organization, _) = look_up(&mut bed, Questions { units: six, ..Questions::default() }).await;
    assert_eq!(organization.members.len(), 6);
    assert_eq!((bed.calls("ListAccounts"), bed.calls("ListAccountsForParent")), (12, 6));
}

#[tokio::test]
async fn members_and_names_are_the_same_whatever_paths_hold() {
    let look = async |paths: Paths| {
        let mut bed = Bed::new(|world| {
            hundred_units(world);
            world.unproven.paths = paths;
        })
        .await;
        let mut wanted = hundred();
        wanted.extend(units(&["ou-acme-gone0001", "ou-acme-work0001"]));
        let (organization, troubles) = look_up(&mut bed, Questions { units: wanted, ..Questions::default() }).await;
        assert!(troubles.is_empty(), "{troubles:?}");
        assert_eq!(organization.missing, units(&["ou-acme-gone0001"]));
        let named = hundred().into_iter().chain(units(&["ou-acme-work0001"]));
        let found = named.map(|unit| (organization.path(&unit), organization.members[&unit].clone()));
        found.collect::<BTreeMap<_, _>>()
    };
    let usual = look(Paths::ToItself).await;
    assert_eq!(usual.len(), 101);
    assert_eq!(usual["Workloads"].len(), 4);
    assert_eq!(look(Paths::ToParent).await, usual);
    assert_eq!(look(Paths::LeftOut).await, usual);
}

#[tokio::test]
async fn refused_list_of_accounts_leaves_the_units_to_ask() {
    let mut bed = Bed::new(hundred_units).await;
    deny_organizations(&bed, "organizations:ListAccounts");
    let (organization, troubles) = look_up(&mut bed, Questions { units: hundred(), ..Questions::default() }).await;
    assert_eq!((organization.members.len(), troubles), (100, Vec::new()));
    assert_eq!(bed.calls("ListAccounts"), 1);
}

#[tokio::test]
async fn unit_that_can_not_be_read_leaves_the_others_known() {
    let error = FaultError { code: "AccessDeniedException".to_owned(), message: "no".to_owned(), status: 400 };
    let fault = Fault {
        operation: Some("ListAccountsForParent".to_owned()),
        times: Some(1),
        error: Some(error),
        ..Fault::default()
    };
    let mut bed = Bed::new(|world| world.faults.push(fault)).await;
    let wanted = units(&["ou-acme-work0001", "ou-acme-sand0001"]);
    let (organization, troubles) = look_up(&mut bed, Questions { units: wanted, ..Questions::default() }).await;
    assert_eq!(troubles.len(), 1, "{troubles:?}");
    assert_eq!(organization.members.len(), 1, "one of the two: {:?}", organization.members);
}
