"""One plot: dots, a running line, a band; the mouse or the arrow keys tell about each answer.

Imports pyqtgraph and with it numpy, together about a second: only the dialog does that, in the background.
"""

from __future__ import annotations

import pyqtgraph
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nexu_desktop.ui import theme
from nexu_desktop.ui.accuracy.curves import Curve

AXIS_WIDTH, AXIS_HEIGHT, LEAST_HEIGHT = 48, 22, 128
DOT, SMALL_DOT, RING = 7, 5, 11  # px
MANY = 150  # dots that are drawn small
DATES = 4
TIP_GAP = 12
LEAST_SPAN = 11  # with fewer answers the dots keep to the left


class Plot(QFrame):
    """The title above, the words on the answer under the pointer beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.curve: Curve | None = None
        self.place: int | None = None
        self._colours = theme.LIGHT
        self._title = _label(theme.SIZE_CAPTION, QFont.Weight.DemiBold)
        self._legend = _label(theme.SIZE_CAPTION)
        self._legend.setObjectName("legend")
        self._canvas = pyqtgraph.PlotWidget()
        self._view: QGraphicsView = self._canvas
        self._prepare()
        self._ring = pyqtgraph.ScatterPlotItem(size=RING)
        self.empty = _label(theme.SIZE_CAPTION)
        self.empty.setObjectName("legend")
        self.empty.setParent(self)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._tip = _label(theme.SIZE_CAPTION)
        self._tip.setParent(self)
        self._tip.setObjectName("tip")
        self._tip.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._tip.hide()
        self._arrange()

    def show_curve(self, curve: Curve) -> None:
        self.curve, self.place = curve, None
        self._title.setText(curve.title)
        self._legend.setText(curve.legend)
        self.empty.setText(curve.empty)
        self.setAccessibleName(curve.title)
        self._draw()

    def apply_theme(self, c: theme.Colours) -> None:
        self._colours = c
        self.setStyleSheet(
            f"#plot {{ background: {c.card}; border: 2px solid {c.card}; border-radius: {theme.RADIUS_CARD}px; }}"
            f"#plot:focus {{ border-color: {c.accent}; }}"
            f"QLabel {{ color: {c.text}; background: transparent; }} #legend {{ color: {c.muted}; }}"
            f"#tip {{ background: {c.panel}; border: 1px solid {c.line};"
            f" border-radius: {theme.RADIUS_CONTROL}px; padding: 6px 8px; }}"
        )
        self._canvas.setBackground(c.card)
        for side in ("left", "bottom"):
            axis = self._canvas.getAxis(side)
            axis.setPen(c.line)
            axis.setTextPen(c.muted)
        self._draw()

    def point_at(self, place: int | None) -> None:
        """Tell about one answer, by its place from the oldest; None: about none."""
        curve = self.curve
        if curve is None or not curve.tips:
            return
        self.place = None if place is None else min(max(place, 0), len(curve.tips) - 1)
        self._mark()

    def told(self) -> str:
        """The words on the answer pointed at, '' for none."""
        return self.curve.tips[self.place] if self.curve and self.place is not None else ""

    # --- drawing ---

    def _draw(self) -> None:
        item = self._canvas.getPlotItem()
        item.clear()
        curve, c = self.curve, self._colours
        if curve is None:
            return
        if curve.target is not None:
            dashes = pyqtgraph.mkPen(c.faint, width=1, style=Qt.PenStyle.DashLine)
            item.addItem(pyqtgraph.InfiniteLine(curve.target, angle=0, pen=dashes))
        self._draw_band(curve)
        self._draw_dots(curve)
        places, heights = _known(curve.line)
        if heights:
            pen = pyqtgraph.mkPen(c.text, width=2)
            item.addItem(pyqtgraph.PlotDataItem(places, heights, pen=pen, antialias=True))
        item.addItem(self._ring)
        item.setXRange(-1, max(len(curve.tips), LEAST_SPAN), padding=0)
        item.setYRange(curve.lowest, curve.highest, padding=0)
        self._canvas.getAxis("left").setTicks([list(curve.ticks), []] if curve.ticks else None)
        self._canvas.getAxis("bottom").setTicks([_dates(curve.days), []])
        self._mark()

    def _draw_band(self, curve: Curve) -> None:
        known = [(place, edges) for place, edges in enumerate(curve.band) if edges is not None]
        if len(known) < 2:
            return
        places = [place for place, _ in known]
        low, high = (
            pyqtgraph.PlotCurveItem(places, [edges[side] for _, edges in known], pen=None) for side in (0, 1)
        )
        ground = pyqtgraph.mkBrush(self._colours.accent_soft)
        self._canvas.addItem(pyqtgraph.FillBetweenItem(low, high, brush=ground))

    def _draw_dots(self, curve: Curve) -> None:
        places, heights = _known(curve.dots)
        if not heights:
            return
        plain, warned = (_soft(ink) for ink in (self._colours.accent, self._colours.warning))
        brushes = [pyqtgraph.mkBrush(warned if curve.warned[place] else plain) for place in places]
        dots = pyqtgraph.ScatterPlotItem(
            places,
            heights,
            size=SMALL_DOT if len(places) > MANY else DOT,
            pen=None,
            brush=brushes,
            antialias=True,
        )
        self._canvas.addItem(dots)

    def _mark(self) -> None:
        curve, place = self.curve, self.place
        if curve is None:
            return
        height = None if place is None else curve.height(place)
        self.setAccessibleDescription(self.told() or curve.said)
        self._tip.setVisible(place is not None)
        if place is None or height is None:
            self._ring.setData([], [])
        else:
            ring = pyqtgraph.mkPen(self._colours.accent, width=2)
            self._ring.setData([place], [height], pen=ring, brush=None)
        if place is not None:
            self._place_tip(place, curve.lowest if height is None else height)

    def _place_tip(self, place: int, height: float) -> None:
        """Beside the answer, on the side where there is room."""
        self._tip.setText(self.told())
        self._tip.adjustSize()
        scene = self._canvas.getViewBox().mapViewToScene(QPointF(place, height))
        at = self._view.viewport().mapTo(self, self._view.mapFromScene(scene))
        left = at.x() + TIP_GAP
        if left + self._tip.width() > self.width() - 4:
            left = at.x() - TIP_GAP - self._tip.width()
        top = min(max(at.y() - self._tip.height() // 2, 4), self.height() - self._tip.height() - 4)
        self._tip.move(max(left, 4), top)
        self._tip.raise_()

    # --- pointing ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What the pointer does over the canvas."""
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            scene = self._view.mapToScene(event.position().toPoint())
            self.point_at(round(self._canvas.getViewBox().mapSceneToView(scene).x()))
        elif event.type() == QEvent.Type.Leave:
            self.point_at(None)
        elif event.type() == QEvent.Type.MouseButtonPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self.curve.tips) - 1 if self.curve else 0
        here = last + 1 if self.place is None else self.place
        steps = {
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Right: min(here + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if event.key() in steps:
            self.point_at(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape and self.place is not None:
            self.point_at(None)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.point_at(None)
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.empty.setGeometry(self.rect())
        self.empty.raise_()
        self.point_at(None)

    # --- making ---

    def _prepare(self) -> None:
        """A picture, not a tool: no dragging, zooming, menu or button of the library."""
        canvas, item = self._canvas, self._canvas.getPlotItem()
        item.setMouseEnabled(x=False, y=False)
        item.setMenuEnabled(False)
        item.hideButtons()
        item.layout.setContentsMargins(0, 6, 0, 0)  # the topmost figure of an axis is not cut
        for side, length in (("left", AXIS_WIDTH), ("bottom", AXIS_HEIGHT)):
            axis = canvas.getAxis(side)
            axis.setStyle(tickFont=theme.font(theme.SIZE_CAPTION - 1), tickLength=0, tickTextOffset=6)
            axis.enableAutoSIPrefix(False)
            axis.setWidth(length) if side == "left" else axis.setHeight(length)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setFrameShape(QFrame.Shape.NoFrame)
        self._view.setMouseTracking(True)
        self._view.viewport().installEventFilter(self)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_S)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_S, 6, theme.GAP_S, 4)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._view, 1)


def _label(size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QLabel:
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(theme.font(size, weight=weight))
    return made


def _known(values: tuple[float | None, ...]) -> tuple[list[int], list[float]]:
    pairs = [(place, value) for place, value in enumerate(values) if value is not None]
    return [place for place, _ in pairs], [value for _, value in pairs]


def _soft(ink: str) -> QColor:
    """Dots that lie on each other stay visible."""
    colour = QColor(ink)
    colour.setAlpha(190)
    return colour


def _dates(days: tuple[str, ...]) -> list[tuple[float, str]]:
    """A few, evenly spread; the same day once."""
    if not days:
        return []
    step = max((len(days) - 1) / (DATES - 1), 1.0)
    places = sorted({round(number * step) for number in range(DATES)} & set(range(len(days))))
    shown: list[tuple[float, str]] = []
    for place in places:
        if not shown or shown[-1][1] != days[place]:
            shown.append((float(place), days[place]))
    return shown
