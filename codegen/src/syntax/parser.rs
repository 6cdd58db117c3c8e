//! Reading: a parser by recursive descent over what ts-rs prints.

use super::{Member, Type};
use crate::text;

/// Reads a type expression; `None` if its brackets or quotes are not closed.
pub(super) fn parse(text: &str) -> Option<Type> {
    let mut parser = Parser { rest: text };
    match parser.union() {
        Some(ty) if parser.rest.trim().is_empty() => Some(ty),
        _ if is_balanced(text) => Some(Type::Verbatim(text.trim().to_owned())),
        _ => None,
    }
}

/// Reads from the front of `rest`. Its input is the user's own program, so depth is no concern.
struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn union(&mut self) -> Option<Type> {
        self.eat("|");
        let mut types = vec![self.intersection()?];
        while self.eat("|") {
            let ty = self.intersection()?;
            // `Option<Option<T>>` is `T | null | null` in ts-rs's words.
            if !types.contains(&ty) {
                types.push(ty);
            }
        }
        Some(flatten(types, Type::Union))
    }

    fn intersection(&mut self) -> Option<Type> {
        let mut types = vec![self.primary()?];
        while self.eat("&") {
            types.push(self.primary()?);
        }
        Some(flatten(types, Type::Intersection))
    }

    fn primary(&mut self) -> Option<Type> {
        let ty = if self.eat("{") {
            self.braces()?
        } else if self.eat("[") {
            Type::Tuple(self.list("]")?)
        } else if self.eat("(") {
            let ty = self.union()?;
            self.expect(")")?;
            ty
        } else {
            let name = self.literal().or_else(|| self.word())?;
            let arguments = if self.eat("<") {
                self.list(">")?
            } else {
                Vec::new()
            };
            Type::Name { name, arguments }
        };
        match (self.eat("[]"), ty) {
            // An empty tuple struct is `never[]` in ts-rs's words.
            (true, Type::Name { name, .. }) if name == "never" => Some(Type::Tuple(Vec::new())),
            (true, ty) => Some(Type::Name {
                name: "Array".to_owned(),
                arguments: vec![ty],
            }),
            (false, ty) => Some(ty),
        }
    }

    fn list(&mut self, close: &str) -> Option<Vec<Type>> {
        let mut types = Vec::new();
        while !self.eat(close) {
            types.push(self.union()?);
            if !self.eat(",") {
                self.expect(close)?;
                break;
            }
        }
        Some(types)
    }

    /// What follows `{`.
    fn braces(&mut self) -> Option<Type> {
        if self.eat("[") {
            return self.map();
        }
        let mut members = Vec::new();
        while !self.eat("}") {
            let docs = self.comment()?;
            let name = match self.literal() {
                Some(literal) => literal[1..literal.len() - 1].to_owned(),
                None => self.word()?,
            };
            let optional = self.eat("?");
            self.expect(":")?;
            members.push(Member {
                docs,
                name,
                optional,
                ty: self.member_type()?,
            });
            if !self.eat(",") && !self.eat(";") {
                self.expect("}")?;
                break;
            }
        }
        Some(Type::Object(members))
    }

    /// A type up to the end of a member; the user's own text is kept if it is not understood.
    fn member_type(&mut self) -> Option<Type> {
        let start = self.rest;
        let understood = self.union();
        if understood.is_some() && self.rest.trim_start().starts_with([',', ';', '}']) {
            return understood;
        }
        self.rest = start;
        let length = unnested(start, [',', ';', '}'])?;
        Some(Type::Verbatim(self.take(length).trim().to_owned()))
    }

    /// What follows `{ [`.
    fn map(&mut self) -> Option<Type> {
        (self.word()? == "key" && self.word()? == "in").then_some(())?;
        let key = Box::new(self.union()?);
        self.expect("]")?;
        let optional = self.eat("?");
        self.expect(":")?;
        let value = Box::new(self.union()?);
        self.eat(";");
        self.expect("}")?;
        Some(Type::Map {
            key,
            optional,
            value,
        })
    }

    /// The documentation in front of a member, if any; `None` for a comment that is not closed.
    fn comment(&mut self) -> Option<Vec<String>> {
        self.rest = self.rest.trim_start();
        if !self.rest.starts_with("/**") {
            return Some(Vec::new());
        }
        // ts-rs does not escape the text, but it closes each comment with a line break, and the
        // usual form on a line of its own; `*/` within a line belongs to the text.
        let usual = self.rest.starts_with("/**\n *");
        let close = if usual { "\n */\n" } else { "*/\n" };
        let length = self.rest.find(close)? + close.len();
        Some(text::comment_lines(&self.take(length)))
    }

    /// A string in quotes without escapes, or a number.
    fn literal(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let length = match self.rest.strip_prefix('"') {
            Some(inner) => {
                let length = inner.find('"')?;
                (!inner[..length].contains(['\\', '\n'])).then_some(length + 2)?
            }
            None => return self.number(),
        };
        Some(self.take(length))
    }

    fn number(&mut self) -> Option<String> {
        let digits = self.rest.strip_prefix('-').unwrap_or(self.rest);
        digits
            .starts_with(|first: char| first.is_ascii_digit())
            .then_some(())?;
        let tail = digits.trim_start_matches(|l: char| l.is_ascii_digit() || l == '.');
        Some(self.take(self.rest.len() - tail.len()))
    }

    /// A name; names of other scripts count.
    fn word(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let tail = self
            .rest
            .trim_start_matches(|l: char| l.is_alphanumeric() || "_$".contains(l));
        (tail.len() < self.rest.len()).then(|| self.take(self.rest.len() - tail.len()))
    }

    fn take(&mut self, length: usize) -> String {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken.to_owned()
    }

    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        match rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Option<()> {
        self.eat(token).then_some(())
    }
}

