"""Adversarial tests of the verifier: `perturbations` (tables: `perturbation_words`) · `hostile_model` · `__main__`."""
