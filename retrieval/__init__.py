"""From records to answers: the index, search, proof and answers by quoting."""
