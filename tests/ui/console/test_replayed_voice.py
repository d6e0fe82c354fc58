"""The officer's own microphone in the player: what is heard of it, from when until when."""

from __future__ import annotations

from pathlib import Path

from console_home import kept, opened

from facesign.interview.record.writer import RecordWriter


def test_a_case_lists_what_is_heard_of_the_officer_beside_which_part(tmp_path: Path) -> None:
    def write(writer: RecordWriter) -> None:
        def begin(number: int, beside: int, at_s: float | None) -> None:
            stream = f"officer.{number}"
            writer.add("officer_segment", {"stream": stream, "beside": f"applicant.{beside}"})
            writer.piece(stream, b"sound")
            if at_s is not None:
                writer.add("officer_starts", {"stream": stream, "offset_s": at_s})

        writer.piece("applicant.1", b"picture")
        writer.add("segment_starts", {"stream": "applicant.1", "offset_s": 0.0})
        begin(1, 1, 0.7)
        # Its line was cut for a moment: still the same stream of the applicant's.
        begin(2, 1, 9.0)
        # It was over before it was known where it lies.
        begin(3, 1, None)
        writer.piece("applicant.2", b"picture")
        writer.add("segment_starts", {"stream": "applicant.2", "offset_s": 21.2})
        begin(4, 2, 21.9)

    with opened(tmp_path / "home") as console:
        case = kept(console.home, console.desk.archive, officer="anna", write=write)
        client = console.client("ben")
        told = client.get(f"/cases/{case}", params={"lang": "en"}).json()
        sound = client.get(f"/cases/{case}/media/officer.1")
    assert [one["stream"] for one in told["media"]] == ["applicant.1", "applicant.2"]
    assert told["voices"] == [
        {"stream": "officer.1", "start_s": 0.7, "until_s": 21.2},
        {"stream": "officer.2", "start_s": 9.0, "until_s": 21.2},
        {"stream": "officer.4", "start_s": 21.9, "until_s": None},
    ]
    assert (sound.content, sound.headers["cache-control"]) == (b"sound", "no-store")
