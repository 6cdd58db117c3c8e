//! Users from bearer tokens that are JSON Web Tokens.

mod keys;

pub use keys::{JwtKey, JwtKeys};

use super::authentication::{Authentication, HttpRequest};
use crate::connections::query_value;
use http::header::AUTHORIZATION;
use http::request::Parts;
use hub_core::User;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const EXPIRED: &str = "the token has expired";

type MakeUser = dyn Fn(&Map<String, Value>) -> Option<User> + Send + Sync;

/// Bearer tokens (RFC 6750) that are JSON Web Tokens, for
/// [`HubsBuilder::jwt_bearer`](crate::HubsBuilder::jwt_bearer).
///
/// A token is read from the header `Authorization: Bearer …`, and from the query's `access_token`,
/// where SignalR's clients put it when a browser lets them set no header. It has to be signed with one
/// of the keys, and to say until when it holds (`exp`). Its connection's user has `sub` for an id, a role
/// for each `role` or `roles`, and every claim that is a text, a number, a truth value or a list
/// of these.
#[must_use]
pub struct JwtBearer {
    keys: JwtKeys,
    issuers: Vec<String>,
    audiences: Vec<String>,
    leeway: Duration,
    user: Box<MakeUser>,
}

impl JwtBearer {
    /// Takes tokens that are signed with one of these keys.
    pub fn new(keys: JwtKeys) -> Self {
        Self {
            keys,
            issuers: Vec::new(),
            audiences: Vec::new(),
            leeway: Duration::ZERO,
            user: Box::new(user),
        }
    }

    /// Takes only tokens of this issuer (`iss`), or of others that were named. Default: of all who
    /// have a key.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuers.push(issuer.into());
        self
    }

    /// Takes only tokens that are for this audience (`aud`), or for others that were named. Default:
    /// it is not looked at. Name yours where the issuer serves other servers too.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// How far the clocks of issuer and server may be apart (`ClockSkew`). Default zero. Counted in
    /// whole seconds.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Makes the user out of a token's claims in another way; `None` refuses the token.
    ///
    /// ```
    /// use hub_runtime::{JwtBearer, JwtKeys, User};
    ///
    /// let bearer = JwtBearer::new(JwtKeys::default()).user(|claims| {
    ///     let user = User::new(claims.get("email")?.as_str()?);
    ///     let groups = claims.get("groups").and_then(|it| it.as_array());
    ///     let groups = groups.into_iter().flatten().filter_map(|it| it.as_str());
    ///     Some(groups.fold(user, User::role))
    /// });
    /// ```
    pub fn user(
        mut self,
        user: impl Fn(&Map<String, Value>) -> Option<User> + Send + Sync + 'static,
    ) -> Self {
        self.user = Box::new(user);
        self
    }

    pub(super) fn authenticate(&self, request: &HttpRequest) -> Authentication {
        let Some(token) = token(request) else {
            return Authentication::nobody();
        };
        match self.claims(&token) {
            Ok(claims) => self.accept(&claims),
            // It names what is wrong, and nothing of the token.
            Err(error) => Authentication::failed(reason(&error)),
        }
    }

    fn accept(&self, claims: &Map<String, Value>) -> Authentication {
        let Some(user) = (self.user)(claims) else {
            return Authentication::failed("its claims make no user");
        };
        let authentication = Authentication::user(user);
        let expires = claims.get("exp").and_then(Value::as_f64).map(|seconds| {
            let since = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
            UNIX_EPOCH.checked_add(since.saturating_add(self.leeway))
        });
        match expires.flatten() {
            // The decoder counts whole seconds, and the last one to the end.
            Some(expires) if expires <= SystemTime::now() => Authentication::failed(EXPIRED),
            Some(expires) => authentication.expires_at(expires),
            // Beyond what the clock can show.
            None => authentication,
        }
    }

    fn claims(&self, token: &str) -> Result<Map<String, Value>, Error> {
        let header = decode_header(token)?;
        let keys = self.keys.current();
        let mut keys = keys
            .iter()
            .filter(|key| key.may_have_signed(header.alg, header.kid.as_deref()));
        let mut result = Err(Error::from(ErrorKind::InvalidSignature));
        let validation = self.validation(header.alg);
        // Only another key could have another signature.
        while let Err(ErrorKind::InvalidSignature) = result.as_ref().map_err(|it: &Error| it.kind())
            && let Some(key) = keys.next()
        {
            result = decode(token, &key.key, &validation).map(|token| token.claims);
        }
        result
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = self.leeway.as_secs();
        validation.validate_nbf = true;
        validation.validate_aud = !self.audiences.is_empty();
        let mut required = vec!["exp"];
        if !self.audiences.is_empty() {
            validation.set_audience(&self.audiences);
            required.push("aud");
        }
        if !self.issuers.is_empty() {
            validation.set_issuer(&self.issuers);
            required.push("iss");
        }
        validation.set_required_spec_claims(&required);
        validation
    }
}

