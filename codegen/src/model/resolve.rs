//! From the constants of a contract to its part of the model: every type is printed and read here.

use super::{
    Client, ClientAnswer, ClientMethod, Declaration, Declarations, Hub, Method, Parameter,
    ParameterKind,
};
use crate::contracts::Contract;
use crate::error::CodegenError;
use crate::syntax::Type;
use crate::{names, text};
use hub_core::contract::{
    ClientMethodDescription, HubMethodDescription, MethodKind, MethodSignature,
    ParameterDescription, ParameterSignature, TypeDeclaration, TypeRef,
};
use std::collections::BTreeSet;
use ts_rs::Config;

/// Resolves a contract; nothing is shared with others yet.
pub(super) fn hub(contract: &Contract) -> Result<Hub, CodegenError> {
    Resolver::default().run(contract)
}

/// Turns one contract into its part of the model.
struct Resolver {
    config: Config,
    found: Vec<TypeDeclaration>,
    /// Where each type expression outside of declarations stands, for the check of map keys.
    places: Vec<(String, Type)>,
}

impl Default for Resolver {
    fn default() -> Self {
        // JavaScript's clients read every number as `number`, and throw when sent a `bigint`.
        let config = Config::new().with_large_int("number");
        Self {
            config,
            found: Vec::new(),
            places: Vec::new(),
        }
    }
}

impl Resolver {
    fn run(mut self, contract: &Contract) -> Result<Hub, CodegenError> {
        let methods = contract.hub.methods.iter().zip(contract.hub_signatures);
        let methods = methods
            .map(|(method, signature)| self.method(contract.hub.name, method, signature))
            .collect::<Result<_, _>>()?;
        let client = match contract.client.methods {
            [] => None,
            _ => Some(self.client(contract)?),
        };
        let types = self.declarations()?;
        Ok(Hub {
            name: contract.hub.name.to_owned(),
            version: contract.hub.version,
            revision: String::new(),
            docs: text::doc_lines(contract.hub.docs),
            methods,
            own: Declarations {
                clients: client.iter().cloned().collect(),
                types,
            },
            client,
            shared: BTreeSet::new(),
        })
    }

    fn method(
        &mut self,
        hub: &str,
        method: &HubMethodDescription,
        signature: &MethodSignature,
    ) -> Result<Method, CodegenError> {
        let place = format!("{hub}::{}", method.rust_name);
        Ok(Method {
            name: text::camel_case(method.rust_name),
            rust_name: method.rust_name,
            wire_name: method.wire_name,
            docs: text::doc_lines(method.docs),
            streams: method.kind == MethodKind::Stream,
            parameters: self.parameters(&place, method.parameters, signature.parameters)?,
            answer: self.answer(&place, signature.answer)?,
        })
    }

    fn client(&mut self, contract: &Contract) -> Result<Client, CodegenError> {
        let methods = contract
            .client
            .methods
            .iter()
            .zip(contract.client_signatures);
        Ok(Client {
            id: contract.client_id,
            name: contract.client.name.to_owned(),
            docs: text::doc_lines(contract.client.docs),
            methods: methods
                .map(|(method, signature)| {
                    self.client_method(contract.client.name, method, signature)
                })
                .collect::<Result<_, _>>()?,
        })
    }

    fn client_method(
        &mut self,
        client: &str,
        method: &ClientMethodDescription,
        signature: &MethodSignature,
    ) -> Result<ClientMethod, CodegenError> {
        let place = format!("{client}::{}", method.rust_name);
        Ok(ClientMethod {
            name: text::camel_case(method.rust_name),
            rust_name: method.rust_name,
            wire_name: method.wire_name,
            docs: text::doc_lines(method.docs),
            parameters: self.parameters(&place, method.parameters, signature.parameters)?,
            answer: match (method.has_result, self.answer(&place, signature.answer)?) {
                (false, _) => ClientAnswer::Nothing,
                (true, None) => ClientAnswer::Done,
                (true, Some(ty)) => ClientAnswer::Value(ty),
            },
        })
    }

    fn parameters(
        &mut self,
        place: &str,
        descriptions: &[ParameterDescription],
        signatures: &[ParameterSignature],
    ) -> Result<Vec<Parameter>, CodegenError> {
        let parameters = descriptions.iter().zip(signatures);
        parameters
            .map(|(description, signature)| {
                Ok(Parameter {
                    name: text::parameter_name(description.name, names::SUPPORT_FUNCTIONS),
                    kind: match (description.upload, signature.optional) {
                        (true, _) => ParameterKind::Upload,
                        (false, true) => ParameterKind::Optional,
                        (false, false) => ParameterKind::Required,
                    },
                    ty: self.ty(place, signature.ty)?,
                })
            })
            .collect()
    }

