"""The Python packages of a page: files beside it, wheels, and packages of a distribution."""

import hashlib
import io
import json
import zipfile

import pytest

from offline_onnx_page.errors import SiteError
from offline_onnx_page.site.packages.packing import Packages
from offline_onnx_page.site.packages.settings import Settings
from offline_onnx_page.site.packages.wheels import Target, Wheel
from tests.unit.site.small_wheels import (
    COMPILED,
    LOCK,
    PLATFORM,
    write_distribution,
    write_wheel,
)

TARGET = Target.of_lock(LOCK)


def pack(page, *packages, pyodide=""):
    """Return the packages of a page."""
    return Packages(page, Settings(packages, pyodide), LOCK)


def written(packages, folder):
    """Write packages into a new folder; return the contents of the zip, and the other files."""
    folder.mkdir()
    packages.write(folder)
    files = {file.name: file.read_bytes() for file in folder.glob("*/*")}
    archive = files.pop("packages.zip", None)
    if archive is None:
        return {}, files
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}, files


def message(page, *packages, pyodide=""):
    """Return the message of the SiteError that packing raises, which is one line."""
    with pytest.raises(SiteError) as caught:
        pack(page, *packages, pyodide=pyodide)._archive()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def pin(page, *wheels):
    """Move wheels to where fetched wheels lie, and pin them."""
    lock, folder = {}, page / "wheels"
    folder.mkdir()
    for each in wheels:
        wheel = Wheel(each.rename(folder / each.name))
        entry = {"version": wheel.version, "file": each.name, "sha256": wheel.sha256}
        lock[wheel.name] = entry
    (page / "page.lock").write_text(json.dumps(lock))


