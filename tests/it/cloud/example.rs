//! The repository's own catalog, read from the built-in world.

use std::collections::BTreeMap;
use std::path::Path;

use catalog_sync::catalog;
use catalog_sync::cloud::{Cloud, Endpoint, Options, read};
use catalog_sync::model::live::Found;
use catalog_sync::model::settings::Mode;
use catalog_sync::model::wants::{OrganizationWants, Wants};
use catalog_sync::sandbox::{START_ACCESS_KEY, START_SECRET, Sandbox, World};

use super::bed::{complete, id, read_all};

#[tokio::test]
async fn all_of_it_can_be_read_with_few_calls() {
    let sandbox = Sandbox::start(World::example()).await.unwrap();
    let options = Options::loopback(Endpoint {
        url: sandbox.url(),
        access_key_id: START_ACCESS_KEY.to_owned(),
        secret_access_key: START_SECRET.to_owned(),
    });
    let files = catalog::source::read_dir(Path::new("catalog")).unwrap();
    let desired = catalog::load(&files, jiff::civil::date(2027, 1, 1)).desired.expect("a catalog without errors");
    let cloud = Cloud::new(&desired.settings, Mode::Plan, options);
    let mut live = read_all(&cloud, &desired).await;
    assert!(live.portfolios.len() >= 2 && live.experiences.len() == 2);
    for shelf in live.portfolios.values() {
        let read = shelf.clone().read;
        assert!(read.values().all(|portfolio| matches!(portfolio, Found::There(_))), "{read:?}");
    }
    for shelf in live.experiences.values() {
        let read = shelf.clone().read;
        assert!(read.values().all(|experience| matches!(experience, Found::There(_))), "{read:?}");
    }
    // Two administrator accounts and three recipients to enter, four share types for each portfolio in each region,
    // and so on. More calls than this bound would be unnecessary ones.
    assert!(cloud.calls().total() < 60, "{:?}", cloud.calls());
    let everyone = OrganizationWants { everyone: true, ..OrganizationWants::default() };
    let organizations = BTreeMap::from([(id("acme"), everyone.clone()), (id("subsidiary"), everyone)]);
    let wants = Wants { organizations, ..Wants::default() };
    read::read(&cloud, &mut live, |_| wants.clone()).await;
    assert_eq!(live.troubles, Vec::<String>::new());
    assert!(live.organizations.into_values().all(|organization| complete(organization).whole));
}
