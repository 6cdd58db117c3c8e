use super::assembly::assemble;
use super::build_error::BuildError;
use super::hubs::Hubs;
use super::limits::{ClientAddress, ConnectionLimits};
use super::options::{EndpointOptions, HubOptions};
use crate::dispatch::{Hub, Mounted};
use crate::filters::HubFilter;
use crate::identity::{
    Authentication, AuthenticationRefresh, Authenticators, HttpRequest, Policies, PolicyContext,
};
use crate::raw::{ConnectionHandler, ConnectionOptions, ErasedHandler};
use hub_core::User;
use hub_core::contract::{HubContract, HubDescription, PolicyName, Serve};
#[cfg(feature = "explorer")]
use hub_core::documents::DescribedHub;
use hub_core::protocol::{Protocol, Protocols};
use std::any::TypeId;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;

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
    pub(super) options: HubOptions,
    pub(super) limits: ConnectionLimits,
    pub(super) address: ClientAddress,
    pub(super) protocols: Protocols,
    pub(super) authenticators: Authenticators,
    pub(super) policies: Policies,
    pub(super) policy_twice: Option<PolicyName>,
    pub(super) contract_lock: Option<String>,
    pub(super) hubs: Vec<Entry>,
    pub(super) further: Vec<FurtherPath>,
    pub(super) raw: Vec<RawEntry>,
}

pub(super) struct RawEntry {
    pub(super) path: String,
    pub(super) handler: Box<dyn ErasedHandler>,
    pub(super) options: ConnectionOptions,
}

pub(super) struct Entry {
    pub(super) path: String,
    pub(super) description: HubDescription,
    pub(super) contract: TypeId,
    #[cfg(feature = "explorer")]
    pub(super) described: DescribedHub,
    pub(super) hub: Box<dyn Hub>,
    pub(super) adjust: Box<dyn FnOnce(&mut HubOptions)>,
}

pub(super) struct FurtherPath {
    pub(super) path: String,
    pub(super) description: HubDescription,
    pub(super) contract: TypeId,
    pub(super) adjust: Box<dyn FnOnce(&mut EndpointOptions)>,
}

