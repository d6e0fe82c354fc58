"""Other speech in the applicant's place, for a picture whose lips say something else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from facesign.samples.studio.sound.dialogue import Dialogue, Said
from facesign.samples.studio.sound.voices import RATE_HZ, Phone, Speech, Voice, Word, say
from facesign.samples.studio.sound.wording import phrases

__all__ = ["dubbed"]

_FADE = round(0.02 * RATE_HZ)


def dubbed(dialogue: Dialogue, rng: np.random.Generator) -> Dialogue:
    """Return the dialogue as it is heard where other words cover the applicant's.

    Every line keeps its time, its voice and its length; lips act the given dialogue, the
    tracks are rendered from this one.

    Raises:
        MissingLibraryError: espeak-ng is not installed.
    """
    covered = [line for line in dialogue.said if line.speaker == "applicant"]
    voices = {line.voice: dialogue.voices[line.voice] for line in covered}
    spoken = {role: _passage(voice, rng) for role, voice in voices.items()}
    at = dict.fromkeys(voices, 0)
    said: list[Said] = []
    for line in dialogue.said:
        if line.speaker != "applicant":
            said.append(line)
            continue
        passage, start = spoken[line.voice], at[line.voice]
        n_samples = len(line.speech.samples)
        other = _cut(passage, start % max(len(passage.samples) - n_samples, 1), n_samples)
        at[line.voice] += n_samples
        words = " ".join(word.text for word in other.words)
        said.append(
            replace(line, text=words, speech=other, filled_pause=False, restart=False, stutters=())
        )
    return replace(dialogue, said=tuple(said))


def _passage(voice: Voice, rng: np.random.Generator) -> Speech:
    """Say the sentences that are read at an enrollment, without a pause between them."""
    texts = phrases("enrollment", voice.language)
    spoken = say([(texts[number], voice) for number in rng.permutation(len(texts))])
    phones: list[Phone] = []
    words: list[Word] = []
    at_s = 0.0
    for speech in spoken:
        phones += [Phone(p.symbol, p.start_s + at_s, p.end_s + at_s) for p in speech.phones]
        words += [Word(w.text, w.start_s + at_s, w.end_s + at_s) for w in speech.words]
        at_s += speech.duration_s
    return Speech(np.concatenate([s.samples for s in spoken]), tuple(phones), tuple(words))


def _cut(passage: Speech, start: int, n_samples: int) -> Speech:
    """Take a stretch of a passage, soft at both ends."""
    samples = np.zeros(n_samples, dtype=np.float32)
    taken = passage.samples[start : start + n_samples]
    samples[: len(taken)] = taken
    fade = min(_FADE, n_samples // 2)
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    samples[:fade] *= ramp
    samples[n_samples - fade :] *= ramp[::-1]
    start_s, end_s = start / RATE_HZ, (start + n_samples) / RATE_HZ
    return Speech(
        samples,
        tuple(
            Phone(p.symbol, max(p.start_s, start_s) - start_s, min(p.end_s, end_s) - start_s)
            for p in passage.phones
            if p.end_s > start_s and p.start_s < end_s
        ),
        tuple(
            Word(w.text, w.start_s - start_s, min(w.end_s, end_s) - start_s)
            for w in passage.words
            if start_s <= w.start_s < end_s
        ),
    )
