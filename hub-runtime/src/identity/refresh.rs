//! What an application may say to a refresh of authentication.

use super::authentication::HttpRequest;
use super::ticket::Ticket;
use crate::driver::Connection;
use http::request::Parts;
use hub_core::User;
use smol_str::SmolStr;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::SystemTime;

/// A client that refreshes the authentication of its connection, for
/// [`on_authentication_refresh`](crate::HubsBuilder::on_authentication_refresh): the same user with
/// another proof, and perhaps with other roles and claims.
///
/// It owns all it shows, so that futures can keep it.
#[derive(Clone)]
pub struct AuthenticationRefresh {
    request: HttpRequest,
    hub: &'static str,
    connection_id: SmolStr,
    old_user: User,
    new_user: User,
    expires_at: Option<SystemTime>,
}

impl AuthenticationRefresh {
    pub(crate) fn new(
        request: HttpRequest,
        connection: &Connection,
        (owner, visitor): (&Ticket, &Ticket),
    ) -> Self {
        Self {
            request,
            hub: connection.hub().name(),
            connection_id: connection.id().clone(),
            old_user: owner.with_user(User::clone),
            new_user: visitor.user().clone(),
            expires_at: visitor.expires_at(),
        }
    }

    /// The request that brought the new proof: a refresh, a poll, or a stateful reconnect.
    pub fn http(&self) -> &Parts {
        &self.request
    }

    /// The name of the hub's trait, `ChatHub`.
    pub fn hub(&self) -> &str {
        self.hub
    }

    /// The connection's public id.
    pub fn connection_id(&self) -> &str {
        &self.connection_id
    }

    /// Who the user is until now.
    pub fn old_user(&self) -> &User {
        &self.old_user
    }

    /// Who the user is to be. The id is the same.
    pub fn new_user(&self) -> &User {
        &self.new_user
    }

    /// Until when the new proof holds; `None` if it does not end.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }
}

/// What came with the request may be secret.
impl fmt::Debug for AuthenticationRefresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticationRefresh")
            .field("hub", &self.hub)
            .field("connection_id", &self.connection_id)
            .finish_non_exhaustive()
    }
}

type Judging = Pin<Box<dyn Future<Output = bool> + Send>>;

/// What the application says to each refresh.
pub(crate) struct Judge(Box<dyn Fn(AuthenticationRefresh) -> Judging + Send + Sync>);

impl Judge {
    pub(super) fn new<F>(judge: impl Fn(AuthenticationRefresh) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        Self(Box::new(move |refresh| Box::pin(judge(refresh))))
    }

    pub(super) async fn allows(&self, refresh: AuthenticationRefresh) -> bool {
        self.0(refresh).await
    }
}
