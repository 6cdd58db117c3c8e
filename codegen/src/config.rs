use crate::contracts::Contract;
use crate::emit::{self, Extras, Framework};
use crate::error::CodegenError;
use crate::lock;
use crate::model::Model;
use crate::output::{self, File, Place, Report, Single};
use crate::package::Package;
use hub_core::contract::HubContract;
use hub_core::documents::Documents;
use std::path::PathBuf;

/// What a run does; named by the environment variable `HUB_CODEGEN` in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Mode {
    /// Writes the files that changed.
    #[default]
    Write,
    /// Fails if a file is not up to date, and writes nothing.
    Check,
    /// Does nothing.
    Off,
}

impl Mode {
    /// The environment variable that chooses the mode.
    pub(crate) const VARIABLE: &str = "HUB_CODEGEN";

    fn parse(value: Option<&str>) -> Result<Self, String> {
        match value {
            None | Some("" | "write") => Ok(Self::Write),
            Some("check") => Ok(Self::Check),
            Some("off") => Ok(Self::Off),
            Some(other) => Err(other.to_owned()),
        }
    }
}

/// What to do about integers of 64 bits and more, of which JavaScript's numbers hold those up to
/// 2<sup>53</sup> exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LargeIntegers {
    /// Refuses them, with the place. `AsText` sends one as text, exactly.
    #[default]
    Refuse,
    /// Writes `number`: the contract promises that its values are small enough.
    Number,
}

/// What a page holds where Rust has a date and time with its offset: a `DateTime` of `chrono`, a
/// `Timestamp`, or what travels as one of them by `#[ts(as = "…")]`.
///
/// Both protocols carry the same either way, so a contract stays the same to its lock file and to the
/// server. Dates and times without an offset (`NaiveDate`, `NaiveDateTime`, `NaiveTime`) are text by either
/// choice, and so are keys of maps: a `Date` of JavaScript's is a moment, which they are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Dates {
    /// A `string` by RFC 3339, as precise as Rust has it.
    #[default]
    Text,
    /// A `Date`, in milliseconds and without the offset it came with.
    Date,
}

/// What a run may decide about types.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Choices {
    pub(crate) large_integers: LargeIntegers,
    pub(crate) dates: Dates,
}

/// Which contracts to write TypeScript for, and where: the whole of a build script.
///
/// ```
/// # mod chat_contract {
/// #     use hub_core::contract::{HubContract, HubDescription, MethodSignature, NoClient};
/// #     pub trait ChatHub: Send + Sync + 'static {}
/// #     impl HubContract for dyn ChatHub {
/// #         type Client = dyn NoClient;
/// #         const DESCRIPTION: HubDescription = HubDescription::new("ChatHub", "", "", &[]);
/// #         const SIGNATURES: &'static [MethodSignature] = &[];
/// #     }
/// # }
/// use chat_contract::ChatHub;
/// use hub_codegen::{CodegenError, Config};
///
/// # fn main() -> Result<(), CodegenError> {
/// let files = Config::from_env().hub::<dyn ChatHub>().render()?;
/// let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
/// assert_eq!(names, ["chat-hub.ts", "hub-runtime.ts"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is generated before `run`, `try_run` or `render`"]
pub struct Config {
    mode: Result<Mode, String>,
    contracts: Vec<Contract>,
    folder: Option<PathBuf>,
    choices: Choices,
    extras: Extras,
    lock: Option<PathBuf>,
    /// Whether the mode is the program's own choice.
    fixed: bool,
    asyncapi: Option<PathBuf>,
    json_schema: Option<PathBuf>,
}

impl Config {
    /// A run in the mode that the environment variable `HUB_CODEGEN` names; see [`Mode`].
    ///
    /// A value that names no mode is reported by the run.
    pub fn from_env() -> Self {
        let value = std::env::var_os(Mode::VARIABLE);
        let value = value.as_ref().map(|value| value.to_string_lossy());
        Self {
            mode: Mode::parse(value.as_deref()),
            fixed: false,
            ..Self::new(Mode::default())
        }
    }

