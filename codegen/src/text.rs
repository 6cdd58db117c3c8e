//! Text of TypeScript files: lines and their indentation, comments, names.

use std::fmt::Write as _;

/// The column that lines try to stay within.
pub(crate) const WIDTH: usize = 100;

/// Words that cannot name a parameter in a module.
const RESERVED_WORDS: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Collects lines, two spaces for each level.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    text: String,
    level: usize,
}

impl Writer {
    /// Adds a line; an empty one carries no spaces.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n("  ", self.level));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// Adds an opening line, an indented body and a closing line; one line for an empty body.
    pub(crate) fn block(&mut self, open: &str, close: &str, body: impl FnOnce(&mut Self)) {
        let before = self.text.len();
        self.line(open);
        let opened = self.text.len();
        self.indented(body);
        if self.text.len() > opened {
            self.line(close);
        } else {
            self.text.truncate(before);
            self.line(format!("{open}{close}"));
        }
    }

    /// Adds lines one level deeper.
    pub(crate) fn indented(&mut self, body: impl FnOnce(&mut Self)) {
        self.level += 1;
        body(self);
        self.level -= 1;
    }

    /// Adds `open` + the items separated by commas + `close`: on one line where that fits, with
    /// an item a line where it does not.
    pub(crate) fn list(&mut self, open: &str, items: &[String], close: &str) {
        let line = format!("{open}{}{close}", items.join(", "));
        if items.is_empty() || self.fits(&line) {
            self.line(line);
        } else {
            self.block(open, close, |w| {
                for item in items {
                    w.line(format!("{item},"));
                }
            });
        }
    }

    /// Adds a documentation comment; nothing for no lines.
    pub(crate) fn docs(&mut self, lines: &[String]) {
        let lines: Vec<_> = lines
            .iter()
            .map(|line| line.replace("*/", "*\\/"))
            .collect();
        match lines.as_slice() {
            [] => {}
            [line] if self.fits(&format!("/** {line} */")) => self.line(format!("/** {line} */")),
            lines => {
                self.line("/**");
                for line in lines {
                    self.line(format!(" * {line}").trim_end());
                }
                self.line(" */");
            }
        }
    }

    /// Whether a line stays within the width at the present level.
    pub(crate) fn fits(&self, line: &str) -> bool {
        self.level * 2 + line.chars().count() <= WIDTH
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// The lines of a Rust documentation, without the space after `///` and without blank edges.
pub(crate) fn doc_lines(docs: &str) -> Vec<String> {
    let lines: Vec<_> = docs.lines().map(str::trim_end).collect();
    let spaced = lines
        .iter()
        .all(|line| line.is_empty() || line.starts_with(' '));
    let stripped = lines.iter().map(|line| {
        if spaced {
            line.get(1..).unwrap_or("")
        } else {
            line
        }
    });
    let mut lines: Vec<_> = stripped.skip_while(|line| line.trim().is_empty()).collect();
    while lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    lines.into_iter().map(str::to_owned).collect()
}

/// The lines of a comment as ts-rs prints it, `/**\n * text\n */\n`.
pub(crate) fn comment_lines(comment: &str) -> Vec<String> {
    let comment = comment.trim();
    let inner = comment.strip_prefix("/**").unwrap_or(comment);
    let inner = inner.strip_suffix("*/").unwrap_or(inner);
    let lines: Vec<_> = inner
        .lines()
        .map(|l| l.strip_prefix(" *").unwrap_or(l))
        .collect();
    doc_lines(&lines.join("\n"))
}

/// `send_message` → `sendMessage`.
pub(crate) fn camel_case(rust_name: &str) -> String {
    let mut name = String::new();
    for word in rust_name
        .trim_start_matches("r#")
        .split('_')
        .filter(|word| !word.is_empty())
    {
        if name.is_empty() {
            name.push_str(word);
        } else {
            let mut letters = word.chars();
            name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            name.push_str(letters.as_str());
        }
    }
    name
}

/// `ChatHub` → `chat-hub`, `HTTPStatusHub` → `http-status-hub`.
pub(crate) fn kebab_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().filter(|letter| *letter != '_').collect();
    let mut kebab = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let word_begins = letter.is_uppercase()
            && at > 0
            && (!letters[at - 1].is_uppercase()
                || letters.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if word_begins {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    kebab
}

/// A parameter's name: camel case, and never a word that means something else in its method.
pub(crate) fn parameter_name(rust_name: &str, taken: &[&[&str]]) -> String {
    let name = camel_case(rust_name);
    if name.is_empty() || RESERVED_WORDS.contains(&&*name) || taken.concat().contains(&&*name) {
        return format!("{name}_");
    }
    name
}

/// Whether the text can stand unquoted as the name of a type.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters
        .next()
        .is_some_and(|first| first.is_alphabetic() || matches!(first, '_' | '$'))
        && letters.all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '$'))
        && !RESERVED_WORDS.contains(&name)
}

