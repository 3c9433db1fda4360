#!/usr/bin/python3
"""A program with WebKit, for tests. WebKitWebDriver starts and controls it.

Unlike WebKit's MiniBrowser, it stores a profile even when a driver controls it. It runs with the
system's Python, which has the bindings for WebKit. Arguments:
--requests=FILE: the browser appends a line to this file for each address that a page requests.
--touches=FIFO: the browser reads strokes from this FIFO, one JSON list of points per line, and
draws them with touch events. WebKitWebDriver would send mouse events instead.
--profile=FOLDER: sites store their data in this folder. Without it the window is private.
--no-optimisation: compile WebAssembly with the fast compiler alone.
"""

import argparse
import ctypes
import json
import os
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gdk, GLib, Gtk, WebKit2  # noqa: E402  # after their versions are set

WINDOW_SIZE = (1280, 800)
"""Width and height of the browser window, in pixels, as in tests/engines/browser.py."""
FINGER_ID = 1


class GdkEventTouch(ctypes.Structure):
    """The first fields of GDK's structure of this name, up to `sequence`: the ID of the finger.

    It is set through this class, because the bindings can't set it.
    """

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


def create_context(profile: Path | None) -> WebKit2.WebContext:
    """Return a WebKit context that stores data in the profile, or in memory if there is none."""
    if profile is None:
        manager = WebKit2.WebsiteDataManager.new_ephemeral()
    else:
        manager = WebKit2.WebsiteDataManager(
            base_data_directory=str(profile / "data"), base_cache_directory=str(profile / "cache")
        )
    return WebKit2.WebContext.new_with_website_data_manager(manager)


def open_window(context: WebKit2.WebContext, requests: Path) -> WebKit2.WebView:
    """Open a window that the driver controls; record its requests in a file; return its view."""
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True)
    # On a virtual display, OpenGL runs in software and takes a third of the processor time.
    view.get_settings().set_hardware_acceleration_policy(WebKit2.HardwareAccelerationPolicy.NEVER)
    # Reduced motion: see `Browser` in browser.py.
    Gtk.Settings.get_default().set_property("gtk-enable-animations", False)
    window = Gtk.Window(default_width=WINDOW_SIZE[0], default_height=WINDOW_SIZE[1])
    window.add(view)
    window.show_all()

    def record_request(
        _view: WebKit2.WebView, _resource: object, request: WebKit2.URIRequest
    ) -> None:
        with requests.open("a", encoding="utf-8") as file:
            file.write(request.get_uri() + "\n")

    view.connect("resource-load-started", record_request)
    view.connect("close", lambda _: window.destroy())
    return view


def send_touch(view: WebKit2.WebView, kind: Gdk.EventType, x: float, y: float) -> None:
    """Send a touch event to a view, as a touch screen would.

    Args:
        view: the view.
        kind: touch begin, update or end.
        x: horizontal position in pixels of the viewport.
        y: vertical position in pixels of the viewport.
    """
    event = Gdk.Event.new(kind)
    event.touch.window = view.get_window()
    event.touch.x, event.touch.y = x, y
    pointer = Gdk.Display.get_default().get_default_seat().get_pointer()
    event.set_device(pointer)
    event.set_source_device(pointer)
    # In the bindings, the hash of such an object is its address.
    GdkEventTouch.from_address(hash(event)).sequence = FINGER_ID
    Gtk.main_do_event(event)


def draw_by_touch(view: WebKit2.WebView, points: list) -> None:
    """Draw a stroke with touch events; points are in pixels of the viewport."""
    send_touch(view, Gdk.EventType.TOUCH_BEGIN, *points[0])
    for point in points[1:]:
        send_touch(view, Gdk.EventType.TOUCH_UPDATE, *point)
    send_touch(view, Gdk.EventType.TOUCH_END, *points[-1])


def main() -> None:
    """Run the browser until the driver closes it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=Path, required=True)
    parser.add_argument("--touches", type=Path, required=True)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--no-optimisation", action="store_true")
    options, _ = parser.parse_known_args()
    if options.no_optimisation:
        # The processes that WebKit starts inherit it.
        os.environ["JSC_useOMGJIT"] = "0"  # noqa: SIM112  # the name that WebKit reads
    context = create_context(options.profile)
    views: list[WebKit2.WebView] = []

    def open_view(_session: WebKit2.AutomationSession) -> WebKit2.WebView:
        view = open_window(context, options.requests)
        view.connect("close", views.remove)
        views.append(view)
        return view

    def draw_strokes(_fd: int, _condition: GLib.IOCondition) -> bool:
        for stroke in os.read(touch_fifo, 1 << 16).splitlines():
            draw_by_touch(views[-1], json.loads(stroke))
        return True

    def start_session(_context: WebKit2.WebContext, session: WebKit2.AutomationSession) -> None:
        info = WebKit2.ApplicationInfo()
        info.set_name("MiniBrowser")  # the name that WebKitWebDriver expects
        info.set_version(
            WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version()
        )
        session.set_application_info(info)
        session.connect("create-web-view", open_view)

    context.connect("automation-started", start_session)
    context.set_automation_allowed(True)
    # Opened also for writing: otherwise the FIFO would end as soon as the first writer closes it.
    touch_fifo = os.open(options.touches, os.O_RDWR)
    GLib.io_add_watch(touch_fifo, GLib.IO_IN, draw_strokes)
    Gtk.main()


main()
