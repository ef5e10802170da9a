"""Our own words in five languages: `labels`, from the tables in `words`."""
