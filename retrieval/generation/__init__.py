"""Generation: a chat model adds sentences to an answer, each verified before it is shown.

In reading order: `writer` · `prompts` · `chat_model` · `providers` · `errors` · `streaming`.
"""
