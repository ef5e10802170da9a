"""Text primitives in any language: index terms, stop words, sentence spans, numbers, names of states and bodies.

In reading order: `terms` · `lexicon` · `sentences` · `sentence_stream` · `numbers` · `gazetteer`.
"""
