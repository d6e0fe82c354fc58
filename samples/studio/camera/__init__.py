"""From drawn pictures to a file: sensor, channel, what is held before the camera."""
