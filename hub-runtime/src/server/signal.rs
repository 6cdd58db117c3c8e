use std::future::pending;
use tokio::signal::ctrl_c;

/// Completes when the process is told to end: by Ctrl-C (SIGINT), or on Unix by SIGTERM, which
/// service managers and containers send. For
/// [`with_graceful_shutdown`](crate::Serve::with_graceful_shutdown), and axum's.
///
/// The signals are caught from the first poll on, for the rest of the process: somebody has to act
/// upon them. Where one cannot be caught, it ends the process at once, as it does without this.
///
/// ```no_run
/// # async fn run(app: axum::Router) -> std::io::Result<()> {
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
/// hub_runtime::serve(listener, app)
///     .with_graceful_shutdown(hub_runtime::told_to_stop())
///     .await
/// # }
/// ```
pub async fn told_to_stop() {
    tokio::select! {
        () = interrupted() => {}
        () = terminated() => {}
    }
}

async fn interrupted() {
    if ctrl_c().await.is_err() {
        pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => drop(signal.recv().await),
        Err(_) => pending().await,
    }
}

/// Only Unix has such a signal.
#[cfg(not(unix))]
async fn terminated() {
    pending().await
}
