"""Questions over many reports, in five languages: cases with their gold, and what of the answers is right.

`cases` reads evals/data/questions, `judge` decides what of an answer is right, `__main__` prints the table.
"""
