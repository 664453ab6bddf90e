"""Files of every form, and every way they come broken."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretaste.core.errors import DataError, LimitError, UnknownNameError
from foretaste.data import ReadLimits, SignalSettings, read, read_splits, read_with_report

ROWS = "ann,heat,5,1500000000\nbob,heat,1,1500000001\nann,alien,3,1500000002\n"
HEADER = "userId,movieId,rating,timestamp\n"


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda text: text == text.strip() and text not in ("null", "NULL", "\\N")
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(words, words), min_size=1, unique_by=lambda pair: pair[0]))
def test_every_script_passes_unharmed(
    tmp_path_factory: pytest.TempPathFactory, films: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("x")
    ids, titles = [film[0] for film in films], [film[1] for film in films]
    frame = pl.DataFrame({"item_id": ids, "title": titles})
    for form in ("csv", "parquet", "jsonl"):
        path = folder / f"items.{form}"
        {"csv": frame.write_csv, "parquet": frame.write_parquet, "jsonl": frame.write_ndjson}[form](
            path
        )
        data = read(path)
        assert list(data.item_ids.ids) == ids
        assert data.titles() == titles


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "::"])
@pytest.mark.parametrize("header", [True, False])
def test_delimiters_and_headers_are_found(tmp_path: Path, delimiter: str, header: bool) -> None:
    text = ((HEADER if header else "") + ROWS).replace(",", delimiter)
    data, report = read_with_report(write(tmp_path / "x.csv", text))
    assert (data.n_users, data.n_items, len(data.interactions)) == (2, 2, 3)
    assert report.about("delimiter")[0].value == delimiter
    assert data.interactions["value"].to_list() == [5, 3, 1]
    assert json.loads(report.to_json())[0]["topic"]


@pytest.mark.parametrize("form", ["csv", "tsv", "parquet", "jsonl", "csv.gz"])
def test_all_table_forms_give_the_same_data(tmp_path: Path, form: str) -> None:
    frame = pl.DataFrame(
        {
            "uid": ["1", "01", "李"],
            "asin": ["a", "b", "a"],
            "stars": [1.0, 5.0, 4.0],
            "ts": [1_500_000_000, 1_500_000_001, 1_500_000_002],
        }
    )
    path = tmp_path / f"x.{form}"
    if form == "parquet":
        frame.write_parquet(path)
    elif form == "jsonl":
        frame.write_ndjson(path)
    elif form == "csv.gz":
        path.write_bytes(gzip.compress(frame.write_csv().encode()))
    else:
        frame.write_csv(path, separator="\t" if form == "tsv" else ",")
    data = read(path)
    assert data.user_ids.ids == ("1", "01", "李")
    assert data.interactions["value"].to_list() == [1.0, 5.0, 4.0]
    assert data.interactions["time_s"].to_list() == [1.5e9, 1.5e9 + 1, 1.5e9 + 2]


def test_columns_can_be_stated(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", "who;what;how\nann;heat;2\nbob;heat;4\n")
    with pytest.raises(DataError, match=r"no column for user_id and item_id.*columns="):
        read(path)
    data = read(path, columns={"user_id": "who", "item_id": "what", "rating": "how"})
    assert data.interactions["value"].to_list() == [2, 4]
    with pytest.raises(DataError, match=r"no column 'whom'.*one of who, what, how"):
        read(path, columns={"user_id": "whom", "item_id": "what"})


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("1500000000", 1.5e9),
        ("631152000000", 631152000),
        ("1500000000123", 1500000000.123),
        ("1500000000123456", 1500000000.123456),
        ("2017-07-14T02:40:00Z", 1.5e9),
        ("2017-07-14 04:40:00+02:00", 1.5e9),
        ("2017-07-14 02:40:00", 1.5e9),
        ("2017-07-14", 1499990400),
        ("07 14, 2017", 1499990400),
        ("14.07.2017", 1499990400),
        ("14-Jul-2017", 1499990400),
        ("2017年07月14日", 1499990400),
    ],
)
def test_times_in_every_unit_and_in_text(tmp_path: Path, cell: str, seconds: float) -> None:
    path = write(tmp_path / "x.tsv", f"user\titem\ttime\nann\theat\t{cell}\n")
    assert read(path).interactions["time_s"][0] == pytest.approx(seconds, abs=1e-6)


def test_a_text_that_is_no_time_names_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "x.tsv", "user\titem\ttime\nann\theat\t2017-07-14\nbob\theat\tsoon\n")
    with pytest.raises(DataError, match=r"x\.tsv line 3: time is not a time.*'soon'"):
        read(path)


@pytest.mark.parametrize("bad", ["nan", "inf", "-Infinity", "good"])
def test_a_rating_that_is_no_number_names_file_and_line(tmp_path: Path, bad: str) -> None:
    path = write(tmp_path / "x.csv", HEADER + ROWS + f"bob,alien,{bad},1500000003\n")
    with pytest.raises(DataError, match=r"x\.csv line 5: rating is not a finite number"):
        read(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        (HEADER, "a header and no row"),
        ("only\none\ncolumn\n", "one column only"),
        ("a1,b\nc,d,e\nf,g,h,i\nj,k,l,m,n\n", "different numbers of columns"),
        (HEADER + "ann,heat,5,1,2\n", r"x\.csv line 2: the row has 5 columns; expected 4"),
        ("a,b\n1,2\n3,4\n", "no column for user_id and item_id"),
        ('{"user": "a", "item": "b"}\n{"user": \n', r"line 2: this is no JSON"),
    ],
)
def test_broken_files_say_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    if text.startswith(HEADER) and "1,2" in text:
        text += ROWS * 3
    with pytest.raises(DataError, match=message):
        read(write(tmp_path / "x.csv", text))


def test_a_wrong_delimiter_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", HEADER + ROWS)
    with pytest.raises(DataError, match=r"one column only when split at ';'.*Leave delimiter out"):
        read(path, delimiter=";")


def test_ten_megabytes_in_one_cell_are_refused_until_allowed(tmp_path: Path) -> None:
    text = "user,item,words\nann,heat,fine\nbob,heat," + "x" * 10_000_000 + "\n"
    path = write(tmp_path / "x.csv", text)
    with pytest.raises(LimitError, match=r"x\.csv line 3: a cell of words holds 10,000,000 bytes"):
        read(path)
    assert read(path, limits=ReadLimits(cell_bytes=20_000_000)).remarks is not None


@pytest.mark.parametrize(
    ("encoding", "title"),
    [("latin-1", "Amélie à Orléans"), ("cp1252", "“Amélie” – vol. 1"), ("utf-16", "千と千尋"),
     ("gb18030", "卧虎藏龙与霸王别姬"), ("utf-8-sig", "Ran 乱")],
)  # fmt: skip
def test_encodings_are_guessed_and_reported(tmp_path: Path, encoding: str, title: str) -> None:
    text = f"item_id,title\n1,{title}\n2,plain\n"
    data, report = read_with_report(write(tmp_path / "items.csv", text.encode(encoding)))
    assert data.titles() == [title, "plain"]
    told = [finding.value for finding in report.about("encoding")]
    assert told == ([] if encoding == "utf-8-sig" else [encoding])


def test_a_folder_of_tables(tmp_path: Path) -> None:
    write(
        tmp_path / "shop/items.csv",
        "id,title,genres,price,available_until\n"
        "heat,Heat,Crime|Drama,9.5,2030-01-01\nalien,异形,Horror,,\n",
    )
    write(
        tmp_path / "shop/interactions.jsonl",
        '{"user": "ann", "item": "heat", "type": "like", "timestamp": 1500000000}\n'
        '{"user": "ann", "item": "", "type": "search", "query": "慢电影"}\n',
    )
    write(tmp_path / "shop/people.tsv", "user_id\tage\tcity\nann\t41\tTōkyō\n")
    write(
        tmp_path / "shop/knowledge.nt",
        "<http://x.org/heat> <http://x.org/p/director> <http://x.org/Michael_Mann> .\n"
        '<http://x.org/heat> <http://x.org/p/title> "Heat"@en .\n',
    )
    data = read(tmp_path / "shop")
    assert data.titles() == ["Heat", "异形"]
    assert data.items["genres"].to_list() == [["Crime", "Drama"], ["Horror"]]
    assert data.items["available_until_s"].to_list() == [1893456000.0, None]
    assert data.item_roles["price"] == "number"
    assert data.evidence(0).profile == {"age": 41, "city": "Tōkyō"}
    assert data.knowledge is not None
    assert data.knowledge.rows()[0] == ("heat", "director", "Michael_Mann")
    assert data.remarks is not None and data.remarks["words"].to_list() == ["慢电影"]


def test_roles_can_be_stated(tmp_path: Path) -> None:
    path = write(tmp_path / "items.csv", "id,title,code,blurb\na,A,12,short\nb,B,13,other\n")
    data = read(path, roles={"code": "category", "blurb": "text"})
    assert data.item_roles == {"title": "title", "code": "category", "blurb": "text"}
    with pytest.raises(UnknownNameError, match="unknown role"):
        read(path, roles={"code": "colour"})  # type: ignore[dict-item]


def test_lists_in_json_and_python_form(tmp_path: Path) -> None:
    rows = 'id;cast\na;"[""Bruno Ganz"", ""O\'Neal""]"\n'
    assert read(write(tmp_path / "items.csv", rows)).items["cast"].to_list() == [
        ["Bruno Ganz", "O'Neal"]
    ]
    rows = "id;cast\na;['Bruno Ganz', '王家卫']\n"
    assert read(write(tmp_path / "b/items.csv", rows)).items["cast"].to_list() == [
        ["Bruno Ganz", "王家卫"]
    ]


def test_sequences_take_their_position_as_time(tmp_path: Path) -> None:
    data = read(write(tmp_path / "s.txt", "7 3 1 2\n9 3\n"))
    assert data.item_ids.names(data.histories.of(0).rows) == ["3", "1", "2"]
    assert data.histories.of(0).times_s.tolist() == [0, 1, 2]


def test_sequences_of_one_length_can_be_stated(tmp_path: Path) -> None:
    path = write(tmp_path / "s.txt", "7 3 1\n9 3 2\n")
    assert read(path).interactions.height == 2
    assert read(path, format="sequences").interactions.height == 4


def test_pairs_without_header(tmp_path: Path) -> None:
    data = read(write(tmp_path / "pairs.txt", "1 10\n1 11\n2 10\n"))
    assert (data.user_ids.ids, data.item_ids.ids) == (("1", "2"), ("10", "11"))


def test_a_zip_is_read_and_cannot_write_elsewhere(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "ml.zip", "w") as archive:
        archive.writestr("ml-1m/ratings.dat", "1::5::4::978300760\n2::5::2::978300761\n")
        archive.writestr("ml-1m/movies.dat", "5::Ran (1985)::Drama|War\n".encode("latin-1"))
        archive.writestr("ml-1m/users.dat", "1::F::1::10::48067\n2::M::56::16::70072\n")
        archive.writestr("../../escaped.txt", "no")
    data = read(tmp_path / "ml.zip")
    assert data.people["age_band"].to_list() == ["under 18", "56 or older"]
    assert data.items["year"].to_list() == [1985]
    assert not list(tmp_path.parent.glob("escaped*"))


def test_split_tables_share_one_vocabulary(tmp_path: Path) -> None:
    for name, rows in {"train": "a,x\nb,y\n", "val": "a,y\n", "test": "b,z\n"}.items():
        write(tmp_path / f"{name}.csv", "user,item\n" + rows)
    parts = read_splits(tmp_path)
    assert list(parts) == ["train", "valid", "test"]
    assert parts["train"].item_ids == parts["test"].item_ids
    assert [len(part.interactions) for part in parts.values()] == [2, 1, 1]
    assert len(read(tmp_path).interactions) == 4
    with pytest.raises(DataError, match="not split into parts"):
        read_splits(write(tmp_path / "one/x.csv", HEADER + ROWS))


def test_unknown_places_and_formats(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file or folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(DataError, match="folder is empty"):
        read(tmp_path)
    write(tmp_path / "notes.bin", b"\x00\x01")
    write(tmp_path / "other.bin", b"\x00\x01")
    with pytest.raises(DataError, match="nothing here looks like data we know"):
        read(tmp_path)
    with pytest.raises(UnknownNameError, match="unknown format"):
        read(tmp_path, format="excel")


def test_ratings_with_a_decimal_comma_and_quotes(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", 'user;item;rating\nann;"a;b";4,5\nbob;c;1,0\n')
    data = read(path, signals=SignalSettings(low=1, high=5))
    assert data.item_ids.ids == ("a;b", "c")
    assert data.interactions["value"].to_list() == [4.5, 1.0]


def test_counts_are_not_ratings(tmp_path: Path) -> None:
    data = read(write(tmp_path / "x.csv", "user,item,plays\na,x,900\na,y,2\n"))
    assert data.kinds == ("interaction",)
    assert np.array_equal(data.interactions["signal"], [1.0, 1.0])
    assert data.interactions["value"].to_list() == [900, 2]


def test_attributes_beside_every_event_become_a_catalogue(tmp_path: Path) -> None:
    rows = (
        "user,item,title,genres,device\na,x,Ran,War|Drama,tv\nb,x,Ran,War|Drama,phone\na,y,乱,,tv\n"
    )
    data, report = read_with_report(write(tmp_path / "x.csv", rows))
    assert data.titles() == ["Ran", "乱"]
    assert data.items["genres"].to_list() == [["War", "Drama"], None]
    assert data.interactions.columns[6:] == ["device"]
    assert report.about("attributes in events")[0].value == ["title", "genres"]
    rows = "user,item,title\na,x,One\nb,x,Two\n"
    assert read(write(tmp_path / "y.csv", rows)).interactions.columns[6:] == ["title"]


def test_windows_line_ends_blank_lines_and_blanks_around_ids(tmp_path: Path) -> None:
    data = read(write(tmp_path / "x.csv", "user,item,rating\r\nann , heat,5\r\n\r\nbob,heat,1\r\n"))
    assert (data.user_ids.ids, data.item_ids.ids) == (("ann", "bob"), ("heat",))
    assert data.interactions["value"].to_list() == [5, 1]


def test_codes_with_leading_zeros_stay_text(tmp_path: Path) -> None:
    data = read(write(tmp_path / "x.csv", "user,item,shop,floor\na,x,007,2\nb,y,010,3\n"))
    assert data.interactions["shop"].to_list() == ["007", "010"]
    assert data.interactions["floor"].to_list() == [2, 3]


def test_stated_columns_must_be_somewhere_in_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "interactions.csv", "user,item\na,x\n")
    with pytest.raises(DataError, match="no table has the column 'stars'"):
        read(tmp_path, columns={"rating": "stars"})


def test_broken_archives(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv.gz", gzip.compress((HEADER + ROWS).encode())[:-12])
    with pytest.raises(DataError, match="compressed file is broken"):
        read(path)
    path = write(tmp_path / "y.csv", HEADER + ROWS)
    with pytest.raises(LimitError, match="file is too large"):
        read(path, limits=ReadLimits(file_bytes=10))
    with pytest.raises(DataError, match="Parquet file is broken"):
        read(write(tmp_path / "z.parquet", b"PAR1" + b"\x00" * 40))


def test_zips_that_cannot_be_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("interactions.csv", HEADER + ROWS * 50)
    good = path.read_bytes()
    entry = good.rfind(b"PK\x01\x02")
    locked = bytearray(good)
    locked[6] |= 1
    locked[entry + 8] |= 1
    method = bytearray(good)
    method[8] = method[entry + 10] = 99
    for bad in (bytes(locked), bytes(method), good[:50] + b"\xff" * 12 + good[62:]):
        path.write_bytes(bad)
        with pytest.raises(DataError, match="zip is broken"):
            read(path)


def test_one_column_cannot_play_two_parts(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", HEADER + ROWS)
    column = HEADER.split(",")[0]
    with pytest.raises(DataError, match="given for two parts"):
        read(path, columns={"user_id": column, "item_id": column})
