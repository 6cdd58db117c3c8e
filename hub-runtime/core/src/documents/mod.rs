//! Hubs as documents for other tools: AsyncAPI and JSON Schema.
//!
//! Written from the same constants as everything else. Entry point: [`Documents`].

mod asyncapi;
mod messages;
mod schemas;
mod security;

use crate::contract::{
    ClientContract, ClientDescription, HubContract, HubDescription, MethodSignature,
};
use serde_json::Value;

/// Hubs to be described in a document.
///
/// ```
/// # use hub_core::contract::{HubContract, HubDescription, MethodSignature, NoClient};
/// # pub trait ChatHub: Send + Sync + 'static {}
/// # impl HubContract for dyn ChatHub {
/// #     type Client = dyn NoClient;
/// #     const DESCRIPTION: HubDescription = HubDescription::new("ChatHub", "", "", &[]);
/// #     const SIGNATURES: &'static [MethodSignature] = &[];
/// # }
/// # use hub_core as hub_runtime;
/// use hub_runtime::documents::Documents;
///
/// let documents = Documents::new("Chat").hub_at::<dyn ChatHub>("/hubs/chat");
/// assert!(documents.asyncapi().contains("\"address\": \"/hubs/chat\""));
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is written before `asyncapi` or `json_schema`"]
pub struct Documents {
    title: String,
    version: Option<String>,
    session_cookie: Option<String>,
    hubs: Vec<DescribedHub>,
}

/// A hub with its client, as constants: what [`Documents`] are made of.
#[derive(Debug, Clone)]
pub struct DescribedHub {
    path: Option<String>,
    hub: HubDescription,
    hub_signatures: &'static [MethodSignature],
    client: ClientDescription,
    client_signatures: &'static [MethodSignature],
}

impl DescribedHub {
    /// The hub of a contract, without a path.
    pub fn of<H: HubContract + ?Sized>() -> Self {
        Self {
            path: None,
            hub: H::DESCRIPTION,
            hub_signatures: H::SIGNATURES,
            client: <H::Client as ClientContract>::DESCRIPTION,
            client_signatures: <H::Client as ClientContract>::SIGNATURES,
        }
    }

    /// The same hub, mounted at a path.
    #[must_use]
    pub fn at(self, path: impl Into<String>) -> Self {
        Self {
            path: Some(path.into()),
            ..self
        }
    }

    /// What clients may call.
    pub fn hub(&self) -> &HubDescription {
        &self.hub
    }

    /// What the server may call on them.
    pub fn client(&self) -> &ClientDescription {
        &self.client
    }
}

impl Documents {
    /// Begins with no hub.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            version: None,
            session_cookie: None,
            hubs: Vec::new(),
        }
    }

    /// The version of the whole. Without it, it is those of the contracts.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// The name of the cookie by which the server knows its users. Without it, the documents say that
    /// they are known by an access token, as SignalR's clients send one.
    pub fn session_cookie(mut self, name: impl Into<String>) -> Self {
        self.session_cookie = Some(name.into());
        self
    }

    /// Adds a hub.
    pub fn hub<H: HubContract + ?Sized>(self) -> Self {
        self.described(DescribedHub::of::<H>())
    }

    /// Adds a hub, and says where it is mounted.
    pub fn hub_at<H: HubContract + ?Sized>(self, path: impl Into<String>) -> Self {
        self.described(DescribedHub::of::<H>().at(path))
    }

    /// Adds a hub that has lost its type.
    pub fn described(mut self, hub: DescribedHub) -> Self {
        self.hubs.push(hub);
        self
    }

    /// An AsyncAPI 3.0 document in JSON: a channel for each hub, an operation for each method. What
    /// it says of messages holds for the JSON protocol; MessagePack has the same values in arrays.
    ///
    /// The typed errors of a method are replies of it, and `#[authorize]` is its `security`, with roles
    /// and policies in the description.
    pub fn asyncapi(&self) -> String {
        text(&asyncapi::document(self))
    }

    /// A JSON Schema (2020-12): below `$defs` every type by its name, and for each method the array of
    /// its arguments (`ChatHub.SendMessage.arguments`), what it answers or streams
    /// (`ChatHub.SendMessage.answer`) and the errors that clients can tell apart
    /// (`ChatHub.SendMessage.error`). A type that is read in another form than it is written has two
    /// schemas, the second with `Input` behind its name.
    pub fn json_schema(&self) -> String {
        text(&schemas::document(self))
    }

    fn version_text(&self) -> String {
        self.version.clone().unwrap_or_else(|| {
            let versions = self.hubs.iter().map(|it| match self.hubs.len() {
                1 => it.hub.version.to_string(),
                _ => format!("{} {}", it.hub.name, it.hub.version),
            });
            versions.collect::<Vec<_>>().join(", ")
        })
    }
}

/// Pretty, and with a line break at the end, as files are.
fn text(document: &Value) -> String {
    format!("{document:#}\n")
}
