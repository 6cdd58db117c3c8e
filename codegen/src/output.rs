//! The disk: comparing, writing and removing files. Nothing here knows what they say.

mod diff;

use crate::emit::HEADER;
use crate::error::CodegenError;
use crate::package::Package;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

/// A generated file: what [`Config::render`](crate::Config::render) gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// The name within the folder, e.g. `chat-hub.ts`.
    pub name: String,
    /// The text; lines end in `\n`.
    pub text: String,
}

/// What a run did: what [`Config::try_run`](crate::Config::try_run) gives. Empty with
/// [`Mode::Off`](crate::Mode::Off).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The files that were new or had changed.
    pub written: Vec<PathBuf>,
    /// The files that needed no change.
    pub unchanged: Vec<PathBuf>,
    /// The files of earlier runs that are no longer generated.
    pub removed: Vec<PathBuf>,
    /// Why nothing was done, if that is so.
    pub skipped: Option<String>,
    /// Changes that break clients, and that the [lock file](crate::Config::lock) therefore does not
    /// know: a text for each hub, of several lines. Empty in [`Mode::Check`](crate::Mode::Check),
    /// which fails on them.
    pub warnings: Vec<String>,
}

impl Report {
    pub(crate) fn skipped(reason: String) -> Self {
        Self {
            skipped: Some(reason),
            ..Self::default()
        }
    }

    /// Has the build script run again when somebody edits a generated file.
    pub(crate) fn tell_cargo(&self) {
        for path in self.written.iter().chain(&self.unchanged) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        for line in self.warnings.iter().flat_map(|text| text.lines()) {
            println!("cargo::warning=hub-codegen: {line}");
        }
        if let Some(reason) = &self.skipped {
            println!("cargo::warning=hub-codegen: {reason}");
        }
    }
}

/// Where something is written.
#[derive(Debug)]
pub(crate) struct Place {
    path: PathBuf,
    /// As the user named it.
    pub(crate) shown: PathBuf,
}

impl Place {
    pub(crate) fn new(package: &Package, shown: &Path) -> Self {
        Self {
            path: package.root.join(shown),
            shown: shown.to_owned(),
        }
    }

    /// The text of the file, if there is one.
    pub(crate) fn read(&self) -> Result<Option<String>, CodegenError> {
        read(&self.path)
    }

    /// The folder around it, if that does not exist.
    fn missing_parent(&self) -> Option<&Path> {
        let parent = self.path.parent()?;
        let is_missing = !parent.as_os_str().is_empty() && !parent.is_dir();
        is_missing.then_some(parent)
    }
}

