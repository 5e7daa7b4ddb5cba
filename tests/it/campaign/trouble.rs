//! The faults of the campaign.

use catalog_sync::sandbox::{Drop, Fault as Obstacle, FaultError, World};

/// Part of the message of each error that the campaign makes. A report of the failed call has to contain it.
pub(super) const MARK: &str = "campaign-7f3a";

/// A kind of fault that meets calls of an operation.
pub(super) struct Fault {
    pub(super) name: &'static str,
    /// The fault in the call of an operation that follows `skip` calls of it.
    pub(super) makes: fn(operation: &str, skip: u32) -> Vec<Obstacle>,
}

impl Fault {
    /// What a run is told beside, so that it ends soon: by itself it waits for half an hour while AWS throttles, and for a
    /// minute for each answer.
    pub(super) fn options(&self) -> &'static [&'static str] {
        match self.name {
            "throttled for good" => &["--timeout", "2s"],
            name if name.starts_with("too late") => &["--timeout", "6s"],
            _ => &[],
        }
    }
}

/// Long after a run stops waiting for an answer.
const TOO_LATE: u64 = 30_000;

/// Every fault that a call can have, once and permanently.
pub(super) const FAULTS: &[Fault] = &[
    Fault { name: "throttled once", makes: |it, skip| error(it, skip, Some(1), "ThrottlingException", 400) },
    Fault { name: "throttled for good", makes: |it, skip| error(it, skip, None, "ThrottlingException", 400) },
    Fault { name: "500 once", makes: |it, skip| error(it, skip, Some(1), "InternalFailure", 500) },
    Fault { name: "500 for good", makes: |it, skip| error(it, skip, None, "InternalFailure", 500) },
    Fault { name: "503 once", makes: |it, skip| error(it, skip, Some(1), "ServiceUnavailable", 503) },
    Fault { name: "503 for good", makes: |it, skip| error(it, skip, None, "ServiceUnavailable", 503) },
    Fault { name: "denied", makes: |it, skip| error(it, skip, None, "AccessDeniedException", 400) },
    Fault { name: "expired once", makes: |it, skip| error(it, skip, Some(1), "ExpiredTokenException", 403) },
    Fault { name: "expired for good", makes: |it, skip| error(it, skip, None, "ExpiredTokenException", 403) },
    Fault { name: "dropped before once", makes: |it, skip| dropped(it, skip, Some(1), Drop::Before) },
    Fault { name: "dropped before for good", makes: |it, skip| dropped(it, skip, None, Drop::Before) },
    Fault { name: "dropped after once", makes: |it, skip| dropped(it, skip, Some(1), Drop::After) },
    Fault { name: "dropped after for good", makes: |it, skip| dropped(it, skip, None, Drop::After) },
    Fault {
        name: "too late, undone, once",
        makes: |it, skip| too_late(error(it, skip, Some(1), "InternalFailure", 500)),
    },
    Fault {
        name: "too late, undone, for good",
        makes: |it, skip| too_late(error(it, skip, None, "InternalFailure", 500)),
    },
    Fault { name: "too late, done, once", makes: |it, skip| too_late(answered(it, skip, Some(1))) },
    Fault { name: "too late, done, for good", makes: |it, skip| too_late(answered(it, skip, None)) },
];

fn error(operation: &str, skip: u32, times: Option<u32>, code: &str, status: u16) -> Vec<Obstacle> {
    let error = FaultError { code: code.to_owned(), message: format!("{MARK}: {code}"), status };
    vec![Obstacle { operation: Some(operation.to_owned()), skip, times, error: Some(error), ..Obstacle::default() }]
}

fn answered(operation: &str, skip: u32, times: Option<u32>) -> Vec<Obstacle> {
    vec![Obstacle { operation: Some(operation.to_owned()), skip, times, ..Obstacle::default() }]
}

fn too_late(mut obstacles: Vec<Obstacle>) -> Vec<Obstacle> {
    for obstacle in &mut obstacles {
        obstacle.delay_ms = TOO_LATE;
    }
    obstacles
}

fn dropped(operation: &str, skip: u32, times: Option<u32>, drop: Drop) -> Vec<Obstacle> {
    vec![Obstacle { operation: Some(operation.to_owned()), skip, times, drop: Some(drop), ..Obstacle::default() }]
}

/// The calls to put a fault in: every one, or of more than four the first two, the middle one and the last.
pub(super) fn places(count: u32) -> Vec<u32> {
    if count <= 4 { (0..count).collect() } else { vec![0, 1, count / 2, count - 1] }
}

/// Habits of AWS, as keys of a world. None of them alone makes anything fail permanently.
pub(super) fn habits() -> Vec<String> {
    let mut habits: Vec<String> = [
        "pages: {empty_first: true}",
        "pages: {largest: 1}",
        "pages: {largest: 1, empty_first: true}",
        "pending: {share: 3}",
        "pending: {change_set: 3}",
        "pending: {principal: 3, product: 3, product_flickers: true, constraint: 3, copy: 3}",
        "change_set_faults: [{fate: server_fault, times: 1}]",
        "change_set_faults: [{fate: server_fault}]",
        "change_set_faults: [{fate: cancelled, times: 1}]",
        "change_set_faults: [{fate: cancelled, skip: 1}]",
        "copy_errors: [{detail: campaign-7f3a}]",
        "constraint_errors: [{times: 1}]",
        "unproven: {change_set_unseen: 2, change_set_unlisted: 2, new_experience_unseen: 2}",
        "unproven: {change_order: 7}",
        "unproven: {batch_describe: {refuses: [ProcurementPolicy]}}",
        "unproven: {paths: to_parent}",
        "unproven: {inherited_rows: members_and_units}",
    ]
    .map(str::to_owned)
    .into();
    habits.extend([1, 2, 3, 5, 8, 13].map(|calls| format!("sessions: {{calls: {calls}}}")));
    habits
}

/// Gives a world a habit, which is written as keys of a world.
pub(super) fn take_on(world: &mut World, habit: &str) {
    behave_as(world, World::parse(habit, "habit").unwrap());
}

/// Gives a world the faults and habits of another. Its organizations, accounts and products stay.
pub(super) fn behave_as(world: &mut World, other: World) {
    *world = World {
        start: world.start.clone(),
        organizations: world.organizations.clone(),
        accounts: world.accounts.clone(),
        products: world.products.clone(),
        serial: world.serial,
        ..other
    };
}
