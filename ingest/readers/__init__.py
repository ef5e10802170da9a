"""Readers: one module a file format, each from bytes to an Extract, with a well-kept library inside."""