impl fmt::Debug for JwtBearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtBearer")
            .field("keys", &self.keys)
            .field("issuers", &self.issuers)
            .field("audiences", &self.audiences)
            .field("leeway", &self.leeway)
            .finish_non_exhaustive()
    }
}

/// The token of a request (wire specification, section 7).
fn token(request: &Parts) -> Option<Cow<'_, str>> {
    let header = request.headers.get(AUTHORIZATION);
    let header = header.and_then(|it| it.to_str().ok());
    let bearer = header.and_then(|text| text.split_once(' '));
    let bearer = bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match bearer {
        Some((_, token)) => Some(token.trim().into()),
        None => query_value(request.uri.query(), "access_token"),
    }
}

fn reason(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::ExpiredSignature => EXPIRED,
        ErrorKind::ImmatureSignature => "the token does not hold yet",
        ErrorKind::InvalidSignature => "the token is signed with no key that is known",
        ErrorKind::InvalidIssuer => "the token has another issuer",
        ErrorKind::InvalidAudience => "the token is for another audience",
        ErrorKind::MissingRequiredClaim(_) => "the token lacks a claim",
        _ => "the token is broken",
    }
}

/// A user with all that a token's claims say.
fn user(claims: &Map<String, Value>) -> Option<User> {
    let mut user = User::new(claims.get("sub")?.as_str()?);
    for (kind, value) in claims {
        for value in each(value) {
            if matches!(kind.as_str(), "role" | "roles") {
                user = user.role(value.clone());
            }
            user = user.claim(kind, value);
        }
    }
    Some(user)
}

