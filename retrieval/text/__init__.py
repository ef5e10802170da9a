"""Words of any language: terms as they are indexed, sentences, numbers, names, and the words that say nothing.

In reading order: `terms` · `lexicon` · `sentences` · `sentence_stream` · `numbers` · `gazetteer`.
"""
