//! Cuts a text to a limit. Additions are left out first, then updates, then parts that repeat others. Removals and
//! problems are left out only if nothing else is left.

/// The limit of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// In characters, counted as UTF-16 code units. That gives at least as many as counting code points.
    Characters(usize),
    /// In bytes.
    Bytes(usize),
}

impl Limit {
    /// The limit of a comment or an issue: 65,536 characters, less some room for a change of the foot.
    pub const COMMENT: Self = Self::Characters(65_536 - 2_048);

    /// The limit of a job summary: 1 MiB for a step, less some room for other texts.
    pub const SUMMARY: Self = Self::Bytes(1_048_576 - 65_536);

    /// Whether `text` is short enough.
    pub fn allows(self, text: &str) -> bool {
        match self {
            Self::Characters(limit) => text.encode_utf16().count() <= limit,
            Self::Bytes(limit) => text.len() <= limit,
        }
    }
}

/// The room for each part. Numbers apply to the whole text, which spends them from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Lines of additions.
    pub(super) creates: usize,
    /// Lines of updates.
    pub(super) updates: usize,
    /// Whether the table has rows for targets without removals and problems.
    pub(super) quiet_rows: bool,
    /// Whether there are details below the table. They repeat the removals.
    pub(super) details: bool,
    /// The table.
    pub(super) table: bool,
    /// Whether there are folded lists of accounts or targets.
    pub(super) folds: bool,
    /// Names of targets that could not be read.
    pub(super) unread: usize,
    /// Names in the lists of removals or failures.
    pub(super) losses: usize,
    /// Warnings and causes of unreadable targets.
    pub(super) odd: usize,
}

impl Room {
    /// Room for everything.
    pub(super) const ALL: Self = Self {
        creates: usize::MAX,
        updates: usize::MAX,
        quiet_rows: true,
        details: true,
        table: true,
        folds: true,
        unread: usize::MAX,
        losses: usize::MAX,
        odd: usize::MAX,
    };
}

/// The stages of cutting. The number is how much is left of the part that a stage cuts.
const STAGES: [fn(usize) -> Room; 8] = [
    |left| Room { creates: left, ..Room::ALL },
    |left| Room { updates: left, ..NO_CREATES },
    |_| NO_QUIET_ROWS,
    |_| Room { details: false, ..NO_QUIET_ROWS },
    |_| Room { details: false, folds: false, ..NO_QUIET_ROWS },
    |left| Room { unread: left, details: false, folds: false, ..NO_QUIET_ROWS },
    |left| Room { losses: left, ..BARE },
    |left| Room { losses: 0, odd: left, ..BARE },
];
const NO_CREATES: Room = Room { creates: 0, ..Room::ALL };
const NO_QUIET_ROWS: Room = Room { updates: 0, quiet_rows: false, ..NO_CREATES };
const BARE: Room = Room { details: false, table: false, folds: false, unread: 0, ..NO_QUIET_ROWS };

/// The longest text of `compose` within the limit, or the shortest one if none is. `most` is the largest number of
/// items that any part can have.
pub(super) fn fit(limit: Limit, most: usize, compose: impl Fn(Room) -> String) -> String {
    fit_in(limit, most, compose).0
}

/// The same, with the room that the text got.
pub(super) fn fit_in(limit: Limit, most: usize, compose: impl Fn(Room) -> String) -> (String, Room) {
    let whole = compose(Room::ALL);
    if limit.allows(&whole) {
        return (whole, Room::ALL);
    }
    let mut shortest = (whole, Room::ALL);
    for stage in STAGES {
        shortest = (compose(stage(0)), stage(0));
        if limit.allows(&shortest.0) {
            let (text, left) = longest(limit, most, shortest.0, |left| compose(stage(left)));
            return (text, stage(left));
        }
    }
    shortest
}

/// Bisects the number of items between 0, whose text `best` fits, and `most`. Returns the longest text that fits, with
/// its number.
pub(super) fn longest(
    limit: Limit,
    most: usize,
    mut best: String,
    compose: impl Fn(usize) -> String,
) -> (String, usize) {
    let (mut fits, mut too_long) = (0, most + 1);
    while too_long - fits > 1 {
        let middle = fits.midpoint(too_long);
        let text = compose(middle);
        if limit.allows(&text) {
            (fits, best) = (middle, text);
        } else {
            too_long = middle;
        }
    }
    (best, fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(room: Room) -> String {
        let all = [(room.creates, "+"), (room.updates, "~"), (room.losses, "-"), (room.odd, "!")];
        all.into_iter().map(|(number, sign)| sign.repeat(number.min(10))).collect()
    }

    #[test]
    fn what_is_given_goes_first_and_what_is_odd_last() {
        let fit = |limit| fit(Limit::Characters(limit), 10, lines);
        assert_eq!(fit(40).len(), 40);
        assert_eq!(fit(33), "+++~~~~~~~~~~----------!!!!!!!!!!");
        assert_eq!(fit(25), "~~~~~----------!!!!!!!!!!");
        assert_eq!(fit(20), "----------!!!!!!!!!!");
        assert_eq!(fit(12), "--!!!!!!!!!!");
        assert_eq!(fit(3), "!!!");
        assert_eq!(fit(0), "");
    }

    #[test]
    fn characters_and_bytes_are_told_apart() {
        assert!(Limit::Characters(2).allows("é東"));
        assert!(!Limit::Characters(1).allows("🦀"));
        assert!(!Limit::Bytes(4).allows("é東"));
    }
}
