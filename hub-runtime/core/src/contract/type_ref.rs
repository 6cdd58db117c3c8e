use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::any::TypeId;
use std::fmt;
use ts_rs::{Config, TS, TypeVisitor};

/// A type of a contract, as a constant that can be asked for its TypeScript and its JSON schema.
///
/// Holds function pointers only: nothing is rendered, and no file is touched, until codegen asks.
#[derive(Clone, Copy)]
pub struct TypeRef {
    rust_name: fn() -> &'static str,
    name: fn(&Config) -> String,
    declarations: fn(&Config, &mut Vec<TypeDeclaration>),
    schema: fn(&mut SchemaGenerator) -> Schema,
}

impl TypeRef {
    /// The reference to `T`.
    pub const fn of<T: TS + JsonSchema + 'static + ?Sized>() -> Self {
        Self {
            rust_name: std::any::type_name::<T>,
            name: <T as TS>::name,
            declarations: collect::<T>,
            schema: SchemaGenerator::subschema_for::<T>,
        }
    }

    /// The Rust path, for messages.
    pub fn rust_name(&self) -> &'static str {
        (self.rust_name)()
    }

    /// How TypeScript names the type where it is used, e.g. `Array<ChatMessage> | null`.
    pub fn name(&self, config: &Config) -> String {
        (self.name)(config)
    }

    /// Adds the declaration of every named type that can be reached from this one and is not in
    /// `found` yet.
    pub fn declarations(&self, config: &Config, found: &mut Vec<TypeDeclaration>) {
        (self.declarations)(config, found);
    }

    /// The schema of the type where it is used; named types are references into the generator's
    /// definitions. The generator's settings choose the direction: `for_deserialize` is what the
    /// server reads, `for_serialize` what it writes.
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        (self.schema)(generator)
    }
}

impl fmt::Debug for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypeRef").field(&self.rust_name()).finish()
    }
}

/// The declaration of one named type in TypeScript.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TypeDeclaration {
    /// Tells two types of one name apart. Two instances of a generic type share it.
    pub id: TypeId,
    /// The Rust path, for messages.
    pub rust_name: &'static str,
    /// The TypeScript name without type parameters.
    pub ident: String,
    /// Prints the declaration, e.g. `type Page<T> = { items: Array<T>, };`.
    ///
    /// Left to the caller because ts-rs panics here for a flattened `Option`: whoever prints can
    /// say which type it was.
    pub declaration: fn(&Config) -> String,
    /// The documentation as a comment, if any.
    pub docs: Option<String>,
}

struct Collector<'a> {
    config: &'a Config,
    found: &'a mut Vec<TypeDeclaration>,
    visited: &'a mut Vec<TypeId>,
}

impl TypeVisitor for Collector<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if self.visited.contains(&TypeId::of::<T>()) {
            return;
        }
        self.visited.push(TypeId::of::<T>());
        // Only types with a file of their own are named; the rest is printed in place.
        let id = TypeId::of::<T::WithoutGenerics>();
        if T::output_path().is_some() && !self.found.iter().any(|known| known.id == id) {
            self.found.push(TypeDeclaration {
                id,
                rust_name: std::any::type_name::<T>(),
                ident: T::ident(self.config),
                declaration: T::decl,
                docs: T::docs(),
            });
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn collect<T: TS + 'static + ?Sized>(config: &Config, found: &mut Vec<TypeDeclaration>) {
    Collector {
        config,
        found,
        visited: &mut Vec::new(),
    }
    .visit::<T>();
}
