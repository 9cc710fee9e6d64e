# SPDX-License-Identifier: GPL-2.0-or-later
"""What gerbang-dnsmasq.service and its path unit do, in a namespace: dnsmasq as its own user, with no CAP_NET_ADMIN, from the
file that gerbangd writes; started when the file is there, and anew when it is another. `dnsmasq.py CONFIG LEASES MODULE`
"""
import os
import pwd
import signal
import subprocess
import sys
import time

USER = "gerbang-dnsmasq"
CAPABILITIES = "-all,+net_bind_service,+net_raw"
AS_USER = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs", f"--inh-caps={CAPABILITIES}",
           f"--ambient-caps={CAPABILITIES}", f"--bounding-set={CAPABILITIES}"]


def identity(path):
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def start(config, module):
    return subprocess.Popen([*AS_USER, "env", f"LD_PRELOAD={module}", "dnsmasq", f"--conf-file={config}", "--keep-in-foreground",
                             "--log-facility=-", "--pid-file="])


def stop(process):
    if process and process.poll() is None:
        process.terminate()
        process.wait(5)


def main(config, leases, module):
    directory, user = os.path.dirname(leases), pwd.getpwnam(USER)
    os.makedirs(directory, mode=0o750, exist_ok=True)
    os.chown(directory, user.pw_uid, user.pw_gid)
    process, seen, begun = None, None, 0

    def leave(*_):
        """No wait: this may have come in the middle of one."""
        if process and process.returncode is None:
            os.kill(process.pid, signal.SIGTERM)
        os._exit(0)

    signal.signal(signal.SIGTERM, leave)
    while True:
        now = identity(config)
        ended = process and process.poll() is not None and time.monotonic() - begun > 1  # Restart=always, RestartSec=1
        if now and (now != seen or ended):
            stop(process)
            process, seen, begun = start(config, module), now, time.monotonic()
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
