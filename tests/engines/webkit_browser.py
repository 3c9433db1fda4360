#!/usr/bin/python3
"""A WebKit browser for tests: unlike WebKit's own MiniBrowser under a driver, it keeps a profile.

Started by WebKitWebDriver, with the system's Python, which has WebKit's bindings. Arguments:
--requests=FILE, to which each address is added that a page asks for, and --profile=FOLDER; without
it nothing is kept, as in a private window.
"""

import argparse
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402  # their versions come first

SIZE = (1280, 800)


def context_of(profile: Path | None) -> WebKit2.WebContext:
    """Give what all windows share: where they keep data, if they do."""
    if profile is None:
        manager = WebKit2.WebsiteDataManager.new_ephemeral()
    else:
        manager = WebKit2.WebsiteDataManager(
            base_data_directory=str(profile / "data"), base_cache_directory=str(profile / "cache")
        )
    return WebKit2.WebContext.new_with_website_data_manager(manager)


def window_of(context: WebKit2.WebContext, requests: Path) -> WebKit2.WebView:
    """Open a window that the driver can steer."""
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    window = Gtk.Window(default_width=SIZE[0], default_height=SIZE[1])
    window.add(view)
    window.show_all()

    def note(_view: WebKit2.WebView, _resource: object, request: WebKit2.URIRequest) -> None:
        with requests.open("a", encoding="utf-8") as file:
            file.write(request.get_uri() + "\n")

    view.connect("resource-load-started", note)
    view.connect("close", lambda _: window.destroy())
    return view


def main() -> None:
    """Wait for a driver and do as it says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=Path, required=True)
    parser.add_argument("--profile", type=Path)
    options, _ = parser.parse_known_args()
    context = context_of(options.profile)

    def begin(_context: WebKit2.WebContext, session: WebKit2.AutomationSession) -> None:
        told = WebKit2.ApplicationInfo()
        told.set_name("MiniBrowser")  # the name that the driver asks for
        told.set_version(
            WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version()
        )
        session.set_application_info(told)
        session.connect("create-web-view", lambda _: window_of(context, options.requests))

    context.connect("automation-started", begin)
    context.set_automation_allowed(True)
    Gtk.main()


main()
