//! How a text is kept below a limit: what is given goes first, then what changes, then what can be read elsewhere in
//! the same text. What is taken away and what is odd goes when nothing else is left.

/// How long a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// In characters, counted as the longest of the ways there are to count: UTF-16 code units.
    Characters(usize),
    /// In bytes.
    Bytes(usize),
}

impl Limit {
    /// A comment's or an issue's: 65,536 characters, and some room for whoever edits its foot.
    pub const COMMENT: Self = Self::Characters(65_536 - 2_048);

    /// A job summary's: 1 MiB for a step, of which other texts may take a part.
    pub const SUMMARY: Self = Self::Bytes(1_048_576 - 65_536);

    /// Whether `text` is short enough.
    pub fn allows(self, text: &str) -> bool {
        match self {
            Self::Characters(limit) => text.encode_utf16().count() <= limit,
            Self::Bytes(limit) => text.len() <= limit,
        }
    }
}

/// What there is room for. The numbers are for the whole text, spent from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Lines of what is given.
    pub(super) creates: usize,
    /// Lines of what changes.
    pub(super) updates: usize,
    /// Rows of targets of which nothing is taken and nothing is odd.
    pub(super) quiet_rows: bool,
    /// What stands folded below the table, and repeats what is taken away.
    pub(super) details: bool,
    /// The table.
    pub(super) table: bool,
    /// Long lists of whom something concerns, folded.
    pub(super) folds: bool,
    /// Names of what could not be read.
    pub(super) unread: usize,
    /// Names of what is taken away, or failed.
    pub(super) losses: usize,
    /// Warnings, and targets that could not be read.
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

/// What is cut, one after the other; the number is what is left of it.
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

/// The longest text that the limit allows, of those that `compose` makes; or the shortest there is. `most` is how
/// many things there can be of one kind.
pub(super) fn fit(limit: Limit, most: usize, compose: impl Fn(Room) -> String) -> String {
    fit_in(limit, most, compose).0
}

/// The same, and what there was room for.
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

/// Bisects between nothing, which fits as `best`, and `most`, which may not. Answers how much of it there is, too.
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