/// The plain values in a claim, which may be a list.
fn each(value: &Value) -> impl Iterator<Item = String> {
    let values = match value {
        Value::Array(values) => &values[..],
        value => std::slice::from_ref(value),
    };
    values.iter().filter_map(|value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use jsonwebtoken::{DecodingKey, EncodingKey, Header, encode, get_current_timestamp};
    use serde_json::json;

    const SECRET: &[u8] = b"a secret of thirty-two characters";

    fn key(secret: &[u8]) -> JwtKey {
        JwtKey::new(Algorithm::HS256, DecodingKey::from_secret(secret))
    }

    fn sign(header: &Header, secret: &[u8], claims: &Value) -> String {
        encode(header, claims, &EncodingKey::from_secret(secret)).expect("a token")
    }

    fn signed(claims: &Value) -> String {
        sign(&Header::default(), SECRET, claims)
    }

    fn request(uri: &str, authorization: Option<&str>) -> HttpRequest {
        let mut request = Request::get(uri);
        if let Some(authorization) = authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        HttpRequest::new(request.body(()).expect("a request").into_parts().0)
    }

    fn with(token: &str) -> HttpRequest {
        request("/hub", Some(&format!("Bearer {token}")))
    }

    fn soon() -> u64 {
        get_current_timestamp() + 60
    }

    #[track_caller]
    fn check_refused(bearer: &JwtBearer, token: &str, expected: &str) {
        let found = bearer.authenticate(&with(token));
        assert_eq!(found, Authentication::failed(expected));
    }

    #[test]
    fn a_user_has_id_roles_and_claims_of_the_token() {
        let bearer = JwtBearer::new(JwtKeys::new([key(SECRET)]));
        let exp = soon();
        let token = signed(&json!({
            "exp": exp, "sub": "ann", "role": "ADMIN", "roles": ["OPS", "HR"], "age": 7,
            "nested": {"a": 1}
        }));
        let user = User::new("ann")
            .claim("age", "7")
            .claim("exp", exp.to_string())
            .claim("role", "ADMIN")
            .claim("roles", "OPS")
            .claim("roles", "HR")
            .claim("sub", "ann")
            .role("ADMIN")
            .role("OPS")
            .role("HR");
        let expected = Authentication::user(user).expires_at(UNIX_EPOCH + Duration::from_secs(exp));
        assert_eq!(bearer.authenticate(&with(&token)), expected);
        let in_query = request(&format!("/hub?id=1&access_token={token}"), None);
        assert_eq!(bearer.authenticate(&in_query), expected);
        let lower = request("/hub?access_token=x", Some(&format!("bearer {token}")));
        assert_eq!(bearer.authenticate(&lower), expected);
    }

    #[test]
    fn who_brings_no_token_is_nobody() {
        let bearer = JwtBearer::new(JwtKeys::new([key(SECRET)]));
        for request in [
            request("/hub", None),
            request("/hub?access_token=", None),
            request("/hub", Some("Basic YTpi")),
        ] {
            assert_eq!(bearer.authenticate(&request), Authentication::nobody());
        }
    }

    #[test]
    fn what_is_refused() {
        let bearer = JwtBearer::new(JwtKeys::new([key(SECRET)]));
        let now = get_current_timestamp();
        let check = |claims: Value, expected| check_refused(&bearer, &signed(&claims), expected);
        check(
            json!({"sub": "ann", "exp": now - 1}),
            "the token has expired",
        );
        check(json!({"sub": "ann", "exp": now}), "the token has expired");
        check(json!({"sub": "ann"}), "the token lacks a claim");
        check(
            json!({"sub": "ann", "exp": soon(), "nbf": soon()}),
            "the token does not hold yet",
        );
        check(json!({"exp": soon()}), "its claims make no user");
        check_refused(&bearer, "x", "the token is broken");
        let claims = json!({"sub": "ann", "exp": soon()});
        let unknown = "the token is signed with no key that is known";
        let forged = sign(
            &Header::default(),
            b"another secret of that length!!!",
            &claims,
        );
        check_refused(&bearer, &forged, unknown);
        let another = sign(&Header::new(Algorithm::HS384), SECRET, &claims);
        check_refused(&bearer, &another, unknown);
        let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.";
        check_refused(&bearer, unsigned, "the token is broken");
    }

    #[test]
    fn issuer_and_audience_are_looked_at_when_they_are_named() {
        let bearer = JwtBearer::new(JwtKeys::new([key(SECRET)]))
            .issuer("us")
            .audience("hubs");
        let claims =
            |iss: &str, aud: &str| json!({"sub": "a", "exp": soon(), "iss": iss, "aud": aud});
        let right = bearer.authenticate(&with(&signed(&claims("us", "hubs"))));
        assert_ne!(right, Authentication::nobody());
        assert!(!format!("{right:?}").contains("Failed"), "{right:?}");
        check_refused(
            &bearer,
            &signed(&claims("them", "hubs")),
            "the token has another issuer",
        );
        check_refused(
            &bearer,
            &signed(&claims("us", "shop")),
            "the token is for another audience",
        );
        let neither = json!({"sub": "a", "exp": soon()});
        check_refused(&bearer, &signed(&neither), "the token lacks a claim");
    }

    #[test]
    fn keys_are_rotated() {
        let (old, new) = (&b"the old secret, of 32 characters"[..], SECRET);
        let keys = JwtKeys::new([key(old).id("old")]);
        let bearer = JwtBearer::new(keys.clone());
        let claims = json!({"sub": "ann", "exp": soon()});
        let named = |id: Option<&str>, secret| {
            let header = Header {
                kid: id.map(str::to_owned),
                ..Header::default()
            };
            sign(&header, secret, &claims)
        };
        let check = |token: &str, expected| {
            let found = bearer.authenticate(&with(token));
            let is_known = !format!("{found:?}").contains("Failed");
            assert_eq!(is_known, expected, "{found:?}");
        };
        check(&named(Some("old"), old), true);
        check(&named(Some("new"), new), false);
        keys.replace([key(old).id("old"), key(new).id("new")]);
        check(&named(Some("old"), old), true);
        check(&named(Some("new"), new), true);
        // Without a name all are tried, and under a name only its own.
        check(&named(None, new), true);
        check(&named(Some("old"), new), false);
        keys.replace([key(new).id("new")]);
        check(&named(Some("old"), old), false);
        check(&named(None, old), false);
    }

    #[test]
    fn published_keys_are_taken() {
        let set = json!({"keys": [
            {"kty": "oct", "kid": "one", "alg": "HS256", "k": "YSBzZWNyZXQgb2YgdGhpcnR5LXR3byBjaGFyYWN0ZXJz"},
            {"kty": "oct", "kid": "without an algorithm", "k": "YQ"}
        ]});
        let keys = JwtKeys::default();
        let set = serde_json::from_value(set).expect("a set");
        assert_eq!(keys.replace_with_set(&set), 1);
        let bearer = JwtBearer::new(keys);
        let token = signed(&json!({"sub": "ann", "exp": soon()}));
        let found = bearer.authenticate(&with(&token));
        assert!(!format!("{found:?}").contains("Failed"), "{found:?}");
    }

    #[test]
    fn nothing_shows_a_secret() {
        let bearer = JwtBearer::new(JwtKeys::new([key(SECRET).id("x")]));
        let shown = format!("{bearer:?} {:?}", with("token"));
        assert!(
            !shown.contains("secret of") && !shown.contains("token"),
            "{shown}"
        );
    }
}
