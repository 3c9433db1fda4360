"""What a new manifest takes over from the one that it replaces."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from offline_onnx.errors import ManifestError
from offline_onnx.inference.manifest import Manifest
from offline_onnx_page.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from offline_onnx.inference.self_test import Sample

DEFAULT_TOLERANCES = (1e-3, 1e-2, 1e-1)
"""The tolerances that `offline_onnx.describe.describe` chooses. An earlier manifest with another
tolerance has it from the publisher, so the new manifest takes it over."""

_INPUTS = "the self-test's inputs"


def read_earlier(file: Path) -> Manifest | None:
    """Return the manifest in a file; None if there is no file, or the manifest is invalid.

    Raises:
        SiteError: The file is no manifest, so it must not be overwritten; or it can't be read.

    """
    try:
        raw = json.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SiteError(f"{file} can't be read: {error.strerror}.") from error
    except ValueError:
        raw = None
    if not (isinstance(raw, dict) and "file" in raw and "sha256" in raw):
        raise SiteError(
            f"{file} is in the way: it is not a manifest and is not overwritten; rename it."
        )
    try:
        return Manifest.parse(json.dumps(raw))
    except ManifestError:
        return None


@dataclass(frozen=True)
class Choices:
    """What a publisher has chosen for a manifest, now or for the earlier one.

    Attributes:
        name: the model's name.
        version: the model's version.
        labels: the names of the classes.
        metadata: the publisher's further fields in the manifest.
        inputs: the inputs of the self-test; None for random numbers.
        tolerance: the tolerance of the self-test; None for the default.
        taken_over: the names of what was taken over from the earlier manifest.

    """

    name: str
    version: str
    labels: Sequence[str]
    metadata: Mapping[str, Any]
    inputs: Mapping[str, Sample] | None
    tolerance: float | None
    taken_over: tuple[str, ...]

    def taken_over_in(self, manifest: Manifest) -> list[str]:
        """Return `taken_over`, without the self-test's inputs if the manifest has others.

        It has others if the model does not run on the earlier ones.
        """
        has_inputs = manifest.self_test and manifest.self_test.inputs == self.inputs
        return [each for each in self.taken_over if has_inputs or each != _INPUTS]


def choices(
    earlier: Manifest | None,
    *,
    name: str | None,
    version: str | None,
    labels: Sequence[str] | None,
    may_take_over_inputs: bool,
    tolerance: float | None,
    default_name: str,
) -> Choices:
    """Return the publisher's choices. What was not chosen now is taken from the earlier manifest.

    Args:
        earlier: the earlier manifest; None if there is none.
        name: the chosen name; None if none was chosen.
        version: the chosen version; None if none was chosen.
        labels: the chosen labels; None if none were chosen.
        may_take_over_inputs: whether the inputs of the earlier self-test may be taken over.
        tolerance: the chosen tolerance; None if none was chosen.
        default_name: the name if none was chosen, neither now nor earlier.

    """
    chosen = Choices(name or default_name, version or "1", labels or (), {}, None, tolerance, ())
    if earlier is None:
        return chosen
    taken_over = []
    if name is None and earlier.name != default_name:
        chosen = replace(chosen, name=earlier.name)
        taken_over.append(f"the name {earlier.name}")
    if version is None and earlier.version != "1":
        chosen = replace(chosen, version=earlier.version)
        taken_over.append(f"the version {earlier.version}")
    if labels is None and earlier.labels:
        chosen = replace(chosen, labels=earlier.labels)
        taken_over.append("the labels")
    if earlier.metadata:
        chosen = replace(chosen, metadata=earlier.metadata)
        taken_over.append("the metadata")
    if may_take_over_inputs and earlier.self_test:
        chosen = replace(chosen, inputs=earlier.self_test.inputs)
        taken_over.append(_INPUTS)
    earlier_tolerance = earlier.self_test.tolerance if earlier.self_test else None
    if (
        tolerance is None
        and earlier_tolerance is not None
        and earlier_tolerance not in DEFAULT_TOLERANCES
    ):
        chosen = replace(chosen, tolerance=earlier_tolerance)
        taken_over.append(f"the tolerance {earlier_tolerance:g}")
    return replace(chosen, taken_over=tuple(taken_over))


def with_earlier_tolerance(manifest: Manifest, earlier: Manifest | None) -> Manifest:
    """Return a manifest whose tolerance is at least that of the earlier manifest.

    Call this only if the publisher has chosen no tolerance. An earlier tolerance that is not one of
    DEFAULT_TOLERANCES is ignored. A manifest does not record whether the publisher chose its
    tolerance: if it equals a default, it counts as a default, which the new one may exceed.
    """
    test, earlier_test = manifest.self_test, earlier and earlier.self_test
    if not (test and earlier_test and earlier_test.tolerance in DEFAULT_TOLERANCES):
        return manifest
    tolerance = max(test.tolerance, earlier_test.tolerance)
    return replace(manifest, self_test=replace(test, tolerance=tolerance))
