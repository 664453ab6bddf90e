"""The ONNX graph equals transformers', on random and on the real weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from foretaste.core.errors import DataError
from foretaste.language import (
    MiniLMSettings,
    OnnxMiniLM,
    SentenceTransformerEncoder,
    SentenceTransformerSettings,
    find_minilm,
)
from foretaste.testing import EncoderConformance

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "slow", "film", "about", "memory", "##s", "京"]
TEXTS = ["a slow film about memorys", "film", "東京 a film", "a " * 50]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers and random weights, saved as sentence-transformers does."""
    torch = pytest.importorskip("torch", reason="needs the torch extra")
    transformers = pytest.importorskip("transformers", reason="needs the torch extra")
    from tokenizers import BertWordPieceTokenizer

    folder = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(3)
    config = transformers.BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=40,
        initializer_range=0.5,
    )
    transformers.BertModel(config).save_pretrained(folder)
    tokenizer = BertWordPieceTokenizer(vocab={word: n for n, word in enumerate(WORDS)})
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizerFast", "model_max_length": 40})
    )
    return folder


def tiny_encoder(folder: Path, **more: object) -> OnnxMiniLM:
    return OnnxMiniLM(MiniLMSettings(model=str(folder), **more))  # type: ignore[arg-type]


def test_the_graph_equals_transformers(tiny: Path) -> None:
    torch = pytest.importorskip("torch")
    from transformers import AutoModel, PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(tiny / "tokenizer.json"), pad_token="[PAD]"
    )
    model = AutoModel.from_pretrained(tiny).eval()
    batch = tokenizer(TEXTS, padding=True, truncation=True, max_length=40, return_tensors="pt")
    with torch.no_grad():
        hidden = model(batch["input_ids"], attention_mask=batch["attention_mask"])[0]
    mask = batch["attention_mask"][..., None].float()
    expected = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1).numpy()
    found = tiny_encoder(tiny).encode(TEXTS)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_batches_do_not_change_vectors(tiny: Path) -> None:
    whole = tiny_encoder(tiny).encode(TEXTS * 20)
    small = tiny_encoder(tiny, batch_tokens=64).encode(TEXTS * 20)
    np.testing.assert_allclose(whole, small, atol=1e-5)
    np.testing.assert_allclose(whole[:4], whole[4:8], atol=1e-5)


def test_eight_bits_are_close_and_have_a_name_of_their_own(tiny: Path) -> None:
    plain, small = tiny_encoder(tiny), tiny_encoder(tiny, int8=True)
    # Random weights of this spread are the worst case; trained ones reach .99.
    assert (plain.encode(TEXTS) * small.encode(TEXTS)).sum(axis=1).min() > 0.9
    assert plain.name != small.name


def test_the_graph_is_built_once(tiny: Path, own_cache: Path) -> None:
    tiny_encoder(tiny).encode(TEXTS)
    (graph,) = (own_cache / "graphs").iterdir()
    before = graph.stat().st_mtime_ns
    tiny_encoder(tiny).encode(TEXTS)
    assert graph.stat().st_mtime_ns == before
    assert list((own_cache / "graphs").iterdir()) == [graph], "something half-made was left"


def test_first_token_pooling(tiny: Path, tmp_path: Path) -> None:
    copy = tmp_path / "first"
    copy.mkdir()
    for file in tiny.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (copy / "1_Pooling").mkdir()
    pooling = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    (copy / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    first, mean = tiny_encoder(copy).encode(TEXTS), tiny_encoder(tiny).encode(TEXTS)
    assert np.linalg.norm(first, axis=1) == pytest.approx(1.0)
    assert (first * mean).sum(axis=1).max() < 0.999


@pytest.mark.parametrize(
    ("config", "problem"),
    [('{"model_type": "t5"}', "model_type = 't5'"), ("{", "cannot be read")],
)
def test_what_is_no_bert_is_refused(tmp_path: Path, config: str, problem: str) -> None:
    (tmp_path / "config.json").write_text(config)
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(DataError, match=problem):
        tiny_encoder(tmp_path)


def test_broken_weights_are_refused(tiny: Path, tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((tiny / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(DataError, match=r"model\.safetensors"):
        tiny_encoder(tmp_path).encode(["a film"])


needs_weights = pytest.mark.skipif(
    find_minilm() is None, reason="the MiniLM weights are not on this machine"
)


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graphs")


@needs_weights
class TestMiniLM(EncoderConformance):
    @pytest.fixture(autouse=True)
    def _built_once(self, graphs: Path) -> None:
        self.graphs = graphs

    def make(self) -> OnnxMiniLM:
        return OnnxMiniLM(folder=self.graphs)


@needs_weights
def test_minilm_equals_sentence_transformers(graphs: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="needs the torch extra")
    texts = [
        "A slow, melancholy film about memory.",
        "东京物语：一对老夫妇去东京",
        "x",
        "the end " * 300,
        "Led by Woody, Andy's toys live happily in his room until his birthday.",
    ]
    peer = SentenceTransformerEncoder(SentenceTransformerSettings(model=str(find_minilm())))
    assert peer.size == 384
    cosine = (OnnxMiniLM(folder=graphs).encode(texts) * peer.encode(texts)).sum(axis=1)
    assert cosine.min() > 0.9999
    assert not peer.encode(["  "]).any()


@pytest.mark.slow
@needs_weights
def test_minilm_in_eight_bits(graphs: Path) -> None:
    texts = ["A slow, melancholy film about memory.", "A detective hunts a thief."]
    small = OnnxMiniLM(MiniLMSettings(int8=True))
    assert (OnnxMiniLM(folder=graphs).encode(texts) * small.encode(texts)).sum(axis=1).min() > 0.98
