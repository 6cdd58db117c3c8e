//! The hub under test, and the server that serves it.

use axum::Router;
use futures_util::StreamExt as _;
use hub_runtime::prelude::*;
use hub_runtime::{HubContract, HubOptions, Hubs, HubsBuilder, Serve, ServedBy, TransportType};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

/// Calls the server makes.
#[hub_client]
pub(crate) trait TestClient {
    async fn receive(&self, text: String);
    async fn ask(&self, question: String) -> u32;
}

/// Calls a client makes.
#[hub(client = TestClient)]
pub(crate) trait TestHub {
    async fn echo(&self, text: String) -> String;
    async fn id(&self, cx: &Context<dyn TestHub>) -> String;
    async fn add(&self, a: i32, b: i32) -> i32;
    async fn greet(&self, name: String, title: Option<String>) -> String;
    async fn broadcast(&self, cx: &Context<dyn TestHub>, text: String) -> Result<(), HubError>;
    async fn tell_then_answer(&self, cx: &Context<dyn TestHub>) -> Result<u32, HubError>;
    async fn panic(&self);
    /// Answers once the test says so.
    async fn wait(&self, text: String) -> String;
    /// Answers `true` once it is cancelled.
    async fn until_cancelled(&self, cx: &Context<dyn TestHub>) -> bool;
    async fn until_aborted(&self, cx: &Context<dyn TestHub>);
    async fn abort(&self, cx: &Context<dyn TestHub>);
    /// The version of HTTP that the connection came by.
    async fn http_version(&self, cx: &Context<dyn TestHub>) -> String;
    async fn end_with_the_socket(&self, cx: &Context<dyn TestHub>);
    async fn ask_caller(&self, cx: &Context<dyn TestHub>) -> Result<u32, HubError>;
    fn count(&self, to: u32) -> impl Stream<Item = u32>;
    /// Never yields, and says when it is dropped.
    fn endless(&self) -> impl Stream<Item = u32>;
    /// Never yields. A task of its own says that it was cancelled, once the test lets it look.
    fn watched(&self, cx: &Context<dyn TestHub>) -> impl Stream<Item = u32>;
    async fn sum(&self, numbers: impl Stream<Item = u32>) -> u32;
    /// Answers `true` once it is cancelled, whatever comes.
    async fn upload_until_cancelled(
        &self,
        cx: &Context<dyn TestHub>,
        numbers: impl Stream<Item = u32>,
    ) -> bool;
}

/// Something the hub noticed.
#[derive(Debug, PartialEq)]
pub(crate) enum Noticed {
    Connected,
    Disconnected(DisconnectReason),
    Aborted,
    StreamDropped,
    Cancelled,
}

pub(crate) struct Test {
    noticed: mpsc::UnboundedSender<Noticed>,
    go: Arc<Notify>,
}

impl TestHub for Test {
    async fn on_connected(&self, cx: &Context<dyn TestHub>) -> Result<(), HubError> {
        let query = cx.http().uri.query().unwrap_or_default();
        if query.contains("refuse") {
            return Err(HubError::new("Not today."));
        }
        assert!(!query.contains("panic"), "a panic in on_connected");
        if query.contains("ask") {
            cx.clients().caller().ask("How many?").await?;
        }
        if query.contains("welcome") {
            cx.clients().caller().receive("welcome").await?;
        }
        if query.contains("wait") {
            self.go.notified().await;
        }
        self.notice(Noticed::Connected);
        Ok(())
    }

    async fn on_disconnected(&self, _: &Context<dyn TestHub>, reason: DisconnectReason) {
        self.notice(Noticed::Disconnected(reason));
    }

    async fn id(&self, cx: &Context<dyn TestHub>) -> String {
        cx.connection_id().to_owned()
    }

    async fn echo(&self, text: String) -> String {
        text
    }

    async fn add(&self, a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }

    async fn greet(&self, name: String, title: Option<String>) -> String {
        format!("{} {name}", title.unwrap_or_else(|| "Citizen".to_owned()))
    }

    async fn broadcast(&self, cx: &Context<dyn TestHub>, text: String) -> Result<(), HubError> {
        cx.clients().all().receive(text).await?;
        Ok(())
    }

    async fn tell_then_answer(&self, cx: &Context<dyn TestHub>) -> Result<u32, HubError> {
        cx.clients().caller().receive("first").await?;
        tokio::task::yield_now().await;
        cx.clients().caller().receive("second").await?;
        Ok(3)
    }

    async fn panic(&self) {
        panic!("a panic with a secret in it");
    }

    async fn wait(&self, text: String) -> String {
        self.go.notified().await;
        text
    }

    async fn until_cancelled(&self, cx: &Context<dyn TestHub>) -> bool {
        cx.cancelled().await;
        !cx.is_aborted()
    }

    async fn until_aborted(&self, cx: &Context<dyn TestHub>) {
        cx.aborted().await;
        self.notice(Noticed::Aborted);
    }

    async fn abort(&self, cx: &Context<dyn TestHub>) {
        cx.abort();
    }

    async fn http_version(&self, cx: &Context<dyn TestHub>) -> String {
        format!("{:?}", cx.http().version)
    }

