"""The eyeball: a bulging cornea, an iris with fibres, veins, and a window's reflection."""

from __future__ import annotations

from facesign.samples.studio.stage.shaders.common import FOLLOW, LIGHT, NOISE

__all__ = ["EYE"]

_VERTEX = (
    FOLLOW
    + """
uniform vec3 centre;
uniform mat3 gaze;
uniform float radius;
in vec3 position;
out vec3 at;
out vec3 look;
out vec3 facing;
void main() {
    float bulge = 0.09 * smoothstep(0.86, 1.0, position.z);
    vec3 local = gaze * (position * radius * (1.0 + bulge));
    at = followed(centre + local, 1.0);
    look = position;
    facing = followed_normal(gaze * position, 1.0);
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_FRAGMENT = (
    LIGHT
    + NOISE
    + """
uniform vec3 iris;
uniform float pupil;
in vec3 at;
in vec3 look;
in vec3 facing;
out vec4 pixel;
void main() {
    vec3 n = normalize(facing), v = normalize(camera - at);
    float r = length(look.xy) / 0.415;
    float angle = atan(look.y, look.x);
    float fibre = noise(vec3(cos(angle) * 9.0, sin(angle) * 9.0, r * 2.5));
    float fine = noise(vec3(cos(angle) * 26.0, sin(angle) * 26.0, r * 3.0));
    vec3 colour = iris * (0.55 + 0.6 * fibre + 0.35 * fine);
    colour *= mix(1.25, 0.8, smoothstep(pupil, 0.85, r));
    colour += iris * 0.5 * exp(-pow((r - pupil - 0.12) / 0.10, 2.0));
    colour *= 1.0 - 0.75 * smoothstep(0.80, 1.0, r);
    colour = mix(vec3(0.004), colour, smoothstep(pupil - 0.05, pupil + 0.05, r));
    float vein = smoothstep(0.62, 0.9, noise(vec3(look.xy * 7.0, 1.7))) * smoothstep(1.1, 1.9, r);
    vec3 white = linear(vec3(0.82, 0.79, 0.77));
    white *= mix(vec3(1.0), vec3(0.95, 0.72, 0.68), 0.35 * vein);
    white = mix(white, linear(vec3(0.80, 0.60, 0.55)), 0.55 * smoothstep(1.25, 2.2, r));
    float rim = smoothstep(0.93, 1.07, r);
    colour = mix(colour, white, rim);
    vec3 soft = normalize(mix(n, vec3(0.0, 0.0, 1.0), 0.35));
    vec3 light = key_colour * 0.62 * wrapped(dot(soft, key_towards), vec3(0.5))
        + fill_colour * 0.7 * wrapped(dot(soft, fill_towards), vec3(0.5)) + ambient(n) * 0.8;
    light *= 1.0 - 0.5 * smoothstep(0.05, 0.60, look.y);
    vec3 mirror = reflect(-v, n);
    vec3 across = normalize(cross(vec3(0, 1, 0), key_towards)), up = cross(key_towards, across);
    float facing_key = dot(mirror, key_towards);
    vec2 pane = vec2(dot(mirror, across), dot(mirror, up)) / max(facing_key, 0.05);
    float window = smoothstep(0.26, 0.20, abs(pane.x)) * smoothstep(0.34, 0.28, abs(pane.y));
    window *= step(0.0, facing_key);
    vec3 spec = 0.86 * key_colour * window + 0.03 * ambient(mirror);
    pixel = vec4(developed(colour * light + spec), 1.0);
}
"""
)

EYE = (_VERTEX, _FRAGMENT)
