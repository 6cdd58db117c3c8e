use super::builder::HubsBuilder;
use super::clock::CoarseClock;
use super::spread;
use super::state::HubState;
use super::sweep;
use crate::connections::{Endpoint, Route, query_value};
#[cfg(feature = "explorer")]
use crate::explorer::Catalogue;
use crate::raw::RawApplication;
use axum::Router;
use axum::body::Body;
use http::{Request, Uri};
use hub_core::HubContext;
use hub_core::contract::HubContract;
use hub_core::hub_contexts::HubContexts;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::task::AbortHandle;
use tower_service::Service;

/// The hubs of an application.
///
/// A cheap clone: all clones are the same hubs.
///
/// ```no_run
/// # use hub_runtime::prelude::*;
/// # #[hub_client] pub trait ChatClient { async fn receive_message(&self, text: String); }
/// # #[hub(client = ChatClient)] pub trait ChatHub { async fn send_message(&self, cx: &Context<dyn ChatHub>, text: String); }
/// # struct Chat;
/// # impl ChatHub for Chat { async fn send_message(&self, _: &Context<dyn ChatHub>, _: String) {} }
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use axum::Router;
/// use hub_runtime::Hubs;
///
/// let hubs = Hubs::builder().message_pack().hub::<dyn ChatHub>("/hubs/chat", Chat).build()?;
/// let app = hubs.mount(Router::new());
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
/// hub_runtime::serve(listener, app).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Hubs(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) hubs: Vec<Arc<HubState>>,
    pub(super) raw: Vec<Arc<RawApplication>>,
    pub(super) endpoints: Vec<(String, Arc<Endpoint>)>,
    #[cfg(feature = "explorer")]
    pub(super) catalogue: Catalogue,
    pub(super) contexts: HubContexts,
    pub(super) clock: Arc<CoarseClock>,
    pub(super) sweeper: OnceLock<AbortHandle>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(sweeper) = self.sweeper.get() {
            sweeper.abort();
        }
    }
}

impl Hubs {
    /// Begins with no hub and SignalR's default options.
    pub fn builder() -> HubsBuilder {
        HubsBuilder::new()
    }

    /// A hub from outside its methods: for a timer, a queue's consumer.
    ///
    /// A method of another hub has [`Context::another_hub`](crate::Context::another_hub). In a
    /// request handler take [`HubContext`] as a parameter, where [`mount`](Self::mount) was given
    /// the handler's router.
    ///
    /// # Panics
    ///
    /// When no hub of this contract was mounted: a mistake in the program, seen at its start.
    pub fn context<H: HubContract + ?Sized>(&self) -> HubContext<H> {
        self.0.contexts.get().unwrap_or_else(|_| {
            panic!(
                "no hub `{}` is mounted; add it with `.hub::<dyn {0}>(…)`",
                H::DESCRIPTION.name
            )
        })
    }

    /// Gives `app` the hubs: their paths, which match ignoring case as SignalR's do, and
    /// [`HubContext`] as an extractor for `app`'s own handlers. Every other request goes to `app`,
    /// its fallback included.
    pub fn mount(&self, app: Router) -> Router {
        let app = app.layer(axum::Extension(self.0.contexts.clone()));
        let hubs = self.clone();
        Router::new().fallback(move |request: Request<Body>| {
            let (hubs, mut app) = (hubs.clone(), app.clone());
            async move {
                let Some((route, endpoint)) = hubs.find(request.uri()) else {
                    let Ok(response) = app.call(request).await;
                    return response;
                };
                endpoint.serve(route, request).await
            }
        })
    }

    /// The hubs as a router of their own, for `Router::merge`. Its paths match exactly as they
    /// were given, and handlers of other routers see no [`HubContext`]: prefer
    /// [`mount`](Self::mount) where that matters.
    ///
    /// The same hubs may be reached through both, and through several servers.
    pub fn routes(&self) -> Router {
        self.0
            .endpoints
            .iter()
            .fold(Router::new(), |router, (path, endpoint)| {
                let route = |route| {
                    let (hubs, endpoint) = (self.clone(), Arc::clone(endpoint));
                    axum::routing::any(move |request: Request<Body>| async move {
                        hubs.start_sweeping();
                        endpoint.serve(route, request).await
                    })
                };
                let below = |name| format!("{}/{name}", path.trim_end_matches('/'));
                let router = router
                    .route(path, route(Route::Hub))
                    .route(&below("negotiate"), route(Route::Negotiate));
                if endpoint.takes_refreshes() {
                    router.route(&below("refresh"), route(Route::Refresh))
                } else {
                    router
                }
            })
    }

