#!/usr/bin/python3
"""A WebKit browser for tests; unlike WebKit's MiniBrowser it stores a profile under a driver, too.

WebKitWebDriver starts it with the system's Python, which has WebKit's bindings. Arguments:
--requests=FILE gets a line with each address that a page requests.
--touches=FIFO gives strokes of a finger, one a line: the driver would send a mouse instead.
--profile=FOLDER is where sites store their data; without it they do so in a private window.
"""

import argparse
import ctypes
import json
import os
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gdk, GLib, Gtk, WebKit2  # noqa: E402  # their versions come first

SIZE = (1280, 800)
FINGER = 1


class GdkEventTouch(ctypes.Structure):
    """The head of GDK's structure, up to `sequence`, the finger, which the bindings can't set."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("window", ctypes.c_void_p),
        ("send_event", ctypes.c_int8),
        ("time", ctypes.c_uint32),
        ("x", ctypes.c_double),
        ("y", ctypes.c_double),
        ("axes", ctypes.c_void_p),
        ("state", ctypes.c_uint),
        ("sequence", ctypes.c_void_p),
    )


def context_of(profile: Path | None) -> WebKit2.WebContext:
    """Return what all windows share: the storage of the profile, or of a private window."""
    if profile is None:
        manager = WebKit2.WebsiteDataManager.new_ephemeral()
    else:
        manager = WebKit2.WebsiteDataManager(
            base_data_directory=str(profile / "data"), base_cache_directory=str(profile / "cache")
        )
    return WebKit2.WebContext.new_with_website_data_manager(manager)


def window_of(context: WebKit2.WebContext, requests: Path) -> WebKit2.WebView:
    """Open a window that the driver controls."""
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    window = Gtk.Window(default_width=SIZE[0], default_height=SIZE[1])
    window.add(view)
    window.show_all()

    def record(_view: WebKit2.WebView, _resource: object, request: WebKit2.URIRequest) -> None:
        with requests.open("a", encoding="utf-8") as file:
            file.write(request.get_uri() + "\n")

    view.connect("resource-load-started", record)
    view.connect("close", lambda _: window.destroy())
    return view


def touch(view: WebKit2.WebView, kind: Gdk.EventType, x: float, y: float) -> None:
    """Send a touch event to a window, as a touch screen would."""
    event = Gdk.Event.new(kind)
    event.touch.window = view.get_window()
    event.touch.x, event.touch.y = x, y
    pointer = Gdk.Display.get_default().get_default_seat().get_pointer()
    event.set_device(pointer)
    event.set_source_device(pointer)
    GdkEventTouch.from_address(hash(event)).sequence = FINGER  # a boxed value's hash is its address
    Gtk.main_do_event(event)


def draw_by_touch(view: WebKit2.WebView, places: list) -> None:
    """Draw a stroke by touch."""
    touch(view, Gdk.EventType.TOUCH_BEGIN, *places[0])
    for place in places[1:]:
        touch(view, Gdk.EventType.TOUCH_UPDATE, *place)
    touch(view, Gdk.EventType.TOUCH_END, *places[-1])


def main() -> None:
    """Run the browser until its driver ends it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=Path, required=True)
    parser.add_argument("--touches", type=Path, required=True)
    parser.add_argument("--profile", type=Path)
    options, _ = parser.parse_known_args()
    context = context_of(options.profile)
    views: list[WebKit2.WebView] = []

    def open_view(_session: WebKit2.AutomationSession) -> WebKit2.WebView:
        view = window_of(context, options.requests)
        view.connect("close", views.remove)
        views.append(view)
        return view

    def read(_fd: int, _condition: GLib.IOCondition) -> bool:
        for stroke in os.read(touches, 1 << 16).splitlines():
            draw_by_touch(views[-1], json.loads(stroke))
        return True

    def begin(_context: WebKit2.WebContext, session: WebKit2.AutomationSession) -> None:
        info = WebKit2.ApplicationInfo()
        info.set_name("MiniBrowser")  # the name that the driver asks for
        info.set_version(
            WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version()
        )
        session.set_application_info(info)
        session.connect("create-web-view", open_view)

    context.connect("automation-started", begin)
    context.set_automation_allowed(True)
    # Opened for writing too: the FIFO would else end with each writer.
    touches = os.open(options.touches, os.O_RDWR)
    GLib.io_add_watch(touches, GLib.IO_IN, read)
    Gtk.main()


main()
