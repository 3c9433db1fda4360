"""Chromium, Firefox and WebKit, driven in one way: Selenium's WebDriver."""
