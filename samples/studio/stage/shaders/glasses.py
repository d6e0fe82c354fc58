"""Glasses: a glossy frame, and panes that tint a little and mirror a window."""

from __future__ import annotations

from facesign.samples.studio.stage.shaders.common import FOLLOW, LIGHT

__all__ = ["FRAME", "GLASS"]

_VERTEX = (
    FOLLOW
    + """
in vec3 position;
in vec3 normal;
in float share;
in vec3 shade;
out vec3 at;
out vec3 facing;
out vec3 open_sky;
void main() {
    at = followed(position, share);
    facing = followed_normal(normal, share);
    open_sky = shade;
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_FRAME_FRAGMENT = (
    LIGHT
    + """
uniform vec3 tint;
uniform float gloss;
in vec3 at;
in vec3 facing;
in vec3 open_sky;
out vec4 pixel;
void main() {
    vec3 n = normalize(facing), v = normalize(camera - at);
    if (dot(n, v) < 0.0) n = -n;
    float lit = clamp(open_sky.y, 0.0, 1.0), ao = clamp(open_sky.x, 0.0, 1.0);
    vec3 light = key_colour * max(dot(n, key_towards), 0.0) * lit
        + fill_colour * max(dot(n, fill_towards), 0.0) * ao + ambient(n) * ao;
    float fresnel = 0.04 + 0.5 * pow(1.0 - max(dot(n, v), 0.0), 5.0);
    vec3 spec = gloss * (fresnel + 0.03) * (key_colour * lobe(n, key_towards, v, 60.0) * lit
        + 0.7 * ambient(reflect(-v, n)));
    pixel = vec4(developed(tint * light + spec), 1.0);
}
"""
)

_GLASS_FRAGMENT = (
    LIGHT
    + """
uniform vec3 tint;
uniform float mirror;
in vec3 at;
in vec3 facing;
in vec3 open_sky;
out vec4 pixel;
const vec3 WINDOW = vec3(-0.20, 0.29, 0.936);
void main() {
    vec3 n = normalize(facing), v = normalize(camera - at);
    if (dot(n, v) < 0.0) n = -n;
    vec3 bounced = reflect(-v, n);
    vec3 across = normalize(cross(vec3(0, 1, 0), WINDOW)), up = cross(WINDOW, across);
    vec2 pane = vec2(dot(bounced, across), dot(bounced, up)) / max(dot(bounced, WINDOW), 0.05);
    vec2 inside = smoothstep(vec2(0.26, 0.22), vec2(0.22, 0.18), abs(pane));
    float bars = max(smoothstep(0.012, 0.022, abs(pane.x)), 0.25);
    float window = inside.x * inside.y * bars * step(0.0, dot(bounced, WINDOW));
    float fresnel = 0.04 + 0.6 * pow(1.0 - max(dot(n, v), 0.0), 5.0);
    vec3 room = 0.5 * ambient(bounced) * (0.5 + mirror);
    float share = clamp(mirror * 0.75 * window + fresnel * (0.7 + 2.0 * mirror) + 0.03, 0.0, 0.9);
    vec3 colour = mix(room * tint, 1.5 * key_colour, window * mirror);
    pixel = vec4(developed(colour), share);
}
"""
)

FRAME = (_VERTEX, _FRAME_FRAGMENT)
GLASS = (_VERTEX, _GLASS_FRAGMENT)