def test_a_page_without_packages_has_no_folder_for_them(tmp_path):
    packages = pack(tmp_path)
    assert packages.write(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []
    assert packages.exports["packages"] == {"load": [], "archive": ""}


def test_modules_and_folders_become_one_zip(tmp_path):
    (tmp_path / "helper.py").write_text("one")
    package = tmp_path / "pack"
    for path in ("__init__.py", "data/words.txt", "built/service-worker.js", "sub/__init__.py"):
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text(path)
    for path in ("__pycache__/x.pyc", ".hidden", "sub/.git/config"):
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text("no")
    contents, others = written(pack(tmp_path, "helper.py", "pack/", "./helper.py"), tmp_path / "o")
    assert contents == {
        "helper.py": "one",
        "pack/__init__.py": "__init__.py",
        "pack/built/service-worker.js": "built/service-worker.js",
        "pack/data/words.txt": "data/words.txt",
        "pack/sub/__init__.py": "sub/__init__.py",
    }
    assert others == {}


def test_a_package_may_lie_outside_of_the_page(tmp_path):
    page, shared = tmp_path / "page", tmp_path / "shared"
    page.mkdir()
    shared.mkdir()
    (shared / "m.py").write_text("m")
    packages = pack(page, "../shared", str(shared / "m.py"))
    assert written(packages, tmp_path / "o")[0] == {"m.py": "m", "shared/m.py": "m"}


@pytest.mark.parametrize("entry", ["", ".", "..", "./", "sub/.."])
def test_the_page_itself_is_no_package(tmp_path, entry):
    page = tmp_path / "page"
    (page / "sub").mkdir(parents=True)
    assert "contains the page itself" in message(page, entry)


def test_missing_files_are_named(tmp_path):
    assert "nothing.py does not exist" in message(tmp_path, "nothing.py")
    assert "a-1-py3-none-any.whl does not exist" in message(tmp_path, "a-1-py3-none-any.whl")
    assert "'lib/part' is neither a file" in message(tmp_path, "lib/part")
    assert "is neither a file" in message(tmp_path, "a\nb c")


def test_two_modules_of_the_same_name_are_refused(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.py").write_text(folder)
    assert "would both be m.py: rename one" in message(tmp_path, "one/m.py", "two/m.py")


def test_a_pure_wheel_is_unpacked_into_the_zip(tmp_path):
    wheel = write_wheel(
        tmp_path,
        "My.Tool",
        files={
            "tool.py": "module",
            "pack/__init__.py": "package",
            "My.Tool-1.0.data/purelib/other.py": "purelib",
            "My.Tool-1.0.data/platlib/deep/more.py": "platlib",
            "My.Tool-1.0.data/scripts/run": "script",
            "My.Tool-1.0.data/data/share/x": "data",
            "empty/": "",
        },
    )
    packages = pack(tmp_path, wheel.name)
    contents, others = written(packages, tmp_path / "o")
    metadata = contents.pop("my.tool-1.0.dist-info/METADATA")
    assert "Name: My.Tool" in metadata
    assert contents == {
        "tool.py": "module",
        "pack/__init__.py": "package",
        "other.py": "purelib",
        "deep/more.py": "platlib",
    }
    assert others == {}
    assert packages.exports["packages"] == {"load": [], "archive": "packages.zip"}
    assert json.loads(packages.exports["lock"])["packages"] == {}


def test_a_wheel_for_the_pages_python_is_loaded_by_pyodide(tmp_path):
    files = {"fast.cpython-314-wasm32-emscripten.so": "", "slow.py": "", "fast.libs/x.so": ""}
    wheel = write_wheel(tmp_path, "Fast", "2.0", tags=COMPILED, needs=["helper"], files=files)
    helper = write_wheel(tmp_path, "helper")
    packages = pack(tmp_path, helper.name, wheel.name)
    contents, others = written(packages, tmp_path / "o")
    assert "helper/__init__.py" in contents
    assert others == {wheel.name: wheel.read_bytes()}
    assert packages.exports["packages"] == {"load": ["fast"], "archive": "packages.zip"}
    lock = json.loads(packages.exports["lock"])
    assert lock["info"] == json.loads(LOCK)["info"]
    assert lock["packages"]["fast"] == {
        "name": "fast",
        "version": "2.0",
        "file_name": wheel.name,
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "install_dir": "site",
        "package_type": "package",
        "imports": ["fast", "slow"],
        "depends": [],
    }


@pytest.mark.parametrize(
    ("tags", "fits"),
    [
        ("py3-none-any", True),
        ("py2.py3-none-any", True),
        ("py314-none-any", True),
        ("py38-none-any", True),
        ("cp314-none-any", True),
        (COMPILED, True),
        (f"cp39-abi3-{PLATFORM}", True),
        (f"py3-none-{PLATFORM}", True),
        ("py2-none-any", False),
        ("py315-none-any", False),
        ("cp312-none-any", False),
        ("pp311-none-any", False),
        (f"cp313-cp313-{PLATFORM}", False),
        (f"cp315-abi3-{PLATFORM}", False),
        ("cp314-cp314-pyodide_2025_0_wasm32", False),
        ("cp314-cp314-manylinux_2_28_x86_64", False),
        ("cp314-cp314-win_amd64", False),
        ("py3-none-macosx_11_0_arm64", False),
    ],
)
def test_only_wheels_for_the_pages_python_fit(tmp_path, tags, fits):
    wheel = write_wheel(tmp_path, "a", tags=tags)
    assert Wheel(wheel).fits(TARGET) is fits
    if not fits:
        found = message(tmp_path, wheel.name)
        assert f"is for {tags}" in found
        assert f"the page needs Python 3.14 and {PLATFORM}" in found
        assert "pyodide = FOLDER" in found


def test_the_packages_that_a_wheel_needs_are_added_even_in_a_circle(tmp_path):
    pin(
        tmp_path,
        write_wheel(tmp_path, "B_b", "1.5", needs=["a.A>=1"]),  # the names differ in form
        write_wheel(
            tmp_path,
            "a-a",
            needs=[
                "b.B<2 ; python_version >= '3.14' and platform_system == 'Emscripten'",
                "windows ; sys_platform == 'win32'",
                "old ; python_version < '3'",
                "more ; extra == 'extra'",
                "offline_onnx[native]>=9",
            ],
        ),
    )
    contents, _ = written(pack(tmp_path, "A.a"), tmp_path / "out")
    assert {path.partition("/")[0] for path in contents} == {
        "a_a",
        "a_a-1.0.dist-info",
        "b_b",
        "b_b-1.5.dist-info",
    }


def test_extras_are_added_even_to_a_package_that_is_already_there(tmp_path):
    pin(
        tmp_path,
        write_wheel(tmp_path, "a", needs=["b ; extra == 'X_x'", "c; extra == 'y'"]),
        write_wheel(tmp_path, "b", needs=["a[y]"]),
        write_wheel(tmp_path, "c"),
        write_wheel(tmp_path, "d", needs=["a[x-x]"]),
    )
    assert set(pack(tmp_path, "a").wheels) == {"a"}
    assert set(pack(tmp_path, "a[y]").wheels) == {"a", "c"}
    assert set(pack(tmp_path, "a[x.x]").wheels) == {"a", "b", "c"}
    assert set(pack(tmp_path, "a", "d").wheels) == {"a", "b", "c", "d"}


def test_a_marker_in_page_toml_is_obeyed(tmp_path):
    pin(tmp_path, write_wheel(tmp_path, "a"))
    assert set(pack(tmp_path, "a; sys_platform == 'emscripten'").wheels) == {"a"}
    assert set(pack(tmp_path, "a; sys_platform == 'win32'").wheels) == set()


def test_versions_that_do_not_fit_together_are_refused(tmp_path):
    old, new = (write_wheel(tmp_path, "a", version) for version in ("1.0", "2.0"))
    b = write_wheel(tmp_path, "b", needs=["a<2"])
    assert set(pack(tmp_path, old.name, b.name).wheels) == {"a", "b"}
    found = message(tmp_path, new.name, b.name)
    assert "a 2.0 is in the page, but a<2 is needed" in found
    found = message(tmp_path, old.name, new.name)
    assert f"{old.name} and {new.name} are wheels of the same package: name only one" in found


def test_a_wheel_that_page_toml_names_is_preferred_wherever_it_is_named(distribution):
    """The wheel that `a` needs is named after `a`; pip is not asked for it."""
    a = write_wheel(distribution, "a", needs=["needed"])
    needed = write_wheel(distribution, "needed", "0.9")
    c = write_wheel(distribution, "c", "3.0")
    packages = pack(distribution, a.name, "B", needed.name, c.name, c.name, pyodide="pyodide")
    assert packages.wheels["needed"].file == needed
    assert packages.wheels["c"].file == c
    assert set(packages.loaded) == {"b", "d-d"}
    assert "needed>1 is needed" in message(
        distribution, write_wheel(distribution, "x", needs=["needed>1"]).name, needed.name
    )


def test_a_wheel_for_another_python_is_refused(tmp_path):
    wheel = write_wheel(tmp_path, "a", more=["Requires-Python: >=3.8,<3.12"])
    assert "needs Python <3.12,>=3.8, but the page has Python 3.14.2" in message(
        tmp_path, wheel.name
    )
    wheel = write_wheel(tmp_path, "a", more=["Requires-Python: >=3.8"])
    assert set(pack(tmp_path, wheel.name).wheels) == {"a"}


def test_a_requirement_with_an_address_is_refused(tmp_path):
    address = "a @ https://example.org/a-1-py3-none-any.whl"
    assert "has an address: copy the wheel" in message(tmp_path, address)
    needing = write_wheel(tmp_path, "needing", needs=[address])
    assert "has an address" in message(tmp_path, needing.name)


def test_different_files_of_the_same_path_are_refused(tmp_path):
    same = {"tests/__init__.py": "", "LICENSE": "MIT"}
    a = write_wheel(tmp_path, "a", files={**same, "shared.py": "a"})
    b = write_wheel(tmp_path, "b", files={**same, "other.py": "b"})
    c = write_wheel(tmp_path, "c", files={"shared.py": "c"})
    assert set(written(pack(tmp_path, a.name, b.name), tmp_path / "o")[0]) >= set(same)
    found = message(tmp_path, a.name, c.name)
    assert f"{a.name} and {c.name} have different files shared.py" in found
    (tmp_path / "shared.py").write_text("mine")
    assert "have different files shared.py" in message(tmp_path, "shared.py", c.name)


@pytest.mark.parametrize("tags", ["py3-none-any", COMPILED])
def test_damaged_wheels_are_refused(tmp_path, tags):
    wheel = write_wheel(tmp_path, "a", tags=tags, files={"a.py": "x" * 2000})
    content = wheel.read_bytes()
    for broken in (b"", b"no zip", content[:-30], content.replace(b"xxx", b"xxy", 1)):
        wheel.write_bytes(broken)
        assert f"{wheel.name} is damaged or not a wheel" in message(tmp_path, wheel.name)


def test_wheels_with_wrong_metadata_are_refused(tmp_path):
    wheel = write_wheel(tmp_path, "a", needs=["not a requirement!"])
    assert "because its metadata is invalid" in message(tmp_path, wheel.name)
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a.py", "")
    assert "because its metadata is invalid" in message(tmp_path, wheel.name)
    wheel = wheel.rename(tmp_path / "a.whl")
    assert "a.whl" in message(tmp_path, wheel.name)


def test_a_wheel_may_contain_the_metadata_of_other_packages(tmp_path):
    vendored = "a/_vendor/b-1.dist-info/METADATA"
    wheel = write_wheel(tmp_path, "a", files={"a/__init__.py": "", vendored: "Requires-Dist: c"})
    assert set(pack(tmp_path, wheel.name).wheels) == {"a"}


@pytest.fixture
def distribution(tmp_path):
    """Return a page with a distribution: b needs c and d, and c needs b."""
    folder = tmp_path / "pyodide"
    folder.mkdir()
    wheels = [write_wheel(folder, name, tags=COMPILED) for name in ("b", "c", "D-d")]
    write_distribution(folder, wheels, depends={"b": ["c", "d_D"], "c": ["b"]})
    return tmp_path


def test_packages_of_a_distribution_are_loaded_with_all_that_they_need(distribution):
    packages = pack(distribution, "B", pyodide="pyodide")
    assert packages.exports["packages"] == {"load": ["b", "c", "d-d"], "archive": ""}
    assert {file.name for file in packages.files.values()} == {
        f"{name}-1.0-{COMPILED}.whl" for name in ("b", "c", "D_d")
    }
    assert distribution / "pyodide" in packages.sources
    needing = write_wheel(distribution, "needing", needs=["d.d<2"])
    packages = pack(distribution, needing.name, pyodide="pyodide")
    assert packages.exports["packages"] == {"load": ["d-d"], "archive": "packages.zip"}
    found = message(distribution, "b>=2", pyodide="pyodide")
    assert "b 1.0 is in the page, but b>=2 is needed" in found


def test_a_distribution_may_lie_anywhere(distribution):
    page = distribution / "page"
    page.mkdir()
    for path in ("../pyodide", str(distribution / "pyodide")):
        assert set(pack(page, "c", pyodide=path).loaded) == {"b", "c", "d-d"}


def test_a_damaged_distribution_is_refused(distribution):
    folder = distribution / "pyodide"
    wheel = folder / f"c-1.0-{COMPILED}.whl"
    content = wheel.read_bytes()
    wheel.write_bytes(content + b"x")
    assert f"{wheel} is damaged" in message(distribution, "b", pyodide="pyodide")
    wheel.unlink()
    assert f"{wheel} is missing" in message(distribution, "b", pyodide="pyodide")
    wheel.write_bytes(content)
    write_distribution(folder, [*folder.glob("*.whl")], depends={"b": ["e"]})
    assert "distribution lacks e" in message(distribution, "b", pyodide="pyodide")


def test_a_distribution_of_another_python_is_refused(distribution):
    lock = LOCK.replace("3.14.2", "3.13.1").replace("2026_0", "2025_0")
    write_distribution(distribution / "pyodide", [], lock)
    found = message(distribution, "b", pyodide="pyodide")
    assert "has Python 3.13 and pyemscripten_2025_0_wasm32, but the page has Python 3.14" in found


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"info": {}}', LOCK.replace("{}", "[]"), LOCK.replace("{}", '{"b": {}}')],
)
def test_a_file_that_is_no_lock_file_of_pyodide_is_refused(distribution, text):
    (distribution / "pyodide" / "pyodide-lock.json").write_text(text)
    assert "is not the lock file of a Pyodide dist" in message(distribution, pyodide="pyodide")


