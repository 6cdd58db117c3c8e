use super::clock::CoarseClock;
use super::hubs::{Hubs, Inner, route};
use super::options::{EndpointOptions, HubOptions};
use super::state::HubState;
use crate::connections::{Endpoint, Identify};
use crate::dispatch::{Hub, Mounted};
use crate::raw::{ConnectionHandler, ConnectionOptions, ErasedHandler, RawApplication};
use hub_core::User;
use hub_core::contract::{HubContract, Serve};
use hub_core::hub_contexts::HubContexts;
use hub_core::outlet::Port;
use hub_core::protocol::{Protocol, Protocols};
use std::any::TypeId;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Collects hubs and their settings; made by [`Hubs::builder`].
///
/// The order of calls means nothing, but for options: `hub_with` adjusts what all `options` say.
///
/// ```
/// # use hub_runtime::prelude::*;
/// # #[hub] pub trait ChatHub {}
/// # struct Chat;
/// # impl ChatHub for Chat {}
/// use hub_runtime::Hubs;
///
/// # fn main() -> Result<(), hub_runtime::BuildError> {
/// let hubs = Hubs::builder()
///     .message_pack()
///     .options(|options| options.enable_detailed_errors = cfg!(debug_assertions))
///     .identify(|request| {
///         let name = request.headers.get("x-user")?.to_str().ok()?;
///         Some(User::new(name))
///     })
///     .hub::<dyn ChatHub>("/hubs/chat", Chat)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "hubs are made by `build`"]
pub struct HubsBuilder {
    options: HubOptions,
    protocols: Protocols,
    identify: Arc<Identify>,
    hubs: Vec<Entry>,
    further: Vec<FurtherPath>,
    raw: Vec<RawEntry>,
}

struct RawEntry {
    path: String,
    handler: Box<dyn ErasedHandler>,
    options: ConnectionOptions,
}

struct Entry {
    path: String,
    name: &'static str,
    contract: TypeId,
    hub: Box<dyn Hub>,
    adjust: Box<dyn FnOnce(&mut HubOptions)>,
}

struct FurtherPath {
    path: String,
    name: &'static str,
    contract: TypeId,
    adjust: Box<dyn FnOnce(&mut EndpointOptions)>,
}

impl HubsBuilder {
    pub(super) fn new() -> Self {
        Self {
            options: HubOptions::default(),
            protocols: Protocols::JSON,
            identify: Arc::new(|_| None),
            hubs: Vec::new(),
            further: Vec::new(),
            raw: Vec::new(),
        }
    }

    /// Adjusts the options of all hubs; see [`HubOptions`].
    pub fn options(mut self, adjust: impl FnOnce(&mut HubOptions)) -> Self {
        adjust(&mut self.options);
        self
    }

    /// Offers MessagePack beside JSON, on all hubs. Clients choose; nothing else differs between
    /// the two, names of fields included.
    pub fn message_pack(mut self) -> Self {
        self.protocols = self.protocols.with(Protocol::MessagePack);
        self
    }

    /// Says who a connection belongs to, from the request that opens it: by what an
    /// authentication layer left in its extensions, by a header, by the query. Without it no
    /// connection has a user (SignalR's `IUserIdProvider`, and the principal behind it).
    ///
    /// Called once for each connection, with the request that opens it and not with that of
    /// negotiate. A `None` refuses nobody: do that in `on_connected`.
    pub fn identify(
        mut self,
        identify: impl Fn(&http::request::Parts) -> Option<User> + Send + Sync + 'static,
    ) -> Self {
        self.identify = Arc::new(identify);
        self
    }

    /// Mounts a hub at a path, `.hub::<dyn ChatHub>("/hubs/chat", Chat)`.
    ///
    /// The path begins with `/` and has no parameters; negotiate is below it. One value of the hub
    /// serves all connections.
    pub fn hub<H: HubContract + ?Sized>(
        self,
        path: impl Into<String>,
        hub: impl ServedBy<H>,
    ) -> Self {
        self.hub_with::<H>(path, hub, |_| {})
    }