    /// Ends every connection and lets no new one in: clients are told to come back, which they
    /// will do once another server answers. Returns when all have ended and every
    /// `on_disconnected` has run.
    ///
    /// [`serve`](crate::serve) includes this in its graceful shutdown.
    pub async fn shutdown(&self) {
        self.shutdown_over(Duration::ZERO).await;
    }

    /// The same, where others serve the hubs too: clients are told to come back one after the other,
    /// spread evenly over `window`, so that they do not all fall upon the other servers at once. New
    /// connections are refused from the start (503), and those that have not been told yet go on
    /// as ever, over every transport.
    ///
    /// Whoever listens has to go on doing so meanwhile, since polls and posts are requests of their
    /// own. A second call does not wait for the first one's window: it tells those who are left.
    ///
    /// ```no_run
    /// # async fn run(
    /// #     hubs: hub_runtime::Hubs,
    /// #     listener: tokio::net::TcpListener,
    /// #     app: axum::Router,
    /// #     told_to_end: impl Future<Output = ()> + Send + 'static,
    /// # ) -> std::io::Result<()> {
    /// use std::time::Duration;
    ///
    /// let draining = hubs.clone();
    /// let drained = async move {
    ///     told_to_end.await;
    ///     draining.shutdown_over(Duration::from_secs(20)).await;
    /// };
    /// axum::serve(listener, hubs.mount(app)).with_graceful_shutdown(drained).await
    /// # }
    /// ```
    pub async fn shutdown_over(&self, window: Duration) {
        let Inner { hubs, raw, .. } = &*self.0;
        for hub in hubs {
            hub.live().close();
        }
        for handler in raw {
            handler.live().close();
        }
        spread::over(window, |share| {
            for hub in hubs {
                hub.live().shut_down(share);
            }
            for handler in raw {
                handler.live().shut_down(share);
            }
        })
        .await;
        for hub in hubs {
            hub.live().ended().await;
        }
        for handler in raw {
            handler.live().ended().await;
        }
    }

    /// The hub at an address.
    fn find(&self, uri: &Uri) -> Option<(Route, &Arc<Endpoint>)> {
        let endpoints = self.0.endpoints.iter();
        let mut found = endpoints.filter_map(|(hub, endpoint)| {
            let route = route(hub, uri.path())?;
            // Where nothing can be refreshed it is the application's, but for a client that means us.
            let is_ours = route != Route::Refresh
                || endpoint.takes_refreshes()
                || query_value(uri.query(), "id").is_some();
            is_ours.then_some((route, endpoint))
        });
        found.next().inspect(|_| self.start_sweeping())
    }

    /// What is mounted, in words.
    #[cfg(feature = "explorer")]
    pub(crate) fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }

    /// Timeouts need a task, and a task needs a runtime: the first request brings one.
    fn start_sweeping(&self) {
        self.0.sweeper.get_or_init(|| sweep::spawn(self));
    }
}

/// What of a hub a path names, ignoring case.
pub(super) fn route(hub: &str, path: &str) -> Option<Route> {
    let hub = hub.trim_end_matches('/');
    let start = path
        .get(..hub.len())
        .filter(|start| start.eq_ignore_ascii_case(hub))?;
    let rest = &path[start.len()..];
    let is = |name: &str| rest.trim_end_matches('/').eq_ignore_ascii_case(name);
    match rest {
        "" | "/" => Some(Route::Hub),
        _ if is("/negotiate") => Some(Route::Negotiate),
        _ if is("/refresh") => Some(Route::Refresh),
        _ => None,
    }
}

impl fmt::Debug for Hubs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths = self
            .0
            .endpoints
            .iter()
            .map(|(path, endpoint)| (path, endpoint.name()));
        f.debug_map().entries(paths).finish()
    }
}
