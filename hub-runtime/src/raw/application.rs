use super::driver;
use super::handler::ErasedHandler;
use super::options::ConnectionOptions;
use crate::connections::websocket::close::CloseCode;
use crate::connections::{Application, NewConnection};
use crate::driver::Link;
use crate::identity::Ticket;
use crate::server::clock::CoarseClock;
use crate::server::live::{Live, Member};
use crate::server::relay::ConnectionTask;
use crate::telemetry::HubMetrics;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A handler of bytes, mounted at a path.
pub(crate) struct RawApplication {
    path: String,
    pub(super) handler: Box<dyn ErasedHandler>,
    options: ConnectionOptions,
    clock: Arc<CoarseClock>,
    live: Live<Life>,
    metrics: HubMetrics,
}

impl RawApplication {
    pub(crate) fn new(
        path: String,
        handler: Box<dyn ErasedHandler>,
        options: ConnectionOptions,
        clock: Arc<CoarseClock>,
    ) -> Arc<Self> {
        Arc::new(Self {
            metrics: HubMetrics::new(path.clone(), 0),
            path,
            handler,
            options,
            clock,
            live: Live::default(),
        })
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn options(&self) -> &ConnectionOptions {
        &self.options
    }

    /// The connections whose tasks run.
    pub(crate) fn live(&self) -> &Live<Life> {
        &self.live
    }
}

impl Application for RawApplication {
    fn name(&self) -> &str {
        &self.path
    }

    fn clock(&self) -> &CoarseClock {
        &self.clock
    }

    fn is_closed(&self) -> bool {
        self.live.is_closed()
    }

    fn metrics(&self) -> &HubMetrics {
        &self.metrics
    }

    fn disconnect_timeout(&self) -> Duration {
        self.options.disconnect_timeout
    }

    fn run(self: Arc<Self>, new: NewConnection, link: Link) -> ConnectionTask {
        let life = Arc::new(Life {
            number: new.number,
            ticket: new.ticket.clone(),
            end: watch::Sender::new(None),
            application: self,
        });
        Box::pin(driver::run(life, new, link))
    }
}

/// A connection as the shutdown sees it.
pub(crate) struct Life {
    number: u64,
    ticket: Option<Arc<Ticket>>,
    /// Set once it has to end.
    end: watch::Sender<Option<CloseCode>>,
    pub(super) application: Arc<RawApplication>,
}

impl Life {
    /// Waits until it has to end, since the hubs shut down or its user's time is over.
    pub(super) async fn asked_to_end(&self) -> CloseCode {
        let mut end = self.end.subscribe();
        let code = end.wait_for(Option::is_some).await;
        // The sender is ours, so it is there.
        code.ok()
            .and_then(|code| *code)
            .unwrap_or(CloseCode::NORMAL)
    }

    /// Asks it to end if its user's proof is over by the wall clock.
    pub(crate) fn sweep_expired(&self, wall_clock: u64) {
        if self
            .ticket
            .as_ref()
            .is_some_and(|it| it.is_expired(wall_clock))
        {
            self.end.send_replace(Some(CloseCode::NORMAL));
        }
    }
}

impl Member for Life {
    fn number(&self) -> u64 {
        self.number
    }

    fn live(&self) -> &Live<Self> {
        self.application.live()
    }

    fn shut_down(&self) {
        self.end.send_replace(Some(CloseCode::GOING_AWAY));
    }
}
