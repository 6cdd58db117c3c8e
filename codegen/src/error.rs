use std::io;
use std::path::PathBuf;

/// Why no TypeScript was written, or why the written one is not good enough.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodegenError {
    /// The environment variable has a value that means nothing.
    #[error("HUB_CODEGEN is `{0}`; it can be `write`, `check` or `off`")]
    UnknownMode(String),
    /// [`Config::typescript`](crate::Config::typescript) was not called.
    #[error("no folder was named for the TypeScript: call `.typescript(\"../web/src/hubs\")`")]
    NoFolder,
    /// Two things of the contracts would have one name in TypeScript.
    #[error(
        "`{first}` and `{second}` would both be called `{name}` in TypeScript; rename one of them (a type with `#[ts(rename = \"…\")]`)"
    )]
    NameClash {
        /// The name in TypeScript.
        name: String,
        /// The Rust path of the one.
        first: String,
        /// The Rust path of the other.
        second: String,
    },
    /// A name that the generated code, or the language, has a use for.
    #[error("`{owner}` would be called `{name}` in TypeScript, which is taken there; {remedy}")]
    ReservedName {
        /// The name in TypeScript.
        name: String,
        /// The Rust path of what has it.
        owner: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// A type has a TypeScript name that is no name.
    #[error(
        "`{rust_name}` would be called `{name}` in TypeScript, which is not a name for a type; rename it with `#[ts(rename = \"…\")]`"
    )]
    NotAName {
        /// The name in TypeScript.
        name: String,
        /// The Rust path of the type.
        rust_name: String,
    },
    /// A type is printed as something that would not compile.
    #[error(
        "`{rust_name}` would be written as `{text}`, which is not TypeScript; look for quotes in renamed fields or in `#[ts(type = \"…\")]`"
    )]
    NotTypeScript {
        /// The Rust path of the type.
        rust_name: String,
        /// What ts-rs printed.
        text: String,
    },
    /// A type that cannot be described at all.
    #[error(
        "`{rust_name}` has no TypeScript; is an `Option` flattened in it, or an enum without content? flatten a struct whose fields are optional instead"
    )]
    NoTypeScript {
        /// The Rust path of the type.
        rust_name: String,
    },
    /// TypeScript and the JSON schema, which knows all of serde's attributes, say different things.
    #[error(
        "{place}: TypeScript would say `{typescript}`, but {direction} is `{schema}`; one of the attributes there means nothing to TypeScript: leave it out, or name a type that travels alike with `#[ts(as = \"…\")]`"
    )]
    Disagreement {
        /// The type and field, or the place in the contract.
        place: String,
        /// What the server reads, or what it writes.
        direction: &'static str,
        /// What ts-rs says.
        typescript: String,
        /// What the schema says.
        schema: String,
    },
    /// Several fields have two names each, and nobody knows which is whose.
    #[error(
        "{place}: {direction} has {names} where the fields are {fields}, and nothing tells which is which; say different things of them in their documentation, or give each one name for both directions"
    )]
    SplitNames {
        /// The type and field, or the place in the contract.
        place: String,
        /// What the server reads, or what it writes.
        direction: &'static str,
        /// The fields, as TypeScript calls them.
        fields: String,
        /// The names in the schema.
        names: String,
    },
    /// An integer that JavaScript cannot hold exactly.
    #[error(
        "{place}: JavaScript's numbers hold integers up to 2^53 exactly, and `{integer}` goes beyond; use a smaller type, send it as text with `AsText<{integer}>`, or accept that with `.large_integers(LargeIntegers::Number)`"
    )]
    LargeInteger {
        /// The type and field, or the place in the contract.
        place: String,
        /// The type of the integer.
        integer: String,
    },
    /// Bytes or dates that generated code could not convert between what users hold and what travels.
    #[error("{place}: {problem}; {remedy}")]
    NoConversion {
        /// The type and field, or the place in the contract.
        place: String,
        /// What stands in the way.
        problem: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// An enum asks for TypeScript's `enum`, which does not fit what serde writes.
    #[error(
        "`{rust_name}` asks for a TypeScript `enum`, but its values travel as plain text or numbers; remove `#[ts(repr(…))]`"
    )]
    Enum {
        /// The Rust path of the type.
        rust_name: String,
    },
    /// A map whose keys cannot be property names.
    #[error(
        "`{place}` has a map with keys of type `{key}`; the keys of an object in TypeScript are strings, numbers or an enum of plain names"
    )]
    MapKey {
        /// The Rust path of the type, or of the method.
        place: String,
        /// The key's TypeScript.
        key: String,
    },
    /// The disk refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was tried, e.g. `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The lock file is damaged, or was written by hand.
    #[error("`{}` cannot be read: {}{problem}; take it from version control again", path.display(), at_line(*line))]
    Lock {
        /// The file.
        path: PathBuf,
        /// The line, from 1; 0 where it is not known.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// A contract has a lower version than the lock file says.
    #[error(
        "`{hub}` has version {version}, and the lock file knows version {locked} of it already"
    )]
    VersionLowered {
        /// The hub.
        hub: String,
        /// The version of its contract.
        version: u32,
        /// The version in the lock file.
        locked: u32,
    },
    /// In check mode: a contract has changed in a way that its clients do not bear, and still has the same version.
    #[error("the contracts break clients that were generated from them\n{changes}if no such client was ever delivered, take `{}` from version control again instead", path.display())]
    Breaking {
        /// What breaks, hub by hub, with a line break at the end.
        changes: String,
        /// The lock file.
        path: PathBuf,
    },
    /// In check mode: the files differ from what the contracts say.
    #[error("generated files are out of date\n{differences}to mend it, run: {command}")]
    OutOfDate {
        /// A short diff for each file, below its path and what it is; with a line break at the end.
        differences: String,
        /// What brings the files up to date.
        command: String,
    },
}

fn at_line(line: usize) -> String {
    match line {
        0 => String::new(),
        line => format!("line {line}: "),
    }
}