    /// A run in a given mode, whatever the environment says.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode: Ok(mode),
            contracts: Vec::new(),
            folder: None,
            choices: Choices::default(),
            fixed: true,
            extras: Extras::default(),
            lock: None,
            asyncapi: None,
            json_schema: None,
        }
    }

    /// Adds a hub, `.hub::<dyn ChatHub>()`, together with the calls it makes on its clients. Adding
    /// it twice is no error.
    pub fn hub<H: HubContract + ?Sized>(mut self) -> Self {
        let contract = Contract::of::<H>();
        if self.contracts.iter().all(|known| known.id != contract.id) {
            self.contracts.push(contract);
        }
        self
    }

    /// The folder for the TypeScript, relative to the package that is being built (or to the
    /// current folder, outside of cargo). It is made if the folder around it exists; if that does
    /// not, as in an image without the page, nothing is written and the run says so.
    pub fn typescript(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Adds a file for a framework that pages are written with. Naming it twice is no error; pages
    /// need the framework's own package, and no other.
    pub fn framework(mut self, framework: Framework) -> Self {
        self.extras.frameworks.insert(framework);
        self
    }

    /// The lock file of the contracts, e.g. `../contract/contracts.lock`; relative like the folder. To be
    /// committed.
    ///
    /// It knows the contracts that clients were generated from. One that has changed without harm to
    /// them is added to it; a change that breaks them is not, before the contract's version is raised
    /// (`#[hub(version = 2)]`). Until then [`Mode::Write`] warns, and [`Mode::Check`] fails and says
    /// what breaks. The server reads it with `HubsBuilder::contract_lock`.
    ///
    /// Hubs in the file that are none of this run's are left alone.
    pub fn lock(mut self, file: impl Into<PathBuf>) -> Self {
        self.lock = Some(file.into());
        self
    }

    /// Adds a fake of each hub, for tests of the page: a `FakeChatHub` answers what the test tells it
    /// to, over no network.
    pub fn fakes(mut self) -> Self {
        self.extras.fakes = true;
        self
    }

    /// What to do about integers that JavaScript cannot hold exactly; without it they are refused.
    pub fn large_integers(mut self, choice: LargeIntegers) -> Self {
        self.choices.large_integers = choice;
        self
    }

    /// What pages hold where Rust has a date and time; without it text.
    pub fn dates(mut self, choice: Dates) -> Self {
        self.choices.dates = choice;
        self
    }

    /// A file for an AsyncAPI 3.0 document of the hubs, e.g. `../asyncapi.json`; relative like the folder.
    /// It is titled after the package.
    pub fn asyncapi(mut self, file: impl Into<PathBuf>) -> Self {
        self.asyncapi = Some(file.into());
        self
    }

    /// A file for a JSON Schema of all types and calls of the hubs, e.g. `../schema.json`; relative like
    /// the folder.
    pub fn json_schema(mut self, file: impl Into<PathBuf>) -> Self {
        self.json_schema = Some(file.into());
        self
    }

    /// The files of TypeScript and their text, by name. Touches no disk, whatever the mode.
    ///
    /// # Errors
    ///
    /// What TypeScript could not say faithfully; see [`CodegenError`].
    pub fn render(&self) -> Result<Vec<File>, CodegenError> {
        Ok(emit::files(
            &Model::new(&self.contracts, self.choices)?,
            &self.extras,
        ))
    }

    /// Does what the mode says, and tells what was done: for a binary or a test.
    ///
    /// # Errors
    ///
    /// Those of [`render`](Self::render); a mode that does not exist, no folder, a disk that
    /// refuses; and in [`Mode::Check`] a file that is not up to date.
    pub fn try_run(&self) -> Result<Report, CodegenError> {
        let package = Package::from_env();
        match self.mode.clone().map_err(CodegenError::UnknownMode)? {
            Mode::Off => Ok(Report::default()),
            mode => self.generate(mode, &package),
        }
    }

    /// Does what the mode says in a build script: tells cargo when to run it again, and ends the
    /// process with a readable message if something is wrong.
    pub fn run(&self) {
        println!("cargo::rerun-if-env-changed={}", Mode::VARIABLE);
        if PathBuf::from("build.rs").exists() {
            println!("cargo::rerun-if-changed=build.rs");
        }
        match self.try_run() {
            Ok(report) => report.tell_cargo(),
            Err(error) => {
                for line in describe(&error).lines() {
                    println!("cargo::error={line}");
                }
                std::process::exit(1);
            }
        }
    }

    fn generate(&self, mode: Mode, package: &Package) -> Result<Report, CodegenError> {
        let others = [&self.lock, &self.asyncapi, &self.json_schema];
        if self.folder.is_none() && others.iter().all(|it| it.is_none()) {
            return Err(CodegenError::NoFolder);
        }
        let model = Model::new(&self.contracts, self.choices)?;
        if package.is_packaged() {
            let reason = "the package is built outside of its workspace; nothing is written";
            return Ok(Report::skipped(reason.to_owned()));
        }
        let folder = self.folder.as_deref().map(|it| Place::new(package, it));
        let files = emit::files(&model, &self.extras);
        let mut singles = Vec::new();
        let mut warnings = Vec::new();
        let asyncapi = Documents::asyncapi as fn(&Documents) -> String;
        let documents = [
            (&self.asyncapi, "AsyncAPI", asyncapi),
            (&self.json_schema, "JSON Schema", Documents::json_schema),
        ];
        for (path, kind, write) in documents {
            if let Some(path) = path {
                let text = write(&self.documents(package));
                let place = Place::new(package, path);
                singles.push(Single { place, kind, text });
            }
        }
        if let Some(path) = &self.lock {
            let place = Place::new(package, path);
            let (text, breaking) = Self::advance_lock(&model, &place)?;
            let kind = "lock file";
            singles.push(Single { place, kind, text });
            match mode {
                Mode::Check if !breaking.is_empty() => {
                    return Err(CodegenError::Breaking {
                        changes: breaking.concat(),
                        path: path.clone(),
                    });
                }
                _ => warnings = breaking,
            }
        }
        let folder = folder.as_ref().map(|folder| (folder, files.as_slice()));
        let mut report = match mode {
            Mode::Check => output::check(folder, &singles, &package.command(self.fixed)),
            Mode::Write | Mode::Off => output::write(folder, &singles),
        }?;
        report.warnings = warnings;
        Ok(report)
    }

    /// The hubs by name, so that the order of calls means nothing.
    fn documents(&self, package: &Package) -> Documents {
        let mut contracts: Vec<_> = self.contracts.iter().collect();
        contracts.sort_by_key(|contract| contract.hub.name);
        let described = contracts.into_iter().map(|it| it.described.clone());
        described.fold(Documents::new(package.title()), Documents::described)
    }

    fn advance_lock(model: &Model, place: &Place) -> Result<(String, Vec<String>), CodegenError> {
        let present = place.read()?.unwrap_or_default().replace('\r', "");
        let advanced = lock::advance(&present, model, &place.shown)?;
        Ok((advanced.text, advanced.breaking))
    }
}

