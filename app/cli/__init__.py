"""The command line: `main` runs a command, each in its own module, and returns the exit status.

In reading order: `main` · `options` · `environment` variables · `assistant` opens it as the options say · the commands:
`ingest` (and remove), `passages`, `questions` (search and ask), `evaluate`, `serve`, `user`, `feedback` · what they
write: `terminal`, `json_lines`, `progress`.
"""
