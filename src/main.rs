//! Parses the command line, calls the library, and maps the outcome to the exit status.

use std::io::Write as _;
use std::process::ExitCode;

use catalog_sync::cli::Cli;
use catalog_sync::commands::{self, Exit, UsageError};

fn main() -> ExitCode {
    if commands::complete() {
        return ExitCode::SUCCESS;
    }
    // The version alone is printed without defining every command and option, which would take most of the time.
    if let [_, only] = &std::env::args_os().collect::<Vec<_>>()[..]
        && (only == "--version" || only == "-V")
    {
        let _ = writeln!(std::io::stdout(), "{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    let cli = Cli::read();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(cli)),
        Err(error) => Err(error.into()),
    };
    let exit = ended.unwrap_or_else(|error| {
        let text = format!("error: {error:#}");
        let _ = writeln!(std::io::stderr(), "{}", catalog_sync::render::escape::terminal(&text));
        if error.is::<UsageError>() { Exit::Usage } else { Exit::Error }
    });
    ExitCode::from(exit as u8)
}
