//! The rules of names: no two methods may look alike to a client.

use crate::ast::is_cfg;
use crate::case;
use crate::errors::Errors;
use proc_macro2::Ident;
use std::collections::HashMap;
use syn::{Attribute, LitStr};

/// Members of the class that TypeScript users get, and names that JavaScript itself calls.
const RESERVED: [&str; 12] = [
    "connection",
    "constructor",
    "hasOwnProperty",
    "off",
    "on",
    "onContractChanged",
    "register",
    "send",
    "then",
    "toString",
    "valueOf",
    "__proto__",
];

/// The names of a trait's methods so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Wire names in lower case, with the wire name and the Rust name they come from.
    wire: HashMap<String, (String, String)>,
    /// TypeScript names, with the Rust name they come from.
    typescript: HashMap<String, String>,
}

impl Names {
    /// Checks the names of another method. `false` if there is one with its Rust name already,
    /// since no trait may have two.
    pub(super) fn check(
        &mut self,
        ident: &Ident,
        wire_name: &LitStr,
        attrs: &[Attribute],
        errors: &mut Errors,
    ) -> bool {
        let typescript = case::camel(ident);
        if RESERVED.contains(&typescript.as_str()) {
            errors.push(
                ident,
                format!(
                    "a method cannot be called `{ident}`: in TypeScript `{typescript}` already \
                     has a meaning"
                ),
            );
        }
        // Of two methods under opposite conditions only one exists.
        if attrs.iter().any(is_cfg) {
            return true;
        }
        let wire = wire_name.value();
        let rust = ident.to_string();
        if let Some((other, of)) = self.wire.get(&wire.to_lowercase()) {
            let message = if *of == rust {
                format!("there is already a method `{rust}`")
            } else if *other == wire {
                format!("`{of}` and `{rust}` have the same name on the wire, `{wire}`")
            } else {
                format!(
                    "`{of}` and `{rust}` are `{other}` and `{wire}` on the wire, which differ \
                     only in case"
                )
            };
            errors.push(wire_name, message);
            return *of != rust;
        }
        if let Some(of) = self.typescript.get(&typescript) {
            errors.push(
                ident,
                format!("`{of}` and `{rust}` are both `{typescript}` in TypeScript"),
            );
        }
        self.wire.insert(wire.to_lowercase(), (wire, rust.clone()));
        self.typescript.insert(typescript, rust);
        true
    }
}
