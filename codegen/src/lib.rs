//! Writes the TypeScript client of a hub's contract, from a build script.
//!
//! The contract is a crate of its own; the build script of the server, or of a small crate beside
//! the web page, has it and this crate as build-dependencies:
//!
//! ```no_run
//! # mod chat_contract {
//! #     use hub_core::contract::{HubContract, HubDescription, MethodSignature, NoClient};
//! #     pub trait ChatHub: Send + Sync + 'static {}
//! #     impl HubContract for dyn ChatHub {
//! #         type Client = dyn NoClient;
//! #         const DESCRIPTION: HubDescription = HubDescription::new("ChatHub", "", "", &[]);
//! #         const SIGNATURES: &'static [MethodSignature] = &[];
//! #     }
//! # }
//! use chat_contract::ChatHub;
//!
//! fn main() {
//!     hub_codegen::Config::from_env()
//!         .hub::<dyn ChatHub>()
//!         .typescript("../web/src/hubs")
//!         .run();
//! }
//! ```
//!
//! A project of a single crate makes the same call from a binary or a test, with
//! [`Config::try_run`] in place of [`Config::run`]. A test that fails when they
//! are out of date:
//!
//! ```
//! # mod chat_contract {
//! #     use hub_core::contract::{HubContract, HubDescription, MethodSignature, NoClient};
//! #     pub trait ChatHub: Send + Sync + 'static {}
//! #     impl HubContract for dyn ChatHub {
//! #         type Client = dyn NoClient;
//! #         const DESCRIPTION: HubDescription = HubDescription::new("ChatHub", "", "", &[]);
//! #         const SIGNATURES: &'static [MethodSignature] = &[];
//! #     }
//! # }
//! use chat_contract::ChatHub;
//! use hub_codegen::{CodegenError, Config, Mode};
//!
//! fn check(folder: &std::path::Path) -> Result<(), CodegenError> {
//!     Config::new(Mode::Check).hub::<dyn ChatHub>().typescript(folder).try_run()?;
//!     Ok(())
//! }
//! # assert!(matches!(check("target/none".as_ref()), Err(CodegenError::OutOfDate { .. })));
//! ```
//!
//! # The files
//!
//! Each hub has a file of its own (`chat-hub.ts`), beside one file of support code
//! (`hub-runtime.ts`) and, where several hubs use the same types, `types.ts`. The folder belongs
//! to one run: files there that carry the header of this crate, and are no longer generated, are
//! removed. All others are left alone. Files are written only when their text has changed, and the
//! text depends on the contracts alone.
//!
//! The generated code imports types from `@microsoft/signalr`, and no code. It passes the strict
//! compiler.
//!
//! Files for a framework ([`Config::framework`]) and for tests of a page ([`Config::fakes`]) come on
//! request.
//!
//! # `HUB_CODEGEN`
//!
//! | value | meaning |
//! |---|---|
//! | `write` | writes the files that changed (the default) |
//! | `check` | writes nothing, and fails with a short diff if a file is not up to date |
//! | `off` | does nothing |

mod config;
mod contracts;
mod emit;
mod error;
mod lock;
mod model;
mod names;
mod output;
mod package;
mod syntax;
mod text;

pub use config::{Config, Dates, LargeIntegers, Mode};
pub use emit::Framework;
pub use error::CodegenError;
pub use output::{File, Report};
