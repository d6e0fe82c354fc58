"""Hair as shells above the skin: strands thin out from layer to layer."""

from __future__ import annotations

from facesign.samples.studio.stage.shaders.common import FOLLOW, LIGHT, LIGHTING

__all__ = ["HAIR"]

_VERTEX = (
    FOLLOW
    + LIGHTING
    + """
uniform float n_layers;
uniform vec3 tint;
in vec3 position;
in vec3 normal;
in float share;
in vec3 shade;
in vec4 comb;
in vec2 strand;
out vec3 matt;
out vec3 sheen;
out vec3 lock;
flat out float layer;
void main() {
    layer = float(gl_InstanceID) / max(n_layers - 1.0, 1.0);
    vec3 raised = position + normal * comb.w * layer + comb.xyz * layer * layer;
    vec3 at = followed(raised, share);
    vec3 n = normalize(followed_normal(normal, share)), v = normalize(camera - at);
    vec3 t = normalize(followed_normal(comb.xyz + 0.001, share));
    float depth = mix(0.30, 1.0, layer);
    matt = depth * tint * arriving(n, vec3(0.3), vec3(1.0, 1.0, shade.z));
    float across = dot(t, normalize(key_towards + v));
    float gleam = pow(max(0.0, 1.0 - across * across), 17.0);
    sheen = 0.115 * depth * key_colour * gleam * max(dot(n, key_towards) + 0.3, 0.0);
    lock = vec3(strand, comb.w);
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_FRAGMENT = (
    LIGHT
    + """
uniform sampler2D grain;
in vec3 matt;
in vec3 sheen;
in vec3 lock;
flat in float layer;
out vec4 pixel;
void main() {
    float coarse = texture(grain, lock.xy * vec2(2.6, 0.35) / 256.0).r;
    float fine = texture(grain, lock.xy * vec2(16.0, 0.7) / 256.0 + 0.5).r;
    float length_here = 0.62 + 0.22 * coarse + 0.30 * fine;
    float edge = smoothstep(0.0, 0.34, lock.z - 0.30 * fine);
    float alpha = smoothstep(layer - 0.10, layer + 0.14, length_here) * edge;
    vec3 colour = matt * (0.45 + 0.6 * fine + 0.5 * coarse) + sheen * (0.4 + fine);
    pixel = vec4(developed(colour), alpha);
}
"""
)

HAIR = (_VERTEX, _FRAGMENT)
