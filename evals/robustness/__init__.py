"""Robustness tests: damaged files, killed processes, hostile clients.

In reading order: `seeds` · `mutations` · `fuzz` · `crash` · `hostile_clients` · `siege`.
"""
