//! From the constants of a contract to its part of the model. What its types are in TypeScript is
//! asked for, place after place.

use super::{
    Client, ClientAnswer, ClientMethod, Declarations, Direction, Hub, Method, MethodError,
    Parameter, ParameterKind,
};
use crate::contracts::Contract;
use crate::error::CodegenError;
use crate::syntax::Type;
use crate::{names, text};
use hub_core::contract::{
    ClientMethodDescription, HubMethodDescription, MethodKind, MethodSignature,
    ParameterDescription, ParameterSignature, TypeRef,
};
use hub_core::error::ErrorSignature;
use std::collections::BTreeSet;

/// Gives the TypeScript of a type that is used in a place of a contract.
pub(super) type Types<'a> =
    &'a mut dyn FnMut(&str, TypeRef, Direction) -> Result<Type, CodegenError>;

/// Resolves a contract, asking for its types in the order of their places. The hub has no types of
/// its own yet, and nothing is shared with others.
pub(super) fn hub(contract: &Contract, types: Types<'_>) -> Result<Hub, CodegenError> {
    Resolver { types }.run(contract)
}

/// Turns one contract into its part of the model.
struct Resolver<'a> {
    types: Types<'a>,
}

impl Resolver<'_> {
    fn run(mut self, contract: &Contract) -> Result<Hub, CodegenError> {
        let methods = contract.hub.methods.iter().zip(contract.hub_signatures);
        let methods = methods
            .map(|(method, signature)| self.method(contract.hub.name, method, signature))
            .collect::<Result<_, _>>()?;
        let client = match contract.client.methods {
            [] => None,
            _ => Some(self.client(contract)?),
        };
        Ok(Hub {
            name: contract.hub.name.to_owned(),
            version: contract.hub.version,
            revision: String::new(),
            docs: text::doc_lines(contract.hub.docs),
            methods,
            own: Declarations {
                clients: client.iter().cloned().collect(),
                types: Vec::new(),
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
            parameters: self.parameters(
                &place,
                method.parameters,
                signature.parameters,
                Direction::In,
            )?,
            answer: self.answer(&place, signature.answer, Direction::Out)?,
            conversion: None,
            errors: self.errors(&place, signature.errors)?,
        })
    }

    fn errors(
        &mut self,
        place: &str,
        signatures: &[Option<ErrorSignature>],
    ) -> Result<Vec<MethodError>, CodegenError> {
        let mut errors: Vec<MethodError> = Vec::new();
        for signature in signatures.iter().flatten() {
            if errors.iter().any(|error| error.wire_name == signature.name) {
                continue;
            }
            errors.push(MethodError {
                wire_name: signature.name,
                ty: (self.types)(&format!("{place} (error)"), signature.ty, Direction::Out)?,
                conversion: None,
            });
        }
        Ok(errors)
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
            parameters: self.parameters(
                &place,
                method.parameters,
                signature.parameters,
                Direction::Out,
            )?,
            answer: match (
                method.has_result,
                self.answer(&place, signature.answer, Direction::In)?,
            ) {
                (false, _) => ClientAnswer::Nothing,
                (true, None) => ClientAnswer::Done,
                (true, Some(ty)) => ClientAnswer::Value(ty),
            },
            conversion: None,
        })
    }

    fn parameters(
        &mut self,
        place: &str,
        descriptions: &[ParameterDescription],
        signatures: &[ParameterSignature],
        direction: Direction,
    ) -> Result<Vec<Parameter>, CodegenError> {
        let parameters = descriptions.iter().zip(signatures);
        parameters
            .map(|(description, signature)| {
                Ok(Parameter {
                    name: text::parameter_name(
                        description.name,
                        &[names::SUPPORT_FUNCTIONS, names::VALUE_FUNCTIONS],
                    ),
                    kind: match (description.upload, signature.optional) {
                        (true, _) => ParameterKind::Upload,
                        (false, true) => ParameterKind::Optional,
                        (false, false) => ParameterKind::Required,
                    },
                    ty: (self.types)(
                        &format!("{place}({})", description.name),
                        signature.ty,
                        direction,
                    )?,
                    conversion: None,
                })
            })
            .collect()
    }

    fn answer(
        &mut self,
        place: &str,
        ty: TypeRef,
        direction: Direction,
    ) -> Result<Option<Type>, CodegenError> {
        if ty.rust_name() == std::any::type_name::<()>() {
            return Ok(None);
        }
        (self.types)(place, ty, direction).map(Some)
    }
}
