"""The filter of system calls."""

import struct

from softmax_grader.isolation import seccomp


def test_the_filter_of_system_calls_is_whole():
    for machine in ("x86_64", "aarch64"):
        program = seccomp.system_call_filter(machine)
        assert len(program) % 8 == 0
        steps = [struct.unpack("<HBBI", program[k : k + 8]) for k in range(0, len(program), 8)]
        for k, (code, if_true, if_false, _) in enumerate(steps):
            if code in (seccomp.EQUAL, seccomp.AT_LEAST, seccomp.ANY_BIT):
                assert k + 1 + max(if_true, if_false) < len(steps)
        assert steps[-1] == (seccomp.RETURN, 0, 0, seccomp.ALLOW)
    assert seccomp.system_call_filter("pdp11") is None
