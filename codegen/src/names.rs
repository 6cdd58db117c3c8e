//! What may be called what: clashes between the contracts, and with the generated code.

use crate::config::Dates;
use crate::contracts::Contract;
use crate::error::CodegenError;
use crate::model::{ClientAnswer, Declaration, Hub};
use crate::syntax::{Special, Type};
use std::any::TypeId;
use std::collections::BTreeMap;

/// The functions of the support file that bodies of methods call.
pub(crate) const SUPPORT_FUNCTIONS: &[&str] = &[
    "announce",
    "given",
    "hubStream",
    "hubStreamWith",
    "invoke",
    "invokeWith",
    "isHubMethodError",
    "listen",
    "onContractChanged",
    "register",
    "unlisten",
];

/// The functions of the file for bytes and dates.
pub(crate) const VALUE_FUNCTIONS: &[&str] = &[
    "convertedValues",
    "isObjectValue",
    "receivedBytes",
    "receivedDate",
    "receivedError",
    "receivedItems",
    "receivedText",
    "sendableBytes",
];

/// The types of the support file that hub files import.
pub(crate) const SUPPORT_TYPES: &[&str] = &[
    "ClientConversions",
    "ContractChange",
    "HubLike",
    "HubMethodError",
    "HubStream",
    "Listener",
    "Unsubscribe",
    "Upload",
];

/// Types that generated code relies on, and the language's own words for types.
const LANGUAGE_TYPES: &[&str] = &[
    "Array",
    "Partial",
    "Promise",
    "Record",
    "Uint8Array",
    "any",
    "bigint",
    "boolean",
    "never",
    "number",
    "object",
    "string",
    "symbol",
    "undefined",
    "unknown",
    "void",
];

/// Members of a connection class, and what makes JavaScript take it for something else.
const CONNECTION_MEMBERS: &[&str] = &[
    "connection",
    "off",
    "on",
    "onContractChanged",
    "register",
    "send",
    "then",
];

