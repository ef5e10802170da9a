"""Names that `relatoria eval` is called with, apart from `cli`, which is slow to import."""

OWN_SUITE = "own"
EXTRACTION_SUITE = "upr"  # evals/extraction/upr.py
PUBLIC_SUITES = ("xquad", "piaf", "declaration", "nomiracl", "cev", "scale", EXTRACTION_SUITE)  # evals/benchmarks
SCORECARD_FILE = "scorecard.json"  # in the index folder: the last one
