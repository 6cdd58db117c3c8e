//! Whom to call: SignalR's `Clients` and `Groups`, inside a hub method and outside.

use crate::context::CloseMessage;
use crate::contract::{ClientContract, HubContract};
use crate::error::SendError;
use crate::outlet::{Asker, GroupChange, Many, Outlet, Port, Sent, Single, Target};
use smol_str::SmolStr;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

type Proxy<H, S> = <<H as HubContract>::Client as ClientContract>::Proxy<S>;

/// A hub from outside its methods: from a request handler, a timer, another hub (SignalR's
/// `IHubContext`).
///
/// A cheap clone that can be given to any task. Given out by `Hubs::context` and [`Context::hub`];
/// with the feature `server` it is also an axum extractor, for handlers whose router was given to
/// `Hubs::mount`.
///
/// [`Context::hub`]: crate::Context::hub
pub struct HubContext<H: ?Sized> {
    port: Arc<dyn Port>,
    hub: PhantomData<fn(&H)>,
}

impl<H: ?Sized> HubContext<H> {
    /// A context of the hub behind `port`; the runtime makes them.
    #[doc(hidden)]
    pub fn new(port: Arc<dyn Port>) -> Self {
        Self {
            port,
            hub: PhantomData,
        }
    }

    /// Adds connections to groups, and removes them.
    pub fn groups(&self) -> Groups<'_> {
        Groups { port: &self.port }
    }

    /// Closes a connection, and tells its client not to come back. Unknown ids are ignored.
    pub fn abort(&self, connection_id: &str) {
        self.close(connection_id, CloseMessage::new());
    }

    /// Closes a connection, and tells its client more than [`abort`](Self::abort) does: why, or
    /// that it may come back. Unknown ids are ignored.
    pub fn close(&self, connection_id: &str, message: impl Into<CloseMessage>) {
        self.port.close(connection_id, message.into());
    }
}

impl<H: HubContract + ?Sized> HubContext<H> {
    /// Whom to call.
    pub fn clients(&self) -> HubClients<'_, H> {
        HubClients {
            port: &self.port,
            asker: None,
            hub: PhantomData,
        }
    }
}

impl<H: ?Sized> Clone for HubContext<H> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.port))
    }
}

impl<H: ?Sized> fmt::Debug for HubContext<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HubContext<{}>", std::any::type_name::<H>())
    }
}

/// The selectors that need no caller (SignalR's `IHubClients`): what [`HubContext::clients`] gives.
///
/// Each answers with the proxy of the hub's client trait, on which the call is made:
/// `hub.clients().group("lobby").receive_message("Hello").await?`.
///
/// Ids of connections and users that are not there are ignored; group names are case-sensitive.
pub struct HubClients<'a, H: ?Sized> {
    port: &'a Arc<dyn Port>,
    /// The call on whose behalf clients are asked; there is none outside hub methods.
    asker: Option<&'a Asker>,
    hub: PhantomData<fn(&H)>,
}

impl<H: HubContract + ?Sized> HubClients<'_, H> {
    /// Every connection.
    pub fn all(&self) -> Proxy<H, Many> {
        self.proxy(Target::All)
    }

    /// Every connection but these.
    pub fn all_except<I: AsRef<str>>(
        &self,
        connection_ids: impl IntoIterator<Item = I>,
    ) -> Proxy<H, Many> {
        self.proxy(Target::AllExcept(names(connection_ids)))
    }

    /// One connection, which can also be asked for a result.
    pub fn client(&self, connection_id: impl AsRef<str>) -> Proxy<H, Single> {
        let target = Target::Connection(connection_id.as_ref().into());
        Outlet::new(self.port, target).asked_by(self.asker).into()
    }

    /// Several connections.
    pub fn clients<I: AsRef<str>>(
        &self,
        connection_ids: impl IntoIterator<Item = I>,
    ) -> Proxy<H, Many> {
        self.proxy(Target::Connections(names(connection_ids)))
    }

    /// Every connection of a user.
    pub fn user(&self, user_id: impl AsRef<str>) -> Proxy<H, Many> {
        self.proxy(Target::User(user_id.as_ref().into()))
    }

    /// Every connection of several users.
    pub fn users<I: AsRef<str>>(&self, user_ids: impl IntoIterator<Item = I>) -> Proxy<H, Many> {
        self.proxy(Target::Users(names(user_ids)))
    }

    /// The members of a group.
    pub fn group(&self, group: impl AsRef<str>) -> Proxy<H, Many> {
        self.proxy(Target::Group(group.as_ref().into()))
    }

    /// The members of several groups; a member of two of them is called once.
    pub fn groups<I: AsRef<str>>(&self, groups: impl IntoIterator<Item = I>) -> Proxy<H, Many> {
        self.proxy(Target::Groups(names(groups)))
    }

    /// The members of a group but these connections.
    pub fn group_except<I: AsRef<str>>(
        &self,
        group: impl AsRef<str>,
        connection_ids: impl IntoIterator<Item = I>,
    ) -> Proxy<H, Many> {
        self.proxy(Target::GroupExcept(
            group.as_ref().into(),
            names(connection_ids),
        ))
    }

    fn proxy<P: From<Outlet>>(&self, target: Target) -> P {
        Outlet::new(self.port, target).into()
    }
}

