"""`SessionOptions`: the options of onnxruntime's sessions that this library supports."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class GraphOptimizationLevel(IntEnum):
    """How much the graph of a model is optimised, with onnxruntime's names and values."""

    ORT_DISABLE_ALL = 0
    ORT_ENABLE_BASIC = 1
    ORT_ENABLE_EXTENDED = 2
    ORT_ENABLE_LAYOUT = 3
    ORT_ENABLE_ALL = 99


class ExecutionMode(IntEnum):
    """Whether independent operators may run at the same time, with onnxruntime's names."""

    ORT_SEQUENTIAL = 0
    ORT_PARALLEL = 1


@dataclass(slots=True)
class SessionOptions:
    """The options of a session, with onnxruntime's names and defaults.

    Other attributes of onnxruntime's SessionOptions, such as `enable_profiling`, do not exist here:
    setting one raises AttributeError.

    Attributes:
        graph_optimization_level: how much the graph is optimised.
        execution_mode: whether independent operators may run at the same time.
        intra_op_num_threads: the number of threads; 0 for the default. In a browser, more than one
            thread needs a page that is cross-origin isolated, and only the first session can set
            the number. If the number can't be set, there is a warning (ThreadsUnavailable).
        inter_op_num_threads: the number of threads for independent operators. Ignored in a browser.
        log_severity_level: 0 (all messages) to 4 (fatal errors only); -1 for the default.
        log_verbosity_level: how detailed the messages of severity 0 are.
        logid: the name of the session in messages.
        enable_cpu_mem_arena: whether memory is allocated in larger blocks, which are used again.
        enable_mem_pattern: whether later runs allocate memory by a plan from the first run.

    """

    graph_optimization_level: GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL
    execution_mode: ExecutionMode = ExecutionMode.ORT_SEQUENTIAL
    intra_op_num_threads: int = 0
    inter_op_num_threads: int = 0
    log_severity_level: int = -1
    log_verbosity_level: int = 0
    logid: str = ""
    enable_cpu_mem_arena: bool = True
    enable_mem_pattern: bool = True
    _config_entries: dict[str, str] = field(default_factory=dict)
    _dimensions: dict[str, int] = field(default_factory=dict)
    _external_files: dict[str, Any] = field(default_factory=dict)

    def add_session_config_entry(self, key: str, value: str) -> None:
        """Set an entry of onnxruntime's configuration, such as "session.disable_prepacking"."""
        self._config_entries[key] = value

    def get_session_config_entry(self, key: str) -> str:
        """Return an entry of the configuration. Raises KeyError if it was not set."""
        return self._config_entries[key]

    def add_free_dimension_override_by_name(self, name: str, size: int) -> None:
        """Fix the size of a dimension that has a name, such as "batch"."""
        self._dimensions[name] = size

    def add_external_initializers_from_files_in_memory(
        self, names: Sequence[str], contents: Sequence[Any], lengths: Sequence[int]
    ) -> None:
        """Pass the bytes of files with weights, to which the model's file refers (external data).

        Args:
            names: the names of the files, as the model's file has them.
            contents: their bytes. In a browser, also Uint8Arrays, which don't enter Python's heap.
            lengths: their sizes in bytes.

        Raises:
            ValueError: a size is wrong, or the arguments have different lengths.

        """
        for name, content, length in zip(names, contents, lengths, strict=True):
            if len(content) != length:
                raise ValueError(f"{name} has {len(content)} bytes instead of {length}.")
            self._external_files[name] = content

    def changed(self) -> dict[str, Any]:
        """Return the attributes that differ from their defaults, by name."""
        default = SessionOptions()
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: value
            for name, value in values.items()
            if not name.startswith("_") and value != getattr(default, name)
        }

    def config_entries(self) -> dict[str, str]:
        """Return the entries of the configuration that were set."""
        return dict(self._config_entries)

    def free_dimensions(self) -> dict[str, int]:
        """Return the sizes of the dimensions that were fixed, by name."""
        return dict(self._dimensions)

    def external_files(self) -> dict[str, Any]:
        """Return the contents of the files with weights, by name."""
        return dict(self._external_files)
