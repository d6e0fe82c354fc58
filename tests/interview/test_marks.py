from __future__ import annotations

from pathlib import Path

import pytest
from session_factory import SCRIPT

from facesign.errors import MarksError
from facesign.interview.marks import Mark, read_marks

HEAD = "question_id,asked_start_s,asked_end_s,answer_end_s\n"


def save(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "marks.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_marks_come_in_time_order_with_columns_in_any_order(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        "answer_end_s,question_id,asked_end_s,asked_start_s\n9,income,7.5,6\n5, name ,2,1e0\n",
    )
    assert read_marks(path) == (Mark("name", 1.0, 2.0, 5.0), Mark("income", 6.0, 7.5, 9.0))


def test_a_byte_order_mark_and_blank_lines_are_no_matter(tmp_path: Path) -> None:
    path = save(tmp_path, "\ufeff" + HEAD + "\nname,0,1,2\n\n")
    assert read_marks(path) == (Mark("name", 0.0, 1.0, 2.0),)


def test_the_next_question_may_cut_an_answer_short(tmp_path: Path) -> None:
    path = save(tmp_path, HEAD + "name,0,1,6\nincome,5,6,9\n")
    assert [mark.question_id for mark in read_marks(path, SCRIPT)] == ["name", "income"]


MALFORMED = [
    ("", "the first line must be question_id,asked_start_s,asked_end_s,answer_end_s"),
    ("id,start,end\n", "the first line must be question_id"),
    (HEAD.replace("\n", ",note\n"), "the first line must be question_id"),
    ("question_id," + HEAD, "the first line must be question_id"),
    (HEAD, "holds no question"),
    (HEAD + ",0,1,2\n", "line 2: question_id is empty"),
    (HEAD + "name,0,1,2\n  ,3,4,5\n", "line 3: question_id is empty"),
    (HEAD + "\n\nname,0,x,2\n", "line 4: asked_end_s is not a number: 'x'"),
    (HEAD + "name,0,,2\n", "line 2: asked_end_s is not a number: ''"),
    (HEAD + "name,0,1\n", "line 2: expected 4 values"),
    (HEAD + "name,0,1,2,3\n", "line 2: expected 4 values"),
    (HEAD + "name,-1,1,2\n", "line 2: expected 0 <= asked_start_s <= .*, got -1.0, 1.0, 2.0"),
    (HEAD + "name,0,3,2\n", "line 2: expected 0 <= asked_start_s"),
    (HEAD + "name,nan,1,2\n", "line 2: expected 0 <= asked_start_s"),
    (HEAD + "name,0,1,inf\n", "line 2: expected 0 <= asked_start_s"),
    (HEAD + "name,0,4,6\nincome,3,5,9\n", "income is asked at 3.0 s, while name is still being"),
    (HEAD + "name,0,1,2\nx,3,4,5\n", "script three has no question 'x'"),
]


@pytest.mark.parametrize(("text", "message"), MALFORMED)
def test_each_malformed_form_has_one_line_that_names_the_place(
    tmp_path: Path, text: str, message: str
) -> None:
    path = save(tmp_path, text)
    with pytest.raises(MarksError, match=message) as caught:
        read_marks(path, SCRIPT)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MarksError, match=r"none\.csv: No such file"):
        read_marks(tmp_path / "none.csv")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00q", b"PAR1\x00\x15\x04"])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "marks.csv"
    path.write_bytes(data)
    with pytest.raises(MarksError, match=r"marks\.csv"):
        read_marks(path)
