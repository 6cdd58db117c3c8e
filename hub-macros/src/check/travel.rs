//! Which types can travel at all, as far as their spelling tells. The rest is the compiler's.

use super::answer::result;
use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::Visit;
use syn::{
    AssocType, GenericArgument, Lifetime, PathArguments, PathSegment, TraitBound, Type, TypeFnPtr,
    TypeImplTrait, TypeParamBound, TypePath, TypePtr, TypeReference, TypeTraitObject,
};

/// Where a type stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Parameter,
    Answer,
    Item,
    Field,
}

impl Place {
    fn noun(self) -> &'static str {
        match self {
            Self::Parameter => "a parameter",
            Self::Answer => "an answer",
            Self::Item => "an item",
            Self::Field => "a field",
        }
    }
}

/// A part of a type that keeps it from travelling.
#[derive(Debug)]
pub(crate) struct Problem {
    tokens: TokenStream,
    message: String,
}

/// Notes what keeps the type from travelling.
pub(crate) fn check(ty: &Type, place: Place, errors: &mut Errors) -> bool {
    let mut search = Search {
        place,
        problem: None,
    };
    search.visit_type(ty);
    let Some(Problem { tokens, message }) = search.problem else {
        return true;
    };
    errors.push(tokens, message);
    false
}

/// Like [`check`], for what may also be a `Result`, whose error does not travel.
pub(crate) fn check_item(ty: &Type, place: Place, errors: &mut Errors) -> bool {
    check(result(ty).map_or(ty, |(value, _)| value), place, errors)
}

/// The `Stream<…>` of `impl Stream<…>`.
pub(crate) fn stream(ty: &TypeImplTrait) -> Option<&TraitBound> {
    ty.bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) if bound.path.segments.last()?.ident == "Stream" => {
            Some(bound)
        }
        _ => None,
    })
}

/// The `T` of `Stream<Item = T>`.
pub(crate) fn item<'a>(stream: &'a TraitBound, errors: &mut Errors) -> Option<&'a Type> {
    if let Some(last) = stream.path.segments.last()
        && let PathArguments::AngleBracketed(arguments) = &last.arguments
    {
        for argument in &arguments.args {
            if let GenericArgument::AssocType(AssocType { ident, ty, .. }) = argument
                && ident == "Item"
            {
                return Some(ty);
            }
        }
    }
    errors.push(stream, "a stream names its items: `impl Stream<Item = T>`");
    None
}

/// Finds the first problem in reading order.
struct Search {
    place: Place,
    problem: Option<Problem>,
}

impl Search {
    fn found(&mut self, tokens: impl ToTokens, message: impl Into<String>) {
        self.problem.get_or_insert_with(|| Problem {
            tokens: tokens.into_token_stream(),
            message: message.into(),
        });
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_type_reference(&mut self, ty: &'ast TypeReference) {
        let owned = match &*ty.elem {
            Type::Path(path) if path.path.is_ident("str") => "`String`".to_owned(),
            Type::Slice(slice) => format!("`Vec<{}>`", slice.elem.to_token_stream()),
            Type::Path(path) => format!("`{}`", path.to_token_stream()),
            _ => "an owned type".to_owned(),
        };
        let place = self.place.noun();
        self.found(
            ty,
            format!("{place} owns its value: use {owned} instead of a reference"),
        );
    }

    fn visit_type_ptr(&mut self, ty: &'ast TypePtr) {
        self.found(ty, "a raw pointer cannot travel through a hub");
    }

    fn visit_type_fn_ptr(&mut self, ty: &'ast TypeFnPtr) {
        self.found(ty, "a function pointer cannot travel through a hub");
    }

    fn visit_type_trait_object(&mut self, ty: &'ast TypeTraitObject) {
        self.found(
            ty,
            "a trait object cannot travel through a hub: its receiver has to know the type",
        );
    }

    fn visit_type_impl_trait(&mut self, ty: &'ast TypeImplTrait) {
        self.found(
            ty,
            "`impl Trait` cannot travel through a hub: its receiver has to know the type",
        );
    }

    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        let place = self.place.noun();
        self.found(
            lifetime,
            format!("{place} owns its value, and borrows from nothing"),
        );
    }

    fn visit_type_path(&mut self, ty: &'ast TypePath) {
        if matches!(self.place, Place::Field) {
            // `Self` in a type's own fields is a plain recursion.
        } else if ty
            .path
            .segments
            .first()
            .is_some_and(|first| first.ident == "Self")
        {
            self.found(ty, "`Self` is the hub itself, and cannot travel through it");
        }
        syn::visit::visit_type_path(self, ty);
    }

    fn visit_path_segment(&mut self, segment: &'ast PathSegment) {
        const SHARED: [&str; 9] = [
            "Arc",
            "Cell",
            "Mutex",
            "MutexGuard",
            "OnceCell",
            "OnceLock",
            "Rc",
            "RefCell",
            "RwLock",
        ];
        let has_arguments = !segment.arguments.is_none();
        if has_arguments && SHARED.iter().any(|name| segment.ident == name) {
            self.found(
                segment,
                format!(
                    "`{}` cannot travel through a hub: only the value inside can",
                    segment.ident
                ),
            );
        }
        syn::visit::visit_path_segment(self, segment);
    }
}
