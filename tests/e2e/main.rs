//! Real peers over real sockets.

mod autobahn;
mod browser;
mod conformance;
mod light_tree;
mod official_client;
mod operations;
mod outside;
mod python_clients;
mod readme;