impl<H: ?Sized> fmt::Debug for HubClients<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HubClients<{}>", std::any::type_name::<H>())
    }
}

/// The selectors of a hub method: those of [`HubClients`], and those around the caller
/// (SignalR's `IHubCallerClients`). What `cx.clients()` gives.
pub struct HubCallerClients<'a, H: ?Sized> {
    clients: HubClients<'a, H>,
    connection_id: &'a str,
}

impl<'a, H: HubContract + ?Sized> HubCallerClients<'a, H> {
    pub(crate) fn new(asker: &'a Asker) -> Self {
        Self {
            clients: HubClients {
                port: asker.scope().port(),
                asker: Some(asker),
                hub: PhantomData,
            },
            connection_id: asker.scope().connection_id(),
        }
    }

    /// The calling connection, which can also be asked for a result.
    pub fn caller(&self) -> Proxy<H, Single> {
        self.client(self.connection_id)
    }

    /// Every connection but the caller's.
    pub fn others(&self) -> Proxy<H, Many> {
        self.all_except([self.connection_id])
    }

    /// The members of a group but the caller's connection.
    pub fn others_in_group(&self, group: impl AsRef<str>) -> Proxy<H, Many> {
        self.group_except(group, [self.connection_id])
    }
}

impl<'a, H: ?Sized> Deref for HubCallerClients<'a, H> {
    type Target = HubClients<'a, H>;

    fn deref(&self) -> &Self::Target {
        &self.clients
    }
}

impl<H: ?Sized> fmt::Debug for HubCallerClients<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.clients.fmt(f)
    }
}

/// Group membership of any connection (SignalR's `IGroupManager`).
///
/// What [`HubContext::groups`] gives. Groups need not be made and are not kept: a name with members is a group. A connection leaves
/// all its groups when it ends.
pub struct Groups<'a> {
    port: &'a Arc<dyn Port>,
}

impl Groups<'_> {
    /// Adds a connection to a group. Adding it twice is no error, nor is a connection
    /// that is gone.
    pub async fn add(
        &self,
        connection_id: impl AsRef<str>,
        group: impl AsRef<str>,
    ) -> Result<(), SendError> {
        finish(
            self.port
                .group(GroupChange::Add, connection_id.as_ref(), group.as_ref()),
        )
        .await
    }

    /// Removes a connection from a group. Removing it twice is no error.
    pub async fn remove(
        &self,
        connection_id: impl AsRef<str>,
        group: impl AsRef<str>,
    ) -> Result<(), SendError> {
        finish(
            self.port
                .group(GroupChange::Remove, connection_id.as_ref(), group.as_ref()),
        )
        .await
    }
}

impl fmt::Debug for Groups<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Groups")
    }
}

/// Group membership of the calling connection: what `cx.groups()` gives.
pub struct CallerGroups<'a> {
    groups: Groups<'a>,
    connection_id: &'a str,
}

impl<'a> CallerGroups<'a> {
    pub(crate) fn new(port: &'a Arc<dyn Port>, connection_id: &'a str) -> Self {
        Self {
            groups: Groups { port },
            connection_id,
        }
    }

    /// Adds the calling connection to a group. Adding it twice is no error.
    pub async fn add(&self, group: impl AsRef<str>) -> Result<(), SendError> {
        self.groups.add(self.connection_id, group).await
    }

    /// Removes the calling connection from a group. Removing it twice is no error.
    pub async fn remove(&self, group: impl AsRef<str>) -> Result<(), SendError> {
        self.groups.remove(self.connection_id, group).await
    }
}

impl fmt::Debug for CallerGroups<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallerGroups")
    }
}

async fn finish(sent: Sent) -> Result<(), SendError> {
    match sent {
        Sent::Done(result) => result,
        Sent::Pending(future) => future.await,
    }
}

fn names<I: AsRef<str>>(names: impl IntoIterator<Item = I>) -> Vec<SmolStr> {
    names
        .into_iter()
        .map(|name| SmolStr::new(name.as_ref()))
        .collect()
}