    async fn end_with_the_socket(&self, cx: &Context<dyn TestHub>) {
        cx.disable_stateful_reconnect();
    }

    async fn ask_caller(&self, cx: &Context<dyn TestHub>) -> Result<u32, HubError> {
        Ok(cx.clients().caller().ask("How many?").await?)
    }

    fn count(&self, to: u32) -> impl Stream<Item = u32> {
        futures_util::stream::iter(0..to)
    }

    fn endless(&self) -> impl Stream<Item = u32> {
        let dropped = OnDrop(self.noticed.clone());
        futures_util::stream::pending().inspect(move |_| {
            let _ = &dropped;
        })
    }

    fn watched(&self, cx: &Context<dyn TestHub>) -> impl Stream<Item = u32> {
        let (cancelled, noticed) = (cx.cancelled(), self.noticed.clone());
        let go = Arc::clone(&self.go);
        tokio::spawn(async move {
            go.notified().await;
            cancelled.await;
            noticed.send(Noticed::Cancelled)
        });
        futures_util::stream::pending()
    }

    async fn sum(&self, numbers: impl Stream<Item = u32>) -> u32 {
        numbers
            .fold(0, |sum, number| async move { sum + number })
            .await
    }

    async fn upload_until_cancelled(
        &self,
        cx: &Context<dyn TestHub>,
        _: impl Stream<Item = u32>,
    ) -> bool {
        cx.cancelled().await;
        !cx.is_aborted()
    }
}

struct OnDrop(mpsc::UnboundedSender<Noticed>);

impl Test {
    /// A hub whose notices nobody reads.
    pub(crate) fn unwatched() -> Self {
        let (noticed, _) = mpsc::unbounded_channel();
        let go = Arc::default();
        Self { noticed, go }
    }

    fn notice(&self, noticed: Noticed) {
        // The test may have ended already.
        let _ = self.noticed.send(noticed);
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(Noticed::StreamDropped);
    }
}

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) hubs: Hubs,
    pub(crate) go: Arc<Notify>,
    pub(crate) task: JoinHandle<std::io::Result<()>>,
    noticed: mpsc::UnboundedReceiver<Noticed>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(adjust: impl FnOnce(&mut HubOptions)) -> Self {
        Self::serving(adjust, Router::new()).await
    }

    pub(crate) async fn serving(adjust: impl FnOnce(&mut HubOptions), app: Router) -> Self {
        Self::made(|builder| builder.options(adjust), app).await
    }

    /// A server that has a second hub.
    pub(crate) async fn beside<H: HubContract + ?Sized>(path: &str, hub: impl ServedBy<H>) -> Self {
        Self::made(|builder| builder.hub::<H>(path, hub), Router::new()).await
    }

    /// A server with settings of HTTP.
    pub(crate) async fn configured(configure: impl FnOnce(Serve) -> Serve) -> Self {
        Self::run(|builder| builder, Router::new(), configure).await
    }

    pub(crate) async fn made(adjust: impl FnOnce(HubsBuilder) -> HubsBuilder, app: Router) -> Self {
        Self::run(adjust, app, |server| server).await
    }

    async fn run(
        adjust: impl FnOnce(HubsBuilder) -> HubsBuilder,
        app: Router,
        configure: impl FnOnce(Serve) -> Serve,
    ) -> Self {
        let (sender, noticed) = mpsc::unbounded_channel();
        let go = Arc::new(Notify::new());
        let hub = Test {
            noticed: sender,
            go: Arc::clone(&go),
        };
        let builder = Hubs::builder().message_pack().identify(|request| {
            let query = request.uri.query().unwrap_or_default();
            assert!(!query.contains("nobody"), "a panic in identify");
            None
        });
        let hubs = adjust(builder)
            .hub::<dyn TestHub>("/hubs/test", hub)
            .also_at::<dyn TestHub>("/hubs/over-http", |options| {
                options.transports = options.transports.without(TransportType::WebSockets);
            })
            .build()
            .expect("hubs at different paths");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let serve = configure(hub_runtime::serve(listener, hubs.mount(app)));
        let task = tokio::spawn(serve.into_future());
        Self {
            address,
            hubs,
            go,
            task,
            noticed,
        }
    }

    /// The next thing that the hub noticed.
    pub(crate) async fn noticed(&mut self) -> Noticed {
        let noticed = tokio::time::timeout(Duration::from_secs(10), self.noticed.recv());
        noticed
            .await
            .expect("the hub notices something within 10 s")
            .expect("the hub lives")
    }

    /// What the hub notices of a connection that comes and goes.
    pub(crate) async fn expect_disconnect(&mut self, reason: DisconnectReason) {
        assert_eq!(self.noticed().await, Noticed::Connected);
        assert_eq!(self.noticed().await, Noticed::Disconnected(reason));
    }

    /// Whether the hub has just been told that a client did not read.
    pub(crate) fn has_given_up_a_slow_client(&mut self) -> bool {
        self.noticed.try_recv() == Ok(Noticed::Disconnected(DisconnectReason::SlowConsumer))
    }

    /// Nothing has been noticed that the test did not ask for.
    pub(crate) fn expect_silence(&mut self) {
        assert!(self.noticed.try_recv().is_err());
    }
}
