//! From a request to a user.

use super::refresh::{AuthenticationRefresh, Judge};
use super::ticket::Ticket;
use crate::telemetry::targets;
use http::request::Parts;
use hub_core::User;
use std::fmt;
use std::future::{Future, ready};
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

/// The head of a request, for [`authenticate`](crate::HubsBuilder::authenticate) and policies:
/// method, address, headers and extensions. A cheap clone, so that futures can own it.
///
/// Address and headers may hold tokens: they do not belong into logs.
#[derive(Clone)]
pub struct HttpRequest(Arc<Parts>);

impl HttpRequest {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The head back; a copy of it if somebody has kept one.
    pub(crate) fn into_parts(self) -> Parts {
        Arc::try_unwrap(self.0).unwrap_or_else(|shared| (*shared).clone())
    }
}

impl Deref for HttpRequest {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest").finish_non_exhaustive()
    }
}

/// What a request says of who sends it (ASP.NET Core's `AuthenticateResult`).
///
/// ```
/// use hub_runtime::{Authentication, User};
/// use std::time::{Duration, SystemTime};
///
/// let until = SystemTime::now() + Duration::from_secs(3600);
/// let ann = Authentication::user(User::new("ann").role("ADMIN")).expires_at(until);
/// let nobody = Authentication::nobody();
/// let failed = Authentication::failed("the session has been revoked");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Authentication(Found);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Nobody,
    User(User, Option<SystemTime>),
    Failed(String),
}

impl Authentication {
    /// It says nothing. Where a user is required, it is refused with 401; elsewhere its connection
    /// has no user.
    pub fn nobody() -> Self {
        Self(Found::Nobody)
    }

    /// It proves to be this user's.
    pub fn user(user: User) -> Self {
        Self(Found::User(user, None))
    }

    /// Until when the proof holds. The connection ends then if
    /// [`close_on_authentication_expiration`](crate::HubOptions::close_on_authentication_expiration)
    /// is on. Means nothing without a user.
    pub fn expires_at(mut self, time: SystemTime) -> Self {
        if let Found::User(_, expires) = &mut self.0 {
            *expires = Some(time);
        }
        self
    }

    /// It claims to be somebody's and cannot prove it: a token that has expired, a broken
    /// signature. Nobody else is asked, and it counts as nobody's. The reason goes into the log, so
    /// it must not hold the token.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self(Found::Failed(reason.into()))
    }
}

/// Without a user: nobody's.
impl From<Option<User>> for Authentication {
    fn from(user: Option<User>) -> Self {
        user.map_or_else(Self::nobody, Self::user)
    }
}

pub(crate) type Authenticating = Pin<Box<dyn Future<Output = Authentication> + Send>>;

type Authenticate = dyn Fn(HttpRequest) -> Authenticating + Send + Sync;
type UserId = dyn Fn(&User) -> String + Send + Sync;

/// All ways in which a request may say whose it is.
#[derive(Default)]
pub(crate) struct Authenticators {
    /// Asked in turn, until one has an answer.
    ways: Vec<Box<Authenticate>>,
    user_id: Option<Box<UserId>>,
    /// What a refused client is asked for, in `WWW-Authenticate`.
    scheme: Option<&'static str>,
    refreshes: Option<Judge>,
}

/// Whose a request is.
#[derive(Debug)]
pub(crate) struct Authenticated {
    /// `None` for nobody's.
    pub(crate) ticket: Option<Arc<Ticket>>,
    /// Whether it claimed to be somebody's.
    pub(crate) failed: bool,
}

impl Authenticators {
    pub(crate) fn identify(
        &mut self,
        identify: impl Fn(&Parts) -> Option<User> + Send + Sync + 'static,
    ) {
        self.ways.push(Box::new(move |request| {
            Box::pin(ready(identify(&request).into()))
        }));
    }

    pub(crate) fn authenticate<F>(
        &mut self,
        authenticate: impl Fn(HttpRequest) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Authentication> + Send + 'static,
    {
        let authenticate = move |request| Box::pin(authenticate(request)) as Authenticating;
        self.ways.push(Box::new(authenticate));
    }

    #[cfg(feature = "jwt")]
    pub(crate) fn jwt_bearer(&mut self, bearer: super::JwtBearer) {
        self.scheme = Some("Bearer");
        self.ways.push(Box::new(move |request| {
            Box::pin(ready(bearer.authenticate(&request)))
        }));
    }

    pub(crate) fn user_id(&mut self, id: impl Fn(&User) -> String + Send + Sync + 'static) {
        self.user_id = Some(Box::new(id));
    }

    pub(crate) fn on_refresh<F>(
        &mut self,
        judge: impl Fn(AuthenticationRefresh) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = bool> + Send + 'static,
    {
        self.refreshes = Some(Judge::new(judge));
    }

    /// Whether the application lets a connection's authentication be refreshed.
    pub(super) async fn allow_refresh(&self, refresh: AuthenticationRefresh) -> bool {
        match &self.refreshes {
            Some(judge) => judge.allows(refresh).await,
            None => true,
        }
    }

    /// Whether nobody can ever be known.
    pub(crate) fn is_empty(&self) -> bool {
        self.ways.is_empty()
    }

    pub(crate) fn scheme(&self) -> Option<&'static str> {
        self.scheme
    }

    pub(crate) async fn run(&self, request: &HttpRequest) -> Authenticated {
        for way in &self.ways {
            match way(request.clone()).await.0 {
                Found::Nobody => {}
                Found::User(user, expires) => {
                    let user = match &self.user_id {
                        Some(id) => {
                            let id = id(&user);
                            user.with_id(id)
                        }
                        None => user,
                    };
                    return Authenticated {
                        ticket: Some(Arc::new(Ticket::new(user, expires))),
                        failed: false,
                    };
                }
                Found::Failed(reason) => {
                    tracing::debug!(target: targets::AUTHORIZATION, reason, "a request could not prove whose it is");
                    return Authenticated {
                        ticket: None,
                        failed: true,
                    };
                }
            }
        }
        Authenticated {
            ticket: None,
            failed: false,
        }
    }
}

impl fmt::Debug for Authenticators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticators")
            .field("ways", &self.ways.len())
            .finish_non_exhaustive()
    }
}
