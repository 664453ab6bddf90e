"""A BERT-type sentence encoder as an ONNX graph, built straight from its safetensors file.

No torch and no exporter: the layers are identical, so the graph is a loop over fused
operators of ONNX Runtime's ``com.microsoft`` domain. Per layer (Devlin et al. 2019,
post-norm)::

    A = softmax(Q K' / sqrt(D/heads)) V               Attention (Q, K, V in one matrix)
    X = LayerNorm(X + A W_o + b_o)                    SkipLayerNormalization
    X = LayerNorm(X + gelu(X W_1 + b_1) W_2 + b_2)    BiasGelu (the exact erf form)

then mean pooling over real tokens (or the first token) and scaling to length one, as
``sentence_transformers`` does. Output [B, D].
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from foretaste.core.errors import DataError

if TYPE_CHECKING:
    from onnx import ModelProto

__all__ = ["BertShape", "build_bert", "read_shape"]

_FUSED = "com.microsoft"


@dataclass(frozen=True, slots=True)
class BertShape:
    """What must be known of a checkpoint besides its tensors.

    Attributes:
        size: Width D of a vector.
        layers: Number of layers.
        heads: Attention heads.
        epsilon: Of the layer normalisations.
        max_tokens: Longest text in tokens the model was made for.
        pooling: ``mean`` over real tokens, or ``first`` token.
    """

    size: int
    layers: int
    heads: int
    epsilon: float
    max_tokens: int
    pooling: str


def read_shape(folder: Path) -> BertShape:
    """Read ``config.json`` and the sentence-transformers files beside it.

    Args:
        folder: A model folder.

    Returns:
        The shape.

    Raises:
        DataError: If it is not a BERT with exact GELU, or pools in another way.
    """
    config = _json(folder / "config.json")
    wanted = {"model_type": "bert", "hidden_act": "gelu"}
    for key, value in wanted.items():
        if config.get(key) != value:
            raise DataError(
                f"this builder cannot read {key} = {config.get(key)!r}",
                expected=repr(value),
                where=str(folder / "config.json"),
                remedy="Use the encoder kind 'sentence-transformer' for this model",
            )
    pooling = _json(folder / "1_Pooling" / "config.json", {"pooling_mode_mean_tokens": True})
    modes = [key for key, on in pooling.items() if key.startswith("pooling_mode_") and on is True]
    known = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "first"}
    if len(modes) != 1 or modes[0] not in known:
        raise DataError(
            "this builder cannot pool this way",
            expected=" or ".join(known),
            got=", ".join(modes),
            where=str(folder / "1_Pooling" / "config.json"),
        )
    longest = _json(folder / "sentence_bert_config.json", {}).get("max_seq_length")
    return BertShape(
        size=int(config["hidden_size"]),
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        epsilon=float(config.get("layer_norm_eps", 1e-12)),
        max_tokens=int(longest or config["max_position_embeddings"]),
        pooling=known[modes[0]],
    )


def _json(path: Path, default: dict[str, Any] | None = None) -> dict[str, Any]:
    if not path.exists() and default is not None:
        return default
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot be read ({error})", where=str(path)) from error
    return found


class _GraphBuilder:
    """Collects nodes and weights; ``build()`` gives the model."""

    def __init__(self, tensors: Mapping[str, NDArray[Any]], shape: BertShape) -> None:
        self.tensors = tensors
        self.shape = shape
        self.nodes: list[Any] = []
        self.weights: dict[str, NDArray[Any]] = {}

    def tensor(self, name: str) -> NDArray[Any]:
        for prefix in ("", "bert."):
            if prefix + name in self.tensors:
                return self.tensors[prefix + name].astype(np.float32)
        raise DataError(f"the weights lack the tensor {name!r}")

    def weight(self, name: str, value: NDArray[Any]) -> str:
        self.weights[name] = value.copy(order="C")
        return name

    def node(self, op: str, inputs: list[str], output: str, **more: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **more))
        return output

    def dense(self, x: str, name: str, output: str) -> str:
        kernel = self.weight(f"{name}.weight", self.tensor(f"{name}.weight").T)
        return self.node("MatMul", [x, kernel], output)

    def bias(self, name: str) -> str:
        return self.weight(f"{name}.bias", self.tensor(f"{name}.bias"))

    def add_norm(self, x: str, skip: str, norm: str, dense: str, output: str) -> str:
        scale = self.weight(f"{norm}.weight", self.tensor(f"{norm}.weight"))
        inputs = [x, skip, scale, self.bias(norm), self.bias(dense)]
        return self.node(
            "SkipLayerNormalization", inputs, output, domain=_FUSED, epsilon=self.shape.epsilon
        )

    def embed(self) -> str:
        # Every text is segment 0, so that row of the segment table goes into the positions.
        segment = self.tensor("embeddings.token_type_embeddings.weight")[0]
        positions = self.tensor("embeddings.position_embeddings.weight") + segment
        norm = "embeddings.LayerNorm"
        inputs = [
            "input_ids",
            "",
            self.weight("words", self.tensor("embeddings.word_embeddings.weight")),
            self.weight("positions", positions),
            "",
            self.weight(f"{norm}.weight", self.tensor(f"{norm}.weight")),
            self.bias(norm),
        ]
        self.node(
            "EmbedLayerNormalization", inputs, "x0", domain=_FUSED, epsilon=self.shape.epsilon
        )
        # The operator also insists on an output for the mask.
        self.nodes[-1].output.append("embed_mask_unused")
        return "x0"

    def layer(self, x: str, number: int) -> str:
        base = f"encoder.layer.{number}."
        parts = [f"{base}attention.self.{part}" for part in ("query", "key", "value")]
        kernels = np.concatenate([self.tensor(f"{p}.weight").T for p in parts], axis=1)
        biases = np.concatenate([self.tensor(f"{p}.bias") for p in parts])
        mixed = self.node(
            "Attention",
            [
                x,
                self.weight(f"{base}qkv.weight", kernels),
                self.weight(f"{base}qkv.bias", biases),
                "attention_mask",
            ],
            f"{base}mixed",
            domain=_FUSED,
            num_heads=self.shape.heads,
        )
        output = f"{base}attention.output"
        mixed = self.dense(mixed, f"{output}.dense", f"{base}projected")
        x = self.add_norm(mixed, x, f"{output}.LayerNorm", f"{output}.dense", f"{base}attended")
        wide = self.dense(x, f"{base}intermediate.dense", f"{base}wide")
        bias = self.bias(f"{base}intermediate.dense")
        wide = self.node("BiasGelu", [wide, bias], f"{base}gelu", domain=_FUSED)
        narrow = self.dense(wide, f"{base}output.dense", f"{base}narrow")
        return self.add_norm(
            narrow, x, f"{base}output.LayerNorm", f"{base}output.dense", f"{base}out"
        )

    def pool(self, x: str) -> None:
        if self.shape.pooling == "first":
            zero = self.weight("zero", np.array(0, np.int64))
            pooled = self.node("Gather", [x, zero], "pooled", axis=1)
        else:
            last = self.weight("last_axis", np.array([-1], np.int64))
            middle = self.weight("middle_axis", np.array([1], np.int64))
            real = self.node("Cast", ["attention_mask"], "real", to=1)
            real = self.node("Unsqueeze", [real, last], "real_column")
            kept = self.node("Mul", [x, real], "kept")
            total = self.node("ReduceSum", [kept, middle], "total", keepdims=0)
            count = self.node("ReduceSum", [real, middle], "count", keepdims=0)
            pooled = self.node("Div", [total, count], "pooled")
        self.node("LpNormalization", [pooled], "vectors", axis=-1, p=2)

    def build(self) -> ModelProto:
        from onnx import TensorProto, helper, numpy_helper

        x = self.embed()
        for number in range(self.shape.layers):
            x = self.layer(x, number)
        self.pool(x)
        axes = ["batch", "length"]
        graph = helper.make_graph(
            self.nodes,
            "sentence_encoder",
            [
                helper.make_tensor_value_info(name, TensorProto.INT32, axes)
                for name in ("input_ids", "attention_mask")
            ],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", "size"])],
            [numpy_helper.from_array(value, name) for name, value in self.weights.items()],
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def build_bert(weights: Path, shape: BertShape) -> ModelProto:
    """Build the graph.

    Args:
        weights: ``model.safetensors`` with the names of ``transformers.BertModel``.
        shape: What :func:`read_shape` gives.

    Returns:
        A model with inputs ``input_ids`` and ``attention_mask`` (int32 [B, length]) and
        the output ``vectors`` (float32 [B, D], length one).

    Raises:
        DataError: If a tensor is missing.
    """
    from safetensors.numpy import load_file

    try:
        tensors = load_file(weights)
    except Exception as error:  # safetensors raises its own untyped errors
        raise DataError(f"cannot be read ({error})", where=str(weights)) from error
    return _GraphBuilder(tensors, shape).build()
