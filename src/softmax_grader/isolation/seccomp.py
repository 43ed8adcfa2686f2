"""Which system calls a student's code may not make, as a program that the kernel runs."""

import struct

# By name: number on x86-64, number on 64-bit ARM (None where there is none).
FORBIDDEN: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None),
    "vfork": (58, None),
    "ptrace": (101, 117),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "setns": (308, 268),
    "unshare": (272, 97),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "open_by_handle_at": (304, 265),
    "personality": (135, 92),
    "syslog": (103, 116),
    "fsopen": (430, 430),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "mount_setattr": (442, 442),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
}
CLONE, CLONE3, SOCKET = (56, 220), (435, 435), (41, 198)
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000
EPERM, ENOSYS = 0x00050001, 0x00050026
CLONE_THREAD, AF_UNIX = 0x00010000, 1


def system_call_filter(machine: str) -> bytes | None:
    """Return the filter that bubblewrap puts around student code.

    No new processes (threads may start), no sockets but local ones, no memory outside of what the
    limits count, nothing of the kernel's deeper parts.

    Parameters
    ----------
    machine : str
        As ``platform.machine()`` names it.

    Returns
    -------
    bytes or None
        A classic BPF program. None for a machine that is not known here; the other walls hold
        without it.
    """
    if machine not in ARCHITECTURES:
        return None
    column, audit = ARCHITECTURES[machine]
    program: list[bytes] = []

    def add(code: int, value: int, if_true: int = 0, if_false: int = 0) -> None:
        program.append(struct.pack("<HBBI", code, if_true, if_false, value))

    def refuse(number: int, answer: int) -> None:
        add(EQUAL, number, 0, 1)
        add(RETURN, answer)

    add(LOAD, 4)
    add(EQUAL, audit, 1, 0)
    add(RETURN, KILL)
    add(LOAD, 0)
    if machine == "x86_64":
        add(AT_LEAST, 0x40000000, 0, 1)  # the x32 way round the numbers below
        add(RETURN, EPERM)
    for numbers in FORBIDDEN.values():
        number = numbers[column]
        if number is not None:
            refuse(number, EPERM)
    refuse(CLONE3[column], ENOSYS)  # the C library then takes clone, whose flags can be read
    add(EQUAL, CLONE[column], 0, 4)
    add(LOAD, 16)
    add(ANY_BIT, CLONE_THREAD, 1, 0)
    add(RETURN, EPERM)
    add(LOAD, 0)
    add(EQUAL, SOCKET[column], 0, 4)
    add(LOAD, 16)
    add(EQUAL, AF_UNIX, 1, 0)
    add(RETURN, EPERM)
    add(LOAD, 0)
    add(RETURN, ALLOW)
    return b"".join(program)