/// Members of every object in JavaScript.
const OBJECT_MEMBERS: &[&str] = &[
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// What to do about a type whose name is taken.
const RENAME_TYPE: &str = "rename it, e.g. with `#[ts(rename = \"…\")]`";

/// Names of files that are not a hub's.
const OTHER_MODULES: &[&str] = &[
    "hub-fake",
    "hub-lifecycle",
    "hub-react",
    "hub-runtime",
    "hub-rxjs",
    "hub-svelte",
    "hub-values",
    "hub-vue",
    "types",
];

/// Refuses two things of one name, and names that generated code has a use for.
pub(crate) fn check(
    contracts: &[Contract],
    hubs: &[Hub],
    dates: Dates,
) -> Result<(), CodegenError> {
    let mut names = Names::default();
    let mut modules = Names::default();
    for contract in contracts {
        let path = contract.hub_path();
        names.claim(contract.hub.name, contract.id, &path)?;
        names.claim(
            &format!("{}Connection", contract.hub.name),
            contract.id,
            &path,
        )?;
    }
    for hub in hubs {
        let Some(contract) = contracts
            .iter()
            .find(|contract| contract.hub.name == hub.name)
        else {
            continue;
        };
        check_members(hub)?;
        let module = hub.module();
        if OTHER_MODULES.contains(&&*module) {
            return Err(reserved(&module, contract.hub_path(), "rename the trait"));
        }
        for module in [format!("{module}-fake"), module] {
            modules.claim(&module, contract.id, &contract.hub_path())?;
        }
        if let Some(client) = &hub.client {
            names.claim(&client.name, client.id, &contract.client_path())?;
            if client
                .methods
                .iter()
                .any(|m| matches!(m.answer, ClientAnswer::Nothing))
            {
                let event = format!("{}Event", client.name);
                names.claim(&event, client.id, &contract.client_path())?;
            }
        }
        for ty in &hub.own.types {
            if dates == Dates::Date && ty.name == "Date" {
                return Err(reserved(&ty.name, ty.rust_name.clone(), RENAME_TYPE));
            }
            names.claim(&ty.name, ty.id, &ty.rust_name)?;
        }
    }
    Ok(())
}

/// Refuses maps whose keys are no property names: serde cannot write most of them either.
pub(crate) fn check_map_keys(
    place: &str,
    ty: &Type,
    types: &[Declaration],
) -> Result<(), CodegenError> {
    let mut wrong = None;
    ty.map_keys(&mut |key| {
        if !is_map_key(key, types, 0) {
            wrong = Some(key.to_string());
        }
    });
    match wrong {
        Some(key) => Err(CodegenError::MapKey {
            place: place.to_owned(),
            key,
        }),
        None => Ok(()),
    }
}

fn is_map_key(key: &Type, types: &[Declaration], depth: usize) -> bool {
    match key {
        Type::Union(keys) => keys.iter().all(|key| is_map_key(key, types, depth)),
        Type::Name { name, .. } if matches!(&**name, "boolean" | "null") => false,
        Type::Name { name, .. } => match types.iter().find(|ty| ty.name == *name) {
            // An alias of itself ends here; the compiler refuses it anyway.
            Some(declared) => depth < 16 && is_map_key(&declared.ty, types, depth + 1),
            // Text, numbers, literals, type parameters.
            None => !matches!(&**name, "Array" | "Record"),
        },
        Type::Documented { ty, .. } => is_map_key(ty, types, depth),
        Type::Special(Special::Moment { .. }) | Type::Verbatim(_) => true,
        Type::Special(Special::Bytes)
        | Type::Object(_)
        | Type::Map { .. }
        | Type::Tuple(_)
        | Type::Intersection(_) => false,
    }
}

fn check_members(hub: &Hub) -> Result<(), CodegenError> {
    let remedy = "rename it in Rust, and keep its name on the wire with `#[hub(name = \"…\")]`";
    let methods = hub
        .methods
        .iter()
        .map(|method| (&method.name, method.rust_name));
    check_methods(
        &hub.name,
        methods,
        &[CONNECTION_MEMBERS, OBJECT_MEMBERS],
        remedy,
    )?;
    if let Some(client) = &hub.client {
        let methods = client
            .methods
            .iter()
            .map(|method| (&method.name, method.rust_name));
        check_methods(&client.name, methods, &[OBJECT_MEMBERS], remedy)?;
    }
    Ok(())
}

fn check_methods<'a>(
    owner: &str,
    methods: impl Iterator<Item = (&'a String, &'a str)>,
    taken: &[&[&str]],
    remedy: &'static str,
) -> Result<(), CodegenError> {
    let mut known = BTreeMap::<&str, &str>::new();
    for (name, rust_name) in methods {
        if taken.iter().any(|names| names.contains(&name.as_str())) {
            return Err(reserved(name, format!("{owner}::{rust_name}"), remedy));
        }
        if let Some(other) = known.insert(name, rust_name) {
            return Err(CodegenError::NameClash {
                name: name.clone(),
                first: format!("{owner}::{other}"),
                second: format!("{owner}::{rust_name}"),
            });
        }
    }
    Ok(())
}

/// Names, and who has them.
#[derive(Default)]
struct Names(BTreeMap<String, (TypeId, String)>);

impl Names {
    fn claim(&mut self, name: &str, id: TypeId, path: &str) -> Result<(), CodegenError> {
        let taken = [SUPPORT_TYPES, LANGUAGE_TYPES];
        if taken.iter().any(|names| names.contains(&name)) {
            return Err(reserved(name, path.to_owned(), RENAME_TYPE));
        }
        match self.0.insert(name.to_owned(), (id, path.to_owned())) {
            Some((other, first)) if other != id => Err(CodegenError::NameClash {
                name: name.to_owned(),
                first,
                second: path.to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

fn reserved(name: &str, owner: String, remedy: &'static str) -> CodegenError {
    CodegenError::ReservedName {
        name: name.to_owned(),
        owner,
        remedy,
    }
}
