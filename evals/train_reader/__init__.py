"""Training of the reader of pairs on data of our own making; `python -m evals.train_reader`."""
