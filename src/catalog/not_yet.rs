//! Keys of the format that this version does not handle: they get a finding of their own, told from slips.

/// What the format names and this version does not handle: the record, the key, what it is for.
const NOT_YET: &[(&str, &str, &str)] = &[
    ("an entry of `experiences`", "create", "making an experience"),
    ("an entry of `experiences`", "description", "describing an experience"),
    ("an entry of `experiences`", "status", "enabling and archiving an experience"),
    ("an entry of `experiences`", "user_requests", "letting users ask for products"),
    ("an entry of `experiences`", "audience", "whom an experience governs"),
    ("an entry of `experiences`", "branding", "how an experience looks"),
];

/// The keys of a record that this version does not handle, with what they are for.
pub(super) fn not_yet(record: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    NOT_YET.iter().filter(move |(of, _, _)| *of == record).map(|(_, key, purpose)| (*key, *purpose))
}
