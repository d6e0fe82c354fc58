"""The face: landmarks, pose, signals, baseline, brief movements, quality."""
