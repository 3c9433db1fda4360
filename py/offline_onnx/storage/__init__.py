"""Where models are stored, and how they get there.

In reading order:

- `store`: what is recorded of stored versions, and the protocol of the storage.
- `source`: the protocol of what models are downloaded from.
- `download`: a version is downloaded, verified and written into the store, chunk by chunk.
- `stored_copy`: a stored version is read and verified.
- `model_store`: load, update, roll back, list, copy, move and remove models.
"""
