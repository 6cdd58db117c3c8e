//! The lock file: what contracts there were, so that a change can be told from one that breaks clients.
//!
//! It holds the latest state of each contract in full, and of those before it what tells them apart
//! and what changed then. Clients of the earlier states of a version are served like those of the
//! latest.

mod alternatives;
mod compare;
mod description;
mod errors;
mod fits;
mod text;

pub(crate) use description::Description;

use crate::error::CodegenError;
use crate::model::Model;
use compare::{Change, Weight, changes};
use hub_core::contract::{Ledger, Revision};
use std::fmt::Write as _;
use std::path::Path;

/// Opens the file.
const HEADER: &str = "\
# Contracts that clients were generated from. Written by hub-codegen; commit it, and do not edit it.
# Below a revision stands what it changed: `!` breaks earlier clients, `+` adds, `~` they do not notice.
";

/// What a run makes of a lock file.
#[derive(Debug)]
pub(crate) struct Advanced {
    /// The text with the contracts of the run.
    pub(crate) text: String,
    /// What may not be written before a version is raised: one text for each hub.
    pub(crate) breaking: Vec<String>,
}

/// A hub's part of the file.
#[derive(Debug)]
struct Section {
    hub: String,
    /// Oldest first.
    revisions: Vec<Entry>,
    /// The lines of the latest contract.
    contract: Vec<String>,
}

/// A revision, and the lines that say what it changed.
#[derive(Debug)]
struct Entry {
    revision: Revision,
    notes: Vec<String>,
}

/// Brings a lock file up to date, as far as no client is broken by that. `path` is for messages.
pub(crate) fn advance(present: &str, model: &Model, path: &Path) -> Result<Advanced, CodegenError> {
    let damaged = |line, problem: &str| CodegenError::Lock {
        path: path.to_owned(),
        line,
        problem: problem.to_owned(),
    };
    Ledger::parse(present).map_err(|it| damaged(it.line, it.problem))?;
    let mut sections =
        sections(present).map_err(|line| damaged(line, "not what codegen writes"))?;
    let mut breaking = Vec::new();
    for hub in &model.hubs {
        let description = Description::of(hub, &model.shared);
        match sections.iter_mut().find(|it| it.hub == hub.name) {
            Some(section) => breaking.extend(section.advance(&description, path)?),
            None => sections.push(Section::new(&description)),
        }
    }
    sections.sort_by(|a, b| a.hub.cmp(&b.hub));
    let mut text = HEADER.to_owned();
    for section in &sections {
        section.write(&mut text);
    }
    Ok(Advanced { text, breaking })
}

/// Reads the sections. An `Err` is the number of the line that cannot be read, from 1.
fn sections(text: &str) -> Result<Vec<Section>, usize> {
    let mut sections = Vec::<Section>::new();
    for (at, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(hub) = line.strip_prefix("hub ") {
            sections.push(Section {
                hub: hub.to_owned(),
                revisions: Vec::new(),
                contract: Vec::new(),
            });
            continue;
        }
        let section = sections.last_mut().ok_or(at + 1)?;
        section.read(line).ok_or(at + 1)?;
    }
    Ok(sections)
}

impl Section {
    fn new(description: &Description) -> Self {
        let mut section = Self {
            hub: description.hub.clone(),
            revisions: Vec::new(),
            contract: Vec::new(),
        };
        section.add(description, &[]);
        section
    }

    /// Reads a line behind the first.
    fn read(&mut self, line: &str) -> Option<()> {
        let inner = line.strip_prefix("  ")?;
        if let Some(revision) = inner.strip_prefix("revision ") {
            self.revisions.push(Entry {
                revision: revision.parse().ok()?,
                notes: Vec::new(),
            });
        } else if let Some(note) = inner.strip_prefix("  # ") {
            self.revisions.last_mut()?.notes.push(note.to_owned());
        } else if inner == "contract" {
            self.contract.clear();
        } else {
            self.contract.push(inner.strip_prefix("  ")?.to_owned());
        }
        Some(())
    }

    fn write(&self, text: &mut String) {
        let _ = write!(text, "\nhub {}\n", self.hub);
        for Entry { revision, notes } in &self.revisions {
            let _ = writeln!(text, "  revision {revision}");
            for note in notes {
                let _ = writeln!(text, "    # {note}");
            }
        }
        text.push_str("  contract\n");
        for line in &self.contract {
            let _ = writeln!(text, "    {line}");
        }
    }

    /// Adds the contract, unless it is the latest already. `Some` is why it cannot.
    fn advance(
        &mut self,
        description: &Description,
        path: &Path,
    ) -> Result<Option<String>, CodegenError> {
        let Some(latest) = self.revisions.last().map(|it| it.revision) else {
            self.add(description, &[]);
            return Ok(None);
        };
        if latest == description.revision() {
            self.contract = description.lines();
            return Ok(None);
        }
        if description.version < latest.version {
            return Err(CodegenError::VersionLowered {
                hub: self.hub.clone(),
                version: description.version,
                locked: latest.version,
            });
        }
        let lines: Vec<_> = self.contract.iter().map(String::as_str).collect();
        let before = Description::parse(&self.hub, latest.version, &lines);
        let before = before.map_err(|at| CodegenError::Lock {
            path: path.to_owned(),
            line: 0,
            problem: format!(
                "the contract of `{}` has a line of another form: `{}`",
                self.hub, lines[at]
            ),
        })?;
        let changes = changes(&before, description);
        let breaks = |change: &&Change| change.weight == Weight::Breaks;
        if description.version == latest.version && changes.iter().any(|it| breaks(&it)) {
            let mut text = format!("`{}` breaks clients of revision {latest}:\n", self.hub);
            for change in &changes {
                let _ = writeln!(text, "  {change}");
            }
            let _ = writeln!(
                text,
                "  to go on, restore that, or raise the version: `#[hub(version = {})]`",
                latest.version + 1
            );
            return Ok(Some(text));
        }
        self.add(description, &changes);
        Ok(None)
    }

    fn add(&mut self, description: &Description, changes: &[Change]) {
        self.revisions.push(Entry {
            revision: description.revision(),
            notes: changes.iter().map(Change::to_string).collect(),
        });
        self.contract = description.lines();
    }
}