def test_a_folder_without_a_distribution_is_refused(distribution):
    found = message(distribution, pyodide="nowhere")
    assert "(No such file or directory): name the folder that contains it" in found
    assert "contains the page itself" in message(distribution, pyodide=".")


def test_the_key_and_the_folder_change_with_every_file(distribution):
    keys, folders = set(), set()

    def add():
        packages = pack(distribution, "m.py", "a-1.0-py3-none-any.whl", "b", pyodide="pyodide")
        keys.add(packages.key)
        out = distribution / f"out{len(keys)}"
        out.mkdir(exist_ok=True)
        folders.add(packages.write(out)["packages"])

    (distribution / "m.py").write_text("1")
    write_wheel(distribution, "a")
    add()
    (distribution / "m.py").write_text("2")
    add()
    write_wheel(distribution, "a", files={"a.py": "changed"})
    add()
    wheel = write_wheel(distribution / "pyodide", "b", files={"b.py": ""}, tags=COMPILED)
    write_distribution(distribution / "pyodide", [wheel])
    add()
    assert (len(keys), len(folders)) == (4, 4)
    write_distribution(distribution / "pyodide", [wheel], LOCK, {"b": ["b"]})
    packages = pack(distribution, "m.py", "a-1.0-py3-none-any.whl", "b", pyodide="pyodide")
    assert packages.key not in keys


def test_the_same_packages_give_the_same_zip(tmp_path):
    a, b = write_wheel(tmp_path, "a"), write_wheel(tmp_path, "b")
    first, second = pack(tmp_path, a.name, b.name), pack(tmp_path, b.name, a.name)
    assert first._archive() == second._archive()
