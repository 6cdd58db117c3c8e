use super::driver;
use super::handler::ErasedHandler;
use super::options::ConnectionOptions;
use crate::connections::{Application, NewConnection};
use crate::driver::Link;
use crate::server::clock::CoarseClock;
use crate::server::live::{Live, Member};
use crate::server::relay::ConnectionTask;
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
}

impl RawApplication {
    pub(crate) fn new(
        path: String,
        handler: Box<dyn ErasedHandler>,
        options: ConnectionOptions,
        clock: Arc<CoarseClock>,
    ) -> Arc<Self> {
        Arc::new(Self {
            path,
            handler,
            options,
            clock,
            live: Live::default(),
        })
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

    fn disconnect_timeout(&self) -> Duration {
        self.options.disconnect_timeout
    }

    fn run(self: Arc<Self>, new: NewConnection, link: Link) -> ConnectionTask {
        let life = Arc::new(Life {
            number: new.number,
            shutting_down: watch::Sender::new(false),
            application: self,
        });
        Box::pin(driver::run(life, new, link))
    }
}

/// A connection as the shutdown sees it.
pub(crate) struct Life {
    number: u64,
    shutting_down: watch::Sender<bool>,
    pub(super) application: Arc<RawApplication>,
}

impl Life {
    /// Waits until the hubs shut down.
    pub(super) async fn shutting_down(&self) {
        let mut shutting_down = self.shutting_down.subscribe();
        // The sender is ours, so it is there.
        let _ = shutting_down.wait_for(|is| *is).await;
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
        self.shutting_down.send_replace(true);
    }
}
