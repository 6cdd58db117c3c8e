//! The way out of a typed proxy: where it leads, and what awaiting it means.

mod argument;
mod asker;
mod delivery;

pub use argument::{Argument, ArgumentRef};
pub(crate) use asker::Asker;
pub use delivery::{ClientCall, Delivery};

use crate::context::CloseMessage;
use crate::contract::WireType;
use crate::error::{ClientResultError, SendError};
use crate::protocol::{
    ArgumentList, EncodeError, Encoded, EncodedInvocation, OwnedValue, Protocol, Protocols,
};
use smol_str::SmolStr;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Which connections a call goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// Every connection of the hub.
    All,
    /// Every connection but these.
    AllExcept(Vec<SmolStr>),
    /// One connection.
    Connection(SmolStr),
    /// Several connections.
    Connections(Vec<SmolStr>),
    /// Every connection of a user.
    User(SmolStr),
    /// Every connection of several users.
    Users(Vec<SmolStr>),
    /// The members of a group.
    Group(SmolStr),
    /// The members of several groups; a member of two of them is called once.
    Groups(Vec<SmolStr>),
    /// The members of a group but these connections.
    GroupExcept(SmolStr, Vec<SmolStr>),
}

/// A hub's connections, as proxies and groups see them; implemented by the runtime.
pub trait Port: Send + Sync + 'static {
    /// The protocols in which calls have to be encoded.
    fn protocols(&self) -> Protocols;

    /// Queues an encoded call for every connection of `target`.
    fn send(&self, target: Target, message: EncodedInvocation) -> Sent;

    /// Calls one connection and waits for its result. `encode` writes the call with the
    /// invocation id that the hub chose.
    fn invoke(
        &self,
        connection_id: SmolStr,
        encode: &dyn Fn(Protocol, &str) -> Result<Encoded, EncodeError>,
    ) -> Pin<Box<dyn Future<Output = Result<ClientResult, ClientResultError>> + Send>>;

    /// Adds a connection to a group, or removes it. Doing so twice is no error.
    fn group(&self, change: GroupChange, connection_id: &str, group: &str) -> Sent;

    /// Closes a connection, and tells its client `message`. Unknown ids are ignored.
    fn close(&self, connection_id: &str, message: CloseMessage);
}

/// Joining or leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupChange {
    /// The connection becomes a member.
    Add,
    /// The connection stops being a member.
    Remove,
}

/// The state of something given to a [`Port`].
pub enum Sent {
    /// Done.
    Done(Result<(), SendError>),
    /// Under way: a large fan-out that lets others work in between, or another server.
    Pending(Pin<Box<dyn Future<Output = Result<(), SendError>> + Send>>),
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(result) => f.debug_tuple("Done").field(result).finish(),
            Self::Pending(_) => f.write_str("Pending"),
        }
    }
}

/// A client's answer, still as the bytes that were received; `None` where the client answered
/// without a value.
pub type ClientResult = Option<OwnedValue>;

/// Says whether a proxy reaches one client or several: [`Single`] or [`Many`]. The parameter of
/// generated proxies, `ChatClientProxy<S>`.
pub trait Selection: Send + Sync + 'static + sealed::Sealed {}

/// One client: it can be asked for a result. Never a value, only the `S` of a proxy.
#[derive(Debug)]
pub enum Single {}

/// Several clients, or none: they can only be told something. Never a value, only the `S` of a
/// proxy.
#[derive(Debug)]
pub enum Many {}

impl Selection for Single {}
impl Selection for Many {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Single {}
    impl Sealed for super::Many {}
}

/// What a generated proxy consists of: a hub and a target. Its methods are the last generic step
/// of a call; behind them everything is bytes.
#[derive(Clone)]
pub struct Outlet {
    port: Arc<dyn Port>,
    target: Target,
    asker: Option<Asker>,
}

impl Outlet {
    pub(crate) fn new(port: &Arc<dyn Port>, target: Target) -> Self {
        Self {
            port: Arc::clone(port),
            target,
            asker: None,
        }
    }

    /// The same, asking on behalf of a call.
    pub(crate) fn asked_by(self, asker: Option<&Asker>) -> Self {
        Self {
            asker: asker.cloned(),
            ..self
        }
    }

    /// Encodes a call once for each protocol in use. It is sent when the delivery is awaited.
    pub fn send(&self, method: &'static str, arguments: &impl ArgumentList) -> Delivery {
        let message = EncodedInvocation::encode(self.port.protocols(), None, method, arguments);
        Delivery::new(Arc::clone(&self.port), self.target.clone(), message)
    }

    /// Calls a single client, and decodes its answer.
    pub fn invoke<R: WireType>(
        &self,
        method: &'static str,
        arguments: &impl ArgumentList,
    ) -> ClientCall<R> {
        let Target::Connection(id) = &self.target else {
            // Proxies offer results only where they were made for one connection.
            return ClientCall::failed(ClientResultError::UnknownConnection(String::new()));
        };
        if let Some(Err(error)) = self.asker.as_ref().map(Asker::ask) {
            return ClientCall::failed(error);
        }
        let answer = self.port.invoke(id.clone(), &|protocol, invocation_id| {
            Encoded::invocation(protocol, Some(invocation_id), method, arguments, &[])
        });
        ClientCall::new(answer)
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}