/// A file outside of the folder.
#[derive(Debug)]
pub(crate) struct Single {
    pub(crate) place: Place,
    /// What it is, for messages: `lock file`.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

/// What the files of the folder are, for messages.
const TYPESCRIPT: &str = "TypeScript";

/// The folder of a run, with all its files.
pub(crate) type Folder<'a> = (&'a Place, &'a [File]);

/// Writes what differs, and removes what is no longer generated in the folder.
pub(crate) fn write(
    folder: Option<Folder<'_>>,
    singles: &[Single],
) -> Result<Report, CodegenError> {
    let mut report = Report::default();
    if let Some((place, files)) = folder
        && !report.skips(place)
    {
        fs::create_dir_all(&place.path).map_err(|it| failed("create", &place.path, it))?;
        for file in files {
            report.write(place.path.join(&file.name), &file.text)?;
        }
        for path in stale(&place.path, files)? {
            fs::remove_file(&path).map_err(|source| failed("remove", &path, source))?;
            report.removed.push(path);
        }
    }
    for Single { place, text, .. } in singles {
        if !report.skips(place) {
            report.write(place.path.clone(), text)?;
        }
    }
    Ok(report)
}

/// Compares, and says how the files differ.
pub(crate) fn check(
    folder: Option<Folder<'_>>,
    singles: &[Single],
    command: &str,
) -> Result<Report, CodegenError> {
    let mut report = Report::default();
    let mut differences = String::new();
    if let Some((place, files)) = folder {
        for file in files {
            let path = place.path.join(&file.name);
            let shown = place.shown.join(&file.name);
            let shown = format!("{} ({TYPESCRIPT})", shown.display());
            report.check(path, &shown, &file.text, &mut differences)?;
        }
        for path in stale(&place.path, files)? {
            let shown = place.shown.join(path.file_name().unwrap_or_default());
            let shown = shown.display();
            let _ = writeln!(differences, "{shown} ({TYPESCRIPT}): no longer generated");
        }
    }
    for Single { place, kind, text } in singles {
        let shown = format!("{} ({kind})", place.shown.display());
        report.check(place.path.clone(), &shown, text, &mut differences)?;
    }
    if differences.is_empty() {
        Ok(report)
    } else {
        Err(CodegenError::OutOfDate {
            differences,
            command: command.to_owned(),
        })
    }
}

impl Report {
    /// Whether there is no folder to write into, which is noted.
    fn skips(&mut self, place: &Place) -> bool {
        let Some(parent) = place.missing_parent() else {
            return false;
        };
        self.skipped = Some(format!(
            "`{}` does not exist; nothing is written there",
            parent.display()
        ));
        true
    }

    fn write(&mut self, path: PathBuf, text: &str) -> Result<(), CodegenError> {
        if read(&path)?.is_some_and(|present| is_same(&present, text)) {
            self.unchanged.push(path);
        } else {
            replace(&path, text).map_err(|source| failed("write", &path, source))?;
            self.written.push(path);
        }
        Ok(())
    }

    fn check(
        &mut self,
        path: PathBuf,
        shown: &str,
        text: &str,
        differences: &mut String,
    ) -> Result<(), CodegenError> {
        match read(&path)? {
            Some(present) if is_same(&present, text) => self.unchanged.push(path),
            Some(present) => {
                let _ = writeln!(differences, "{shown}:");
                differences.push_str(&diff::lines(&present.replace('\r', ""), text));
            }
            None => {
                let _ = writeln!(differences, "{shown}: missing");
            }
        }
        Ok(())
    }
}

/// A checkout may have changed the line ends; that is no difference.
fn is_same(present: &str, text: &str) -> bool {
    present == text || (present.contains('\r') && present.replace("\r\n", "\n") == text)
}

/// The text of a file, if there is one. One that is not UTF-8 is none of ours, and differs.
fn read(path: &Path) -> Result<Option<String>, CodegenError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed("read", path, source)),
    }
}

/// Writes to another name first: whoever watches the folder never sees half a file.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let renamed = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, path));
    if renamed.is_err() {
        // The first error says more than a second one could.
        let _ = fs::remove_file(&temporary);
    }
    renamed
}

/// Files with our header that this run does not generate, by name.
fn stale(folder: &Path, files: &[File]) -> Result<Vec<PathBuf>, CodegenError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed("read", folder, source)),
    };
    let mut stale = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|source| failed("read", folder, source))?;
        let path = entry.path();
        let is_typescript = path.extension().is_some_and(|extension| extension == "ts");
        let is_current = files.iter().any(|file| entry.file_name() == *file.name);
        if is_typescript && !is_current && carries_header(&path) {
            stale.push(path);
        }
    }
    stale.sort();
    Ok(stale)
}

/// Whether the first line says that we wrote the file. What cannot be read is left alone.
fn carries_header(path: &Path) -> bool {
    let Ok(file) = fs::File::open(path) else {
        return false;
    };
    let mut line = String::new();
    let mut start = io::Read::take(io::BufReader::new(file), 256);
    start.read_line(&mut line).is_ok() && line.trim_end() == HEADER
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> CodegenError {
    CodegenError::Io {
        action,
        path: path.to_owned(),
        source,
    }
}