    /// Mounts a hub at a path, with options of its own.
    pub fn hub_with<H: HubContract + ?Sized>(
        mut self,
        path: impl Into<String>,
        hub: impl ServedBy<H>,
        adjust: impl FnOnce(&mut HubOptions) + 'static,
    ) -> Self {
        self.hubs.push(Entry {
            path: path.into(),
            name: H::DESCRIPTION.name,
            contract: TypeId::of::<H>(),
            hub: hub.mounted().0,
            adjust: Box::new(adjust),
        });
        self
    }

    /// Mounts a hub at a further path, with settings of that path's own.
    ///
    /// It is the same hub: its connections reach each other, and groups, users and
    /// [`HubContext`](crate::HubContext) are one, whatever path a connection came through (as two
    /// `MapHub` of one class are in ASP.NET Core). The hub itself is mounted with
    /// [`hub`](Self::hub), before or after. What may differ is [`EndpointOptions`], for example for clients behind a proxy that
    /// breaks WebSockets:
    ///
    /// ```
    /// # use hub_runtime::prelude::*;
    /// # #[hub] pub trait ChatHub {}
    /// # struct Chat;
    /// # impl ChatHub for Chat {}
    /// use hub_runtime::{Hubs, TransportType};
    ///
    /// # fn main() -> Result<(), hub_runtime::BuildError> {
    /// let hubs = Hubs::builder()
    ///     .hub::<dyn ChatHub>("/hubs/chat", Chat)
    ///     .also_at::<dyn ChatHub>("/hubs/chat-over-http", |options| {
    ///         options.transports = options.transports.without(TransportType::WebSockets);
    ///     })
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn also_at<H: HubContract + ?Sized>(
        mut self,
        path: impl Into<String>,
        adjust: impl FnOnce(&mut EndpointOptions) + 'static,
    ) -> Self {
        self.further.push(FurtherPath {
            path: path.into(),
            name: H::DESCRIPTION.name,
            contract: TypeId::of::<H>(),
            adjust: Box::new(adjust),
        });
        self
    }

    /// Serves connections without the hub protocol at a path: bytes in both directions, over the
    /// same transports and with the same negotiation as a hub's (ASP.NET Core's
    /// `MapConnectionHandler`). See [`ConnectionHandler`] for an example.
    pub fn connection_handler(
        self,
        path: impl Into<String>,
        handler: impl ConnectionHandler,
    ) -> Self {
        self.connection_handler_with(path, handler, |_| {})
    }

    /// Serves connections without the hub protocol, with options.
    pub fn connection_handler_with(
        mut self,
        path: impl Into<String>,
        handler: impl ConnectionHandler,
        adjust: impl FnOnce(&mut ConnectionOptions),
    ) -> Self {
        let mut options = ConnectionOptions::default();
        adjust(&mut options);
        self.raw.push(RawEntry {
            path: path.into(),
            handler: Box::new(handler),
            options,
        });
        self
    }

    /// Checks everything and makes the hubs. Needs no runtime: nothing runs before the first
    /// request.
    ///
    /// # Errors
    ///
    /// A path or a contract that is there twice, or a path that is none; see [`BuildError`].
    pub fn build(self) -> Result<Hubs, BuildError> {
        let clock = Arc::new(CoarseClock::new());
        let mut endpoints = Vec::new();
        let mut hubs: Vec<(TypeId, Arc<HubState>)> = Vec::new();
        for entry in self.hubs {
            check_path(&entry.path, &endpoints)?;
            if find(&hubs, entry.contract).is_some() {
                return Err(BuildError::DuplicateHub(entry.name));
            }
            let mut options = self.options.clone();
            (entry.adjust)(&mut options);
            let at_path = options.endpoint();
            let hub = HubState::new(
                entry.name,
                entry.hub,
                options,
                self.protocols,
                Arc::clone(&clock),
            );
            let endpoint = Endpoint::new(hub.clone(), at_path, Arc::clone(&self.identify));
            endpoints.push((entry.path, endpoint));
            hubs.push((entry.contract, hub));
        }
        for entry in self.further {
            check_path(&entry.path, &endpoints)?;
            let Some(hub) = find(&hubs, entry.contract) else {
                return Err(BuildError::HubNotMounted(entry.name));
            };
            let mut options = hub.options().endpoint();
            (entry.adjust)(&mut options);
            let endpoint = Endpoint::new(hub.clone(), options, Arc::clone(&self.identify));
            endpoints.push((entry.path, endpoint));
        }
        let mut raw = Vec::new();
        for entry in self.raw {
            check_path(&entry.path, &endpoints)?;
            let at_path = entry.options.endpoint();
            let (path, clock) = (entry.path.clone(), Arc::clone(&clock));
            let handler = RawApplication::new(path, entry.handler, entry.options, clock);
            let identify = Arc::clone(&self.identify);
            endpoints.push((
                entry.path,
                Endpoint::new(handler.clone(), at_path, identify),
            ));
            raw.push(handler);
        }
        let contexts = hubs
            .iter()
            .map(|(contract, hub)| (*contract, Arc::clone(hub) as Arc<dyn Port>));
        let contexts = HubContexts::new(contexts.collect());
        for (_, hub) in &hubs {
            hub.introduce(&contexts);
        }
        Ok(Hubs(Arc::new(Inner {
            contexts,
            hubs: hubs.into_iter().map(|(_, hub)| hub).collect(),
            raw,
            endpoints,
            clock,
            sweeper: OnceLock::new(),
        })))
    }
}

