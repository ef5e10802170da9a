"""Adversarial tests of the verifier: `perturbations` (words in `evals/data`) · `hostile_model` · `__main__`."""
