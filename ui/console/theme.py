"""How the console looks: calm, one accent colour, white space, figures of one width."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.themes.utils.colors import Color

__all__ = ["console_theme"]

# A dark teal; its 700 on white and its 300 on the dark ground keep a contrast of 4.5 and more.
_TEAL = Color(
    name="teal",
    c50="#f0f7f7", c100="#dcebeb", c200="#bad8d8", c300="#86bdbd", c400="#4f9d9e",
    c500="#2b8182", c600="#1d696b", c700="#175557", c800="#154546", c900="#12393a", c950="#0a2324",
)  # fmt: skip
_STONE = Color(
    name="stone",
    c50="#fafaf9", c100="#f3f4f3", c200="#e5e7e6", c300="#cfd3d1", c400="#98a09d",
    c500="#68716e", c600="#505855", c700="#3c4340", c800="#262c2a", c900="#1a1f1d", c950="#121615",
)  # fmt: skip
# Fonts of the machine alone: nothing is fetched.
_FONTS = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
_FIXED = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def console_theme() -> gr.themes.Base:
    """Return the console's theme, light and dark."""
    theme = gr.themes.Base(
        primary_hue=_TEAL,
        secondary_hue=_TEAL,
        neutral_hue=_STONE,
        text_size="md",
        spacing_size="md",
        radius_size="md",
        font=_FONTS,
        font_mono=_FIXED,
    )
    settings: dict[str, Any] = {
        "body_background_fill": "*neutral_50",
        "body_background_fill_dark": "*neutral_950",
        "body_text_color": "*neutral_900",
        "body_text_color_dark": "*neutral_100",
        "body_text_color_subdued": "*neutral_600",
        "body_text_color_subdued_dark": "*neutral_400",
        "block_background_fill": "white",
        "block_background_fill_dark": "*neutral_900",
        "block_border_color": "*neutral_200",
        "block_border_color_dark": "*neutral_800",
        "block_border_width": "1px",
        "block_shadow": "none",
        "block_radius": "8px",
        "container_radius": "8px",
        "input_radius": "8px",
        "button_large_radius": "8px",
        "button_medium_radius": "8px",
        "button_small_radius": "8px",
        "table_radius": "8px",
        "checkbox_background_color_selected": "*primary_700",
        "checkbox_background_color_selected_dark": "*primary_500",
        "checkbox_border_color": "*neutral_400",
        "checkbox_border_color_dark": "*neutral_500",
        "checkbox_border_color_selected": "*primary_700",
        "checkbox_border_color_selected_dark": "*primary_500",
        "checkbox_label_border_color": "*neutral_300",
        "checkbox_label_border_color_dark": "*neutral_700",
        "block_label_text_color": "*neutral_600",
        "block_label_text_color_dark": "*neutral_300",
        "block_title_text_color": "*neutral_700",
        "block_title_text_color_dark": "*neutral_300",
        "block_title_text_weight": "500",
        "block_info_text_color": "*neutral_600",
        "block_info_text_color_dark": "*neutral_400",
        "input_background_fill": "white",
        "input_background_fill_dark": "*neutral_950",
        "input_border_width": "1px",
        "input_border_color": "*neutral_300",
        "input_border_color_dark": "*neutral_700",
        "input_border_color_focus": "*primary_600",
        "input_border_color_focus_dark": "*primary_400",
        "input_placeholder_color": "*neutral_500",
        "input_placeholder_color_dark": "*neutral_400",
        "button_primary_background_fill": "*primary_700",
        "button_primary_background_fill_dark": "*primary_300",
        "button_primary_background_fill_hover": "*primary_800",
        "button_primary_background_fill_hover_dark": "*primary_200",
        "button_primary_text_color": "white",
        "button_primary_text_color_dark": "*neutral_950",
        "button_primary_text_color_hover_dark": "*neutral_950",
        "button_secondary_background_fill": "white",
        "button_secondary_background_fill_dark": "*neutral_800",
        "button_secondary_background_fill_hover": "*neutral_100",
        "button_secondary_background_fill_hover_dark": "*neutral_700",
        "button_secondary_border_color": "*neutral_300",
        "button_secondary_border_color_dark": "*neutral_700",
        "button_secondary_text_color": "*neutral_900",
        "button_secondary_text_color_dark": "*neutral_100",
        "button_border_width": "1px",
        "button_primary_border_color": "transparent",
        "button_primary_border_color_dark": "transparent",
        "button_primary_border_color_hover": "transparent",
        "button_primary_border_color_hover_dark": "transparent",
        "button_primary_shadow": "none",
        "button_secondary_shadow": "none",
        "button_primary_shadow_hover": "none",
        "button_secondary_shadow_hover": "none",
        "button_primary_shadow_active": "none",
        "button_secondary_shadow_active": "none",
        "button_transition": "none",
        "link_text_color": "*primary_700",
        "link_text_color_dark": "*primary_300",
        "link_text_color_hover": "*primary_800",
        "link_text_color_hover_dark": "*primary_200",
        "table_even_background_fill": "white",
        "table_even_background_fill_dark": "*neutral_900",
        "table_odd_background_fill": "white",
        "table_odd_background_fill_dark": "*neutral_900",
    }
    return theme.set(**settings)
