"""Hair that hangs, is gathered or curls: an opaque core under a few thinning shells."""

from __future__ import annotations

from facesign.samples.studio.stage.shaders.common import FOLLOW, LIGHT, LIGHTING

__all__ = ["LOCKS"]

_VERTEX = (
    FOLLOW
    + LIGHTING
    + """
uniform float n_layers;
uniform vec3 tint;
uniform float curl;
in vec3 position;
in vec3 normal;
in float share;
in vec3 shade;
in vec4 comb;
in vec2 strand;
in float cover;
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
    n = dot(n, v) < 0.0 ? -n : n;
    vec3 share_of = vec3(shade.x, mix(0.25, 1.0, shade.y), shade.z);
    float depth = mix(0.42, 1.0, layer);
    matt = depth * tint * arriving(n, vec3(0.3), share_of);
    float across = dot(t, normalize(key_towards + v));
    float gleam = pow(max(0.0, 1.0 - across * across), 22.0) * shade.y * (1.0 - 0.8 * curl);
    sheen = 0.085 * depth * key_colour * gleam * max(dot(n, key_towards) + 0.25, 0.0);
    lock = vec3(strand, cover);
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_FRAGMENT = (
    LIGHT
    + """
uniform sampler2D grain;
uniform float curl;
uniform float core;
in vec3 matt;
in vec3 sheen;
in vec3 lock;
flat in float layer;
out vec4 pixel;
void main() {
    vec2 bent = lock.xy;
    if (curl > 0.0) bent += 0.35 * curl * vec2(sin(lock.y * 4.1), sin(lock.x * 4.7));
    vec2 coarse_scale = mix(vec2(2.2, 0.12), vec2(3.2, 3.2), curl);
    vec2 fine_scale = mix(vec2(14.0, 0.3), vec2(9.0, 9.0), curl);
    float coarse = texture(grain, bent * coarse_scale / 256.0).r;
    float fine = texture(grain, bent * fine_scale / 256.0 + 0.5).r;
    float length_here = 0.60 + 0.26 * coarse + 0.32 * fine - 0.30 * curl * (1.0 - coarse);
    float edge = smoothstep(0.05, 0.55, 1.35 * lock.z - 0.45 * fine - 0.2 * coarse);
    float alpha = smoothstep(layer - 0.10, layer + 0.14, length_here) * edge;
    if (alpha < mix(0.03, 0.5, core)) discard;
    float pit = mix(1.0, 0.55 + 0.75 * coarse, curl);
    vec3 colour = matt * (0.40 + 0.75 * fine + 0.55 * coarse) + sheen * (0.3 + 1.2 * fine);
    pixel = vec4(developed(colour * pit), mix(alpha, 1.0, core));
}
"""
)

LOCKS = (_VERTEX, _FRAGMENT)
