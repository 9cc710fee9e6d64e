# SPDX-License-Identifier: GPL-2.0-or-later
"""Throw-away certificates of a city: one authority, which a guest trusts with `--cacert`, and what it signs. By openssl(1)."""
import os
import pwd

from space import run, write


class Authority:
    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory, mode=0o755, exist_ok=True)
        self.certificate, self._key = os.path.join(directory, "ca.pem"), os.path.join(directory, "ca.key")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=A lab's authority", "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign", "-keyout", self._key, "-out", self.certificate)

    def issue(self, name, *hosts, user=None, days=30):
        """(certificate, key) for DNS names, below NAME; issuing the same name again replaces both by rename, certificate last."""
        stem = os.path.join(self.directory, name)
        write(stem + ".ext", "subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts) + "\nextendedKeyUsage=serverAuth")
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={hosts[0]}",
            "-keyout", stem + ".key.new", "-out", stem + ".csr")
        run("openssl", "x509", "-req", "-in", stem + ".csr", "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial",
            "-days", days, "-extfile", stem + ".ext", "-out", stem + ".pem.new")
        os.chmod(stem + ".key.new", 0o400)
        if user:
            found = pwd.getpwnam(user)
            os.chown(stem + ".key.new", found.pw_uid, found.pw_gid)
        for kind in ("key", "pem"):
            os.rename(f"{stem}.{kind}.new", f"{stem}.{kind}")
        return stem + ".pem", stem + ".key"
