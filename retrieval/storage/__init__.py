"""Storage: records, words and token vectors in SQLite, passage vectors in Chroma, one writer at a time.

In reading order: `database` · `schema` · `reader` · `writer` · `token_vectors` · `passage_vectors` · `chroma_local`
· `chroma_server` · `write_lock`.
"""
