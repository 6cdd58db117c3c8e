//! A filter that panics is one failed call, never more.

use crate::telemetry::targets;
use futures_util::FutureExt as _;
use hub_core::HubError;
use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs what `begin` begins, and makes an error of a panic.
pub(super) async fn caught<T, F>(
    begin: impl FnOnce() -> F,
    panicked: impl Fn(&(dyn Any + Send)) -> HubError,
) -> Result<T, HubError>
where
    F: Future<Output = Result<T, HubError>>,
{
    let running = catch_unwind(AssertUnwindSafe(begin)).map_err(|panic| panicked(&*panic))?;
    match AssertUnwindSafe(running).catch_unwind().await {
        Ok(result) => result,
        Err(panic) => Err(panicked(&*panic)),
    }
}

/// Logs a filter's panic, and makes an error of it: its text goes no further.
pub(super) fn filter_panicked(filter: &str, panic: &(dyn Any + Send)) -> HubError {
    let text = crate::driver::panic_text(panic);
    tracing::error!(target: targets::DISPATCH, filter, panic = text, "a hub filter panicked");
    HubError::internal("Panic", "A filter panicked.")
}
