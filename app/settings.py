"""What whoever runs the page has allowed and chosen; by default, what is safe on a machine of one's own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Values only: `config.py` reads them from options and the environment."""
