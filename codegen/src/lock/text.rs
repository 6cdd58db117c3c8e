//! Descriptions as lines for readers and for diffs, and back.

use super::description::{Call, Description, Kind, NamedType, parameter_names};
use crate::syntax::{Member, Type};
use std::collections::BTreeMap;

/// In front of what a call answers.
const ANSWER: &str = "  -> ";
/// In front of each error that a call may fail with. No parameter's line begins so: behind its name
/// stands `:` or `?`.
const ERROR: &str = "  fails ";
/// In front of what belongs to the line above.
const INNER: &str = "  ";

impl Description {
    /// A line for each call and type, and one below it for each parameter or member.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for call in self.calls.values() {
            lines.push(format!("{} {}", call.kind.word(), call.wire_name));
            lines.extend(call.parameters.iter().map(|it| format!("{INNER}{it}")));
            lines.extend(call.answer.iter().map(|it| format!("{ANSWER}{it}")));
            lines.extend(call.errors.iter().map(error_line));
        }
        for (name, ty) in &self.types {
            lines.extend(ty.lines(name));
        }
        lines
    }

    /// Reads the lines again. An `Err` is the number of the line, from 0, that cannot be read.
    pub(crate) fn parse(hub: &str, version: u32, lines: &[&str]) -> Result<Self, usize> {
        let mut description = Self {
            hub: hub.to_owned(),
            version,
            calls: BTreeMap::new(),
            types: BTreeMap::new(),
        };
        let mut at = 0;
        while at < lines.len() {
            let inner = lines[at + 1..].iter();
            let inner = inner.take_while(|line| line.starts_with(INNER)).count();
            let (head, body) = (lines[at], &lines[at + 1..=at + inner]);
            description.read(head, body).ok_or(at)?;
            at += 1 + inner;
        }
        Ok(description)
    }

    fn read(&mut self, head: &str, body: &[&str]) -> Option<()> {
        let (word, rest) = head.split_once(' ')?;
        if word == "type" {
            let (name, ty) = NamedType::parse(rest, body)?;
            self.types.insert(name, ty);
        } else {
            let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word)?;
            let call = Call::parse(kind, rest, body)?;
            self.calls.insert(call.key(), call);
        }
        Some(())
    }
}

impl Call {
    fn parse(kind: Kind, name: &str, body: &[&str]) -> Option<Self> {
        let is_error = |line: &&str| line.starts_with(ERROR);
        let (body, errors) = body.split_at(body.iter().take_while(|it| !is_error(it)).count());
        let (parameters, answer) = match body.split_last() {
            Some((last, parameters)) if last.starts_with(ANSWER) => {
                (parameters, Some(Type::parse(&last[ANSWER.len()..])?))
            }
            _ => (body, None),
        };
        Some(Self {
            kind,
            wire_name: name.to_owned(),
            parameters: parameters
                .iter()
                .map(|it| member(it))
                .collect::<Option<_>>()?,
            answer,
            errors: errors
                .iter()
                .map(|it| error(it.strip_prefix(ERROR)?))
                .collect::<Option<_>>()?,
        })
    }
}

/// `  fails EntryError`, or `  fails EntryError: Entry` where its type has another name.
fn error_line((name, ty): (&String, &Type)) -> String {
    match ty.to_string() {
        same if same == *name => format!("{ERROR}{name}"),
        other => format!("{ERROR}{name}: {other}"),
    }
}

/// What stands behind `fails`.
fn error(line: &str) -> Option<(String, Type)> {
    let (name, ty) = line.split_once(": ").unwrap_or((line, line));
    Some((name.to_owned(), Type::parse(ty)?))
}

impl NamedType {
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        let mut head = format!("type {name}");
        if !self.parameters.is_empty() {
            head = format!("{head}<{}>", self.parameters.join(", "));
        }
        let inner: Vec<_> = match &self.ty {
            Type::Object(members) if !members.is_empty() => {
                members.iter().map(|it| format!("{INNER}{it}")).collect()
            }
            Type::Union(types) if types.len() > 1 => {
                types.iter().map(|it| format!("{INNER}| {it}")).collect()
            }
            ty => return vec![format!("{head} = {ty}")],
        };
        std::iter::once(head).chain(inner).collect()
    }

    fn parse(head: &str, body: &[&str]) -> Option<(String, Self)> {
        let (head, ty) = match head.split_once(" = ") {
            Some((head, ty)) => (head, Type::parse(ty)?),
            None if body.first()?.trim_start().starts_with("| ") => {
                (head, Type::parse(&body.concat())?)
            }
            None => (
                head,
                Type::Object(body.iter().map(|it| member(it)).collect::<Option<_>>()?),
            ),
        };
        let (name, generics) = head.split_at(head.find('<').unwrap_or(head.len()));
        let ty = Self {
            parameters: parameter_names(generics),
            ty,
        };
        Some((name.to_owned(), ty))
    }
}

/// `name?: type`
fn member(line: &str) -> Option<Member> {
    match Type::parse(&format!("{{ {line} }}"))? {
        Type::Object(mut members) if members.len() == 1 => members.pop(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
method Ban
  user: string
  reason?: string | null
stream Counter
  -> null
  fails EntryError
method Upload
  fails: string
  items: Upload<Page<ChatMessage>>
  -> number
  fails EntryError
  fails LeaveError: Leaving
event Moved
  \"to-x\": [number, \"a b\"]
result Vote
  -> boolean
type ChatMessage
  \"in-reply-to\": string | null
  draw: (a: string) => void
type Color
  | \"blue\"
  | { red: number }
type Empty = {}
type Id = string
type Page<T, U>
  items: Array<T>
  next?: U";

    #[test]
    fn what_is_written_is_read_again() {
        let lines: Vec<_> = TEXT.lines().collect();
        let description = Description::parse("ChatHub", 1, &lines).unwrap();
        assert_eq!(description.lines(), lines);
        assert_eq!(description.calls.len(), 5);
        assert_eq!(description.types["Page"].parameters, ["T", "U"]);
        let upload = description
            .calls
            .values()
            .find(|it| it.wire_name == "Upload");
        let upload = upload.unwrap();
        assert_eq!(upload.parameters.len(), 2);
        assert_eq!(upload.errors["LeaveError"].to_string(), "Leaving");
    }

    #[test]
    fn a_damaged_line_is_found() {
        for (text, line) in [
            ("method A\nmethd B", 1),
            ("method A\n  b: (", 0),
            ("method A\n  fails B\n  b: string", 0),
            ("method A\n  fails (", 0),
            ("type A", 0),
            ("  b: string", 0),
        ] {
            let lines: Vec<_> = text.lines().collect();
            let read = Description::parse("ChatHub", 1, &lines);
            assert_eq!(read.unwrap_err(), line, "{text}");
        }
    }
}
