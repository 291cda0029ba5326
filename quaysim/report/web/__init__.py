"""`report.html`: the run for people. One file, readable without JavaScript, on a phone and in the dark."""

from quaysim.report.web.page import page

__all__ = ["page"]
