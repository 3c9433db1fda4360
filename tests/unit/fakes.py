"""Stand-ins that satisfy the library's protocols, with faults to switch on."""

import hashlib
from array import array
from dataclasses import dataclass, field

from offline_onnx import Manifest, StoredModel, Tensor, TensorSpec


def manifest_of(content, version="1.0.0"):
    return Manifest(
        name="digits",
        version=version,
        file="digits.onnx",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        input=TensorSpec("image", "float32", ("N", 28, 28, 1)),
        output=TensorSpec("probabilities", "float32", ("N", 10)),
        labels=tuple("0123456789"),
        metrics={"mnist_test_accuracy": 0.99},
    )


async def digest(content):
    return hashlib.sha256(content).hexdigest()


@dataclass
class MemoryStore:
    records: dict = field(default_factory=dict)
    get_fault: Exception | None = None
    put_fault: Exception | None = None

    async def get(self, name):
        if self.get_fault:
            raise self.get_fault
        return self.records.get(name)

    async def put(self, name, model):
        if self.put_fault:
            raise self.put_fault
        self.records[name] = model

    async def remove(self, name):
        self.records.pop(name, None)

    def keep(self, content, manifest=None):
        self.records["digits"] = StoredModel((manifest or manifest_of(content)).to_json(), content)


@dataclass
class Server:
    content: bytes
    version: str = "1.0.0"
    manifest_fault: Exception | None = None
    content_fault: Exception | None = None
    sends: bytes | None = None
    cached: bytes | None = None
    downloads: int = 0

    async def manifest(self):
        if self.manifest_fault:
            raise self.manifest_fault
        return manifest_of(self.content, self.version).to_json()

    async def content_of(self, fresh):
        self.downloads += 1
        if self.content_fault:
            raise self.content_fault
        if self.cached is not None and not fresh:
            return self.cached
        return self.content if self.sends is None else self.sends


class ServerSource:
    def __init__(self, server):
        self._server = server

    async def manifest(self):
        return await self._server.manifest()

    async def content(self, manifest, *, fresh):
        return await self._server.content_of(fresh)


class CountingSession:
    """Answers each image with the label that its first pixel, times ten, names."""

    def __init__(self):
        self.runs = []

    async def run(self, inputs):
        image = inputs["image"]
        self.runs.append(image.shape)
        answers = array("f")
        for i in range(image.shape[0]):
            label = round(image.values[i * 784] * 10)
            answers.extend(0.91 if j == label else 0.01 for j in range(10))
        return {"probabilities": Tensor(answers, (image.shape[0], 10))}
