"""Robustness tests: damaged files and killed processes.

In reading order: `seeds` · `mutations` · `fuzz` · `synthetic` reports · `crash`.
"""
