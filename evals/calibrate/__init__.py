"""Calibration: what a model's scores mean, fitted on public data; `python -m evals.calibrate`."""
