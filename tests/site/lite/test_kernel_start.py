"""What an import says whose package is missing, in the kernel in the browser."""

import pytest

from softmax_book.lite.kernel_start import MissingPackageError, MissingPackages

NUMPY = "numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
ENTRY = {
    "name": "numpy",
    "imports": ["numpy"],
    "file_name": f"https://far.example/full/{NUMPY}",
}


def test_an_import_without_its_package_names_the_file_the_reason_and_the_mend():
    missing = MissingPackages({"numpy": ENTRY})
    missing.note("The following error occurred while loading numpy:")
    missing.note("Failed to fetch")
    with pytest.raises(MissingPackageError) as caught:
        missing.find_spec("numpy")
    message = str(caught.value)
    assert NUMPY in message
    assert "https://far.example/full (Failed to fetch)" in message
    assert "make offline" in message
    assert missing.find_spec("no_package_of_ours") is None


def test_an_import_that_the_kernel_did_not_see_says_so():
    with pytest.raises(ModuleNotFoundError, match=r"not loaded yet.*Run  import numpy  in a cell"):
        MissingPackages({"numpy": ENTRY}).find_spec("numpy")


def test_a_file_that_the_site_itself_does_not_give_is_named():
    missing = MissingPackages(
        {"tqdm": {"name": "tqdm", "imports": ["tqdm"], "file_name": "tqdm-1.whl"}}
    )
    missing.note("The following error occurred while loading tqdm:")
    missing.note("404")
    with pytest.raises(ModuleNotFoundError, match=r"tqdm-1\.whl, which this site(.|\n)*404"):
        missing.find_spec("tqdm")
