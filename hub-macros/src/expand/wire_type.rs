//! `#[hub_type]`: the derives, and the checks that make a missing one readable.

use super::bounds::{Claims, is_plain};
use crate::ast::Facade;
use crate::errors::Errors;
use crate::{attr, check, fallback};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::visit::Visit;
use syn::visit_mut::VisitMut;
use syn::{
    Attribute, Data, DataEnum, DeriveInput, Field, Fields, Generics, Ident, Item, LitStr, Type,
    TypePath,
};

/// `#[hub_type]`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape of an attribute macro"
)]
pub(crate) fn hub_type(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let facade = attr::hub_type(arguments, &mut errors).facade;
    let input: DeriveInput = match syn::parse2(item.clone()) {
        Ok(input) => input,
        Err(error) => {
            let is_item = syn::parse2::<Item>(item.clone()).is_ok();
            errors.add(if is_item { check::no_type() } else { error });
            let errors = errors.into_tokens();
            return quote!(#item #errors);
        }
    };
    let travels = check::wire_type(&input, &mut errors);
    if errors.is_empty() {
        return expand(&facade, input);
    }
    let mended = fallback::wire_type(&facade, input, travels);
    let errors = errors.into_tokens();
    quote!(#mended #errors)
}

fn expand(facade: &Facade, input: DeriveInput) -> TokenStream {
    let claims = claims(facade, &input);
    let bounds = bounds(facade, &input, &claims);
    let implementation = implementation(facade, &input);
    let unit = is_unit(&input).then(|| as_unit(facade, &input));
    let derived = derived(facade, input, &claims, &bounds);
    quote! {
        #derived
        const _: () = {
            #claims
            #implementation
            #unit
        };
    }
}

/// The type with what it derives.
pub(super) fn derived(
    facade: &Facade,
    mut input: DeriveInput,
    claims: &Claims,
    bounds: &TokenStream,
) -> TokenStream {
    let stands_for = stands_for(&input);
    // Names are those of the other type then.
    let names = match stands_for {
        Some(_) => None,
        None => names(&mut input),
    };
    describe_fields(facade, &mut input, claims);
    let serde = facade.text("serde");
    let ts = facade.text("ts_rs");
    let schemars = facade.text("schemars");
    let serde = (!is_unit(&input)).then(|| {
        quote! {
            #[derive(#facade::serde::Serialize, #facade::serde::Deserialize)]
            #[serde(crate = #serde)]
        }
    });
    quote! {
        #serde
        #[derive(#facade::ts_rs::TS, #facade::schemars::JsonSchema)]
        #[ts(crate = #ts)]
        #stands_for
        #[schemars(crate = #schemars)]
        #names
        #bounds
        #input
    }
}

/// What the derive of the schema is told about the fields: what stands for a type that is written
/// in a way of its own, and for one that may not travel.
fn describe_fields(facade: &Facade, input: &mut DeriveInput, claims: &Claims) {
    let ident = input.ident.clone();
    let mut name_self = NameSelf(syn::parse_quote!(#ident));
    let is_generic = !input.generics.params.is_empty();
    for field in fields_mut(&mut input.data) {
        if attr::has(&field.attrs, "schemars", &["with", "schema_with"]) {
            continue;
        }
        let stand_in = if attr::travels_otherwise(field) {
            written_as(facade, field)
        } else if is_generic {
            // The bounds say it all.
            None
        } else {
            let mut ty = field.ty.clone();
            name_self.visit_type_mut(&mut ty);
            claims.described(&ty).map(|ty| ty.to_string())
        };
        if let Some(stand_in) = stand_in {
            field
                .attrs
                .push(syn::parse_quote!(#[schemars(with = #stand_in)]));
        }
    }
}

/// What a field travels as that serde writes in the user's own way: the same as in TypeScript.
fn written_as(facade: &Facade, field: &Field) -> Option<String> {
    if attr::has_serde(&field.attrs, &["skip"]) {
        return None;
    }
    let text = |key| attr::text_of(&field.attrs, "ts", key).map(|text| text.value());
    let plain = |name: &str| match name {
        "string" => "::std::string::String".to_owned(),
        "number" => "f64".to_owned(),
        "boolean" => "bool".to_owned(),
        _ => facade.text("AnyValue"),
    };
    text("as").or_else(|| text("type").map(|name| plain(&name)))
}

fn fields_mut(data: &mut Data) -> Vec<&mut Field> {
    match data {
        Data::Struct(data) => data.fields.iter_mut().collect(),
        Data::Enum(data) => data
            .variants
            .iter_mut()
            .flat_map(|variant| &mut variant.fields)
            .collect(),
        Data::Union(_) => Vec::new(),
    }
}

/// The type that this one travels as by an attribute that ts-rs does not know.
fn stands_for(input: &DeriveInput) -> Option<TokenStream> {
    if attr::has(&input.attrs, "ts", &["as", "type"]) {
        return None;
    }
    let text = |key| attr::text_of(&input.attrs, "serde", key).map(|text| text.value());
    let read = text("from").or_else(|| text("try_from"));
    let other = read.filter(|read| text("into").as_ref() == Some(read));
    let other = other.or_else(|| {
        let mut fields = check::fields(input).into_iter();
        let only = fields.find(|field| !attr::has_serde(&field.attrs, &["skip"]))?;
        attr::has_serde(&input.attrs, &["transparent"])
            .then(|| only.ty.to_token_stream().to_string())
    });
    other.map(|other| quote!(#[ts(as = #other)]))
}

/// Whether the type is `struct Name;`, and nothing more is said of it.
fn is_unit(input: &DeriveInput) -> bool {
    let said = input.attrs.iter().any(|attr| attr.path().is_ident("serde"));
    matches!(&input.data, Data::Struct(data) if matches!(data.fields, Fields::Unit)) && !said
}

/// A unit is `null` in TypeScript and in JSON. In MessagePack the derive would write an empty array,
/// and then not read it.
fn as_unit(facade: &Facade, input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let (parameters, arguments, clauses) = input.generics.split_for_impl();
    let of_generics = input.generics.params.iter();
    quote! {
        #[automatically_derived]
        impl #parameters #facade::serde::Serialize for #ident #arguments #clauses {
            fn serialize<__S: #facade::serde::Serializer>(
                &self,
                serializer: __S,
            ) -> ::core::result::Result<__S::Ok, __S::Error> {
                serializer.serialize_unit()
            }
        }
        #[automatically_derived]
        impl<'de, #(#of_generics),*> #facade::serde::Deserialize<'de> for #ident #arguments #clauses {
            fn deserialize<__D: #facade::serde::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                <() as #facade::serde::Deserialize>::deserialize(deserializer).map(|()| #ident)
            }
        }
    }
}

fn implementation(facade: &Facade, input: &DeriveInput) -> TokenStream {
    let ident = &input.ident;
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(syn::parse_quote!(#facade::WireType));
    }
    let (parameters, arguments, clauses) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #parameters #facade::WireType for #ident #arguments #clauses {}
    }
}

/// Every field's type has to travel. Types that mention a parameter depend on what it stands for.
pub(super) fn claims(facade: &Facade, input: &DeriveInput) -> Claims {
    let ident = &input.ident;
    let (_, arguments, _) = input.generics.split_for_impl();
    let owner = quote!(#ident #arguments);
    let mut claims = Claims::new(facade.clone(), owner, input.generics.clone());
    for ty in &field_types(input) {
        // A clause travels as text, which cannot say `$crate`.
        if !mentions(ty, &input.generics) && !ty.to_token_stream().to_string().contains('$') {
            claims.add("Travels", ty);
        }
    }
    claims
}

/// The types of the fields that serde and the TypeScript description look into, with the type's
/// own name for `Self`, which means another type in a clause.
fn field_types(input: &DeriveInput) -> Vec<Type> {
    let ident = &input.ident;
    let (_, arguments, _) = input.generics.split_for_impl();
    let mut name_self = NameSelf(syn::parse_quote!(#ident #arguments));
    let mut types = Vec::new();
    for field in check::fields(input) {
        if !attr::travels_otherwise(field) {
            let mut ty = field.ty.clone();
            name_self.visit_type_mut(&mut ty);
            types.push(ty);
        }
    }
    types
}

struct NameSelf(Type);

impl VisitMut for NameSelf {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if matches!(ty, Type::Path(path) if path.path.is_ident("Self")) {
            *ty = self.0.clone();
        } else {
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// The bounds of the derived implementations, in place of those that the derives would guess.
pub(super) fn bounds(facade: &Facade, input: &DeriveInput, claims: &Claims) -> TokenStream {
    let parameters = || {
        input
            .generics
            .type_params()
            .map(|parameter| &parameter.ident)
    };
    let claimed: Vec<_> = claims.clauses().collect();
    if claimed.is_empty() && parameters().next().is_none() {
        return TokenStream::new();
    }
    let generic = field_types(input)
        .into_iter()
        .filter(|ty| mentions(ty, &input.generics) && !is_plain(ty))
        .map(|ty| quote!(#ty: #facade::WireType));
    let serde = parameters()
        .map(|ty| quote!(#ty: #facade::WireType))
        .chain(generic);
    let serde = text(serde.chain(claimed.iter().cloned()));
    let written = input
        .generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let ts = written.map(ToTokens::to_token_stream);
    // The TypeScript of a generic type is printed with stand-ins for its parameters, which never
    // travel.
    let ts = ts.chain(parameters().map(|ty| quote!(#ty: #facade::ts_rs::TS)));
    let ts = text(ts.chain(claimed));
    let schema = parameters()
        .next()
        .map(|_| quote!(#[schemars(bound = #serde)]));
    let serde = (!attr::has_serde(&input.attrs, &["bound"]))
        .then(|| quote!(#[serde(bound(serialize = #serde, deserialize = #serde))]));
    quote!(#serde #[ts(bound = #ts)] #schema)
}

fn text(clauses: impl Iterator<Item = TokenStream>) -> String {
    let clauses: Vec<_> = clauses.map(|clause| clause.to_string()).collect();
    clauses.join(", ")
}

/// Whether one of the type parameters is named in the type.
fn mentions(ty: &Type, generics: &Generics) -> bool {
    struct Search<'a>(&'a Generics, bool);
    impl<'ast> Visit<'ast> for Search<'_> {
        fn visit_type_path(&mut self, path: &'ast TypePath) {
            let first = path.path.segments.first();
            self.1 |= first.is_some_and(|first| {
                self.0
                    .type_params()
                    .any(|parameter| parameter.ident == first.ident)
                    || self
                        .0
                        .const_params()
                        .any(|parameter| parameter.ident == first.ident)
            });
            syn::visit::visit_type_path(self, path);
        }
    }
    let mut search = Search(generics, false);
    search.visit_type(ty);
    search.1
}

/// Names in camel case, unless the user chose another.
fn names(input: &mut DeriveInput) -> Option<TokenStream> {
    let chosen = attr::has_serde(&input.attrs, &["rename_all"]);
    match &mut input.data {
        Data::Struct(data) => {
            let named = matches!(data.fields, Fields::Named(_));
            if !named || chosen {
                return None;
            }
            rename_unusual_fields(&mut data.fields);
            Some(quote!(#[serde(rename_all = "camelCase")]))
        }
        Data::Enum(data) => {
            let fields_chosen = attr::has_serde(&input.attrs, &["rename_all_fields"]);
            let variants = (!chosen).then(|| {
                rename_unusual_variants(data);
                quote!(#[serde(rename_all = "camelCase")])
            });
            let has_fields = |data: &DataEnum| {
                data.variants
                    .iter()
                    .any(|variant| matches!(variant.fields, Fields::Named(_)))
            };
            let fields = (!fields_chosen && has_fields(data)).then(|| {
                data.variants.iter_mut().for_each(|variant| {
                    if !attr::has_serde(&variant.attrs, &["rename_all"]) {
                        rename_unusual_fields(&mut variant.fields);
                    }
                });
                quote!(#[serde(rename_all_fields = "camelCase")])
            });
            Some(quote!(#variants #fields))
        }
        Data::Union(_) => None,
    }
}

/// Both derives cut a name's first byte off, which is not a letter in every language.
fn rename_unusual_fields(fields: &mut Fields) {
    for field in fields {
        if let Some(ident) = &field.ident
            && !starts_plainly(ident)
        {
            rename(&mut field.attrs, &crate::case::camel(ident));
        }
    }
}

/// The derives disagree about a variant's underscores; serde decides.
fn rename_unusual_variants(data: &mut DataEnum) {
    for variant in &mut data.variants {
        let name = variant.ident.unraw().to_string();
        if !starts_plainly(&variant.ident) || name.contains('_') {
            let mut letters = name.chars();
            let first: String = letters
                .next()
                .into_iter()
                .flat_map(char::to_lowercase)
                .collect();
            rename(&mut variant.attrs, &(first + letters.as_str()));
        }
    }
}

fn starts_plainly(ident: &Ident) -> bool {
    ident
        .unraw()
        .to_string()
        .starts_with(|letter: char| letter.is_ascii())
}

fn rename(attrs: &mut Vec<Attribute>, name: &str) {
    if !attr::has_serde(attrs, &["rename"]) {
        let name = LitStr::new(name, proc_macro2::Span::call_site());
        attrs.push(syn::parse_quote!(#[serde(rename = #name)]));
    }
}
