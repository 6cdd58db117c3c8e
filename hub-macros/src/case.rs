//! Names in other languages' habits.

use proc_macro2::Ident;
use syn::ext::IdentExt;

/// The name that a C# interface would have, e.g. `SendMessage` for `send_message`.
pub(crate) fn pascal(ident: &Ident) -> String {
    words(ident).map(|word| capitalize(&word)).collect()
}

/// The name in TypeScript, e.g. `sendMessage` for `send_message`.
pub(crate) fn camel(ident: &Ident) -> String {
    let name = pascal(ident);
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

fn words(ident: &Ident) -> impl Iterator<Item = String> {
    let name = ident.unraw().to_string();
    name.split('_')
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

fn capitalize(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::format_ident;

    #[track_caller]
    fn check(name: &str, expected_pascal: &str, expected_camel: &str) {
        let ident = match name.strip_prefix("r#") {
            Some(raw) => Ident::new_raw(raw, proc_macro2::Span::call_site()),
            None => format_ident!("{name}"),
        };
        assert_eq!(pascal(&ident), expected_pascal);
        assert_eq!(camel(&ident), expected_camel);
    }

    #[test]
    fn names() {
        check("send", "Send", "send");
        check("send_message", "SendMessage", "sendMessage");
        check("get_2fa_code", "Get2faCode", "get2faCode");
        check("r#type", "Type", "type");
        check("_private__name_", "PrivateName", "privateName");
        check("sendURL", "SendURL", "sendURL");
        check("größe_ändern", "GrößeÄndern", "größeÄndern");
        check("__", "", "");
    }
}
