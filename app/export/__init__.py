"""Files to take away: an answer, a conversation or a selection, and the ids of what it cites read back from any.

In reading order: `document` what is exported · `outline` its headings and lines · `markdown` · `docx` · `csv_file` ·
`json_file` · `files` which format a name asks for.
"""