/// A property's name, in quotes where it needs them.
pub(crate) fn property_name(name: &str) -> String {
    let mut letters = name.chars();
    let plain = letters
        .next()
        .is_some_and(|l| l.is_ascii_alphabetic() || matches!(l, '_' | '$'))
        && letters.all(|l| l.is_ascii_alphanumeric() || matches!(l, '_' | '$'));
    if plain { name.to_owned() } else { quoted(name) }
}

/// A string literal.
pub(crate) fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => literal.extend(['\\', letter]),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' | '\u{7f}' => {
                let _ = write!(literal, "\\u{:04x}", u32::from(letter));
            }
            _ => literal.push(letter),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(actual: impl AsRef<str>, expected: &str) {
        assert_eq!(actual.as_ref(), expected);
    }

    fn check_docs(docs: &str, expected: &[&str]) {
        assert_eq!(doc_lines(docs), expected, "{docs:?}");
    }

    #[test]
    fn rust_names_become_camel_case() {
        check(camel_case("send"), "send");
        check(camel_case("send_message"), "sendMessage");
        check(camel_case("_delay_ms"), "delayMs");
        check(camel_case("r#type"), "type");
        check(camel_case("x2_y"), "x2Y");
        check(camel_case("größe_über"), "größeÜber");
    }

    #[test]
    fn trait_names_become_file_names() {
        check(kebab_case("ChatHub"), "chat-hub");
        check(kebab_case("HTTPStatusHub"), "http-status-hub");
        check(kebab_case("V2Hub"), "v2-hub");
        check(kebab_case("Chat"), "chat");
    }

    #[test]
    fn parameters_never_mean_something_else() {
        check(parameter_name("room_id", &[]), "roomId");
        check(parameter_name("r#in", &[]), "in_");
        check(parameter_name("default", &[]), "default_");
        check(
            parameter_name("hub_stream", &[&["hubStream"]]),
            "hubStream_",
        );
        check(parameter_name("_", &[]), "_");
    }

    #[test]
    fn properties_are_quoted_where_needed() {
        check(property_name("user"), "user");
        check(property_name("class"), "class");
        check(property_name("$id_2"), "$id_2");
        check(property_name("sent-at"), "\"sent-at\"");
        check(property_name("2nd"), "\"2nd\"");
        check(property_name(""), "\"\"");
        check(property_name("größe"), "\"größe\"");
    }

    #[test]
    fn literals_are_escaped() {
        check(quoted("a\"b\\c"), r#""a\"b\\c""#);
        check(quoted("a\nb\r\t\u{2028}"), r#""a\nb\r\u0009\u2028""#);
    }

    #[test]
    fn only_identifiers_name_types() {
        for name in ["ChatMessage", "_a", "$1", "Größe"] {
            assert!(is_identifier(name), "{name}");
        }
        for name in ["", "1a", "re-named!", "a.b", "class"] {
            assert!(!is_identifier(name), "{name}");
        }
    }

    #[test]
    fn documentation_loses_its_frame() {
        check_docs("", &[]);
        check_docs(" A message.", &["A message."]);
        check_docs("A message.", &["A message."]);
        check_docs(" One.\n\n   - two  ", &["One.", "", "  - two"]);
        check_docs("\n One.\n", &["One."]);
        check_docs(" One.\ntwo", &[" One.", "two"]);
        assert_eq!(
            comment_lines("/**\n * One.\n *\n * Two.\n */\n"),
            ["One.", "", "Two."]
        );
        assert_eq!(comment_lines("/** One.\n Two. */\n"), ["One.", "Two."]);
    }

    #[test]
    fn comments_cannot_be_left_from_within() {
        let mut writer = Writer::default();
        writer.docs(&["ends */ here".to_owned()]);
        writer.docs(&["one".to_owned(), String::new(), "two".to_owned()]);
        check(
            writer.finish(),
            "/** ends *\\/ here */\n/**\n * one\n *\n * two\n */\n",
        );
    }

    #[test]
    fn lists_break_when_they_are_too_long() {
        let mut writer = Writer::default();
        writer.list("f(", &["a".to_owned(), "b".to_owned()], ");");
        writer.list("f(", &["a".repeat(60), "b".repeat(60)], ");");
        let long = format!("f(\n  {},\n  {},\n);\n", "a".repeat(60), "b".repeat(60));
        check(writer.finish(), &format!("f(a, b);\n{long}"));
    }
}