/// The error and its causes.
fn describe(error: &CodegenError) -> String {
    let mut text = format!("hub-codegen: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Option<&str>, expected: Result<Mode, &str>) {
        assert_eq!(Mode::parse(value), expected.map_err(str::to_owned));
    }

    #[test]
    fn modes_are_named_exactly() {
        check(None, Ok(Mode::Write));
        check(Some(""), Ok(Mode::Write));
        check(Some("write"), Ok(Mode::Write));
        check(Some("check"), Ok(Mode::Check));
        check(Some("off"), Ok(Mode::Off));
        check(Some("Check"), Err("Check"));
        check(Some("1"), Err("1"));
    }

    #[test]
    fn an_unknown_mode_is_an_error_of_the_run() {
        let config = Config {
            mode: Err("never".to_owned()),
            ..Config::new(Mode::Write)
        };
        let error = config.try_run().unwrap_err();
        assert_eq!(
            error.to_string(),
            "HUB_CODEGEN is `never`; it can be `write`, `check` or `off`"
        );
    }

    #[test]
    fn a_folder_is_needed_unless_nothing_is_done() {
        assert!(matches!(
            Config::new(Mode::Write).try_run(),
            Err(CodegenError::NoFolder)
        ));
        assert!(Config::new(Mode::Off).try_run().is_ok());
    }
}
