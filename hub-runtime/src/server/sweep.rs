use super::hubs::{Hubs, Inner};
use super::state::HubState;
use crate::identity::unix_millis;
use crate::raw::RawApplication;
use crate::telemetry::HubMetrics;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant, SystemTime};
use tokio::task::AbortHandle;
use tokio::time::MissedTickBehavior;

/// Starts the one task that looks after time for every connection: it moves the coarse clock and
/// wakes what is due. It ends with the hubs.
pub(super) fn spawn(hubs: &Hubs) -> AbortHandle {
    let of_hubs = hubs.0.hubs.iter().map(|hub| hub.options().sweep_interval());
    let of_handlers = hubs.0.raw.iter().map(|raw| raw.options().sweep_interval());
    let interval = of_hubs.chain(of_handlers).min();
    let interval = interval.unwrap_or(Duration::from_secs(1));
    hubs.0.clock.advance();
    tokio::spawn(run(Arc::downgrade(&hubs.0), interval)).abort_handle()
}

async fn run(hubs: Weak<Inner>, interval: Duration) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(hubs) = hubs.upgrade() else { return };
        hubs.clock.advance();
        for (_, endpoint) in &hubs.endpoints {
            endpoint.sweep();
        }
        for hub in &hubs.hubs {
            let now = hub.clock().millis();
            // Nothing waits longer than the timeout says: what would be over it by the next time is
            // ended now.
            let patience = hub
                .options()
                .transport_send_timeout
                .saturating_sub(interval);
            let stuck = Instant::now().checked_sub(patience);
            hub.live().each(|connection| connection.sweep(now, stuck));
            count_bytes(hub);
        }
        sweep_expired(&hubs);
    }
}

/// Tells the metrics what has been sent to clients, and what waits for them.
fn count_bytes(hub: &HubState) {
    if !HubMetrics::are_on() {
        return;
    }
    let (mut all_sent, mut all_pending) = (0, 0);
    hub.live().each(|connection| {
        let (sent, pending) = connection.outgoing().take_count();
        all_sent += sent;
        all_pending += pending;
    });
    hub.metrics().sent(all_sent);
    hub.metrics().pending(all_pending);
}

/// Ends connections whose user's proof is over: the one time that is the wall clock's.
fn sweep_expired(hubs: &Inner) {
    let wall_clock = unix_millis(SystemTime::now());
    let closes = |hub: &&Arc<HubState>| hub.options().close_on_authentication_expiration;
    for hub in hubs.hubs.iter().filter(closes) {
        hub.live().each(|it| it.sweep_expired(wall_clock));
    }
    let closes = |raw: &&Arc<RawApplication>| raw.options().close_on_authentication_expiration;
    for raw in hubs.raw.iter().filter(closes) {
        raw.live().each(|it| it.sweep_expired(wall_clock));
    }
}
