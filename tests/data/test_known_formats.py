"""Forms with a name: RecBole, KGAT, Amazon, MovieLens, Last.FM (files made up here)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from foretaste.core.errors import DataError
from foretaste.data import read, read_splits, read_with_report


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def recbole(folder: Path) -> Path:
    write(
        folder / "toy.inter",
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
        "u1\ti1\t5\t1500000000\nu1\ti2\t2.0\t1500000001\nu2\ti1\t4\t1500000002\n",
    )
    write(
        folder / "toy.item",
        "item_id:token\ttitle:token_seq\tclass:token_seq\tyear:float\temb:float_seq\n"
        'i1\tThe "Big" Sleep\tNoir Crime\t1946\t0.5 1\ni2\t春光乍泄\tDrama\t1997\t1 0\n',
    )
    write(folder / "toy.user", "user_id:token\tage:float\nu1\t30\nu2\t40\n")
    write(
        folder / "toy.kg",
        "head_id:token\trelation_id:token\ttail_id:token\n"
        "m.01\tdirected_by\tm.hawks\nm.hawks\tborn_in\tGoshen\n",
    )
    write(folder / "toy.link", "item_id:token\tentity_id:token\ni1\tm.01\n")
    return folder


def test_recbole_files(tmp_path: Path) -> None:
    data = read(recbole(tmp_path / "toy"))
    assert data.titles() == ['The "Big" Sleep', "春光乍泄"]
    assert data.items["class"].to_list() == [["Noir", "Crime"], ["Drama"]]
    assert data.items["year"].to_list() == [1946, 1997]
    assert data.item_roles["emb"] == "vector"
    assert data.interactions["value"].to_list() == [5, 2, 4]
    assert data.knowledge is not None
    assert data.knowledge.rows() == [
        ("i1", "directed_by", "m.hawks"),
        ("m.hawks", "born_in", "Goshen"),
    ]
    assert read(tmp_path / "toy" / "toy.inter").digest == data.digest


def test_recbole_split_files_and_bad_header(tmp_path: Path) -> None:
    head = "user_id:token\titem_id:token\n"
    for part, rows in {"train": "u\ta\nu\tb\n", "valid": "u\tc\n", "test": "u\td\n"}.items():
        write(tmp_path / f"toy.{part}.inter", head + rows)
    parts = read_splits(tmp_path)
    assert {name: len(part.interactions) for name, part in parts.items()} == {
        "train": 2,
        "valid": 1,
        "test": 1,
    }
    write(tmp_path / "b/toy.inter", "user_id\titem_id\nu\ta\n")
    with pytest.raises(DataError, match=r"line 1: the header does not say types"):
        read(tmp_path / "b")
    recbole(tmp_path / "c")
    write(tmp_path / "c/other.inter", head + "u\ta\n")
    with pytest.raises(DataError, match="several data sets lie here"):
        read(tmp_path / "c")


def test_recbole_sequences_with_prefixes(tmp_path: Path) -> None:
    head = "user_id:token\titem_id_list:token_seq\titem_id:token\n"
    rows = {"train": "u\ta\tb\nu\ta b\tc\nv\tc\ta\n", "valid": "u\ta b c\td\n"}
    rows["test"] = "u\ta b c d\te\n"
    for part, text in rows.items():
        write(tmp_path / f"x.{part}.inter", head + text)
    parts = read_splits(tmp_path)
    train, test = parts["train"], parts["test"]
    assert train.item_ids.names(train.histories.of(0).rows) == ["a", "b", "c"]
    assert train.item_ids.names(train.histories.of(1).rows) == ["c", "a"]
    assert test.item_ids.names(test.histories.of(0).rows) == ["e"]
    assert test.histories.of(0).times_s.tolist() == [4]
    assert len(read(tmp_path).interactions) == 7


def kgat(folder: Path, test: str) -> Path:
    write(folder / "train.txt", "0 0 1\n1 2\n")
    write(folder / "test.txt", test)
    write(
        folder / "item_list.txt",
        'org_id remap_id title\nB01 0 "Nail lacquer, red"\nB02 1 "A title\nover two lines"\n'
        'B03 2 "玫瑰 水"\n',
    )
    write(folder / "user_list.txt", "org_id remap_id\nann 0\nbob 1\n")
    write(folder / "entity_list.txt", "org_id remap_id\nm.1 3\n")
    write(folder / "relation_list.txt", "org_id remap_id\nbrand 0\n")
    write(folder / "kg_final.txt", "0 0 3\n1 0 4\n")
    return folder


def test_kgat_files_with_test_apart(tmp_path: Path) -> None:
    parts = read_splits(kgat(tmp_path, "0 2\n1 0\n"))
    train, test = parts["train"], parts["test"]
    assert train.item_ids.ids == ("B01", "B02", "B03")
    assert train.titles() == ["Nail lacquer, red", "A title over two lines", "玫瑰 水"]
    assert train.knowledge is not None
    assert train.knowledge.rows() == [("B01", "brand", "m.1"), ("B02", "brand", "entity:4")]
    assert test.histories.of(test.user_ids.row("ann")).times_s.tolist() == [2.0]
    assert len(read(tmp_path).interactions) == 5


def test_kgat_files_whose_test_repeats_train(tmp_path: Path) -> None:
    parts = read_splits(kgat(tmp_path, "0 0 1 2\n1 2 0\n"))
    assert [len(part.interactions) for part in parts.values()] == [3, 2]
    assert len(read(tmp_path).interactions) == 5


def test_amazon_reviews_find_their_meta_data(tmp_path: Path) -> None:
    reviews = [
        {
            "reviewerID": "A1",
            "asin": "P1",
            "overall": 5.0,
            "unixReviewTime": 1500000000,
            "reviewText": "très bien",
            "verified": True,
        },
        {"reviewerID": "A1", "asin": "P2", "overall": 1.0, "unixReviewTime": 1500000001},
    ]
    meta = [
        {
            "asin": "P1",
            "title": "Caf&eacute; cup",
            "brand": "B",
            "category": ["Home", "Cups"],
            "description": ["A <b>cup</b>."],
            "price": "$1,234.50",
            "also_buy": ["P2"],
        },
        {"asin": "P2", "title": 'var x = {"a": 1}', "description": "none", "price": ""},
    ]
    text = "".join(json.dumps(row) + "\n" for row in reviews)
    (tmp_path / "Cups_5.json.gz").write_bytes(gzip.compress(text.encode()))
    write(tmp_path / "meta_Cups.json", "".join(json.dumps(row) + "\n" for row in meta))
    data, report = read_with_report(tmp_path)
    assert data.titles() == ["Café cup", "P2"]
    assert data.items["price"].to_list() == [1234.5, None]
    assert data.items["description"].to_list() == ["A cup .", "none"]
    assert data.remarks is not None and data.remarks["words"].to_list() == ["très bien"]
    assert data.knowledge is not None and data.knowledge.rows() == [("P1", "also_buy", "P2")]
    assert report.about("titles")[0].count == 1
    assert data.interactions["verified"].to_list() == [True, None]


def test_amazon_of_2014_and_2023(tmp_path: Path) -> None:
    old = {"reviewerID": "A1", "asin": "P1", "overall": 4.0, "unixReviewTime": 1400000000}
    write(tmp_path / "reviews_Toys_5.json", json.dumps(old) + "\n")
    write(
        tmp_path / "meta_Toys.json",
        "{'asin': 'P1', 'title': \"Bob's train\", 'related': {'also_bought': ['P9']}}\n",
    )
    data = read(tmp_path / "reviews_Toys_5.json")
    assert data.titles() == ["Bob's train"]
    assert data.knowledge is not None and data.knowledge.height == 1
    new = {
        "user_id": "U",
        "parent_asin": "P",
        "rating": 5.0,
        "timestamp": 1600000000123,
        "text": "ok",
        "title": "Nice",
        "verified_purchase": False,
    }
    data = read(write(tmp_path / "new/All_Beauty.jsonl", json.dumps(new) + "\n"))
    assert data.interactions["time_s"][0] == pytest.approx(1600000000.123)


def test_movielens_100k_and_latest(tmp_path: Path) -> None:
    flags = "|".join("1" if k in (8, 14) else "0" for k in range(19))
    write(tmp_path / "a/u.data", "1\t1\t5\t880000000\n2\t1\t1\t880000001\n")
    write(
        tmp_path / "a/u.item", f"1|Délicatessen (1991)|01-Jan-1991||http://x|{flags}\n", "latin-1"
    )
    write(tmp_path / "a/u.user", "1|24|M|writer|85711\n2|53|F|other|94043\n")
    data = read(tmp_path / "a")
    assert data.items.row(0, named=True) == {
        "item_id": "1",
        "title": "Délicatessen (1991)",
        "released": 662688000.0,
        "imdb_url": "http://x",
        "genres": ["Drama", "Romance"],
        "year": 1991,
    }
    assert data.evidence(1).profile == {
        "age": 53,
        "gender": "F",
        "occupation": "other",
        "zip_code": "94043",
    }
    write(tmp_path / "b/ratings.csv", "userId,movieId,rating,timestamp\n1,7,4.5,1500000000\n")
    write(
        tmp_path / "b/movies.csv",
        'movieId,title,genres\n7,"Sabrina, or so (1995)",Comedy|Romance\n'
        "8,New,(no genres listed)\n",
    )
    write(tmp_path / "b/tags.csv", "userId,movieId,tag,timestamp\n2,7,可爱,1500000001\n")
    data = read(tmp_path / "b")
    assert data.items["genres"].to_list() == [["Comedy", "Romance"], []]
    assert data.remarks is not None and data.remarks["words"].to_list() == ["可爱"]
    assert data.kinds == ("rate", "tag") and data.user_ids.ids == ("1", "2")


def test_lastfm(tmp_path: Path) -> None:
    write(tmp_path / "user_artists.dat", "userID\tartistID\tweight\n2\t51\t13883\n2\t52\t11\n")
    write(tmp_path / "artists.dat", "id\tname\turl\n51\tBjörk\thttp://x\n52\tSigur Rós\thttp://y\n")
    write(tmp_path / "tags.dat", "tagID\ttagValue\n1\télectro\n2\tpop\n", "latin-1")
    write(
        tmp_path / "user_taggedartists.dat",
        "userID\tartistID\ttagID\n2\t51\t1\n3\t51\t2\n4\t51\t2\n",
    )
    data = read(tmp_path)
    assert data.titles() == ["Björk", "Sigur Rós"]
    assert data.items["tags"].to_list() == [["pop", "électro"], None]
    assert data.interactions["value"].to_list() == [13883, 11]
    assert data.kinds == ("play",)
