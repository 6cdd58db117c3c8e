//! The server; what it serves is of no matter here.
