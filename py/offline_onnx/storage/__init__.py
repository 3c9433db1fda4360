"""Download, store, update and remove models.

In reading order:

- `store`: the records of stored versions, and the protocol `Store`.
- `source`: the protocol `Source`, from which models are downloaded.
- `download`: download a version chunk by chunk, verify it and write it into the store.
- `stored_copy`: read a stored version and verify it.
- `file_download`: download a file that has no manifest, and resume an interrupted download.
- `without_manifest`: a Source that builds the manifest of a model that has none.
- `pinned`: require that a model has a certain SHA-256.
- `model_store`: load, update, roll back, list, copy, move and remove models.
"""