    fn answer(&mut self, place: &str, ty: TypeRef) -> Result<Option<Type>, CodegenError> {
        if ty.rust_name() == std::any::type_name::<()>() {
            return Ok(None);
        }
        self.ty(place, ty).map(Some)
    }

    /// The type where it is used; its declaration, and those it needs, are remembered.
    fn ty(&mut self, place: &str, ty: TypeRef) -> Result<Type, CodegenError> {
        ty.declarations(&self.config, &mut self.found);
        let parsed = parse(ty.rust_name(), &ty.name(&self.config))?;
        self.places.push((place.to_owned(), parsed.clone()));
        Ok(parsed)
    }

    /// The declarations of all types that were met, by name.
    fn declarations(self) -> Result<Vec<Declaration>, CodegenError> {
        let mut types = Vec::new();
        for found in &self.found {
            types.push(declaration(&self.config, found)?);
        }
        types.sort_by(|a, b| (&a.name, &a.rust_name).cmp(&(&b.name, &b.rust_name)));
        types.dedup_by(|a, b| is_same_type(a, b));
        let declared = types.iter().map(|ty| (ty.rust_name.as_str(), &ty.ty));
        let places = self.places.iter().map(|(place, ty)| (place.as_str(), ty));
        for (place, ty) in declared.chain(places) {
            names::check_map_keys(place, ty, &types)?;
        }
        Ok(types)
    }
}

/// Instances of a type with different constants count as types of their own; where the constants
/// do not show in the declaration they are one.
fn is_same_type(a: &Declaration, b: &Declaration) -> bool {
    let path = |ty: &Declaration| ty.rust_name.split('<').next().map(str::to_owned);
    a.name == b.name && path(a) == path(b) && a.ty == b.ty && a.generics == b.generics
}

fn declaration(config: &Config, found: &TypeDeclaration) -> Result<Declaration, CodegenError> {
    let rust_name = found.rust_name.to_owned();
    if !text::is_identifier(&found.ident) {
        return Err(CodegenError::NotAName {
            name: found.ident.clone(),
            rust_name,
        });
    }
    let printed = print(config, found);
    if printed.starts_with("enum ") {
        return Err(CodegenError::Enum { rust_name });
    }
    let head = format!("type {}", found.ident);
    let parts = printed
        .strip_prefix(&head)
        .and_then(|rest| rest.split_once(" = "))
        .and_then(|parts| reunite(parts.0, parts.1));
    let Some((generics, body)) = parts else {
        return Err(CodegenError::NotTypeScript {
            rust_name,
            text: printed,
        });
    };
    Ok(Declaration {
        id: found.id,
        name: found.ident.clone(),
        generics,
        docs: found
            .docs
            .as_deref()
            .map(text::comment_lines)
            .unwrap_or_default(),
        ty: parse(&rust_name, body.trim_end().trim_end_matches(';'))?,
        rust_name,
    })
}

/// Default arguments (`<T = string>`) hold a ` = ` of their own: the head ends where its angle
/// brackets are closed.
fn reunite<'a>(head: &str, body: &'a str) -> Option<(String, &'a str)> {
    let (mut head, mut body) = (head.to_owned(), body);
    while head.matches('<').count() != head.matches('>').count() {
        let (more, rest) = body.split_once(" = ")?;
        head = format!("{head} = {more}");
        body = rest;
    }
    Some((head, body))
}

/// Asks ts-rs for the declaration. It panics for a flattened `Option` without naming the type;
/// the guard does.
fn print(config: &Config, found: &TypeDeclaration) -> String {
    struct Guard(&'static str);
    impl Drop for Guard {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!(
                    "hub-codegen: `{}` has no TypeScript; is an `Option` or an enum without content flattened in it?",
                    self.0
                );
            }
        }
    }
    let _guard = Guard(found.rust_name);
    (found.declaration)(config)
}

fn parse(rust_name: &str, printed: &str) -> Result<Type, CodegenError> {
    Type::parse(printed).ok_or_else(|| CodegenError::NotTypeScript {
        rust_name: rust_name.to_owned(),
        text: printed.to_owned(),
    })
}
