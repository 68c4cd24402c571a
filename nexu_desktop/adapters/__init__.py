"""One module per outside thing; the only importers of httpx, apsw, keyring and the tokenizers."""
