"""An answer as a page to look at: the player, the evidence on its timeline, and how the answer came about."""

from .file import check_embedded, known, write_report
from .page import report_html
from .shown import ShownVideo, shown_videos

__all__ = ["ShownVideo", "check_embedded", "known", "report_html", "shown_videos", "write_report"]
