//! The colours and styles.

use anstyle::{AnsiColor, Style};

use crate::model::edit::Effect;

pub(super) const PLAIN: Style = Style::new();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GIVEN: Style = AnsiColor::Green.on_default();
pub(super) const CHANGED: Style = AnsiColor::Yellow.on_default();
pub(super) const TAKEN: Style = AnsiColor::Red.on_default();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();
pub(super) const DONE: Style = AnsiColor::Green.on_default().bold();

/// The colour of an effect.
pub(super) const fn of(effect: Effect) -> Style {
    match effect {
        Effect::Gives => GIVEN,
        Effect::Changes => CHANGED,
        Effect::Takes => TAKEN,
    }
}
