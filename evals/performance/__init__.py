"""Performance: speed and memory, as ratios that hold on any machine; `python -m evals.performance` prints them."""
