"""Text primitives in any language: index terms, stop words, streamed sentences, numbers, names of states and bodies.

In reading order: `terms` · `lexicon` · `sentence_stream` · `numbers` · `gazetteer`.
"""
