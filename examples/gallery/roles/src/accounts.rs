//! Who may log in, and the hashes of their passwords.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, PasswordHash};
use axum_login::{AuthUser, AuthnBackend};
use gallery_contract::roles::ADMIN;
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// How many passwords are looked at beside each other. A hash takes 19 MiB and a core for its time,
/// which is what it is for; whoever tries many passwords waits, and the hubs do not.
const AT_ONCE: usize = 2;

/// An account, as a database would have it.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) roles: Vec<String>,
    /// Argon2id with its parameters and a salt of its own, as text.
    password_hash: String,
}

impl AuthUser for Account {
    type Id = String;

    fn id(&self) -> String {
        self.name.clone()
    }

    /// A session is over when its account has another password.
    fn session_auth_hash(&self) -> &[u8] {
        self.password_hash.as_bytes()
    }
}

/// The hash is nobody's business, logs included.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What a login form sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

/// All accounts: a constant map here, a database elsewhere.
#[derive(Clone)]
pub(crate) struct Accounts(Arc<Inner>);

struct Inner {
    accounts: HashMap<String, Account>,
    /// What is compared where there is no account, so that the time of an answer tells nothing.
    decoy: String,
    places: Semaphore,
}

impl Accounts {
    /// The two people of the example, whose passwords the page tells everybody.
    pub(crate) fn with_samples() -> Result<Self, password_hash::Error> {
        let samples = [
            ("ann", "lighthouse", [ADMIN].as_slice()),
            ("bob", "harbour", &[]),
        ];
        let mut accounts = HashMap::new();
        for (name, password, roles) in samples {
            let account = Account {
                name: name.to_owned(),
                roles: roles.iter().map(|&role| role.to_owned()).collect(),
                password_hash: hash(password)?,
            };
            accounts.insert(account.name.clone(), account);
        }
        Ok(Self(Arc::new(Inner {
            accounts,
            decoy: hash("nobody's")?,
            places: Semaphore::new(AT_ONCE),
        })))
    }
}

impl AuthnBackend for Accounts {
    type User = Account;
    type Credentials = Credentials;
    type Error = JoinError;

    async fn authenticate(&self, credentials: Credentials) -> Result<Option<Account>, JoinError> {
        let Credentials { name, password } = credentials;
        let account = self.0.accounts.get(&name).cloned();
        let expected = account
            .as_ref()
            .map_or(&self.0.decoy, |it| &it.password_hash);
        let expected = expected.clone();
        let _place = self.0.places.acquire().await;
        let is_right = spawn_blocking(move || is_right(&password, &expected)).await?;
        Ok(account.filter(|_| is_right))
    }

    async fn get_user(&self, name: &String) -> Result<Option<Account>, JoinError> {
        Ok(self.0.accounts.get(name).cloned())
    }
}

fn hash(password: &str) -> Result<String, password_hash::Error> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string())
}

fn is_right(password: &str, hash: &str) -> bool {
    Argon2::default()
        .verify_password(password.as_bytes(), hash)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn log_in(accounts: &Accounts, name: &str, password: &str) -> Option<Account> {
        let (name, password) = (name.to_owned(), password.to_owned());
        let outcome = accounts.authenticate(Credentials { name, password });
        outcome.await.expect("the thread that compares lives")
    }

    #[tokio::test]
    async fn only_the_right_password_of_an_account_is_right() {
        let accounts = Accounts::with_samples().expect("the samples can be hashed");
        let ann = log_in(&accounts, "ann", "lighthouse").await;
        let ann = ann.expect("it is the right one");
        assert_eq!(ann.roles, [ADMIN]);
        assert!(!format!("{ann:?}").contains("argon2"));
        assert!(log_in(&accounts, "ann", "harbour").await.is_none());
        assert!(log_in(&accounts, "ann", "").await.is_none());
        assert!(log_in(&accounts, "nobody", "nobody's").await.is_none());
        let bob = log_in(&accounts, "bob", "harbour").await;
        assert!(bob.expect("it is the right one").roles.is_empty());
    }
}
