"""GLSL programs of the renderer: skin, eyes, hair, cloth and the plain parts.

All share one light: a soft window from the subject's right, a warm fill, a weak rim.
Colours are linear inside and leave through one tone curve.
"""

from __future__ import annotations

__all__ = ["BACKDROP", "CLOTH", "EYE", "HAIR", "LID_LINE", "MOUTH", "SKIN"]

_HEAD = """
#version 330
uniform mat4 view_projection;
uniform mat3 turn;
uniform vec3 pivot;
uniform vec3 shift;
vec3 neck_turn(vec3 p, float share) {
    return mix(p, turn * (p - pivot) + pivot + shift, share);
}
float neck_share(vec3 p) { return smoothstep(-15.0, -6.0, p.y + 0.4 * p.z); }
"""

_LIGHT = """
#version 330
uniform vec3 camera;
const vec3 KEY = vec3(-0.50, 0.45, 0.74);
const vec3 FILL = vec3(0.80, 0.12, 0.58);
const vec3 RIM = vec3(0.62, 0.45, -0.64);
const vec3 KEY_COLOUR = vec3(1.03, 0.99, 0.94) * 1.75;
const vec3 FILL_COLOUR = vec3(1.00, 0.90, 0.80) * 0.34;
const vec3 RIM_COLOUR = vec3(0.85, 0.92, 1.00) * 0.55;
const vec3 SKY = vec3(0.80, 0.84, 0.90) * 0.36;
const vec3 GROUND = vec3(0.62, 0.54, 0.48) * 0.22;
vec3 linear(vec3 c) { return pow(c, vec3(2.2)); }
vec3 developed(vec3 c) {
    c *= 0.62;
    c = (c * (2.51 * c + 0.03)) / (c * (2.43 * c + 0.59) + 0.14);
    return pow(clamp(c, 0.0, 1.0), vec3(1.0 / 2.2));
}
vec3 wrapped(float cosine, vec3 wrap) {
    return max((vec3(cosine) + wrap) / ((1.0 + wrap) * (1.0 + wrap)), 0.0);
}
float lobe(vec3 n, vec3 l, vec3 v, float power) {
    return pow(max(dot(n, normalize(l + v)), 0.0), power) * (power + 8.0) / 25.0;
}
vec3 ambient(vec3 n) { return mix(GROUND, SKY, 0.5 + 0.5 * n.y); }
float hash(vec3 p) {
    p = fract(p * vec3(443.897, 441.423, 437.195));
    p += dot(p, p.yzx + 19.19);
    return fract((p.x + p.y) * p.z);
}
float noise(vec3 p) {
    vec3 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    float a = mix(mix(hash(i), hash(i + vec3(1, 0, 0)), f.x),
                  mix(hash(i + vec3(0, 1, 0)), hash(i + vec3(1, 1, 0)), f.x), f.y);
    float b = mix(mix(hash(i + vec3(0, 0, 1)), hash(i + vec3(1, 0, 1)), f.x),
                  mix(hash(i + vec3(0, 1, 1)), hash(i + vec3(1, 1, 1)), f.x), f.y);
    return mix(a, b, f.z);
}
"""

