//! Requests to stop: SIGINT from a terminal or a cancelled job, SIGTERM from a supervisor.

use futures_util::stream::{self, Stream};
use tokio::sync::mpsc;

/// Yields a sentence for each signal that asks this process to stop. From this call on, these signals no longer end
/// the process. If listening fails, they still do.
pub(super) fn stops() -> impl Stream<Item = String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    listen(&sender);
    stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|reason| (reason, receiver)) })
}

#[cfg(unix)]
fn listen(sender: &mpsc::UnboundedSender<String>) {
    use tokio::signal::unix::{SignalKind, signal};

    for (kind, name) in [(SignalKind::interrupt(), "SIGINT"), (SignalKind::terminate(), "SIGTERM")] {
        let Ok(mut signals) = signal(kind) else { continue };
        let sender = sender.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() && sender.send(format!("the run was stopped by {name}")).is_ok() {}
        });
    }
}

#[cfg(not(unix))]
fn listen(sender: &mpsc::UnboundedSender<String>) {
    let sender = sender.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() && sender.send("the run was stopped".to_owned()).is_ok() {}
    });
}
