"""Everything that can go wrong, as one tree.

OfflineModelError
├── ManifestError         the manifest is not one, or a field of it is wrong
├── FetchError            a file did not come over the network
│   ├── Unreachable       no answer: offline, blocked, stalled
│   ├── BadStatus         an answer, but not the file (404, 500, ...)
│   ├── CaptivePortal     a web page in place of the file, with status 200
│   ├── WrongType         something else in place of the file, with status 200
│   ├── WrongLength       a file of another length
│   └── Truncated         the answer ended before the file did
├── IntegrityError        the bytes are not those that the manifest names
├── SelfTestFailed        the model runs here, but answers otherwise than it should
├── StoreError            the browser's storage did not do what was asked
│   ├── StoreUnavailable  no IndexedDB here: private mode, blocked, switched off
│   │   └── StoreBlocked  another tab holds the storage in an older or newer form
│   ├── StoreFull         the quota or the disk is full
│   └── Evicted           the browser has removed what was kept
├── SessionError          the runtime can't run the model
│   └── InputError        an input is not as the manifest says
├── NotStored             nothing is stored under this name
├── AddressError          an address that this library does not know how to use
└── ModelUnavailable      no stored copy and no download: nothing to run

Each has what happened (`what`), where (`address`, may be empty), why (`__cause__`, if another
error is behind it) and what to do (`remedy`); `str()` gives what happened and what to do.
"""

from __future__ import annotations

from typing import ClassVar


class OfflineModelError(Exception):
    """Any failure of this library."""

    remedy: ClassVar[str] = "Please report this."

    def __init__(self, what: str, address: str = "") -> None:
        super().__init__(f"{what} {self.remedy}")
        self.what = what
        self.address = address


class ManifestError(OfflineModelError):
    """The manifest is not valid JSON, or a field is missing or of the wrong kind."""

    remedy = "Write a new one from the model's file with `python build.py manifest`."


class FetchError(OfflineModelError):
    """A file could not be fetched from `address`."""

    remedy = "Check the network, then try again."


class Unreachable(FetchError):
    """The server gave no answer."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{address} can't be reached ({reason}).", address)


class BadStatus(FetchError):
    """The server answered, but not with the file."""

    remedy = "Check that the file is on the server and that this page may read it."

    def __init__(self, address: str, status: int) -> None:
        super().__init__(f"{address} was answered with status {status}.", address)
        self.status = status


class CaptivePortal(FetchError):
    """A web page came in place of the file, as a network does that wants a login first."""

    remedy = "Open any other page, log in to the network if it asks for that, then try again."

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} was answered with a web page instead of the file.", address)


class WrongType(FetchError):
    """Something that is no model came in place of the file."""

    remedy = "Check that the address in the manifest is that of the model's file."

    def __init__(self, address: str, kind: str) -> None:
        super().__init__(f"{address} was answered with {kind} instead of the file.", address)


class WrongLength(FetchError):
    """The server has a file of another length than the manifest says."""

    remedy = "Put the model's file and its manifest on the server anew, both of the same build."

    def __init__(self, address: str, length: int | None, size: int) -> None:
        found = "more" if length is None else str(length)
        super().__init__(f"{address} has {found} bytes, its manifest says {size}.", address)


class Truncated(FetchError):
    """The answer ended before the file did; what came is kept for the next try."""

    remedy = "Try again: it goes on where it stopped."

    def __init__(self, address: str, length: int, size: int) -> None:
        super().__init__(f"The download of {address} ended at {length} of {size} bytes.", address)


class IntegrityError(OfflineModelError):
    """The bytes from `address` (or "the store") are not those that the manifest describes."""

    remedy = "It was thrown away. Try again; if it stays so, the server's file is damaged."

    def __init__(self, address: str, difference: str) -> None:
        super().__init__(
            f"What came from {address} is damaged or is another file ({difference}).", address
        )


class SelfTestFailed(OfflineModelError):
    """The model answers otherwise than its manifest's self-test says."""

    remedy = "Whoever publishes the model should look at it. A stored one stays in use."


class StoreError(OfflineModelError):
    """The store failed at an operation; the model can still run from memory."""

    remedy = "The model still runs from memory. Reload the page to try to keep it again."


class StoreUnavailable(StoreError):
    """There is no usable store in this browser or this window."""

    remedy = "The model still runs from memory. Allow site data to keep it."

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This browser gives the page no storage ({reason}): private window, blocked site "
            "data, or switched off."
        )


class StoreBlocked(StoreUnavailable):
    """Another tab holds the storage in the form of another version of the page."""

    remedy = "The model still runs from memory. Close the site's other tabs, then reload."

    def __init__(self, reason: str) -> None:
        StoreError.__init__(self, f"Another tab of this site holds its storage ({reason}).")


class StoreFull(StoreError):
    """The model does not fit into what the browser grants this site."""

    remedy = "The model still runs from memory. Free some space to keep it."

    def __init__(self, reason: str) -> None:
        super().__init__(f"The storage is full ({reason}).")


class Evicted(StoreError):
    """The browser has removed the stored copy, as it does when space runs out."""

    remedy = "It is fetched again. Persistent storage (`persist()`) prevents this."

    def __init__(self, name: str) -> None:
        super().__init__(f"The browser has removed the stored copy of {name!r}.", name)


class SessionError(OfflineModelError):
    """The runtime refused the model or the input."""

    remedy = "Check that this runtime supports the model's operators, and the input."


class InputError(SessionError):
    """An input is not as the manifest says; the message names what is expected and given."""

    remedy = "Give every input with the dtype and the shape that the manifest names."


class NotStored(OfflineModelError):
    """Nothing, or nothing whole, is stored under a name."""

    remedy = "`Models.list()` tells what is stored."

    def __init__(self, name: str) -> None:
        super().__init__(f"No model is stored under {name!r}.", name)


class AddressError(OfflineModelError):
    """An address of a kind that can't be used so."""

    remedy = "Models are at indexeddb://NAME, at the http(s) address of a manifest, or in files."


class ModelUnavailable(OfflineModelError):
    """There is no stored copy, and none could be downloaded; the cause says why."""

    remedy = "Connect to the network once, then it works without."

    def __init__(self, cause: OfflineModelError) -> None:
        super().__init__(
            f"No stored copy of the model, and it could not be downloaded: {cause}", cause.address
        )