/// One operand stands for itself.
fn flatten(mut types: Vec<Type>, operator: fn(Vec<Type>) -> Type) -> Type {
    if types.len() == 1 {
        types.remove(0)
    } else {
        operator(types)
    }
}

/// Whether all brackets and quotes are closed, in order.
fn is_balanced(text: &str) -> bool {
    unnested(text, ['\0']) == Some(text.len())
}

/// Where the first of the `ends` stands outside of brackets and quotes, or else the text ends;
/// `None` if a bracket or quote is not closed there.
fn unnested<const N: usize>(text: &str, ends: [char; N]) -> Option<usize> {
    let mut open = Vec::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if open.is_empty() && ends.contains(&letter) => return Some(at),
            '{' => open.push('}'),
            '[' => open.push(']'),
            '(' => open.push(')'),
            '}' | ']' | ')' => (open.pop() == Some(letter)).then_some(())?,
            '"' | '\'' | '`' => loop {
                match letters.next()?.1 {
                    '\\' => drop(letters.next()),
                    end if end == letter => break,
                    _ => {}
                }
            },
            _ => {}
        }
    }
    open.is_empty().then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let ty = Type::parse(text).unwrap_or_else(|| panic!("refused: {text}"));
        assert_eq!(ty.to_string(), expected);
        assert!(!matches!(ty, Type::Verbatim(_)), "not understood: {text}");
    }

    fn check_verbatim(text: &str) {
        assert_eq!(Type::parse(text), Some(Type::Verbatim(text.to_owned())));
    }

    fn check_refused(text: &str) {
        assert_eq!(Type::parse(text), None, "{text}");
    }

    #[test]
    fn plain_types_keep_their_text() {
        for text in [
            "string",
            "Array<string | null>",
            "Page<ChatMessage>",
            "[number, string]",
            "{ [key in string]: number }",
            "{ [key in Color]?: Array<Page<T>> }",
            "\"a\" | \"b c\" | 3 | -1.5",
            "Record<symbol, never>",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn objects_lose_their_trailing_commas() {
        check(
            "{ a: string, b?: number | null, }",
            "{ a: string; b?: number | null }",
        );
        check("{  }", "{}");
        check("{ \"a\": 1, \"b c\": 2 }", "{ a: 1; \"b c\": 2 }");
        check("{ Ok : A } | { Err : B }", "{ Ok: A } | { Err: B }");
    }

    #[test]
    fn operators_keep_their_meaning() {
        check(
            "({ a: A } | { b: B }) & { c: C, }",
            "({ a: A } | { b: B }) & { c: C }",
        );
        check("(string)", "string");
        check("string | null | null", "string | null");
        check("never[]", "[]");
        check("string[]", "Array<string>");
    }

    #[test]
    fn documentation_is_found_in_objects() {
        let text = "{ \n/**\n * One.\n *\n * Ends */ not.\n */\na: string, b: number, }";
        let Some(Type::Object(members)) = Type::parse(text) else {
            panic!("no object")
        };
        assert_eq!(members[0].docs, ["One.", "", "Ends */ not."]);
        assert_eq!(members[0].name, "a");
        assert!(members[1].docs.is_empty());
        let Some(Type::Object(members)) = Type::parse("{ \n/** One.\n Two. */\na: A, }") else {
            panic!("no object")
        };
        assert_eq!(members[0].docs, ["One.", "Two."]);
    }

    #[test]
    fn the_users_own_typescript_is_kept() {
        check_verbatim("(a: string) => void");
        check_verbatim("readonly string[]");
        check_verbatim("keyof typeof things");
        check_verbatim("`${number}px`");
        check_verbatim("Foo.Bar<\"]\">");
    }

    #[test]
    fn the_users_own_typescript_is_kept_within_objects() {
        let ty =
            Type::parse("{ a: string, b: `#${x}`, c: (d: A, e: B) => { f: C }, g: readonly A[], }");
        let Some(Type::Object(members)) = ty else {
            panic!("no object")
        };
        let types: Vec<_> = members.iter().map(|member| member.ty.to_string()).collect();
        assert_eq!(
            types,
            [
                "string",
                "`#${x}`",
                "(d: A, e: B) => { f: C }",
                "readonly A[]"
            ]
        );
    }

    #[test]
    fn broken_text_is_refused() {
        check_refused("{ \"a\"b\": string, }");
        check_refused("{ a: string");
        check_refused("Array<[string>)");
    }
}
