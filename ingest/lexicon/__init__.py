"""Word tables of five languages, by what they tell: nothing here looks at a report.

In reading order: `language` which language a text is in · `structure` headings and parts of a report ·
`list_markers` · `field_labels` · `modals` how strongly a verb asks · `actors` who can be asked · `addressing` how
they are asked · `english_verbs`.
"""
