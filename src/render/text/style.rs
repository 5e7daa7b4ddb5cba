//! What is which colour.

use anstyle::{AnsiColor, Style};

use crate::model::change::Action;

pub(super) const PLAIN: Style = Style::new();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GIVEN: Style = AnsiColor::Green.on_default();
pub(super) const CHANGED: Style = AnsiColor::Yellow.on_default();
pub(super) const TAKEN: Style = AnsiColor::Red.on_default();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(super) const DONE: Style = AnsiColor::Green.on_default().bold();

/// The colour of what is done.
pub(super) const fn of(action: Action) -> Style {
    match action {
        Action::Create => GIVEN,
        Action::Update => CHANGED,
        Action::Remove => TAKEN,
    }
}
