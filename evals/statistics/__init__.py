"""Statistics of what is measured from a checkout: `bootstrap` intervals · `ranking` · `confidence` of answers."""
