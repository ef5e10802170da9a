"""The command line: `main` the commands · `options` · `environment` variables · `terminal` output · `progress` bars."""
