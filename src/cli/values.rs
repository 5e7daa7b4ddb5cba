//! The values of options that are neither a text nor a yes or no.

#[cfg(feature = "sandbox")]
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;

/// The value of `--sandbox`.
#[cfg(feature = "sandbox")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sandbox {
    /// No sandbox: AWS itself.
    Off,
    /// A sandbox made for the catalog.
    Made,
    /// A sandbox whose world is kept in a file.
    In(PathBuf),
}

#[cfg(feature = "sandbox")]
impl FromStr for Sandbox {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.trim().to_ascii_lowercase().as_str() {
            "" | "false" | "0" | "no" | "off" => Self::Off,
            "true" | "1" | "yes" | "on" => Self::Made,
            _ => Self::In(PathBuf::from(text)),
        })
    }
}

/// When `ci` writes comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comment {
    /// Always.
    Always,
    /// Except for a plan that changes nothing.
    ChangesOnly,
    /// Never.
    Never,
}

impl Comment {
    /// Whether a comment is wanted for a result with something to report.
    pub fn is_wanted(self) -> bool {
        match self {
            Self::Always | Self::ChangesOnly => true,
            Self::Never => false,
        }
    }
}

impl FromStr for Comment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(Self::Always),
            "false" | "0" | "no" | "off" => Ok(Self::Never),
            "changes-only" => Ok(Self::ChangesOnly),
            _ => Err("give true, false or changes-only"),
        }
    }
}

/// The kinds of catalog files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    /// `settings.yaml`
    Settings,
    /// `portfolios/NAME.yaml`
    Portfolio,
    /// `marketplace/NAME.yaml`
    Marketplace,
}
