"""Robustness: damaged files and killed processes. `fuzz` · `mutations` · `seeds` · `crash`."""
