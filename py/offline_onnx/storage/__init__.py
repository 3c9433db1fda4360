"""Download, store, update and remove models.

In reading order:

- `store`: the records of stored versions, and the protocol `Store`.
- `source`: the protocol `Source`, from which models are downloaded.
- `download`: download a version, verify it and write it into the store, chunk by chunk.
- `stored_copy`: read a stored version and verify it.
- `model_store`: load, update, roll back, list, copy, move and remove models.
"""
