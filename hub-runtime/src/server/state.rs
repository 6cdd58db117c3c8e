//! One mounted hub: what proxies, endpoints and connections meet in.

use super::client_results::ClientResults;
use super::clock::CoarseClock;
use super::contracts::Contracts;
use super::live::Live;
use super::options::HubOptions;
use super::registry::{Receivers, Registry};
use crate::dispatch::{Hub, error_text};
use crate::driver::{Broadcast, Connection, SlowClient, in_turn};
use crate::filters::{self, ErasedFilter};
use crate::identity::Policies;
use crate::telemetry;
use crate::telemetry::{HubMetrics, targets};
use hub_core::context::{CloseMessage, ConnectionScope};
use hub_core::hub_contexts::{HubContexts, WeakHubContexts};
use hub_core::outlet::{ClientResult, GroupChange, Port, Sent, Target};
use hub_core::protocol::{EncodeError, Encoded, EncodedInvocation, Protocol, Protocols};
use hub_core::session::SessionOptions;
use hub_core::{ClientResultError, DisconnectReason, SendError};
use smol_str::SmolStr;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock, Weak};

/// Deliveries before a large fan-out lets others work.
const DELIVERIES: usize = 256;

pub(crate) struct HubState {
    me: Weak<HubState>,
    name: &'static str,
    hub: Box<dyn Hub>,
    options: HubOptions,
    session: Arc<SessionOptions>,
    clock: Arc<CoarseClock>,
    policies: Arc<Policies>,
    contracts: Option<Contracts>,
    registry: Registry,
    live: Live<Connection>,
    results: ClientResults,
    metrics: HubMetrics,
    /// The server's hubs, this one among them.
    siblings: OnceLock<WeakHubContexts>,
}

impl HubState {
    pub(crate) fn new(
        name: &'static str,
        hub: Box<dyn Hub>,
        options: HubOptions,
        protocols: Protocols,
        clock: Arc<CoarseClock>,
        policies: Arc<Policies>,
        contracts: Option<Contracts>,
    ) -> Arc<Self> {
        let mut session = SessionOptions::default();
        // A stamp is as old as the last sweep; nobody is to be sent away before time for that.
        let stale = options.sweep_interval();
        session.handshake_timeout = options.handshake_timeout.saturating_add(stale);
        session.keep_alive_interval = Some(options.keep_alive_interval);
        session.client_timeout_interval =
            Some(options.client_timeout_interval.saturating_add(stale));
        session.maximum_receive_message_size = options.maximum_receive_message_size;
        session.detailed_errors = options.enable_detailed_errors;
        session.protocols = protocols;
        let metrics = HubMetrics::new(name, hub.methods());
        Arc::new_cyclic(|me| Self {
            me: me.clone(),
            name,
            hub,
            options,
            session: Arc::new(session),
            clock,
            policies,
            contracts,
            registry: Registry::default(),
            live: Live::default(),
            results: ClientResults::default(),
            metrics,
            siblings: OnceLock::new(),
        })
    }

    /// The contract's name, for logs.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn hub(&self) -> &dyn Hub {
        &*self.hub
    }

    pub(crate) fn options(&self) -> &HubOptions {
        &self.options
    }

    /// What is around the hub, outermost first.
    pub(crate) fn filters(&self) -> &[Arc<dyn ErasedFilter>] {
        self.options.filters.all()
    }

    pub(crate) fn session_options(&self) -> &Arc<SessionOptions> {
        &self.session
    }

    pub(crate) fn clock(&self) -> &CoarseClock {
        &self.clock
    }

    pub(crate) fn policies(&self) -> &Policies {
        &self.policies
    }

    /// The states of the contract, if clients of other ones are looked for.
    pub(crate) fn contracts(&self) -> Option<&Contracts> {
        self.contracts.as_ref()
    }

    /// Every connection whose task runs, handshake finished or not.
    pub(crate) fn live(&self) -> &Live<Connection> {
        &self.live
    }

    pub(crate) fn metrics(&self) -> &HubMetrics {
        &self.metrics
    }

    pub(crate) fn results(&self) -> &ClientResults {
        &self.results
    }

    /// Tells the hub which others there are: once, when all have been made.
    pub(crate) fn introduce(&self, hubs: &HubContexts) {
        let _ = self.siblings.set(hubs.downgrade());
    }

    /// All hubs of the server, while it exists.
    pub(crate) fn siblings(&self) -> Option<HubContexts> {
        self.siblings.get()?.upgrade()
    }

    /// Makes a connection reachable.
    pub(crate) fn join(&self, connection: &Arc<Connection>) {
        self.registry
            .add(connection, connection.user().map(hub_core::User::id));
    }

    fn change_group(
        &self,
        change: GroupChange,
        connection_id: &str,
        group: &str,
    ) -> Result<(), SendError> {
        let longest = self.options.maximum_group_name_length;
        if change == GroupChange::Add && group.len() > longest {
            telemetry::limit_reached(self.name, "maximum_group_name_length");
            return Err(SendError::GroupNameTooLong(longest));
        }
        let most = self.options.maximum_groups_per_connection;
        let changed = self
            .registry
            .change_group(change, connection_id, group, most);
        changed.map_err(|_| {
            telemetry::limit_reached(self.name, "maximum_groups_per_connection");
            SendError::TooManyGroups(most)
        })
    }

    /// Makes a connection unreachable.
    pub(crate) fn leave(&self, connection: &Connection) {
        self.registry
            .remove(connection, connection.user().map(hub_core::User::id));
        self.results.disconnected(connection);
    }
}

