"""The two looks of exported messages as inline styles: the window's colours, on paper."""

from __future__ import annotations

from dataclasses import dataclass

_SANS = "system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans CJK SC',sans-serif"
_MONO = "ui-monospace,'Cascadia Mono','SF Mono','DejaVu Sans Mono',monospace"


@dataclass(frozen=True, slots=True)
class Look:
    """Hex colours; `roles` are those of code."""

    ink: str
    muted: str
    line: str
    panel: str
    accent: str
    roles: dict[str, str]

    @property
    def text(self) -> str:
        return f"color:{self.ink};font:14px/1.5 {_SANS};overflow-wrap:anywhere"

    @property
    def code(self) -> str:
        return f"background:{self.panel};font-family:{_MONO};font-size:13px;padding:1px 4px;border-radius:4px"

    @property
    def block(self) -> str:
        return (
            f"background:{self.panel};border:1px solid {self.line};border-radius:10px;padding:12px;"
            f"font:13px/1.4 {_MONO};white-space:pre-wrap;direction:ltr;text-align:left"
        )

    def tag(self, name: str) -> str:
        """The style of a plain tag, '' where the page's own is right."""
        return {
            "table": "border-collapse:collapse;margin:12px 0",
            "th": f"border-bottom:1px solid {self.muted};padding:6px 12px;font-weight:600;text-align:start",
            "td": f"border-bottom:1px solid {self.line};padding:6px 12px",
            "blockquote": f"border-inline-start:3px solid {self.line};margin:12px 0;padding-inline-start:13px",
            "hr": f"border:0;border-top:1px solid {self.line};margin:16px 0",
            "a": f"color:{self.accent}",
            "muted": f"color:{self.muted}",
            "h1": "font-size:20px;font-weight:600;margin:16px 0 8px",
            "h2": "font-size:17px;font-weight:600;margin:16px 0 8px",
            "h3": "font-size:15px;font-weight:600;margin:16px 0 8px",
            "h4": "font-size:14px;font-weight:600;margin:16px 0 8px",
            "h5": "font-size:14px;font-weight:600;margin:16px 0 8px",
            "h6": "font-size:14px;font-weight:600;margin:16px 0 8px",
        }.get(name, "")


LIGHT = Look(
    ink="#1d1c1a",
    muted="#6d6a64",
    line="#e3dfd8",
    panel="#f3f1ed",
    accent="#0f766e",
    roles={"keyword": "#7b3fa0", "string": "#1f7a33", "number": "#a34a00", "comment": "#77736c"},
)
DARK = Look(
    ink="#ecebe7",
    muted="#a3a099",
    line="#343431",
    panel="#1e1e1c",
    accent="#3ec9b6",
    roles={"keyword": "#c792ea", "string": "#9fd18b", "number": "#f0a96b", "comment": "#8d8981"},
)
