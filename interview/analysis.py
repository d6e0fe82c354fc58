"""Analyze a recording: a file is a stream that ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from facesign.errors import ConsentError
from facesign.interview.archive.past import past_of
from facesign.interview.consent import Consent, ConsentBook, read_consent
from facesign.interview.facts import RecordingFacts
from facesign.interview.home import Home, Settings, require_customer
from facesign.interview.marks import Mark, read_marks
from facesign.interview.media.container import MediaPath
from facesign.interview.media.recording import Recording, open_media
from facesign.interview.record.filing import FiledRecording
from facesign.interview.report import Report
from facesign.interview.script import Script, load_script
from facesign.interview.session import BaselineMode, Participant, Session
from facesign.interview.tables import check_writable
from facesign.interview.voice_recordings import Recorded
from facesign.interview.voice_session import keep_comparison, open_voices
from facesign.interview.voices import Voices

__all__ = ["Progress", "analyze"]

Progress = Callable[[float, float | None], None]
"""Called with seconds done and seconds in all (None where the file does not say)."""


def analyze(
    media: Path | str,
    *,
    script: str | Path | Script | None = None,
    marks: Path | str | Sequence[Mark] | None = None,
    customer: str | None = None,
    external_ref: str | None = None,
    consent: Path | str | None = None,
    applicant_audio: Path | str | None = None,
    officer_audio: Path | str | None = None,
    participants: Sequence[Participant] = (),
    behaviour: bool = True,
    baseline: BaselineMode = "auto",
    settings: Settings | None = None,
    task_file: Path | None = None,
    gallery: str | None = None,
    officer_sample: Recorded | None = None,
    voices: Voices | None = None,
    home: Home | Path | None = None,
    record: bool = False,
    out: Path | str | None = None,
    images: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Analyze a recorded interview of one applicant.

    Args:
        media: A file with picture, sound or both.
        script: Id of a script that ships, a YAML file, or a loaded Script.
        marks: When each question was asked: a CSV file or the marks themselves.
        customer: Customer number, shown in the report; the applicant's speech is compared
            with this customer's voiceprint.
        external_ref: The bank's own number for the case.
        consent: A consent file, see `read_consent`.
        applicant_audio: The applicant's own microphone, on the media's clock.
        officer_audio: The officer's own microphone, likewise.
        participants: Who was declared to be in the picture besides the applicant.
        behaviour: Whether behaviour is assessed.
        baseline: `auto`, or `whole` to use a short recording as its own baseline.
        settings: Settings in force; by default those of the home folder.
        task_file: A Face Landmarker `.task` file to use instead of the bundled mesh.
        gallery: The gallery of voiceprints, see `open_voices`.
        officer_sample: Speech of the officer alone, see `open_voices`.
        voices: What voices are told apart and compared with; by default opened from gallery
            and sample, unless consent to voice was refused.
        home: Home folder, with settings, gallery and keys.
        record: Whether to keep an evidence record in the home folder: the files as they are,
            and what was found. They are then analyzed as they were stored.
        out: Folder to save the report to; checked before the recording is read.
        images: Whether the saved page shows pictures of the face.
        progress: Called now and then while reading.

    Returns:
        The report. Without `out` and `record` nothing is written; with one of them, the
        comparison of the whole interview with the customer's voiceprint is kept in the
        voiceprint's history as well.

    Raises:
        MediaError: the file cannot be opened or holds nothing that can be decoded.
        ScriptError, MarksError, ConsentError, SettingsError: an option is wrong.
        GalleryError, KeyFileError: the gallery of voiceprints cannot be opened.
        ArchiveError: the archive of earlier sessions cannot be read.
        ShortSpeechError: the officer's sample holds too little speech.
        OutputError: `out` or the record cannot be written.
    """
    if out is not None:
        check_writable(Path(out))
    if customer is not None:
        require_customer(customer)
    home = home if isinstance(home, Home) else Home.resolve(home)
    settings = settings or home.settings()
    loaded = script if isinstance(script, Script) or script is None else load_script(script)
    open_these = partial(
        open_voices,
        customer=customer,
        gallery=gallery or settings.gallery,
        home=home,
        officer_sample=officer_sample,
    )
    consents = () if consent is None else read_consent(Path(consent))
    files = {"media": media, "applicant_audio": applicant_audio, "officer_audio": officer_audio}
    with ExitStack() as opened:
        filed: FiledRecording | None = None
        sources: dict[str, MediaPath] = {k: v for k, v in files.items() if v is not None}
        if record:
            filed = opened.enter_context(_filed(home, sources, consents))
            sources = {**filed.sources}
        recording = opened.enter_context(_open(sources))
        audio = recording.info.audio
        session = Session(
            script=loaded,
            customer=customer,
            external_ref=external_ref,
            marks=_marks(marks, loaded),
            tracks=audio.tracks if audio else (),
            participants=participants,
            behaviour=behaviour,
            baseline=baseline,
            settings=settings,
            task_file=task_file,
            recorded=True,
            voices=voices or open_these,
            past=past_of(
                home,
                customer=customer,
                external_ref=external_ref,
                session_id="" if filed is None else filed.writer.session_id,
                now=datetime.now(UTC),
            ),
            record=False if filed is None else filed.writer,
        )
        session.take_consents(consents)
        for item in recording:
            session.push(item)
            if progress is not None:
                progress(item.time_s, recording.info.duration_s)
        report = session.close(RecordingFacts(recording.info, recording.problems))
        if filed is not None:
            filed.finish()
    if out is not None:
        report.save(out, images=images)
    if (out is not None or record) and session.voices is not None:
        keep_comparison(session.voices, record=report.session_id)
    return report


def _open(sources: Mapping[str, MediaPath]) -> Recording:
    return open_media(
        sources["media"],
        applicant_audio=sources.get("applicant_audio"),
        officer_audio=sources.get("officer_audio"),
    )


def _filed(
    home: Home, sources: Mapping[str, MediaPath], consents: Sequence[Consent]
) -> FiledRecording:
    """Begin a record with the files, once it is known that they may and can be read."""
    book = ConsentBook()
    book.extend(tuple(consents))
    if book.decision("recording") is False:
        raise ConsentError("consent to recording was refused: nothing may be recorded")
    _open(sources).close()
    return FiledRecording(home, {name: Path(str(path)) for name, path in sources.items()})


def _marks(marks: Any, script: Script | None) -> Sequence[Mark]:
    if marks is None:
        return ()
    if isinstance(marks, str | Path):
        return read_marks(Path(marks), script)
    return tuple(marks)
