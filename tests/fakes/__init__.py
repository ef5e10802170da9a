"""Fakes: small real objects at the seams of the product, and helpers that several tests share.

`hashing_embedder` · `openai_server` · `pdf_maker` · `hostile_strings` · `browser` · `relay` · `full_disk` · `waiting`
"""
