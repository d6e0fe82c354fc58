"""Knitted cloth: ribs at the collar, a seam, and threads."""

from __future__ import annotations

from facesign.samples.studio.stage.shaders.common import FOLLOW, LIGHT, LIGHTING

__all__ = ["CLOTH"]

_VERTEX = (
    FOLLOW
    + LIGHTING
    + """
in vec3 position;
in vec3 normal;
in float share;
in vec3 shade;
in vec2 weave;
uniform vec3 tint;
out vec3 matt;
out vec3 fuzz;
out vec4 thread;
void main() {
    vec3 at = followed(position, share);
    vec3 n = normalize(followed_normal(normal, share)), v = normalize(camera - at);
    matt = tint * arriving(n, vec3(0.25), shade);
    float glance = 1.0 - max(dot(n, v), 0.0);
    fuzz = 0.06 * glance * glance * glance * tint * (0.4 * key_colour + sky);
    thread = vec4(weave, position.xy / 16.0);
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_FRAGMENT = (
    LIGHT
    + """
uniform sampler2D grain;
in vec3 matt;
in vec3 fuzz;
in vec4 thread;
out vec4 pixel;
void main() {
    float fleck = 0.90 + 0.2 * texture(grain, thread.zw).r;
    if (thread.y < 0.47) {
        float knit = 0.5 + 0.5 * sin(thread.x * 700.0);
        float collar = 1.0 - smoothstep(0.425, 0.435, thread.y);
        float off_seam = (thread.y - 0.44) / 0.008;
        fleck *= mix(1.0, 0.74 + 0.34 * knit, collar) * (1.0 - 0.45 * exp(-off_seam * off_seam));
    }
    pixel = vec4(developed(matt * fleck + fuzz), 1.0);
}
"""
)

CLOTH = (_VERTEX, _FRAGMENT)
