"""The filter of system calls: it is made for each kind of machine; test_handle.py tries it."""

import sys
import tempfile

import pytest
from pyseccomp import Arch

from softmax_grader.isolation import bubblewrap, seccomp


@pytest.mark.parametrize("machine", [None, Arch.X86_64, Arch.AARCH64])
def test_the_filter_is_made_and_fits_a_pipe(machine):
    other = None if machine == seccomp._pyseccomp().system_arch() else machine
    with tempfile.TemporaryFile() as file:
        seccomp._filter(other).export_bpf(file)
        size = file.tell() or file.seek(0, 2)
    assert size % 8 == 0
    assert 800 < size < 4096


def test_without_libseccomp_the_package_to_install_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyseccomp", None)  # as where it cannot be imported
    seccomp.system_call_filter.cache_clear()
    bubblewrap.find_mode.cache_clear()
    try:
        with pytest.raises(bubblewrap.SandboxError, match="apt install libseccomp2"):
            bubblewrap.find_mode()
    finally:
        seccomp.system_call_filter.cache_clear()
        bubblewrap.find_mode.cache_clear()
