//! Logging in and out, and what a hub learns of it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use gallery_contract::roles::BoardHub;
use http::StatusCode;
use http::request::Parts;
use hub_runtime::{HubContext, User};

use crate::accounts::{Accounts, Credentials};
use crate::sessions::{SESSION, Sessions};

type AuthSession = axum_login::AuthSession<Accounts>;

/// Whose a request is, for the hubs: what the layer in front has found by the cookie.
pub(crate) fn user(parts: &Parts) -> Option<User> {
    let login = parts.extensions.get::<AuthSession>()?;
    let account = login.user.as_ref()?;
    let session = login.session.id()?.to_string();
    let user = User::new(&account.name).claim(SESSION, session);
    Some(account.roles.iter().fold(user, User::role))
}

/// `POST /login` and `POST /logout`. Credentials are JSON, which a form of another site cannot send.
pub(crate) fn routes(sessions: Sessions) -> Router {
    Router::new()
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .with_state(sessions)
}

async fn log_in(
    State(sessions): State<Sessions>,
    hub: HubContext<dyn BoardHub>,
    mut login: AuthSession,
    Json(credentials): Json<Credentials>,
) -> Result<Response, Failure> {
    let Some(account) = login.authenticate(credentials).await? else {
        return Ok((StatusCode::UNAUTHORIZED, "Wrong name or password.").into_response());
    };
    // A session that was there before ends, and another one begins: nobody can be logged in to a
    // session whose id somebody else has seen. Without `cycle_id` it would have the same id again,
    // since `login` gives a new one to strangers only.
    end(&sessions, &hub, &mut login).await?;
    login
        .session
        .cycle_id()
        .await
        .map_err(axum_login::Error::Session)?;
    login.login(&account).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn log_out(
    State(sessions): State<Sessions>,
    hub: HubContext<dyn BoardHub>,
    mut login: AuthSession,
) -> Result<StatusCode, Failure> {
    end(&sessions, &hub, &mut login).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the session, and then the connections that were opened with it.
async fn end(
    sessions: &Sessions,
    hub: &HubContext<dyn BoardHub>,
    login: &mut AuthSession,
) -> Result<(), Failure> {
    let ended = login.session.id();
    login.logout().await?;
    if let Some(session) = ended {
        for connection in sessions.take(&session.to_string()) {
            hub.close(&connection, "You have logged out.");
        }
    }
    Ok(())
}

/// The store of sessions, or a thread, has failed.
struct Failure(axum_login::Error<Accounts>);

impl From<axum_login::Error<Accounts>> for Failure {
    fn from(error: axum_login::Error<Accounts>) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        eprintln!("logging in or out has failed: {}", self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}
