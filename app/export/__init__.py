"""Export: writes answers, conversations and selections to files, and reads the cited ids back.

In reading order: `document` what is exported · `outline` its headings and lines · `markdown` · `docx` · `csv_file` ·
`json_file` · `files` picks the format by a file's suffix.
"""