_MESH_VERTEX = (
    _HEAD
    + """
in vec3 position;
in vec3 normal;
in vec3 rest;
in vec2 shade;
out vec3 at;
out vec3 facing;
out vec3 place;
out vec2 open_sky;
void main() {
    float share = neck_share(rest);
    at = neck_turn(position, share);
    facing = mix(normal, turn * normal, share);
    place = rest;
    open_sky = shade;
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_SKIN_FRAGMENT = (
    _LIGHT
    + """
uniform sampler2D paint;
uniform vec4 canvas;
in vec3 at;
in vec3 facing;
in vec3 place;
in vec2 open_sky;
out vec4 pixel;
void main() {
    vec2 texel = (place.xy - canvas.xz) / (canvas.yw - canvas.xz);
    vec4 painted = texture(paint, texel);
    vec3 albedo = linear(painted.rgb);
    vec3 v = normalize(camera - at);
    vec3 n = normalize(facing);
    float ao = clamp(open_sky.x, 0.0, 1.0), lit = clamp(open_sky.y, 0.0, 1.0);
    vec3 wrap = vec3(0.42, 0.20, 0.14);
    vec3 light = KEY_COLOUR * wrapped(dot(n, KEY), wrap) * pow(vec3(lit), vec3(0.8, 1.0, 1.1))
        + FILL_COLOUR * wrapped(dot(n, FILL), wrap) * ao
        + RIM_COLOUR * max(dot(n, RIM), 0.0) * ao
        + ambient(n) * pow(vec3(ao), vec3(0.85, 1.05, 1.15));
    float gloss = painted.a;
    float fresnel = 0.028 + 0.55 * pow(1.0 - max(dot(n, v), 0.0), 5.0);
    float shine = mix(11.0, 60.0, smoothstep(0.4, 0.8, gloss));
    float strength = fresnel * (0.55 + 1.3 * gloss);
    vec3 spec = strength * (KEY_COLOUR * lobe(n, KEY, v, shine) * lit
        + FILL_COLOUR * lobe(n, FILL, v, shine) * ao + 0.25 * ambient(reflect(-v, n)) * ao);
    pixel = vec4(developed(albedo * light + spec), 1.0);
}
"""
)

_MOUTH_FRAGMENT = (
    _LIGHT
    + """
uniform vec3 tint;
uniform float wet;
in vec3 at;
in vec3 facing;
in vec3 place;
in vec2 open_sky;
out vec4 pixel;
void main() {
    vec3 n = normalize(facing), v = normalize(camera - at);
    float aside = smoothstep(1.0, 2.6, abs(place.x));
    float depth = smoothstep(5.0, 10.8, place.z) * (1.0 - 0.6 * aside);
    vec3 light = (KEY_COLOUR * wrapped(dot(n, KEY), vec3(0.5)) + ambient(n) + 0.6 * FILL_COLOUR)
        * mix(0.02, 0.62, depth * depth);
    vec3 colour = linear(tint) * light + wet * 0.05 * lobe(n, KEY, v, 60.0) * depth * KEY_COLOUR;
    pixel = vec4(developed(colour), 1.0);
}
"""
)

_EYE_VERTEX = (
    _HEAD
    + """
uniform vec3 centre;
uniform mat3 gaze;
uniform float radius;
in vec3 position;
out vec3 at;
out vec3 look;
out vec3 facing;
out vec3 place;
void main() {
    float bulge = 0.09 * smoothstep(0.86, 1.0, position.z);
    vec3 local = gaze * (position * radius * (1.0 + bulge));
    place = centre + local;
    at = neck_turn(place, 1.0);
    look = position;
    facing = turn * gaze * position;
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_EYE_FRAGMENT = (
    _LIGHT
    + """
uniform vec3 iris;
uniform float pupil;
in vec3 at;
in vec3 look;
in vec3 facing;
in vec3 place;
out vec4 pixel;
void main() {
    vec3 n = normalize(facing), v = normalize(camera - at);
    float r = length(look.xy) / 0.415;
    float angle = atan(look.y, look.x);
    float fibre = noise(vec3(cos(angle) * 9.0, sin(angle) * 9.0, r * 2.5));
    float fine = noise(vec3(cos(angle) * 26.0, sin(angle) * 26.0, r * 3.0));
    vec3 colour = linear(iris) * (0.55 + 0.6 * fibre + 0.35 * fine);
    colour *= mix(1.25, 0.8, smoothstep(pupil, 0.85, r));
    colour += linear(iris) * 0.5 * exp(-pow((r - pupil - 0.12) / 0.10, 2.0));
    colour *= 1.0 - 0.75 * smoothstep(0.80, 1.0, r);
    colour = mix(vec3(0.004), colour, smoothstep(pupil - 0.05, pupil + 0.05, r));
    float vein = smoothstep(0.62, 0.9, noise(vec3(look.xy * 7.0, 1.7))) * smoothstep(1.1, 1.9, r);
    vec3 white = linear(vec3(0.86, 0.83, 0.81));
    white *= mix(vec3(1.0), vec3(0.95, 0.72, 0.68), 0.35 * vein);
    white = mix(white, linear(vec3(0.80, 0.60, 0.55)), 0.55 * smoothstep(1.25, 2.2, r));
    float rim = smoothstep(0.93, 1.07, r);
    colour = mix(colour, white, rim);
    vec3 soft = normalize(mix(n, vec3(0.0, 0.0, 1.0), 0.35));
    vec3 light = KEY_COLOUR * 0.62 * wrapped(dot(soft, KEY), vec3(0.5))
        + FILL_COLOUR * 0.7 * wrapped(dot(soft, FILL), vec3(0.5)) + ambient(n) * 0.8;
    vec3 mirror = reflect(-v, n);
    vec3 across = normalize(cross(vec3(0, 1, 0), KEY)), up = cross(KEY, across);
    float facing_key = dot(mirror, KEY);
    vec2 pane = vec2(dot(mirror, across), dot(mirror, up)) / max(facing_key, 0.05);
    float window = smoothstep(0.26, 0.20, abs(pane.x)) * smoothstep(0.34, 0.28, abs(pane.y));
    window *= step(0.0, facing_key);
    vec3 spec = vec3(1.5) * window + 0.03 * ambient(mirror);
    pixel = vec4(developed(colour * light + spec), 1.0);
}
"""
)

_STRIP_VERTEX = (
    _HEAD
    + """
in vec3 position;
in vec2 uv;
out vec2 strip;
void main() {
    strip = uv;
    vec4 clip = view_projection * vec4(neck_turn(position, 1.0), 1.0);
    clip.z -= 0.0006 * clip.w;
    gl_Position = clip;
}
"""
)

_LID_LINE_FRAGMENT = """
#version 330
in vec2 strip;
out vec4 pixel;
void main() {
    float upper = smoothstep(0.50, 1.0, strip.y);
    float lower = smoothstep(0.36, 0.0, strip.y);
    float margin = smoothstep(0.80, 0.90, strip.y);
    vec3 colour = mix(vec3(0.16, 0.07, 0.05), vec3(0.05, 0.03, 0.025), margin);
    pixel = vec4(colour, max(max(0.62 * upper * upper, 0.9 * margin), 0.30 * lower));
}
"""

_HAIR_VERTEX = (
    _HEAD
    + """
uniform float layer;
in vec3 position;
in vec3 normal;
in vec3 rest;
in vec2 shade;
in vec4 comb;
in vec2 strand;
out vec3 at;
out vec3 facing;
out vec3 along;
out vec2 lock;
out float cover;
out vec2 open_sky;
void main() {
    float share = neck_share(rest);
    vec3 raised = position + normal * comb.w * layer + comb.xyz * layer * layer;
    at = neck_turn(raised, share);
    facing = mix(normal, turn * normal, share);
    along = turn * normalize(comb.xyz + 0.001);
    lock = strand;
    cover = shade.x;
    open_sky = vec2(1.0);
    cover = comb.w;
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_HAIR_FRAGMENT = (
    _LIGHT
    + """
uniform sampler2D grain;
uniform vec3 tint;
uniform float layer;
in vec3 at;
in vec3 facing;
in vec3 along;
in vec2 lock;
in float cover;
in vec2 open_sky;
out vec4 pixel;
void main() {
    float coarse = texture(grain, lock * vec2(2.6, 0.35) / 256.0).r;
    float fine = texture(grain, lock * vec2(16.0, 0.7) / 256.0 + 0.5).r;
    float length_here = 0.62 + 0.22 * coarse + 0.30 * fine;
    float edge = smoothstep(0.0, 0.34, cover - 0.30 * fine);
    float alpha = smoothstep(layer - 0.10, layer + 0.14, length_here) * edge;
    if (alpha < 0.03) discard;
    vec3 n = normalize(facing), v = normalize(camera - at), t = normalize(along);
    vec3 half_way = normalize(KEY + v);
    float sine = sqrt(max(0.0, 1.0 - pow(dot(t, half_way), 2.0)));
    float sheen = pow(sine, 34.0) * max(dot(n, KEY) + 0.3, 0.0);
    float depth = mix(0.30, 1.0, layer);
    vec3 light = KEY_COLOUR * wrapped(dot(n, KEY), vec3(0.3))
        + 0.8 * FILL_COLOUR * wrapped(dot(n, FILL), vec3(0.4))
        + RIM_COLOUR * max(dot(n, RIM), 0.0) + ambient(n);
    vec3 base = linear(tint) * (0.45 + 0.6 * fine + 0.5 * coarse) * depth;
    vec3 colour = base * light + vec3(0.20, 0.17, 0.14) * sheen * (0.4 + fine) * depth;
    pixel = vec4(developed(colour), alpha);
}
"""
)

_CLOTH_VERTEX = (
    _HEAD
    + """
in vec3 position;
in vec3 normal;
in vec2 shade;
in vec2 weave;
out vec3 at;
out vec3 facing;
out vec2 open_sky;
out vec2 thread;
void main() {
    at = position + 0.12 * shift;
    facing = normal;
    open_sky = shade;
    thread = weave;
    gl_Position = view_projection * vec4(at, 1.0);
}
"""
)

_CLOTH_FRAGMENT = (
    _LIGHT
    + """
uniform sampler2D grain;
uniform vec3 tint;
in vec3 at;
in vec3 facing;
in vec2 open_sky;
in vec2 thread;
out vec4 pixel;
void main() {
    vec3 n = normalize(facing), v = normalize(camera - at);
    float knit = 0.5 + 0.5 * sin(thread.x * 700.0);
    float collar = 1.0 - smoothstep(0.425, 0.435, thread.y);
    float seam = 1.0 - 0.45 * exp(-pow((thread.y - 0.44) / 0.008, 2.0));
    float ribs = mix(1.0, 0.74 + 0.34 * knit, collar) * seam;
    float fleck = 0.90 + 0.2 * texture(grain, at.xy / 16.0).r;
    vec3 light = KEY_COLOUR * wrapped(dot(n, KEY), vec3(0.25)) * open_sky.y
        + FILL_COLOUR * wrapped(dot(n, FILL), vec3(0.25)) * open_sky.x
        + RIM_COLOUR * max(dot(n, RIM), 0.0) + ambient(n) * open_sky.x;
    float fuzz = 0.06 * pow(1.0 - max(dot(n, v), 0.0), 3.0);
    pixel = vec4(developed(linear(tint) * light * ribs * fleck + fuzz * linear(tint)), 1.0);
}
"""
)

_BACKDROP_VERTEX = """
#version 330
in vec2 corner;
out vec2 texel;
void main() {
    texel = 0.5 + 0.5 * corner;
    gl_Position = vec4(corner, 0.9999, 1.0);
}
"""

_BACKDROP_FRAGMENT = """
#version 330
uniform sampler2D picture;
in vec2 texel;
out vec4 pixel;
void main() { pixel = vec4(texture(picture, texel).rgb, 1.0); }
"""

SKIN = (_MESH_VERTEX, _SKIN_FRAGMENT)
MOUTH = (_MESH_VERTEX, _MOUTH_FRAGMENT)
EYE = (_EYE_VERTEX, _EYE_FRAGMENT)
LID_LINE = (_STRIP_VERTEX, _LID_LINE_FRAGMENT)
HAIR = (_HAIR_VERTEX, _HAIR_FRAGMENT)
CLOTH = (_CLOTH_VERTEX, _CLOTH_FRAGMENT)
BACKDROP = (_BACKDROP_VERTEX, _BACKDROP_FRAGMENT)