impl HubsBuilder {
    pub(super) fn new() -> Self {
        Self {
            options: HubOptions::default(),
            limits: ConnectionLimits::default(),
            address: ClientAddress::default(),
            protocols: Protocols::JSON,
            authenticators: Authenticators::default(),
            policies: Policies::default(),
            policy_twice: None,
            contract_lock: None,
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

    /// Adjusts how many connections there may be; see [`ConnectionLimits`].
    ///
    /// ```
    /// # use hub_runtime::Hubs;
    /// let builder = Hubs::builder().limits(|limits| {
    ///     limits.maximum_connections_per_user = Some(10);
    ///     limits.maximum_connections_per_address = None; // the proxy in front has a limit of its own
    /// });
    /// ```
    pub fn limits(mut self, adjust: impl FnOnce(&mut ConnectionLimits)) -> Self {
        adjust(&mut self.limits);
        self
    }

    /// Says from which address a request comes, for the limits of [`ConnectionLimits`]. `None`
    /// is not counted. Asked for each request that may begin a connection.
    ///
    /// Without this it is the peer of the socket, as [`serve`](crate::serve()) and
    /// `into_make_service_with_connect_info` say it, if that is an address of the public internet. Behind
    /// a proxy that is the proxy; what a proxy adds to a header can be trusted, and nothing that
    /// stands before it:
    ///
    /// ```
    /// # use hub_runtime::Hubs;
    /// // One proxy, which adds its client's address to the end of the header.
    /// let builder = Hubs::builder().client_address(|request| {
    ///     let forwarded = request.headers.get_all("x-forwarded-for").iter().next_back()?;
    ///     forwarded.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    /// });
    /// ```
    pub fn client_address(
        mut self,
        find: impl Fn(&http::request::Parts) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.address = ClientAddress::new(find);
        self
    }

    /// Puts a filter around all hubs, within those that were added before: see [`HubFilter`]. The
    /// filters of one hub, [`HubOptions::filters`](crate::HubOptions::filters), are further in.
    pub fn filter(mut self, filter: impl HubFilter) -> Self {
        self.options.filters.add(filter);
        self
    }

    /// Offers MessagePack beside JSON, on all hubs. Clients choose; nothing else differs between
    /// the two, names of fields included.
    pub fn message_pack(mut self) -> Self {
        self.protocols = self.protocols.with(Protocol::MessagePack);
        self
    }

    /// Says whose a request is: by what an authentication layer left in its extensions, by a header,
    /// by the query. Without this, [`authenticate`](Self::authenticate) or `jwt_bearer` no
    /// connection has a user.
    ///
    /// Asked for each request of a connection, so that nobody else goes on with it; the
    /// connection's user is that of its first request behind negotiate. A `None` refuses nobody
    /// where nothing requires a user: `#[authorize]` does, and
    /// [`HubOptions::authorization`](crate::HubOptions::authorization).
    ///
    /// Several ways are asked in turn, until one knows a user.
    pub fn identify(
        mut self,
        identify: impl Fn(&http::request::Parts) -> Option<User> + Send + Sync + 'static,
    ) -> Self {
        self.authenticators.identify(identify);
        self
    }

    /// As [`identify`](Self::identify), for what takes time, can fail, or ends at some time: a
    /// session in a database, a token.
    ///
    /// ```
    /// # use hub_runtime::prelude::*;
    /// # #[hub] pub trait ChatHub {}
    /// # struct Chat;
    /// # impl ChatHub for Chat {}
    /// # async fn session(id: &str) -> Option<String> { Some(id.to_owned()) }
    /// use hub_runtime::{Authentication, Hubs};
    ///
    /// let hubs = Hubs::builder()
    ///     .authenticate(async |request| {
    ///         let Some(id) = request.headers.get("x-session") else {
    ///             return Authentication::nobody();
    ///         };
    ///         match session(id.to_str().unwrap_or_default()).await {
    ///             Some(name) => Authentication::user(User::new(name)),
    ///             None => Authentication::failed("there is no such session"),
    ///         }
    ///     })
    ///     .hub::<dyn ChatHub>("/hubs/chat", Chat)
    ///     .build();
    /// # assert!(hubs.is_ok());
    /// ```
    pub fn authenticate<F>(
        mut self,
        authenticate: impl Fn(HttpRequest) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Authentication> + Send + 'static,
    {
        self.authenticators.authenticate(authenticate);
        self
    }

    /// Knows users by bearer tokens that are JSON Web Tokens (`AddJwtBearer`), from the header or the
    /// query's `access_token`.
    ///
    /// ```
    /// # use hub_runtime::prelude::*;
    /// # #[hub] pub trait ChatHub {}
    /// # struct Chat;
    /// # impl ChatHub for Chat {}
    /// # let secret = [0; 32];
    /// use hub_runtime::jsonwebtoken::{Algorithm, DecodingKey};
    /// use hub_runtime::{Hubs, JwtBearer, JwtKey, JwtKeys};
    ///
    /// let key = JwtKey::new(Algorithm::HS256, DecodingKey::from_secret(&secret));
    /// let bearer = JwtBearer::new(JwtKeys::new([key])).audience("chat");
    /// let hubs = Hubs::builder()
    ///     .jwt_bearer(bearer)
    ///     .hub::<dyn ChatHub>("/hubs/chat", Chat)
    ///     .build();
    /// # assert!(hubs.is_ok());
    /// ```
    #[cfg(feature = "jwt")]
    pub fn jwt_bearer(mut self, bearer: crate::JwtBearer) -> Self {
        self.authenticators.jwt_bearer(bearer);
        self
    }

    /// Chooses by which id `clients().user(…)` reaches a user (SignalR's `IUserIdProvider`).
    /// Without it, it is the id that the user was made with.
    ///
    /// ```
    /// # use hub_runtime::Hubs;
    /// let builder = Hubs::builder().user_id(|user| {
    ///     let email = user.claims("email").next();
    ///     email.unwrap_or(user.id()).to_lowercase()
    /// });
    /// ```
    pub fn user_id(mut self, id: impl Fn(&User) -> String + Send + Sync + 'static) -> Self {
        self.authenticators.user_id(id);
        self
    }

    /// Lets the application judge each refresh of a connection's authentication (SignalR's
    /// `OnAuthenticationRefresh`), for all hubs with
    /// [`enable_authentication_refresh`](HubOptions::enable_authentication_refresh). With `false` the
    /// client is refused (403). Without it every refresh of the same user is taken.
    ///
    /// ```
    /// # use hub_runtime::Hubs;
    /// let builder = Hubs::builder().on_authentication_refresh(async |refresh| {
    ///     // A moderator does not become somebody else in the middle of a connection.
    ///     let is_moderator = |user: &hub_runtime::User| user.has_role("MODERATOR");
    ///     is_moderator(refresh.old_user()) == is_moderator(refresh.new_user())
    /// });
    /// ```
    pub fn on_authentication_refresh<F>(
        mut self,
        judge: impl Fn(AuthenticationRefresh) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        self.authenticators.on_refresh(judge);
        self
    }

    /// Gives a policy of `#[authorize(policy = …)]` its meaning: whether a call may begin, or a
    /// request be made. It is asked anew each time, with a user at hand always, and after roles.
    ///
    /// ```
    /// use hub_runtime::{Hubs, PolicyName, prelude::*};
    ///
    /// const OWN_ROOM: PolicyName = PolicyName::new("own-room");
    ///
    /// #[hub]
    /// pub trait ChatHub {
    ///     #[authorize(policy = OWN_ROOM)]
    ///     async fn close_room(&self, room: String);
    /// }
    /// # struct Chat;
    /// # impl ChatHub for Chat { async fn close_room(&self, _: String) {} }
    /// # async fn owner_of(room: &str) -> String { room.to_owned() }
    ///
    /// let hubs = Hubs::builder()
    ///     .identify(|request| Some(User::new(request.headers.get("x-user")?.to_str().ok()?)))
    ///     .policy(OWN_ROOM, async |call| {
    ///         let Some(room) = call.argument::<String>(0) else {
    ///             return false;
    ///         };
    ///         owner_of(&room).await == call.user().id()
    ///     })
    ///     .hub::<dyn ChatHub>("/hubs/chat", Chat)
    ///     .build();
    /// # assert!(hubs.is_ok());
    /// ```
    pub fn policy<F>(
        mut self,
        name: impl Into<PolicyName>,
        policy: impl Fn(PolicyContext) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let name = name.into();
        if !self.policies.add(name, policy) {
            self.policy_twice = Some(name);
        }
        self
    }

    /// The text of the lock file that `hub-codegen` keeps of the contracts, so that clients which
    /// were generated from another contract are found;
    /// [`HubOptions::contract_mismatch`](crate::HubOptions::contract_mismatch) says what becomes of
    /// them. See [the guide](crate::guide::versions).
    ///
    /// ```
    /// # use hub_runtime::prelude::*;
    /// # #[hub] pub trait ChatHub {}
    /// # struct Chat;
    /// # impl ChatHub for Chat {}
    /// # macro_rules! include_str { ($path:literal) => { "hub ChatHub\n  revision 1-0123456789abcdef\n" } }
    /// use hub_runtime::{ContractMismatch, Hubs};
    ///
    /// let hubs = Hubs::builder()
    ///     .contract_lock(include_str!("../../contract/contracts.lock"))
    ///     .options(|options| options.contract_mismatch = ContractMismatch::Tell)
    ///     .hub::<dyn ChatHub>("/hubs/chat", Chat)
    ///     .build();
    /// # assert!(hubs.is_ok());
    /// ```
    pub fn contract_lock(mut self, text: impl Into<String>) -> Self {
        self.contract_lock = Some(text.into());
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
            description: H::DESCRIPTION,
            contract: TypeId::of::<H>(),
            #[cfg(feature = "explorer")]
            described: DescribedHub::of::<H>(),
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
            description: H::DESCRIPTION,
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
    /// A path or a contract that is there twice, a path that is none, authorization that nobody could
    /// ever pass, a lock file that is damaged or out of date; see [`BuildError`].
    pub fn build(self) -> Result<Hubs, BuildError> {
        assemble(self)
    }
}

impl fmt::Debug for HubsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hubs = self
            .hubs
            .iter()
            .map(|entry| (&entry.path, entry.description.name));
        let further = self
            .further
            .iter()
            .map(|entry| (&entry.path, entry.description.name));
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