impl HubState {
    /// A question as the filters let it through.
    fn filtered(
        &self,
        connection: &Connection,
        question: Encoded,
    ) -> Result<Encoded, ClientResultError> {
        let (filters, protocol) = (self.filters(), connection.protocol());
        let Some(protocol) = protocol.filter(|_| !filters.is_empty()) else {
            return Ok(question);
        };
        let target = Target::Connection(connection.id().clone());
        filters::asked(self.name, filters, &target, (protocol, question))
    }
}

impl Port for HubState {
    fn protocols(&self) -> Protocols {
        self.session.protocols
    }

    fn send(&self, target: Target, message: EncodedInvocation) -> Sent {
        let message = if self.filters().is_empty() {
            message
        } else {
            match filters::told(self.name, self.filters(), &target, message) {
                Ok(Some(message)) => message,
                Ok(None) => return Sent::Done(Ok(())),
                Err(error) => return Sent::Done(Err(error)),
            }
        };
        let mut broadcast = match self.options.slow_client {
            SlowClient::Replace => Broadcast::replacing(message),
            _ => Broadcast::new(message),
        };
        let receivers = self.registry.receivers(&target);
        let count = receivers.len();
        tracing::trace!(target: targets::BACKPLANE, hub = self.name, to = kind(&target), receivers = count, "a call on clients");
        // Within a turn a delivery is a push onto a queue; the turn's end does the writing, and
        // the yielding. Elsewhere each delivery is a write.
        if in_turn() && count > 1 {
            broadcast.deliver_in_turn(receivers.part(0..count));
            return Sent::Done(Ok(()));
        }
        if in_turn() || count <= DELIVERIES {
            receivers
                .part(0..count)
                .for_each(|connection| connection.deliver(&broadcast));
            return Sent::Done(Ok(()));
        }
        Sent::Pending(Box::pin(fan_out(receivers, broadcast)))
    }

    fn invoke(
        &self,
        connection_id: SmolStr,
        encode: &dyn Fn(Protocol, &str) -> Result<Encoded, EncodeError>,
    ) -> Pin<Box<dyn Future<Output = Result<ClientResult, ClientResultError>> + Send>> {
        let connection = self.registry.find(&connection_id);
        let Some((connection, protocol)) =
            connection.and_then(|it| it.protocol().map(|protocol| (it, protocol)))
        else {
            // Perhaps a name that a client has made up.
            let name = error_text::short(&connection_id).to_owned();
            let error = ClientResultError::UnknownConnection(name);
            return Box::pin(std::future::ready(Err(error)));
        };
        let Some((invocation_id, answer)) = self.results.ask(&connection) else {
            let error = ClientResultError::Disconnected(connection_id.into());
            return Box::pin(std::future::ready(Err(error)));
        };
        let message = encode(protocol, &invocation_id).map_err(ClientResultError::from);
        let message = match message.and_then(|message| self.filtered(&connection, message)) {
            Ok(message) => message,
            Err(error) => {
                self.results.forget(&invocation_id);
                return Box::pin(std::future::ready(Err(error)));
            }
        };
        let forget = Forget {
            hub: self.me.clone(),
            invocation_id,
        };
        Box::pin(async move {
            let _forget = forget;
            connection.question(message);
            match answer.await {
                Ok(answer) => answer,
                Err(_) => Err(ClientResultError::Disconnected(connection_id.into())),
            }
        })
    }

    fn group(&self, change: GroupChange, connection_id: &str, group: &str) -> Sent {
        Sent::Done(self.change_group(change, connection_id, group))
    }

    fn close(&self, connection_id: &str, message: CloseMessage) {
        if let Some(connection) = self.registry.find(connection_id) {
            connection.request_close(DisconnectReason::Aborted(message));
        }
    }
}

/// What is called, without whom: names of groups and users are the application's.
fn kind(target: &Target) -> &'static str {
    match target {
        Target::All | Target::AllExcept(_) => "all",
        Target::Connection(_) | Target::Connections(_) => "connections",
        Target::User(_) | Target::Users(_) => "users",
        Target::Group(_) | Target::Groups(_) | Target::GroupExcept(..) => "groups",
        _ => "others",
    }
}

async fn fan_out(receivers: Receivers, broadcast: Broadcast) -> Result<(), SendError> {
    for start in (0..receivers.len()).step_by(DELIVERIES) {
        receivers
            .part(start..start + DELIVERIES)
            .for_each(|connection| connection.deliver(&broadcast));
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Forgets a question when nobody waits for its answer any more.
struct Forget {
    hub: Weak<HubState>,
    invocation_id: String,
}

impl Drop for Forget {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.upgrade() {
            hub.results.forget(&self.invocation_id);
        }
    }
}

impl fmt::Debug for HubState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubState")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
