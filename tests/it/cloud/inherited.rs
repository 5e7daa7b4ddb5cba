//! Rows that AWS lists for an account or OU because a node above it has a share. They are left alone and reported,
//! whether AWS lists such rows or not.

use catalog_sync::model::desired::OuRef;
use catalog_sync::model::portfolio::{Receiver, Share};
use catalog_sync::model::settings::Mode;
use catalog_sync::sandbox::{InheritedRows, Share as SandboxShare, ShareTarget};

use super::bed::{Bed, HUB, by_id, id};

const ALL: [InheritedRows; 4] =
    [InheritedRows::None, InheritedRows::Members, InheritedRows::Units, InheritedRows::MembersAndUnits];

pub(super) fn unit(ou: &str, tag_options: bool) -> Share<OuRef> {
    Share::Ou { ou: OuRef::Id(id(ou)), tag_options, principals: false }
}

/// A portfolio that is shared with Workloads and with `extra`. `rows` decides which inherited rows AWS lists.
async fn shared(rows: InheritedRows, extra: &[ShareTarget]) -> Bed {
    let shares = [ShareTarget::Ou("ou-acme-work0001".to_owned())].into_iter().chain(extra.iter().cloned());
    let shares = shares.map(SandboxShare::new).collect();
    Bed::new(|world| {
        let region = world.accounts.get_mut(HUB).unwrap().regions.get_mut("us-east-1").unwrap();
        region.portfolios.get_mut("port-other").unwrap().shares = shares;
        world.unproven.inherited_rows = rows;
    })
    .await
}

async fn applied(bed: &Bed) {
    let report = bed.apply(&mut ()).await;
    assert_eq!((report.tally().failed, report.tally().skipped), (0, 0), "{report:?}");
}

/// The receivers that the portfolio has a share of its own with.
fn real(bed: &Bed) -> Vec<String> {
    let mut real = Vec::new();
    bed.sandbox.change(|world| {
        let portfolio = &world.accounts[HUB].regions["us-east-1"].portfolios["port-other"];
        real = portfolio.shares.iter().map(|share| format!("{:?}", share.to)).collect();
    });
    real.sort();
    real
}

#[tokio::test]
async fn unit_and_its_members_in_step_ask_nothing_further() {
    let mut bed = shared(InheritedRows::None, &[]).await;
    bed.want_portfolio("us-east-1", by_id("port-other"), [unit("ou-acme-work0001", false)]);
    assert!(!bed.planned(Mode::Plan).await.has_changes());
    assert_eq!(bed.calls("ListOrganizationPortfolioAccess"), 0);
}

#[tokio::test]
async fn inherited_rows_are_left_alone_and_said() {
    let mut bed = shared(InheritedRows::MembersAndUnits, &[]).await;
    bed.want_portfolio("us-east-1", by_id("port-other"), [unit("ou-acme-work0001", false)]);
    let plan = bed.planned(Mode::Plan).await;
    assert!(!plan.has_changes(), "{:?}", plan.targets);
    let [warning] = plan.targets[0].warnings.as_slice() else { panic!("{:?}", plan.targets[0].warnings) };
    assert_eq!(warning.code, "inherited_share");
    assert!(warning.message.starts_with("member/222222222222, member/333333333333, "), "{}", warning.message);
    assert_eq!(bed.calls("ListOrganizationPortfolioAccess"), 2, "once for each kind of node");
}

#[tokio::test]
async fn share_of_its_own_below_a_shared_unit_is_removed() {
    for rows in ALL {
        let own = [ShareTarget::Member("333333333333".to_owned()), ShareTarget::Ou("ou-acme-stag0001".to_owned())];
        let mut bed = shared(rows, &own).await;
        bed.want_portfolio("us-east-1", by_id("port-other"), [unit("ou-acme-work0001", false)]);
        let plan = bed.planned(Mode::Plan).await;
        let removed: Vec<String> = plan.changes().map(|(_, change)| change.edit.key()).collect();
        assert_eq!(removed, ["member/333333333333", "ou-acme-stag0001"], "{rows:?}");
        applied(&bed).await;
        assert_eq!(real(&bed), ["Ou(\"ou-acme-work0001\")"], "{rows:?}");
        assert!(!bed.planned(Mode::Plan).await.has_changes(), "{rows:?}");
    }
}

/// Shares below a live one are made. The member's share has TagOptions or not.
async fn made_below(tag_options: bool) {
    for rows in ALL {
        let mut bed = shared(rows, &[]).await;
        let member = Share::Member { account: id("333333333333"), tag_options };
        let shares = [unit("ou-acme-work0001", false), unit("ou-acme-prod0001", true), member];
        bed.want_portfolio("us-east-1", by_id("port-other"), shares);
        applied(&bed).await;
        assert_eq!(real(&bed).len(), 3, "{rows:?}: {:?}", real(&bed));
        assert!(!bed.planned(Mode::Plan).await.has_changes(), "{rows:?}");
    }
}

#[tokio::test]
async fn share_below_another_is_made_whatever_its_row_shows() {
    made_below(true).await;
}

#[tokio::test]
async fn listed_share_that_only_inherits_is_made_where_one_on_other_terms_comes_above() {
    made_below(false).await;
}

#[tokio::test]
async fn share_above_is_removed_and_the_one_below_it_made() {
    for rows in ALL {
        let mut bed = shared(rows, &[]).await;
        bed.want_portfolio("us-east-1", by_id("port-other"), [unit("ou-acme-prod0001", false)]);
        applied(&bed).await;
        assert_eq!(real(&bed), ["Ou(\"ou-acme-prod0001\")"], "{rows:?}");
        assert!(!bed.planned(Mode::Plan).await.has_changes(), "{rows:?}");
    }
}

#[tokio::test]
async fn row_that_may_not_be_looked_up_is_left_alone_and_said() {
    let own = ShareTarget::Member("333333333333".to_owned());
    let mut bed = shared(InheritedRows::None, std::slice::from_ref(&own)).await;
    bed.sandbox.change(|world| {
        let role = world.accounts.get_mut(HUB).unwrap().roles.entry("catalog-sync-*".to_owned()).or_default();
        role.deny = vec!["servicecatalog:ListOrganizationPortfolioAccess".to_owned()];
    });
    bed.want_portfolio("us-east-1", by_id("port-other"), [unit("ou-acme-work0001", false)]);
    let plan = bed.planned(Mode::Plan).await;
    assert!(!plan.has_changes());
    let message = &plan.targets[0].warnings[0].message;
    assert!(message.starts_with("member/333333333333: live and not listed, but"), "{message}");
    assert!(message.contains("AccessDeniedException"), "{message}");
    // The base lists the share, so the catalog made it and may remove it.
    let mut base = bed.desired.clone();
    let entry = base.portfolios.values_mut().next().unwrap();
    let source = entry.shares[0].source.clone();
    let share = Share::Member { account: id("333333333333"), tag_options: false };
    entry.shares.push(catalog_sync::model::desired::DesiredShare { share, notes: None, until: None, source });
    let plan = bed.planned_from(Mode::Plan, Some(&base)).await;
    let removed: Vec<String> = plan.changes().map(|(_, change)| change.edit.key()).collect();
    assert_eq!(removed, [Receiver::Member(id("333333333333")).to_string()]);
}
