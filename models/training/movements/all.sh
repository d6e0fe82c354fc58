#!/usr/bin/env bash
# From nothing to the shipped read-out and classifier, in order; what is there already is kept.
#
#     FACESIGN_DATA=... TORCH_PYTHON=python bash models/training/movements/all.sh WORK
#
# TORCH_PYTHON is an interpreter with facesign and torch. The three files in models/weights and
# tests/models, noise.toml and the hashes in models/registry.toml are what changes; the
# benchmarks that grade channels and classifier come after (README.md beside this file).
set -euo pipefail
work=$(realpath -m "$1")
cd "$(dirname "$0")/../../.."
export OPENBLAS_NUM_THREADS=1 LP_NUM_THREADS=1
python=${PYTHON:-.venv/bin/python}
torch_python=${TORCH_PYTHON:-$python}

for seed in $(seq 1001 1047) 1049; do
  test -e "$work/takes/takes-$seed/truth.json" || echo "$seed"
done | xargs -r -P "${WORKERS:-2}" -I{} "$(dirname "$python")/facesign" studio render \
  models/training/movements/takes.toml -o "$work/takes/takes-{}" --for-training --seed {}
"$python" benchmarks/pulse_films.py "$work/pulses" --seeds 6000-6005

"$python" models/training/channels/fit.py "$work/takes" --pulses "$work/pulses" \
  --out models/weights/channel-readout.onnx
"$python" models/training/hashes.py channel-readout
"$python" benchmarks/channel_noise.py --data "$FACESIGN_DATA" --write
"$torch_python" models/training/movements/train.py "$work/takes" --pulses "$work/pulses" \
  --work "$work/net" --out models/weights/movements-132.onnx --steps 2400
"$python" models/training/hashes.py movements-132
"$torch_python" models/training/movements/parity.py "$work/net/checkpoint.pt" \
  --out tests/models/movements.npz
