"""Benchmarks: other people's questions and other systems, beside ours; the public sets lie in RELATORIA_DATA."""
