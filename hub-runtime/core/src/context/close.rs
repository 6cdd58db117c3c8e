/// What a client is told when the application closes its connection (SignalR's `CloseMessage`).
///
/// Without anything the client is told not to come back, and reads no error. A text makes one of
/// it:
///
/// ```
/// # use hub_core as hub_runtime;
/// use hub_runtime::CloseMessage;
///
/// // For `cx.close(…)` and `hub.close(id, …)`, where a text alone will do:
/// let message = CloseMessage::from("You were removed by a moderator.");
/// assert_eq!(message, CloseMessage::new().error("You were removed by a moderator."));
///
/// // Clients that reconnect by themselves may do so.
/// let message = CloseMessage::new().error("Please sign in again.").allow_reconnect();
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct CloseMessage {
    error: Option<String>,
    allow_reconnect: bool,
}

impl CloseMessage {
    /// No error, and no coming back.
    pub fn new() -> Self {
        Self::default()
    }

    /// Has the client read `text` as the error of its connection. In JavaScript `onclose` is given
    /// `Server returned an error on close: <text>`. An empty text is none.
    pub fn error(mut self, text: impl Into<String>) -> Self {
        self.error = Some(text.into()).filter(|text| !text.is_empty());
        self
    }

    /// Lets clients come back that are built with automatic reconnect. Others stay away all the
    /// same.
    pub fn allow_reconnect(mut self) -> Self {
        self.allow_reconnect = true;
        self
    }

    /// The text that the client reads.
    #[must_use]
    pub fn error_text(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Whether the client may come back.
    #[must_use]
    pub fn allows_reconnect(&self) -> bool {
        self.allow_reconnect
    }
}

impl From<&str> for CloseMessage {
    fn from(text: &str) -> Self {
        Self::new().error(text)
    }
}

impl From<String> for CloseMessage {
    fn from(text: String) -> Self {
        Self::new().error(text)
    }
}
