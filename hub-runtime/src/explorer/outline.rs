//! What the page is told: the hubs in the order in which they were mounted, their methods in the order
//! of the traits, and the schemas of all they carry.

use super::catalogue::{Catalogue, Listed};
use hub_core::contract::{
    Authorize, ClientMethodDescription, HubMethodDescription, MethodKind, ParameterDescription,
    PolicyName,
};
use hub_core::negotiate::TransportType;
use hub_core::protocol::Protocol;
use serde::Serialize;
use serde_json::value::RawValue;

/// The whole of it. `page/outline.js` has the same shape as types.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outline<'a> {
    title: &'a str,
    /// Where the page itself is mounted, so that it finds hubs behind a proxy that adds a prefix.
    mount: &'a str,
    protocols: Vec<&'static str>,
    hubs: Vec<Hub<'a>>,
    /// The document of `Documents::json_schema`.
    schema: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hub<'a> {
    name: &'static str,
    docs: &'static str,
    version: u32,
    requirements: Vec<Requirement>,
    paths: Vec<At<'a>>,
    methods: Vec<Method>,
    events: Vec<Event>,
}

/// A path of a hub, and what it can be reached by there.
#[derive(Serialize)]
struct At<'a> {
    path: &'a str,
    transports: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Method {
    name: &'static str,
    docs: &'static str,
    streams: bool,
    requirements: Vec<Requirement>,
    parameters: Vec<Parameter>,
}

/// A call that the server makes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    name: &'static str,
    docs: &'static str,
    has_result: bool,
    parameters: Vec<Parameter>,
}

#[derive(Serialize)]
struct Parameter {
    name: &'static str,
    upload: bool,
}

#[derive(Serialize)]
struct Requirement {
    roles: &'static [&'static str],
    policy: Option<&'static str>,
}

impl<'a> Outline<'a> {
    pub(super) fn new(
        catalogue: &'a Catalogue,
        title: &'a str,
        mount: &'a str,
        schema: &'a str,
    ) -> Self {
        Self {
            title,
            mount,
            protocols: catalogue.protocols.iter().map(Protocol::name).collect(),
            hubs: catalogue.hubs.iter().map(Hub::new).collect(),
            schema: serde_json::from_str(schema).ok(),
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl<'a> Hub<'a> {
    fn new(listed: &'a Listed) -> Self {
        let (hub, client) = (listed.hub.hub(), listed.hub.client());
        Self {
            name: hub.name,
            docs: hub.docs,
            version: hub.version,
            requirements: requirements(hub.authorize),
            paths: listed
                .paths
                .iter()
                .map(|(path, transports)| At {
                    path,
                    transports: transports.iter().map(TransportType::name).collect(),
                })
                .collect(),
            methods: hub.methods.iter().map(Method::new).collect(),
            events: client.methods.iter().map(Event::new).collect(),
        }
    }
}

impl Method {
    fn new(method: &HubMethodDescription) -> Self {
        Self {
            name: method.wire_name,
            docs: method.docs,
            streams: method.kind == MethodKind::Stream,
            requirements: requirements(method.authorize),
            parameters: parameters(method.parameters),
        }
    }
}

impl Event {
    fn new(method: &ClientMethodDescription) -> Self {
        Self {
            name: method.wire_name,
            docs: method.docs,
            has_result: method.has_result,
            parameters: parameters(method.parameters),
        }
    }
}

fn parameters(parameters: &[ParameterDescription]) -> Vec<Parameter> {
    let parameters = parameters.iter().map(|it| Parameter {
        name: it.name,
        upload: it.upload,
    });
    parameters.collect()
}

fn requirements(authorize: &[Authorize]) -> Vec<Requirement> {
    let requirements = authorize.iter().map(|it| Requirement {
        roles: it.required_roles(),
        policy: it.required_policy().map(PolicyName::as_str),
    });
    requirements.collect()
}
