//! `/authorizedhub`, and the tokens that it asks for.

use axum::extract::{Query, State};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream};
use http::StatusCode;
use hub_conformance_contract::AuthorizedHub;
use hub_runtime::jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, encode};
use hub_runtime::prelude::*;
use hub_runtime::{JwtBearer, JwtKey, JwtKeys};
use serde_json::{Map, json};
use uuid::Uuid;

/// Answers by the contract and keeps nothing.
#[derive(Debug, Default)]
pub(crate) struct Authorized;

impl AuthorizedHub for Authorized {
    async fn echo(&self, message: String) -> String {
        message
    }

    async fn get_user_name_identifier(&self, cx: &Context<dyn AuthorizedHub>) -> Option<String> {
        cx.user_id().map(str::to_owned)
    }

    fn stream(&self) -> impl Stream<Item = String> {
        stream::iter(["a", "b", "c"].map(str::to_owned))
    }

    async fn streaming_concat(&self, stream: impl Stream<Item = String>) -> String {
        stream.collect().await
    }

    async fn get_user_claim(
        &self,
        cx: &Context<dyn AuthorizedHub>,
        kind: String,
    ) -> Option<String> {
        cx.user()?.claims(&kind).next().map(str::to_owned)
    }
}

/// What signs tokens, anew with each server.
#[derive(Clone)]
pub(crate) struct Issuer([Uuid; 2]);

impl Issuer {
    pub(crate) fn new() -> Self {
        Self([Uuid::new_v4(), Uuid::new_v4()])
    }

    fn secret(&self) -> Vec<u8> {
        self.0.iter().flat_map(|part| *part.as_bytes()).collect()
    }

    /// What takes the tokens: whatever issuer and audience they name, and not a second too long.
    pub(crate) fn bearer(&self) -> JwtBearer {
        let key = DecodingKey::from_secret(&self.secret());
        JwtBearer::new(JwtKeys::new([JwtKey::new(Algorithm::HS256, key)]))
    }

    fn issue(&self, role: Option<&str>, life: TimeDelta) -> String {
        let expires = Utc::now() + life - DateTime::UNIX_EPOCH;
        let mut claims = Map::new();
        claims.insert("sub".to_owned(), json!("testuser"));
        claims.insert("exp".to_owned(), json!(expires.as_seconds_f64()));
        if let Some(role) = role {
            claims.insert("role".to_owned(), json!(role));
        }
        let key = EncodingKey::from_secret(&self.secret());
        encode(&Header::default(), &claims, &key).expect("claims are JSON")
    }
}

/// `GET /generateJwtToken?role=…&ttl=…`: a token of the test user's, for five seconds unless the
/// query says how many.
pub(crate) async fn generate_token(
    State(issuer): State<Issuer>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<String, StatusCode> {
    let value = |name: &str| {
        let pair = query.iter().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.as_str())
    };
    let seconds = value("ttl").map_or(Ok(5), str::parse);
    let seconds = seconds.map_err(|_| StatusCode::BAD_REQUEST)?;
    let life = TimeDelta::try_seconds(seconds).ok_or(StatusCode::BAD_REQUEST)?;
    Utc::now()
        .checked_add_signed(life)
        .ok_or(StatusCode::BAD_REQUEST)?;
    Ok(issuer.issue(value("role"), life))
}