/// The hub of a contract.
fn find(hubs: &[(TypeId, Arc<HubState>)], contract: TypeId) -> Option<&Arc<HubState>> {
    let mut found = hubs.iter().filter(|(other, _)| *other == contract);
    found.next().map(|(_, hub)| hub)
}

impl fmt::Debug for HubsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hubs = self.hubs.iter().map(|entry| (&entry.path, entry.name));
        let further = self.further.iter().map(|entry| (&entry.path, entry.name));
        let raw = self
            .raw
            .iter()
            .map(|entry| (&entry.path, "connection handler"));
        f.debug_map()
            .entries(hubs.chain(further).chain(raw))
            .finish()
    }
}

/// A value that serves the contract `H`: every type that implements the hub trait, and nothing
/// else. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement the hub trait of `{H}`",
    label = "not an implementation of this hub",
    note = "name the trait as `dyn Trait` and implement it: `.hub::<dyn ChatHub>(\"/hubs/chat\", Chat::new())` with `impl ChatHub for Chat`"
)]
pub trait ServedBy<H: ?Sized>: Send + Sync + Sized + 'static {
    /// Hides the type; only the builder calls it.
    #[doc(hidden)]
    fn mounted(self) -> ErasedHub;
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, H: Serve<T> + ?Sized> ServedBy<H> for T {
    fn mounted(self) -> ErasedHub {
        ErasedHub(Box::new(Mounted::<T, H>::new(self)))
    }
}

/// A hub whose type has been hidden.
#[doc(hidden)]
pub struct ErasedHub(Box<dyn Hub>);

#[cfg(feature = "__bench")]
impl ErasedHub {
    pub(crate) fn into_hub(self) -> Box<dyn Hub> {
        self.0
    }
}

impl fmt::Debug for ErasedHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasedHub")
    }
}

/// That `path` is one, and that no hub is there yet.
fn check_path(path: &str, mounted: &[(String, Arc<Endpoint>)]) -> Result<(), BuildError> {
    if !path.starts_with('/') || path.contains(['{', '}', '?', '#', '*', ' ']) {
        return Err(BuildError::InvalidPath(path.to_owned()));
    }
    let meets = |(other, _): &(String, _)| route(other, path).or(route(path, other)).is_some();
    if mounted.iter().any(meets) {
        return Err(BuildError::DuplicatePath(path.to_owned()));
    }
    Ok(())
}

/// Hubs that cannot be mounted together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Two hubs, or connection handlers, at one path; paths match ignoring case.
    #[error("two hubs are mounted at {0}")]
    DuplicatePath(String),
    /// One contract mounted twice: `HubContext` could not tell the two apart. One hub at two
    /// paths is [`also_at`](HubsBuilder::also_at).
    #[error("the hub {0} is mounted twice")]
    DuplicateHub(&'static str),
    /// A further path, [`also_at`](HubsBuilder::also_at), for a hub that is mounted nowhere.
    #[error("the hub {0} has a further path, and is not mounted: add it with `.hub::<dyn {0}>(…)`")]
    HubNotMounted(&'static str),
    /// A path has to begin with `/`, and to be plain text.
    #[error("{0:?} is no path for a hub: it has to begin with `/` and to have no parameters")]
    InvalidPath(String),
}
