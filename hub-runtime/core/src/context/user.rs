/// Who a connection belongs to.
///
/// Made by the server's `identify` function from the request, usually out of what an
/// authentication layer in front has found.
///
/// ```
/// # use hub_core as hub_runtime;
/// use hub_runtime::User;
///
/// let user = User::new("kevin").role("ADMIN").claim("team", "blue");
/// assert!(user.has_role("ADMIN"));
/// assert_eq!(user.claims("team").collect::<Vec<_>>(), ["blue"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct User {
    id: String,
    roles: Vec<String>,
    claims: Vec<(String, String)>,
}

impl User {
    /// A user with the id that `clients().user(id)` addresses (SignalR's `UserIdentifier`).
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            roles: Vec::new(),
            claims: Vec::new(),
        }
    }

    /// The same user under another id, with all roles and claims.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Adds a role. Roles are compared exactly.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// Adds a claim. A claim may have several values.
    pub fn claim(mut self, kind: impl Into<String>, value: impl Into<String>) -> Self {
        self.claims.push((kind.into(), value.into()));
        self
    }

    /// The user's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the user has the role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|has| has == role)
    }

    /// The values of a claim, in the order in which they were added.
    pub fn claims(&self, kind: &str) -> impl Iterator<Item = &str> {
        self.claims
            .iter()
            .filter(move |(has, _)| has == kind)
            .map(|(_, value)| value.as_str())
    }
}
