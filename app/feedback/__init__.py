"""Feedback: visitors' ratings of answers. `log` the file they are appended to · `form` what the page asks and says."""
