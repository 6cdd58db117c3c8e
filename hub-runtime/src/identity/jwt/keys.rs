//! What tokens are signed with.

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// A key that tokens may be signed with, and the one algorithm that it is for.
///
/// ```
/// use hub_runtime::JwtKey;
/// use hub_runtime::jsonwebtoken::{Algorithm, DecodingKey};
///
/// # fn load() -> Vec<u8> { vec![0; 32] }
/// let secret: Vec<u8> = load();
/// let key = JwtKey::new(Algorithm::HS256, DecodingKey::from_secret(&secret)).id("2026-11");
/// ```
#[derive(Clone)]
#[must_use]
pub struct JwtKey {
    algorithm: Algorithm,
    pub(super) key: DecodingKey,
    id: Option<String>,
}

impl JwtKey {
    /// A key for an algorithm. A token of any other is not even tried with it.
    pub fn new(algorithm: Algorithm, key: DecodingKey) -> Self {
        Self {
            algorithm,
            key,
            id: None,
        }
    }

    /// The id that tokens name the key by (`kid`). A token that names one is tried with that key,
    /// and with those that have none.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    fn from_jwk(jwk: &Jwk) -> Option<Self> {
        let algorithm = jwk.common.key_algorithm?.to_string().parse().ok()?;
        Some(Self {
            algorithm,
            key: DecodingKey::from_jwk(jwk).ok()?,
            id: jwk.common.key_id.clone(),
        })
    }

    /// Whether a token with this in its head can have been signed with it.
    pub(super) fn may_have_signed(&self, algorithm: Algorithm, id: Option<&str>) -> bool {
        let ids = self.id.as_deref().zip(id);
        self.algorithm == algorithm && ids.is_none_or(|(own, named)| own == named)
    }
}

impl fmt::Debug for JwtKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtKey")
            .field("algorithm", &self.algorithm)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The keys that tokens may be signed with at present. A cheap clone: what one replaces, all see,
/// so that keys can be rotated while the server runs.
///
/// ```
/// use hub_runtime::jsonwebtoken::{Algorithm, DecodingKey};
/// use hub_runtime::{JwtKey, JwtKeys};
///
/// # let (old, new) = ([1; 32], [2; 32]);
/// let key = |id, secret: &[u8]| {
///     JwtKey::new(Algorithm::HS256, DecodingKey::from_secret(secret)).id(id)
/// };
/// let keys = JwtKeys::new([key("old", &old)]);
/// // Tokens of both are taken, until the last one of the old key has expired.
/// keys.replace([key("old", &old), key("new", &new)]);
/// keys.replace([key("new", &new)]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct JwtKeys(Arc<RwLock<Arc<[JwtKey]>>>);

impl JwtKeys {
    /// These keys. Without any, no token is taken.
    pub fn new(keys: impl IntoIterator<Item = JwtKey>) -> Self {
        let these = Self::default();
        these.replace(keys);
        these
    }

    /// Takes these keys from now on, in place of those that were there.
    pub fn replace(&self, keys: impl IntoIterator<Item = JwtKey>) {
        let keys = keys.into_iter().collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// The same with the keys that an issuer publishes (RFC 7517). Those that do not say what
    /// algorithm they are for, or are for no signature that is known, are left out; the number of
    /// those that are there is given back.
    pub fn replace_with_set(&self, set: &JwkSet) -> usize {
        let keys: Vec<_> = set.keys.iter().filter_map(JwtKey::from_jwk).collect();
        let count = keys.len();
        self.replace(keys);
        count
    }

    pub(super) fn current(&self) -> Arc<[JwtKey]> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}
