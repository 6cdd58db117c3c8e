//! What users of `hub-codegen` see: the TypeScript of a few contracts, what the compiler and Node
//! make of it, the messages about contracts that have none, and what happens to the disk.

mod contracts;
mod documents;
mod evolution;
mod golden;
mod locks;
mod output;
mod refusals;
mod typescript;
